"""What people do through the forms: it moves the document on once, is kept with its proof, or says why not."""

import re
from typing import Any

import pytest
from django.test import Client

from config.load import city
from pipelines.intake.hazards import SIGNED as SIGNED_FILE
from records import audit
from records.decisions import last_sequence
from records.models import Act, ClearingDecision, Document, Outbound, RegisterEntry
from records.shown import shown_of
from schemas.roles import SIGNED, Action, Role
from schemas.states import FileRole, State
from tests.records.persons import make_person
from tests.web.conftest import NOW, Arrive, Enter, Keep, SignIn, log_in, text_of
from web.evidence import object_store

pytestmark = pytest.mark.django_db

DECISION = {"document_type": "bauantrag", "unit": "63", "needs_original": "ja", "reason": "Steht im Betreff."}


def address_of(document: Document) -> str:
    entry = RegisterEntry.objects.filter(document=document).first()
    return f"/rechnungen/{entry.number}/" if entry else f"/schriftstueck/{document.id}/"


def send(client: Client, document: Document, action: Action | str, **fields: Any) -> Any:
    """Fill in the form of that action as the page shows it now, and send it."""
    shown = shown_of(document).token
    form = {"action": str(action), "seen": str(last_sequence(document.id)), "shown": shown} | fields
    return client.post(address_of(document), form)


def state_of(document: Document) -> str:
    return Document.objects.values_list("state", flat=True).get(id=document.id)


def actions_on(page: str) -> list[str]:
    return re.findall(r'name="action" value="([^"]+)"', page)


def test_certify_certify_order_release_by_three_persons(enter: Enter, keep: Keep) -> None:
    document = enter(unit="16").document
    report = keep(document, FileRole.REPORT, b"{}", "pruefbericht.json").content_id
    anna = make_person(Role.UNIT, units=("16",), name="Anna Beispiel")
    otto = make_person(Role.ORDERING, units=("16",), name="Otto Ordner")
    bruno = make_person(Role.ACCOUNTING, name="Bruno Buchner")
    way = (
        (anna, Action.CERTIFY_FACTUALLY, State.TO_CERTIFY_ARITHMETICALLY),
        (anna, Action.CERTIFY_ARITHMETICALLY, State.TO_ORDER),
        (otto, Action.ORDER_PAYMENT, State.TO_RELEASE),
        (bruno, Action.RELEASE, State.RELEASED),
    )
    for person, action, to in way:
        client = log_in(person)
        page = text_of(client.get(address_of(document)))
        assert action in actions_on(page)
        assert city().invoices.wording[action] in page, "the person reads what they sign"
        assert send(client, document, action).status_code == 302
        assert state_of(document) == to
    acts = list(Act.objects.filter(document=document).order_by("sequence"))
    assert [(act.action, act.name, act.wording) for act in acts] == [
        (action, person.name, city().invoices.wording[action]) for person, action, _ in way
    ]
    readable = document.files.get(role=FileRole.RENDERING).content_id
    assert {(act.seen_sha256, act.report_sha256) for act in acts} == {(readable, report)}
    assert list(audit.verify()) == []


def test_after_an_act_the_person_stays_while_there_is_more_to_do_else_returns_to_the_tasks(
    enter: Enter, sign_in: SignIn
) -> None:
    document = enter(unit="16").document
    anna = sign_in(Role.UNIT, units=("16",))
    first = send(anna, document, Action.CERTIFY_FACTUALLY)
    second = send(anna, document, Action.CERTIFY_ARITHMETICALLY)
    assert (first["location"], second["location"]) == (address_of(document), "/")
    page = text_of(anna.get("/"))
    assert "„Sachlich richtig“ ist eingetragen." in page
    assert "„Rechnerisch richtig“ ist eingetragen." in page
    assert f'href="{address_of(document)}"' in page


