"""Values are spelled as configured and read back in any spelling the server may use; file names are safe."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.dms_config import PropertySource, Spelling
from dms_connectors.d3ecm.file_names import safe_file_name
from dms_connectors.d3ecm.items import Item
from dms_connectors.d3ecm.values import read, written
from schemas.errors import Rejected

GERMAN = Spelling(date="%d.%m.%Y", decimal=",", multi="joined")


@pytest.mark.parametrize(
    ("source", "value", "spelling", "sent"),
    [
        (PropertySource.RECEIVED_ON, "2026-02-28", Spelling(), ["2026-02-28"]),
        (PropertySource.RECEIVED_ON, "2026-02-28", GERMAN, ["28.02.2026"]),
        (PropertySource.DOCUMENT_DATE, "2026-02-28", Spelling(date="%d.%m.%y"), ["28.02.26"]),
        (PropertySource.AMOUNT, "1234.50", Spelling(), ["1234.50"]),
        (PropertySource.AMOUNT, "1234.50", GERMAN, ["1234,50"]),
        (PropertySource.PAGE_COUNT, "12", GERMAN, ["12"]),
        (PropertySource.SENDER, "Muster GmbH, 2.5 % Skonto", GERMAN, ["Muster GmbH, 2.5 % Skonto"]),
        (PropertySource.REFERENCES, ("a", "b"), Spelling(), ["a", "b"]),
        (PropertySource.REFERENCES, ("a", "b"), GERMAN, ["a; b"]),
        (PropertySource.REFERENCES, (), Spelling(), [""]),
        (PropertySource.DOCUMENT_DATE, "", GERMAN, [""]),
    ],
)
def test_what_is_sent(source: PropertySource, value: str, spelling: Spelling, sent: list[str]) -> None:
    assert written(source, value, spelling) == sent


@pytest.mark.parametrize(
    ("shown", "decimal", "ours"),
    [
        ("1234.5", ".", "1234.50"),
        ("1234.50", ".", "1234.50"),
        ("1234.500000", ".", "1234.50"),
        ("1,234.50", ".", "1234.50"),
        ("1234,50", ".", "1234.50"),
        ("1234", ".", "1234.00"),
        ("1.234,50", ",", "1234.50"),
        ("1.234", ",", "1234.00"),
        ("1234.50", ",", "1234.50"),
        ("1.234.567,8", ",", "1234567.80"),
        ("-12,30", ",", "-12.30"),
        ("0.005", ".", "0.005"),
        (" 1234.50 ", ".", "1234.50"),
        ("12 EUR", ".", "12 EUR"),
        ("NaN", ".", "NaN"),
        ("1e400", ".", "1e400"),
    ],
)
def test_one_amount_in_many_spellings_is_one_value(shown: str, decimal: str, ours: str) -> None:
    spelling = Spelling.model_validate({"decimal": decimal})

    assert read(PropertySource.AMOUNT, (shown,), spelling) == ours


@pytest.mark.parametrize("spelling", [Spelling(), GERMAN, Spelling(date="%d.%m.%y")])
@pytest.mark.parametrize("shown", ["2026-02-28", "28.02.2026", "2026-02-28T00:00:00+01:00", "2026-02-28T23:59:59.000Z"])
def test_one_day_in_many_spellings_is_one_value(shown: str, spelling: Spelling) -> None:
    assert read(PropertySource.RECEIVED_ON, (shown,), spelling) == "2026-02-28"


@pytest.mark.parametrize("shown", ["29.02.2026", "demnächst", "2026-13-01", ""])
def test_a_day_that_cannot_be_is_shown_as_it_is(shown: str) -> None:
    assert read(PropertySource.RECEIVED_ON, (shown,), GERMAN) == shown


@pytest.mark.parametrize(("shown", "ours"), [("12", "12"), ("12.0", "12"), ("12.5", "12.5"), ("zwölf", "zwölf")])
def test_a_count_is_a_whole_number(shown: str, ours: str) -> None:
    assert read(PropertySource.PAGE_COUNT, (shown,), Spelling()) == ours


def test_our_id_is_known_however_the_server_writes_it() -> None:
    shown = "0C0E5F5E-3C52-4C8F-8F0A-5F4D7B9F6A11"

    assert read(PropertySource.DOCUMENT_ID, (shown,), Spelling()) == shown.lower()


@given(
    st.dates(min_value=date(1000, 1, 1)),
    st.decimals(min_value=-(10**9), max_value=10**9, places=2),
    st.sampled_from([Spelling(), GERMAN]),
)
def test_what_is_sent_is_read_as_what_it_was(day: date, amount: Decimal, spelling: Spelling) -> None:
    for source, value in ((PropertySource.RECEIVED_ON, day.isoformat()), (PropertySource.AMOUNT, f"{amount:.2f}")):
        assert read(source, tuple(written(source, value, spelling)), spelling) == value


@pytest.mark.parametrize("multi", ["array", "joined"])
def test_several_values_come_back_in_order(multi: str) -> None:
    spelling = Spelling.model_validate({"multi": multi})
    values = ("b", "a", "c d")

    assert (
        read(PropertySource.REFERENCES, tuple(written(PropertySource.REFERENCES, values, spelling)), spelling) == values
    )


@pytest.mark.parametrize(("value", "length"), [("x" * 256, 256), ("ü" * 128, 256), ("😀" * 64, 256)])
def test_too_long_is_counted_in_bytes_and_refused_never_cut(value: str, length: int) -> None:
    with pytest.raises(Rejected, match=rf"Absender ist für das DMS zu lang \({length} Bytes, höchstens 255\)"):
        written(PropertySource.SENDER, value, Spelling())

    assert written(PropertySource.SENDER, value[:-1], Spelling()) == [value[:-1]]


def test_each_of_several_values_has_the_length_for_itself_unless_they_are_joined() -> None:
    values = tuple("x" * 200 for _ in range(3))

    assert written(PropertySource.REFERENCES, values, Spelling()) == list(values)
    with pytest.raises(Rejected, match=r"Fremde Zeichen.*604 Bytes"):
        written(PropertySource.REFERENCES, values, GERMAN)


def test_slots_are_read_in_the_order_of_their_numbers_and_empty_ones_skipped() -> None:
    item = Item.of(
        {
            "id": "P1",
            "sourceProperties": [
                {"key": "15", "value": "a", "isMultiValue": True, "values": {"10": "k", "2": "b", "1": "a", "3": ""}},
                {"key": "A-Key", "value": "x"},
                {"key": "4", "value": None},
                "unverständlich",
            ],
        }
    )

    assert item.values == {"15": ("a", "b", "k"), "a-key": ("x",), "4": ()}


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("PE-2026-000001.pdf", "PE-2026-000001.pdf"),
        ("Gebührenbescheid „Müller & Söhne“ 7+8 100%.pdf", "Gebührenbescheid „Müller & Söhne“ 7+8 100%.pdf"),
        ('a\\b/c:d*e?f"g<h>i|j.pdf', "a_b_c_d_e_f_g_h_i_j.pdf"),
        ("../../etc/passwd", ".._.._etc_passwd"),
        ("Zeile\nzwei\t\x00\x7f.pdf", "Zeile_zwei___.pdf"),
        ("rechnung\u202efdp.exe", "rechnung_fdp.exe"),
        ("Brief.pdf. . .", "Brief.pdf"),
        ("  Brief.pdf  ", "Brief.pdf"),
        ("CON", "_CON"),
        ("nul.pdf", "_nul.pdf"),
        ("com1.tar.gz", "_com1.tar.gz"),
        ("console.pdf", "console.pdf"),
        ("", "Dokument"),
        ("...", "Dokument"),
        ("u\u0308ber.pdf", "über.pdf"),
        ("ü" * 200 + ".pdf", "ü" * 125 + ".pdf"),
    ],
)
def test_file_names_every_system_takes(name: str, safe: str) -> None:
    assert safe_file_name(name) == safe


@given(st.text(max_size=400))
def test_no_file_name_is_dangerous_and_making_it_safe_twice_changes_nothing(name: str) -> None:
    safe = safe_file_name(name)

    assert safe_file_name(safe) == safe
    assert 1 <= len(safe.encode()) <= 255
    assert not set(safe) & set('\\/:*?"<>|\n\r\t\x00')
    assert not safe.endswith((".", " "))
