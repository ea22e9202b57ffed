"""Falsch zugeleitet: one document, at its new place only, proved; however often the step dies on the way."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from config.city_config import City
from config.dms_config import PaperForm, PaperRule
from dms_connectors.limited import LimitedConnector
from dms_connectors.memory import MemoryConnector
from dms_connectors.port import Ability, DossierRequest, FiledDocument, FilingRequest
from pipelines.filing.deliver import deliver
from pipelines.filing.redirect import TRAY, redirect, withdraw
from schemas.errors import Rejected
from schemas.roles import Action
from schemas.states import FileRole, State
from schemas.values import Act, DocumentFacts, StepResult, Work
from tests.pipelines.papers import DOCUMENT_ID, Desk

KITA = DocumentFacts(page_count=1, document_type="jugend_kita", unit="51", confidence=1.0)
Filed = Callable[..., Work]


@pytest.fixture
def letter(desk: Desk) -> Work:
    desk.put(FileRole.ORIGINAL, b"Rohscan", "Brief.PDF")
    desk.put(FileRole.PRODUCT, b"Produkt", "Brief.pdf")
    desk.put(FileRole.TRANSFER_NOTE, b"<Vermerk/>", "Brief.transfervermerk.xml")
    return desk.work(KITA)


def decided(work: Work, *actions: Action) -> tuple[Act, ...]:
    return tuple(Act(action, 1, "Petra Post", work.now, "", "Gehört zur Steuer.", 9) for action in actions)


def after(work: Work, result: StepResult, **changes: Any) -> Work:
    """As the next step finds it, after a person has set these facts anew."""
    arrived = {**work.arrived, **{done.part: done.target_id for done in result.delivered}}
    acts = decided(work, Action.REDIRECT)
    return replace(work, facts=replace(result.facts, **changes), arrived=arrived, acts=acts)


def filed(letter: Work, city: City, target: MemoryConnector, **changes: Any) -> Work:
    return after(letter, deliver(letter, city, target), **changes)


def children(target: MemoryConnector, reference: str) -> tuple[str, ...]:
    return tuple(child for node in target.find_dossiers(reference) for child in target.children(node.target_id))


def test_letter_and_note_move_to_the_new_unit_and_out_of_the_old_node(letter: Work, iserlohn: City) -> None:
    target = MemoryConnector()
    work = filed(letter, iserlohn, target, unit="22", document_type="hundesteuer")
    result = redirect(work, iserlohn, target)
    assert result.state is State.FILED, result.reason
    assert children(target, "51-POSTEINGANG") == ()
    assert set(children(target, "22-POSTEINGANG")) == set(work.arrived.values())
    for target_id in work.arrived.values():
        held = target.read_back(target_id).properties
        assert (held["unit"], held["document_type"]) == ("22", "hundesteuer")
    assert target.find(DOCUMENT_ID) == (work.facts.delivered_as,)
    (node,) = target.find_dossiers("22-POSTEINGANG")
    assert result.facts.dossier == node.target_id
    assert result.reason == f"Im DMS als {work.facts.delivered_as} im Knoten 22-POSTEINGANG umgelegt und geprüft."


def test_versions_move_with_the_document_they_lie_beneath(letter: Work, iserlohn: City) -> None:
    papers = {"original": PaperRule(form=PaperForm.VERSION)}
    city = iserlohn.model_copy(update={"dms": iserlohn.dms.model_copy(update={"papers": papers})})
    target = MemoryConnector()
    work = filed(letter, city, target, unit="22")
    assert redirect(work, city, target).state is State.FILED
    assert children(target, "22-POSTEINGANG") == (work.facts.delivered_as,)


def test_a_named_open_case_file_is_the_new_place(letter: Work, iserlohn: City) -> None:
    target = MemoryConnector()
    work = filed(letter, iserlohn, target, unit="22", case_reference="22-9/1")
    akte = target.create_dossier(DossierRequest("22-9/1", "Hund Muster", "22"))
    assert redirect(work, iserlohn, target).facts.dossier == akte
    assert target.read_back(work.facts.delivered_as or "").properties["case_reference"] == "22-9/1"


def test_a_reference_that_was_wrong_is_taken_away(letter: Work, iserlohn: City) -> None:
    target = MemoryConnector()
    letter = replace(letter, facts=replace(KITA, case_reference="51-1/1"))
    work = filed(letter, iserlohn, target, unit="22", case_reference=None)
    assert redirect(work, iserlohn, target).state is State.FILED
    assert "case_reference" not in target.read_back(work.facts.delivered_as or "").properties


def test_what_becomes_a_type_the_archive_keeps_goes_on_to_it(letter: Work, iserlohn: City) -> None:
    target = MemoryConnector()
    work = filed(letter, iserlohn, target, unit="10/1", document_type="rat_fraktion")
    assert redirect(work, iserlohn, target).state is State.APPRAISED


class Killed(BaseException):
    """The process is gone."""


class Dying(MemoryConnector):
    """Dies after a number of calls; what was done until then stays done."""

    left = 10**6

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name not in ("store", "find", "read_back", "move", "update", "delete", "children", "find_dossiers",
                        "create_dossier"):  # fmt: skip
            return found

        def counted(*arguments: Any, **named: Any) -> Any:
            self.left -= 1
            last = self.left == 0
            done = found(*arguments, **named)
            if last:
                raise Killed
            return done

        return counted


@pytest.mark.parametrize("calls", range(1, 15))
def test_a_death_after_any_call_leaves_one_document_at_its_new_place(calls: int, letter: Work, iserlohn: City) -> None:
    target = Dying()
    work = filed(letter, iserlohn, target, unit="22")
    target.left = calls
    with pytest.raises(Killed):
        redirect(work, iserlohn, target)
    result = redirect(work, iserlohn, target)
    assert result.state is State.FILED, result.reason
    assert children(target, "51-POSTEINGANG") == ()
    assert sorted(children(target, "22-POSTEINGANG")) == sorted(work.arrived.values())
    assert len(target.find(DOCUMENT_ID)) == 1


class Stubborn(MemoryConnector):
    """Says yes to a move and does nothing."""

    def move(self, *_: Any, **__: Any) -> None:
        return


def test_a_move_that_did_not_happen_goes_to_a_person_with_every_difference(letter: Work, iserlohn: City) -> None:
    target = Stubborn()
    result = redirect(filed(letter, iserlohn, target, unit="22"), iserlohn, target)
    assert result.state is State.CLEARING
    assert "Organisationseinheit – gesendet: 22, im Ziel: 51" in result.reason


class HalfWay(MemoryConnector):
    """Changes the properties and leaves the document where it lies."""

    def move(self, target_id: str, to: Any, leaving: str, reason: str) -> None:
        super().move(target_id, replace(to, dossier=""), "", reason)


def test_a_document_that_is_not_in_its_new_dossier_is_seen(letter: Work, iserlohn: City) -> None:
    target = HalfWay()
    result = redirect(filed(letter, iserlohn, target, unit="22"), iserlohn, target)
    assert result.state is State.CLEARING
    assert "liegt nicht im Knoten 22-POSTEINGANG" in result.reason


class Clinging(MemoryConnector):
    """Puts the document into the new dossier and leaves it in the old one too."""

    def move(self, target_id: str, to: Any, leaving: str, reason: str) -> None:
        super().move(target_id, to, "", reason)


def test_a_document_that_is_still_in_its_old_dossier_is_seen(letter: Work, iserlohn: City) -> None:
    target = Clinging()
    work = filed(letter, iserlohn, target, unit="22")
    result = redirect(work, iserlohn, target)
    assert result.state is State.CLEARING
    assert "liegt noch in der bisherigen Akte" in result.reason
    confirmed = replace(work, acts=decided(work, Action.REDIRECT, Action.CONFIRM))
    assert redirect(confirmed, iserlohn, target).state is State.FILED, "a person has looked at it"


class Fixed(LimitedConnector, MemoryConnector):
    """A target in which nothing can be changed."""

    def abilities(self) -> frozenset[Ability]:
        return frozenset({Ability.PROOF})


def test_a_target_that_cannot_move_asks_a_person_to(letter: Work, iserlohn: City) -> None:
    target = Fixed()
    work = filed(letter, iserlohn, target, unit="22")
    result = redirect(work, iserlohn, target)
    assert result.state is State.CLEARING
    assert "Bitte dort umlegen, dann anerkennen." in result.reason
    confirmed = replace(work, acts=decided(work, Action.REDIRECT, Action.CONFIRM))
    assert redirect(confirmed, iserlohn, target).state is State.FILED


def deleting(city: City, yes: bool = True) -> City:
    return city.model_copy(update={"dms": city.dms.model_copy(update={"delete_redirected": yes})})


def into_tray(letter: Work, city: City, dms: MemoryConnector, tray: MemoryConnector) -> Work:
    work = filed(letter, city, dms, unit="30")
    result = redirect(work, city, tray)
    assert result.state is State.WITHDRAWN, result.reason
    return after(work, result)


def test_a_unit_without_dms_has_it_in_its_tray_before_the_dms_loses_it(letter: Work, iserlohn: City) -> None:
    dms, tray = MemoryConnector(), MemoryConnector()
    work = into_tray(letter, deleting(iserlohn), dms, tray)
    assert tray.find(DOCUMENT_ID) == (work.arrived[TRAY],)
    assert len(dms.find(DOCUMENT_ID)) == 1
    result = withdraw(work, deleting(iserlohn), dms)
    assert result.state is State.HANDED_OVER
    assert (result.facts.delivered_as, result.facts.dossier) == (work.arrived[TRAY], None)
    assert all(held not in dms._filed for held in work.arrived.values()), "letter and note are gone"


@pytest.mark.parametrize("calls", range(1, 5))
def test_a_death_on_the_way_into_the_tray_or_out_of_the_dms_doubles_nothing(
    calls: int, letter: Work, iserlohn: City
) -> None:
    city, dms, tray = deleting(iserlohn), Dying(), Dying()
    work = filed(letter, city, dms, unit="30")
    tray.left = calls
    with pytest.raises(Killed):
        redirect(work, city, tray)
    work = after(work, redirect(work, city, tray))
    dms.left = calls
    with pytest.raises(Killed):
        withdraw(work, city, dms)
    end = withdraw(work, city, dms)
    assert end.state is State.HANDED_OVER
    assert len(tray.find(DOCUMENT_ID)) == 1
    assert dms.find(DOCUMENT_ID) == ()


def test_without_permission_a_person_deletes_and_then_it_goes_on(letter: Work, iserlohn: City) -> None:
    dms, tray = MemoryConnector(), MemoryConnector()
    work = into_tray(letter, iserlohn, dms, tray)
    result = withdraw(work, iserlohn, dms)
    assert result.state is State.CLEARING
    parts = ("hauptdokument", "transfervermerk")
    assert f"Im DMS liegt es noch als {', '.join(work.arrived[part] for part in parts)}" in result.reason
    for part in parts:
        dms.delete(work.arrived[part], "von Hand")
    assert withdraw(work, iserlohn, dms).state is State.HANDED_OVER


class Keeping(MemoryConnector):
    def delete(self, target_id: str, reason: str) -> None:
        raise Rejected(f"Das DMS lässt das Löschen von {target_id} nicht zu.")


def test_a_refused_deletion_is_shown_and_the_letter_is_where_it_was_put(letter: Work, iserlohn: City) -> None:
    dms, tray = Keeping(), MemoryConnector()
    work = into_tray(letter, deleting(iserlohn), dms, tray)
    result = withdraw(work, deleting(iserlohn), dms)
    assert result.state is State.CLEARING
    assert "lässt das Löschen" in result.reason
    assert work.arrived[TRAY] in result.reason


class FullTray(MemoryConnector):
    def store(self, request: FilingRequest) -> str:
        raise Rejected("Das Postfach nimmt nichts an.")


def test_what_the_tray_refuses_stays_in_the_dms(letter: Work, iserlohn: City) -> None:
    dms = MemoryConnector()
    result = redirect(filed(letter, iserlohn, dms, unit="30"), iserlohn, FullTray())
    assert result.state is State.CLEARING
    assert len(dms.find(DOCUMENT_ID)) == 1


class OtherBytes(MemoryConnector):
    def read_back(self, target_id: str) -> FiledDocument:
        filed = super().read_back(target_id)
        assert filed.digest is not None
        return replace(filed, digest=replace(filed.digest, sha256="0" * 64))


def test_what_arrived_otherwise_in_the_tray_stays_in_the_dms(letter: Work, iserlohn: City) -> None:
    dms = MemoryConnector()
    assert redirect(filed(letter, iserlohn, dms, unit="30"), iserlohn, OtherBytes()).state is State.CLEARING


def test_a_unit_that_no_longer_exists_is_a_question(letter: Work, iserlohn: City) -> None:
    dms = MemoryConnector()
    result = redirect(filed(letter, iserlohn, dms, unit="99"), iserlohn, dms)
    assert result.state is State.CLEARING
    assert "gibt es nicht (mehr)" in result.reason
