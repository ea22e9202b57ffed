"""Notations the XRechnung layer asks for: cash discount, IBAN, telephone and mail, addresses of attachments."""

import pytest

from tests.pipelines.xrechnung import Make, cii, cii_debit, edited, put, said, ubl, ubl_debit

GOOD = "#SKONTO#TAGE=14#PROZENT=2.00#"
SKONTO = {
    f"{GOOD}\n": True,
    f"{GOOD}\r\n": True,
    f"{GOOD}\n#SKONTO#TAGE=30#PROZENT=1.50#BASISBETRAG=357.93#\n": True,
    "#SKONTO#TAGE=7#PROZENT=2.00#BASISBETRAG=-357.93#\n": True,
    f"{GOOD}\nZahlbar ohne Abzug bis 1. April.": True,
    f"Skonto wie vereinbart:\n{GOOD}\nDanach netto.\n{GOOD}\n": True,
    f"  {GOOD}  \n   ": True,
    "Zahlbar sofort.": True,
    f"Skonto {GOOD}": True,
    "Rechnung #7, 14 Tage": True,
    GOOD: False,
    f"{GOOD} ": False,
    f"{GOOD}\n{GOOD}": False,
    f"Danach netto.\n  {GOOD}": False,
    f"{GOOD} und danach netto\n": False,
    "#SKONTO#TAGE=14#PROZENT=2.00\n": False,
    "#SKONTO#TAGE=14#PROZENT=2#\n": False,
    "#SKONTO#TAGE=14#PROZENT=2.000#\n": False,
    "#SKONTO#TAGE=14#PROZENT=2,00#\n": False,
    "#SKONTO#TAGE=14#PROZENT=-2.00#\n": False,
    "#SKONTO#TAGE=-14#PROZENT=2.00#\n": False,
    "#SKONTO#TAGE=14.5#PROZENT=2.00#\n": False,
    "#SKONTO#TAGE=#PROZENT=2.00#\n": False,
    "#SKONTO#PROZENT=2.00#TAGE=14#\n": False,
    "#SKONTO#TAGE=14#PROZENT=2.00#BASISBETRAG=357.9#\n": False,
    "#SKONTO#TAGE=14#PROZENT=2.00#BASISBETRAG=#\n": False,
    "#SKONTO# TAGE=14#PROZENT=2.00#\n": False,
    "#Skonto#Tage=14#Prozent=2.00#\n": False,
    "#VERZUG#TAGE=14#PROZENT=2.00#\n": False,
    "#\n": False,
}
TERMS = {ubl: "cac:PaymentTerms/cbc:Note", cii: "ram:SpecifiedTradePaymentTerms/ram:Description"}


@pytest.mark.parametrize(("text", "good"), SKONTO.items(), ids=map(repr, SKONTO))
@pytest.mark.parametrize("make", [ubl, cii])
def test_cash_discount_lines_follow_the_notation(make: Make, text: str, good: bool) -> None:
    assert said(edited(make(), put(TERMS[make], text))) == (set() if good else {"BR-DE-18"})


IBAN = {
    "DE02120300000000202051": True,
    "DE02 1203 0000 0000 2020 51": True,
    "\n  DE02120300000000202051\t": True,
    "GB82WEST12345698765432": True,
    "NO9386011117947": True,
    "MT84MALT011000012345MTLCAST001S": True,
    "de02120300000000202051": False,
    "GB82west12345698765432": False,
    "DE02120300000000202052": False,
    "DE02-1203-0000-0000-2020-51": False,
    "0212030000": False,
    "12345": False,
    "DE": False,
}


@pytest.mark.parametrize(("account", "good"), IBAN.items(), ids=map(repr, IBAN))
@pytest.mark.parametrize(
    ("make", "path", "rule"),
    [
        (ubl, "cac:PayeeFinancialAccount/cbc:ID", "BR-DE-19"),
        (cii, "ram:PayeePartyCreditorFinancialAccount/ram:IBANID", "BR-DE-19"),
        (ubl_debit, "cac:PayerFinancialAccount/cbc:ID", "BR-DE-20"),
        (cii_debit, "ram:PayerPartyDebtorFinancialAccount/ram:IBANID", "BR-DE-20"),
    ],
)
def test_accounts_are_asked_for_a_valid_iban(make: Make, path: str, rule: str, account: str, good: bool) -> None:
    assert said(edited(make(), put(path, account))) == (set() if good else {rule})


@pytest.mark.parametrize("code", ["30", "42", "ZZZ"])
def test_other_codes_than_sepa_take_any_account(code: str) -> None:
    for make, path, account in (
        (ubl, "cbc:PaymentMeansCode", "cac:PayeeFinancialAccount/cbc:ID"),
        (cii, "ram:SpecifiedTradeSettlementPaymentMeans/ram:TypeCode", "ram:IBANID"),
    ):
        assert said(edited(make(), put(path, code), put(account, "12345"))) == set()


PHONE = {"110": True, "+49 2331/42": True, "a1b2c3": True, " 1 1 0 ": True, "11": False, "k. A.": False, "٣٣٣": False}
MAIL = {
    "a@b.de": True,
    " a@b.de\n": True,
    "käthe@kämmerei.example": True,
    "a.b+c@d.e.example": True,
    "a@b": False,
    "a@b..de": False,
    "a@.b.de": False,
    "a@b.de.": False,
    "a@b@c.de": False,
    "a b@c.de": False,
    "@b.de": False,
    "www.b.de": False,
}
CONTACT = {ubl: "cac:AccountingSupplierParty//cac:Contact", cii: "ram:SellerTradeParty/ram:DefinedTradeContact"}


@pytest.mark.parametrize(("number", "good"), PHONE.items())
def test_a_telephone_number_has_three_digits(number: str, good: bool) -> None:
    for make, path in ((ubl, "cbc:Telephone"), (cii, "ram:TelephoneUniversalCommunication/ram:CompleteNumber")):
        assert said(edited(make(), put(f"{CONTACT[make]}/{path}", number))) == (set() if good else {"BR-DE-27"})


@pytest.mark.parametrize(("address", "good"), MAIL.items())
def test_a_mail_address_looks_like_one(address: str, good: bool) -> None:
    for make, path in ((ubl, "cbc:ElectronicMail"), (cii, "ram:EmailURIUniversalCommunication/ram:URIID")):
        assert said(edited(make(), put(f"{CONTACT[make]}/{path}", address))) == (set() if good else {"BR-DE-28"})


@pytest.mark.parametrize("address", ["ftp://a.example/b", " https://a.example/ä b", "urn:x:y"])
def test_external_locations_have_a_scheme(address: str) -> None:
    assert said(edited(ubl(), put("cac:ExternalReference/cbc:URI", address))) == set()
    assert said(edited(cii(), put("ram:AdditionalReferencedDocument/ram:URIID", address))) == set()
