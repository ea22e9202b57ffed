"""The invoice register: its columns, filters, search, paging and what each person finds in it."""

from datetime import date
from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries

from schemas.roles import Role
from schemas.states import State
from schemas.validation import Verdict
from tests.web.conftest import Enter, SignIn, text_of

pytestmark = pytest.mark.django_db


def test_an_empty_register_says_so(sign_in: SignIn) -> None:
    assert "enthält noch keine Rechnung" in text_of(sign_in(Role.ACCOUNTING).get("/rechnungen/"))


def test_a_row_says_everything_in_german(sign_in: SignIn, enter: Enter) -> None:
    entry = enter(
        State.TO_ORDER,
        number="R-4711",
        payable=Decimal("12345.60"),
        issued_on=date(2026, 11, 1),
        due_on=date(2026, 12, 1),
    )
    page = text_of(sign_in(Role.ACCOUNTING).get("/rechnungen/"))
    for shown in (
        entry.number,
        "23.11.2026",
        "Bürobedarf Schmidt e. K.",
        "R-4711",
        "01.11.2026",
        '<td data-label="Betrag" class="amount">12.345,60 EUR</td>',
        "01.12.2026",
        "16 Bereich EDV",
        "formal geprüft",
        "wartet auf Auszahlungsanordnung",
    ):
        assert shown in page


def test_what_an_invoice_does_not_say_is_a_dash(sign_in: SignIn, enter: Enter) -> None:
    enter(number=None, issued_on=None, due_on=None, payable=None, currency=None, seller_name=None, unit=None)
    page = text_of(sign_in(Role.ACCOUNTING).get("/rechnungen/"))
    assert page.count('">–</td>') == 5


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"zustand": "to_order"}, "B"),
        ({"einheit": "51"}, "B"),
        ({"pruefung": "reject"}, "B"),
        ({"suche": "stadtwerke"}, "B"),
        ({"suche": "INV-b"}, "B"),
        ({"suche": "gmbh stadtwerke"}, "B"),
        ({"zustand": "to_order", "einheit": "16"}, ""),
        ({"suche": "niemand"}, ""),
        ({"zustand": "unsinn", "einheit": "99", "pruefung": "?", "seite": "-3"}, "AB"),
    ],
)
def test_the_register_is_filtered_and_searched(
    query: dict[str, str], found: str, sign_in: SignIn, enter: Enter
) -> None:
    entries = {
        "A": enter(unit="16", number="INV-A"),
        "B": enter(
            State.TO_ORDER, unit="51", number="INV-B", verdict=Verdict.REJECT, seller_name="Stadtwerke Musterstadt GmbH"
        ),
    }
    page = text_of(sign_in(Role.ACCOUNTING).get("/rechnungen/", query))
    assert "".join(key for key, entry in entries.items() if f"/rechnungen/{entry.number}/" in page) == found
    if not found:
        assert "Dazu gibt es keine Rechnung" in page


def test_both_register_numbers_are_found(sign_in: SignIn, enter: Enter) -> None:
    entry, other = enter(), enter()
    client = sign_in(Role.AUDIT)
    for number in (entry.number, entry.document.register_number):
        page = text_of(client.get("/rechnungen/", {"suche": number}))
        assert entry.number in page
        assert f"/rechnungen/{other.number}/" not in page


def test_a_unit_finds_its_own_invoices_only(sign_in: SignIn, enter: Enter) -> None:
    own, other = enter(unit="16"), enter(unit="51")
    page = text_of(sign_in(Role.ORDERING, units=("16",)).get("/rechnungen/"))
    assert own.number in page
    assert other.number not in page


def test_fifty_a_page_newest_first_with_few_queries(
    sign_in: SignIn, enter: Enter, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    entries = [enter() for _ in range(51)]
    client = sign_in(Role.ACCOUNTING)
    with django_assert_max_num_queries(9):
        first = text_of(client.get("/rechnungen/"))
    assert first.count('scope="row"') == 50
    assert entries[-1].number in first
    assert entries[0].number not in first
    assert entries[0].number in text_of(client.get("/rechnungen/?seite=2"))


def test_a_seller_is_shown_as_text_never_as_markup(sign_in: SignIn, enter: Enter) -> None:
    entry = enter(unit="16", seller_name="<img src=x onerror=alert(1)>", number="<b>1</b>")
    client = sign_in(Role.UNIT, Role.ACCOUNTING, units=("16",))
    for address in ("/", "/rechnungen/", f"/rechnungen/{entry.number}/"):
        page = text_of(client.get(address))
        assert "<img src=x" not in page
        assert "<b>1</b>" not in page
        assert "&lt;img src=x onerror" in page