@pytest.mark.parametrize("action", SIGNED)
def test_a_signature_is_one_button_with_its_words_and_without_a_reason(
    action: Action, enter: Enter, sign_in: SignIn
) -> None:
    state, role, label = {
        Action.CERTIFY_FACTUALLY: (State.TO_CERTIFY_FACTUALLY, Role.UNIT, "Sachlich richtig"),
        Action.CERTIFY_ARITHMETICALLY: (State.TO_CERTIFY_ARITHMETICALLY, Role.UNIT, "Rechnerisch richtig"),
        Action.ORDER_PAYMENT: (State.TO_ORDER, Role.ORDERING, "Auszahlung anordnen"),
        Action.RELEASE: (State.TO_RELEASE, Role.ACCOUNTING, "Freigeben"),
    }[action]
    page = text_of(sign_in(role, units=("16",)).get(address_of(enter(state, unit="16").document)))
    form = next(part for part in page.split("<form")[1:] if f'value="{action}"' in part).partition("</form>")[0]
    assert f"<button>{label}</button>" in form
    assert city().invoices.wording[action] in form
    assert "textarea" not in form
    assert "checkbox" not in form


def test_whoever_certified_neither_orders_nor_releases_and_is_told_instead_of_a_button(enter: Enter) -> None:
    document = enter(unit="16").document
    both = make_person(Role.UNIT, Role.ORDERING, units=("16",), name="Anna Beispiel")
    client = log_in(both)
    send(client, document, Action.CERTIFY_FACTUALLY)
    send(client, document, Action.CERTIFY_ARITHMETICALLY)

    page = text_of(client.get(address_of(document)))
    assert "Sie haben diese Rechnung schon unterschrieben (sachliche Feststellung)" in page
    assert actions_on(page) == [
        Action.QUERY,
        Action.RETURN_TO_ARITHMETICAL,
        Action.RETURN_TO_FACTUAL,
        Action.MISDIRECT,
        Action.DECLARE_CONFLICT,
    ]
    answer = send(client, document, Action.ORDER_PAYMENT)
    assert answer.status_code == 400
    assert "das muss eine andere Person tun" in text_of(answer)
    assert state_of(document) == State.TO_ORDER


def test_bookkeeping_does_not_certify_and_nobody_signs_in_their_own_matter(enter: Enter, sign_in: SignIn) -> None:
    document = enter(unit="16", seller_name="Muster, Maria").document
    bookkeeper = sign_in(Role.UNIT, Role.ACCOUNTING, units=("16",), name="Bruno Buchner")
    namesake = sign_in(Role.UNIT, units=("16",), name="Maria Muster")
    for client, why in ((bookkeeper, "Buchhaltung stellen nicht fest"), (namesake, "in eigener Sache")):
        assert why in text_of(client.get(address_of(document)))
        assert send(client, document, Action.CERTIFY_FACTUALLY).status_code == 400
    assert state_of(document) == State.TO_CERTIFY_FACTUALLY


def test_a_double_click_and_the_back_button_do_it_once_and_say_so(enter: Enter, sign_in: SignIn) -> None:
    document = enter(unit="16").document
    anna = sign_in(Role.UNIT, units=("16",))
    form = {
        "action": Action.CERTIFY_FACTUALLY,
        "seen": last_sequence(document.id),
        "shown": shown_of(document).token,
    }
    first, second = (anna.post(address_of(document), form) for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 409)
    assert "Das haben Sie bereits eingetragen" in text_of(second)
    assert Act.objects.filter(document=document).count() == 1


def test_what_another_did_meanwhile_is_not_overwritten_and_the_input_is_kept(enter: Enter, sign_in: SignIn) -> None:
    document = enter(unit="16").document
    seen = last_sequence(document.id)
    send(sign_in(Role.UNIT, units=("16",)), document, Action.CERTIFY_FACTUALLY)

    late = sign_in(Role.UNIT, units=("16",)).post(
        address_of(document), {"action": Action.QUERY, "seen": seen, "reason": "Der Preis <stimmt> nicht."}
    )

    assert late.status_code == 409
    page = text_of(late)
    assert "inzwischen von anderer Stelle bearbeitet" in page
    assert "Der Preis &lt;stimmt&gt; nicht.</textarea>" in page
    assert "wartet auf rechnerische Feststellung" in page
    assert f'name="seen" value="{seen + 1}"' in page
    assert state_of(document) == State.TO_CERTIFY_ARITHMETICALLY


