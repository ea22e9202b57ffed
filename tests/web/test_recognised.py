"""What was recognised, on the page of its document: shown as proposals, settled by who works with it."""

import io

import pytest
from django.test import Client
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from records import audit
from records.models import Document, FoundValue
from schemas.recognised import Box, Kind, Place, Zone
from schemas.roles import Role
from schemas.states import FileRole, State
from tests.pipelines.papers import typed
from tests.records.letters import found, proposal, read
from tests.web.conftest import Arrive, Keep, SignIn, text_of

pytestmark = pytest.mark.django_db

SENDER = found(Kind.SENDER, "Müller GmbH", 0.6, Place(Zone.LETTERHEAD, 1, 2, Box(25.0, 30.0, 90.0, 34.0)))


@pytest.fixture
def letter(arrive: Arrive, keep: Keep) -> Document:
    document = read(arrive(State.RECOGNISED, unit="16"), SENDER, found(Kind.LETTER_DATE, "2026-11-02"))
    keep(document, FileRole.PRODUCT, typed("Eins"), "produkt.pdf")
    audit.append(document, State.FILED, {}, document.state_since)
    Document.objects.filter(id=document.id).update(state=State.FILED, page_count=1)
    document.refresh_from_db()
    return document


def sender_of(document: Document) -> FoundValue:
    return FoundValue.objects.get(document=document, kind=Kind.SENDER)


def send(client: Client, document: Document, **fields: object) -> str:
    address = f"/schriftstueck/{document.id}/angabe/{sender_of(document).id}/"
    return text_of(
        client.post(address, {"seen": "1", "act": "uebernehmen", "value": "Müller GmbH"} | fields, follow=True)
    )


def test_a_value_is_shown_as_a_proposal_with_its_sureness_and_place(letter: Document, sign_in: SignIn) -> None:
    page = text_of(sign_in(Role.AUDIT).get(f"/schriftstueck/{letter.id}/"))
    assert "Müller GmbH" in page and "60 % sicher" in page and "Seite 1, Zeile 2, Briefkopf" in page
    assert "02.11.2026" in page
    assert page.count('<span class="state wait">Vorschlag</span>') == 2
    assert "Bestätigen oder berichtigen" not in page, "the Rechnungsprüfung only looks"


def test_its_place_is_framed_on_the_picture(letter: Document, sign_in: SignIn) -> None:
    client, value = sign_in(Role.UNIT, units=("16",)), sender_of(letter)
    page = text_of(client.get(f"/schriftstueck/{letter.id}/?angabe={value.id}"))
    assert f"/seite/1.png?angabe={value.id}" in page
    with Image.open(
        io.BytesIO(client.get(f"/schriftstueck/{letter.id}/seite/1.png?angabe={value.id}").content)
    ) as drawn:
        assert (156, 31, 25) in {colour for _, colour in drawn.convert("RGB").getcolors(1 << 20) or ()}


@pytest.mark.parametrize("number", ["x", "99999999", "-1", "²", "9" * 40])
def test_nonsense_frames_nothing(letter: Document, sign_in: SignIn, number: str) -> None:
    answer = sign_in(Role.AUDIT).get(f"/schriftstueck/{letter.id}/seite/1.png", {"angabe": number})
    assert answer.status_code == 200


def test_taking_it_over_as_it_stands_confirms_it(letter: Document, sign_in: SignIn) -> None:
    assert "Absender: Ihre Eingabe ist eingetragen." in send(sign_in(Role.UNIT, units=("16",)), letter)
    assert sender_of(letter).state == "confirmed"


def test_another_text_corrects_it_and_the_proposal_stays_to_be_seen(letter: Document, sign_in: SignIn) -> None:
    page = send(sign_in(Role.MAILROOM, name="Anna Beispiel"), letter, value="Mueller GmbH & Co. KG")
    assert "Mueller GmbH &amp; Co. KG" in page and "gelesen: Müller GmbH" in page
    assert "Angabe berichtigt" in page and "Anna Beispiel" in page


def test_what_was_changed_meanwhile_is_not_overwritten_and_the_input_is_kept(letter: Document, sign_in: SignIn) -> None:
    send(sign_in(Role.MAILROOM), letter, act="verwerfen")
    address = f"/schriftstueck/{letter.id}/angabe/{sender_of(letter).id}/"
    answer = sign_in(Role.UNIT, units=("16",)).post(address, {"seen": "1", "act": "uebernehmen", "value": "Meier"})
    assert answer.status_code == 409
    assert "von anderer Stelle bearbeitet" in text_of(answer) and 'value="Meier"' in text_of(answer)
    assert sender_of(letter).state == "discarded"


@pytest.mark.parametrize(("seen", "value"), [("", "x"), ("1", ""), ("1", "x" * 300), ("eins", "x")])
def test_a_broken_form_is_refused_in_a_sentence(letter: Document, sign_in: SignIn, seen: str, value: str) -> None:
    address = f"/schriftstueck/{letter.id}/angabe/{sender_of(letter).id}/"
    answer = sign_in(Role.MAILROOM).post(address, {"seen": seen, "act": "uebernehmen", "value": value})
    assert answer.status_code == 400 and 'role="alert"' in text_of(answer)
    assert sender_of(letter).state == "proposed"


def test_a_foreign_unit_has_no_such_page(letter: Document, sign_in: SignIn) -> None:
    address = f"/schriftstueck/{letter.id}/angabe/{sender_of(letter).id}/"
    client = sign_in(Role.UNIT, units=("51",))
    assert client.get(address).status_code == 404
    assert client.post(address, {"seen": "1", "act": "uebernehmen", "value": "x"}).status_code == 404


def test_mail_is_found_by_its_sender_in_the_same_number_of_queries(
    letter: Document, arrive: Arrive, sign_in: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = sign_in(Role.MAILROOM)
    for number in range(20):
        read(arrive(State.RECOGNISED), found(Kind.SENDER, f"Meier {number}"), deadlines=(proposal(),))
    with django_assert_max_num_queries(25):
        page = text_of(client.get("/post/?absender=müller"))
    assert letter.register_number and letter.register_number in page and "1 Schriftstück," in page
    with django_assert_max_num_queries(25):
        assert "20 Schriftstücke" in text_of(client.get("/post/?absender=meier"))
