"""Blank pages of a scan: told in the transfer note, and left out of the product where the procedure allows it."""

from collections.abc import Iterator
from dataclasses import replace

import pikepdf

from config.city_config import City
from pipelines.intake.hazards import SIGNED
from pipelines.intake.raw_scan import save_untouched
from pipelines.scan.embed import foreign_findings
from pipelines.scan.words import blank_pages
from schemas.batch_place import BatchPlace
from schemas.digest import digest_of_file
from schemas.states import FileRole
from schemas.values import StoredFile, Work

__all__ = ["DROPPING", "blank_images_told", "without_blank_pages"]

DROPPING = "Weglassen leerer Seiten"
_KEPT = "gekennzeichnet und im Scanprodukt behalten, in der Anzeige ausgeblendet"
_DROPPED = "aus dem Scanprodukt weggelassen, im Rohscan enthalten"


def blank_images_told(place: BatchPlace, dropped: tuple[int, ...], city: City) -> Iterator[tuple[int, str, str]]:
    """Number of each blank image of the batch, what was done with it, and how it was found (German)."""
    rules = city.scan.images
    method = f"Bildprüfung: kein Strich ab {rules.blank_stroke:g} mm mit Kontrast {rules.blank_contrast}"
    for image in sorted({*place.blank_images, *dropped}):
        yield image, _DROPPED if image in dropped else _KEPT, method


def without_blank_pages(work: Work, city: City) -> tuple[Work, tuple[int, ...]]:
    """The work with a product without blank pages, and the numbers of the images left out; else as it is.

    Only for a type whose rules allow it, never of a signed file or one that may be several letters, never all pages,
    and only if the product stays the PDF/A it was. Every stream of the other pages stays byte for byte; raw scan, text
    and words keep all pages.
    """
    kind, words = work.facts.document_type, work.files.get(FileRole.WORDS)
    allowed = kind is not None and city.procedure.rules_for(kind).blank_pages == "drop"
    if not allowed or words is None or SIGNED in work.facts.anomalies or work.facts.cut_at:
        return work, ()
    product, target = work.file(FileRole.PRODUCT), work.scratch / "ohne-leere-seiten.pdf"
    with pikepdf.Pdf.open(product.path) as pdf:
        images = work.batch.images if work.batch is not None else tuple(range(1, len(pdf.pages) + 1))
        blank = sorted(blank_pages(words.path))
        if not blank or len(images) != len(pdf.pages) or len(blank) >= len(images):
            return work, ()
        for number in reversed(blank):
            del pdf.pages[number - 1]
        pdf.remove_unreferenced_resources()
        save_untouched(pdf, target)
    if foreign_findings(target) and not foreign_findings(product.path):
        return work, ()
    kept = StoredFile(FileRole.PRODUCT, target, product.name, digest_of_file(target))
    facts = replace(work.facts, page_count=len(images) - len(blank))
    files = work.files | {FileRole.PRODUCT: kept}
    return replace(work, facts=facts, files=files), tuple(images[number - 1] for number in blank)
