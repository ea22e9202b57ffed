"""Pages as pictures for recognition and quality: drawn by PDFium at the scan's own resolution, pixel for pixel."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Grey",
    "Picture",
    "ScannedImage",
    "can_be_decoded",
    "despeckled",
    "has_masks",
    "picture_of",
    "plain_scan",
    "rotated",
    "shrunk",
    "turned",
]

Grey = NDArray[np.uint8]

_POINTS = 72.0
_UNKNOWN_DPI = 300.0
_LEAST_DPI, _MOST_DPI = 72.0, 600.0
_FULL = 0.98
"""Share of the page's width and height an image covers that is the page itself."""


@dataclass(frozen=True, slots=True)
class ScannedImage:
    """One image of a page: its own resolution, the share of the page it covers, how it is packed, its colours."""

    dpi: float
    share: float
    filters: tuple[str, ...]
    coloured: bool
    bits: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A page in grey, 0 black to 255 white, as a viewer shows it, with the images it is made of."""

    pixels: Grey
    dpi: float
    images: tuple[ScannedImage, ...] = ()

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])


def picture_of(page: Any, *, most_megapixels: float, masked: bool = True) -> Picture:
    """The page of an open PdfDocument. Drawn smaller than scanned only above `most_megapixels` or 600 dpi.

    `masked`: an image of the file may be seen through a mask, so every page must be drawn.
    """
    import pypdfium2.raw as raw
    from pypdfium2 import PdfBitmap

    images = _images(page)
    plain = None if masked else _plain(page, images, most_megapixels)
    if plain is not None:
        return plain
    across, down = page.get_size()
    largest = max(images, key=lambda image: image[0].share, default=None)
    dpi = min(max(largest[0].dpi, _LEAST_DPI), _MOST_DPI) if largest else _UNKNOWN_DPI
    dpi = min(dpi, _POINTS * (most_megapixels * 1e6 / max(across * down, 1.0)) ** 0.5)
    width, height = max(1, round(across / _POINTS * dpi)), max(1, round(down / _POINTS * dpi))
    if largest is not None and page.get_rotation() % 180 == 0:
        width, height = _own_size(largest, (width, height))
    bitmap = PdfBitmap.new_native(width, height, raw.FPDFBitmap_Gray)
    bitmap.fill_rect((255, 255, 255, 255), 0, 0, width, height)
    raw.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, raw.FPDF_GRAYSCALE | raw.FPDF_ANNOT)
    pixels = np.frombuffer(bitmap.buffer, dtype=np.uint8).reshape(height, bitmap.stride)[:, :width].copy()
    bitmap.close()
    return Picture(pixels, width / max(across, 1e-6) * _POINTS, tuple(image for image, _ in images))


def plain_scan(page: Any, *, most_megapixels: float) -> Picture | None:
    """The pixels of the one grey JPEG the page consists of: the same as drawn, at a tenth of the cost; else None.

    Only for pages of files without masks (`has_masks`).
    """
    return _plain(page, _images(page), most_megapixels)


def has_masks(source: Path) -> bool:
    """True if any image of the file has a mask, or if it cannot be told."""
    import pikepdf

    try:
        with pikepdf.Pdf.open(source) as pdf:
            streams = (item for item in pdf.objects if isinstance(item, pikepdf.Stream))
            return any("/SMask" in stream or "/Mask" in stream for stream in streams)
    except pikepdf.PikepdfError:
        return True


def can_be_decoded(page: Any) -> bool:
    """False if an image of the page is broken: a viewer shows nothing there, which is not the same as blank paper."""
    import pypdfium2
    import pypdfium2.raw as raw

    try:
        for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3):
            item.get_bitmap()
    except pypdfium2.PdfiumError:
        return False
    return True


def turned(picture: Picture, clockwise: int) -> Picture:
    """Turned by 90, 180 or 270 degrees; no pixel changes."""
    pixels = np.ascontiguousarray(np.rot90(picture.pixels, -(clockwise // 90) % 4))
    return Picture(pixels, picture.dpi, picture.images)


def despeckled(picture: Picture) -> Picture:
    """Without single dark or light points, which hide the few lines of a sheet from the engine: to be read only."""
    from PIL import Image, ImageFilter

    copy = Image.fromarray(picture.pixels).filter(ImageFilter.MedianFilter(3))
    return Picture(np.asarray(copy), picture.dpi, picture.images)


def rotated(picture: Picture, clockwise: float) -> Picture:
    """A copy of the same size turned about its centre by a small angle, white where nothing was: to be read only."""
    from PIL import Image

    copy = Image.fromarray(picture.pixels).rotate(-clockwise, resample=Image.Resampling.BICUBIC, fillcolor=255)
    return Picture(np.asarray(copy), picture.dpi, picture.images)


def shrunk(picture: Picture, dpi: float) -> Picture:
    """A copy of at most that resolution, every pixel the mean of those it stands for."""
    from PIL import Image

    if picture.dpi <= dpi:
        return picture
    share = dpi / picture.dpi
    size = max(1, round(picture.width * share)), max(1, round(picture.height * share))
    copy = Image.fromarray(picture.pixels).resize(size, Image.Resampling.BILINEAR, reducing_gap=1.0)
    return Picture(np.asarray(copy), dpi, picture.images)


def _plain(page: Any, images: list[tuple[ScannedImage, tuple[int, int]]], most_megapixels: float) -> Picture | None:
    import pypdfium2.raw as raw

    items = list(page.get_objects(max_depth=3))
    if len(items) != 1 or len(images) != 1 or page.get_rotation() or raw.FPDFPage_GetAnnotCount(page):
        return None
    image, (width, height) = images[0]
    grey = image.bits == 8 and not image.coloured and image.filters == ("DCTDecode",)
    if not grey or width * height > most_megapixels * 1e6 or raw.FPDFPageObj_HasTransparency(items[0]):
        return None
    across, aslant, askew, down, _, _ = items[0].get_matrix().get()
    fits = zip(items[0].get_bounds(), page.get_cropbox(), strict=True)
    if aslant or askew or across <= 0 or down <= 0 or any(abs(mine - box) > 1 for mine, box in fits):
        return None
    bitmap = items[0].get_bitmap()
    if bitmap.mode != "L" or (bitmap.width, bitmap.height) != (width, height):
        return None
    pixels = np.frombuffer(bitmap.buffer, dtype=np.uint8).reshape(height, bitmap.stride)[:, :width].copy()
    return Picture(pixels, width / page.get_size()[0] * _POINTS, (image,))


def _images(page: Any) -> list[tuple[ScannedImage, tuple[int, int]]]:
    import pypdfium2.raw as raw

    across, down = page.get_size()
    found: list[tuple[ScannedImage, tuple[int, int]]] = []
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        known = item.get_metadata()
        left, bottom, right, top = item.get_bounds()
        share = max(0.0, right - left) * max(0.0, top - bottom) / max(across * down, 1.0)
        dpi = min(known.horizontal_dpi, known.vertical_dpi) or _UNKNOWN_DPI
        coloured = known.bits_per_pixel > 8 or known.colorspace in _colours()
        image = ScannedImage(float(dpi), min(share, 1.0), tuple(item.get_filters()), coloured, known.bits_per_pixel)
        found.append((image, item.get_px_size()))
    return found


def _colours() -> frozenset[int]:
    import pypdfium2.raw as raw

    names = ("DEVICERGB", "DEVICECMYK", "CALRGB", "LAB")
    return frozenset(getattr(raw, f"FPDF_COLORSPACE_{name}") for name in names)


def _own_size(image: tuple[ScannedImage, tuple[int, int]], size: tuple[int, int]) -> tuple[int, int]:
    """The image's own size where it is the page and the drawing would be off by no more than rounding."""
    own = image[1]
    fits = all(abs(mine - drawn) <= 2 for mine, drawn in zip(own, size, strict=True))
    return own if fits and image[0].share >= _FULL**2 else size
