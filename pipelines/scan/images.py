"""The image streams of a PDF, byte for byte as they stand in the file: what must not change on the way."""

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["ImageStream", "image_hashes", "image_streams"]

_DEEPEST_FORM = 8
_POINTS_PER_INCH = 72


@dataclass(frozen=True, slots=True)
class ImageStream:
    """One image of a page. `number` counts from 1 on its page; `size` in bytes, before decoding, as `sha256`.

    `dpi`: 0 where the page has no size that says it. `colour`: 'bitonal', 'Graustufen', 'Farbe' or 'unbekannt'.
    """

    page: int
    number: int
    width: int
    height: int
    compression: str
    colour: str
    dpi: int
    size: int
    sha256: str


def image_hashes(content: bytes) -> list[str]:
    """SHA-256 of every image stream, in the order of `image_streams`; empty if it is no readable PDF."""
    import pikepdf

    try:
        return [image.sha256 for image in image_streams(io.BytesIO(content))]
    except (pikepdf.PikepdfError, ValueError, AttributeError, TypeError, KeyError):
        return []


def image_streams(path: Path | io.BytesIO) -> tuple[ImageStream, ...]:
    """Every image the pages use, in the order of the pages; masks are images too.

    Raises pikepdf.PdfError if it is no readable PDF.
    """
    import pikepdf

    found: list[ImageStream] = []
    known: dict[tuple[int, int], str] = {}
    with pikepdf.open(path) as pdf:
        for place, page in enumerate(pdf.pages, 1):
            box = [float(edge) for edge in page.mediabox]
            inches = abs(box[2] - box[0]) / _POINTS_PER_INCH * float(page.obj.get("/UserUnit", 1))
            for number, image in enumerate(_images(page.obj.get("/Resources"), 0, set()), 1):
                found.append(_described(image, place, number, inches, known))
    return tuple(found)


def _images(resources: Any, depth: int, seen: set[tuple[int, int]]) -> Iterator[Any]:
    """Images of a page, also within forms; each once a page."""
    if resources is None or depth > _DEEPEST_FORM or "/XObject" not in resources:
        return
    drawn = resources["/XObject"]
    for name in sorted(drawn.keys()):
        thing = drawn[name]
        if thing.objgen in seen and thing.objgen != (0, 0):
            continue
        seen.add(thing.objgen)
        if thing.get("/Subtype") == "/Image":
            yield thing
            if "/SMask" in thing:
                yield thing["/SMask"]
        elif thing.get("/Subtype") == "/Form":
            yield from _images(thing.get("/Resources"), depth + 1, seen)


def _described(image: Any, page: int, number: int, inches: float, known: dict[tuple[int, int], str]) -> ImageStream:
    raw = image.read_raw_bytes()
    digest = known.get(image.objgen) or hashlib.sha256(raw).hexdigest()
    known[image.objgen] = digest
    width, height = int(image.get("/Width", 1)), int(image.get("/Height", 1))
    filters = image.get("/Filter", "keine")
    names = [str(filters)] if not _is_list(filters) else [str(one) for one in filters]
    return ImageStream(
        page=page,
        number=number,
        width=width,
        height=height,
        compression="+".join(name.lstrip("/") for name in names) or "keine",
        colour=_colour(image),
        dpi=round(width / inches) if inches else 0,
        size=len(raw),
        sha256=digest,
    )


def _is_list(filters: Any) -> bool:
    import pikepdf

    return isinstance(filters, pikepdf.Array)


def _colour(image: Any) -> str:
    """From the number of bits and the colour space; an ICC profile says its components."""
    if image.get("/ImageMask", False) or int(image.get("/BitsPerComponent", 8)) == 1:
        return "bitonal"
    space = image.get("/ColorSpace")
    if space is None:
        return "unbekannt"
    if _is_list(space):
        if str(space[0]) == "/ICCBased":
            return "Graustufen" if int(space[1].get("/N", 3)) == 1 else "Farbe"
        return "Graustufen" if str(space[0]) == "/CalGray" else "Farbe"
    return "Graustufen" if str(space) in ("/DeviceGray", "/CalGray") else "Farbe"
