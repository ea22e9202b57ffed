"""Signing an invoice: limits, deputies, the password again, what changed meanwhile, own matters, cancelled by two."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from config.approval_config import Approval
from config.load import city
from pipelines.flow_invoice import INVOICE_ROWS
from records import audit
from records.bank_guard import Answer, confirm
from records.creditors import choose
from records.decisions import last_sequence
from records.models import Act, ActProof, AmountLimit, DeclaredConflict, Deputy, Document, RegisterEntry
from records.shown import shown_of
from schemas.accounting import Creditor, MasterDataKind
from schemas.limits import LimitKind
from schemas.roles import Action, Person, Role
from schemas.states import FileRole, Kind, State
from tests.records.bills import BAU, NOW, OTHER_IBAN, TODAY, import_now
from tests.records.persons import make_person
from tests.web.conftest import Enter, SignIn, log_in, text_of
from web import deciding, signing, step_up
from web.pages.login import TRIES

pytestmark = pytest.mark.django_db


def address_of(document: Document) -> str:
    return f"/rechnungen/{RegisterEntry.objects.get(document=document).number}/"


def send(client: Client, document: Document, action: Action, **fields: Any) -> Any:
    form = {"action": action, "seen": last_sequence(document.id), "shown": shown_of(document).token}
    return client.post(address_of(document), form | fields)


def state_of(document: Document) -> str:
    return Document.objects.values_list("state", flat=True).get(id=document.id)


def limit(kind: LimitKind, most: str, *, user: Person | None = None, unit: str | None = None) -> None:
    """As two others have set it long ago."""
    admin = make_person(Role.ADMIN)
    AmountLimit.objects.create(
        kind=kind,
        user_id=user.user_id if user else None,
        unit=unit,
        most=Decimal(most),
        valid_from=date(2020, 1, 1),
        reason="Verfügung",
        proposed_by_id=admin.user_id,
        proposed_name="A",
        proposed_at=datetime(2020, 1, 1, tzinfo=UTC),
        outcome="approved",
        decided_by_id=admin.user_id,
        decided_name="B",
        decided_at=datetime(2020, 1, 1, tzinfo=UTC),
    )


@pytest.fixture
def rules(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let other rules of approval hold."""

    def hold(**values: Any) -> None:
        changed = city().model_copy(update={"approval": Approval(**values)})
        for module in (deciding, signing, step_up):
            monkeypatch.setattr(module, "city", lambda: changed)

    return hold


@pytest.fixture(autouse=True)
def _nobody_is_locked() -> None:
    for user in get_user_model().objects.all():
        TRIES.right(user.username)


STATES = [row for row in INVOICE_ROWS if row.kind is not Kind.AUTOMATIC]
CHOICES = sorted({choice.action for row in INVOICE_ROWS for choice in row.choices})


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("row", STATES, ids=lambda row: row.state.value)
def test_nothing_moves_but_what_the_table_says_for_that_state_action_role_and_unit(
    row: Any, role: Role, enter: Enter
) -> None:
    """Every action, of an own and of a foreign unit: who is refused changes nothing."""
    for units, action in product((("16",), ("51",)), CHOICES):
        allowed = any(
            choice.action is action
            and choice.role is role
            and (not choice.own_unit or "16" in units)
            and set(choice.variants) <= city().approval.variants
            for choice in row.choices
        )
        if allowed:
            continue
        document = enter(row.state, unit="16").document
        answer = send(log_in(make_person(role, units=units)), document, action, reason="Grund", unit="51")
        assert answer.status_code in (400, 404), (action, units)
        assert state_of(document) == row.state
    assert not Act.objects.exists()


def test_an_amount_above_the_limit_is_shown_with_who_could_and_not_signed(enter: Enter) -> None:
    document = enter(State.TO_ORDER, unit="16").document
    otto = make_person(Role.ORDERING, units=("16",), name="Otto Ordner")
    make_person(Role.ORDERING, units=("16",), name="Berta Befugt")
    limit(LimitKind.ORDER, "0.01", user=otto)
    client = log_in(otto)
    page = text_of(client.get(address_of(document)))
    assert "liegt über Ihrer Grenze zum Anordnen (bis 0,01 EUR)" in page
    assert "Befugt: Berta Befugt." in page
    assert send(client, document, Action.ORDER_PAYMENT).status_code == 400
    assert state_of(document) == State.TO_ORDER


def test_a_signature_keeps_what_was_shown_and_the_limit_that_held(enter: Enter) -> None:
    document = enter(State.TO_ORDER, unit="16").document
    otto = make_person(Role.ORDERING, units=("16",))
    limit(LimitKind.ORDER, "5000000", unit="16")
    shown = shown_of(document)
    assert send(log_in(otto), document, Action.ORDER_PAYMENT).status_code == 302
    kept = ActProof.objects.get(act__document=document)
    assert (kept.data_sha256, kept.verdict, kept.signature) == (shown.data, shown.verdict, "account")
    assert kept.limit == "bis 5.000.000,00 EUR"
    *_, (_, _, payload) = audit.history(document.id)
    assert payload["data_sha256"] == shown.data


