"""What a separator sheet says is read from its code; a code of somebody else's stays a page."""

import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from config.city_config import City
from config.scan_config import PatchMeaning, PlainSheet, Separators
from pipelines.intake.separators import DPI, content_of, read_content, sheet_on
from schemas.batch import Sheet, SheetType
from tests.pipelines.test_patch_codes import PATCHES, seen, sheet

RULES = Separators(
    patches={"T": PatchMeaning(type=SheetType.DOCUMENT), "2": PatchMeaning(type=SheetType.DOCUMENT, kept=True)},
    contents=(PlainSheet(content="NEUES-DOKUMENT", type=SheetType.DOCUMENT, unit="32"),),
)
WORDS = st.text(st.characters(exclude_characters=";=", exclude_categories=["C", "Z"]), min_size=1, max_size=20)


def page_with(content: str, format: zxingcpp.BarcodeFormat) -> NDArray[np.uint8]:
    """A page of A4 at 150 dpi with that code in the middle."""
    code = Image.fromarray(np.asarray(zxingcpp.create_barcode(content, format).to_image(scale=3)))
    page = Image.new("L", (1240, 1754), 255)
    page.paste(code, ((page.width - code.width) // 2, 300))
    return np.asarray(page)


@given(
    st.builds(
        Sheet,
        st.sampled_from(SheetType),
        batch=st.none() | WORDS,
        number=st.none() | WORDS,
        unit=st.none() | st.sampled_from(["32", "41/2"]),
        document_type=st.none() | st.sampled_from(["antrag", "rechnung"]),
        confidential=st.booleans(),
        pages=st.none() | st.integers(1, 99_999),
        sheets=st.none() | st.integers(1, 99_999),
        documents=st.none() | st.integers(1, 99_999),
        operator=st.none() | WORDS,
        scanner=st.none() | WORDS,
        profile=st.none() | st.just("grau-300-duplex"),
        box=st.none() | WORDS,
        duplex=st.none() | st.booleans(),
        replaces=st.none() | st.just("PE-2026-000007"),
        source=st.just("QR Code"),
    )
)
def test_what_is_written_is_read_again(sheet: Sheet) -> None:
    assert read_content(content_of(sheet), RULES, "QR Code") == sheet


@pytest.mark.parametrize(
    "format",
    [
        zxingcpp.BarcodeFormat.QRCode,
        zxingcpp.BarcodeFormat.DataMatrix,
        zxingcpp.BarcodeFormat.Code128,
    ],
)
@pytest.mark.parametrize("quarters", range(4))
def test_every_symbology_is_read_in_every_orientation(format: zxingcpp.BarcodeFormat, quarters: int) -> None:
    page = np.ascontiguousarray(np.rot90(page_with("v=1;type=DOC;unit=32", format), quarters))
    found = sheet_on(page, DPI, RULES)
    assert found is not None
    assert (found.type, found.unit) == (SheetType.DOCUMENT, "32")


def test_plain_content_counts_only_as_configured() -> None:
    page = page_with("NEUES-DOKUMENT", zxingcpp.BarcodeFormat.Code39)
    found = sheet_on(page, DPI, RULES)
    assert found is not None
    assert (found.type, found.unit) == (SheetType.DOCUMENT, "32")
    assert sheet_on(page, DPI, Separators()) is None


@pytest.mark.parametrize(
    "content",
    [
        "https://www.iserlohn.de/",
        "BCD\n002\n1\nSCT",
        "v=2;type=DOC",
        "type=DOC",
        "v=1",
        "v=1;type=MAIL",
        "v=1;type=DOC;type=END",
        "v=1;type=DOC;" + "x" * 400,
        "",
    ],
)
def test_a_code_of_somebody_else_is_no_separator(content: str) -> None:
    assert read_content(content, RULES, "QR Code") is None


def test_with_a_mark_of_the_city_only_its_own_sheets_count() -> None:
    rules = Separators(mark="Schillerplatz-7")
    ours = Sheet(SheetType.DOCUMENT, unit="51", source="QR Code")
    assert read_content(content_of(ours, rules.mark), rules, "QR Code") == ours
    assert read_content(content_of(ours), rules, "QR Code") is None
    assert read_content(content_of(ours, "Schillerplatz-8"), rules, "QR Code") is None


def test_a_number_of_pages_that_is_none_says_nothing() -> None:
    for pages in ("viele", "-1", "٣", "1000000"):
        found = read_content(f"v=1;type=DOC;pages={pages}", RULES, "QR Code")
        assert found is not None
        assert found.pages is None


def test_a_patch_means_what_the_city_says_and_nothing_else() -> None:
    assert sheet_on(seen(sheet(PATCHES["T"], 200), 200), DPI, RULES) == Sheet(SheetType.DOCUMENT, source="Patch T")
    assert sheet_on(seen(sheet(PATCHES["2"], 200), 200), DPI, RULES) == Sheet(
        SheetType.DOCUMENT, kept=True, source="Patch 2"
    )
    assert sheet_on(seen(sheet(PATCHES["3"], 200), 200), DPI, RULES) is None
    assert sheet_on(seen(sheet(PATCHES["T"], 200), 200), DPI, Separators()) is None


def test_the_shipped_rules_know_the_usual_patches(iserlohn: City) -> None:
    meanings = {name: (rule.type, rule.kept) for name, rule in iserlohn.scan.separators.patches.items()}
    assert meanings == {
        "T": (SheetType.DOCUMENT, False),
        "2": (SheetType.DOCUMENT, True),
        "3": (SheetType.BATCH, False),
    }


def test_a_code_says_more_than_a_patch_on_the_same_sheet() -> None:
    page = Image.fromarray(seen(sheet(PATCHES["T"], 200), 200))
    code = zxingcpp.create_barcode("v=1;type=BATCH;pages=12", zxingcpp.BarcodeFormat.QRCode).to_image(scale=6)
    page.paste(Image.fromarray(np.asarray(code)), (400, 800))
    found = sheet_on(np.asarray(page), DPI, RULES)
    assert found is not None
    assert (found.type, found.pages) == (SheetType.BATCH, 12)


def test_control_marks_in_a_code_are_replaced() -> None:
    found = read_content("v=1;type=BATCH;batch=A\x1dB\x00;box=K\x01", RULES, "QR")
    assert found is not None
    assert (found.batch, found.box) == ("A B�", "K�")
