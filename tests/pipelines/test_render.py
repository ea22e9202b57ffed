"""The readable pages show everything there is, nothing that is not, and nothing that could act."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from pipelines.invoice import codes, german
from pipelines.invoice.render import invoice_html, protocol_html, report_html
from schemas.invoice import (
    AdvancePayment,
    Attachment,
    Delivery,
    Invoice,
    Line,
    Note,
    Party,
    Period,
    Syntax,
    Totals,
    VatBreakdown,
)
from schemas.payment import CreditTransfer, Instalment, PaymentDiscount, PaymentMeans, ThirdPartyPayment
from schemas.roles import SIGNED, Action
from schemas.validation import Severity, Verdict
from tests.pipelines.pages import (
    LOCATION,
    SHA256,
    SHA512,
    Page,
    act,
    allowance,
    filled,
    finding,
    leaves,
    protocol,
    report,
    small_invoice,
    small_line,
)

FULL: Invoice = filled(Invoice)
HOSTILE = '<b onmouseover="alert(1)">\'&amp;{{ 7 * 7 }}'


def shown(invoice: Invoice, **options: Any) -> str:
    return Page(invoice_html(invoice, title="RE-2026-000042", **options)).words


def as_shown(value: object) -> str:
    """How a filled leaf must read; the filler's numbers read the same as amount and as quantity."""
    if isinstance(value, bool):
        return "Zuschlag" if value else "Nachlass"
    if isinstance(value, Decimal):
        return german.amount(value)
    if isinstance(value, date):
        return german.day(value)
    return german.file_size(len(value)) if isinstance(value, bytes) else str(value)


@pytest.mark.parametrize(("path", "value"), [pytest.param(path, value, id=path) for path, value in leaves(FULL)])
def test_every_term_of_the_invoice_is_shown(path: str, value: object) -> None:
    assert as_shown(value) in shown(FULL), f"{path} is missing in the readable invoice"


def test_an_invoice_that_says_nothing_shows_nothing_made_up() -> None:
    text = shown(Invoice(Syntax.CII))
    for word in (
        "None",
        "–",
        "Anlagen",
        "Zahlung",
        "IBAN",
        "Lieferung",
        "Zahlbetrag",
        "fällig",
        "EUR",
        "Bezüge",
        "Summen",
    ):
        assert word not in text
    assert "Rechnung ohne Angabe der Art" in text
    assert "Rechnungssteller Nicht angegeben." in text
    assert "Der Datensatz enthält keine Positionen." in text


def test_accountants_read_who_what_how_much_and_where_to_pay_in_this_order() -> None:
    headings = re.findall(r"<h2>(.+?)</h2>", invoice_html(FULL, title="x"))
    assert headings == [
        "Rechnungssteller",
        "Angaben zur Rechnung",
        "Positionen",
        "Nachlässe und Zuschläge",
        "Summen",
        "Aufschlüsselung der Umsatzsteuer",
        "Zahlung",
        "Abweichender Zahlungsempfänger",
        "Bezüge",
        "Rechnungsempfänger",
        "Lieferung",
        "Abweichender Rechnungsempfänger",
        "Steuervertreter des Rechnungsstellers",
        "Hinweise",
        "Anlagen",
        "Vorherige Rechnungen",
        "Datensatz",
    ]


def hostile(value: Any) -> Any:
    """The same value with markup in every text."""
    if isinstance(value, str) and not isinstance(value, Syntax):
        return HOSTILE
    if isinstance(value, tuple):
        return tuple(hostile(item) for item in value)
    if hasattr(value, "__dataclass_fields__"):
        return replace(value, **{name: hostile(getattr(value, name)) for name in value.__dataclass_fields__})
    return value


PAGES = {
    "invoice": invoice_html(hostile(FULL), title=HOSTILE),
    "report": report_html(
        report(finding(Severity.ERROR, HOSTILE), verdict=Verdict.REJECT).model_copy(update={"file": HOSTILE})
    ),
    "protocol": protocol_html(protocol(act(reason=HOSTILE, wording=HOSTILE, name=HOSTILE), unit=HOSTILE, demo=True)),
}