def test_what_changed_since_it_was_shown_is_named_and_nothing_is_signed(enter: Enter) -> None:
    document = enter(State.TO_ORDER, unit="16").document
    seen = shown_of(document).token
    RegisterEntry.objects.filter(document=document).update(verdict="reject")
    answer = send(log_in(make_person(Role.ORDERING, units=("16",))), document, Action.ORDER_PAYMENT, shown=seen)
    assert answer.status_code == 409
    assert "Inzwischen hat sich geändert: das Prüfergebnis" in text_of(answer)
    assert state_of(document) == State.TO_ORDER


@pytest.mark.parametrize("token", ["", "rendering=", "x=y;z", "rendering=;rendering="])
def test_a_signature_without_what_was_shown_is_refused(token: str, enter: Enter) -> None:
    document = enter(State.TO_ORDER, unit="16").document
    answer = send(log_in(make_person(Role.ORDERING, units=("16",))), document, Action.ORDER_PAYMENT, shown=token)
    assert answer.status_code == 400
    assert state_of(document) == State.TO_ORDER


def test_a_conflict_says_who_did_what_meanwhile(enter: Enter) -> None:
    document = enter(unit="16").document
    seen = last_sequence(document.id)
    send(log_in(make_person(Role.UNIT, units=("16",), name="Anna Beispiel")), document, Action.CERTIFY_FACTUALLY)
    late = send(log_in(make_person(Role.UNIT, units=("16",))), document, Action.QUERY, seen=seen, reason="Preis?")
    assert late.status_code == 409
    assert "Seither: Sachliche Feststellung (Anna Beispiel)." in text_of(late)


def password_of(person: Person) -> str:
    user = get_user_model().objects.get(pk=person.user_id)
    user.set_password("Wald-Wiese-Bach-7")
    user.save()
    return "Wald-Wiese-Bach-7"


def test_from_an_amount_on_the_password_is_asked_for_again(enter: Enter, rules: Any) -> None:
    rules(password_from={Action.ORDER_PAYMENT: Decimal("0.01")})
    document = enter(State.TO_ORDER, unit="16").document
    otto = make_person(Role.ORDERING, units=("16",))
    right = password_of(otto)
    client = log_in(otto)
    assert 'type="password"' in text_of(client.get(address_of(document)))
    missing, wrong = (send(client, document, Action.ORDER_PAYMENT, password=text) for text in ("", "falsch"))
    assert "Das Kennwort fehlt." in text_of(missing)
    assert "Das Kennwort stimmt nicht" in text_of(wrong)
    assert "falsch" not in text_of(wrong)
    assert state_of(document) == State.TO_ORDER
    assert send(client, document, Action.ORDER_PAYMENT, password=right).status_code == 302
    assert ActProof.objects.get(act__document=document).signature == "password"


def test_whoever_guesses_is_locked_out_of_signing_even_with_the_right_password(enter: Enter, rules: Any) -> None:
    rules(signature="password")
    document = enter(State.TO_ORDER, unit="16").document
    otto = make_person(Role.ORDERING, units=("16",))
    right = password_of(otto)
    client = log_in(otto)
    for _ in range(5):
        send(client, document, Action.ORDER_PAYMENT, password="geraten")
    answer = send(client, document, Action.ORDER_PAYMENT, password=right)
    assert "Zu viele falsche Kennwörter" in text_of(answer)
    assert state_of(document) == State.TO_ORDER


def test_both_certificates_in_one_act_are_two_acts_with_two_wordings(enter: Enter, rules: Any) -> None:
    rules(certify_in_one_act=True)
    document = enter(unit="16").document
    anna = log_in(make_person(Role.UNIT, units=("16",)))
    first = {"seen": last_sequence(document.id)}
    assert send(anna, document, Action.CERTIFY_BOTH).status_code == 302
    assert state_of(document) == State.TO_ORDER
    acts = Act.objects.filter(document=document).order_by("sequence")
    assert [act.action for act in acts] == [Action.CERTIFY_FACTUALLY, Action.CERTIFY_ARITHMETICALLY]
    assert [act.wording for act in acts] == [city().invoices.wording[Action(act.action)] for act in acts]
    assert "Das haben Sie bereits eingetragen" in text_of(send(anna, document, Action.CERTIFY_BOTH, **first))
    assert list(audit.verify()) == []


