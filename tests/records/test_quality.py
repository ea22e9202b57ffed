"""Quality assurance: what people find, who may, and when a lot has passed; what the transfer notes are told then."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from records import audit
from records.decisions import Conflict
from records.lots import draw_ready, gather
from records.models import Document, FullCheckOrder, Lot, LotDocument, NoteAnnex
from records.objects import ObjectStore
from records.quality import Found, is_passed, judge, lift, unsettled
from records.rescans import link
from schemas.annex import AnnexKind
from schemas.errors import BadInput
from schemas.quality import LotState, Verdict
from schemas.roles import Person, Role
from schemas.states import State
from tests.records.conftest import NOW
from tests.records.persons import make_person
from tests.records.scans import CITY, batch_of, scan

pytestmark = pytest.mark.django_db
GOOD = Found(Verdict.GOOD)
FAULT = Found(Verdict.FAULT, "Rückseite fehlt.", "2")
MakeLot = Callable[..., list[LotDocument]]


@pytest.fixture
def person() -> Person:
    return make_person(Role.MAILROOM, name="Erika Beispiel")


@pytest.fixture
def drawn_lot(store: ObjectStore, tmp_path: Path) -> MakeLot:
    """The rows of the documents of a batch (one alone: of its day), those drawn first."""

    def make(*columns: dict[str, Any], **facts: Any) -> list[LotDocument]:
        documents = batch_of(store, tmp_path, NOW, *columns, **facts)
        gather(CITY, NOW)
        draw_ready(CITY, NOW + timedelta(days=1))
        rows = list(LotDocument.objects.filter(document__in=documents).select_related("document"))
        return sorted(rows, key=lambda row: not row.drawn)

    return make


def look(row: LotDocument, found: Found, person: Person, *, seen: int = 0) -> LotState:
    return judge(row.id, seen, found, person, CITY, NOW)


def annexes(document: Document) -> list[tuple[str, str, str]]:
    """Kind, person and statement of every annex asked for."""
    rows = NoteAnnex.objects.filter(document=document).order_by("number")
    return [(row.kind, row.person, row.statement) for row in rows]


def details(document: Document) -> dict[str, str]:
    return dict(NoteAnnex.objects.get(document=document, kind=AnnexKind.QUALITY).details)


def test_a_lot_passes_when_everything_drawn_is_in_order(drawn_lot: MakeLot, person: Person) -> None:
    first, other, _ = drawn_lot({}, {}, {})
    assert not is_passed(first.document)

    assert look(first, GOOD, person) is LotState.PASSED
    assert is_passed(first.document)
    assert is_passed(other.document)
    assert not other.drawn


def test_the_notes_are_told_no_more_than_the_check_supports(drawn_lot: MakeLot, person: Person) -> None:
    first, other, _ = drawn_lot({}, {}, {})
    look(first, GOOD, person)

    (quality, *_), (agreement, who, said) = annexes(first.document)
    assert (quality, agreement, who) == (AnnexKind.QUALITY, AnnexKind.AGREEMENT, "Erika Beispiel")
    assert said.startswith("Das Scanprodukt stimmt nach meiner Sichtprüfung")
    assert details(first.document)["Art der Prüfung"] == "Sichtprüfung, gezogen"

    (_, _, about_quality), (_, _, about_agreement) = annexes(other.document)
    assert "nicht gezogen und nicht angesehen" in about_quality
    assert "verglichen wurde dieses Schriftstück selbst nicht" in about_agreement
    assert details(other.document) == {
        "Art der Prüfung": "Stichprobe, nicht gezogen",
        "Regel": "Dokumentart „Sonstiges Schreiben“: 4 %, mindestens 1, 1 von 3",
        "Ergebnis": "bestanden",
        "Prüflos": "Stapel Montag, 23.11.2026",
        "Umfang": "3 Schriftstücke, davon 1 angesehen",
        "Fehler im Prüflos": "0",
        "Startwert der Ziehung": Lot.objects.get().seed,
        "Fassung der Regeln": CITY.procedure_version,
        "Vollständigkeit, Blätter": "nicht angegeben: bitte von Hand zählen – offen",
        "Vollständigkeit, Bilder": "keine – offen",
    }
    mark = NoteAnnex.objects.filter(document=first.document).values_list("person_mark", flat=True)[0]
    assert mark == get_user_model().objects.get(pk=person.user_id).get_username()


def test_every_judgement_is_a_link_of_the_documents_chain(drawn_lot: MakeLot, person: Person) -> None:
    first, *_ = drawn_lot({}, {})
    look(first, FAULT, person)

    _, kind, payload = audit.history(first.document_id)[-1]
    assert kind == audit.REMARK
    assert payload["what"] == "Sichtprüfung: Fehler (Seiten 2)"
    assert payload["actor"] == "Erika Beispiel"
    assert payload["reason"] == "Rückseite fehlt."
    assert list(audit.verify()) == []


def test_a_fault_sets_the_lot_back_and_all_of_it_is_looked_at(drawn_lot: MakeLot, person: Person) -> None:
    first, other, third = drawn_lot({}, {}, {})

    assert look(first, FAULT, person) is LotState.SET_BACK
    assert {row.id for row in unsettled()} == {first.id, other.id, third.id}
    look(other, GOOD, person)
    assert look(third, GOOD, person) is LotState.SET_BACK
    assert not is_passed(other.document)


def test_a_fault_that_is_explained_lets_the_lot_pass_but_not_the_paper_go(drawn_lot: MakeLot, person: Person) -> None:
    (only,) = drawn_lot({"document_type": "widerspruch"})
    look(only, FAULT, person)
    told = Found(Verdict.EXPLAINED, "Das Papier selbst ist angeschnitten.", "2")

    assert look(only, told, person, seen=1) is LotState.PASSED
    assert not is_passed(only.document)
    kinds = [kind for kind, _, _ in annexes(only.document)]
    assert kinds == [AnnexKind.CORRECTION, AnnexKind.QUALITY]
    assert annexes(only.document)[0][2] == "Das Papier selbst ist angeschnitten."


def test_a_fault_seen_wrongly_is_taken_back_with_a_reason(drawn_lot: MakeLot, person: Person) -> None:
    (only,) = drawn_lot({"document_type": "widerspruch"})
    look(only, FAULT, person)
    with pytest.raises(BadInput, match="Begründung fehlt"):
        look(only, GOOD, person, seen=1)

    assert look(only, Found(Verdict.GOOD, "Die Rückseite ist leer."), person, seen=1) is LotState.PASSED
    assert is_passed(only.document)


def test_a_good_rescan_settles_the_fault(
    drawn_lot: MakeLot, person: Person, store: ObjectStore, tmp_path: Path
) -> None:
    first, other = drawn_lot({}, {})
    look(first, FAULT, person)
    look(other, GOOD, person)
    new = scan(store, tmp_path, NOW)
    gather(CITY, NOW)
    link(first.document_id, new.register_number or "", "2", person, CITY, NOW)
    draw_ready(CITY, NOW + timedelta(days=1))

    rescan = LotDocument.objects.get(document=new)
    assert rescan.drawn
    assert first.lot.state != LotState.PASSED
    look(rescan, GOOD, person)
    assert set(Lot.objects.values_list("state", flat=True)) == {LotState.PASSED}
    assert (is_passed(first.document), is_passed(other.document), is_passed(new)) == (False, True, True)
    assert details(first.document)["Ergebnis"] == "Fehler, ersetzt durch Nachscan"


def test_the_old_note_names_the_rescan_and_both_chains_tell_of_it(
    drawn_lot: MakeLot, person: Person, store: ObjectStore, tmp_path: Path
) -> None:
    first, _ = drawn_lot({}, {})
    look(first, FAULT, person)
    new = scan(store, tmp_path, NOW)
    link(first.document_id, f" {(new.register_number or '').lower()} ", "2", person, CITY, NOW)

    annex = NoteAnnex.objects.get(document=first.document)
    assert annex.kind == AnnexKind.RESCAN
    assert annex.details == {"Nachscan": new.register_number, "Kennung": str(new.id), "Ersetzte Seiten": "Seiten 2"}
    assert audit.history(first.document_id)[-1][2]["what"] == f"Ersetzt durch Nachscan {new.register_number}"
    assert audit.history(new.id)[-1][2]["what"] == f"Nachscan zu {first.document.register_number}"
    new.refresh_from_db()
    assert new.replaces_id == first.document_id


def test_what_cannot_be_the_rescan_is_refused(
    drawn_lot: MakeLot, person: Person, store: ObjectStore, tmp_path: Path
) -> None:
    earlier = scan(store, tmp_path, NOW)
    first, other = drawn_lot({}, {})
    for number, why in (
        ("PE-2026-999999", "gibt es nicht"),
        ("", "gibt es nicht"),
        (earlier.register_number, "nicht nach diesem Schriftstück eingegangen"),
        (first.document.register_number, "nicht nach diesem Schriftstück eingegangen"),
    ):
        with pytest.raises(BadInput, match=why):
            link(first.document_id, number or "", "", person, CITY, NOW)
    closed = scan(store, tmp_path, NOW, state=State.LOCKED)
    with pytest.raises(BadInput, match="kann kein Nachscan sein"):
        link(first.document_id, closed.register_number or "", "", person, CITY, NOW)
    new = scan(store, tmp_path, NOW)
    link(first.document_id, new.register_number or "", "", person, CITY, NOW)
    with pytest.raises(Conflict, match="schon als Nachscan eingetragen"):
        link(first.document_id, new.register_number or "", "", person, CITY, NOW)
    with pytest.raises(Conflict, match="ersetzt schon ein anderes"):
        link(other.document_id, new.register_number or "", "", person, CITY, NOW)


def test_a_rescan_whose_lot_passed_without_it_is_looked_at_all_the_same(drawn_lot: MakeLot, person: Person) -> None:
    (faulty,) = drawn_lot({"document_type": "widerspruch"})
    look(faulty, FAULT, person)
    drawn, left_out, _ = drawn_lot({}, {}, {})
    look(drawn, GOOD, person)
    assert is_passed(left_out.document)
    link(faulty.document_id, left_out.document.register_number or "", "", person, CITY, NOW)

    assert not is_passed(left_out.document)
    draw_ready(CITY, NOW + timedelta(days=1))
    again = LotDocument.objects.get(document=left_out.document)
    assert (again.drawn, again.lot.batch) == (True, None)
    look(again, GOOD, person)
    assert is_passed(left_out.document)
    assert set(Lot.objects.values_list("state", flat=True)) == {LotState.PASSED}


def test_a_rescan_left_out_of_a_drawn_lot_is_added_to_it(drawn_lot: MakeLot, person: Person) -> None:
    (faulty,) = drawn_lot({"document_type": "widerspruch"})
    look(faulty, FAULT, person)
    drawn, left_out, _ = drawn_lot({}, {}, {})
    link(faulty.document_id, left_out.document.register_number or "", "", person, CITY, NOW)

    assert look(drawn, GOOD, person) is LotState.DRAWN
    assert look(left_out, GOOD, person) is LotState.PASSED


def test_a_fault_found_after_the_lot_has_passed_takes_the_pass_away(drawn_lot: MakeLot, person: Person) -> None:
    first, other = drawn_lot({}, {})
    look(first, GOOD, person)
    assert is_passed(first.document)

    assert look(other, FAULT, person) is LotState.SET_BACK
    assert not is_passed(first.document)


@pytest.mark.parametrize("verdict", [Verdict.FAULT, Verdict.EXPLAINED])
def test_a_fault_and_its_explanation_need_words(drawn_lot: MakeLot, person: Person, verdict: Verdict) -> None:
    (only,) = drawn_lot({"document_type": "widerspruch"})
    if verdict is Verdict.EXPLAINED:
        look(only, FAULT, person)
    with pytest.raises(BadInput, match="Begründung fehlt"):
        look(only, Found(verdict), person, seen=int(verdict is Verdict.EXPLAINED))


def test_the_second_person_is_told_what_the_first_one_entered(drawn_lot: MakeLot, person: Person) -> None:
    first, *_ = drawn_lot({}, {})
    look(first, FAULT, person)
    with pytest.raises(Conflict, match=r"Erika Beispiel hat „Fehler“ eingetragen \(Rückseite fehlt\.\)"):
        look(first, GOOD, make_person(Role.MAILROOM, name="Otto Muster"))

    assert first.judgements.count() == 1


class TestFourEyes:
    """Where the protection need is very high, whoever scanned does not check."""

    def row(self, drawn_lot: MakeLot, mark: str, name: str) -> LotDocument:
        (row,) = drawn_lot({"document_type": "urkunde"}, operator=name, operator_id=mark)
        return row

    def test_by_the_name_of_the_account(self, drawn_lot: MakeLot, person: Person) -> None:
        username = get_user_model().objects.get(pk=person.user_id).get_username()
        row = self.row(drawn_lot, username.upper(), "E. B.")
        with pytest.raises(BadInput, match="Sie haben dieses Schriftstück gescannt"):
            look(row, GOOD, person)

    def test_a_fault_may_be_reported_by_whoever_scanned_but_not_explained(
        self, drawn_lot: MakeLot, person: Person
    ) -> None:
        row = self.row(drawn_lot, "scan-07", "Erika Beispiel")
        assert look(row, FAULT, person) is LotState.SET_BACK
        with pytest.raises(BadInput, match="Sie haben dieses Schriftstück gescannt"):
            look(row, Found(Verdict.EXPLAINED, "Das Papier ist so."), person, seen=1)

    def test_by_the_name_of_the_person(self, drawn_lot: MakeLot, person: Person) -> None:
        row = self.row(drawn_lot, "scan-07", "Erika  Beispiel")
        with pytest.raises(BadInput, match="Sie haben dieses Schriftstück gescannt"):
            look(row, GOOD, person)

    def test_another_known_person_may(self, drawn_lot: MakeLot, person: Person) -> None:
        make_person(Role.MAILROOM, name="Otto Muster")
        row = self.row(drawn_lot, "scan-07", "Otto Muster")
        assert look(row, GOOD, person) is LotState.PASSED

    def test_somebody_nobody_knows_might_be_anybody(self, drawn_lot: MakeLot, person: Person) -> None:
        row = self.row(drawn_lot, "scan-07", "Otto Muster")
        with pytest.raises(BadInput, match=r"Kennzeichen scan-07\), hat kein Benutzerkonto"):
            look(row, GOOD, person)

    def test_elsewhere_nobody_asks(self, drawn_lot: MakeLot, person: Person) -> None:
        (row,) = drawn_lot({"document_type": "widerspruch"}, operator="Erika Beispiel", operator_id="scan-07")
        assert look(row, GOOD, person) is LotState.PASSED


def test_two_faults_of_an_inbox_order_its_full_check_until_a_person_lifts_it(
    drawn_lot: MakeLot, person: Person
) -> None:
    for count in (0, 1):
        assert FullCheckOrder.objects.count() == 0
        first, *_ = drawn_lot({}, {})
        look(first, FAULT, person)
        assert FullCheckOrder.objects.count() == count
    assert all(row.drawn for row in drawn_lot({}, {}, {}))

    order = FullCheckOrder.objects.get()
    assert order.reason == "2 fehlerhafte Schriftstücke in 30 Tagen"
    with pytest.raises(BadInput, match="Begründung fehlt"):
        lift(order.id, " ", person, NOW)
    lift(order.id, "Scanner gewartet.", person, NOW)
    with pytest.raises(Conflict, match="inzwischen aufgehoben"):
        lift(order.id, "Noch einmal.", person, NOW)
    assert sum(bool(row.drawn) for row in drawn_lot({}, {}, {})) == 1

    first, *_ = drawn_lot({}, {})
    judge(first.id, 0, FAULT, person, CITY, NOW + timedelta(hours=1))
    assert FullCheckOrder.objects.filter(lifted_at=None).count() == 0


def test_faults_of_long_ago_do_not_count(drawn_lot: MakeLot, person: Person) -> None:
    for later in (0, 40):
        first, *_ = drawn_lot({}, {})
        judge(first.id, 0, FAULT, person, CITY, NOW + timedelta(days=later))

    assert FullCheckOrder.objects.count() == 0


def test_mail_that_turns_out_to_be_closed_holds_no_lot_up(drawn_lot: MakeLot, person: Person) -> None:
    first, other = drawn_lot({"document_type": "widerspruch"}, {"document_type": "widerspruch"})
    Document.objects.filter(id=other.document_id).update(state=State.LOCKED)

    assert look(first, GOOD, person) is LotState.PASSED
    assert annexes(other.document) == []
    with pytest.raises(BadInput, match="kann jetzt nicht geprüft werden"):
        look(other, GOOD, person)


def test_what_was_not_drawn_is_not_said_to_be_in_order(drawn_lot: MakeLot, person: Person) -> None:
    *_, left_out = drawn_lot({}, {})
    with pytest.raises(BadInput, match="nicht gezogen"):
        look(left_out, GOOD, person)
