"""Picture files as scanners write them, made a PDF: the image data stay as delivered where a PDF can hold them so.

JPEG, JPEG 2000 and a TIFF page in one CCITT G4 strip go in byte for byte. Everything else (LZW, PackBits, PNG, several
strips, 16 bit grey) is unpacked and packed anew without loss, which is said. What would lose something is refused.
"""

import math
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Dictionary, Name
from PIL import Image, ImageFile, TiffImagePlugin, UnidentifiedImageError

from pipelines.intake.picture_data import delivered, g4_strip, packed
from pipelines.intake.raw_scan import save_untouched
from pipelines.scan.quality import page_list
from schemas.errors import BadInput

__all__ = [
    "REPACKED",
    "AddedPicture",
    "MadePdf",
    "add_pictures",
    "count_pictures",
    "picture_findings",
    "picture_form",
    "picture_pdf",
]

REPACKED = "verlustfrei neu gepackt"
"""How the anomaly says it by which the transfer note knows of it."""

_SIGNATURES = {
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"II+\0": "TIFF",
    b"MM\0+": "TIFF",
    b"\0\0\0\x0cjP  \r\n\x87\n": "JPEG 2000",
}
_FORMATS = {"JPEG": ["JPEG", "MPO"], "JPEG 2000": ["JPEG2000"]}
_ASSUMED_DPI, _SCREEN_DPI = 300.0, 72.0
_POSSIBLE_DPI = (50.0, 2400.0)
_POINTS_PER_INCH = 72
_SHORTEST_EDGE, _LONGEST_EDGE = 3.0, 14_400.0
_TURNED = {1: (False, 0), 2: (True, 0), 3: (False, 180), 4: (True, 180), 5: (True, 270), 6: (False, 90)}
_TURNED |= {7: (True, 90), 8: (False, 270)}
_ORIENTATION, _WIDTH, _HEIGHT = 274, 256, 257
_RESCAN = "Bitte neu scannen, am besten als PDF oder TIFF mit 300 dpi."
_BROKEN = (OSError, EOFError, ValueError, SyntaxError, TypeError, IndexError, OverflowError)
"""What the library raises for a damaged picture."""


@dataclass(frozen=True, slots=True)
class MadePdf:
    """What was made of a picture file: its form ('TIFF'), how many pages, and what a person should know (German)."""

    form: str
    pages: int
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AddedPicture:
    """One picture that became a page: whether its data were packed anew, and whether its file names a resolution."""

    repacked: bool
    dpi_known: bool


@dataclass(frozen=True, slots=True)
class _Frame:
    """One picture as it goes into the PDF: its data, what they are, and how the page shows them (dpi across, down)."""

    data: bytes
    entries: dict[str, Any]
    size: tuple[int, int]
    dpi: tuple[float, float] | None
    mirrored: bool
    turned: int
    repacked: bool


def picture_form(head: bytes) -> str | None:
    """'TIFF', 'JPEG', 'PNG' or 'JPEG 2000' by the first bytes of a file; None if it is no picture we take."""
    return next((form for signature, form in _SIGNATURES.items() if head.startswith(signature)), None)


def picture_pdf(source: Path, target: Path, *, max_pages: int, max_megapixels: int) -> MadePdf:
    """Write the pictures of the file as pages of the PDF `target`, in their order; the same input makes the same bytes.

    BadInput names the picture that is broken, too large or cannot be kept without loss: then nothing is used of it,
    for a letter must not become shorter.
    """
    form = _form_of(source)
    with pikepdf.Pdf.new() as pdf:
        added = list(add_pictures(pdf, source, max_pages=max_pages, max_megapixels=max_megapixels))
        save_untouched(pdf, target)
    return MadePdf(form, len(added), picture_findings(f"des {form} ", "Seite", dict(enumerate(added, 1))))


def add_pictures(
    pdf: pikepdf.Pdf, source: Path, *, first: int = 1, max_pages: int, max_megapixels: int
) -> Iterator[AddedPicture]:
    """Add the pictures of the file from number `first` on to the PDF, a page each; BadInput as `picture_pdf`.

    A page counts once it is yielded: of a broken picture nothing is added.
    """
    for frame in _frames(source, _form_of(source), first, max_pages, max_megapixels):
        _add_page(pdf, frame)
        yield AddedPicture(frame.repacked, frame.dpi is not None)


def count_pictures(source: Path) -> int:
    """How many pictures the file lists, without reading them. Where the list breaks off, the lost rest counts one."""
    form, number = _form_of(source), 1
    if form != "TIFF":
        return 1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        warnings.filterwarnings("error", message="Corrupt EXIF data")
        try:
            with Image.open(source, formats=[form]) as image:
                while _next(image, number + 1):
                    number += 1
        except (*_BROKEN, Image.DecompressionBombError, KeyError, Warning):
            return number if number == 1 else number + 1
    return number


def picture_findings(whose: str, counted_as: str, added: Mapping[int, AddedPicture]) -> tuple[str, ...]:
    """What a person should know of pictures that became pages (German), each sentence with their numbers.

    `whose`: what the picture data belong to ('des TIFF '); `counted_as`: what the numbers count ('Seite').
    """
    found = []
    if repacked := [number for number, one in added.items() if one.repacked]:
        found.append(f"Bilddaten {whose}{REPACKED} ({counted_as} {page_list(repacked)}).")
    if unknown := [number for number, one in added.items() if not one.dpi_known]:
        assumed = f"{_ASSUMED_DPI:.0f} dpi angenommen ({counted_as} {page_list(unknown)})."
        found.append(f"Keine Auflösung angegeben, {assumed}")
    return tuple(found)


