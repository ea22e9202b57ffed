"""What the DMS cannot take, or dms.yaml gets wrong: a German sentence, a person who can try again, nothing lost."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from config.settings import CODE_ROOT
from dms_connectors.mock.config import load_config
from records import audit
from records.decisions import last_sequence
from records.models import Document, Intake
from schemas.roles import Action, Role
from schemas.states import State
from tests.dms_connectors.serving import RunningMock, running_mock
from tests.records.persons import make_person
from tests.workers.conftest import NOW, Configure, MakeDocument
from tests.workers.test_filing_through_faults import configure_for
from web.deciding import Entered, decide, offers
from workers import targets
from workers.step import run_step

pytestmark = pytest.mark.django_db
Repository = dict[str, Any]
Connect = Callable[..., RunningMock]


@pytest.fixture
def connect(configure: Configure, tmp_path: Path) -> Iterator[Connect]:
    """Connect to a stand-in with this repository; in our dms.yaml a pattern is replaced."""
    with ExitStack() as stack:

        def make(repository: Repository | None = None, rules: tuple[str, str] = ("", ""), **values: Any) -> RunningMock:
            mock = stack.enter_context(running_mock(tmp_path / "dms", **repository or {}))
            use(mock, rules, **values)
            return mock

        def use(mock: RunningMock, rules: tuple[str, str] = ("", ""), **values: Any) -> None:
            folder = tmp_path / "city"
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(CODE_ROOT / "config" / "city", folder)
            text = (folder / "dms.yaml").read_text(encoding="utf-8")
            assert re.search(rules[0], text)
            (folder / "dms.yaml").write_text(re.sub(*rules, text) if rules[0] else text, encoding="utf-8")
            configure_for(mock.address, configure, city=folder, **values)

        make.use = use  # type: ignore[attr-defined]
        yield make
        targets.dms().close()


@pytest.fixture
def routed(make_routed: MakeDocument) -> Document:
    """A letter that is about to be filed, with the chain that brought it there."""
    document = make_routed()
    audit.append(document, State.ROUTED, {"reason": "Geht ins DMS."}, NOW)
    return document


def file(document: Document) -> Document:
    Document.objects.filter(id=document.id).update(next_attempt_at=None)
    run_step(document.id, "filing")
    document.refresh_from_db()
    return document


def retry(document: Document) -> Document:
    """What the button does, pressed by somebody of the mailroom; then the worker does its part."""
    person = make_person(Role.MAILROOM)
    assert Action.RETRY in {offer.choice.action for offer in offers(document, person, timezone.now())}
    entered = Entered(action=Action.RETRY.value, seen=str(last_sequence(document.id)), reason="Ist berichtigt.")
    decide(document.id, entered, person, NOW)
    return file(document)


def changed(kind: str, key: str, **values: Any) -> Repository:
    """The sample repository with one property or category changed."""
    config = load_config(None).model_dump()
    return {kind: [entry | values if entry["key"] == key else entry for entry in config[kind]]}


@pytest.mark.parametrize(
    ("repository", "rules", "words"),
    [
        pytest.param({}, (r"\bPOSTE\b", "POSTEN"), ("POSTEN",), id="wrong category"),
        pytest.param(
            changed("categories", "POSTE", mandatory=("1", "14")),
            ("", ""),
            ("Pflichteigenschaft", "Absender (14)", "POSTE"),
            id="missing mandatory property",
        ),
        pytest.param(
            changed("properties", "3", length=4), ("", ""), ("Dokumentart (3)", "POSTE"), id="too long for the field"
        ),
        pytest.param({}, ("tasks:", "spelling: {longest: 20}\ntasks:"), ("zu lang", "höchstens 20"), id="too long"),
        pytest.param(
            changed("properties", "3", values=("brief", "rechnung")),
            ("", ""),
            ("Dokumentart (3)", "POSTE"),
            id="outside the value list",
        ),
        pytest.param(changed("properties", "3", type="number"), ("", ""), ("Dokumentart (3)",), id="wrong type"),
    ],
)
def test_what_cannot_be_filed_waits_for_a_person_with_document_and_field_named_and_is_filed_when_put_right(
    connect: Connect, routed: Document, repository: Repository, rules: tuple[str, str], words: tuple[str, ...]
) -> None:
    mock = connect(repository, rules)

    file(routed)

    assert routed.state == State.CLEARING, routed.last_error
    assert routed.register_number in routed.reason
    for word in words:
        assert word in routed.reason
    assert mock.filed_under(routed.id) == []

    mock = connect()
    retry(routed)

    assert routed.state == State.FILED, routed.reason
    assert mock.filed_under(routed.id) == [routed.delivered_as]


def test_a_value_the_dms_dropped_is_named_and_what_arrived_can_be_accepted(connect: Connect, routed: Document) -> None:
    """A property key that is wrong is no error to d.3ecm: it files without the value."""
    mock = connect(rules=('register_number: "2"', 'register_number: "98"'))

    file(routed)

    assert routed.state == State.CLEARING
    assert f"Eingangsnummer – gesendet: {routed.register_number}, im Ziel: nichts" in routed.reason
    assert mock.filed_under(routed.id) == [routed.delivered_as]
    seen = str(last_sequence(routed.id))
    connect.use(mock)  # type: ignore[attr-defined]
    decide(routed.id, Entered(Action.CONFIRM.value, seen, reason="Geprüft."), make_person(Role.MAILROOM), NOW)
    while file(routed).state == State.ROUTED:
        assert not routed.last_error
    assert routed.state == State.FILED, routed.reason
    assert mock.filed_under(routed.id) == [routed.delivered_as]


def test_a_value_the_dms_dropped_is_written_when_the_mapping_is_put_right_and_a_person_tries_again(
    connect: Connect, routed: Document
) -> None:
    mock = connect(rules=('register_number: "2"', 'register_number: "98"'))
    file(routed)
    assert routed.state == State.CLEARING

    connect.use(mock)  # type: ignore[attr-defined]
    retry(routed)

    assert routed.state == State.FILED, routed.reason
    assert "Nachgetragen: Eingangsnummer." in routed.reason
    (filed,) = [item for item in mock.objects() if item["id"] == routed.delivered_as]
    assert filed["properties"]["2"] == [routed.register_number]
    assert mock.filed_under(routed.id) == [routed.delivered_as]


def test_without_a_field_for_our_id_the_document_waits_for_a_person_and_nothing_is_sent(
    connect: Connect, routed: Document
) -> None:
    mock = connect(rules=('document_id: "1"', 'document_id: "71"'))

    file(routed)

    assert routed.state == State.CLEARING, routed.last_error
    assert "Die Eigenschaft 71 für Dokument-ID gibt es im DMS nicht" in routed.reason
    assert not mock.documents()
    connect.use(mock)  # type: ignore[attr-defined]
    retry(routed)
    assert routed.state == State.FILED, routed.reason


def test_a_wrong_key_is_an_outage_the_document_waits_and_is_filed_with_the_right_one(
    connect: Connect, routed: Document
) -> None:
    mock = connect(dms_api_key="falsch")

    for _ in range(3):
        file(routed)
        assert routed.state == State.ROUTED
        assert "API-Schlüssel" in routed.last_error

    connect.use(mock)  # type: ignore[attr-defined]
    file(routed)

    assert routed.state == State.FILED
    assert len(mock.filed_under(routed.id)) == 1


def test_a_unit_that_is_gone_is_named_and_another_can_be_chosen(connect: Connect, routed: Document) -> None:
    mock = connect()
    Document.objects.filter(id=routed.id).update(unit="99")

    file(routed)

    assert routed.state == State.CLEARING
    assert "Die Organisationseinheit 99 gibt es nicht" in routed.reason
    person = make_person(Role.MAILROOM)
    seen = str(last_sequence(routed.id))
    entered = Entered(
        Action.DECIDE.value, seen, reason="Zuständig.", document_type="widerspruch", unit="22", needs_original="nein"
    )
    decide(routed.id, entered, person, NOW)
    file(routed)
    assert routed.state == State.FILED
    assert len(mock.filed_under(routed.id)) == 1


@pytest.mark.parametrize(
    "name", ['Wer? <mich> "so": 1|2*.pdf', "..\\..\\boot.ini.pdf", "Ä" * 120 + ".pdf", "\u202efdp.exe.pdf"]
)
def test_characters_a_file_name_must_not_have_reach_no_dms_and_stop_nothing(
    connect: Connect, routed: Document, name: str
) -> None:
    mock = connect()
    Intake.objects.filter(claim_id=routed.intake_id).update(original_name=name)

    file(routed)

    assert routed.state == State.FILED, routed.reason
    (filed,) = [item for item in mock.objects() if item["id"] == routed.delivered_as]
    assert filed["filename"] == f"{routed.register_number}.pdf"
    routed.refresh_from_db()
    assert routed.intake.original_name == name
