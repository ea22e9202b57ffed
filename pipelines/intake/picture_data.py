"""The data of one picture as a PDF holds them: as delivered where it can, else packed anew without loss."""

import io
import zlib
from pathlib import Path
from typing import Any, BinaryIO

from pikepdf import Array, Dictionary, Name
from PIL import Image, TiffImagePlugin

from schemas.errors import BadInput

__all__ = ["delivered", "g4_strip", "packed"]

_SPACES = {"L": (Name.DeviceGray, 8), "RGB": (Name.DeviceRGB, 8), "CMYK": (Name.DeviceCMYK, 8)}
_SPACES |= {"I;16": (Name.DeviceGray, 16), "I;16B": (Name.DeviceGray, 16)}
_BITS, _PHOTOMETRIC, _FILL_ORDER = 258, 262, 266
_WIDTH, _HEIGHT, _OFFSETS, _COUNTS, _ROWS_PER_STRIP = 256, 257, 273, 279, 278


def g4_strip(image: Image.Image, stream: BinaryIO) -> tuple[bytes, dict[str, Any]] | None:
    """The one CCITT G4 strip of a TIFF page in this stream; None if its data cannot be taken over as they are."""
    if not isinstance(image, TiffImagePlugin.TiffImageFile):
        return None
    tags = image.tag_v2
    offsets, counts, white_or_black = tags.get(_OFFSETS, ()), tags.get(_COUNTS, ()), tags.get(_PHOTOMETRIC)
    if image.info.get("compression") != "group4" or len(offsets) != 1 or len(counts) != 1:
        return None
    if tags.get(_FILL_ORDER, 1) != 1 or white_or_black not in (0, 1):
        return None
    stream.seek(offsets[0])
    data = stream.read(counts[0])
    how = Dictionary(K=-1, Columns=tags[_WIDTH], Rows=tags[_HEIGHT], BlackIs1=white_or_black == 1)
    entries = {"ColorSpace": Name.DeviceGray, "BitsPerComponent": 1, "Filter": Name.CCITTFaxDecode}
    return data, {**entries, "DecodeParms": how}


def delivered(image: Image.Image, data: bytes, number: int) -> tuple[bytes, dict[str, Any]]:
    """JPEG and JPEG 2000 are streams a PDF holds as they are. Adobe writes the four inks of a JPEG inverted."""
    if image.mode not in ("L", "RGB", "CMYK"):
        raise _lossy(number, f"Farbmodell {image.mode}")
    jpeg = image.format != "JPEG2000"
    entries = {
        "ColorSpace": _SPACES[image.mode][0],
        "BitsPerComponent": 8,
        "Filter": Name.DCTDecode if jpeg else Name.JPXDecode,
    }
    if jpeg and image.mode == "CMYK" and "adobe" in image.info:
        entries["Decode"] = Array([1, 0] * 4)
    return data, entries


def packed(image: Image.Image, source: Path, number: int) -> tuple[bytes, dict[str, Any]]:
    """The pixels, black and white as one CCITT G4 strip, all others with Flate.

    BadInput where the library has fewer bits than the file, or the page is transparent.
    """
    _check_bits(image, source, number)
    kept: Image.Image = image
    if image.mode == "P" and "transparency" not in image.info:
        kept = image.convert("RGB")
    elif image.mode in ("P", "LA", "RGBA") or "transparency" in image.info:
        full = image.convert("RGBA")
        if full.getchannel("A").getextrema() != (255, 255):
            raise _lossy(number, "durchsichtige Stellen")
        kept = full.convert("L" if image.mode in ("L", "LA") else "RGB")
    if kept.mode == "1":
        return _g4_of(kept)
    if kept.mode not in _SPACES:
        raise _lossy(number, f"Farbmodell {image.mode}")
    space, bits = _SPACES[kept.mode]
    pixels = kept.tobytes("raw", "I;16B") if bits == 16 else kept.tobytes()
    return zlib.compress(pixels), {"ColorSpace": space, "BitsPerComponent": bits, "Filter": Name.FlateDecode}


def _g4_of(image: Image.Image) -> tuple[bytes, dict[str, Any]]:
    written = io.BytesIO()
    image.copy().save(written, "TIFF", compression="group4", tiffinfo={_ROWS_PER_STRIP: image.height})
    with Image.open(written, formats=["TIFF"]) as tiff:
        strip = g4_strip(tiff, written)
    if strip is None:
        raise AssertionError("a page written as one CCITT G4 strip has another form")
    return strip


def _check_bits(image: Image.Image, source: Path, number: int) -> None:
    """More than 8 bits a colour are kept of grey pictures alone, and of those whose black is zero."""
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        depth = max(image.tag_v2.get(_BITS, (1,)))
        if depth > 8 and (image.mode not in ("I;16", "I;16B") or image.tag_v2.get(_PHOTOMETRIC) != 1):
            raise _lossy(number, f"{depth} Bit je Farbe")
        return
    with source.open("rb") as stream:
        depth, colour = stream.read(26)[24:26]
    if depth == 16 and colour != 0:
        raise _lossy(number, "16 Bit je Farbe")


def _lossy(number: int, what: str) -> BadInput:
    return BadInput(
        f"Bild {number} lässt sich nicht verlustfrei übernehmen ({what}).",
        remedy="Bitte mit 8 Bit je Farbe in Schwarzweiß, Graustufen oder RGB neu scannen.",
    )
