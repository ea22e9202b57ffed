"""The papers of an invoice: each is filed exactly once under an id of its own, whatever happens in between."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from config.city_config import City
from config.settings import load_settings
from dms_connectors.memory import MemoryConnector
from dms_connectors.port import FiledDocument, FilingRequest
from pipelines.filing.deliver import deliver_invoice
from pipelines.filing.papers import filings_of
from schemas.digest import digest_of_chunks
from schemas.errors import Rejected, Unavailable, UnclearOutcome
from schemas.states import FileRole, State
from schemas.values import Delivered, DocumentFacts, Entry, InvoiceFacts, Work
from tests.pipelines.papers import DOCUMENT_ID, Desk

PARTS = ("hauptdokument", "lesbar", "pruefbericht", "freigabeprotokoll")
FACTS = DocumentFacts(document_type="e_rechnung", unit="16")
PAPERS = {
    FileRole.ORIGINAL: b"<Invoice/>",
    FileRole.REPORT: b"{}",
    FileRole.RENDERING: b"<html/>",
    FileRole.INVOICE_PDF: b"%PDF- lesbar",
    FileRole.REPORT_PDF: b"%PDF- Bericht",
    FileRole.PROTOCOL: b"%PDF- Protokoll",
}
Make = Callable[..., Work]


@pytest.fixture
def make_work(desk: Desk) -> Make:
    def make(*, pdf: bool = False, gross: Decimal | None = Decimal("1234.5000"), **changes: object) -> Work:
        for role, content in PAPERS.items():
            desk.put(role, content, "Rechnung.XML" if role is FileRole.ORIGINAL else f"{role}.pdf")
        if pdf:
            desk.put(FileRole.ORIGINAL, b"%PDF-", "Rechnung")
            desk.put(FileRole.INVOICE_XML, b"<Invoice/>", "factur-x.xml")
            del desk.made[FileRole.INVOICE_PDF]
        entry = Entry("RE-2026-000007", InvoiceFacts("UBL Invoice", gross=gross))
        return replace(desk.work(FACTS), entry=entry, **changes)  # type: ignore[arg-type]

    return make


def invoice_requests(work: Work, city: City) -> tuple[FilingRequest, ...]:
    """What is filed of it, each as a document of its own."""
    return tuple(filing.shown for filing in filings_of(work, city, MemoryConnector().abilities()))


class Recording(MemoryConnector):
    """Remembers the order of the stores and may stumble at one part."""

    def __init__(self, at: str = "", failure: Exception | None = None, *, after: bool = False) -> None:
        super().__init__()
        self.stored: list[str] = []
        self._at, self._failure, self._after = at, failure, after

    def store(self, request: FilingRequest) -> str:
        failure = self._failure if request.part == self._at else None
        if failure is not None and not self._after:
            raise failure
        self.stored.append(request.part)
        target_id = super().store(request)
        if failure is not None:
            raise failure
        return target_id


def test_every_paper_is_filed_once_in_order_and_recorded(make_work: Make, plain: City) -> None:
    target = Recording()
    result = deliver_invoice(make_work(), plain, target)
    assert result.state is State.TO_EXPORT
    assert target.stored == list(PARTS)
    assert result.delivered == tuple(Delivered(part, f"M{number:09d}") for number, part in enumerate(PARTS, 1))
    assert result.facts.delivered_as == "M000000001", "the invoice itself stands for all"
    assert result.reason == "Im DMS als M000000001, M000000002, M000000003, M000000004 abgelegt und geprüft."


def test_each_paper_has_an_id_and_a_name_of_its_own_and_the_first_is_the_document_s(
    make_work: Make, plain: City
) -> None:
    requests = invoice_requests(make_work(), plain)
    assert requests[0].document_id == DOCUMENT_ID
    assert len({request.document_id for request in requests}) == 4
    assert [request.document_id for request in invoice_requests(make_work(), plain)] == [
        request.document_id for request in requests
    ], "the same at every try"
    assert [request.file_name for request in requests] == [
        "RE-2026-000007.xml",
        "RE-2026-000007.lesbar.pdf",
        "RE-2026-000007.pruefbericht.pdf",
        "RE-2026-000007.freigabeprotokoll.pdf",
    ]
    assert [request.content.read_bytes() for request in requests] == [
        PAPERS[FileRole.ORIGINAL],
        PAPERS[FileRole.INVOICE_PDF],
        PAPERS[FileRole.REPORT_PDF],
        PAPERS[FileRole.PROTOCOL],
    ]


def test_papers_of_two_invoices_never_share_an_id(make_work: Make, plain: City) -> None:
    other = replace(make_work(), document_id=UUID(int=7))
    ids = [request.document_id for work in (make_work(), other) for request in invoice_requests(work, plain)]
    assert len(set(ids)) == 8


def test_an_invoice_that_came_as_pdf_has_no_second_readable_form(make_work: Make, plain: City) -> None:
    requests = invoice_requests(make_work(pdf=True), plain)
    assert [request.part for request in requests] == ["hauptdokument", "pruefbericht", "freigabeprotokoll"]
    assert requests[0].file_name == "RE-2026-000007.pdf", "by what it is, not by what it was called"


def test_number_and_amount_go_with_every_paper(make_work: Make, plain: City) -> None:
    target = Recording()
    for done in deliver_invoice(make_work(), plain, target).delivered:
        held = target.read_back(done.target_id).properties
        assert (held["invoice_register_number"], held["amount"]) == ("RE-2026-000007", "1234.50")
        assert (held["register_number"], held["document_type"], held["unit"]) == ("PE-2026-000042", "e_rechnung", "16")
        assert held["received_on"] == date(2026, 4, 1).isoformat()


@pytest.mark.parametrize(
    ("gross", "amount"),
    [(None, ""), (Decimal("0"), "0.00"), (Decimal("-7.1"), "-7.10"), (Decimal("1E+6"), "1000000.00")],
)
def test_an_amount_is_written_with_a_point_and_two_places_or_not_at_all(
    gross: Decimal | None, amount: str, make_work: Make, plain: City
) -> None:
    assert {request.amount for request in invoice_requests(make_work(gross=gross), plain)} == {amount}


@pytest.mark.parametrize("after", [False, True], ids=["nothing arrived", "it arrived"])
@pytest.mark.parametrize("at", PARTS)
def test_after_a_break_at_any_paper_only_the_rest_is_filed(at: str, after: bool, make_work: Make, plain: City) -> None:
    target = Recording(at, UnclearOutcome("Keine Antwort vom DMS."), after=after)
    with pytest.raises(UnclearOutcome):
        deliver_invoice(make_work(), plain, target)
    target._failure = None
    wait = load_settings().dms_unclear_wait
    result = deliver_invoice(make_work(unclear={at: wait}), plain, target)
    assert result.state is State.TO_EXPORT
    assert sorted(target.stored) == sorted(PARTS), "each once"
    assert [done.part for done in result.delivered] == list(PARTS)


def test_only_the_paper_whose_outcome_is_unclear_makes_the_others_wait(make_work: Make, plain: City) -> None:
    target = Recording()
    with pytest.raises(Unavailable, match="ungeklärt"):
        deliver_invoice(make_work(unclear={"pruefbericht": 1.0}), plain, target)
    assert target.stored == ["hauptdokument", "lesbar"]


def test_what_is_known_to_have_arrived_is_neither_stored_nor_lost_again(make_work: Make, plain: City) -> None:
    target = Recording()
    first = deliver_invoice(make_work(), plain, target)
    arrived = {done.part: done.target_id for done in first.delivered[:2]}
    again = deliver_invoice(make_work(arrived=arrived), plain, target)
    assert again.delivered == first.delivered
    assert target.stored == list(PARTS)


class Lagging(Recording):
    """An index that shows nothing yet."""

    def find(self, document_id: UUID) -> tuple[str, ...]:
        return ()


def test_an_index_that_lags_behind_does_not_lead_to_a_second_copy(make_work: Make, plain: City) -> None:
    target = Lagging()
    arrived = {done.part: done.target_id for done in deliver_invoice(make_work(), plain, target).delivered}
    assert deliver_invoice(make_work(arrived=arrived), plain, target).state is State.TO_EXPORT
    assert target.stored == list(PARTS)


@pytest.mark.parametrize("at", PARTS)
def test_a_refused_paper_is_a_clearing_case_that_keeps_what_arrived(at: str, make_work: Make, plain: City) -> None:
    target = Recording(at, Rejected("Die Kategorie RECH gibt es nicht.", remedy="dms.yaml prüfen."))
    result = deliver_invoice(make_work(), plain, target)
    assert result.state is State.CLEARING
    arrived = PARTS[: PARTS.index(at)]
    assert [done.part for done in result.delivered] == list(arrived)
    assert target.stored == list(arrived), "the papers after it are not tried"
    assert result.facts.delivered_as == ("M000000001" if arrived else None)
    name = "RE-2026-000007.xml" if at == "hauptdokument" else f"RE-2026-000007.{at}.pdf"
    assert result.reason == f"{name}: Die Kategorie RECH gibt es nicht. dms.yaml prüfen."


class Altering(Recording):
    """Gives back other bytes for the second paper."""

    def read_back(self, target_id: str) -> FiledDocument:
        filed = super().read_back(target_id)
        return replace(filed, digest=digest_of_chunks([b"anders"])) if target_id == "M000000002" else filed


def test_a_paper_that_arrived_otherwise_is_recorded_and_shown_to_a_person(make_work: Make, plain: City) -> None:
    result = deliver_invoice(make_work(), plain, Altering())
    assert result.state is State.CLEARING
    assert result.reason.startswith("M000000002: Der abgelegte Inhalt ist nicht der gesendete")
    assert [done.part for done in result.delivered] == ["hauptdokument", "lesbar"]


@pytest.mark.parametrize("role", [FileRole.ORIGINAL, FileRole.PROTOCOL])
@pytest.mark.parametrize("damage", ["changed", "gone"])
def test_nothing_leaves_the_house_while_one_paper_is_damaged(
    damage: str, role: FileRole, make_work: Make, plain: City
) -> None:
    work, target = make_work(), Recording()
    if damage == "changed":
        work.files[role].path.write_bytes(b"etwas anderes")
    else:
        work.files[role].path.unlink()
    result = deliver_invoice(work, plain, target)
    assert (result.state, result.delivered, target.stored) == (State.CLEARING, (), [])
    assert "fehlt oder ist verändert" in result.reason
    assert "RE-2026-000007" in result.reason
