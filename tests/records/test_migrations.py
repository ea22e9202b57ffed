"""A running system is updated: what was under way at the first release goes on by the steps of this one."""

import importlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4, uuid5

import pytest
from django.apps.registry import Apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from pytest_django import DjangoDbBlocker

from config.load import city
from pipelines.flow import stage_of
from records import audit
from records.models import Document, Outbound
from records.work import free_leases
from schemas import chain
from schemas.states import FileRole, State
from schemas.values import DocumentFacts, FileDigest, ScanFacts, StoredFile, Work
from tests import postgres
from tests.dms_connectors.serving import KEY, RunningMock, running_mock
from tests.e2e.system import letter
from tests.records.conftest import connected_to, name_in
from tests.workers.conftest import Configure, configure
from workers import targets
from workers.step import run_step

__all__ = ["configure"]

WAY = (State.RECEIVED, State.IDENTIFIED, State.RECOGNISED, State.CLASSIFIED, State.NOTED, State.ROUTED)
"""The automatic states of the first release."""
FIRST = ("records", "0001_start")
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Mail:
    """A letter as far as the first release had brought it."""

    entry: int
    state: State
    work: Work


@pytest.fixture
def first_database(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Apps]:
    """A database as the first release made it, and its models."""
    url = postgres.new_database() if postgres.wanted() else ""
    name = name_in(url) if url else str(tmp_path / "erste.sqlite3")
    with django_db_blocker.unblock(), connected_to(name):
        executor = MigrationExecutor(connection)
        executor.migrate([FIRST])
        yield executor.loader.project_state([FIRST]).apps
    if url:
        postgres.drop_database(url)


@pytest.fixture
def mock(tmp_path: Path, configure: Configure) -> Iterator[RunningMock]:
    """The DMS of the installation under test."""
    with running_mock(tmp_path / "dms") as running:
        configure(dms_url=running.address, dms_api_key=KEY, dms_unclear_wait=0)
        yield running
        targets.dms().close()


def bring(entry: int, state: State, folder: Path) -> Mail:
    """Files and facts of a letter after the steps before that state, made without any database."""
    path = letter(folder / f"brief-{entry}.pdf", entry)
    work = Work(
        document_id=uuid4(),
        register_number=f"PE-2026-{entry:06d}" if state is not State.RECEIVED else None,
        original_name=path.name,
        scan=ScanFacts(uuid4(), "scan", "Maria Muster", NOW),
        facts=DocumentFacts(),
        files={FileRole.ORIGINAL: keep(FileRole.ORIGINAL, path, path.name)},
        scratch=folder / f"scratch-{entry}",
        now=NOW,
    )
    work.scratch.mkdir()
    for before, after in pairwise(WAY):
        if before is state:
            break
        reading = State.PREPARED if before is State.IDENTIFIED else before  # the first release cut nothing
        module, _, function = str(stage_of(reading).step).partition(":")
        result = getattr(importlib.import_module(module), function)(work, city())
        assert result.state is after, result.reason
        made = {file.role: keep(file.role, file.path, file.name) for file in result.files}
        work = replace(work, facts=result.facts, files=work.files | made)
    return Mail(entry, state, work)


def keep(role: FileRole, path: Path, name: str) -> StoredFile:
    digest = targets.object_store().put(path)
    stored = FileDigest(digest.sha256, digest.sha512, digest.size)
    return StoredFile(role, targets.object_store().path(digest.sha256), name, stored)


