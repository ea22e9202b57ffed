"""Closed mail on the page: registered from the outside, locked at once, removed or opened by two persons."""

import json
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from config.load import city
from records import audit, registration, search
from records.access import known_documents, visible_documents
from records.decisions import last_sequence
from records.models import ClearingDecision, Deadline, Document, Original, RoutingSlip, SearchText
from schemas.german_time import BERLIN
from schemas.roles import Action, Role
from schemas.states import CLOSED, FileRole, State
from tests.records.letters import proposal, read
from tests.records.persons import make_person
from tests.web.conftest import NOW, Arrive, Enter, Keep, SignIn, log_in, text_of
from web.evidence import object_store

pytestmark = pytest.mark.django_db

SECRET = "Geheimhaltungsstufe Feuerwehrauto"


def envelope(**changes: str) -> dict[str, str]:
    """What the clerk reads on a tender's envelope."""
    return {
        "form": str(uuid4()),
        "kind": "vergabe",
        "unit": "16",
        "received_at": f"{NOW.astimezone(BERLIN):%Y-%m-%dT%H:%M}",
        "sender": "Muster Bau GmbH",
        "recipient": "Vergabestelle",
        "reference": "V-2026/17",
        "pieces": "2",
        "damage": "",
    } | changes


def send(client: Client, document: Document, action: Action, reason: str = "Ist verschlossene Post.") -> int:
    """The form of that action as the page shows it now; the status of the answer."""
    form = {"action": action.value, "seen": str(last_sequence(document.id)), "reason": reason}
    place = "schriftstueck"
    document.refresh_from_db()
    if document.state in CLOSED:
        place = "verschlossen"
    return client.post(f"/{place}/{document.id}/", form).status_code


@pytest.fixture
def letter(arrive: Arrive, keep: Keep) -> Document:
    """A letter in clearing with a product and a text that can be found."""
    found = arrive(State.NOTED, State.CLEARING, unit="16", document_type="bewerbung", reasons=["gefunden „Angebot“"])
    keep(found, FileRole.TEXT, SECRET.encode(), "text.txt")
    search.index_files(found, object_store())
    return found


def test_a_tender_gets_its_number_its_record_and_a_slip_and_is_never_opened(sign_in: SignIn) -> None:
    answer = sign_in(Role.MAILROOM, name="Petra Post").post("/verschlossen/erfassen/", envelope(), follow=False)

    document = Document.objects.get()
    assert answer.status_code == 302
    assert (document.state, document.register_number, document.unit) == (State.PASSED_ON, "PE-2026-000001", "16")
    record = json.loads(object_store().path(document.files.get().content_id).read_text(encoding="utf-8"))
    assert (record["taken_by"], record["pieces"], record["sender"]) == ("Petra Post", 2, "Muster Bau GmbH")
    assert datetime.fromisoformat(record["received_at"]) == NOW.replace(second=0, microsecond=0)
    slip = RoutingSlip.objects.get()
    assert "V-2026/17" in slip.instruction
    assert "unter Verschluss" in slip.instruction
    assert list(slip.originals.values_list("document", flat=True)) == [document.id]
    assert Original.objects.get().state == "sent"
    assert list(audit.verify()) == []
    assert not SearchText.objects.exists()


def test_a_double_click_registers_one_envelope_once(sign_in: SignIn) -> None:
    client, form = sign_in(Role.MAILROOM), envelope()
    places = [client.post("/verschlossen/erfassen/", form)["location"] for _ in range(2)]
    assert places[0] == places[1]
    assert Document.objects.count() == RoutingSlip.objects.count() == 1


