"""Closed mail is taken back from where it lies, with its papers; what a person must do is said; then it is removed."""

from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest

from config.city_config import City
from dms_connectors.folder import FolderConnector
from dms_connectors.limited import LimitedConnector
from dms_connectors.memory import MemoryConnector
from pipelines.filing.deliver import deliver
from pipelines.filing.redirect import TRAY
from pipelines.filing.remove import recall, remove, stayed_in_dms
from schemas.errors import Rejected, Unavailable
from schemas.roles import Action
from schemas.states import FileRole, State
from schemas.values import Act, DocumentFacts, Work
from tests.pipelines.papers import DOCUMENT_ID, Desk

KITA = DocumentFacts(page_count=1, document_type="jugend_kita", unit="51", confidence=1.0)


@pytest.fixture
def letter(desk: Desk) -> Work:
    desk.put(FileRole.ORIGINAL, b"Rohscan", "Brief.PDF")
    desk.put(FileRole.PRODUCT, b"Produkt", "Brief.pdf")
    desk.put(FileRole.TRANSFER_NOTE, b"<Vermerk/>", "Brief.transfervermerk.xml")
    work = desk.work(KITA)
    acts = (
        Act(Action.ASK_REMOVAL, 1, "Anna Beispiel", work.now, "", "War ein Angebot.", 9),
        Act(Action.CONFIRM_REMOVAL, 2, "Bernd Beispiel", work.now, "", "Gesehen.", 10),
    )
    return replace(work, acts=acts)


def filed(letter: Work, city: City, target: MemoryConnector | FolderConnector, unit: str = "51") -> Work:
    work = replace(letter, facts=replace(letter.facts, unit=unit))
    result = deliver(work, city, target)
    assert result.state in (State.FILED, State.HANDED_OVER), result.reason
    arrived = {done.part: done.target_id for done in result.delivered}
    return replace(work, facts=result.facts, arrived=arrived)


class Keeping(MemoryConnector):
    """A DMS in which our account may not delete."""

    def delete(self, target_id: str, reason: str) -> None:
        raise Rejected("Das Recht zum Löschen fehlt.")


class NoSearch(MemoryConnector):
    """A DMS whose search is behind."""

    def find(self, document_id: object) -> tuple[str, ...]:
        return ()


class NoProof(LimitedConnector):
    """An import that says nothing of what became of it."""


def test_what_was_handed_to_nobody_is_locked_without_asking_anybody(letter: Work, iserlohn: City) -> None:
    result = recall(letter, iserlohn, LimitedConnector())
    assert (result.state, result.reason, result.facts.delivered_as) == (State.LOCKED, "", None)


@pytest.mark.parametrize("target", [MemoryConnector, NoSearch])
def test_document_and_papers_are_deleted_in_the_dms(
    letter: Work, iserlohn: City, target: type[MemoryConnector]
) -> None:
    dms = MemoryConnector()
    work = filed(letter, iserlohn, dms)
    dms.__class__ = target
    result = recall(work, iserlohn, dms)
    assert result.state is State.LOCKED
    assert (result.facts.delivered_as, result.facts.dossier) == (None, None)
    for target_id in work.arrived.values():
        assert target_id in result.reason
        with pytest.raises(Rejected):
            dms.read_back(target_id)
    assert recall(replace(work, facts=result.facts), iserlohn, dms).facts.delivered_as is None, "repeatable"


def test_where_deleting_is_refused_a_person_is_told_what_and_why_and_nothing_is_removed(
    letter: Work, iserlohn: City
) -> None:
    dms = Keeping()
    work = filed(letter, iserlohn, dms)
    locked = recall(work, iserlohn, dms)
    assert locked.facts.delivered_as == work.facts.delivered_as
    assert "bitte dort mit Begründung löschen" in locked.reason
    assert "Das Recht zum Löschen fehlt." in locked.reason
    result = remove(work, iserlohn, dms)
    assert (result.state, result.removed, result.files) == (State.LOCKED, frozenset(), ())
    assert "Noch nicht entfernt" in result.reason


def test_a_folder_in_an_out_tray_is_a_persons_to_take_out(letter: Work, iserlohn: City, tmp_path: Path) -> None:
    trays = FolderConnector(tmp_path / "postfach", tmp_path / "quittungen")
    work = filed(letter, iserlohn, trays, unit="30")
    locked = recall(work, iserlohn, trays)
    assert f"liegt noch als {work.facts.delivered_as}" in locked.reason
    assert remove(work, iserlohn, trays).state is State.LOCKED
    (tmp_path / "postfach" / (work.facts.delivered_as or "")).rename(tmp_path / "entnommen")
    result = remove(work, iserlohn, trays)
    assert result.state is State.REMOVED
    assert "was entnommen ist, bitte zurückholen" in result.reason