@pytest.mark.parametrize("name", PAGES)
def test_markup_in_values_is_text(name: str) -> None:
    page = Page(PAGES[name])
    assert HOSTILE in page.words
    assert "b" not in page.tags
    assert not any(key.startswith("on") for key, _ in page.attributes)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_stands_alone_and_cannot_act(name: str) -> None:
    page = Page(PAGES[name])
    assert not {"script", "link", "img", "iframe", "object", "form", "a", "base", "svg"} & set(page.tags)
    assert not {"src", "href", "action", "style", "srcset"} & {key for key, _ in page.attributes}
    style = page.html.split("<style>")[1].split("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style


def test_the_same_values_give_the_same_bytes() -> None:
    assert invoice_html(FULL, title="x") == invoice_html(filled(Invoice), title="x")
    assert protocol_html(protocol(act())) == protocol_html(protocol(act()))


def test_of_many_lines_the_first_are_shown_and_the_others_counted() -> None:
    invoice = small_invoice(lines=tuple(small_line(number) for number in range(1, 1301)))
    text = shown(invoice, max_lines=50)
    assert "Posten 50 " in text
    assert "Posten 51 " not in text
    assert "Weitere 1.250 Positionen stehen im Datensatz; hier sind nur die ersten 50 gezeigt." in text
    assert "Posten 1300 " in shown(invoice)
    assert "im Datensatz; hier" not in shown(invoice)


@pytest.mark.parametrize(
    ("most", "sentence"),
    [(1, "Eine weitere Position steht im Datensatz"), (0, "Die 2 Positionen stehen im Datensatz.")],
)
def test_the_count_of_what_is_left_out_is_a_sentence(most: int, sentence: str) -> None:
    assert sentence in shown(small_invoice(lines=(small_line(1), small_line(2))), max_lines=most)


@pytest.mark.parametrize(
    ("code", "heading"),
    [
        ("380", "Rechnung R-4711"),
        ("381", "Gutschrift R-4711"),
        ("384", "Korrekturrechnung R-4711"),
        ("877", "Schlussrechnung (Bau) R-4711"),
        ("751", "Beleg der Art 751 R-4711"),
    ],
)
def test_the_heading_names_the_kind(code: str, heading: str) -> None:
    assert heading in shown(small_invoice(type_code=code))


@pytest.mark.parametrize(
    ("changes", "label"),
    [
        ({}, "Zahlbetrag"),
        ({"type_code": "381"}, "Gutschriftbetrag"),
        ({"syntax": Syntax.UBL_CREDIT_NOTE, "type_code": "396"}, "Gutschriftbetrag"),
    ],
)
def test_nobody_is_told_to_pay_a_credit_note(changes: dict[str, Any], label: str) -> None:
    text = shown(small_invoice(**changes))
    assert f"{label} 1.190,00 EUR" in text
    assert ("Zahlbetrag" in text) is (label == "Zahlbetrag")


def test_amounts_dates_and_accounts_are_german() -> None:
    text = shown(small_invoice())
    for part in (
        "1.190,00 EUR",
        "02.11.2026",
        "fällig am 02.12.2026",
        "DE02 1203 0000 0000 2020 51",
        "1.250,5",
        "19 %",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("invoice", "part"),
    [
        (small_invoice(), "m² (MTK)"),
        (small_invoice(lines=(small_line(1, unit="XYZ"),)), " XYZ "),
        (small_invoice(), "SEPA-Überweisung (58)"),
        (small_invoice(payment=(PaymentMeans("99"),)), "Zahlungsweg 99"),
        (small_invoice(vat=(VatBreakdown(category="K", rate=Decimal(0)),)), "innergemeinschaftliche Lieferung (K) 0 %"),
        (small_invoice(notes=(Note("Text", "AAI"),)), "Allgemeine Hinweise AAI Text"),
        (small_invoice(period=Period(date(2026, 10, 1), None, "35")), "Steuerdatum nach Lieferdatum (35)"),
        (small_invoice(period=Period(date(2026, 10, 1))), "ab 01.10.2026"),
        (small_invoice(period=Period(None, date(2026, 10, 31))), "bis 31.10.2026"),
        (small_invoice(allowances=(allowance(),)), "Nachlass (Nachlass 95) −50,00"),
        (small_invoice(allowances=(allowance(is_charge=True, reason_code="FC"),)), "Zuschlag (Fracht FC) 50,00"),
        (small_invoice(payment=(PaymentMeans("30", transfers=(CreditTransfer("4711"),)),)), "Konto 4711"),
        (small_invoice(delivery=Delivery(name="Rathaus II")), "Lieferung Rathaus II"),
        (small_invoice(attachments=(Attachment("A1", content=b""),)), "A1 0 Byte"),
        (small_invoice(totals=Totals(payable=Decimal("-1.5"))), "−1,50 EUR"),
        (small_invoice(problems=("BT-2 ist kein Datum.",)), "ließ sich lesen: BT-2 ist kein Datum."),
    ],
)
def test_codes_carry_their_meaning_and_unknown_ones_stand_for_themselves(invoice: Invoice, part: str) -> None:
    assert part in shown(invoice)


def test_structured_discounts_are_also_said_in_words() -> None:
    terms = "Netto 30 Tage\n#SKONTO#TAGE=14#PROZENT=2.25#\n#SKONTO#TAGE=21#PROZENT=1.00#BASISBETRAG=500.00#\n"
    text = shown(small_invoice(payment_terms=terms))
    assert "Netto 30 Tage #SKONTO#TAGE=14" in text
    first = "2,25 % = 26,78 EUR auf 1.190,00 EUR bei Zahlung binnen 14 Tagen, nach Rechnungsdatum bis 16.11.2026"
    second = "1 % = 5,00 EUR auf 500,00 EUR bei Zahlung binnen 21 Tagen, nach Rechnungsdatum bis 23.11.2026"
    assert f"{first} {second}" in text
    undated = shown(small_invoice(payment_terms="#SKONTO#TAGE=14#PROZENT=2.00#\n", issued_on=None))
    assert "bei Zahlung binnen 14 Tagen" in undated
    assert "nach Rechnungsdatum" not in undated
    assert "Skonto" not in shown(small_invoice(payment_terms="#SKONTO#TAGE=14#PROZENT=2,25#")).replace("#SKONTO", "")


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ({"base_quantity": Decimal(100)}, "0,80 je 100"),
        ({"base_quantity": Decimal(100), "base_unit": "KGM"}, "0,80 je 100 kg (KGM)"),
        ({"base_unit": "KGM"}, "0,80 je kg (KGM)"),
        ({"base_quantity": Decimal("1.0"), "base_unit": "MTK"}, "(MTK) 0,80 19 %"),
        ({"gross_price": Decimal(1), "price_discount": Decimal("0.2")}, "0,80 Listenpreis 1,00 Rabatt 0,20"),
        ({"gross_price": Decimal("0.80")}, "(MTK) 0,80 19 %"),
    ],
)
def test_a_price_says_for_how_much_it_is(line: dict[str, Any], part: str) -> None:
    assert part in shown(small_invoice(lines=(small_line(1, **line),)))


