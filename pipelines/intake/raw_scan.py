"""The raw scan as a PDF of exactly the pages asked for, every stream byte for byte as it was delivered."""

from collections.abc import Sequence
from pathlib import Path

import pikepdf

from schemas.errors import BadInput

__all__ = ["raw_pdf", "save_untouched"]

_RESCAN = "Bitte das Schriftstück neu scannen oder die Datei neu übertragen."


def raw_pdf(source: Path, pages: Sequence[int], target: Path) -> None:
    """Write the pages (numbers from 1) of the PDF `source`, in that order, as the PDF `target`.

    The same input makes the same bytes. Nothing else of the source goes along: no other page, no image only other
    pages show, no bookmarks, no properties. BadInput if the source cannot be read or has no such page.
    """
    if not pages:
        raise ValueError("a raw scan needs at least one page")
    try:
        with pikepdf.Pdf.open(source) as delivered, pikepdf.Pdf.new() as made:
            if missing := [number for number in pages if not 1 <= number <= len(delivered.pages)]:
                raise BadInput(f"Das PDF hat keine Seite {missing[0]}.", remedy=_RESCAN)
            for number in pages:
                made.pages.append(delivered.pages[number - 1])
            made.remove_unreferenced_resources()
            save_untouched(made, target)
    except (pikepdf.PikepdfError, ValueError, RecursionError) as error:
        raise BadInput(f"Das PDF ist beschädigt ({type(error).__name__}).", remedy=_RESCAN) from None


def save_untouched(pdf: pikepdf.Pdf, target: Path) -> None:
    """Write the PDF with every stream packed as it is; the same content makes the same bytes."""
    pdf.save(
        target,
        compress_streams=False,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
        deterministic_id=True,
    )
