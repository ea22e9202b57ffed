"""Quality assurance in the page: lots, the checklist beside the pages, and what two persons at once are told."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from config.load import city
from records.lots import draw_ready, gather
from records.models import Document, FullCheckOrder, Judgement, Lot, LotDocument
from records.objects import ObjectStore
from records.quality import is_passed
from schemas.quality import CHECKLIST, LotState
from schemas.roles import Role
from schemas.states import FileRole, State
from tests.records.scans import batch_of, scan
from tests.web.conftest import NOW, Arrive, Keep, SignIn, text_of
from web.evidence import object_store

pytestmark = pytest.mark.django_db
ALL = [str(number) for number in range(1, len(CHECKLIST) + 1)]
MakeLot = Callable[..., list[Document]]


@pytest.fixture
def mailroom(sign_in: SignIn) -> Client:
    return sign_in(Role.MAILROOM, name="Erika Beispiel")


@pytest.fixture
def store() -> ObjectStore:
    return object_store()


@pytest.fixture
def drawn(store: ObjectStore, tmp_path: Any) -> MakeLot:
    """The documents of a drawn batch, those drawn first."""

    def make(*columns: dict[str, Any], **facts: Any) -> list[Document]:
        found = batch_of(store, tmp_path, NOW, *columns, **facts)
        gather(city(), NOW)
        draw_ready(city(), NOW + timedelta(days=1))
        return sorted(found, key=lambda one: not LotDocument.objects.get(document=one).drawn)

    return make


def address(document: Document) -> str:
    return f"/qualitaet/{document.id}/"


def good(client: Client, document: Document, *, seen: int = 0, **more: Any) -> Any:
    return client.post(address(document), {"action": "good", "seen": seen, "punkt": ALL} | more)


def fault(client: Client, document: Document, *, seen: int = 0) -> Any:
    return client.post(address(document), {"action": "fault", "seen": seen, "reason": "Seite 2 fehlt.", "pages": "2"})


def test_without_lots_the_page_says_there_is_nothing_to_do(mailroom: Client) -> None:
    assert "Es gibt nichts zu prüfen" in text_of(mailroom.get("/qualitaet/"))
    assert "Sichtprüfung" not in text_of(mailroom.get("/"))


def test_what_is_to_be_checked_stands_in_the_list_on_the_start_page_and_in_the_navigation(
    mailroom: Client, drawn: MakeLot
) -> None:
    drawn({}, {}, {})
    page = text_of(mailroom.get("/qualitaet/"))

    row = page.partition("Stapel Montag")[2].partition("</tr>")[0]
    assert "gezogen, wird geprüft" in row
    assert "<strong>1</strong>" in row
    assert "1 Schriftstück wartet auf eine Sichtprüfung" in text_of(mailroom.get("/"))
    assert 'Qualität <span class="count">1' in page


def test_an_open_lot_says_what_it_waits_for_and_may_be_drawn_at_once(
    mailroom: Client, store: ObjectStore, tmp_path: Any
) -> None:
    batch_of(store, tmp_path, NOW, {}, {}, {"state": State.CLEARING})
    gather(city(), NOW)
    lot = Lot.objects.get()
    assert "1 Schriftstück in Verarbeitung, Klärung oder Quarantäne" in text_of(mailroom.get("/qualitaet/"))

    answer = mailroom.post("/qualitaet/", {"action": "ziehen", "lot": lot.id}, follow=True)
    assert "Das Prüflos ist gezogen." in text_of(answer)
    again = mailroom.post("/qualitaet/", {"action": "ziehen", "lot": lot.id})
    assert again.status_code == 409
    assert "inzwischen gezogen" in text_of(again)


def test_the_lot_shows_how_it_was_drawn_so_that_it_can_be_computed_again(mailroom: Client, drawn: MakeLot) -> None:
    first, other, _ = drawn({}, {}, {})
    lot = Lot.objects.get()
    page = text_of(mailroom.get(f"/qualitaet/{lot.id}/"))

    assert lot.seed in page
    assert "4 %, mindestens 1, 1 von 3" in page
    assert page.index(f"{first.register_number}") < page.index(f"{other.register_number}")
    assert "Blattabgleich des Stapels" in page


def test_the_pages_stand_beside_the_checklist(mailroom: Client, arrive: Arrive, keep: Keep) -> None:
    letter = arrive(State.NOTED, State.FILED, document_type="widerspruch", page_count=2)
    keep(letter, FileRole.TRANSFER_NOTE, b"<Transfervermerk/>", "brief.transfervermerk.xml")
    gather(city(), NOW)
    draw_ready(city(), NOW + timedelta(days=1))
    page = text_of(mailroom.get(address(letter)))

    assert f"/schriftstueck/{letter.id}/seite/2.png" in page
    assert all(point in page for point in CHECKLIST)
    assert f"/schriftstueck/{letter.id}/" in page


def test_good_leads_to_the_next_one_and_at_last_to_the_passed_lot(mailroom: Client, drawn: MakeLot) -> None:
    documents = drawn({"document_type": "widerspruch"}, {"document_type": "widerspruch"})

    assert good(mailroom, documents[0])["location"] == address(documents[1])
    answer = good(mailroom, documents[1])
    assert answer["location"] == f"/qualitaet/{Lot.objects.get().id}/"
    assert "Das Prüflos ist jetzt: bestanden." in text_of(mailroom.get(answer["location"]))
    assert all(is_passed(one) for one in documents)
    assert "Bestanden" in text_of(mailroom.get("/qualitaet/"))


def test_every_point_of_the_checklist_must_be_affirmed(mailroom: Client, drawn: MakeLot) -> None:
    first, _ = drawn({}, {})
    answer = mailroom.post(address(first), {"action": "good", "seen": 0, "punkt": ALL[:-1] + ALL[:1]})

    assert answer.status_code == 400
    assert "nicht alle Punkte bestätigt" in text_of(answer)
    assert not Judgement.objects.exists()


def test_a_fault_asks_for_a_rescan_or_an_explanation_and_keeps_both_pages_linked(
    mailroom: Client, drawn: MakeLot, store: ObjectStore, tmp_path: Any
) -> None:
    first, _ = drawn({}, {})
    fault(mailroom, first)
    page = text_of(mailroom.get(address(first)))
    assert "Neu gescannt" in page
    assert "Fehler erklären" in page
    assert "Seite 2 fehlt." in page
    assert Lot.objects.get().state == LotState.SET_BACK

    new = scan(store, tmp_path, NOW)
    form = {"action": "nachscan", "seen": 1, "number": new.register_number, "pages": "2"}
    assert f"{new.register_number} ist als Nachscan eingetragen" in text_of(
        mailroom.post(address(first), form, follow=True)
    )
    assert f"{new.register_number}" in text_of(mailroom.get(f"/schriftstueck/{first.id}/"))
    assert f'Er ersetzt <a href="/schriftstueck/{first.id}/">' in text_of(mailroom.get(f"/schriftstueck/{new.id}/"))


def test_an_explanation_is_entered_and_what_was_typed_is_kept_if_it_is_refused(
    mailroom: Client, drawn: MakeLot
) -> None:
    (only,) = drawn({"document_type": "widerspruch"})
    fault(mailroom, only)
    form = {"action": "nachscan", "seen": 1, "number": "PE-2020-000001"}
    answer = mailroom.post(address(only), form)
    assert answer.status_code == 400
    assert 'value="PE-2020-000001"' in text_of(answer)

    mailroom.post(address(only), {"action": "explained", "seen": 1, "reason": "Das Papier ist so."})
    assert Lot.objects.get().state == LotState.PASSED
    late = mailroom.post(address(only), form)
    assert late.status_code == 409
    assert "„Fehler erklärt“ eingetragen" in text_of(late)


def test_the_second_person_gets_a_conflict_that_says_what_the_first_one_found(
    mailroom: Client, sign_in: SignIn, drawn: MakeLot
) -> None:
    first, _ = drawn({}, {})
    fault(mailroom, first)
    answer = good(sign_in(Role.MAILROOM, name="Otto Muster"), first)

    assert answer.status_code == 409
    assert "Erika Beispiel hat „Fehler“ eingetragen (Seite 2 fehlt.)" in text_of(answer)
    assert Judgement.objects.count() == 1


def test_where_four_eyes_are_demanded_whoever_scanned_is_told_why_not(mailroom: Client, drawn: MakeLot) -> None:
    (deed,) = drawn({"document_type": "urkunde"}, operator="Erika Beispiel", operator_id="scan-07")
    page = text_of(mailroom.get(address(deed)))
    assert "Sie haben dieses Schriftstück gescannt" in page
    assert "Fehler melden" in page
    assert 'name="punkt"' not in page

    assert good(mailroom, deed).status_code == 400
    assert not Judgement.objects.exists()


def test_the_audit_reads_and_enters_nothing(sign_in: SignIn, drawn: MakeLot) -> None:
    first, _ = drawn({}, {})
    audit = sign_in(Role.AUDIT)
    for page in ("/qualitaet/", f"/qualitaet/{Lot.objects.get().id}/", address(first)):
        assert '<form method="post" class="card">' not in text_of(audit.get(page))
    assert good(audit, first).status_code == 404
    assert audit.post("/qualitaet/", {"action": "ziehen", "lot": 1}).status_code == 404


def test_closed_mail_shows_its_number_in_the_lot_and_nothing_else(mailroom: Client, drawn: MakeLot) -> None:
    first, other = drawn({}, {})
    Document.objects.filter(id=other.id).update(state=State.LOCKED, document_type="persoenlich")
    page = text_of(mailroom.get(f"/qualitaet/{Lot.objects.get().id}/"))

    assert f"{other.register_number}" in page
    assert address(first) in page
    assert address(other) not in page
    assert page.count("Dokumentart „Sonstiges Schreiben“") == 1, "the rule it was drawn by tells what it is"
    assert mailroom.get(address(other)).status_code == 404


def test_a_full_check_is_shown_and_lifted_with_a_reason(mailroom: Client) -> None:
    order = FullCheckOrder.objects.create(inbox="scan", since=NOW, reason="2 fehlerhafte Schriftstücke in 30 Tagen")
    assert "Vollprüfung: Zentrale Scan-Stelle" in text_of(mailroom.get("/qualitaet/"))

    assert mailroom.post("/qualitaet/", {"action": "aufheben", "order": order.id}).status_code == 400
    form = {"action": "aufheben", "order": order.id, "reason": "Scanner gewartet."}
    assert "wieder gezogen" in text_of(mailroom.post("/qualitaet/", form, follow=True))
    order.refresh_from_db()
    assert (order.lifted_name, order.lift_reason) == ("Erika Beispiel", "Scanner gewartet.")


def test_figures_are_told_by_inbox_and_unit_and_never_by_person(
    mailroom: Client, sign_in: SignIn, drawn: MakeLot
) -> None:
    first, _ = drawn({"unit": "22"}, {"unit": "22"})
    fault(mailroom, first)
    page = text_of(sign_in(Role.AUDIT, name="Rolf Revision").get("/qualitaet/"))
    figures = page.partition("Fehleranteil")[2]

    assert 'data-label="Anteil" class="amount">100 %' in figures
    assert "Erika Beispiel" not in figures


@pytest.mark.parametrize("form", [{}, {"action": "loeschen"}, {"action": "good", "seen": "x"}])
def test_nonsense_is_refused_politely(mailroom: Client, drawn: MakeLot, form: dict[str, str]) -> None:
    first, _ = drawn({}, {})
    assert mailroom.post(address(first), form).status_code in (400, 409)
    assert mailroom.post("/qualitaet/", form).status_code == 400
    assert mailroom.get("/qualitaet/999/").status_code == 404


def test_a_document_in_no_lot_has_no_check(mailroom: Client, arrive: Arrive) -> None:
    letter = arrive(State.FILED)
    assert mailroom.get(address(letter)).status_code == 404
    assert "Qualitätssicherung</dt>" not in text_of(mailroom.get(f"/schriftstueck/{letter.id}/"))


def test_the_page_of_a_document_names_its_lot_and_what_is_still_to_be_made(
    mailroom: Client, sign_in: SignIn, drawn: MakeLot
) -> None:
    first, _ = drawn({}, {})
    good(mailroom, first)
    page = text_of(mailroom.get(f"/schriftstueck/{first.id}/"))
    link = f'<a href="{address(first)}">Stapel Montag, 23.11.2026</a>'
    assert f"{link}: bestanden; dieses Schriftstück: in Ordnung" in page
    assert "(2 Anlagen in Arbeit)" in page

    unit = text_of(sign_in(Role.UNIT, units=("22",)).get(f"/schriftstueck/{first.id}/"))
    assert "Stapel Montag" in unit
    assert address(first) not in unit