@pytest.mark.parametrize(
    ("state", "role"),
    [
        (State.TO_CERTIFY_FACTUALLY, Role.UNIT),
        (State.TO_CERTIFY_ARITHMETICALLY, Role.UNIT),
        (State.TO_ORDER, Role.ORDERING),
        (State.TO_RELEASE, Role.ACCOUNTING),
    ],
)
def test_every_station_can_hand_an_invoice_back_with_a_reason(
    state: State, role: Role, enter: Enter, sign_in: SignIn
) -> None:
    document = enter(state, unit="16").document
    client = sign_in(role, units=("16",))
    without = send(client, document, Action.QUERY, reason="  ")
    assert without.status_code == 400
    assert "Die Begründung fehlt." in text_of(without)
    assert send(client, document, Action.QUERY, reason="Lieferschein fehlt.").status_code == 302
    document.refresh_from_db()
    assert document.state == State.CLARIFICATION
    assert "Lieferschein fehlt." in document.reason


def test_accounting_accepts_an_invoice_for_a_unit_with_a_reason(enter: Enter, sign_in: SignIn) -> None:
    document = enter(State.CLARIFICATION, unit="50").document
    client = sign_in(Role.ACCOUNTING)
    page = text_of(client.get(address_of(document)))
    assert actions_on(page) == [Action.ACCEPT, Action.REJECT, Action.ASK_CANCELLATION]
    assert '<option value="50" selected>50 Ressortreferat Soziales (Vorschlag)</option>' in page

    wrong = send(client, document, Action.ACCEPT, unit="99", reason="Telefonisch geklärt.")
    assert wrong.status_code == 400
    assert "Bitte wählen Sie eine Organisationseinheit aus der Liste." in text_of(wrong)
    assert "Telefonisch geklärt.</textarea>" in text_of(wrong)

    assert send(client, document, Action.ACCEPT, unit="51", reason="Telefonisch geklärt.").status_code == 302
    document.refresh_from_db()
    assert (document.state, document.unit) == (State.TO_CERTIFY_FACTUALLY, "51")


def test_accounting_rejects_an_invoice_with_a_reason(enter: Enter, sign_in: SignIn) -> None:
    document = enter(State.CLARIFICATION, unit="50").document
    assert send(sign_in(Role.ACCOUNTING), document, Action.REJECT, reason="Nicht bestellt.").status_code == 302
    assert state_of(document) == State.REJECTED
    assert "Nicht bestellt." in text_of(sign_in(Role.AUDIT).get(address_of(document)))


def test_a_clearing_decision_moves_on_and_is_kept_beside_the_proposal(arrive: Arrive, sign_in: SignIn) -> None:
    document = arrive(State.NOTED, State.CLEARING, document_type="widerspruch", unit="22", confidence=0.4)
    client = sign_in(Role.MAILROOM, name="Petra Post")
    page = text_of(client.get(address_of(document)))
    assert '<option value="widerspruch" selected>Widerspruch (Vorschlag)</option>' in page
    assert '<option value="22" selected>22 Bereich Steuern und Gebühren (Vorschlag)</option>' in page

    assert send(client, document, Action.DECIDE, **DECISION).status_code == 302

    document.refresh_from_db()
    assert (document.state, document.document_type, document.unit) == (State.ROUTED, "bauantrag", "63")
    assert document.needs_original is True
    kept = ClearingDecision.objects.get(act__document=document)
    assert (kept.proposed_type, kept.proposed_unit, kept.confidence) == ("widerspruch", "22", 0.4)
    assert (kept.chosen_type, kept.chosen_unit, kept.needs_original) == ("bauantrag", "63", True)
    assert (kept.act.name, kept.act.reason) == ("Petra Post", "Steht im Betreff.")


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("document_type", "", "Die Dokumentart fehlt."),
        ("document_type", "erfunden", "Die Dokumentart fehlt."),
        ("unit", "", "Die Einheit fehlt."),
        ("unit", "99/9", "Die Einheit fehlt."),
        ("needs_original", "", "Die Angabe zum Original fehlt."),
        ("needs_original", "vielleicht", "Die Angabe zum Original fehlt."),
        ("reason", "", "Die Begründung fehlt."),
        ("reason", " \n ", "Die Begründung fehlt."),
        ("reason", "x" * 2001, "Die Begründung ist zu lang"),
    ],
)
def test_an_incomplete_clearing_decision_is_shown_again_with_the_rest_kept(
    field: str, value: str, why: str, arrive: Arrive, sign_in: SignIn
) -> None:
    document = arrive(State.NOTED, State.CLEARING)
    answer = send(sign_in(Role.MAILROOM), document, Action.DECIDE, **DECISION | {field: value})
    assert answer.status_code == 400
    page = text_of(answer)
    assert why in page
    if field != "document_type":
        assert '<option value="bauantrag" selected>' in page
    if field != "unit":
        assert '<option value="63" selected>' in page
    if field != "reason":
        assert "Steht im Betreff.</textarea>" in page
    assert state_of(document) == State.CLEARING
    assert not Act.objects.exists()


