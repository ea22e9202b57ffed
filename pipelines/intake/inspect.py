"""Is a PDF whole, and safe to open? Found without rendering anything."""

from pathlib import Path

import pikepdf

from config.settings import load_settings
from pipelines.intake.hazards import check_hazards
from pipelines.invoice.mail import is_mail
from schemas.errors import BadInput
from schemas.values import DocumentFacts

__all__ = ["inspect_pdf"]

_TAIL = 2048
_RESCAN = "Bitte das Schriftstück neu scannen oder die Datei neu übertragen."


def inspect_pdf(path: Path) -> DocumentFacts:
    """Page count and anomalies of a PDF that may be worked on; BadInput says why another may not."""
    settings, size = load_settings(), path.stat().st_size
    if size == 0:
        raise BadInput("Die Datei ist leer (0 Byte).", remedy=_RESCAN)
    with path.open("rb") as stream:
        head = stream.read(1024)
        stream.seek(max(0, size - _TAIL))
        tail = stream.read()
    if b"%PDF-" not in head and is_mail(path):
        raise BadInput("Die Datei ist eine E-Mail.", remedy="Bitte die Anlagen einzeln einlegen.")
    if b"%PDF-" not in head:
        raise BadInput(
            "Die Datei ist weder ein PDF oder Bild noch eine E-Rechnung, auch wenn sie vielleicht so heißt.",
            remedy="Bitte als PDF scannen oder umwandeln.",
        )
    if b"%%EOF" not in tail:
        raise BadInput("Das PDF ist abgeschnitten: sein Ende fehlt.", remedy=_RESCAN)
    try:
        with pikepdf.Pdf.open(path, attempt_recovery=False, inherit_page_attributes=False) as pdf:
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
