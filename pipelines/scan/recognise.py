"""OCR: from the picture to a searchable PDF/A-2b with its text. The original stays as it is."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from config.city_config import City
from config.settings import load_settings
from schemas.errors import BadInput
from schemas.states import FileRole, State
from schemas.values import NewFile, StepResult, Work

__all__ = ["PAGE_BREAK", "make_product", "recognise"]

PAGE_BREAK = "\f"
LANGUAGE = "deu"
_PLAIN_CATALOG = frozenset({"/Type", "/Pages", "/Version", "/Lang", "/Metadata", "/MarkInfo", "/OutputIntents"})
_NOT_PROVEN = "Die durchsuchbare Fassung ist nicht als PDF/A-2b nachgewiesen."


def recognise(work: Work, city: City) -> StepResult:
    """Product (PDF/A-2b) and text (UTF-8, pages parted by form feed), or quarantine if it cannot be read."""
    product, text = work.scratch / "produkt.pdf", work.scratch / "text.txt"
    original = work.file(FileRole.ORIGINAL)
    signed = any("signiert" in anomaly for anomaly in work.facts.anomalies)
    try:
        proven = make_product(original.path, product, signed=signed)
        pages = page_texts(product)
    except BadInput as problem:
        return StepResult(State.QUARANTINED, work.facts, str(problem))
    text.write_text(PAGE_BREAK.join(pages), encoding="utf-8")
    found = [_NOT_PROVEN] if not proven else []
    if not any(page.strip() for page in pages):
        found.append("Kein Text erkannt.")
    facts = replace(work.facts, anomalies=(*work.facts.anomalies, *found))
    stem = Path(original.name).stem
    files = (
        NewFile(FileRole.PRODUCT, product, f"{stem}.pdf"),
        NewFile(FileRole.TEXT, text, f"{stem}.txt"),
    )
    return StepResult(State.RECOGNISED, facts, f"{len(pages)} Seite(n) gelesen.", files)


def make_product(source: Path, target: Path, *, signed: bool = False) -> bool:
    """Write a searchable PDF whose image streams are the scanned ones; pages with text are left alone.

    True if it is proven to be PDF/A-2b; False if that could not be decided (foreign fonts, unusual constructs).

    Runs inside the calling process with threads: inside a Celery child a process pool is forbidden.
    BadInput if the file cannot be rendered.
    """
    import ocrmypdf
    import pikepdf.pdfa

    os.environ["OMP_THREAD_LIMIT"] = "1"
    settings = load_settings()
    options: dict[str, Any] = {
        "language": [LANGUAGE],
        "mode": "skip",
        "pdfa_backend": "internal",
        "optimize": 0,
        "jobs": 1,
        "use_threads": True,
        "progress_bar": False,
        "invalidate_digital_signatures": signed or None,
        "max_image_mpixels": float(settings.max_page_megapixels),
    }
    try:
        pages = _pages_only(source, target.with_suffix(".seiten.pdf"))
        try:
            ocrmypdf.ocr(pages, target, output_type="pdfa-2", **options)
        except ocrmypdf.exceptions.PdfaConversionFailedError:
            ocrmypdf.ocr(pages, target, output_type="pdf", **options)
            return False
    except (ocrmypdf.exceptions.MissingDependencyError, MemoryError):
        raise
    except (ocrmypdf.exceptions.ExitCodeException, pikepdf.PikepdfError, ValueError) as error:
        raise BadInput(
            f"Die Texterkennung kann das PDF nicht lesen ({type(error).__name__}).",
            remedy="Bitte das Schriftstück neu scannen.",
        ) from error
    return bool(pikepdf.pdfa.validate_written(target, "2b").passed)


def _pages_only(source: Path, copy: Path) -> Path:
    """The file itself, or a copy without what a product must not carry (actions, forms, bookmarks, attachments).

    Streams are copied as they are. Office programs add such things to the catalog, scanners do not.
    """
    import pikepdf

    with pikepdf.Pdf.open(source) as pdf:
        extra = [key for key in pdf.Root.keys() if key not in _PLAIN_CATALOG]  # noqa: SIM118 - no mapping
        if not extra:
            return source
        for key in extra:
            del pdf.Root[key]
        pdf.save(copy)
    return copy


def page_texts(path: Path) -> list[str]:
    """The text of every page, top to bottom as the text layer has it."""
    import pypdfium2

    with pypdfium2.PdfDocument(path) as pdf:
        return [_text_of(page) for page in pdf]


def _text_of(page: object) -> str:
    text_page = page.get_textpage()  # type: ignore[attr-defined]
    try:
        return str(text_page.get_text_bounded()).replace("\r\n", "\n")
    finally:
        text_page.close()
