"""OCRmyPDF makes the searchable PDF/A; this is the plugin that hands it the words we have read already.

OCRmyPDF by itself starts a Tesseract for every page, loads the model each time, and sends the page through a PNG.
Here it only lays the text layer under pages that have none and writes the PDF/A. Image streams stay byte for byte.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ocrmypdf
import pikepdf.pdfa
from ocrmypdf.builtin_plugins.tesseract_ocr import TesseractOptions
from ocrmypdf.hocrtransform import Baseline, BoundingBox, OcrClass, OcrElement
from PIL import Image

from pipelines.scan.ocr_engine import engine_version, installed_languages
from pipelines.scan.words import Line, PageWords

__all__ = ["searchable"]

_LEVEL = "2b"
_OPTIONS: dict[str, Any] = {
    "language": ["deu"],
    "mode": "skip",
    "pdfa_backend": "internal",
    "optimize": 0,
    "jobs": 1,
    "use_threads": True,
    "progress_bar": False,
    "pdf_renderer": "fpdf2",
    "rasterizer": "auto",
}


_HANDED_OVER: dict[str, Mapping[int, PageWords]] = {}
"""Words by page index, for the output file that is being made."""


def searchable(source: Path, target: Path, pages: Mapping[int, PageWords], *, signed: bool) -> bool:
    """Write the product with the words of `pages` (by page number, from 1). True if it is proven to be PDF/A-2b.

    Pages that carry text are left alone. ocrmypdf and pikepdf errors pass through.
    """
    options = _OPTIONS | {"invalidate_digital_signatures": signed or None, "plugins": [__name__]}
    key = os.fspath(target)
    _HANDED_OVER[key] = {number - 1: page for number, page in pages.items()}
    try:
        try:
            ocrmypdf.ocr(source, target, output_type="pdfa-2", **options)
        except ocrmypdf.exceptions.PdfaConversionFailedError:
            ocrmypdf.ocr(source, target, output_type="pdf", **options)
            return False
    finally:
        del _HANDED_OVER[key]
    return bool(pikepdf.pdfa.validate_written(target, _LEVEL).passed)


class _WordsAlreadyRead(ocrmypdf.OcrEngine):  # type: ignore[misc]
    """An engine that looks up what was read."""

    @staticmethod
    def version() -> str:
        return engine_version().rpartition(" ")[2]

    @staticmethod
    def creator_tag(options: Any) -> str:
        return engine_version()

    def __str__(self) -> str:
        return engine_version()

    @staticmethod
    def languages(options: Any) -> set[str]:
        return set(installed_languages())

    @staticmethod
    def get_orientation(input_file: Path, options: Any) -> ocrmypdf.OrientationConfidence:
        return ocrmypdf.OrientationConfidence(0, 0.0)

    @staticmethod
    def supports_generate_ocr() -> bool:
        return True

    @staticmethod
    def generate_ocr(input_file: Path, options: Any, page_number: int = 0) -> tuple[OcrElement, str]:
        page = _HANDED_OVER[os.fspath(options.output_file)].get(page_number)
        if page is None:
            return OcrElement(OcrClass.PAGE, BoundingBox(0, 0, 8, 8), dpi=72.0, page_number=page_number), ""
        return _tree(page), page.text

    @staticmethod
    def generate_hocr(input_file: Path, output_hocr: Path, output_text: Path, options: Any) -> None:
        raise NotImplementedError("words are handed over by generate_ocr")

    @staticmethod
    def generate_pdf(input_file: Path, output_pdf: Path, output_text: Path, options: Any) -> None:
        raise NotImplementedError("words are handed over by generate_ocr")


def _tree(page: PageWords) -> OcrElement:
    root = OcrElement(
        OcrClass.PAGE, BoundingBox(0, 0, page.width, page.height), dpi=page.dpi, page_number=page.number - 1
    )
    for block in page.blocks:
        paragraph = OcrElement(OcrClass.PARAGRAPH, direction="ltr", language="deu")
        paragraph.children = [_line(line) for line in block.lines]
        root.children.append(paragraph)
    return root


def _line(line: Line) -> OcrElement:
    element = OcrElement(OcrClass.LINE, BoundingBox(*line.box), baseline=Baseline(line.slope, line.offset))
    element.children = [
        OcrElement(
            OcrClass.WORD,
            BoundingBox(word.left, word.top, word.right, word.bottom),
            text=word.text,
            confidence=word.confidence,
        )
        for word in line.words
    ]
    return element


@ocrmypdf.hookimpl  # type: ignore[untyped-decorator]
def initialize(plugin_manager: Any) -> None:
    """Three starts of the tesseract program for every document, only to ask its version: not with our engine."""
    plugin_manager.unregister(name="ocrmypdf.builtin_plugins.tesseract_ocr")


@ocrmypdf.hookimpl  # type: ignore[untyped-decorator]
def register_options() -> dict[str, Any]:
    """OCRmyPDF's core reads these whoever recognises."""
    return {"tesseract": TesseractOptions}


@ocrmypdf.hookimpl(tryfirst=True)  # type: ignore[untyped-decorator]
def get_ocr_engine(options: Any) -> ocrmypdf.OcrEngine:
    return _WordsAlreadyRead()


@ocrmypdf.hookimpl(tryfirst=True)  # type: ignore[untyped-decorator]
def rasterize_pdf_page(output_file: Path, page_dpi: Any) -> Path:
    """A picture nobody looks at: the page was drawn and read before."""
    dpi = (page_dpi.x, page_dpi.y) if page_dpi is not None else (72.0, 72.0)
    Image.new("L", (8, 8), 255).save(output_file, "PNG", dpi=dpi)
    return output_file
