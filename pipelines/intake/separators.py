"""Separator sheets: what their code says, and finding it on the picture of a page, whichever way the page lies."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from config.scan_config import Separators
from pipelines.intake.names import one_line
from pipelines.intake.patch_codes import find_patches
from pipelines.scan.picture import plain_scan, shrunk
from schemas.batch import Sheet, SheetType

__all__ = ["DPI", "content_of", "drawn", "read_content", "sheet_on"]

DPI = 150.0
"""Enough for codes with modules of a third of a millimetre, at a quarter of the cost of the scan's own resolution."""
_MOST_PIXELS = 12e6
_LARGEST_SCAN = 40.0
"""Megapixels: A3 at 400 dpi. Larger ones are drawn small at once."""
_VERSION = "1"
_LONGEST = 400
_VALUE = re.compile(r"[^;=\x00-\x1f]*")
_SAYS_YES, _SAYS_NO = frozenset({"1", "ja", "yes"}), frozenset({"0", "nein", "no"})


def content_of(sheet: Sheet, mark: str | None = None) -> str:
    """What is printed as a code: `v=1;type=DOC;unit=32;pages=4`. ValueError if a value cannot be written so."""
    parts: Mapping[str, object] = {
        "v": _VERSION,
        "type": sheet.type,
        "batch": sheet.batch,
        "nr": sheet.number,
        "unit": sheet.unit,
        "class": sheet.document_type,
        "conf": "1" if sheet.confidential else None,
        "pages": sheet.pages,
        "sheets": sheet.sheets,
        "docs": sheet.documents,
        "op": sheet.operator,
        "scanner": sheet.scanner,
        "profile": sheet.profile,
        "box": sheet.box,
        "duplex": None if sheet.duplex is None else int(sheet.duplex),
        "replaces": sheet.replaces,
        "mark": mark,
    }
    said = {key: str(value) for key, value in parts.items() if value is not None}
    if any(_VALUE.fullmatch(value) is None for value in said.values()):
        raise ValueError("a value with ';' or '='")
    return ";".join(f"{key}={value}" for key, value in said.items())


def read_content(text: str, rules: Separators, source: str) -> Sheet | None:
    """The sheet a code stands for; None if it is none of ours: then the page is a page like any other."""
    plain = next((known for known in rules.contents if known.content == text.strip()), None)
    if plain is not None:
        return Sheet(plain.type, unit=plain.unit, document_type=plain.document_type, source=source)
    parts = [part.partition("=") for part in text.strip().split(";") if part.strip()]
    said = {key.strip().lower(): one_line(value) for key, _, value in parts}
    if len(text) > _LONGEST or len(said) != len(parts) or said.get("v") != _VERSION:
        return None
    if rules.mark is not None and said.get("mark") != rules.mark:
        return None  # printed by somebody else
    try:
        kind = SheetType(said.get("type", "").upper())
    except ValueError:
        return None
    return Sheet(
        kind,
        batch=said.get("batch") or None,
        number=said.get("nr") or None,
        unit=said.get("unit") or None,
        document_type=said.get("class") or None,
        confidential=said.get("conf", "").lower() in _SAYS_YES,
        pages=_count(said.get("pages", "")),
        sheets=_count(said.get("sheets", "")),
        documents=_count(said.get("docs", "")),
        operator=said.get("op") or None,
        scanner=said.get("scanner") or None,
        profile=said.get("profile") or None,
        box=said.get("box") or None,
        duplex=_yes_or_no(said.get("duplex", "")),
        replaces=said.get("replaces") or None,
        source=source,
    )


def _count(said: str) -> int | None:
    return int(said) if re.fullmatch(r"[0-9]{1,5}", said) else None


def _yes_or_no(said: str) -> bool | None:
    return True if said.lower() in _SAYS_YES else False if said.lower() in _SAYS_NO else None


def sheet_on(picture: NDArray[np.uint8], dpi: float, rules: Separators) -> Sheet | None:
    """The separator a page is, drawn in grey at `dpi`; a code says more than a patch and goes first."""
    import zxingcpp

    known = zxingcpp.BarcodeFormat
    formats = zxingcpp.BarcodeFormats([known.QRCode, known.DataMatrix, known.Code128, known.Code39])
    for code in zxingcpp.read_barcodes(picture, formats=formats, try_invert=False):
        if sheet := read_content(code.text, rules, str(code.format)):
            return sheet
    if not rules.patches:
        return None
    meanings = [(name, rules.patches[name]) for name in sorted(find_patches(picture, dpi)) if name in rules.patches]
    if len(meanings) != 1:  # two different patches on one page say nothing
        return None
    name, meaning = meanings[0]
    return Sheet(meaning.type, kept=meaning.kept, source=f"Patch {name}")


def drawn(page: Any, *, masked: bool = True) -> tuple[NDArray[np.uint8], float]:
    """A page of an open PdfDocument in grey, with its resolution: DPI, or less where the page is very large.

    `masked`: an image of the file may be seen through a mask, so every page must be drawn; a plain scan is cheaper.
    """
    across, down = page.get_size()
    dpi = min(DPI, 72 * (_MOST_PIXELS / max(across * down, 1.0)) ** 0.5)
    plain = None if masked else plain_scan(page, most_megapixels=_LARGEST_SCAN)
    if plain is not None and plain.dpi >= dpi:
        return shrunk(plain, dpi).pixels, dpi
    picture = page.render(scale=dpi / 72, grayscale=True).to_numpy()
    return np.ascontiguousarray(picture[:, :, 0] if picture.ndim == 3 else picture), dpi