def test_marks_that_turn_the_writing_direction_are_made_visible() -> None:
    text = shown(small_invoice(number="12\u202e34\u2066\x00\ud800", seller=Party(name="שלום GmbH")))
    assert "12\ufffd34\ufffd\ufffd\ufffd" in text
    assert "שלום GmbH" in text


def test_words_without_end_can_be_broken_and_are_copied_whole() -> None:
    word = "<&x>" * 2500
    page = Page(invoice_html(small_invoice(project=f"Projekt {word} Ende"), title=word))
    assert f"Projekt {word} Ende" in page.words
    assert page.tags.count("wbr") > 200
    assert all("<wbr>" not in value for _, value in page.attributes)


def test_an_endless_number_leaves_room_for_the_others() -> None:
    number = Decimal("123456789012345678.123456789012345678901234567891")
    html = invoice_html(small_invoice(lines=(Line(quantity=number),)), title="x")
    assert german.quantity(number) in html
    assert 'class="lines fixed"' in html
    assert 'class="lines fixed"' not in invoice_html(small_invoice(), title="x")


def test_the_report_groups_findings_worst_first() -> None:
    findings = (finding(Severity.INFORMATION, "I-1"), finding(Severity.ERROR, "E-1"), finding(Severity.ERROR, "E-2"))
    text = Page(report_html(report(*findings, verdict=Verdict.REJECT))).words
    assert "nicht bestanden" in text
    assert re.search(r"Fehler: 2 E-1 Fehler .* E-2 Fehler .* Hinweis: 1 I-1 Hinweis", text)
    assert "Der <Kontakt> & mehr fehlt." in text


def test_a_place_is_shown_without_namespaces_and_kept_in_full() -> None:
    page = Page(report_html(report(finding(Severity.WARNING))))
    assert "/Invoice[1]/AccountingSupplierParty[1]" in page.words
    assert ("title", LOCATION) in page.attributes


