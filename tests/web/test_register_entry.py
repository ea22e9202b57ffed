"""One entry of the register: two side by side, what a person says of them, and corrections beside what was received."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from records.decisions import last_sequence
from records.models import Likeness, RegisterCorrection, RegisterEntry
from schemas.roles import Role
from tests.web.conftest import Enter, SignIn, text_of

pytestmark = pytest.mark.django_db


def corrected(client: Client, entry: RegisterEntry, **changes: str) -> tuple[int, str]:
    fields = {"seen": str(last_sequence(entry.document_id)), "field": "due_on", "value": "24.12.2026", "reason": "So"}
    answer = client.post(f"/rechnungen/{entry.number}/berichtigungen/", fields | changes, follow=True)
    return answer.status_code, text_of(answer)


def test_a_correction_is_shown_beside_what_was_received(sign_in: SignIn, enter: Enter) -> None:
    entry, client = enter(), sign_in(Role.ACCOUNTING, name="Käthe Kämmerin")
    assert "gibt es keine Berichtigung" in text_of(client.get(f"/rechnungen/{entry.number}/berichtigungen/"))

    status, page = corrected(client, entry)

    assert (status, "Fällig am: <del>2026-12-16</del> <ins>2026-12-24</ins>" in page) == (200, True)
    page = text_of(client.get(f"/rechnungen/{entry.number}/"))
    for shown in ("<del>2026-12-16</del> <ins>2026-12-24</ins>", "Käthe Kämmerin", "Register berichtigt: Fällig am"):
        assert shown in page
    assert "16.12.2026" in page, "what was received stays"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"value": "Ostern"}, "„Ostern“ ist kein Datum."),
        ({"reason": " "}, "Die Begründung fehlt."),
        ({"field": ""}, "Diese Angabe kann nicht berichtigt werden."),
        ({"seen": "1"}, "inzwischen von anderer Stelle bearbeitet"),
        ({"seen": "x"}, "Das Formular ist unvollständig."),
    ],
)
def test_what_will_not_do_is_said_and_the_input_is_kept(
    changes: dict[str, str], said: str, sign_in: SignIn, enter: Enter
) -> None:
    entry = enter()
    status, page = corrected(sign_in(Role.ACCOUNTING), entry, **changes)
    assert (status, said in page) == (409, True)
    assert changes.get("value", "24.12.2026") in page
    assert not RegisterCorrection.objects.exists()


def test_the_same_correction_twice_is_one(sign_in: SignIn, enter: Enter) -> None:
    entry, client = enter(), sign_in(Role.ACCOUNTING)
    seen = str(last_sequence(entry.document_id))
    assert corrected(client, entry, seen=seen)[0] == 200
    assert corrected(client, entry, seen=seen)[0] == 409
    assert RegisterCorrection.objects.count() == 1


@pytest.mark.parametrize("role", [Role.UNIT, Role.ORDERING, Role.AUDIT])
def test_others_read_corrections_and_make_none(role: Role, sign_in: SignIn, enter: Enter) -> None:
    entry, client = enter(unit="16"), sign_in(role, units=("16",))
    assert "Berichtigung eintragen" not in text_of(client.get(f"/rechnungen/{entry.number}/berichtigungen/"))
    assert corrected(client, entry)[0] == 404


def pair(enter: Enter) -> tuple[RegisterEntry, RegisterEntry, Likeness]:
    first = enter(seller_key="s", type_code="380", gross=Decimal("1190.00"))
    second = enter(seller_key="s", type_code="380", gross=Decimal("1190.00"), issued_on=date(2026, 11, 17))
    return first, second, Likeness.objects.get()


def test_a_likely_duplicate_is_linked_and_stands_side_by_side(sign_in: SignIn, enter: Enter) -> None:
    first, second, _ = pair(enter)
    client = sign_in(Role.AUDIT)
    address = f"/rechnungen/{first.number}/vergleich/{second.number}/"
    assert address in text_of(client.get(f"/rechnungen/{second.number}/"))
    page = text_of(client.get(address))
    assert "Gleicher Rechnungssteller und Bruttobetrag" in page
    assert 'Rechnungsdatum <span class="state bad">weicht ab</span>' in page
    assert "Die Buchhaltung hat noch nicht entschieden." in page


def test_no_duplicate_is_said_once_with_a_reason_and_kept(sign_in: SignIn, enter: Enter) -> None:
    first, second, likeness = pair(enter)
    client = sign_in(Role.ACCOUNTING, name="Käthe Kämmerin")
    address, form = f"/rechnungen/{first.number}/vergleich/{second.number}/", {"likeness": str(likeness.id)}
    for missing in ({"reason": "x"}, {"duplicate": "nein"}, {"duplicate": "vielleicht", "reason": "x"}):
        assert client.post(address, form | missing).status_code == 409
    said = form | {"duplicate": "nein", "reason": "Zwei Lieferungen"}
    assert "Keine Dublette" in text_of(client.post(address, said, follow=True))
    assert client.post(address, said).status_code == 409, "a second click changes nothing"
    assert "(keine Dublette, Käthe Kämmerin: Zwei Lieferungen)" in text_of(client.get(f"/rechnungen/{first.number}/"))


def test_only_accounting_decides_and_what_is_not_seen_is_named_without_a_link(sign_in: SignIn, enter: Enter) -> None:
    first = enter(seller_key="s", type_code="380", unit="51")
    second = enter(seller_key="s", type_code="380", unit="16")
    client, address = sign_in(Role.UNIT, units=("16",)), f"/rechnungen/{first.number}/vergleich/{second.number}/"
    page = text_of(client.get(f"/rechnungen/{second.number}/"))
    assert first.number in page
    assert address not in page
    assert client.get(address).status_code == 404
    form = {"likeness": str(Likeness.objects.get().id), "duplicate": "ja", "reason": "x"}
    assert sign_in(Role.AUDIT).post(address, form).status_code == 404


def test_a_contradicting_representation_of_the_same_number_is_named(sign_in: SignIn, enter: Enter) -> None:
    first = enter(number_key="k", account="DE02120300000000202051")
    second = enter(number_key="k", account="DE89370400440532013000")
    page = text_of(sign_in(Role.ACCOUNTING).get(f"/rechnungen/{second.number}/"))
    assert f"{first.number} nebeneinander ansehen</a> – Abweichende Darstellung" in page
