"""The pages about paying: what is lost first, the hand-over and its answers, notices."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from config.load import city
from config.settings import load_settings
from records import audit, notices, payment_terms
from records.decisions import last_sequence
from records.models import Act, FinanceBatch, FinanceItem, RegisterEntry
from records.shown import shown_of
from schemas.payment_terms import Loss, LossKind, PaymentTerms
from schemas.roles import Action, Role
from schemas.states import State
from tests.web.conftest import NOW, Enter, SignIn, text_of
from web.evidence import object_store
from workers.finance import hand_over, take_receipts

pytestmark = pytest.mark.django_db
Due = Callable[..., RegisterEntry]


@pytest.fixture
def due(enter: Enter) -> Due:
    """An open invoice that loses that amount unless somebody acts in so many days."""

    def make(
        days: int,
        amount: str = "20.00",
        *,
        unit: str = "16",
        state: State = State.TO_CERTIFY_FACTUALLY,
        kind: LossKind = LossKind.DISCOUNT,
        number: str = "1",
    ) -> RegisterEntry:
        entry = enter(state, unit=unit, number=number, seller_name=f"Firma {number}")
        day = timezone.localdate() + timedelta(days)
        far = day + timedelta(60)
        first = Loss(kind, day, day + timedelta(3), Decimal(amount))
        last = Loss(LossKind.DEFAULT, far, far, Decimal("40.28"))
        losses = (first,) if kind is LossKind.DEFAULT else (first, last)
        terms = PaymentTerms(day, day, Decimal("1000.00"), "EUR", far, None, day, far, losses=losses)
        payment_terms.keep(entry.document, terms, NOW)
        return entry

    return make


def test_what_is_lost_first_stands_on_top(due: Due, sign_in: SignIn) -> None:
    late, soon, today = (due(days, number=str(days)) for days in (9, 2, 0))
    page = text_of(sign_in(Role.ACCOUNTING).get("/rechnungen/fristen/"))
    places = [page.index(f"/rechnungen/{entry.number}/") for entry in (today, soon, late)]
    assert places == sorted(places)


def test_only_what_is_lost_today_is_in_danger_today(due: Due, sign_in: SignIn) -> None:
    due(0, "20.00", number="1")
    due(0, "12.50", number="2", unit="51")
    due(1, "99.00", number="3")
    due(0, "77.00", number="4", state=State.PAID)
    page = text_of(sign_in(Role.ACCOUNTING).get("/rechnungen/fristen/"))
    assert "Heute in Gefahr: 32,50 EUR" in page
    assert "51" in page and "12,50 EUR" in page


def test_a_unit_sees_its_own_euros_only(due: Due, sign_in: SignIn) -> None:
    due(0, "20.00", number="1")
    foreign = due(0, "12.50", number="2", unit="51")
    page = text_of(sign_in(Role.UNIT, units=("16",)).get("/rechnungen/fristen/"))
    assert "Heute in Gefahr: 20,00 EUR" in page
    assert foreign.number not in page


def test_a_discount_that_is_lost_gives_way_to_the_next_deadline(due: Due, sign_in: SignIn) -> None:
    due(-1)
    page = text_of(sign_in(Role.ACCOUNTING).get("/rechnungen/fristen/?verlust=verzug"))
    assert "1 offene Rechnung" in page and "40,28" in page


def test_default_is_named_with_its_interest_a_day(due: Due, sign_in: SignIn) -> None:
    due(-10, "40.28", kind=LossKind.DEFAULT)
    page = text_of(sign_in(Role.ACCOUNTING).get("/rechnungen/fristen/"))
    assert "Im Verzug: 1 Rechnung, das kostet jeden Tag 0,33 EUR Zinsen" in page, "1190 EUR at 10.27 per cent"


def test_filters_lead_to_a_sentence_when_nothing_fits(due: Due, sign_in: SignIn) -> None:
    due(0)
    page = text_of(sign_in(Role.ACCOUNTING).get("/rechnungen/fristen/?einheit=51"))
    assert "Dazu gibt es keine offene Rechnung" in page


def test_many_invoices_cost_no_more_queries(
    due: Due, sign_in: SignIn, django_assert_max_num_queries: Callable[..., object]
) -> None:
    client = sign_in(Role.ACCOUNTING)
    for number in range(30):
        due(number, number=str(number))
    client.get("/rechnungen/fristen/")
    with django_assert_max_num_queries(25):  # type: ignore[attr-defined]
        client.get("/rechnungen/fristen/")


def test_the_page_of_an_invoice_says_what_is_lost_next(due: Due, sign_in: SignIn) -> None:
    entry = due(0)
    page = text_of(sign_in(Role.UNIT, units=("16",)).get(f"/rechnungen/{entry.number}/"))
    assert "sonst kostet es 20,00 EUR" in page and "Verzug spätestens ab" in page


# Hand-over


@pytest.fixture
def batch(enter: Enter) -> FinanceBatch:
    for folder in load_settings().folders():
        folder.mkdir(parents=True, exist_ok=True)
    enter(State.TO_EXPORT)
    (number,) = hand_over(load_settings(), city(), object_store(), NOW)
    return FinanceBatch.objects.get(number=number)


def test_a_batch_is_shown_with_its_invoices_hash_and_files(batch: FinanceBatch, sign_in: SignIn) -> None:
    client = sign_in(Role.AUDIT)
    listed = text_of(client.get("/rechnungen/uebergabe/"))
    assert batch.number in listed and "wartet auf Quittung" in listed
    page = text_of(client.get(f"/rechnungen/uebergabe/{batch.number}/"))
    assert batch.sha256 in page and "1.190,00 EUR" in page
    number = batch.items.get().number
    assert f"{batch.number}, Fassung 1" in text_of(client.get(f"/rechnungen/{number}/"))
    answer = client.get(f"/rechnungen/uebergabe/{batch.number}/{batch.number}.xml")
    assert answer.status_code == 200 and b"".join(answer.streaming_content).startswith(b"<?xml")  # type: ignore[attr-defined]
    assert "attachment" in answer.headers["Content-Disposition"]


def test_only_files_made_for_the_batch_can_be_fetched_here(batch: FinanceBatch, sign_in: SignIn) -> None:
    original = batch.files.exclude(name__startswith=batch.number).get()
    client = sign_in(Role.ACCOUNTING)
    for name in (original.name, "x.xml", "..%2fsecret_key"):
        assert client.get(f"/rechnungen/uebergabe/{batch.number}/{name}").status_code == 404
    assert sign_in(Role.UNIT, units=("16",)).get(f"/rechnungen/uebergabe/{batch.number}/").status_code == 404


def test_a_refused_booking_is_released_again_by_signature_and_goes_out_once_as_version_2(
    batch: FinanceBatch, sign_in: SignIn
) -> None:
    item, settings = batch.items.get(), load_settings()
    address, document = f"/rechnungen/{item.number}/", item.document
    lines = "uebergabe;re_nummer;fassung;ergebnis;datum;beleg;grund\n"
    lines += f"{batch.number};{item.number};1;abgelehnt;24.11.2026;;Sachkonto gesperrt\n"
    receipt = settings.finance_in / "quittung.csv"
    receipt.write_text(lines)
    receipt.with_name(f"{receipt.name}.ready").touch()
    assert take_receipts(settings, object_store(), NOW) == (1, 0)

    client = sign_in(Role.ACCOUNTING, name="Bruno Buchner")
    page = text_of(client.get(address))
    assert "Sachkonto gesperrt" in page and "Erneut freigeben" in page
    assert city().invoices.wording[Action.RELEASE] in page, "the person reads what they sign"
    assert item.number in text_of(client.get("/"))
    form = {
        "action": Action.RELEASE,
        "seen": last_sequence(document.id),
        "shown": shown_of(document).token,
    }
    for other in (sign_in(Role.UNIT, units=("16",)), sign_in(Role.AUDIT), sign_in(Role.MAILROOM)):
        other.post(address, form)
        assert FinanceItem.objects.count() == 1 and not Act.objects.exists()
    for _ in range(2):  # a double click
        client.post(address, form)
    act = Act.objects.get(document=document)
    assert (act.action, act.name, act.wording) == (
        Action.RELEASE,
        "Bruno Buchner",
        city().invoices.wording[Action.RELEASE],
    )
    (number,) = hand_over(settings, city(), object_store(), NOW)
    assert hand_over(settings, city(), object_store(), NOW) == ()
    assert list(document.finance_items.order_by("version").values_list("batch__number", "version")) == [
        (batch.number, 1),
        (number, 2),
    ]
    assert f"{item.number}-v2" in (settings.finance_out / number / f"{number}.xml").read_text()
    assert not list(audit.verify())


def test_the_row_of_invoices_is_open_on_its_pages(sign_in: SignIn) -> None:
    client = sign_in(Role.ACCOUNTING)
    page = text_of(client.get("/rechnungen/fristen/"))
    assert '<a href="/rechnungen/fristen/" aria-current="page">Zahlungsfristen' in page
    assert '<a href="/rechnungen/" aria-current="page">Register' not in page
    assert "Zahlungsfristen" not in text_of(client.get("/status/"))


# Notices


def test_a_notice_without_receiver_is_shown_as_open(sign_in: SignIn) -> None:
    roles = frozenset({Role.ACCOUNTING})
    notices.notify("a", unit="16", roles=roles, subject="RE-2026-000001: fällig", text="Bis 30.11.", now=NOW)
    page = text_of(sign_in(Role.ADMIN).get("/hinweise/"))
    assert "RE-2026-000001: fällig" in page and "offen" in page and "kein Mailserver" in page


def test_nothing_is_shown_where_there_is_nothing(sign_in: SignIn) -> None:
    client = sign_in(Role.ACCOUNTING)
    assert "Keine offene Rechnung wartet" in text_of(client.get("/rechnungen/fristen/"))
    assert "Es gibt noch keine Übergabe" in text_of(client.get("/rechnungen/uebergabe/"))
    assert "Es gibt noch keinen Hinweis" in text_of(client.get("/hinweise/"))
