"""From a page to paper: PDF/A with embedded fonts and page numbers, made without any request to anywhere."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from schemas.values import aware

__all__ = ["Embedded", "pdf_of"]

_NO_GLYPH = "\ufffd"


@dataclass(frozen=True, slots=True)
class Embedded:
    """A file that travels inside the PDF; `relationship` is the AFRelationship of PDF/A-3 ('Source', 'Data' ...)."""

    name: str
    content: bytes
    modified_at: datetime
    description: str = ""
    relationship: str = "Source"

    def __post_init__(self) -> None:
        aware(self.modified_at)


def pdf_of(html: str, target: Path, *, title: str, embedded: Sequence[Embedded] = ()) -> None:
    """Write the page as PDF/A-2b, or as PDF/A-3b if files are embedded. The same input gives the same bytes.

    PDF/A forbids characters without a glyph: those no installed font has are shown as U+FFFD.
    """
    missing = _write(html, target, title, embedded)
    if missing:
        _write(html.translate(dict.fromkeys(missing, _NO_GLYPH)), target, title, embedded)


def _write(html: str, target: Path, title: str, embedded: Sequence[Embedded]) -> set[int]:
    """Write the PDF; the code points no font could show."""
    for name in ("weasyprint", "fontTools"):  # to import the first is to parse its own style sheets, which it would log
        logging.getLogger(name).setLevel(logging.CRITICAL)
    import weasyprint

    nowhere = weasyprint.urls.URLFetcher(allowed_protocols=())
    document = weasyprint.HTML(string=html, url_fetcher=nowhere).render()
    document.metadata.title = title
    document.write_pdf(
        target,
        finisher=_tidy,
        pdf_variant="pdf/a-3b" if embedded else "pdf/a-2b",
        pdf_tags=True,
        attachments=[_attachment(file) for file in embedded],
    )
    return {code_point for font in document.fonts.values() for code_point in font.missing}


def _attachment(file: Embedded) -> Any:
    import weasyprint

    moment = file.modified_at.astimezone(UTC)
    return weasyprint.Attachment(
        file_obj=BytesIO(file.content),
        name=file.name,
        description=file.description,
        created=moment,
        modified=moment,
        relationship=file.relationship,
    )


def _tidy(_document: object, pdf: Any) -> None:
    """Drop what WeasyPrint writes without need: empty patterns and shadings (PDF/A checkers do not know what to make
    of them), and the second mention of each embedded file."""
    if "AF" in pdf.catalog:
        pdf.catalog["AF"][:] = dict.fromkeys(pdf.catalog["AF"])
    for entry in pdf.objects:
        if isinstance(entry, dict):
            for key in ("Pattern", "Shading"):
                if key in entry and not entry[key]:
                    del entry[key]
