"""Batches as capture software delivers them: pages in every form, put into a zip."""

import io
import zipfile

import img2pdf  # type: ignore[import-untyped]
from PIL import Image, ImageDraw, ImageFont

__all__ = ["jpeg", "page", "pdf_scan", "png", "tiff", "zipped"]

_FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"


def page(text: str, mode: str = "L") -> Image.Image:
    """A small sheet with that text, at 100 dpi as below."""
    image = Image.new(mode, (420, 594), "white" if mode == "RGB" else 1 if mode == "1" else 255)
    ImageDraw.Draw(image).text((30, 60), text, font=ImageFont.truetype(_FONT, 28), fill=0)
    return image


def tiff(*texts: str, compression: str = "group4") -> bytes:
    """A bilevel TIFF, a page each."""
    first, *others = [page(text, "1") for text in texts]
    written = io.BytesIO()
    first.save(written, "TIFF", compression=compression, dpi=(100, 100), save_all=True, append_images=others)
    return written.getvalue()


def jpeg(text: str) -> bytes:
    written = io.BytesIO()
    page(text).save(written, "JPEG", dpi=(100, 100))
    return written.getvalue()


def png(text: str) -> bytes:
    written = io.BytesIO()
    page(text).save(written, "PNG", dpi=(100, 100))
    return written.getvalue()


def pdf_scan(*texts: str) -> bytes:
    """A PDF of scanned pages, without text."""
    return bytes(img2pdf.convert([jpeg(text) for text in texts]))


def zipped(files: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    """A zip of these files, in this order; unpacked as ours are, so that their own bytes can be seen in it."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return written.getvalue()