@pytest.mark.parametrize("stopped", [State.IDENTIFIED, State.RECOGNISED, State.E_INVOICE, State.RECEIVED])
def test_what_stopped_before_it_was_noted_can_only_be_tried_again(
    stopped: State, arrive: Arrive, sign_in: SignIn
) -> None:
    way = [] if stopped is State.RECEIVED else [stopped]
    document = arrive(*way, State.CLEARING)
    client = sign_in(Role.MAILROOM)
    assert actions_on(text_of(client.get(address_of(document)))) == [Action.RETRY, Action.LOCK]
    assert send(client, document, Action.DECIDE, **DECISION).status_code == 400
    assert send(client, document, Action.RETRY, reason="Die IT hat es behoben.").status_code == 302
    assert state_of(document) == stopped


def test_two_letters_in_one_are_cut_by_the_mailroom(arrive: Arrive, sign_in: SignIn) -> None:
    document = arrive(State.NOTED, State.CLEARING, page_count=5, cut_at=[4])
    client = sign_in(Role.MAILROOM)
    page = text_of(client.get(address_of(document)))
    assert Action.CUT in actions_on(page)
    assert 'name="cut_at" value="4"' in page, "what was suspected is proposed"
    sent = send(client, document, Action.CUT, cut_at="4, 3", reason="Zwei Absender.")
    assert sent.status_code == 302
    document.refresh_from_db()
    assert (document.state, document.cut_at) == (State.TO_CUT, [3, 4])


@pytest.mark.parametrize("cut_at", ["", "eins", "1", "6", "3,x", "٣"])
def test_a_page_where_nothing_can_be_cut_is_refused_and_kept_in_the_form(
    cut_at: str, arrive: Arrive, sign_in: SignIn
) -> None:
    document = arrive(State.NOTED, State.CLEARING, page_count=5)
    sent = send(sign_in(Role.MAILROOM), document, Action.CUT, cut_at=cut_at, reason="Zwei Absender.")
    assert sent.status_code == 400
    assert f'value="{cut_at}"' in text_of(sent)
    assert state_of(document) == State.CLEARING


@pytest.mark.parametrize(
    "columns", [{"page_count": 1}, {"page_count": 5, "ordinal": 2}, {"page_count": 5, "anomalies": [SIGNED_FILE]}]
)
def test_what_is_one_page_a_part_or_signed_is_not_cut(columns: dict[str, Any], arrive: Arrive, sign_in: SignIn) -> None:
    document = arrive(State.NOTED, State.CLEARING, **columns)
    client = sign_in(Role.MAILROOM)
    assert Action.CUT not in actions_on(text_of(client.get(address_of(document))))
    assert send(client, document, Action.CUT, cut_at="3", reason="Zwei Absender.").status_code == 400


def test_an_invoice_that_stopped_is_tried_again_by_accounting(enter: Enter, sign_in: SignIn) -> None:
    document = enter(State.PROTOCOLLED).document
    audit.append(document, State.CLEARING, {"reason": "doppelt abgelegt"}, document.state_since)
    Document.objects.filter(id=document.id).update(state=State.CLEARING, attempts=3, last_error="Fehler")
    assert send(sign_in(Role.ACCOUNTING), document, Action.RETRY, reason="Im DMS bereinigt.").status_code == 302
    document.refresh_from_db()
    assert (document.state, document.attempts, document.last_error) == (State.PROTOCOLLED, 0, "")