def test_two_clicks_at_the_same_moment_register_one_envelope(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second looks before the first has committed."""
    client, form = sign_in(Role.MAILROOM), envelope()
    first = client.post("/verschlossen/erfassen/", form)["location"]
    look = registration._earlier
    answers = iter([lambda *_: None, look])
    monkeypatch.setattr(registration, "_earlier", lambda *asked: next(answers)(*asked))
    assert client.post("/verschlossen/erfassen/", form)["location"] == first
    assert Document.objects.count() == RoutingSlip.objects.count() == 1


def test_the_next_envelope_in_the_form_gone_back_to_is_not_taken_for_the_first(sign_in: SignIn) -> None:
    client, form = sign_in(Role.MAILROOM), envelope()
    client.post("/verschlossen/erfassen/", form)
    answer = client.post("/verschlossen/erfassen/", form | {"sender": "Anders Bau AG"})
    assert answer.status_code == 409
    assert "schon eine andere Sendung erfasst" in text_of(answer)
    assert Document.objects.count() == 1
    once_more = form | {"sender": "Anders Bau AG", "form": str(answer.context["form_id"])}
    assert client.post("/verschlossen/erfassen/", once_more).status_code == 302
    assert Document.objects.count() == RoutingSlip.objects.count() == 2


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("kind", "brief", "Die Art der Post fehlt"),
        ("unit", "999", "Die Einheit fehlt"),
        ("received_at", "gestern", "Datum und Uhrzeit"),
        ("received_at", "2999-01-01T10:00", "Zukunft"),
        ("received_at", "0001-01-01T00:00", "Datum und Uhrzeit"),
        ("pieces", "0", "Stückzahl"),
        ("pieces", "viele", "unvollständig"),
        ("sender", "x" * 201, "zu lang"),
        ("form", "", "unvollständig"),
    ],
)
def test_what_is_wrong_with_the_form_is_said_and_the_rest_is_kept(
    field: str, value: str, said: str, sign_in: SignIn
) -> None:
    answer = sign_in(Role.MAILROOM).post("/verschlossen/erfassen/", envelope(**{field: value}))
    assert answer.status_code == 400
    assert said in text_of(answer)
    assert 'value="Vergabestelle"' in text_of(answer)
    assert not Document.objects.exists()


def test_the_unit_and_the_mailroom_read_the_record_others_do_not(sign_in: SignIn) -> None:
    sign_in(Role.MAILROOM).post("/verschlossen/erfassen/", envelope())
    address = f"/schriftstueck/{Document.objects.get().id}/"
    page = text_of(sign_in(Role.UNIT, units=("16",)).get(address))
    for shown in ("Muster Bau GmbH", "V-2026/17", "Vergabeangebot", "verschlossen weitergeleitet"):
        assert shown in page
    assert sign_in(Role.UNIT, units=("51",)).get(address).status_code == 404
    found = text_of(sign_in(Role.MAILROOM).get("/post/?suche=V-2026"))
    assert "PE-2026-000001" in found
    assert "PE-2026-000001" in text_of(sign_in(Role.AUDIT).get("/verschlossen/?suche=V-2026"))


@pytest.mark.parametrize("role", [Role.MAILROOM, Role.UNIT])
@pytest.mark.parametrize("state", [State.CLEARING, State.QUARANTINED, State.FILED, State.HANDED_OVER, State.ROUTED])
def test_from_wherever_it_rests_it_is_locked_at_once_and_is_gone_for_everybody(
    state: State, role: Role, arrive: Arrive, keep: Keep, sign_in: SignIn
) -> None:
    found = arrive(State.NOTED, state, unit="16", name="Angebot Muster Bau.pdf", page_count=1)
    keep(found, FileRole.TEXT, SECRET.encode(), "text.txt")
    search.index_files(found, object_store())

    assert send(sign_in(role, units=("16",)), found, Action.LOCK) == 302

    found.refresh_from_db()
    assert (found.state, found.needs_original) == (State.RECALLED, True)
    assert not SearchText.objects.exists()
    for other in Role:
        person = make_person(other, units=("16",))
        assert not visible_documents(person).exists()
        assert known_documents(person).exists() is (other in (Role.MAILROOM, Role.AUDIT))
        client = log_in(person)
        base = f"/schriftstueck/{found.id}/"
        for address in (f"{base}datei/original", f"{base}datei/text", f"{base}seite/1.png"):
            assert client.get(address).status_code == 404
        for address in ("/", "/post/", f"/post/?suche={found.register_number}", "/post/?suche=Feuerwehrauto", base):
            page = text_of(client.get(address, follow=True))
            assert SECRET not in page
            assert "Muster Bau" not in page


def test_a_stranger_unit_an_auditor_and_an_entered_invoice_are_not_locked(
    letter: Document, enter: Enter, sign_in: SignIn
) -> None:
    assert send(sign_in(Role.UNIT, units=("51",)), letter, Action.LOCK) == 404
    assert send(sign_in(Role.AUDIT), letter, Action.LOCK) == 400
    entry = enter(State.CLARIFICATION)
    assert Action.LOCK.value not in text_of(sign_in(Role.AUDIT, Role.ACCOUNTING).get(f"/rechnungen/{entry.number}/"))


def test_the_whole_batch_and_duplicates_in_which_it_is_seen_are_hidden_too(arrive: Arrive) -> None:
    batch = arrive(State.IDENTIFIED, State.SPLIT)
    child, duplicate = arrive(State.PREPARED), arrive(State.DUPLICATE)
    Document.objects.filter(id=child.id).update(intake=batch.intake, ordinal=2, state=State.LOCKED)
    Document.objects.filter(id=duplicate.id).update(duplicate_of=child)
    Document.objects.filter(id=arrive(State.DUPLICATE).id).update(duplicate_of=batch)
    other = arrive(State.FILED)
    for role in (Role.MAILROOM, Role.AUDIT):
        assert list(visible_documents(make_person(role))) == [other]


def test_two_persons_remove_and_whoever_asked_does_not_confirm(letter: Document) -> None:
    Document.objects.filter(id=letter.id).update(state=State.LOCKED)
    audit.append(letter, State.LOCKED, {"reason": "Gesperrt."}, NOW)
    anna, bernd = (log_in(make_person(Role.MAILROOM, name=name)) for name in ("Anna Beispiel", "Bernd Beispiel"))
    assert send(anna, letter, Action.ASK_REMOVAL) == 302

    page = text_of(anna.get(f"/verschlossen/{letter.id}/"))
    assert "bestätigen muss es eine zweite Person" in page
    assert send(anna, letter, Action.CONFIRM_REMOVAL) == 400
    assert send(bernd, letter, Action.CONFIRM_REMOVAL) == 302
    letter.refresh_from_db()
    assert letter.state == State.REMOVING


def test_two_persons_say_it_is_no_closed_mail_and_it_is_back_and_found_again(letter: Document) -> None:
    anna, bernd = (log_in(make_person(Role.MAILROOM, name=name)) for name in ("Anna Beispiel", "Bernd Beispiel"))
    send(anna, letter, Action.LOCK)
    Document.objects.filter(id=letter.id).update(state=State.LOCKED)
    audit.append(letter, State.LOCKED, {"reason": "Lag nirgends."}, NOW)

    assert send(anna, letter, Action.ASK_OPENING) == 302
    assert send(anna, letter, Action.CONFIRM_OPENING) == 400
    assert send(bernd, letter, Action.CONFIRM_OPENING) == 302

    letter.refresh_from_db()
    assert letter.state == State.CLEARING
    assert "Feuerwehrauto" in text_of(bernd.get("/post/?suche=Feuerwehrauto"))
    assert Action.RETRY.value in text_of(bernd.get(f"/schriftstueck/{letter.id}/")), "the way on is as it was"
    assert list(audit.verify()) == []


def test_what_is_opened_again_is_read_again_its_deadlines_as_proposals(arrive: Arrive, keep: Keep) -> None:
    letter = read(arrive(State.RECOGNISED, State.CLEARING, unit="16"), deadlines=(proposal(),))
    Document.objects.filter(id=letter.id).update(state=State.CLEARING)
    audit.append(letter, State.CLEARING, {"reason": "Unklar."}, NOW)
    Deadline.objects.update(state="confirmed")
    keep(letter, FileRole.TEXT, b"Sehr geehrte Damen und Herren,\nantworten Sie bis zum 30.11.2026.", "t.txt")
    anna, bernd = (log_in(make_person(Role.MAILROOM, name=name)) for name in ("Anna Beispiel", "Bernd Beispiel"))
    send(anna, letter, Action.LOCK)
    assert not Deadline.objects.exists()
    Document.objects.filter(id=letter.id).update(state=State.LOCKED)
    audit.append(letter, State.LOCKED, {"reason": "Lag nirgends."}, NOW)

    send(anna, letter, Action.ASK_OPENING)
    assert send(bernd, letter, Action.CONFIRM_OPENING) == 302

    assert [(row.ends_on, row.state) for row in Deadline.objects.all()] == [(date(2026, 11, 30), "proposed")]
    assert "neu gelesen, als Vorschläge" in text_of(bernd.get(f"/schriftstueck/{letter.id}/"))
    assert list(audit.verify()) == []


def test_a_refused_request_leaves_it_locked(letter: Document) -> None:
    anna = log_in(make_person(Role.MAILROOM))
    Document.objects.filter(id=letter.id).update(state=State.LOCKED)
    audit.append(letter, State.LOCKED, {"reason": "Gesperrt."}, NOW)
    for ask in (Action.ASK_REMOVAL, Action.ASK_OPENING):
        send(anna, letter, ask)
        assert send(anna, letter, Action.KEEP_LOCKED) == 302
        letter.refresh_from_db()
        assert letter.state == State.LOCKED


def test_a_wrong_registration_that_is_kept_is_still_passed_on(sign_in: SignIn) -> None:
    anna = sign_in(Role.MAILROOM)
    anna.post("/verschlossen/erfassen/", envelope())
    document = Document.objects.get()
    send(anna, document, Action.ASK_REMOVAL, "Absender falsch erfasst.")
    assert send(anna, document, Action.KEEP_LOCKED) == 302
    document.refresh_from_db()
    assert document.state == State.PASSED_ON


def test_the_page_of_locked_mail_says_nothing_a_step_or_person_has_read(letter: Document, sign_in: SignIn) -> None:
    client = sign_in(Role.MAILROOM, name="Petra Post")
    audit.append(letter, State.CLEARING, {"reason": "Bewerbung: gefunden „Angebot“"}, NOW)
    send(client, letter, Action.LOCK, "Umschlag trug den Vermerk.")
    page = text_of(client.get(f"/verschlossen/{letter.id}/"))
    for hidden in ("Bewerbung", "gefunden", "brief.pdf", SECRET):
        assert hidden not in page
    for shown in (letter.register_number, "Petra Post", "Umschlag trug den Vermerk."):
        assert str(shown) in page


def test_whoever_decides_upon_what_is_locked_meanwhile_is_told_so(letter: Document, sign_in: SignIn) -> None:
    first, second = sign_in(Role.MAILROOM), sign_in(Role.MAILROOM)
    seen = str(last_sequence(letter.id))
    send(first, letter, Action.LOCK)
    form = {"action": Action.RETRY.value, "seen": seen, "reason": "Noch einmal."}
    page = text_of(second.post(f"/schriftstueck/{letter.id}/", form, follow=True))
    assert "inzwischen gesperrt" in page
    stale = {"action": Action.ASK_REMOVAL.value, "seen": seen, "reason": "Weg damit."}
    assert second.post(f"/verschlossen/{letter.id}/", stale).status_code == 409


def test_nothing_is_learned_from_closed_mail(letter: Document, sign_in: SignIn) -> None:
    client = sign_in(Role.MAILROOM)
    chosen = {"document_type": "bauantrag", "unit": "16", "needs_original": "nein", "reason": "Betreff."}
    form = {"action": Action.DECIDE.value, "seen": str(last_sequence(letter.id))} | chosen
    assert client.post(f"/schriftstueck/{letter.id}/", form).status_code == 302
    assert ClearingDecision.objects.exists()

    send(client, letter, Action.LOCK)

    assert not ClearingDecision.objects.exists()


def test_a_person_does_not_give_a_letter_a_type_that_stays_closed(
    letter: Document, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = city().procedure
    classes = [each.model_copy(update={"closed": each.document_type == "persoenlich"}) for each in rules.classes]
    monkeypatch.setattr(
        "web.deciding.city",
        lambda: city().model_copy(update={"procedure": rules.model_copy(update={"classes": tuple(classes)})}),
    )
    form = {"action": Action.DECIDE.value, "seen": str(last_sequence(letter.id)), "reason": "Name oben."}
    form |= {"document_type": "persoenlich", "unit": "16", "needs_original": "ja"}
    answer = sign_in(Role.MAILROOM).post(f"/schriftstueck/{letter.id}/", form)
    assert answer.status_code == 400
    assert "Doch verschlossene Post" in text_of(answer)


def test_locked_mail_is_a_task_of_the_mailroom_by_number_only(letter: Document, sign_in: SignIn) -> None:
    Document.objects.filter(id=letter.id).update(state=State.LOCKED, state_since=NOW - timedelta(days=1))
    page = text_of(sign_in(Role.MAILROOM).get("/"))
    assert letter.register_number in page
    assert "brief.pdf" not in page
    assert "Bewerbung" not in page
    assert letter.register_number not in text_of(sign_in(Role.UNIT, units=("16",)).get("/"))
