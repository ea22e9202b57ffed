"""The invoice register: its columns, filters, search, paging and what each person finds in it."""

import re
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
from pytest_django import DjangoAssertNumQueries

from records import register_list
from records.access import visible_documents
from records.models import Announcement, KeptTerms, RegisterEntry
from records.register_list import Asked, asked_for
from schemas.roles import Person, Role
from schemas.states import State
from schemas.validation import Verdict
from tests.web.conftest import NOW, Enter, SignIn, text_of
from web.pages import register

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


def link(page: str, rel: str) -> str | None:
    """Where that link of the paging leads."""
    found = re.search(rf'rel="{rel}" href="([^"]+)"', page)
    return None if found is None else unescape(found[1])


def numbers(page: str) -> list[str]:
    return re.findall(r'scope="row" class="number"><a href="/rechnungen/([^/]+)/', page)


def test_fifty_a_page_newest_first_with_few_queries(
    sign_in: SignIn, enter: Enter, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    entries = [enter().number for _ in range(51)]
    client = sign_in(Role.ACCOUNTING)
    with django_assert_max_num_queries(12):
        first = text_of(client.get("/rechnungen/"))
    assert numbers(first) == entries[:0:-1]
    assert "51 Rechnungen, neueste zuerst · 60.690,00 EUR" in first
    second = text_of(client.get(f"/rechnungen/{link(first, 'next')}"))
    assert (numbers(second), link(second, "next")) == (entries[:1], None)
    again = text_of(client.get(f"/rechnungen/{link(second, 'prev')}"))
    assert (numbers(again), link(again, "prev")) == (numbers(first), None)


@pytest.mark.parametrize(
    ("order", "expected"),
    [("neueste", "CBA"), ("aelteste", "ABC"), ("faellig", "CAB"), ("betrag", "BAC"), ("steller", "CAB"), ("x", "CBA")],
)
def test_every_order_shows_every_invoice_and_goes_on_where_a_page_ended(
    order: str, expected: str, sign_in: SignIn, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register_list, "PAGE_SIZE", 1)
    known = {
        enter(payable=Decimal(9), due_on=date(2026, 12, 2), seller_name="mitte").number: "A",
        enter(payable=Decimal(10), due_on=None, seller_name="Zuletzt").number: "B",
        enter(payable=None, due_on=date(2026, 12, 1), seller_name=None).number: "C",
    }
    client, shown, query = sign_in(Role.AUDIT), "", f"?ordnung={order}"
    while query:
        page = text_of(client.get(f"/rechnungen/{query}"))
        shown += "".join(known[number] for number in numbers(page))
        query = link(page, "next") or ""
    back = link(page, "prev")
    while back:
        page = text_of(client.get(f"/rechnungen/{back}"))
        shown += "".join(known[number] for number in numbers(page))
        back = link(page, "prev")
    assert shown == expected + expected[-2::-1]


@pytest.mark.parametrize("key", ["x", "1", "1~", "1~x", "99999999999999999999~1", "1~NaN", "1~\0", "~~", "-1~2"])
@pytest.mark.parametrize("order", ["neueste", "faellig", "betrag", "steller"])
def test_a_key_that_says_nothing_leads_to_a_page_not_to_a_failure(
    key: str, order: str, sign_in: SignIn, enter: Enter
) -> None:
    enter()
    for name in ("nach", "vor"):
        assert sign_in(Role.AUDIT).get("/rechnungen/", {name: key, "ordnung": order}).status_code == 200


def test_credit_notes_are_deducted_and_currencies_are_kept_apart(sign_in: SignIn, enter: Enter) -> None:
    enter(payable=Decimal(100), type_code="380")
    enter(payable=Decimal(30), type_code="381")
    enter(payable=Decimal(7), currency="CHF")
    assert "3 Rechnungen, neueste zuerst · 7,00 CHF · 70,00 EUR" in text_of(sign_in(Role.AUDIT).get("/rechnungen/"))


def test_a_long_list_says_that_it_was_not_counted_to_its_end(
    sign_in: SignIn, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register_list, "MOST_COUNTED", 2)
    for _ in range(3):
        enter()
    assert "mehr als 2 Rechnungen, neueste zuerst</span>" in text_of(sign_in(Role.AUDIT).get("/rechnungen/"))


@pytest.mark.parametrize("few", [0, 10_000], ids=["many documents meet it", "few documents meet it"])
def test_overdue_is_what_is_not_paid_after_its_day(
    few: int, sign_in: SignIn, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register_list, "_FEW", few)
    past, day = enter(due_on=date(2020, 1, 1)), date(2020, 1, 2)
    enter(State.PAID, due_on=date(2020, 1, 1))
    enter(due_on=None)
    later = enter(due_on=date(2020, 1, 1))
    KeptTerms.objects.create(document=later.document, due_on=date(9000, 1, 1), terms={}, computed_at=NOW)
    earlier = enter(due_on=date(9000, 1, 1))
    KeptTerms.objects.create(document=earlier.document, due_on=day, terms={}, computed_at=NOW)
    page = text_of(sign_in(Role.AUDIT).get("/rechnungen/", {"ueberfaellig": "1", "einheit": "16"}))
    assert numbers(page) == [earlier.number, past.number]
    assert '<td data-label="Fällig" class="date">02.01.2020</td>' in page, "as computed, not as the invoice says"


def test_by_time_of_receipt_mandant_and_hint(sign_in: SignIn, enter: Enter) -> None:
    first = enter(seller_key="s", type_code="380")
    second = enter(seller_key="s", type_code="380")
    third = enter(gross=Decimal(5), legal_entity="sih", series="SIH")
    client = sign_in(Role.AUDIT)

    def found(**query: str) -> list[str]:
        return numbers(text_of(client.get("/rechnungen/", query)))

    assert found(von="2026-11-23", bis="2026-11-23") == [third.number, second.number, first.number]
    assert found(bis="2026-11-22") == found(von="2026-11-24") == []
    assert found(mandant="stadt") == [second.number, first.number]
    assert found(hinweis="1") == [second.number, first.number]
    assert len(found(mandant="x", von="gestern", bis="9999-12-31")) == 3, "nonsense narrows nothing"


def test_the_number_of_a_register_that_leads_comes_first(sign_in: SignIn, enter: Enter) -> None:
    entry = enter()
    Announcement.objects.create(entry=entry, told="offen", status="eingetragen", leading_number="FIN-77")
    page = text_of(sign_in(Role.AUDIT).get("/rechnungen/"))
    assert page.index("FIN-77") < page.index(f">{entry.number}<")


@pytest.mark.parametrize("role", list(Role))
def test_everybody_finds_exactly_the_invoices_they_may_see(role: Role, sign_in: SignIn, enter: Enter) -> None:
    enter(unit="16")
    enter(unit="51")
    enter(unit=None)
    enter(State.LOCKED, unit="16")
    person = Person(1, "Maria Muster", frozenset({role}), frozenset({"16"}))
    seen = RegisterEntry.objects.filter(document__in=visible_documents(person))
    for asked in (Asked(), Asked(unit="16"), Asked(state=State.TO_CERTIFY_FACTUALLY)):
        wanted = {"unit": asked.unit} if asked.unit else {}
        wanted |= {"state": asked.state} if asked.state else {}
        expected = set(seen.filter(**{f"document__{name}": value for name, value in wanted.items()}))
        if role is not Role.MAILROOM:  # has no register
            assert set(asked_for(person, asked)) == expected


@pytest.mark.parametrize("kind", ["csv", "json", "xml", "xlsx"])
def test_the_register_is_handed_out_as_a_file(kind: str, sign_in: SignIn, enter: Enter) -> None:
    entry = enter()
    answer = sign_in(Role.AUDIT).get(
        "/rechnungen/ausgabe", {"von": "2026-11-01", "bis": "2026-11-30", "format": kind, "mandant": "stadt"}
    )
    assert answer.status_code == 200
    assert answer["content-disposition"].startswith('attachment; filename="rechnungseingangsbuch-2026-11-01-')
    content = b"".join(answer.streaming_content)
    assert len(content) > 500
    if kind in ("json", "xml"):
        assert entry.number.encode() in content


@pytest.mark.parametrize("query", [{}, {"von": "2026-11-30", "bis": "2026-11-01", "format": "csv"}, {"format": "exe"}])
def test_a_file_nobody_can_make_is_a_sentence(query: dict[str, str], sign_in: SignIn) -> None:
    page = text_of(sign_in(Role.AUDIT).get("/rechnungen/ausgabe", query, follow=True))
    assert "Bitte Beginn, Ende und Format der Ausgabe angeben." in page


def test_more_than_a_browser_waits_for_is_left_to_the_command_line(
    sign_in: SignIn, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter()
    monkeypatch.setattr(register, "_MOST_DOWNLOADED", 0)
    query = {"von": "2026-11-01", "bis": "2026-11-30", "format": "csv"}
    page = text_of(sign_in(Role.AUDIT).get("/rechnungen/ausgabe", query, follow=True))
    assert "posteingang register export" in page


def test_a_seller_is_shown_as_text_never_as_markup(sign_in: SignIn, enter: Enter) -> None:
    entry = enter(unit="16", seller_name="<img src=x onerror=alert(1)>", number="<b>1</b>")
    client = sign_in(Role.UNIT, Role.ACCOUNTING, units=("16",))
    for address in ("/", "/rechnungen/", f"/rechnungen/{entry.number}/"):
        page = text_of(client.get(address))
        assert "<img src=x" not in page
        assert "<b>1</b>" not in page
        assert "&lt;img src=x onerror" in page