def test_the_report_never_says_that_an_invoice_is_right() -> None:
    text = Page(report_html(report())).words
    assert "formal geprüft" in text
    assert "Keine Beanstandungen." in text
    assert text.count("richtig") == 1
    assert "Ob die Rechnung sachlich und rechnerisch richtig ist, stellen Menschen fest." in text


def test_the_report_says_what_judged() -> None:
    text = Page(report_html(report())).words
    for part in ("E-Rechnung", "UBL Invoice", "urn:cen.eu:en16931:2017", "EN16931 (UBL Invoice)", "rechnung.xml"):
        assert part in text
    assert f"EN16931-UBL-validation 1.3.16 {SHA256}" in text
    assert "Alle Regelwerke haben geprüft." in text


def test_a_report_without_judgement_claims_nothing() -> None:
    empty = report(verdict=Verdict.NOT_ASSESSED).model_copy(update={"rules": (), "scenario": None, "syntax": None})
    text = Page(report_html(empty)).words
    assert "nicht prüfbar" in text
    assert "Keine Beanstandungen" not in text
    assert "Kein Regelwerk hat geprüft." in text
    assert "None" not in text


def test_of_many_findings_the_worst_are_shown_and_the_others_counted() -> None:
    many = [finding(Severity.WARNING, f"W-{number}") for number in range(1300)]
    text = Page(report_html(report(*many, finding(Severity.ERROR, "E-1")), max_findings=2)).words
    assert "E-1" in text
    assert "W-0 " in text
    assert "W-1 " not in text
    assert "weitere: 1.299." in text


def test_the_protocol_says_who_did_what_when_and_on_what_ground() -> None:
    text = Page(protocol_html(protocol(act(), act(Action.ACCEPT, wording="", reason="Konto geprüft")))).words
    assert "1. Sachliche Feststellung § 31 Abs. 2 KomHVO NRW Maria Muster, 24.11.2026, 14:05 Uhr" in text
    assert "(2026-11-24T13:05:07Z)" in text
    assert "Die Leistung wurde erbracht. Sachlich richtig." in text
    assert f"Gesehene Rechnung SHA-256 {'1' * 64} Gesehener Prüfbericht SHA-256 {'2' * 64}" in text
    assert "Ereignis der Beweiskette 4711" in text
    assert "2. Angenommen trotz Befund Maria Muster" in text
    assert "Begründung Konto geprüft" in text


def test_the_protocol_ties_entry_mail_and_files() -> None:
    text = Page(protocol_html(protocol())).words
    for part in ("Stadt Iserlohn", "RE-2026-000042", "PE-2026-000123", "23.07.2026, 08:12 Uhr", "16 Zentrale Dienste"):
        assert part in text
    assert f"Rechnung wie eingegangen rechnung.xml 12,3 kB SHA-256 {SHA256} SHA-512 {SHA512}" in text
    assert "Zahlbetrag 1.190,00 EUR" in text
    assert "formal geprüft" in text
    assert "Noch keine Handlung verzeichnet." in text
    assert "Erstellt am 24.11.2026, 15:00 Uhr." in text


@pytest.mark.parametrize("demo", [True, False])
def test_a_demonstration_is_marked_as_one(demo: bool) -> None:
    assert ("Vorführung, erfundene Daten" in Page(protocol_html(protocol(demo=demo))).words) is demo


def test_every_action_has_its_name_and_every_signature_its_ground() -> None:
    assert set(codes.ACTIONS) == set(Action)
    assert set(codes.LEGAL_BASIS) == set(SIGNED)


@pytest.mark.parametrize("name", ["received_at", "made_at"])
def test_a_protocol_knows_no_time_without_zone(name: str) -> None:
    with pytest.raises(ValueError, match="naive"):
        protocol(**{name: datetime(2026, 11, 24)})
    protocol(**{name: datetime(2026, 11, 24, tzinfo=UTC)})


def with_sub_lines() -> Invoice:
    part = small_line(3, identifier="1.1.1", name="Nagel", net=Decimal("0.40"), counts=False)
    sub = small_line(2, identifier="1.1", name="Brett", net=Decimal("10.00"), counts=False, sub_lines=(part,))
    return small_invoice(lines=(small_line(1, sub_lines=(sub,)), small_line(4)))