def _form_of(source: Path) -> str:
    with source.open("rb") as stream:
        form = picture_form(stream.read(16))
    if form is None:
        raise ValueError(f"not a picture: {source}")
    return form


def _frames(source: Path, form: str, first: int, max_pages: int, max_megapixels: int) -> Iterator[_Frame]:
    """Every picture from `first`, read whole before it counts. A mere warning of a TIFF is a missing page there."""
    number, more = first, True
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        if form == "TIFF":
            warnings.filterwarnings("error", message="Corrupt EXIF data")
        try:
            with Image.open(source, formats=_FORMATS.get(form, [form])) as image:
                more = first == 1 or _next(image, first)
                while more:
                    if number > max_pages:
                        raise BadInput(
                            f"Das {form} hat mehr als {max_pages} Bilder.", remedy="Bitte in mehrere Dateien teilen."
                        )
                    _check_size(image, number, max_megapixels)
                    yield _frame(image, source, number)
                    number += 1
                    more = form == "TIFF" and _next(image, number)
        except Image.DecompressionBombError:
            raise _too_large(number, max_megapixels) from None
        except Warning:
            raise BadInput(
                f"Das {form} ist beschädigt: sein Bilderverzeichnis ist ab Bild {number} nicht lesbar.",
                remedy=_RESCAN,
            ) from None
        except (UnidentifiedImageError, KeyError):
            raise BadInput(
                f"Das {form} ist beschädigt oder anders gepackt als erlaubt: Bild {number} ist nicht lesbar "
                "(JBIG2 ist ausgeschlossen, TR-03138 A.SC.12).",
                remedy="Bitte mit CCITT G4, JPEG oder verlustfrei neu scannen.",
            ) from None
        except _BROKEN as error:
            raise BadInput(
                f"Das {form} ist beschädigt: Bild {number} ist nicht lesbar ({type(error).__name__}).",
                remedy=_RESCAN,
            ) from None


def _next(image: Image.Image, number: int) -> bool:
    """On to the picture of that number; False if there is none. Whoever reads a picture must not end here."""
    try:
        image.seek(number - 1)
    except EOFError:
        return False
    return True


def _check_size(image: Image.Image, number: int, max_megapixels: int) -> None:
    width, height = image.size
    if width * height > max_megapixels * 1_000_000:
        raise _too_large(number, max_megapixels, f" mit {width} x {height} Pixeln")


def _too_large(number: int, max_megapixels: int, size: str = "") -> BadInput:
    return BadInput(
        f"Bild {number} ist{size} zu groß (erlaubt: {max_megapixels} Megapixel).",
        remedy="Bitte mit 300 dpi neu scannen.",
    )


def _frame(image: Image.Image, source: Path, number: int) -> _Frame:
    """The picture with its data as delivered, or packed anew."""
    dpi, orientation = _dpi(image), image.getexif().get(_ORIENTATION, 1)
    mirrored, turned = _TURNED.get(orientation, (False, 0))
    with source.open("rb") as stream:
        strip = g4_strip(image, stream)
    columns, rows = _stored_size(image)
    as_shown = isinstance(image, TiffImagePlugin.TiffImageFile) and strip is None
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint switches it on for the whole process
    image.load()
    if strip is not None:
        return _Frame(*strip, (columns, rows), dpi, mirrored, turned, repacked=False)
    if image.format in ("JPEG", "MPO", "JPEG2000"):
        as_it_is = delivered(image, source.read_bytes(), number)
        return _Frame(*as_it_is, (columns, rows), dpi, mirrored, turned, repacked=False)
    if as_shown and dpi is not None and orientation in (5, 6, 7, 8):
        dpi = dpi[1], dpi[0]
    shown = (False, 0) if as_shown else (mirrored, turned)
    return _Frame(*packed(image, source, number), image.size, dpi, *shown, repacked=True)


def _stored_size(image: Image.Image) -> tuple[int, int]:
    """Columns and rows as stored; the library tells those of a turned TIFF as they are shown."""
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        return int(image.tag_v2[_WIDTH]), int(image.tag_v2[_HEIGHT])
    return image.size


def _dpi(image: Image.Image) -> tuple[float, float] | None:
    """Pixels per inch across and down as the file says; None if it does not say, or nothing a scanner would."""
    try:
        across, down = (round(float(value), 1) for value in image.info.get("dpi", (0, 0)))
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    low, high = _POSSIBLE_DPI
    if not all(math.isfinite(value) and low <= value <= high for value in (across, down)):
        return None
    return None if across == down == _SCREEN_DPI else (across, down)


def _add_page(pdf: pikepdf.Pdf, frame: _Frame) -> None:
    across, down = frame.dpi or (_ASSUMED_DPI, _ASSUMED_DPI)
    columns, rows = frame.size
    width, height = columns * _POINTS_PER_INCH / across, rows * _POINTS_PER_INCH / down
    shrunk = min(1.0, _LONGEST_EDGE / max(width, height))
    width, height = round(width * shrunk, 3), round(height * shrunk, 3)
    size = {"Width": columns, "Height": rows}
    picture = pdf.make_stream(frame.data, Type=Name.XObject, Subtype=Name.Image, **size, **frame.entries)
    page = pdf.add_blank_page(page_size=(max(_SHORTEST_EDGE, width), max(_SHORTEST_EDGE, height)))
    page.obj.Resources = Dictionary(XObject=Dictionary(Bild=picture))
    matrix = f"-{width:.3f} 0 0 {height:.3f} {width:.3f} 0" if frame.mirrored else f"{width:.3f} 0 0 {height:.3f} 0 0"
    page.obj.Contents = pdf.make_stream(f"q {matrix} cm /Bild Do Q".encode())
    if frame.turned:
        page.obj.Rotate = frame.turned