@pytest.mark.parametrize("target_id", [None, "T0000017"])
def test_what_the_target_holds_already_can_be_acknowledged_and_only_that(
    target_id: str | None, arrive: Arrive, sign_in: SignIn
) -> None:
    document = arrive(State.ROUTED, State.CLEARING, delivered_as=target_id, unit="22")
    client = sign_in(Role.MAILROOM)
    offered = actions_on(text_of(client.get(address_of(document))))
    assert (Action.CONFIRM in offered) is (target_id is not None)
    assert (Action.DECIDE in offered) is (target_id is None), "what is filed is not sent to another unit"
    answer = send(client, document, Action.CONFIRM, reason="Im DMS nachgesehen: vollständig.")
    assert answer.status_code == (302 if target_id else 400)
    assert state_of(document) == (State.ROUTED if target_id else State.CLEARING), "its step goes on behind it"


def test_a_difference_that_stays_can_be_acknowledged_for_an_invoice_by_accounting(
    enter: Enter, sign_in: SignIn
) -> None:
    """Unit 30 does not work in the DMS: an invoice is filed there all the same."""
    document = enter(State.PROTOCOLLED, unit="30", columns={"delivered_as": "T0000017"}).document
    audit.append(document, State.CLEARING, {"reason": "Betrag verändert"}, document.state_since)
    Document.objects.filter(id=document.id).update(state=State.CLEARING)
    client = sign_in(Role.ACCOUNTING)
    assert set(actions_on(text_of(client.get(address_of(document))))) == {Action.RETRY, Action.CONFIRM}
    assert send(client, document, Action.CONFIRM, reason="Im DMS berichtigt.").status_code == 302
    assert state_of(document) == State.PROTOCOLLED, "the remaining papers follow"


REDIRECTION = {"document_type": "hundesteuer", "unit": "22", "cause": "zustaendigkeit", "reason": "Gehört zur Steuer."}


@pytest.fixture
def filed(arrive: Arrive) -> Document:
    """A letter in the DMS, at the unit 51."""
    columns = {"unit": "51", "document_type": "jugend_kita", "delivered_as": "T0000017", "dossier": "D1"}
    return arrive(State.ROUTED, State.FILED, **columns)


def test_a_misdirected_letter_goes_to_its_unit_and_its_page_with_it(filed: Document, sign_in: SignIn) -> None:
    youth, taxes = sign_in(Role.UNIT, units=("51",)), sign_in(Role.UNIT, units=("22",))
    page = text_of(youth.get(address_of(filed)))
    assert "Falsch zugeleitet …" in page
    assert '<option value="51">51 Bereich Jugend (bisher)</option>' in page, "the right unit is chosen, never proposed"
    assert taxes.get(address_of(filed)).status_code == 404

    answer = send(youth, filed, Action.REDIRECT, **REDIRECTION)

    assert (answer.status_code, answer["location"]) == (302, "/")
    filed.refresh_from_db()
    assert (filed.state, filed.unit, filed.document_type) == (State.REDIRECTED, "22", "hundesteuer")
    assert filed.dossier == "D1", "where it lies now; the step moves it"
    assert youth.get(address_of(filed)).status_code == 404, "at once"
    assert address_of(filed) not in text_of(youth.get("/")), "no link to what they no longer see"
    page = text_of(taxes.get(address_of(filed)))
    assert "Als falsch zugeleitet weitergegeben" in page
    assert "Gehört zur Steuer. (Einheit: 51 → 22, Dokumentart: jugend_kita → hundesteuer)" in page


def test_where_it_was_and_where_it_goes_is_kept_in_the_chain(filed: Document, sign_in: SignIn) -> None:
    send(sign_in(Role.MAILROOM), filed, Action.REDIRECT, **REDIRECTION, case_reference=" 22-9/1 ")
    *_, (_, kind, payload) = audit.history(filed.id)
    assert kind == State.REDIRECTED
    assert payload["before"] == {
        "document_type": "jugend_kita",
        "unit": "51",
        "case_reference": None,
        "dossier": "D1",
    }
    assert (payload["unit"], payload["document_type"], payload["case_reference"]) == ("22", "hundesteuer", "22-9/1")
    kept = ClearingDecision.objects.get(act__document=filed)
    assert (kept.proposed_unit, kept.chosen_unit, kept.act.reason) == ("51", "22", "Gehört zur Steuer.")
    assert list(audit.verify()) == []


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"unit": ""}, "Die Einheit fehlt."),
        ({"reason": ""}, "Die Begründung fehlt."),
        ({"unit": "51", "document_type": "jugend_kita"}, "Dort liegt das Schriftstück schon."),
        ({"case_reference": "x" * 65}, "Das Aktenzeichen ist zu lang"),
    ],
)
def test_an_incomplete_redirection_is_shown_again_opened_and_changes_nothing(
    changes: dict[str, str], why: str, filed: Document, sign_in: SignIn
) -> None:
    answer = send(sign_in(Role.MAILROOM), filed, Action.REDIRECT, **REDIRECTION | changes)
    assert answer.status_code == 400
    assert why in text_of(answer)
    assert "<summary>Falsch zugeleitet" not in text_of(answer)
    filed.refresh_from_db()
    assert (filed.state, filed.unit) == (State.FILED, "51")


