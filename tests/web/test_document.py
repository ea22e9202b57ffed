"""The page of a letter: facts, reasons, pages, files, history."""

from datetime import timedelta
from uuid import uuid4

import pytest

from pipelines.scan.words import PageWords, alto
from records import audit
from records.dms_tasks import Ending, close, plan
from records.models import Event
from schemas.roles import Role
from schemas.states import FileRole, State
from tests.pipelines.papers import pdf_bytes
from tests.web.conftest import NOW, Arrive, Enter, Keep, SignIn, text_of

pytestmark = pytest.mark.django_db


def test_facts_reasons_files_and_history_are_shown(sign_in: SignIn, arrive: Arrive, keep: Keep) -> None:
    document = arrive(
        State.CLASSIFIED,
        document_type="antrag_wohngeld",
        unit="50",
        confidence=0.87,
        page_count=2,
        reasons=["gefunden „Wohngeld“"],
        anomalies=["Kein Text erkannt."],
    )
    keep(document, FileRole.PRODUCT, pdf_bytes(), "brief.pdf")
    page = text_of(sign_in(Role.MAILROOM).get(f"/schriftstueck/{document.id}/"))
    for shown in (
        document.register_number,
        "eingeordnet",
        "Maria Muster",
        "23.11.2026, 10:30 Uhr",
        "Antrag Wohngeld",
        "50 Ressortreferat Soziales",
        "87 %",
        "gefunden „Wohngeld“",
        "Kein Text erkannt.",
        "Original wie eingegangen",
        "durchsuchbare Fassung",
        document.intake.content_id,
        "Grund für classified",
    ):
        assert shown in page, shown


def test_a_document_without_its_number_says_so(sign_in: SignIn, arrive: Arrive) -> None:
    page = text_of(sign_in(Role.MAILROOM).get(f"/schriftstueck/{arrive().id}/"))
    assert "Noch ohne Eingangsnummer" in page


def test_every_page_is_a_picture_with_its_number(sign_in: SignIn, arrive: Arrive) -> None:
    document = arrive(State.IDENTIFIED, page_count=3)
    page = text_of(sign_in(Role.MAILROOM).get(f"/schriftstueck/{document.id}/"))
    for number in (1, 2, 3):
        assert f'src="/schriftstueck/{document.id}/seite/{number}.png" alt="Seite {number} von 3 als Bild"' in page


def test_blank_pages_are_left_out_said_so_and_shown_on_demand(sign_in: SignIn, arrive: Arrive, keep: Keep) -> None:
    document = arrive(State.RECOGNISED, page_count=3)
    pages = tuple(PageWords(number, 2480, 3508, 300.0, languages="deu", blank=number == 2) for number in (1, 2, 3))
    keep(document, FileRole.WORDS, alto(pages, (), "brief.pdf", NOW), "brief.alto.xml")
    page = text_of(sign_in(Role.MAILROOM).get(f"/schriftstueck/{document.id}/"))
    assert "1 leere Seite ausgeblendet (Seite 2)" in page
    assert page.count("<img ") == 2
    everything = text_of(sign_in(Role.MAILROOM).get(f"/schriftstueck/{document.id}/?leere=ja"))
    assert "Seite 2 von 3 (leer)" in everything
    assert (everything.count("(leer)"), everything.count("<img ")) == (1, 3)


def test_where_blank_pages_were_left_out_of_the_product_none_is_hidden(
    sign_in: SignIn, arrive: Arrive, keep: Keep
) -> None:
    document = arrive(State.NOTED, page_count=2)
    pages = tuple(PageWords(number, 2480, 3508, 300.0, languages="deu", blank=number == 2) for number in (1, 2, 3))
    keep(document, FileRole.WORDS, alto(pages, (), "brief.pdf", NOW), "brief.alto.xml")
    page = text_of(sign_in(Role.MAILROOM).get(f"/schriftstueck/{document.id}/"))
    assert (page.count("<img "), "ausgeblendet" in page) == (2, False)


def test_a_damaged_words_file_folds_nothing_away(sign_in: SignIn, arrive: Arrive, keep: Keep) -> None:
    document = arrive(State.RECOGNISED, page_count=3)
    keep(document, FileRole.WORDS, b"<alto", "brief.alto.xml")
    page = text_of(sign_in(Role.MAILROOM).get(f"/schriftstueck/{document.id}/"))
    assert page.count("<img ") == 3 and "(leer)" not in page


def test_a_thick_document_shows_its_first_pages_and_says_where_the_rest_is(sign_in: SignIn, arrive: Arrive) -> None:
    page = text_of(sign_in(Role.MAILROOM).get(f"/schriftstueck/{arrive(State.IDENTIFIED, page_count=1000).id}/"))
    assert page.count("<img ") == 30
    assert "Weitere Seiten stehen in der Datei" in page


