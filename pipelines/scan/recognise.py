"""OCR: from the picture to a searchable PDF/A-2b with its text and words. The original stays as it is."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from config.city_config import City
from config.scan_config import ScanRules
from config.settings import load_settings
from pipelines.intake.hazards import SIGNED
from pipelines.scan.quality import Fault, page_list, said
from pipelines.scan.words import RECOGNITION, TURNING, PageWords, PostProcessing, alto, read_words, sureness
from schemas.errors import BadInput
from schemas.states import FileRole, State
from schemas.unfinished import Unfinished
from schemas.values import NewFile, StepResult, Work

if TYPE_CHECKING:
    import pikepdf

__all__ = ["PAGE_BREAK", "make_product", "page_texts", "read_pages", "recognise"]

PAGE_BREAK = "\f"
_PLAIN_CATALOG = frozenset({"/Type", "/Pages", "/Version", "/Lang", "/Metadata", "/MarkInfo", "/OutputIntents"})
_NOT_PROVEN = "Die durchsuchbare Fassung ist nicht als PDF/A-2b nachgewiesen."
_RESCAN = "Bitte das Schriftstück neu scannen."


def recognise(work: Work, city: City) -> StepResult:
    """Product (PDF/A-2b), text (UTF-8, pages parted by form feed) and words (ALTO), or quarantine if unreadable."""
    product, text, words = (work.scratch / name for name in ("produkt.pdf", "text.txt", "worte.xml"))
    original = work.raw_scan
    signed = SIGNED in work.facts.anomalies
    try:
        pages = read_pages(original.path, city.scan, colour_wanted=_colour_wanted(work, city), kept=work.kept)
        proven = make_product(original.path, product, pages, signed=signed)
    except BadInput as problem:
        return StepResult(State.QUARANTINED, work.facts, str(problem))
    text.write_text(PAGE_BREAK.join(page.text for page in pages), encoding="utf-8")
    words.write_bytes(alto(pages, _steps(pages, city.scan), original.name, work.now))
    found = [] if proven else [_NOT_PROVEN]
    facts = replace(work.facts, anomalies=(*work.facts.anomalies, *found, *_findings(pages, city.scan)))
    stem = Path(original.name).stem
    files = (
        NewFile(FileRole.PRODUCT, product, f"{stem}.pdf"),
        NewFile(FileRole.TEXT, text, f"{stem}.txt"),
        NewFile(FileRole.WORDS, words, f"{stem}.alto.xml"),
    )
    return StepResult(State.RECOGNISED, facts, _summary(pages), files)


def read_pages(
    source: Path, rules: ScanRules, *, colour_wanted: bool = False, kept: Path | None = None
) -> tuple[PageWords, ...]:
    """Every page read, one after the other, in this process. BadInput if the file cannot be drawn.

    With a folder `kept` no more than `pages_at_once` are read before it is left as Unfinished: a long document lets
    the others through, and a worker that dies loses no page that was read.
    """
    import pypdfium2

    from pipelines.scan.picture import has_masks
    from pipelines.scan.read_page import read_page

    most = float(load_settings().max_page_megapixels)
    masked = has_masks(source)

    def read(pdf: pypdfium2.PdfDocument, number: int) -> PageWords:
        page = pdf[number - 1]
        return read_page(page, number, rules, most_megapixels=most, masked=masked, colour_wanted=colour_wanted)

    try:
        with pypdfium2.PdfDocument(source) as pdf:
            numbers = range(1, len(pdf) + 1)
            if not numbers:
                raise BadInput("Das PDF hat keine Seiten.", remedy=_RESCAN)
            if kept is None or len(numbers) <= rules.reading.pages_at_once:
                return tuple(read(pdf, number) for number in numbers)
            missing = [number for number in numbers if not _draft(kept, number).exists()]
            for number in missing[: rules.reading.pages_at_once]:
                _keep(kept, read(pdf, number))
    except pypdfium2.PdfiumError as error:
        raise _unreadable(error) from error
    if len(missing) > rules.reading.pages_at_once:
        raise Unfinished
    return tuple(page for number in numbers for page in read_words(_draft(kept, number)))


def _draft(kept: Path, number: int) -> Path:
    return kept / f"seite-{number:05}.xml"


def _keep(kept: Path, page: PageWords) -> None:
    """Whole or not at all: a worker may be killed at any time."""
    kept.mkdir(parents=True, exist_ok=True)
    half = kept / "halb.xml"
    half.write_bytes(alto((page,), (), "", None))
    half.replace(_draft(kept, page.number))


def make_product(source: Path, target: Path, pages: Sequence[PageWords], *, signed: bool = False) -> bool:
    """Write a searchable PDF whose image streams are the scanned ones; pages with text are left alone.

    True if it is proven to be PDF/A-2b; False if that could not be decided (foreign fonts, unusual constructs).
    Runs inside the calling process with threads: inside a Celery child a process pool is forbidden.
    BadInput if the file cannot be read.
    """
    import ocrmypdf
    import pikepdf

    from pipelines.scan.text_layer import searchable

    recognised = {page.number: page for page in pages if page.languages}
    try:
        shown = _pages_only(source, target.with_suffix(".seiten.pdf"), {page.number: page.turned for page in pages})
        return searchable(shown, target, recognised, signed=signed)
    except (ocrmypdf.exceptions.MissingDependencyError, MemoryError):
        raise
    except (ocrmypdf.exceptions.ExitCodeException, pikepdf.PikepdfError, ValueError) as error:
        raise _unreadable(error) from error


def page_texts(path: Path) -> list[str]:
    """The text of every page of a PDF, top to bottom as its text layer has it."""
    import pypdfium2

    with pypdfium2.PdfDocument(path) as pdf:
        return [_text_of(page) for page in pdf]


def _text_of(page: object) -> str:
    text_page = page.get_textpage()  # type: ignore[attr-defined]
    try:
        return str(text_page.get_text_bounded()).replace("\r\n", "\n")
    finally:
        text_page.close()


def _pages_only(source: Path, copy: Path, turned: Mapping[int, int]) -> Path:
    """The file itself, or a copy with pages turned upright and without what a product must not carry.

    That is actions, forms, bookmarks, attachments: office programs add such things to the catalog, scanners do not.
    Streams are copied as they are; turning changes the page's /Rotate alone.
    """
    import pikepdf

    with pikepdf.Pdf.open(source) as pdf:
        extra = [key for key in pdf.Root.keys() if key not in _PLAIN_CATALOG]  # noqa: SIM118 - no mapping
        if not extra and not any(turned.values()):
            return source
        for key in extra:
            del pdf.Root[key]
        _turn(pdf, turned)
        pdf.save(copy)
    return copy


def _turn(pdf: "pikepdf.Pdf", turned: Mapping[int, int]) -> None:
    for number, page in enumerate(pdf.pages, 1):
        if turned.get(number):
            page.rotate(turned[number], relative=True)


def _colour_wanted(work: Work, city: City) -> bool:
    point = city.intake_point(work.scan.intake_point)
    profile = city.procedure.profile(point.profile) if point is not None else None
    return profile is not None and profile.colour == "farbe"


def _unreadable(error: Exception) -> BadInput:
    return BadInput(f"Die Texterkennung kann das PDF nicht lesen ({type(error).__name__}).", remedy=_RESCAN)


def _summary(pages: Sequence[PageWords]) -> str:
    sure = sureness(pages)
    return f"{len(pages)} Seite(n) gelesen" + ("." if sure is None else f", Erkennungssicherheit {sure:.0%}.")


def _findings(pages: Sequence[PageWords], rules: ScanRules) -> list[str]:
    """What a person should know of the pages, every kind once with its page numbers."""
    faults = [(page.number, Fault[name]) for page in pages for name in page.faults]
    found = list(said(faults, rules.images))
    low = rules.reading.low_confidence
    for label, numbers in (
        ("Leere Seite, markiert und behalten", [page.number for page in pages if page.blank]),
        ("Für die Anzeige gedreht", [page.number for page in pages if page.turned]),
        ("Text unsicher erkannt", [page.number for page in pages if (page.confidence or 1.0) < low]),
        ("Texterkennung wegen Zeitüberschreitung abgebrochen", [page.number for page in pages if page.gave_up]),
    ):
        if numbers:
            found.append(f"{label} (Seite {page_list(numbers)}).")
    if not any(page.text.strip() for page in pages):
        found.append("Kein Text erkannt.")
    return found


def _steps(pages: Sequence[PageWords], rules: ScanRules) -> list[PostProcessing]:
    """What was done to show and read the pages, with parameters, as a transfer note must tell it."""
    from pipelines.scan.ocr_engine import engine_version

    recognised = [page for page in pages if page.languages]
    if not recognised:
        return []
    ours, images = "Posteingang", rules.images
    languages = "+".join(sorted({page.languages for page in recognised}))
    steps = [
        PostProcessing(
            RECOGNITION,
            f"{engine_version()}, OCRmyPDF {metadata.version('ocrmypdf')}",
            f"Sprache {languages}; Seite {page_list(page.number for page in recognised)}",
        ),
        PostProcessing(
            "Bildprüfung",
            ours,
            f"mindestens {images.minimum_dpi} dpi; Leerseite: kein Strich ab {images.blank_stroke:g} mm "
            f"mit Kontrast {images.blank_contrast}",
        ),
    ]
    if turned := [page for page in recognised if page.turned]:
        angles = "; ".join(f"Seite {page.number} um {page.turned} Grad" for page in turned)
        steps.append(PostProcessing(TURNING, ours, f"{angles} (/Rotate, Bilddaten unverändert)"))
    if straight := [page for page in recognised if page.deskewed]:
        angles = "; ".join(f"Seite {page.number} um {page.deskewed:.1f} Grad" for page in straight)
        steps.append(PostProcessing("Ausrichtung der Lesekopie", ours, f"{angles} (nur zum Lesen)"))
    if blank := [page.number for page in recognised if page.blank]:
        steps.append(PostProcessing("Leerseitenerkennung", ours, f"Seite {page_list(blank)} markiert, nicht entfernt"))
    return steps
