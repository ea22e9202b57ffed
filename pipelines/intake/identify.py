"""What is it really, and is it safe to open? Decided by content, never by the extension."""

import pikepdf

from config.city_config import City
from config.settings import load_settings
from pipelines.intake.hazards import check_hazards
from schemas.errors import BadInput
from schemas.states import FileRole, State
from schemas.values import DocumentFacts, StepResult, StoredFile, Work

__all__ = ["identify", "inspect_pdf"]

_TAIL = 2048
_RESCAN = "Bitte das Schriftstück neu scannen oder die Datei neu übertragen."


def identify(work: Work, city: City) -> StepResult:
    """Duplicate, quarantined (with a German reason), or identified with its page count and anomalies."""
    if work.duplicate_of is not None:
        return StepResult(State.DUPLICATE, work.facts, f"Inhaltsgleich mit {work.duplicate_of}.")
    try:
        facts = inspect_pdf(work.file(FileRole.ORIGINAL))
    except BadInput as problem:
        return StepResult(State.QUARANTINED, work.facts, str(problem))
    return StepResult(State.IDENTIFIED, facts, f"PDF mit {facts.page_count} Seite(n).")


def inspect_pdf(file: StoredFile) -> DocumentFacts:
    """Page count and anomalies of a PDF that may be worked on; BadInput says why another may not."""
    settings = load_settings()
    if file.digest.size == 0:
        raise BadInput("Die Datei ist leer (0 Byte).", remedy=_RESCAN)
    with file.path.open("rb") as stream:
        head = stream.read(1024)
        stream.seek(max(0, file.digest.size - _TAIL))
        tail = stream.read()
    if b"%PDF-" not in head:
        raise BadInput(
            "Die Datei ist kein PDF, auch wenn sie vielleicht so heißt.",
            remedy="Bitte als PDF scannen oder umwandeln.",
        )
    if b"%%EOF" not in tail:
        raise BadInput("Das PDF ist abgeschnitten: sein Ende fehlt.", remedy=_RESCAN)
    try:
        with pikepdf.Pdf.open(file.path, attempt_recovery=False, inherit_page_attributes=False) as pdf:
            announced = _announced_pages(pdf)
            pages = len(pdf.pages)
            if pages == 0:
                raise BadInput("Das PDF hat keine Seiten.", remedy=_RESCAN)
            if pages > settings.max_pages:
                raise BadInput(
                    f"Das PDF hat {pages} Seiten, erlaubt sind {settings.max_pages}.",
                    remedy="Bitte in mehrere Dateien teilen.",
                )
            if announced > pages:
                raise BadInput(
                    f"Das PDF hat laut Verzeichnis {announced} Seiten, lesbar sind nur {pages}.", remedy=_RESCAN
                )
            anomalies = check_hazards(pdf, max_megapixels=settings.max_page_megapixels)
    except pikepdf.PasswordError:
        raise BadInput(
            "Das PDF ist mit einem Kennwort verschlüsselt.",
            remedy="Bitte beim Absender eine lesbare Fassung anfordern.",
        ) from None
    except (pikepdf.PikepdfError, ValueError, RecursionError) as error:
        raise BadInput(f"Das PDF ist beschädigt ({_first_line(error)}).", remedy=_RESCAN) from None
    return DocumentFacts(page_count=pages, anomalies=anomalies)


def _announced_pages(pdf: pikepdf.Pdf) -> int:
    """Pages as the page tree counts them, 0 if it does not say; asked before the reader repairs the tree.

    The reader leaves out a damaged page with no more than a warning: a letter must not become shorter unseen.
    """
    tree: object = pdf.Root.get("/Pages")
    count: object = tree.get("/Count") if isinstance(tree, pikepdf.Dictionary) else None
    return count if isinstance(count, int) else 0


def _first_line(error: Exception) -> str:
    """The library's own words without the file's path in front."""
    lines = str(error).splitlines() or [type(error).__name__]
    return lines[0].rsplit(": ", 1)[-1][:120]
