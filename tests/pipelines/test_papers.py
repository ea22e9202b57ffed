"""Further papers as configured: a document beside, a version beneath, or none; the main content always on top."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from config.city_config import City
from config.dms_config import PaperForm, PaperRule
from config.settings import load_settings
from dms_connectors.memory import MemoryConnector
from dms_connectors.port import Ability, FilingRequest
from pipelines.filing.deliver import deliver, deliver_invoice
from pipelines.filing.papers import filings_of, tray_request
from schemas.errors import Unavailable, UnclearOutcome
from schemas.roles import Action
from schemas.states import FileRole, State
from schemas.values import Act, Delivered, DocumentFacts, Entry, InvoiceFacts, Work
from tests.pipelines.papers import DOCUMENT_ID, Desk

LETTER = DocumentFacts(page_count=3, document_type="hundesteuer", unit="22", confidence=1.0, case_reference="22-9/1")
Make = Callable[..., Work]
Form = Callable[..., City]
CHAIN = ("original", "transfervermerk", "hauptdokument")


@pytest.fixture
def make_work(desk: Desk) -> Make:
    desk.put(FileRole.ORIGINAL, b"Rohscan", "Brief.TIF")
    desk.put(FileRole.PRODUCT, b"Produkt", "Brief.pdf")
    desk.put(FileRole.TRANSFER_NOTE, b"<Vermerk/>", "Brief.transfervermerk.xml")
    return lambda **changes: replace(desk.work(LETTER), **changes)


@pytest.fixture
def form(plain: City) -> Form:
    """The rules with these papers in these forms."""

    def make(**forms: str) -> City:
        papers = {part: PaperRule(form=PaperForm(name)) for part, name in forms.items()}
        return plain.model_copy(update={"dms": plain.dms.model_copy(update={"papers": papers})})

    return make


class Recording(MemoryConnector):
    """Remembers every write by its part; at one of them the answer is lost, before or after it has happened."""

    def __init__(self, at: str = "", *, after: bool = True) -> None:
        super().__init__()
        self.writes: list[str] = []
        self.at, self.after = at, after

    def store(self, request: FilingRequest) -> str:
        return self._write(request, super().store)

    def new_version(self, target_id: str, request: FilingRequest) -> None:
        self._write(request, lambda it: MemoryConnector.new_version(self, target_id, it))

    def _write(self, request: FilingRequest, write: Callable[[FilingRequest], Any]) -> Any:
        lost = request.part == self.at
        if lost and not self.after:
            raise UnclearOutcome("Keine Antwort vom DMS.")
        self.writes.append(request.part)
        done = write(request)
        if lost:
            raise UnclearOutcome("Keine Antwort vom DMS.")
        return done

    def contents(self, target_id: str) -> list[bytes]:
        return self._held(target_id).versions


def test_versions_lie_beneath_the_main_content_oldest_first(make_work: Make, form: Form) -> None:
    target = Recording()
    result = deliver(make_work(), form(original="version", transfervermerk="version"), target)
    assert result.state is State.FILED, result.reason
    assert target.contents("M000000001") == [b"Rohscan", b"<Vermerk/>", b"Produkt"]
    assert result.delivered == tuple(Delivered(part, "M000000001") for part in CHAIN)
    assert result.reason.startswith("Im DMS als M000000001 abgelegt und geprüft.")
    shown = target.read_back("M000000001").properties
    assert (shown["part"], shown["file_name"], shown["page_count"]) == ("hauptdokument", "PE-2026-000042.pdf", "3")


def test_a_paper_may_be_a_document_or_stay_with_us(make_work: Make, form: Form) -> None:
    target = Recording()
    result = deliver(make_work(), form(original="none", transfervermerk="document"), target)
    assert target.writes == ["hauptdokument", "transfervermerk"]
    beside = target.read_back(result.delivered[1].target_id).properties
    assert beside["file_name"] == "PE-2026-000042.transfervermerk.xml"
    assert (beside["case_reference"], beside["unit"]) == ("22-9/1", "22"), "found by the same values"
    assert "page_count" not in beside


def test_nothing_is_configured_of_a_scan_and_everything_of_an_invoice_by_default(plain: City) -> None:
    parts = ("original", "transfervermerk", "lesbar", "pruefbericht", "freigabeprotokoll")
    assert [plain.dms.form_of(part).value for part in parts] == ["none", "none", "document", "document", "document"]


@pytest.mark.parametrize("lacking", [Ability.VERSIONS, Ability.PROOF])
def test_without_versions_or_proof_of_them_a_version_becomes_a_document(
    lacking: Ability, make_work: Make, form: Form
) -> None:
    filings = filings_of(make_work(), form(original="version"), frozenset(Ability) - {lacking})
    assert [[version.part for version in filing.versions] for filing in filings] == [["hauptdokument"], ["original"]]
    assert len({filing.document_id for filing in filings}) == 2


def test_in_an_out_tray_note_and_original_travel_beside_whatever_is_configured(make_work: Make, form: Form) -> None:
    target = Recording()
    work = make_work(facts=replace(LETTER, unit="30"))
    result = deliver(work, form(original="version", transfervermerk="document"), target)
    assert (result.state, target.writes) == (State.HANDED_OVER, ["hauptdokument"])
    assert [companion.name for companion in tray_request(work).companions] == [
        "PE-2026-000042.original.tif",
        "PE-2026-000042.transfervermerk.xml",
    ]


def test_the_same_bytes_are_no_version_of_themselves(desk: Desk, make_work: Make, form: Form) -> None:
    make_work()
    desk.put(FileRole.ORIGINAL, b"Produkt", "Brief.pdf")
    target = Recording()
    deliver(desk.work(LETTER), form(original="version"), target)
    assert target.contents("M000000001") == [b"Produkt"]


@pytest.mark.parametrize("after", [True, False], ids=["it happened", "it did not happen"])
@pytest.mark.parametrize("at", CHAIN)
def test_a_lost_answer_at_any_version_ends_with_each_version_once(
    at: str, after: bool, make_work: Make, form: Form
) -> None:
    city, target = form(original="version", transfervermerk="version"), Recording(at, after=after)
    with pytest.raises(UnclearOutcome):
        deliver(make_work(), city, target)
    target.at = ""
    result = deliver(make_work(unclear={at: load_settings().dms_unclear_wait}), city, target)
    assert result.state is State.FILED, result.reason
    assert target.contents("M000000001") == [b"Rohscan", b"<Vermerk/>", b"Produkt"]
    assert target.find(DOCUMENT_ID) == ("M000000001",)


@pytest.mark.parametrize("at", CHAIN)
def test_a_version_still_under_way_is_waited_for(at: str, make_work: Make, form: Form) -> None:
    city, target = form(original="version", transfervermerk="version"), Recording(at, after=False)
    with pytest.raises(UnclearOutcome):
        deliver(make_work(), city, target)
    target.at = ""
    before = list(target.writes)
    with pytest.raises(Unavailable, match="ungeklärt"):
        deliver(make_work(unclear={at: 1.0}), city, target)
    assert target.writes == before


def test_a_second_run_writes_nothing(make_work: Make, form: Form) -> None:
    city, target = form(original="version", transfervermerk="document"), Recording()
    first = deliver(make_work(), city, target)
    written = list(target.writes)
    assert deliver(make_work(), city, target) == first
    assert target.writes == written


def test_a_content_on_top_that_is_none_of_ours_goes_to_a_person(make_work: Make, form: Form, desk: Desk) -> None:
    city, target = form(original="version"), Recording()
    first = deliver(make_work(), city, target)
    desk.put(FileRole.TEXT, b"fremd", "fremd.pdf")
    (filing,) = filings_of(make_work(), city, target.abilities())
    foreign = desk.made.pop(FileRole.TEXT)
    target.new_version("M000000001", replace(filing.shown, content=foreign.path, digest=foreign.digest))
    result = deliver(make_work(), city, target)
    assert result.state is State.CLEARING
    assert "keine der gesendeten Fassungen" in result.reason
    assert result.facts.delivered_as == first.facts.delivered_as, "the person is led to it"


class Changing(Recording):
    """Gives back another unit for the main document."""

    def read_back(self, target_id: str) -> Any:
        filed = super().read_back(target_id)
        changed = {"unit": "99"} if filed.properties["part"] == "hauptdokument" else {}
        return replace(filed, properties=filed.properties | changed)


def confirmed(work: Work) -> Act:
    return Act(Action.CONFIRM, 1, "Petra Post", work.now, "", "Nachgesehen.", 9)


def test_what_a_person_has_accepted_is_not_asked_again_and_the_papers_behind_it_are_filed(
    make_work: Make, form: Form
) -> None:
    city, target = form(transfervermerk="document"), Changing()
    first = deliver(make_work(), city, target)
    assert first.state is State.CLEARING
    assert "Organisationseinheit – gesendet: 22, im Ziel: 99" in first.reason
    arrived = {done.part: done.target_id for done in first.delivered}
    work = make_work(arrived=arrived)
    assert deliver(work, city, target).state is State.CLEARING, "a retry meets the same difference"
    result = deliver(replace(work, acts=(confirmed(work),)), city, target)
    assert result.state is State.FILED
    assert result.reason.endswith("Die Abweichung hat Petra Post anerkannt.")
    assert target.writes == ["hauptdokument", "transfervermerk"]


def test_what_arrives_after_the_acceptance_is_compared_as_ever(make_work: Make, form: Form) -> None:
    target = Changing()
    work = make_work()
    assert deliver(replace(work, acts=(confirmed(work),)), form(), target).state is State.CLEARING


def test_an_accepted_letter_the_archive_keeps_goes_on_to_it(make_work: Make, form: Form) -> None:
    work = make_work(facts=replace(LETTER, document_type="rat_fraktion", unit="10/1"))
    target = Changing()
    first = deliver(work, form(), target)
    work = replace(work, arrived={done.part: done.target_id for done in first.delivered}, acts=(confirmed(work),))
    assert deliver(work, form(), target).state is State.APPRAISED


def test_an_invoice_says_what_its_own_data_say(desk: Desk, plain: City) -> None:
    for role in (FileRole.ORIGINAL, FileRole.INVOICE_PDF):
        desk.put(role, role.value.encode(), "rechnung.xml")
    facts = InvoiceFacts(
        "UBL Invoice",
        number="2026-17",
        issued_on=date(2026, 11, 16),
        seller_name="Büro e. K.",
        order_reference="B-9",
        buyer_reference="05962024-51-12",
    )
    work = replace(
        desk.work(DocumentFacts(document_type="e_rechnung", unit="51")), entry=Entry("RE-2026-000007", facts)
    )
    target = MemoryConnector()
    for done in deliver_invoice(work, plain, target).delivered:
        held = target.read_back(done.target_id).properties
        assert (held["document_date"], held["sender"]) == ("2026-11-16", "Büro e. K.")
        assert held["references"] == ("2026-17", "B-9", "05962024-51-12")
        assert "page_count" not in held, "an XML has no pages"