def test_what_rests_in_the_dms_is_nobody_s_task(filed: Document, sign_in: SignIn) -> None:
    assert filed.register_number not in text_of(sign_in(Role.MAILROOM).get("/"))


@pytest.mark.parametrize(
    ("roles", "units"), [((Role.UNIT,), ("22",)), ((Role.ORDERING,), ("51",)), ((Role.AUDIT,), ("51",))]
)
def test_others_cannot_redirect(roles: Any, units: Any, filed: Document, sign_in: SignIn) -> None:
    answer = send(sign_in(*roles, units=units), filed, Action.REDIRECT, **REDIRECTION)
    assert answer.status_code in (400, 404)
    assert state_of(filed) == State.FILED


def test_an_invoice_is_never_redirected(enter: Enter, sign_in: SignIn) -> None:
    document = enter(State.FILED, unit="16", columns={"delivered_as": "T1"}).document
    client = sign_in(Role.UNIT, Role.MAILROOM, units=("16",))
    assert actions_on(text_of(client.get(address_of(document)))) == []
    assert send(client, document, Action.REDIRECT, **REDIRECTION).status_code == 400


def test_the_clerk_sets_or_takes_away_the_case_reference(arrive: Arrive, sign_in: SignIn) -> None:
    named = arrive(State.NOTED, State.CLEARING, document_type="widerspruch", unit="22", case_reference="22-9/1")
    client = sign_in(Role.MAILROOM)
    page = text_of(client.get(address_of(named)))
    assert 'name="case_reference" value="22-9/1"' in page
    send(client, named, Action.DECIDE, **DECISION, case_reference="63-1/7")
    named.refresh_from_db()
    assert named.case_reference == "63-1/7"
    other = arrive(State.NOTED, State.CLEARING, document_type="widerspruch", unit="22", case_reference="22-9/1")
    send(client, other, Action.DECIDE, **DECISION)
    other.refresh_from_db()
    assert other.case_reference is None


def test_what_may_have_arrived_after_a_lost_answer_is_not_sent_elsewhere(arrive: Arrive, sign_in: SignIn) -> None:
    document = arrive(State.ROUTED, State.CLEARING, unit="22")
    Outbound.objects.create(document=document, kind="hauptdokument", intended_at=NOW, unclear_since=NOW)
    client = sign_in(Role.MAILROOM)
    assert actions_on(text_of(client.get(address_of(document)))) == [Action.RETRY, Action.LOCK]
    assert send(client, document, Action.DECIDE, **DECISION).status_code == 400


def test_quarantine_is_no_dead_end(arrive: Arrive, sign_in: SignIn) -> None:
    document = arrive(State.QUARANTINED)
    client = sign_in(Role.MAILROOM)
    assert "brief.pdf" in text_of(client.get("/")), "it is one of the tasks"
    assert send(client, document, Action.RETRY, reason="Grenze angehoben.").status_code == 302
    assert state_of(document) == State.RECEIVED


def test_nothing_is_signed_while_its_evidence_is_altered(enter: Enter, sign_in: SignIn, keep: Keep) -> None:
    document = enter(State.TO_CERTIFY_FACTUALLY, unit="51").document
    file = keep(document, FileRole.PROTOCOL, b"Beleg", "beleg.pdf")
    path = object_store().path(file.content_id)
    path.chmod(0o640)
    path.write_bytes(b"anderer Beleg")
    answer = send(sign_in(Role.UNIT, units=("51",)), document, Action.CERTIFY_FACTUALLY)
    assert answer.status_code == 400
    assert "fehlt oder ist verändert" in text_of(answer)
    assert state_of(document) == State.TO_CERTIFY_FACTUALLY


