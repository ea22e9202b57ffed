"""By default the inbox node of the unit; a case file only if our reference names one that is there and open."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from config.city_config import City
from dms_connectors.memory import MemoryConnector
from dms_connectors.port import Ability, DossierRequest, FilingRequest
from pipelines.filing.deliver import deliver, deliver_invoice
from schemas.errors import Rejected
from schemas.states import FileRole, State
from schemas.values import DocumentFacts, Work
from tests.pipelines.papers import DOCUMENT_ID, Desk
from tests.pipelines.parcels import filed_invoice

KITA = DocumentFacts(page_count=1, document_type="jugend_kita", unit="51", confidence=1.0)
CASE = "51-20.05/1234"
NODE = "51-POSTEINGANG"
Make = Callable[..., Work]


@pytest.fixture
def make_work(desk: Desk) -> Make:
    desk.put(FileRole.ORIGINAL, b"Rohscan", "Brief.PDF")
    desk.put(FileRole.PRODUCT, b"Produkt", "Brief.pdf")
    desk.put(FileRole.TRANSFER_NOTE, b"<Vermerk/>", "Brief.transfervermerk.xml")
    return lambda nodes=None, **facts: replace(desk.work(replace(KITA, **facts)), nodes=nodes or {})


def with_dms(city: City, **changes: Any) -> City:
    return city.model_copy(update={"dms": city.dms.model_copy(update=changes)})


def case_file(target: MemoryConnector, reference: str = CASE) -> str:
    return target.create_dossier(DossierRequest(reference, "Elternbeitrag Muster", "51"))


def filed_in(target: MemoryConnector, reference: str) -> tuple[str, ...]:
    (dossier,) = target.find_dossiers(reference)
    return target.children(dossier.target_id)


def test_a_letter_and_its_note_lie_in_the_inbox_node_which_is_made_when_missing(
    make_work: Make, iserlohn: City
) -> None:
    target = MemoryConnector()
    result = deliver(make_work(), iserlohn, target)
    (node,) = target.find_dossiers(NODE)
    assert node.title == "Posteingang Bereich Jugend"
    assert result.state is State.FILED
    assert result.facts.dossier == node.target_id
    assert target.children(node.target_id) == tuple(done.target_id for done in result.delivered)
    assert f"im Knoten {NODE}" in result.reason


def test_a_node_that_is_there_is_used_and_remembered(make_work: Make, iserlohn: City) -> None:
    target = MemoryConnector()
    node = case_file(target, NODE)
    assert deliver(make_work(), iserlohn, target).nodes == {NODE: node}
    assert len(target.find_dossiers(NODE)) == 1


class Counting(MemoryConnector):
    searches = 0

    def find_dossiers(self, reference: str) -> Any:
        self.searches += 1
        return super().find_dossiers(reference)


def test_a_remembered_node_costs_no_search(make_work: Make, iserlohn: City) -> None:
    target = Counting()
    node = case_file(target, NODE)
    assert deliver(make_work({NODE: node}), iserlohn, target).facts.dossier == node
    assert target.searches == 0


def test_a_remembered_node_that_is_gone_is_made_anew(make_work: Make, iserlohn: City) -> None:
    target = MemoryConnector()
    result = deliver(make_work({NODE: "D-gone"}), iserlohn, target)
    (node,) = target.find_dossiers(NODE)
    assert (result.state, result.facts.dossier) == (State.FILED, node.target_id)


class Refusing(Counting):
    def store(self, request: FilingRequest) -> str:
        raise Rejected("Die Kategorie POSTE gibt es nicht.")


def test_a_refusal_for_another_reason_leaves_the_remembered_node_alone(make_work: Make, iserlohn: City) -> None:
    target = Refusing()
    result = deliver(make_work({NODE: case_file(target, NODE)}), iserlohn, target)
    assert result.state is State.CLEARING
    assert "Die Kategorie POSTE gibt es nicht." in result.reason
    assert len(target.find_dossiers(NODE)) == 1


def test_a_node_there_twice_is_cleared_by_a_person_with_both_ids(make_work: Make, iserlohn: City) -> None:
    target = MemoryConnector()
    ids = [case_file(target, NODE) for _ in range(2)]
    result = deliver(make_work(), iserlohn, target)
    assert result.state is State.CLEARING
    assert f"Den Knoten {NODE} gibt es im DMS mehrfach: {', '.join(ids)}." in result.reason
    assert target.find(DOCUMENT_ID) == ()


def test_a_missing_node_is_a_question_where_none_may_be_made(make_work: Make, iserlohn: City) -> None:
    assert iserlohn.dms.dossiers is not None
    strict = with_dms(iserlohn, dossiers=iserlohn.dms.dossiers.model_copy(update={"create": False}))
    result = deliver(make_work(), strict, MemoryConnector())
    assert result.state is State.CLEARING
    assert f"Den Knoten {NODE} („Posteingang Bereich Jugend“) gibt es im DMS nicht" in result.reason


def test_a_unit_without_inbox_gets_its_mail_without_a_node(make_work: Make, iserlohn: City) -> None:
    result = deliver(make_work(), with_dms(iserlohn, inboxes={}), MemoryConnector())
    assert (result.state, result.facts.dossier) == (State.FILED, None)


class WithoutDossiers(MemoryConnector):
    def abilities(self) -> frozenset[Ability]:
        return frozenset(Ability) - {Ability.DOSSIERS}


def test_a_target_without_dossiers_is_never_asked_for_one(make_work: Make, iserlohn: City) -> None:
    target = WithoutDossiers()
    result = deliver(make_work(case_reference=CASE), iserlohn, target)
    assert (result.state, result.facts.dossier) == (State.FILED, None)
    assert target.find_dossiers(NODE) == ()


@pytest.mark.parametrize("unit", ["99", "", None])
def test_nobody_gets_what_belongs_to_no_unit(unit: str | None, make_work: Make, iserlohn: City) -> None:
    target = MemoryConnector()
    result = deliver(make_work(unit=unit), iserlohn, target)
    assert result.state is State.CLEARING
    assert "gibt es nicht (mehr)" in result.reason
    assert target.find(DOCUMENT_ID) == ()


def test_an_open_case_file_our_reference_names_takes_the_letter(make_work: Make, iserlohn: City) -> None:
    target = MemoryConnector()
    akte = case_file(target)
    result = deliver(make_work(case_reference=CASE), iserlohn, target)
    assert (result.state, result.facts.dossier) == (State.FILED, akte)
    assert result.facts.delivered_as in filed_in(target, CASE)
    assert target.find_dossiers(NODE) == ()
    assert target.read_back(result.facts.delivered_as or "").properties["case_reference"] == CASE
    assert f"in der Akte {CASE}" in result.reason


def test_a_case_file_is_never_made_by_us(make_work: Make, iserlohn: City) -> None:
    target = MemoryConnector()
    result = deliver(make_work(case_reference=CASE), iserlohn, target)
    assert result.facts.delivered_as in filed_in(target, NODE)
    assert target.find_dossiers(CASE) == ()
    assert result.reason.endswith(f"Die genannte Akte {CASE} gibt es im DMS nicht.")


def test_a_closed_case_file_stays_closed_and_the_reason_is_said(make_work: Make, iserlohn: City) -> None:
    target = MemoryConnector()
    target.close_dossier(case_file(target))
    result = deliver(make_work(case_reference=CASE), iserlohn, target)
    assert result.facts.delivered_as in filed_in(target, NODE)
    assert filed_in(target, CASE) == ()
    assert result.reason.endswith(f"Die genannte Akte {CASE} ist im DMS geschlossen (z. d. A.).")


def test_several_case_files_under_one_reference_are_a_question(make_work: Make, iserlohn: City) -> None:
    target = MemoryConnector()
    ids = [case_file(target) for _ in range(2)]
    result = deliver(make_work(case_reference=CASE), iserlohn, target)
    assert result.state is State.CLEARING
    assert f"Die Akte {CASE} gibt es im DMS mehrfach: {', '.join(ids)}." in result.reason
    assert target.find(DOCUMENT_ID) == ()


def test_what_an_earlier_try_put_elsewhere_is_linked_to_where_it_belongs_now(make_work: Make, iserlohn: City) -> None:
    """The case file was open at the first try, whose answer was lost, and is closed at the second."""
    target = MemoryConnector()
    akte = case_file(target)
    first = deliver(make_work(case_reference=CASE), iserlohn, target)
    target.close_dossier(akte)
    second = deliver(make_work(case_reference=CASE), iserlohn, target)
    assert second.facts.delivered_as == first.facts.delivered_as
    assert second.facts.delivered_as in filed_in(target, NODE)


def test_an_invoice_lies_with_all_its_papers_in_the_node_of_its_unit(desk: Desk, iserlohn: City) -> None:
    target, work = MemoryConnector(), filed_invoice(desk)
    facts = replace(work.facts, delivered_as=None, document_type="e_rechnung")
    result = deliver_invoice(replace(work, facts=facts), iserlohn, target)
    assert filed_in(target, "22-POSTEINGANG") == tuple(done.target_id for done in result.delivered)
