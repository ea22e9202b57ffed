"""Scanned letters whose paper may be destroyed: everything that has to be there before is there."""

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from config.settings import CODE_ROOT, load_settings
from records import audit
from records.approvals import approve
from records.batches import keep
from records.models import BackupRun, Document, DocumentFile, Lot, LotDocument, Original, ProcedureVersion
from records.originals import place_missing
from schemas.batch import BatchImage, Capture, ImageKind
from schemas.destruction import Office
from schemas.german_time import day_in_germany
from schemas.quality import LotState
from schemas.roles import Person, Role
from schemas.states import FileRole, State
from schemas.values import BatchFacts
from tests.records.persons import make_person

__all__ = ["BOX", "DAYS", "LEGAL", "agree", "allow_destruction", "make_ready", "paper_rules", "release_procedure"]

BOX = "K-17"
DAYS = 180
"""How long the paper of an `antrag_wohngeld` is kept by the rules of these tests."""
LEGAL = "30"
_KEPT = "antrag_wohngeld, protection: {integrity: hoch, confidentiality: hoch}"


@pytest.fixture
def paper_rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The shipped rules, with a period for one document type."""
    shutil.copytree(CODE_ROOT / "config" / "city", tmp_path / "city")
    path = tmp_path / "city" / "procedure.yaml"
    text = path.read_text(encoding="utf-8")
    assert _KEPT in text
    path.write_text(text.replace(_KEPT, f"{_KEPT}, destroy_after_days: {DAYS}"), encoding="utf-8")
    monkeypatch.setenv("POSTEINGANG_CITY", str(tmp_path / "city"))
    monkeypatch.setenv("POSTEINGANG_VAR", str(tmp_path / "var"))
    load_settings.cache_clear()
    yield
    monkeypatch.undo()
    load_settings.cache_clear()


def make_ready(document: Document, filed: datetime) -> Original:
    """A letter on one sheet in BOX: scanned, noted, filed and checked then, its batch balanced."""
    columns = {"document_type": "antrag_wohngeld", "unit": "50", "needs_original": False, "delivered_as": "D1"}
    columns |= {"register_number": f"PE-2026-{document.entry:06d}"}
    Document.objects.filter(id=document.id).update(state=State.FILED, state_since=filed, **columns)
    document.refresh_from_db()
    document.intake.received_at = filed
    document.intake.save()
    audit.append(document, State.FILED, {"reason": "Abgelegt."}, filed)
    capture = Capture(box=BOX, duplex=False, sheets_expected=1, documents_expected=1)
    keep(document, BatchFacts("Stapel 4711", (BatchImage(1, ImageKind.PAGE, 1),), capture=capture), [])
    for role in (FileRole.PRODUCT, FileRole.TRANSFER_NOTE):
        content = document.intake.content
        DocumentFile.objects.create(document=document, role=role, content=content, name=f"brief.{role}")
    lot, _ = Lot.objects.get_or_create(
        inbox=document.intake.inbox,
        day=day_in_germany(filed),
        defaults={"state": LotState.PASSED, "state_since": filed},
    )
    LotDocument.objects.create(lot=lot, document=document, drawn=False)
    place_missing(filed)
    return Original.objects.get(document=document)


def release_procedure(now: datetime) -> int:
    """A version of the procedure that two persons have put in force."""
    one, other = make_person(Role.MAILROOM), make_person(Role.ADMIN)
    row = ProcedureVersion.objects.create(
        number=ProcedureVersion.objects.count() + 1,
        files={},
        sha256="0" * 64,
        reason="Fassung der Tests",
        proposed_by_id=one.user_id,
        proposed_name=one.name,
        proposed_at=now,
        outcome="released",
        decided_by_id=other.user_id,
        decided_name=other.name,
        decided_at=now,
        previous="0" * 64,
    )
    return row.number


def agree(version: int, now: datetime) -> dict[Office, Person]:
    """All offices agree to that version; who spoke for which."""
    persons = {
        Office.AUDIT: make_person(Role.AUDIT, name="Rita Revision"),
        Office.LEGAL: make_person(Role.UNIT, units=(LEGAL,), name="Jana Justiz"),
        Office.ARCHIVE: make_person(Role.ARCHIVE, name="Arno Archiv"),
    }
    for office, person in persons.items():
        approve(office, version, person, now, reference="14-30/2026", dated=now.date())
    return persons


def allow_destruction(filed: datetime) -> None:
    """The city has decided, and a backup has run since the filing."""
    agree(release_procedure(filed), filed)
    begun = filed + timedelta(days=1)
    BackupRun.objects.create(begun_at=begun, finished_at=begun, name="posteingang-1", documents=1, objects_held=1)
