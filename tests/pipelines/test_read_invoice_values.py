"""Values: only what is written as it must be is one; the rest is None and said to the clerk."""

from base64 import b64encode
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.invoice.terms import bytes_of, decimal_of, indicator_of, iso_date_of, plain_date_of
from schemas.safe_xml import parse_xml
from tests.pipelines.invoices import ubl_invoice
from tests.pipelines.invoices.change import PREFIXES, read, with_text

SPACE = st.text(" \t\r\n", max_size=3)
AMOUNT = "cac:LegalMonetaryTotal/cbc:PayableAmount"


@given(st.decimals(-(10**17), 10**17, places=4), SPACE, SPACE)
def test_a_decimal_keeps_its_value_and_its_places(number: Decimal, before: str, after: str) -> None:
    read_back = decimal_of(f"{before}{number:f}{after}")
    assert read_back is not None
    assert (read_back, read_back.as_tuple()) == (number, number.as_tuple())


@given(st.text())
def test_whatever_is_taken_for_a_decimal_is_written_in_digits_sign_and_point(text: str) -> None:
    value = decimal_of(text)
    assert value is None or (value.is_finite() and set(text) <= set("+-.0123456789 \t\r\n"))


@pytest.mark.parametrize(
    ("text", "value"),
    [("+1.50", "1.50"), ("-0.20", "-0.20"), (".5", "0.5"), ("5.", "5"), ("007", "7"), ("-.5", "-0.5"), ("0", "0")],
)
def test_xml_schema_allows_more_than_one_way_to_write_a_decimal(text: str, value: str) -> None:
    assert decimal_of(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    [
        "1,50",
        "1.000,00",
        "1'000.00",
        "1_000",
        "1e3",
        "1E+3",
        "NaN",
        "sNaN",
        "Infinity",
        "INF",
        "-",
        ".",
        "+-1",
        "--1",
        "1.2.3",
        "1 000",
        "100 EUR",
        "€100",
        "0x10",
        "١٢٣",
        "１００",
        "²",
        "1\u00a0",
        "−1",
        "9" * 19,
        "0." + "3" * 31,
        "9" * 1_000_000,
    ],
)
def test_what_python_or_people_take_for_a_number_is_not_always_a_decimal(text: str) -> None:
    assert decimal_of(text) is None


@given(st.dates(), SPACE, SPACE)
def test_a_day_is_the_same_day_in_both_notations(day: date, before: str, after: str) -> None:
    assert iso_date_of(f"{before}{day:%Y-%m-%d}{after}".replace(f"{day:%Y}", f"{day.year:04}", 1)) == day
    assert plain_date_of(f"{before}{day.year:04}{day:%m%d}{after}") == day


@given(st.text() | st.from_regex(r"\d{4}-?\d{2}-?\d{2}", fullmatch=True))
def test_whatever_is_taken_for_a_date_is_written_like_one(text: str) -> None:
    iso, plain = iso_date_of(text), plain_date_of(text)
    assert iso is None or text.strip().startswith(iso.isoformat())
    assert plain is None or text.strip() == plain.isoformat().replace("-", "")


@pytest.mark.parametrize("text", ["2026-03-02Z", "2026-03-02+01:00", "2026-03-02-12:00"])
def test_a_time_zone_does_not_move_the_day(text: str) -> None:
    assert iso_date_of(text) == date(2026, 3, 2)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-29",
        "2026-13-01",
        "0000-01-01",
        "2026-3-2",
        "02.03.2026",
        "03/02/2026",
        "20260302",
        "2026-W10-1",
        "2026-03-02T10:00:00",
        "2026-03-02Zulu",
        "-2026-03-02",
        "12026-03-02",
        "２０２６-03-02",
    ],
)
def test_no_other_notation_is_an_iso_date(text: str) -> None:
    assert iso_date_of(text) is None


@pytest.mark.parametrize(
    "text", ["20260229", "20261301", "00000101", "2026302", "2026-03-02", "202603021000", "٢٠٢٦٠٣٠٢"]
)
def test_no_other_notation_is_a_date_of_format_102(text: str) -> None:
    assert plain_date_of(text) is None


def test_a_month_or_a_week_is_not_a_day() -> None:
    assert plain_date_of("20260302", "102") == date(2026, 3, 2)
    assert plain_date_of("20260302", "610") is None
    assert plain_date_of("202603", "610") is None


@pytest.mark.parametrize(
    ("text", "value"),
    [("true", True), (" 1\n", True), ("false", False), ("0", False), ("TRUE", None), ("ja", None), ("", None)],
)
def test_an_indicator_is_true_or_false_or_unknown(text: str, value: bool | None) -> None:
    assert indicator_of(text) is value


@given(st.binary(max_size=200), st.integers(1, 80))
def test_an_attachment_survives_whatever_line_length(content: bytes, width: int) -> None:
    text = b64encode(content).decode()
    assert bytes_of("\r\n ".join(text[at : at + width] for at in range(0, len(text), width))) == content


@pytest.mark.parametrize("text", ["abc", "ab=c", "äöü=", "YWJj!", "YQ==YQ==", "-_-_"])
def test_broken_base64_is_no_attachment(text: str) -> None:
    assert bytes_of(text) is None


def test_the_sentence_names_the_term_and_what_stood_there() -> None:
    invoice = with_text(ubl_invoice(), AMOUNT, "300,00")
    assert invoice.totals.payable is None
    assert invoice.problems == ("BT-115: '300,00' ist keine Dezimalzahl.",)


def test_a_long_text_is_shortened_to_sixty_characters_in_the_sentence() -> None:
    (problem,) = with_text(ubl_invoice(), AMOUNT, "9" * 5_000).problems
    assert problem == f"BT-115: '{'9' * 59}…' ist keine Dezimalzahl."


def test_signs_that_would_turn_the_sentence_around_are_written_out() -> None:
    (problem,) = with_text(ubl_invoice(), AMOUNT, "1\u202e00\n2").problems
    assert problem == r"BT-115: '1\u202e00\n2' ist keine Dezimalzahl."


def test_a_document_full_of_errors_is_not_answered_with_a_flood_of_sentences() -> None:
    root = parse_xml(ubl_invoice())
    line = root.find("cac:InvoiceLine", PREFIXES)
    assert line is not None
    for number in range(500):
        note = parse_xml(
            f"<cac:InvoiceLine xmlns:cac='{PREFIXES['cac']}' xmlns:cbc='{PREFIXES['cbc']}'>"
            f"<cbc:LineExtensionAmount>Zeile {number}</cbc:LineExtensionAmount></cac:InvoiceLine>".encode()
        )
        root.append(note)
    problems = read(root).problems
    assert problems[0] == "BT-131 (4. Position): 'Zeile 0' ist keine Dezimalzahl."
    assert problems[-1] == "Weitere nicht lesbare Angaben: 400."
    assert len(problems) == 101