def test_where_the_finance_system_orders_the_order_does_not_exist(enter: Enter, rules: Any) -> None:
    rules(ordering=False)
    document = enter(State.TO_CERTIFY_ARITHMETICALLY, unit="16").document
    assert (
        send(log_in(make_person(Role.UNIT, units=("16",))), document, Action.CERTIFY_ARITHMETICALLY).status_code == 302
    )
    assert state_of(document) == State.TO_RELEASE
    waiting = enter(State.TO_ORDER, unit="16").document
    page = text_of(log_in(make_person(Role.ORDERING, units=("16",))).get(address_of(waiting)))
    assert f'value="{Action.ORDER_PAYMENT}"' not in page
    assert f'value="{Action.RETURN_TO_FACTUAL}"' in page, "what waits there already is no dead end"


def test_whoever_declares_a_conflict_is_out_and_the_invoice_stays_for_others(enter: Enter) -> None:
    document = enter(State.TO_ORDER, unit="16").document
    otto = log_in(make_person(Role.ORDERING, units=("16",), name="Otto Ordner"))
    assert send(otto, document, Action.DECLARE_CONFLICT, reason="").status_code == 400
    assert send(otto, document, Action.DECLARE_CONFLICT, reason="Mein Schwager").status_code == 302
    assert DeclaredConflict.objects.get().name == "Otto Ordner"
    page = text_of(otto.get(address_of(document)))
    assert "Sie haben sich für befangen erklärt" in page
    assert send(otto, document, Action.ORDER_PAYMENT).status_code == 400
    for unsigned in (Action.MISDIRECT, Action.QUERY, Action.RETURN_TO_FACTUAL):
        assert send(otto, document, unsigned, reason="Weg damit.").status_code == 400
    assert state_of(document) == State.TO_ORDER
    assert send(log_in(make_person(Role.ORDERING, units=("16",))), document, Action.ORDER_PAYMENT).status_code == 302
    assert list(audit.verify()) == []


def test_whoever_called_about_the_account_does_not_release(enter: Enter) -> None:
    import_now(MasterDataKind.CREDITORS, BAU)
    document = enter(State.TO_RELEASE, seller_vat_id="DE123456789", account=OTHER_IBAN).document
    caller, second = make_person(Role.ACCOUNTING), make_person(Role.ACCOUNTING)
    choose(document.id, BAU.number, "", second, NOW, seen=last_sequence(document.id))
    confirm(
        document.id, Answer(OTHER_IBAN, True, BAU.phone, TODAY, "Frau Müller"), caller, NOW,
        seen=last_sequence(document.id),
    )  # fmt: skip

    refused = send(log_in(caller), document, Action.RELEASE)
    assert refused.status_code == 400
    assert "durch Rückruf bestätigt; die Zahlung muss eine andere Person freigeben" in text_of(refused)
    assert send(log_in(second), document, Action.RELEASE).status_code == 302


def test_whoever_swaps_the_creditor_after_the_order_does_not_release(enter: Enter) -> None:
    import_now(MasterDataKind.CREDITORS, BAU, Creditor("70002", "Komplize GmbH", ibans=(OTHER_IBAN,)))
    document = enter(State.TO_RELEASE, seller_vat_id="DE123456789", account=OTHER_IBAN).document
    swapper = make_person(Role.ACCOUNTING)
    choose(document.id, "70002", "", swapper, NOW, seen=last_sequence(document.id))

    refused = send(log_in(swapper), document, Action.RELEASE)
    assert refused.status_code == 400
    assert "Den Kreditor haben Sie bestätigt" in text_of(refused)
    assert send(log_in(make_person(Role.ACCOUNTING)), document, Action.RELEASE).status_code == 302


def test_an_invoice_is_cancelled_by_two_or_goes_back_to_where_it_was(enter: Enter) -> None:
    document = enter(State.TO_ORDER, unit="16").document
    karla, kurt = (log_in(make_person(Role.ACCOUNTING, name=name)) for name in ("Karla Kasse", "Kurt Kasse"))
    assert send(karla, document, Action.ASK_CANCELLATION, reason="Doppelt.").status_code == 302
    assert state_of(document) == State.CANCELLATION_ASKED
    assert send(karla, document, Action.CONFIRM_CANCELLATION, reason="Ja.").status_code == 400
    assert send(kurt, document, Action.REFUSE_CANCELLATION, reason="Doch nicht.").status_code == 302
    assert state_of(document) == State.TO_ORDER
    send(karla, document, Action.ASK_CANCELLATION, reason="Doch.")
    assert send(kurt, document, Action.CONFIRM_CANCELLATION, reason="Stimmt.").status_code == 302
    assert state_of(document) == State.CANCELLED
    assert RegisterEntry.objects.get().identity is None, "the right one may come"


