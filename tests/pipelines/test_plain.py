"""The invoice in the terminal shows everything there is, in columns, and nothing that could move the cursor."""

from decimal import Decimal
from typing import Any

import pytest

from pipelines.invoice.plain import invoice_text
from pipelines.invoice.plain_lines import lines_table
from schemas.invoice import Attachment, Invoice, Line, Note, Party, Syntax
from schemas.payment import ThirdPartyPayment
from tests.pipelines.invoices import said
from tests.pipelines.pages import allowance, filled, leaves, small_invoice, small_line
from tests.pipelines.test_render import as_shown

FULL: Invoice = filled(Invoice)
WORDS = " ".join(invoice_text(FULL).split())


@pytest.mark.parametrize(("path", "value"), [pytest.param(path, value, id=path) for path, value in leaves(FULL)])
def test_every_term_of_the_invoice_is_shown(path: str, value: object) -> None:
    assert as_shown(value) in WORDS, f"{path} is missing in the text"


def test_an_invoice_that_says_nothing_shows_nothing_made_up() -> None:
    assert invoice_text(Invoice(Syntax.CII)) == (
        "Rechnung ohne Angabe der Art\n----------------------------\nVon                           –\n\n"
        "Positionen\n----------\nDer Datensatz enthält keine Positionen.\n\n"
        "Datensatz\n---------\nSyntax                        UN/CEFACT CII\n"
    )


def test_the_complete_invoice_reads_in_columns() -> None:
    text = invoice_text(said(Syntax.UBL_INVOICE))
    for line in (
        "Zahlbetrag                    300,00 EUR",
        "Pos.  Bezeichnung  Menge  Einheit       Einzelpreis    USt.  Betrag",
        "2     Schulbuch        3  Stück (C62)         20,00   7 % S   60,00",
        "Summe mit Umsatzsteuer             342,20 EUR",
        "Rundung                             −0,20 EUR",
        "IBAN                          DE02 1203 0000 0000 2020 51",
        "Skonto                        2 % = 6,00 EUR auf 300,00 EUR bei Zahlung binnen 14 Tagen, nach",
        "Nachlass                      −15,00 EUR, 10 % von 150,00 EUR: Treuerabatt (Sondernachlass 100),",
    ):
        assert f"{line}\n" in text, line
    assert all(len(line) <= 100 for line in text.splitlines())


def test_long_words_are_kept_whole_and_long_texts_are_wrapped() -> None:
    link = "https://example.org/" + "a" * 200
    text = invoice_text(small_invoice(notes=(Note("wort " * 100), Note(link))))
    assert link in text
    assert max(len(line) for line in text.splitlines() if link not in line) <= 100


def test_what_is_too_long_for_its_column_stands_below_in_full() -> None:
    name = "Sehr lange Bezeichnung eines Postens, der mehr als eine Zeile braucht"
    text = invoice_text(small_invoice(lines=(small_line(1, name=name), Line(identifier="2"))))
    assert f"{name[:39]}…" in text
    assert f"      Bezeichnung: {name}" in text
    assert "\n2\n" in f"{text}\n"


@pytest.mark.parametrize("mark", ["\x1b[2J", "\u202e", "\b", "\r", "\x00", "\x9b"])
def test_nothing_reaches_the_terminal_that_acts_on_it(mark: str) -> None:
    def hostile(value: Any) -> Any:
        if isinstance(value, str) and not isinstance(value, Syntax):
            return f"a{mark}b"
        if isinstance(value, tuple):
            return tuple(map(hostile, value))
        if hasattr(value, "__dataclass_fields__"):
            return type(value)(**{name: hostile(getattr(value, name)) for name in value.__dataclass_fields__})
        return value

    assert mark not in invoice_text(hostile(FULL))


def test_an_allowance_without_anything_is_still_told() -> None:
    text = invoice_text(small_invoice(allowances=(allowance(amount=None, reason_code=None),)))
    assert "Nachlass                      –\n" in text


def test_an_attachment_that_is_elsewhere_says_where() -> None:
    text = invoice_text(small_invoice(attachments=(Attachment(reference="A", location="https://example.org/a"),)))
    assert "1. Anlage                     A\n" in text
    assert "Nicht beigefügt, Fundstelle laut Rechnung: https://example.org/a" in text


def test_ten_thousand_lines_are_written_in_a_moment() -> None:
    lines = tuple(small_line(number, net=Decimal(number)) for number in range(10_000))
    assert invoice_text(small_invoice(lines=lines, seller=Party(name="x"))).count("Posten ") == 10_000


def test_sub_lines_are_indented_below_their_line_with_their_own_numbers_and_sums() -> None:
    part = small_line(3, identifier="1.1.1", name="Nagel", net=Decimal("0.40"), counts=False)
    sub = small_line(2, identifier="1.1", name="Brett", net=Decimal("10.00"), counts=False, sub_lines=(part,))
    lines = lines_table((small_line(1, sub_lines=(sub,)), small_line(4)), "EUR").splitlines()
    assert [(line[:5].strip(), line[7:17].rstrip(), line.rsplit("  ", 1)[1].strip()) for line in lines[1:]] == [
        ("1", "Posten 1", "1.000,40"),
        ("1.1", "  Brett", "davon 10,00"),
        ("1.1.1", "    Nagel", "davon 0,40"),
        ("4", "Posten 4", "1.000,40"),
    ]


def test_third_party_payments_stand_in_the_sums_and_where_it_says_how_to_pay() -> None:
    payments = (
        ThirdPartyPayment("Pfand", Decimal(10), "für Kisten"),
        ThirdPartyPayment("Avalprovision für die Bürgschaft der Hausbank", Decimal("2.5")),
    )
    text = invoice_text(small_invoice(third_party_payments=payments))
    for line in (
        "zuzüglich Drittzahlung: Pfand         10,00 EUR",
        "Im Zahlbetrag für Dritte      10,00 EUR Pfand",
        "                              für Kisten",
        "Im Zahlbetrag für Dritte      2,50 EUR Avalprovision für die Bürgschaft der Hausbank",
    ):
        assert f"{line}\n" in text, line


def test_a_test_and_a_copy_say_so_at_the_top() -> None:
    text = invoice_text(small_invoice(is_test=True, is_copy=True)).split("\n\n")[0]
    assert "als Test gekennzeichnet" in text
    assert "als Kopie gekennzeichnet" in text
