"""Scan products without the wait for recognition: PDF/A-2b made of one scanned picture, once a run."""

import tempfile
from functools import cache
from pathlib import Path

import ocrmypdf

from tests.pipelines.papers import picture_of, scanned

__all__ = ["product_pdf", "raw_scan"]


@cache
def raw_scan() -> bytes:
    """What the scanner delivered."""
    return scanned(picture_of("Antrag auf Wohngeld"))


@cache
def product_pdf() -> bytes:
    """The same as PDF/A-2b, image stream untouched."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "roh.pdf", Path(folder) / "produkt.pdf"
        source.write_bytes(raw_scan())
        ocrmypdf.ocr(
            source,
            target,
            output_type="pdfa-2",
            pdfa_backend="internal",
            optimize=0,
            jobs=1,
            use_threads=True,
            progress_bar=False,
            tesseract_timeout=0,
        )
        return target.read_bytes()
