"""PE-LEITWEG, PE-IBAN, PE-UST-ID, PE-STEUERNUMMER: numbers with check digits, right and wrong."""

from dataclasses import replace
from datetime import date

import pytest

from pipelines.invoice.checks.accounts import check_accounts, iban_problem
from pipelines.invoice.checks.recipient import check_leitweg
from pipelines.invoice.checks.said import Context, Expected
from pipelines.invoice.checks.tax_ids import check_tax_number, check_vat_ids, vat_id_problem
from schemas.invoice import Address, Identifier, Invoice, Party, Syntax
from schemas.payment import CreditTransfer, DirectDebit, PaymentMeans
from schemas.validation import Severity

INVOICE = Invoice(Syntax.UBL_INVOICE)
CONTEXT = Context(date(2026, 3, 31))
LEITWEG = "05962024-TEST-31"
IBAN = "DE02120300000000202051"


def paid_to(account: str | None, *, code: str = "58", bank: str | None = None) -> Invoice:
    return replace(INVOICE, payment=(PaymentMeans(code=code, transfers=(CreditTransfer(account, bank=bank),)),))


def sold_by(**said: object) -> Invoice:
    return replace(INVOICE, seller=Party(**said))  # type: ignore[arg-type]


@pytest.mark.parametrize("reference", [LEITWEG, " 05962024-test-31 ", "992-90009-96"])
def test_a_leitweg_id_in_order_is_not_mentioned(reference: str) -> None:
    assert list(check_leitweg(replace(INVOICE, buyer_reference=reference), CONTEXT)) == []


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("n/a", "nicht die Form"),
        ("05962024-TEST-32", "Prüfziffer"),
        ("5914-31001-55", "fehlt vorn eine Null?"),
    ],
)
def test_a_reference_that_is_no_leitweg_id_is_a_warning(reference: str, said: str) -> None:
    [finding] = check_leitweg(replace(INVOICE, buyer_reference=reference), CONTEXT)
    assert (finding.rule, finding.severity, finding.location) == ("PE-LEITWEG", Severity.WARNING, "BT-10")
    assert said in finding.message


def test_a_leitweg_id_of_somebody_else_is_a_warning_where_the_own_ones_are_known() -> None:
    city = replace(CONTEXT, expected=Expected(leitweg_ids=(LEITWEG,)))
    assert list(check_leitweg(replace(INVOICE, buyer_reference=LEITWEG.lower()), city)) == []
    [finding] = check_leitweg(replace(INVOICE, buyer_reference="992-90009-96"), city)
    assert "992-90009-96 ist keine der Stadt." in finding.message
    [finding] = check_leitweg(replace(INVOICE, buyer_reference="n/a"), city)
    assert "nicht die Form" in finding.message


def test_a_missing_leitweg_id_is_a_hint() -> None:
    [finding] = check_leitweg(INVOICE, CONTEXT)
    assert finding.severity is Severity.INFORMATION


@pytest.mark.parametrize(
    ("address", "found"),
    [
        (Identifier(LEITWEG.lower(), "0204"), 0),
        (Identifier("05962024-50", "0204"), 1),
        (Identifier("rechnung@stadt.example", "EM"), 0),
        (None, 0),
    ],
)
def test_the_electronic_address_of_the_buyer_names_the_same_leitweg_id(address: Identifier | None, found: int) -> None:
    invoice = replace(INVOICE, buyer_reference=LEITWEG, buyer=Party(electronic_address=address))
    assert [finding.location for finding in check_leitweg(invoice, CONTEXT)] == ["BT-49"] * found


@pytest.mark.parametrize(
    "iban",
    [IBAN, "de02 1203 0000 0000 2020 51", "AT611904300234573201", "NO9386011117947", "FR1420041010050500013M02606"],
)
def test_an_iban_in_order_is_not_mentioned(iban: str) -> None:
    assert iban_problem(iban) is None
    assert list(check_accounts(paid_to(iban), CONTEXT)) == []


@pytest.mark.parametrize(
    ("iban", "said"),
    [
        ("DE02120300000000202052", "falsche Prüfziffern"),
        ("DE0212030000000020205", "hat 21 Stellen, eine IBAN aus DE hat 22"),
        ("AT6119043002345732010", "hat 21 Stellen"),
        ("1234567890", "nicht die Form"),
        ("", "nicht die Form"),
        ("DE٠٢120300000000202051", "nicht die Form"),
    ],
)
def test_an_iban_that_cannot_be_is_a_warning(iban: str, said: str) -> None:
    assert said in (iban_problem(iban) or "")
    [finding] = check_accounts(paid_to(iban), CONTEXT)
    assert (finding.rule, finding.severity, finding.location) == ("PE-IBAN", Severity.WARNING, "BT-84")
    assert said in finding.message


