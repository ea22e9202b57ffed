"""The way of an invoice through the steps as the worker runs them, the people between, into a DMS over real HTTP."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from config.settings import CODE_ROOT
from pipelines.flow import choice_of, stage_of
from records import audit
from records.decisions import hold, last_sequence
from records.intake import Arrival, accept
from records.models import Document, RegisterEntry
from schemas.roles import Action, Person, Role
from schemas.states import Kind, State
from tests.dms_connectors.serving import RunningMock, running_mock
from tests.records.persons import make_person
from tests.workers.conftest import Configure
from tests.workers.test_filing_through_faults import configure_for
from workers import targets
from workers.step import run_step
from workers.targets import object_store

pytestmark = pytest.mark.django_db
SAMPLES = CODE_ROOT / "samples" / "rechnung"
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture
def mock(tmp_path: Path, configure: Configure) -> Iterator[RunningMock]:
    with running_mock(tmp_path / "dms") as running:
        configure_for(running.address, configure)
        yield running
        targets.dms().close()


def arrive(name: str, folder: Path, content: bytes | None = None) -> Document:
    path = folder / f"claimed-{uuid4()}"
    path.write_bytes((SAMPLES / name).read_bytes() if content is None else content)
    arrival = Arrival(uuid4(), "rechnung", "Zentraler Rechnungseingang", "Maria Muster", name, NOW, demo=True)
    return Document.objects.get(id=accept(arrival, path, object_store(), NOW))


def work_on(document: Document) -> State:
    """Run steps until the document waits for a person or is at rest."""
    while stage_of(State(document.state)).kind is Kind.AUTOMATIC:
        before = document.state
        run_step(document.id, "test")
        document.refresh_from_db()
        assert document.state != before, document.last_error
    return State(document.state)


def act(document_id: UUID, action: Action, person: Person) -> None:
    with hold(document_id, last_sequence(document_id)) as held:
        choice = choice_of(held.state, action, person.roles)
        assert choice is not None
        assert choice.next is not None
        held.move(choice.next, action, person, NOW, wording=f"Wortlaut {action}")


def approve(document: Document) -> None:
    unit, orderer, clerk = (make_person(role) for role in (Role.UNIT, Role.ORDERING, Role.ACCOUNTING))
    for action, person in (
        (Action.CERTIFY_FACTUALLY, unit),
        (Action.CERTIFY_ARITHMETICALLY, unit),
        (Action.ORDER_PAYMENT, orderer),
        (Action.RELEASE, clerk),
    ):
        act(document.id, action, person)
    document.refresh_from_db()


@pytest.mark.parametrize(
    ("name", "unit", "papers"),
    [
        ("xrechnung_ubl.xml", "51", 5),
        ("gutschrift_ubl.xml", "22", 5),
        ("xrechnung_cii.xml", "16", 5),
        ("zugferd_en16931.pdf", "25", 4),
    ],
)
def test_an_invoice_goes_from_the_inbox_into_the_dms(
    mock: RunningMock, tmp_path: Path, name: str, unit: str, papers: int
) -> None:
    document = arrive(name, tmp_path)

    assert work_on(document) is State.TO_CERTIFY_FACTUALLY, document.reason
    assert document.unit == unit
    approve(document)
    assert work_on(document) is State.TO_EXPORT, document.reason

    filed = mock.documents()
    assert len(filed) == papers
    entry = RegisterEntry.objects.get()
    assert {tuple(item["properties"]["8"]) for item in filed} == {("RE-2026-000001",)}
    assert {tuple(item["properties"]["9"]) for item in filed} == {(f"{entry.gross:.2f}",)}
    categories = {item["properties"]["11"][0]: item["category"] for item in filed}
    assert categories.pop("hauptdokument") == "RECH"
    assert categories.pop("lesbar", "RECH") == "RECH"
    assert categories == dict.fromkeys(("pruefbericht", "freigabeprotokoll", "freigabeprotokoll_xml"), "NACHW")
    (main,) = (item for item in filed if item["id"] == document.delivered_as)
    shown = {key: main["properties"][key] for key in ("13", "14")}
    assert shown == {"13": [entry.issued_on.isoformat()], "14": [entry.seller_name]}
    assert main["properties"]["15"][0] == entry.invoice_number
    nodes = {item["properties"]["20"][0]: item for item in mock.objects() if "20" in item["properties"]}
    assert set(nodes) == ({f"{unit}-POSTEINGANG"} if unit != "25" else set()), "25 does not work in the DMS"
    for node in nodes.values():
        assert sorted(node["children"]) == sorted(item["id"] for item in filed)
    assert mock.filed_under(document.id) == [document.delivered_as]
    assert list(audit.verify()) == []


def test_an_invoice_that_breaks_a_rule_waits_with_the_rule_named(mock: RunningMock, tmp_path: Path) -> None:
    document = arrive("regelverstoss_ubl.xml", tmp_path)

    assert work_on(document) is State.CLARIFICATION

    assert "BR-CO-15" in document.reason
    entry = RegisterEntry.objects.get()
    assert (entry.number, entry.verdict) == ("RE-2026-000001", "reject")


def test_the_same_invoice_in_other_bytes_is_a_representation_and_gets_no_number(
    mock: RunningMock, tmp_path: Path
) -> None:
    first = arrive("xrechnung_ubl.xml", tmp_path)
    again = (SAMPLES / "xrechnung_ubl.xml").read_bytes() + b"\n<!-- noch einmal -->\n"
    second = arrive("kopie.xml", tmp_path, again)

    assert work_on(first) is State.TO_CERTIFY_FACTUALLY
    assert work_on(second) is State.DUPLICATE

    assert second.duplicate_of == first
    assert "RE-2026-000001" in second.reason
    assert second.register_number == "PE-2026-000002"
    assert RegisterEntry.objects.count() == 1


def test_another_amount_under_the_same_number_is_entered_and_asked_about(mock: RunningMock, tmp_path: Path) -> None:
    first = arrive("xrechnung_ubl.xml", tmp_path)
    content = (SAMPLES / "xrechnung_ubl.xml").read_text(encoding="utf-8")
    issued = content.split("<cbc:IssueDate>")[1].split("<")[0]
    other = content.replace(f"<cbc:IssueDate>{issued}<", "<cbc:IssueDate>2026-10-01<", 1)
    second = arrive("korrigiert.xml", tmp_path, other.encode())

    work_on(first)
    assert work_on(second) is State.CLARIFICATION

    assert "RE-2026-000001" in second.reason
    assert RegisterEntry.objects.count() == 2


def test_papers_that_the_dms_refused_wait_for_a_person_and_go_on_from_there(mock: RunningMock, tmp_path: Path) -> None:
    document = arrive("xrechnung_cii.xml", tmp_path)
    work_on(document)
    approve(document)
    mock.order({"at": "store", "skip": 2, "count": 1, "kind": "status", "status": 400})

    assert work_on(document) is State.CLEARING, document.reason
    assert len(mock.documents()) == 1

    clerk = make_person(Role.ACCOUNTING)
    with hold(document.id, last_sequence(document.id)) as held:
        assert held.came_from() is State.PROTOCOLLED
        held.move(held.came_from(), Action.RETRY, clerk, NOW, reason="DMS berichtigt")
    document.refresh_from_db()
    assert work_on(document) is State.TO_EXPORT, document.reason
    assert len(mock.documents()) == 5, "what had arrived is not filed again"


def test_a_rejected_invoice_may_come_again_and_is_entered_anew(mock: RunningMock, tmp_path: Path) -> None:
    first = arrive("regelverstoss_ubl.xml", tmp_path)
    work_on(first)
    act(first.id, Action.REJECT, make_person(Role.ACCOUNTING))

    same_bytes = arrive("noch-einmal.xml", tmp_path, (SAMPLES / "regelverstoss_ubl.xml").read_bytes())

    assert work_on(same_bytes) is State.CLARIFICATION
    assert "RE-2026-000001" in same_bytes.reason, "that it is not the first is said"
    assert RegisterEntry.objects.count() == 2


def test_the_same_invoice_with_another_account_is_never_taken_for_a_copy(mock: RunningMock, tmp_path: Path) -> None:
    content = (SAMPLES / "xrechnung_ubl.xml").read_text(encoding="utf-8")
    account = content.split("<cac:PayeeFinancialAccount>")[1].split("<cbc:ID>")[1].split("<")[0]
    forged = arrive("gefaelscht.xml", tmp_path, content.replace(account, "DE02120300000000202051").encode())
    genuine = arrive("xrechnung_ubl.xml", tmp_path)
    work_on(forged)

    assert work_on(genuine) is State.CLARIFICATION
    assert "RE-2026-000001" in genuine.reason
    assert set(RegisterEntry.objects.values_list("account", flat=True)) == {account, "DE02120300000000202051"}


def test_what_has_arrived_is_read_back_and_never_stored_again_whatever_the_search_says(
    mock: RunningMock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = arrive("xrechnung_cii.xml", tmp_path)
    work_on(document)
    approve(document)
    mock.order({"at": "store", "skip": 2, "count": 1, "kind": "status", "status": 400})
    assert work_on(document) is State.CLEARING
    first = document.delivered_as
    connector = targets.dms()
    search = type(connector).find
    blind = lambda self, document_id: () if document_id == document.id else search(self, document_id)  # noqa: E731
    monkeypatch.setattr(type(connector), "find", blind)

    with hold(document.id, last_sequence(document.id)) as held:
        held.move(held.came_from(), Action.RETRY, make_person(Role.ACCOUNTING), NOW, reason="DMS berichtigt")
    document.refresh_from_db()

    assert work_on(document) is State.TO_EXPORT, document.reason
    assert mock.filed_under(document.id) == [first]


def test_altered_evidence_does_not_leave_the_house(mock: RunningMock, tmp_path: Path) -> None:
    document = arrive("xrechnung_cii.xml", tmp_path)
    work_on(document)
    approve(document)
    run_step(document.id, "test")
    path = object_store().path(document.intake.content_id)
    path.chmod(0o640)
    path.write_bytes(b"anderer Inhalt")
    document.refresh_from_db()

    assert work_on(document) is State.CLEARING
    assert "fehlt oder ist verändert" in document.reason
    assert mock.documents() == []


def test_a_copy_of_a_copy_belongs_to_the_entered_invoice(mock: RunningMock, tmp_path: Path) -> None:
    first = arrive("xrechnung_ubl.xml", tmp_path)
    again = (SAMPLES / "xrechnung_ubl.xml").read_bytes() + b"\n<!-- noch einmal -->\n"
    second, third = arrive("kopie.xml", tmp_path, again), arrive("kopie-der-kopie.xml", tmp_path, again)

    for document in (first, second, third):
        work_on(document)

    assert (second.duplicate_of, third.duplicate_of) == (first, first)