def test_what_is_returned_to_the_start_is_certified_anew_by_whoever_may(enter: Enter) -> None:
    document = enter(unit="16").document
    anna = log_in(make_person(Role.UNIT, units=("16",)))
    send(anna, document, Action.CERTIFY_FACTUALLY)
    send(anna, document, Action.CERTIFY_ARITHMETICALLY)
    otto = log_in(make_person(Role.ORDERING, units=("16",)))
    assert send(otto, document, Action.RETURN_TO_FACTUAL, reason="Lieferschein fehlt.").status_code == 302
    assert state_of(document) == State.TO_CERTIFY_FACTUALLY
    assert "Lieferschein fehlt." in text_of(anna.get(address_of(document)))


def test_the_unit_says_that_an_invoice_is_not_theirs_and_accounting_finds_the_right_one(enter: Enter) -> None:
    document = enter(unit="16").document
    anna = log_in(make_person(Role.UNIT, units=("16",)))
    assert send(anna, document, Action.MISDIRECT, reason="Gehört zum Hochbau.").status_code == 302
    karla = log_in(make_person(Role.ACCOUNTING))
    assert "(bisher)" in text_of(karla.get(address_of(document)))
    assert send(karla, document, Action.ACCEPT, unit="51", reason="Geklärt.").status_code == 302
    document.refresh_from_db()
    assert (document.state, document.unit) == (State.TO_CERTIFY_FACTUALLY, "51")


def test_a_deputy_signs_in_the_name_of_whom_they_stand_in_for(enter: Enter) -> None:
    document = enter(State.TO_ORDER, unit="16").document
    otto = make_person(Role.ORDERING, units=("16",), name="Otto Ordner")
    dora = make_person(Role.ORDERING, units=("51",), name="Dora Deputy")
    today = timezone.localdate()
    Deputy.objects.create(
        principal_id=otto.user_id,
        deputy_id=dora.user_id,
        unit="16",
        kind="approval",
        valid_from=today - timedelta(days=1),
        valid_to=today + timedelta(days=1),
        reason="Urlaub",
        granted_by="A",
        granted_by_user_id=otto.user_id,
        granted_at=timezone.now() - timedelta(days=1),
    )
    assert send(log_in(dora), document, Action.ORDER_PAYMENT).status_code == 302
    act = Act.objects.get(document=document)
    assert (act.name, act.in_place_of) == ("Dora Deputy", "Otto Ordner")
    assert act.wording.endswith("In Vertretung für Otto Ordner.")


def test_who_might_have_signed_is_shown_for_any_day(enter: Enter) -> None:
    document = enter(State.TO_ORDER, unit="16").document
    otto = make_person(Role.ORDERING, units=("16",), name="Otto Ordner")
    limit(LimitKind.ORDER, "0.01", user=otto)
    make_person(Role.ORDERING, units=("51",), name="Fremde Einheit")
    audit_page = log_in(make_person(Role.AUDIT))
    page = text_of(audit_page.get(f"{address_of(document)}befugte/"))
    assert "Otto Ordner: Betrag zu hoch: bis 0,01 EUR" in page
    assert "Fremde Einheit" not in page
    before = text_of(audit_page.get(f"{address_of(document)}befugte/?tag=2000-01-01"))
    assert "Niemand hatte an diesem Tag die Rolle dafür." in before
    assert audit_page.get(f"{address_of(document)}befugte/?tag=gestern").status_code == 400


def test_limits_are_proposed_by_one_and_approved_by_another_on_the_page(sign_in: SignIn) -> None:
    admin, clerk = sign_in(Role.ADMIN, name="Ada Admin"), sign_in(Role.ACCOUNTING, name="Karla Kasse")
    form = {"action": "vorschlagen", "kind": "anordnen", "unit": "16", "most": "1.000,00", "valid_from": "2026-01-01"}
    refused = admin.post("/rechnungen/grenzen/", form)
    assert refused.status_code == 400
    assert 'value="1.000,00"' in text_of(refused), "what was entered is kept"
    assert admin.post("/rechnungen/grenzen/", form | {"reason": "Verfügung 7"}).status_code == 302
    row = AmountLimit.objects.get()
    decision = {"action": "freigeben", "what": "grenze", "number": row.pk}
    assert admin.post("/rechnungen/grenzen/", decision).status_code == 400
    assert clerk.post("/rechnungen/grenzen/", decision).status_code == 302
    assert "bis 1.000,00" not in text_of(clerk.get("/rechnungen/grenzen/")), "nothing waits any more"
    auditor = sign_in(Role.AUDIT)
    assert "Verfügung 7" in text_of(auditor.get("/rechnungen/grenzen/"))
    assert auditor.post("/rechnungen/grenzen/", form | {"reason": "x"}).status_code == 400


def test_the_evidence_shown_is_the_evidence_kept(enter: Enter) -> None:
    document = enter(State.TO_ORDER, unit="16").document
    readable = document.files.get(role=FileRole.RENDERING).content_id
    assert shown_of(document).rendering == readable