def test_an_account_outside_sepa_need_not_be_an_iban() -> None:
    assert list(check_accounts(paid_to("1234567890", code="30"), CONTEXT)) == []
    assert list(check_accounts(paid_to("DE02120300000000202052", code="30"), CONTEXT)) != []


def test_the_account_to_be_debited_is_looked_at_too() -> None:
    means = PaymentMeans(code="59", direct_debit=DirectDebit(account="DE02120300000000202052"))
    assert [finding.location for finding in check_accounts(replace(INVOICE, payment=(means,)), CONTEXT)] == ["BT-91"]


@pytest.mark.parametrize(
    ("bank", "found"), [("BYLADEM1001", 0), ("ingd deff", 0), (None, 0), ("12030000", 1), ("[BIC]", 1)]
)
def test_a_bic_has_eight_or_eleven_places(bank: str | None, found: int) -> None:
    assert [finding.location for finding in check_accounts(paid_to(IBAN, bank=bank), CONTEXT)] == ["BT-86"] * found


IN_ORDER = (
    "DE136695976 DE129273398 ATU12345675 BE0428759497 EL123456789 FR83404833048 IE6433435F NL004495445B01 GB1 CHE1"
)


@pytest.mark.parametrize("vat_id", [*IN_ORDER.split(), "de 136 695 976", "GR123456789"])
def test_a_vat_id_in_order_is_not_mentioned(vat_id: str) -> None:
    assert vat_id_problem(vat_id) is None
    assert list(check_vat_ids(sold_by(vat_id=vat_id), CONTEXT)) == []


@pytest.mark.parametrize(
    ("vat_id", "said"),
    [
        ("DE136695977", "falsche Prüfziffer"),
        ("DE123456789", "falsche Prüfziffer"),
        ("DE12345678", "nicht die Form einer USt-IdNr. aus DE"),
        ("ATU123456789", "nicht die Form einer USt-IdNr. aus AT"),
        ("123456789", "beginnt mit keinem Länderkürzel"),
        ("", "beginnt mit keinem Länderkürzel"),
        ("DE١٢٣٤٥٦٧٨٩", "nicht die Form"),
    ],
)
def test_a_vat_id_that_cannot_be_is_a_warning(vat_id: str, said: str) -> None:
    [finding] = check_vat_ids(sold_by(vat_id=vat_id), CONTEXT)
    assert (finding.rule, finding.severity, finding.location) == ("PE-UST-ID", Severity.WARNING, "BT-31")
    assert said in finding.message


def test_any_one_changed_digit_of_a_german_vat_id_is_found() -> None:
    for place in range(2, 11):
        for digit in "0123456789":
            changed = "DE136695976"[:place] + digit + "DE136695976"[place + 1 :]
            assert (vat_id_problem(changed) is None) == (changed == "DE136695976")


def test_buyer_and_tax_representative_have_vat_ids_too() -> None:
    wrong = Party(vat_id="DE123456789")
    found = check_vat_ids(replace(INVOICE, buyer=wrong, tax_representative=wrong), CONTEXT)
    assert [finding.location for finding in found] == ["BT-48", "BT-63"]


@pytest.mark.parametrize(
    "number", ["321/5432/0032", "93815/08152", "181/815/08155", "5133081508159", "321 5432 0032", "3215432003"]
)
def test_a_tax_number_of_a_german_form_is_not_mentioned(number: str) -> None:
    assert list(check_tax_number(sold_by(tax_number=number), CONTEXT)) == []


@pytest.mark.parametrize("number", ["123/456/789", "123456789012", "6133081508159", "5133181508159", "unbekannt", ""])
def test_another_form_of_tax_number_is_a_warning(number: str) -> None:
    [finding] = check_tax_number(sold_by(tax_number=number, address=Address(country="DE")), CONTEXT)
    assert (finding.rule, finding.severity, finding.location) == ("PE-STEUERNUMMER", Severity.WARNING, "BT-32")


def test_a_vat_id_in_the_place_of_the_tax_number_is_a_hint() -> None:
    [finding] = check_tax_number(sold_by(tax_number="DE 136695976"), CONTEXT)
    assert finding.severity is Severity.INFORMATION
    assert "gehört in BT-31" in finding.message


def test_the_tax_number_of_a_foreign_seller_is_not_judged() -> None:
    assert list(check_tax_number(sold_by(tax_number="12-345/6789", address=Address(country="AT")), CONTEXT)) == []
