"""The pages of the out-trays: what waits, taken singly or by a signed list, given back with a reason, and deputies."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from records import audit, trays
from records.models import Deputy, Document, HandOver, MailCopy, Misdirection, TrayList
from records.tray_lists import draw_up, sheet_of
from schemas.roles import Action, Role
from schemas.states import FileRole, State
from tests.records.persons import make_person
from tests.web.conftest import NOW, Arrive, Keep, SignIn, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def letter(arrive: Arrive) -> Document:
    """In the tray of unit 30."""
    document = arrive(
        State.ROUTED, State.HANDED_OVER, unit="30", document_type="ifg_anfrage", delivered_as="30/PE-1", page_count=2
    )
    trays.laid(document, "30/PE-1", NOW)
    return document


def send(client: object, document: Document, action: Action, **fields: object) -> object:
    address = f"/schriftstueck/{document.id}/"
    seen = re.search(r'name="seen" value="(\d+)"', text_of(client.get(address)))  # type: ignore[attr-defined]
    assert seen is not None
    return client.post(address, {"action": action, "seen": seen[1], **fields})  # type: ignore[attr-defined]


def test_an_empty_tray_says_what_will_stand_here(sign_in: SignIn) -> None:
    assert "wartet nichts" in text_of(sign_in(Role.MAILROOM).get("/verteilung/"))


def test_a_unit_takes_its_mail_and_nobody_takes_it_twice(sign_in: SignIn, letter: Document) -> None:
    row = HandOver.objects.get()
    client, other = sign_in(Role.UNIT, units=("30",)), sign_in(Role.UNIT, units=("51",))
    assert letter.register_number not in text_of(other.get("/verteilung/"))
    assert other.post("/verteilung/", {"hand_over": row.id}).status_code == 400
    assert client.post("/verteilung/", {"hand_over": row.id}).status_code == 302
    row.refresh_from_db()
    assert (row.taken_by, row.taken_at is not None) == ("Maria Muster", True)
    assert client.post("/verteilung/", {"hand_over": row.id}).status_code == 409
    assert list(audit.verify()) == []


@pytest.mark.parametrize("form", [{}, {"hand_over": "x"}, {"hand_over": "99999"}])
def test_a_form_that_chooses_nothing_there_is_answered_in_german(
    form: dict[str, str], sign_in: SignIn, letter: Document
) -> None:
    answer = sign_in(Role.UNIT, units=("30",)).post("/verteilung/", form)
    assert answer.status_code == 400
    assert 'role="alert"' in text_of(answer)


def test_the_poststelle_enters_who_signed_the_list(sign_in: SignIn, letter: Document) -> None:
    client, row = sign_in(Role.MAILROOM, name="Petra Post"), HandOver.objects.get()
    answer = client.post("/verteilung/", {"hand_over": row.id})
    assert "wer unterschrieben hat" in text_of(answer)
    client.post("/verteilung/", {"hand_over": row.id, "signed_by": "R. Recht, 24.11."})
    row.refresh_from_db()
    assert row.taken_by == "R. Recht, 24.11. (eingetragen von Petra Post)"


def test_the_list_of_a_unit_is_numbered_and_printed_the_same_again(sign_in: SignIn, letter: Document) -> None:
    client = sign_in(Role.MAILROOM)
    answer = client.post("/verteilung/", {"action": "liste", "unit": "30"})
    found = TrayList.objects.get()
    assert answer["location"] == f"/verteilung/liste/{found.number}/pdf"
    first, again = (client.get(answer["location"]).content for _ in range(2))
    assert first.startswith(b"%PDF")
    assert first == again
    assert sign_in(Role.UNIT, units=("51",)).get(answer["location"]).status_code == 404
    assert client.post("/verteilung/", {"action": "liste", "unit": "51"}).status_code == 400


def test_a_list_says_nothing_of_mail_that_was_locked_since(letter: Document) -> None:
    found = draw_up("30", make_person(Role.MAILROOM), NOW)
    assert [(line.kind, line.pages) for line in sheet_of(found).lines] == [("Anfrage nach IFG", 2)]
    Document.objects.filter(id=letter.id).update(state=State.LOCKED)
    assert [(line.number, line.kind, line.pages) for line in sheet_of(found).lines] == [
        (letter.register_number, "", None)
    ]


def test_a_unit_gives_back_with_a_reason_that_is_counted(sign_in: SignIn, letter: Document) -> None:
    client = sign_in(Role.UNIT, units=("30",))
    fields = {"document_type": "hundesteuer", "unit": "22", "reason": "Gehört zur Steuer."}
    assert "Grund fehlt" in text_of(send(client, letter, Action.REDIRECT, **fields))
    answer = send(client, letter, Action.REDIRECT, **fields, cause="zustaendigkeit", copies=["51", "52"])
    assert answer.status_code == 302  # type: ignore[attr-defined]
    letter.refresh_from_db()
    assert (letter.state, letter.unit) == (State.GIVEN_BACK, "22")
    row = Misdirection.objects.get()
    assert (row.from_unit, row.to_unit, row.cause, row.by_rule) == ("30", "22", "zustaendigkeit", True)
    assert sorted(MailCopy.objects.values_list("unit", flat=True)) == ["51", "52"]
    page = text_of(sign_in(Role.AUDIT).get("/verteilung/irrlaeufer/"))
    assert "Andere Einheit zuständig" in page


def test_mail_that_is_not_for_the_city_goes_back_out_of_a_clearing_case(sign_in: SignIn, arrive: Arrive) -> None:
    document = arrive(State.NOTED, State.CLEARING)
    send(sign_in(Role.MAILROOM), document, Action.SEND_BACK, reason="Für die Nachbarstadt.")
    document.refresh_from_db()
    assert document.state == State.SENT_BACK
    assert Misdirection.objects.get().cause == "nicht_an_uns"


def test_a_copy_is_shown_beside_its_document_and_withdrawn_there(sign_in: SignIn, arrive: Arrive, keep: Keep) -> None:
    document = arrive(State.NOTED, State.CLEARING, unit="22", document_type="hundesteuer")
    keep(document, FileRole.PRODUCT, b"%PDF-1.7", "p.pdf")
    client = sign_in(Role.MAILROOM)
    fields = {"document_type": "hundesteuer", "unit": "22", "needs_original": "nein", "reason": "So."}
    assert send(client, document, Action.DECIDE, **fields, copies=["22"]).status_code == 400  # type: ignore[attr-defined]
    document.refresh_from_db()
    assert document.state == State.CLEARING, "nothing of it is kept"
    send(client, document, Action.DECIDE, **fields, copies=["51"])
    copy = MailCopy.objects.get()
    address = f"/schriftstueck/{document.id}/"
    assert "51 Bereich Jugend" in text_of(client.get(address))
    client.post(f"{address}kopie/{copy.id}/", {"reason": ""})
    client.post(f"{address}kopie/{copy.id}/", {"reason": "Nicht nötig."})
    copy.refresh_from_db()
    assert (copy.state, copy.withdrawn_why) == ("withdrawn", "Nicht nötig.")


def test_a_deputy_is_named_and_ended_on_the_page(sign_in: SignIn) -> None:
    deputy = make_person(Role.UNIT, units=("22",), name="Stefan Steuer")
    client, today = sign_in(Role.UNIT, units=("51",), name="Jutta Jugend"), timezone.localdate()
    form = {
        "deputy": deputy.user_id,
        "unit": "51",
        "kind": "mail",
        "valid_from": today,
        "valid_to": today + timedelta(days=3),
        "reason": "Urlaub",
    }
    assert "Freigabe von Rechnungen</option>" in text_of(client.get("/vertretungen/"))
    wrong = client.post("/vertretungen/", form | {"valid_to": "morgen"})
    assert wrong.status_code == 400
    assert 'value="Urlaub"' in text_of(wrong), "the input is kept"
    assert client.post("/vertretungen/", form).status_code == 302
    assert "Stefan Steuer" in text_of(client.get("/vertretungen/"))
    row = Deputy.objects.get()
    client.post("/vertretungen/", {"action": "beenden", "deputy_id": row.id, "reason": "Früher zurück."})
    row.refresh_from_db()
    assert row.revoked_by == "Jutta Jugend"


def test_audit_sees_everything_here_and_changes_nothing(sign_in: SignIn, letter: Document) -> None:
    client, row = sign_in(Role.AUDIT), HandOver.objects.get()
    page = text_of(client.get("/verteilung/"))
    assert letter.register_number in page
    assert "Ausgewählte sind übernommen" not in page
    assert client.post("/verteilung/", {"action": "liste", "unit": "30"}).status_code == 400
    assert not TrayList.objects.exists()
    assert client.post("/verteilung/", {"hand_over": row.id}).status_code == 400