@pytest.mark.parametrize("action", ["", "loeschen", Action.RELEASE, Action.DECIDE, Action.ACCEPT])
def test_an_action_the_table_does_not_allow_is_refused(action: str, enter: Enter, sign_in: SignIn) -> None:
    document = enter(State.TO_CERTIFY_FACTUALLY, unit="16").document
    answer = send(sign_in(Role.UNIT, units=("16",)), document, action, reason="Trotzdem.")
    assert answer.status_code == 400
    assert "nicht (mehr) möglich" in text_of(answer)
    assert state_of(document) == State.TO_CERTIFY_FACTUALLY


def test_a_foreign_unit_does_not_certify_even_if_another_role_lets_it_see_the_invoice(
    enter: Enter, sign_in: SignIn
) -> None:
    document = enter(State.TO_ORDER, unit="51").document
    auditor = sign_in(Role.AUDIT, Role.ORDERING, units=("16",))
    assert actions_on(text_of(auditor.get(address_of(document)))) == []
    assert send(auditor, document, Action.ORDER_PAYMENT).status_code == 400
    assert state_of(document) == State.TO_ORDER


def test_audit_reads_and_changes_nothing(enter: Enter, sign_in: SignIn) -> None:
    document = enter(State.TO_RELEASE).document
    auditor = sign_in(Role.AUDIT)
    assert "Ihre Entscheidung" not in text_of(auditor.get(address_of(document)))
    assert send(auditor, document, Action.RELEASE).status_code == 400


@pytest.mark.parametrize("seen", ["", "eins", "-1", "9" * 5000, "²"])
def test_a_form_without_a_proper_number_is_refused(seen: str, enter: Enter, sign_in: SignIn) -> None:
    document = enter(unit="16").document
    client = sign_in(Role.UNIT, units=("16",))
    answer = client.post(address_of(document), {"action": Action.CERTIFY_FACTUALLY, "seen": seen})
    assert answer.status_code == 400
    assert "Das Formular ist unvollständig." in text_of(answer)
    assert state_of(document) == State.TO_CERTIFY_FACTUALLY


def test_a_reason_is_kept_without_nul_and_shown_as_text(enter: Enter, sign_in: SignIn) -> None:
    document = enter(unit="16").document
    client = sign_in(Role.UNIT, units=("16",))
    send(client, document, Action.QUERY, reason="Was ist <b>das</b>?\0")
    assert Act.objects.get().reason == "Was ist <b>das</b>?"
    assert "Was ist &lt;b&gt;das&lt;/b&gt;?" in text_of(client.get(address_of(document)))


def test_a_form_without_the_token_of_the_session_is_refused_in_german(enter: Enter) -> None:
    document = enter(unit="16").document
    client = log_in(make_person(Role.UNIT, units=("16",)), enforce_csrf_checks=True)
    answer = send(client, document, Action.CERTIFY_FACTUALLY)
    assert answer.status_code == 403
    assert "Das Formular ist abgelaufen" in text_of(answer)
    assert state_of(document) == State.TO_CERTIFY_FACTUALLY


def test_every_form_carries_its_token(enter: Enter, sign_in: SignIn) -> None:
    page = text_of(sign_in(Role.UNIT, units=("16",)).get(address_of(enter(unit="16").document)))
    forms = page.split('<form method="post"')[1:]
    assert len(forms) == 5
    assert all("csrfmiddlewaretoken" in form.partition("</form>")[0] for form in forms)


def test_a_session_that_ended_in_mid_form_is_told_and_nothing_is_stored(enter: Enter, client: Client) -> None:
    document = enter(unit="16").document
    answer = send(client, document, Action.QUERY, reason="Schade um den Text.")
    assert answer["location"] == f"/anmelden/?next={address_of(document)}"
    assert "Ihre Sitzung ist abgelaufen. Die letzte Eingabe ist nicht gespeichert" in text_of(
        client.get(answer["location"])
    )
    assert state_of(document) == State.TO_CERTIFY_FACTUALLY
