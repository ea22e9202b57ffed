"""Handed over exactly once, read back, compared; what differs goes to a person."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest

from config.city_config import City
from config.dms_config import PropertySource
from config.finance_config import FinanceRules
from config.settings import load_settings
from dms_connectors.memory import MemoryConnector
from dms_connectors.port import Ability, FiledDocument, FilingRequest, Value
from pipelines.filing.deliver import deliver, deliver_invoice
from pipelines.filing.papers import tray_request
from pipelines.filing.place import goes_to_dms
from schemas.digest import digest_of_chunks
from schemas.errors import Rejected, Unavailable, UnclearOutcome
from schemas.roles import Action
from schemas.states import FileRole, State
from schemas.values import Act, Delivered, DocumentFacts, StepResult, Work
from tests.pipelines.papers import DOCUMENT_ID, Desk
from tests.pipelines.parcels import filed_invoice

DOG_TAX = DocumentFacts(page_count=1, document_type="hundesteuer", unit="22", confidence=1.0)
CHANGED = "M000000001: Angaben fehlen oder sind verändert."
Make = Callable[..., Work]


@pytest.fixture
def make_work(desk: Desk) -> Make:
    desk.put(FileRole.ORIGINAL, b"Rohscan", "Brief.PDF")
    desk.put(FileRole.PRODUCT, b"Produkt", "Brief.pdf")
    desk.put(FileRole.TRANSFER_NOTE, b"<Vermerk/>", "Brief.transfervermerk.xml")

    def make(facts: DocumentFacts = DOG_TAX, *, unclear_for: float | None = None) -> Work:
        return desk.work(facts, unclear_for=unclear_for)

    return make


class Forgetful(MemoryConnector):
    """Holds everything but gives back without one property."""

    def read_back(self, target_id: str) -> FiledDocument:
        filed = super().read_back(target_id)
        return replace(filed, properties={key: value for key, value in filed.properties.items() if key != "unit"})


class Rewriting(MemoryConnector):
    """Gives back a property as somebody else would have it."""

    def read_back(self, target_id: str) -> FiledDocument:
        filed = super().read_back(target_id)
        return replace(filed, properties=filed.properties | {"received_on": "2026-01-01"})


class Altering(MemoryConnector):
    """Holds other bytes than were sent."""

    def read_back(self, target_id: str) -> FiledDocument:
        return replace(super().read_back(target_id), digest=digest_of_chunks([b"etwas anderes"]))


class Narrow(MemoryConnector):
    """A target configured for two of our properties only."""

    def properties(self) -> frozenset[str]:
        return frozenset({"document_id", "register_number"})

    def read_back(self, target_id: str) -> FiledDocument:
        filed = super().read_back(target_id)
        return replace(filed, properties={key: filed.properties[key] for key in self.properties()})


class Doubling(MemoryConnector):
    """Stores twice at one call, as a target does whose own retry went wrong."""

    def store(self, request: FilingRequest) -> str:
        super().store(request)
        return super().store(request)


class Slow(MemoryConnector):
    """Takes the document and does not answer."""

    def store(self, request: FilingRequest) -> str:
        super().store(request)
        raise UnclearOutcome("Keine Antwort vom DMS.")


class Refusing(MemoryConnector):
    def store(self, request: FilingRequest) -> str:
        raise Rejected("Die Kategorie POSTE gibt es nicht.", remedy="dms.yaml prüfen.")


class Emptied(MemoryConnector):
    """The content is taken out as soon as it lies there."""

    def read_back(self, target_id: str) -> FiledDocument:
        return FiledDocument(target_id, DOCUMENT_ID, None)


class Silent(Emptied):
    """Takes documents and shows nothing of them."""

    def abilities(self) -> frozenset[Ability]:
        return frozenset()


class Down(MemoryConnector):
    def find(self, document_id: UUID) -> tuple[str, ...]:
        raise Unavailable("Das DMS antwortet nicht.")


class Dropping(MemoryConnector):
    """Files without the unit, as d.3ecm does whose key in dms.yaml is wrong."""

    def store(self, request: FilingRequest) -> str:
        target_id = super().store(request)
        self.update(target_id, {PropertySource.UNIT: ""}, "")
        return target_id


class Locked(Dropping):
    """Somebody works on the document: it cannot be changed."""

    def update(self, target_id: str, values: Mapping[PropertySource, Value], reason: str) -> None:
        if reason:
            raise Rejected("Das Dokument ist in Bearbeitung.")
        super().update(target_id, values, reason)


def tried_again(work: Work, first: StepResult) -> Work:
    """As the worker finds it after somebody of the mailroom has pressed the button."""
    act = Act(Action.RETRY, 1, "Maria Muster", work.now, "", "Zuordnung berichtigt.", 7)
    return replace(
        work, facts=first.facts, acts=(act,), arrived={each.part: each.target_id for each in first.delivered}
    )


def held(connector: MemoryConnector) -> int:
    return len(connector.find(DOCUMENT_ID))


def test_a_document_for_a_unit_in_the_dms_is_filed(make_work: Make, plain: City) -> None:
    connector = MemoryConnector()
    result = deliver(make_work(), plain, connector)
    assert result.state is State.FILED
    assert (result.facts.delivered_as,) == connector.find(DOCUMENT_ID)
    assert result.reason == f"Im DMS als {result.facts.delivered_as} abgelegt und geprüft."


def test_a_document_for_a_unit_without_dms_is_handed_over(make_work: Make, plain: City) -> None:
    result = deliver(make_work(replace(DOG_TAX, unit="30")), plain, MemoryConnector())
    assert result.state is State.HANDED_OVER
    assert result.reason.startswith("Im Postfach ")


def test_what_the_unit_took_before_it_was_looked_at_is_called_unconfirmed(make_work: Make, plain: City) -> None:
    result = deliver(make_work(replace(DOG_TAX, unit="30")), plain, Emptied())

    assert result.state is State.HANDED_OVER
    assert "unbestätigt" in result.reason
    assert "geprüft" not in result.reason


def test_what_goes_to_a_target_without_proof_is_submitted_and_never_called_filed(make_work: Make, plain: City) -> None:
    connector = Silent()
    result = deliver(make_work(), plain, connector)

    assert result.state is State.SUBMITTED
    assert result.delivered == (Delivered("hauptdokument", str(result.facts.delivered_as)),)
    assert "abgelegt" not in result.reason

    again = deliver(replace(make_work(), arrived={"hauptdokument": str(result.facts.delivered_as)}), plain, connector)
    assert again.facts.delivered_as == result.facts.delivered_as, "the target knows it still"
    assert held(connector) == 1


def test_what_a_target_without_proof_has_refused_is_stored_anew(make_work: Make, plain: City) -> None:
    """The target says so by not finding it any more, whatever we believed to have arrived."""
    connector = Silent()

    result = deliver(replace(make_work(), arrived={"hauptdokument": "M-alt"}), plain, connector)

    assert (result.facts.delivered_as,) == connector.find(DOCUMENT_ID)


@pytest.mark.parametrize(("unit", "dms"), [("22", True), ("30", False), ("99", False), (None, False)])
def test_only_a_known_unit_that_works_in_the_dms_goes_there(unit: str | None, dms: bool, plain: City) -> None:
    assert goes_to_dms(unit, plain, date(2026, 11, 23)) is dms


def test_the_product_is_what_is_filed_and_note_and_original_travel_beside_it(make_work: Make) -> None:
    request = tray_request(make_work())
    assert request.content.read_bytes() == b"Produkt"
    assert request.file_name == "PE-2026-000042.pdf"
    assert {companion.name: companion.path.read_bytes() for companion in request.companions} == {
        "PE-2026-000042.transfervermerk.xml": b"<Vermerk/>",
        "PE-2026-000042.original.pdf": b"Rohscan",
    }


def test_the_day_of_receipt_is_the_day_in_berlin(make_work: Make) -> None:
    """22:30 UTC on 31 March is 00:30 on 1 April in summer time."""
    assert tray_request(make_work()).received_on.isoformat() == "2026-04-01"


def test_the_request_is_the_same_at_every_try(make_work: Make) -> None:
    later = replace(make_work(unclear_for=10.0), now=make_work().now.replace(year=2027))
    assert tray_request(later) == tray_request(make_work())


def test_a_second_run_finds_the_first_and_stores_nothing(make_work: Make, plain: City) -> None:
    connector = MemoryConnector()
    first = deliver(make_work(), plain, connector)
    second = deliver(make_work(), plain, connector)
    assert held(connector) == 1
    assert second == first


def test_other_documents_in_the_target_do_not_disturb(make_work: Make, plain: City) -> None:
    connector = MemoryConnector()
    connector.store(replace(tray_request(make_work()), document_id=uuid4()))
    assert deliver(make_work(), plain, connector).state is State.FILED
    assert held(connector) == 1


def test_a_call_without_answer_is_not_taken_for_a_failure(make_work: Make, plain: City) -> None:
    slow = Slow()
    with pytest.raises(UnclearOutcome):
        deliver(make_work(), plain, slow)
    result = deliver(make_work(unclear_for=0.5), plain, slow)
    assert result.state is State.FILED
    assert held(slow) == 1, "found by search, not stored again"


def test_after_an_unclear_call_a_second_store_waits_until_the_first_must_show(make_work: Make, plain: City) -> None:
    connector, wait = MemoryConnector(), load_settings().dms_unclear_wait
    with pytest.raises(Unavailable, match="ungeklärt") as caught:
        deliver(make_work(unclear_for=wait - 10), plain, connector)
    assert caught.value.retry_after == pytest.approx(10)
    assert held(connector) == 0
    assert deliver(make_work(unclear_for=wait), plain, connector).state is State.FILED
    assert held(connector) == 1


def test_a_document_found_twice_is_cleared_by_a_person_and_not_stored_a_third_time(
    make_work: Make, plain: City
) -> None:
    connector = MemoryConnector()
    for _ in range(2):
        connector.store(tray_request(make_work()))
    result = deliver(make_work(), plain, connector)
    assert result.state is State.CLEARING
    assert "Doppelt abgelegt: M000000001, M000000002" in result.reason
    assert held(connector) == 2


def test_a_double_that_arises_at_this_very_call_is_seen(make_work: Make, plain: City) -> None:
    result = deliver(make_work(), plain, Doubling())
    assert result.state is State.CLEARING
    assert result.reason.startswith("Doppelt abgelegt: M000000002, M000000001.")


def test_other_bytes_in_the_target_are_seen(make_work: Make, plain: City) -> None:
    result = deliver(make_work(), plain, Altering())
    assert result.state is State.CLEARING
    assert "nicht der gesendete" in result.reason
    assert result.facts.delivered_as == "M000000001", "the person is led to the document"


def test_a_lost_property_is_seen_and_named(make_work: Make, plain: City) -> None:
    result = deliver(make_work(), plain, Forgetful())
    assert result.state is State.CLEARING
    assert (
        result.reason
        == "M000000001: Angaben fehlen oder sind verändert. Organisationseinheit – gesendet: 22, im Ziel: nichts."
    )


def test_a_changed_property_is_seen_and_named(make_work: Make, plain: City) -> None:
    result = deliver(make_work(), plain, Rewriting())
    assert result.state is State.CLEARING
    assert (
        result.reason
        == "M000000001: Angaben fehlen oder sind verändert. Eingangsdatum – gesendet: 2026-04-01, im Ziel: 2026-01-01."
    )


def test_a_dropped_property_is_written_when_a_person_has_it_tried_again(make_work: Make, plain: City) -> None:
    connector = Dropping()
    first = deliver(make_work(), plain, connector)
    assert first.state is State.CLEARING

    again = deliver(make_work(), plain, connector)
    assert again.state is State.CLEARING, "without a person's word nothing is written over"

    result = deliver(tried_again(make_work(), first), plain, connector)

    assert result.state is State.FILED
    assert result.reason.endswith("Nachgetragen: Organisationseinheit.")
    assert connector.read_back("M000000001").properties["unit"] == "22"
    assert held(connector) == 1


def test_what_cannot_be_mended_is_told_with_the_difference(make_work: Make, plain: City) -> None:
    connector = Locked()

    result = deliver(tried_again(make_work(), deliver(make_work(), plain, connector)), plain, connector)

    assert result.state is State.CLEARING
    assert "gesendet: 22, im Ziel: nichts" in result.reason
    assert result.reason.endswith("Nachtragen gelang nicht: Das Dokument ist in Bearbeitung.")


def test_other_bytes_are_never_mended(make_work: Make, plain: City) -> None:
    class Both(Altering, Dropping):
        """Other bytes, and a property missing."""

    connector = Both()

    result = deliver(tried_again(make_work(), deliver(make_work(), plain, connector)), plain, connector)

    assert result.state is State.CLEARING
    assert "unit" not in MemoryConnector.read_back(connector, "M000000001").properties


@pytest.mark.parametrize("surplus", ["M000000001", "M000000002"])
def test_of_two_copies_the_one_a_person_has_left_is_ours(make_work: Make, plain: City, surplus: str) -> None:
    connector = Doubling()
    first = deliver(make_work(), plain, connector)
    assert first.state is State.CLEARING
    connector.delete(surplus, "Doppelt")

    result = deliver(tried_again(make_work(), first), plain, connector)

    assert result.state is State.FILED
    assert result.facts.delivered_as != surplus
    assert connector.find(DOCUMENT_ID) == (result.facts.delivered_as,)


def test_what_somebody_has_deleted_since_is_not_stored_a_second_time(make_work: Make, plain: City) -> None:
    connector = Dropping()
    first = deliver(make_work(), plain, connector)
    connector.delete("M000000001", "Versehen")

    result = deliver(tried_again(make_work(), first), plain, connector)

    assert result.state is State.CLEARING
    assert "M000000001" in result.reason
    assert held(connector) == 0


def test_a_property_the_target_was_never_to_hold_is_not_missed(make_work: Make, plain: City) -> None:
    assert deliver(make_work(), plain, Narrow()).state is State.FILED


def test_a_refusal_goes_to_a_person_in_the_words_of_the_target(make_work: Make, plain: City) -> None:
    result = deliver(make_work(), plain, Refusing())
    assert result.state is State.CLEARING
    assert result.reason == "PE-2026-000042.pdf: Die Kategorie POSTE gibt es nicht. dms.yaml prüfen."
    assert result.facts.delivered_as is None


def test_a_target_that_is_down_is_tried_again_later_not_cleared(make_work: Make, plain: City) -> None:
    with pytest.raises(Unavailable, match="antwortet nicht"):
        deliver(make_work(), plain, Down())


@pytest.mark.parametrize(("unit", "where"), [("10/1", "Im DMS"), ("30", "Im Postfach")])
def test_what_the_archive_keeps_goes_on_to_it_after_it_has_arrived(
    make_work: Make, plain: City, unit: str, where: str
) -> None:
    kept = replace(DOG_TAX, document_type="rat_fraktion", unit=unit)
    result = deliver(make_work(kept), plain, MemoryConnector())
    assert result.state is State.APPRAISED
    assert result.facts.delivered_as == "M000000001"
    assert result.reason.startswith(where)


def test_what_did_not_arrive_does_not_go_to_the_archive(make_work: Make, plain: City) -> None:
    kept = replace(DOG_TAX, document_type="rat_fraktion", unit="10/1")
    assert deliver(make_work(kept), plain, Refusing()).state is State.CLEARING


def test_without_a_hand_over_an_invoice_the_archive_keeps_goes_on_to_it_with_all_its_papers_filed(
    desk: Desk, plain: City
) -> None:
    connector, work = MemoryConnector(), filed_invoice(desk)
    alone = plain.model_copy(update={"finance": FinanceRules(handover="none")})
    result = deliver_invoice(replace(work, facts=replace(work.facts, delivered_as=None)), alone, connector)
    assert result.state is State.APPRAISED
    assert [done.part for done in result.delivered] == ["hauptdokument", "lesbar", "pruefbericht", "freigabeprotokoll"]
    assert result.facts.delivered_as == "M000000001"