def insert(apps: Apps, mail: Mail, **columns: Any) -> UUID:
    """The rows the first release had written by then; its code is gone, its tables are here."""
    model = lambda name: apps.get_model("records", name).objects  # noqa: E731 - historical models
    work, facts = mail.work, mail.work.facts
    for file in work.files.values():
        values = {"sha512": file.digest.sha512, "size": file.digest.size, "stored_at": NOW}
        model("StoredObject").get_or_create(sha256=file.digest.sha256, defaults=values)
    intake = model("Intake").create(
        claim_id=work.scan.claim_id,
        inbox="scan",
        intake_point="Zentrale Scan-Stelle",
        operator="Maria Muster",
        original_name=work.original_name,
        received_at=NOW,
        content_id=work.files[FileRole.ORIGINAL].digest.sha256,
    )
    old = {field.name for field in apps.get_model("records", "Document")._meta.get_fields()}
    named = {name: getattr(facts, name) for name in DocumentFacts.__dataclass_fields__ if name in old}
    values = {"state": mail.state, "state_since": NOW, "register_number": work.register_number} | named | columns
    values |= {"reasons": list(facts.reasons), "anomalies": list(facts.anomalies)}
    document = model("Document").create(id=work.document_id, entry=mail.entry, intake=intake, **values)
    for file in work.files.values():
        model("DocumentFile").create(document=document, role=file.role, content_id=file.digest.sha256, name=file.name)
    previous = chain.START
    for sequence, state in enumerate(WAY[: WAY.index(mail.state) + 1], 1):
        salt, text = f"{sequence:064x}", "{}"
        commitment = chain.commitment_of(salt, text)
        link = chain.link_of(document.id, sequence, NOW, state, commitment, previous)
        event = model("Event").create(
            document=document,
            sequence=sequence,
            at=NOW,
            kind=state,
            commitment=commitment,
            previous=previous,
            link=link,
        )
        model("EventPayload").create(event=event, salt=salt, text=text)
        previous = link
    return work.document_id


def work_off(document_id: UUID) -> State:
    """Step after step, as the workers would."""
    following: State | None = State.RECEIVED
    for _ in range(len(WAY) + 2):
        following = run_step(document_id, "worker-intake:1")
        if following is None:
            break
    document = Document.objects.get(id=document_id)
    assert document.last_error == ""
    return State(document.state)


def test_documents_of_the_first_release_go_on_to_their_end(
    first_database: Apps, mock: RunningMock, tmp_path: Path
) -> None:
    apps = first_database
    ids = [insert(apps, bring(entry, state, tmp_path)) for entry, state in enumerate(WAY, 1)]
    held = bring(7, State.NOTED, tmp_path)
    lease = {"lease_token": uuid4(), "lease_until": datetime.now(UTC) + timedelta(hours=1), "attempts": 1}
    ids.append(insert(apps, held, leased_by="worker-intake:7", **lease))
    arrived, lost = bring(8, State.ROUTED, tmp_path), bring(9, State.ROUTED, tmp_path)
    deliver(arrived)
    for mail in (arrived, lost):
        ids.append(insert(apps, mail))
        model = apps.get_model("records", "Outbound").objects
        model.create(document_id=ids[-1], kind="delivery", intended_at=NOW, unclear_since=NOW, calls=1)
    for series, year, last in (("PE", 2026, 9), ("eintrag", 0, 9)):
        apps.get_model("records", "NumberSeries").objects.create(series=series, year=year, last=last)

    call_command("migrate", verbosity=0)

    assert run_step(held.work.document_id, "worker-intake:2") is None, "a lease outlives the update"
    assert free_leases("worker-intake:") == 1, "until the supervisor starts anew"
    assert {work_off(document_id) for document_id in ids} == {State.FILED}
    for document_id in ids:
        assert len(mock.filed_under(document_id)) == 1
        assert len(mock.filed_under(uuid5(document_id, "transfervermerk"))) == 1
    assert not Outbound.objects.filter(done_at=None).exists()
    assert list(audit.verify()) == []
    numbers = sorted(Document.objects.values_list("register_number", flat=True))
    assert numbers == sorted(f"PE-2026-{number:06d}" for number in (*range(2, 10), 10)), "numbers given before stay"


def deliver(mail: Mail) -> None:
    """The hand-over reached the DMS; the first release never got to know."""
    from pipelines.filing.deliver import deliver as step

    assert step(mail.work, city(), targets.dms()).state is State.FILED


@pytest.mark.django_db
def test_the_models_are_what_the_migrations_make() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