def test_what_is_no_pdf_has_no_pictures_but_its_file(sign_in: SignIn, arrive: Arrive) -> None:
    document = arrive(State.QUARANTINED, content=b"kein PDF")
    client = sign_in(Role.MAILROOM)
    page = text_of(client.get(f"/schriftstueck/{document.id}/"))
    assert "keine Seitenbilder" in page
    assert "nur nach Absprache mit der IT" in page
    assert client.get(f"/schriftstueck/{document.id}/seite/1.png").status_code == 404


def test_an_entered_invoice_has_a_page_of_its_own(sign_in: SignIn, enter: Enter) -> None:
    entry = enter()
    answer = sign_in(Role.ACCOUNTING).get(f"/schriftstueck/{entry.document_id}/")
    assert (answer.status_code, answer["location"]) == (302, f"/rechnungen/{entry.number}/")


def test_a_duplicate_leads_to_the_first_only_for_who_may_see_it(sign_in: SignIn, arrive: Arrive, enter: Enter) -> None:
    letter, entry = arrive(State.FILED, unit="51"), enter(unit="51")
    for first in (letter, entry.document):
        copy = arrive(State.DUPLICATE, duplicate_of=first, unit="16")
        address = f"/schriftstueck/{copy.id}/"
        assert f"/schriftstueck/{first.id}/" in text_of(sign_in(Role.AUDIT).get(address))
        assert f"/schriftstueck/{first.id}/" not in text_of(sign_in(Role.UNIT, units=("16",)).get(address))


def test_what_happened_without_moving_the_document_is_told_with_who_did_it(sign_in: SignIn, arrive: Arrive) -> None:
    letter = arrive(State.FILED)
    audit.remark(letter, "Original ausgeliehen", {"actor": "Erika Beispiel", "reason": "Für die Akte."}, NOW)
    page = text_of(sign_in(Role.MAILROOM).get(f"/schriftstueck/{letter.id}/"))

    told = page.partition("Original ausgeliehen")[2].partition("</li>")[0]
    assert "Erika Beispiel" in told
    assert "Für die Akte." in told
    assert "danach" not in told


def test_an_erased_entry_of_the_chain_says_so(sign_in: SignIn, arrive: Arrive) -> None:
    document = arrive(State.IDENTIFIED)
    audit.erase(Event.objects.get(document=document, sequence=2), NOW)
    page = text_of(sign_in(Role.AUDIT).get(f"/schriftstueck/{document.id}/"))
    assert "Inhalt planmäßig gelöscht." in page
    assert "Grund für identified" not in page


def test_a_unit_or_type_that_no_longer_exists_keeps_its_key(sign_in: SignIn, arrive: Arrive) -> None:
    document = arrive(State.FILED, unit="998", document_type="frueher")
    page = text_of(sign_in(Role.MAILROOM).get(f"/schriftstueck/{document.id}/"))
    assert "<dd>998</dd>" in page
    assert "<dd>frueher</dd>" in page


@pytest.mark.parametrize(
    "address", ["/schriftstueck/{}/", "/schriftstueck/{}/datei/original", "/schriftstueck/{}/seite/1.png"]
)
def test_an_unknown_document_is_a_german_404(address: str, sign_in: SignIn) -> None:
    answer = sign_in(Role.MAILROOM).get(address.format(uuid4()))
    assert answer.status_code == 404
    assert "Nicht gefunden" in text_of(answer)


@pytest.mark.parametrize("state", State)
def test_a_document_in_every_state_can_be_shown(state: State, sign_in: SignIn, arrive: Arrive) -> None:
    document = arrive(State.IDENTIFIED, *([] if state is State.IDENTIFIED else [state]))
    answer = sign_in(Role.MAILROOM).get(f"/schriftstueck/{document.id}/", follow=True)
    assert answer.status_code == 200


def test_a_task_in_the_dms_is_shown_beside_the_document_and_decides_nothing(sign_in: SignIn, arrive: Arrive) -> None:
    document = arrive(State.NOTED, State.CLEARING)
    browser = sign_in(Role.MAILROOM)
    assert "Aufgaben im DMS" not in text_of(browser.get(f"/schriftstueck/{document.id}/"))

    plan({State.CLEARING: None}, NOW, newest=timedelta(days=7), limit=1)
    close(f"{document.id}:clearing:3", Ending.DONE, NOW)

    page = text_of(browser.get(f"/schriftstueck/{document.id}/"))
    assert "Klärfall: im DMS als erledigt gemeldet" in page
    assert "Ihre Entscheidung" in page