def test_an_import_proves_nothing_so_it_is_said_and_hinders_nothing(letter: Work, iserlohn: City) -> None:
    work = replace(letter, facts=replace(KITA, delivered_as="PE-1.jpl"))
    assert "im DMS suchen" in recall(work, iserlohn, NoProof()).reason
    assert recall(work, iserlohn, NoProof()).facts.delivered_as == "PE-1.jpl"
    assert remove(work, iserlohn, NoProof()).state is State.REMOVED


def test_a_package_for_the_archive_is_told(letter: Work, iserlohn: City) -> None:
    work = replace(letter, arrived={"archive": "paket-1"})
    assert "Paket" in recall(work, iserlohn, LimitedConnector()).reason


def test_a_call_under_way_when_it_was_locked_is_waited_for_then_searched(letter: Work, iserlohn: City) -> None:
    dms = MemoryConnector()
    work = filed(letter, iserlohn, dms)
    lost = replace(work, facts=KITA, arrived={}, unclear={"hauptdokument": 1.0})
    with pytest.raises(Unavailable) as waiting:
        recall(lost, iserlohn, dms)
    assert (waiting.value.retry_after or 0) > 0
    late = replace(lost, unclear={"hauptdokument": 10.0**6})
    assert recall(late, iserlohn, dms).state is State.LOCKED
    assert dms.find(DOCUMENT_ID) == ()


def test_an_import_whose_answer_was_lost_may_have_it_so_it_is_not_handed_over_anew(
    letter: Work, iserlohn: City
) -> None:
    class Receipts(NoProof):
        def find(self, document_id: object) -> tuple[str, ...]:
            return ("PE-1_abc",) if document_id == DOCUMENT_ID else ()

    lost = replace(letter, unclear={"hauptdokument": 10.0**6})
    told = recall(lost, iserlohn, Receipts())
    assert told.facts.delivered_as == "PE-1_abc"
    assert "PE-1_abc" in told.reason


def test_a_tray_whose_answer_was_lost_is_looked_into(letter: Work, iserlohn: City, tmp_path: Path) -> None:
    trays = FolderConnector(tmp_path / "postfach", tmp_path / "quittungen")
    work = filed(letter, iserlohn, trays, unit="30")
    laid = work.facts.delivered_as
    lost = replace(work, facts=replace(work.facts, delivered_as=None), arrived={}, unclear={"hauptdokument": 10.0**6})
    assert f"liegt noch als {laid}" in recall(lost, iserlohn, trays).reason
    assert remove(lost, iserlohn, trays).state is State.LOCKED


def test_what_was_redirected_to_a_tray_and_never_left_the_dms_is_taken_back_there(letter: Work, iserlohn: City) -> None:
    dms = MemoryConnector()
    work = filed(letter, iserlohn, dms)
    act = Act(Action.REDIRECT, 3, "Carla Beispiel", work.now, "", "Gehört nach 30.", 8)
    stuck = replace(
        work,
        facts=replace(work.facts, unit="30"),
        arrived=work.arrived | {TRAY: "30/PE-1"},
        acts=(act,),
    )
    assert stayed_in_dms(stuck)
    result = recall(stuck, iserlohn, dms)
    assert dms.find(DOCUMENT_ID) == ()
    assert result.facts.delivered_as is None
    assert "30/PE-1" in result.reason
    assert not stayed_in_dms(replace(stuck, facts=replace(stuck.facts, delivered_as="30/PE-1"))), "it has left"
    assert not stayed_in_dms(replace(stuck, acts=())), "nobody has redirected it"


def test_everything_goes_but_a_note_for_the_recipient_that_names_both_persons(letter: Work, iserlohn: City) -> None:
    result = remove(letter, iserlohn, MemoryConnector())
    assert result.state is State.REMOVED
    assert result.removed == frozenset(FileRole) - {FileRole.REMOVAL_NOTE}
    (note,) = result.files
    with pypdfium2.PdfDocument(note.path) as pdf:
        text = " ".join(pdf[0].get_textpage().get_text_bounded().split())
    for said in (
        "Hinweis an den Empfänger",
        "Anna Beispiel",
        "Bernd Beispiel",
        "versehentlich",
        letter.register_number,
    ):
        assert str(said) in text