def test_sub_lines_stand_below_their_line_and_say_that_it_contains_them() -> None:
    html = invoice_html(with_sub_lines(), title="x")
    rows = re.findall(r'<tr class="(in\d)?( has)?"><td>(.+?)</td>', html)
    assert rows == [("", " has", "1"), ("in1", " has", "1.1"), ("in2", "", "1.1.1")]
    words = Page(html).words
    assert "1 Posten 1 1.250,5 m² (MTK) 0,80 19 % S 1.000,40 1.1 Brett" in words
    assert "19 % S davon 10,00 1.1.1 Nagel" in words
    assert "davon 0,40 4 Posten 4" in words


@pytest.mark.parametrize(("depth", "name"), [(5, "in5"), (6, "in5"), (60, "in5")])
def test_below_the_fifth_level_the_indent_stays(depth: int, name: str) -> None:
    line = small_line(depth, name="tief")
    for level in range(depth):
        line = small_line(level, sub_lines=(line,))
    assert f'<tr class="{name}"><td>{depth}</td>' in invoice_html(small_invoice(lines=(line,)), title="x")


@pytest.mark.parametrize(("most", "more"), [(1, "Weitere 3 Positionen"), (3, "Eine weitere Position")])
def test_sub_lines_are_counted_where_not_all_lines_are_shown(most: int, more: str) -> None:
    assert more in shown(with_sub_lines(), max_lines=most)


@pytest.mark.parametrize(
    ("status", "words"), [("GROUP", "Zwischensumme 7,00"), ("INFORMATION", "nachrichtlich 7,00"), ("NEU", "davon 7,00")]
)
def test_what_does_not_count_says_why(status: str, words: str) -> None:
    assert words in shown(small_invoice(lines=(small_line(1, status=status, counts=False, net=Decimal(7)),)))


def test_third_party_payments_stand_in_the_sums_and_where_it_says_how_to_pay() -> None:
    payments = (ThirdPartyPayment("Pfand", Decimal(10), "für Kisten"), ThirdPartyPayment(amount=Decimal("2.5")))
    text = shown(small_invoice(third_party_payments=payments))
    assert "zuzüglich Drittzahlung: Pfand 10,00 EUR zuzüglich Drittzahlung 2,50 EUR Zahlbetrag 1.190,00 EUR" in text
    assert "Im Zahlbetrag für Dritte 10,00 EUR Pfand für Kisten 2,50 EUR" in text


@pytest.mark.parametrize("mark", ["is_test", "is_copy"])
def test_a_test_and_a_copy_say_so_at_the_top(mark: str) -> None:
    kind = {"is_test": "Test", "is_copy": "Kopie"}[mark]
    assert f"als {kind} gekennzeichnet" in shown(small_invoice(**{mark: True}))
    assert "gekennzeichnet" not in shown(small_invoice())


@pytest.mark.parametrize(
    ("discount", "sentence"),
    [
        (PaymentDiscount(percent=Decimal(2), period=Decimal(14), unit="DAY"), "2 % bei Zahlung binnen 14 Tagen"),
        (PaymentDiscount(amount=Decimal(5), period=Decimal(2), unit="WEE"), "5,00 EUR bei Zahlung binnen 2 Wochen"),
        (
            PaymentDiscount(Decimal(3), Decimal(100), Decimal(3), Decimal(10), None, date(2026, 3, 5)),
            "3 % = 3,00 EUR auf 100,00 EUR bei Zahlung binnen 10 Tagen ab 05.03.2026",
        ),
        (PaymentDiscount(), "Skonto"),
    ],
)
def test_discounts_of_the_extended_profile_are_sentences(discount: PaymentDiscount, sentence: str) -> None:
    assert f"Skonto {sentence}" in shown(small_invoice(payment_discounts=(discount,)))


def test_instalments_and_payments_in_advance_are_listed() -> None:
    vat = VatBreakdown(tax=Decimal(19), category="S", rate=Decimal(19))
    text = shown(
        small_invoice(
            instalments=(Instalment(date(2026, 6, 1), Decimal(100), "Rest"), Instalment(date(2026, 7, 1))),
            advances=(AdvancePayment(Decimal(119), date(2026, 1, 10), "A-1", (vat,)),),
        )
    )
    assert "Teilzahlungen 100,00 EUR fällig am 01.06.2026 Rest fällig am 01.07.2026" in text
    assert "Bereits gezahlt 119,00 EUR am 10.01.2026 auf Rechnung A-1 darin USt. 19,00 EUR 19 % S" in text
