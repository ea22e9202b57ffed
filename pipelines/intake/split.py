"""Cut a scanned file at its separator sheets. Without any it is one document and goes on as it is."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pypdfium2

from config.city_config import City
from config.scan_config import ScanRules
from pipelines.intake.cut import Look, cut
from pipelines.intake.hazards import SIGNED
from pipelines.intake.raw_scan import raw_pdf
from pipelines.intake.separators import drawn, sheet_on
from pipelines.scan.picture import Grey, Picture, can_be_decoded
from pipelines.scan.quality import looks_blank
from schemas.batch import ImageKind, Part, Sheet, Split
from schemas.errors import BadInput
from schemas.states import FileRole, State
from schemas.values import BatchFacts, DocumentFacts, NewDocument, NewFile, StepResult, Work

__all__ = ["split"]

_MUCH_DARKER = 100
_INK_OF_A_LETTER = 0.005
_NOT_CUT = "Enthält Trennblätter, ist aber elektronisch signiert: nicht getrennt."


def split(work: Work, city: City) -> StepResult:
    """Prepared as one document, split into several, or quarantined if there is nothing but separators."""
    source = work.raw_scan
    try:
        found = cut(_looks(source.path, city.scan))
    except pypdfium2.PdfiumError:  # the recognition says what is wrong with it
        return StepResult(State.PREPARED, work.facts)
    if not found.separated:
        return StepResult(State.PREPARED, work.facts, "Keine Trennblätter.", batch=_batch(work, found))
    if SIGNED in work.facts.anomalies:
        facts = replace(work.facts, anomalies=(*work.facts.anomalies, _NOT_CUT))
        return StepResult(State.PREPARED, facts, _NOT_CUT)
    if not found.parts:
        reason = "Die Datei enthält nur Trennblätter, kein Schriftstück. Bitte den Stapel vollständig scannen."
        return StepResult(State.QUARANTINED, work.facts, reason)
    batch = _batch(work, found)
    doubts = (*batch.findings, *(finding for image in found.images for finding in image.findings))
    try:
        children = tuple(_child(work, place, part, city, doubts) for place, part in enumerate(found.parts, 1))
    except BadInput as problem:
        return StepResult(State.QUARANTINED, work.facts, str(problem))
    reason = f"In {len(children)} Schriftstück(e) getrennt."
    return StepResult(State.SPLIT, work.facts, reason, children=children, batch=batch)


def _looks(path: Path, rules: ScanRules) -> list[Look]:
    looks = []
    with pypdfium2.PdfDocument(path) as pdf:
        for number in range(len(pdf)):
            page = pdf[number]
            pixels, dpi = drawn(page)
            sheet = sheet_on(pixels, dpi, rules.separators)
            maybe_blank = sheet is None and not _has_much_ink(pixels)
            blank = maybe_blank and looks_blank(Picture(pixels, dpi), rules.images) and can_be_decoded(page)
            looks.append(Look(sheet, blank))
            page.close()
    return looks


def _has_much_ink(pixels: Grey) -> bool:
    """True for a page full of writing: that it is not blank is told in a fraction of the time."""
    seen = pixels[::4, ::4]
    return float(np.mean(seen < np.median(seen) - _MUCH_DARKER)) > _INK_OF_A_LETTER


def _child(work: Work, place: int, part: Part, city: City, doubts: tuple[str, ...]) -> NewDocument:
    """The document with its raw scan, what its separator sheet says of it, and what is doubtful of the whole batch."""
    target = work.scratch / f"schriftstueck-{place}.pdf"
    raw_pdf(work.raw_scan.path, part.images, target)
    reasons, anomalies = _said(part, city)
    facts = DocumentFacts(
        page_count=len(part.images),
        document_type=part.sheet.document_type if part.sheet else None,
        unit=part.sheet.unit if part.sheet else None,
        reasons=tuple(reasons),
        anomalies=(*work.facts.anomalies, *doubts, *anomalies),
    )
    name = f"{Path(work.original_name).stem}-{place}.pdf"
    reason = f"Bild {part.images[0]} bis {part.images[-1]} von „{work.original_name}“."
    return NewDocument(facts, NewFile(FileRole.ORIGINAL, target, name), State.PREPARED, reason)


def _said(part: Part, city: City) -> tuple[list[str], list[str]]:
    """Reasons and anomalies of a document from its separator sheet (German)."""
    attached = [str(part.images.index(number) + 1) for number in part.attachments]
    reasons = [f"Anlage ab Seite {', '.join(attached)} (Trennblatt)."] if attached else []
    sheet = part.sheet
    if sheet is None:
        return reasons, []
    unit, kind = city.unit(sheet.unit or ""), city.document_type(sheet.document_type or "")
    reasons += [f"Auf dem Trennblatt: {unit.number} {unit.name}."] if unit else []
    reasons += [f"Auf dem Trennblatt: {kind.name}."] if kind else []
    reasons += ["Auf dem Trennblatt: vertraulich."] if sheet.confidential else []
    return reasons, _doubts(part, sheet, known_unit=unit is not None, known_type=kind is not None)


def _doubts(part: Part, sheet: Sheet, *, known_unit: bool, known_type: bool) -> list[str]:
    doubts = []
    if sheet.unit and not known_unit:
        doubts.append(f"Das Trennblatt nennt die Organisationseinheit {sheet.unit}, die es nicht gibt.")
    if sheet.document_type and not known_type:
        doubts.append(f"Das Trennblatt nennt die Dokumentart „{sheet.document_type}“, die es nicht gibt.")
    if sheet.pages is not None and sheet.pages != len(part.images):
        doubts.append(f"Laut Trennblatt {sheet.pages} Seite(n), gezählt {len(part.images)}.")
    return doubts


def _batch(work: Work, found: Split) -> BatchFacts:
    """Every image, and whether as many pages came as the cover sheet says."""
    cover = found.cover
    pages = sum(image.kind in (ImageKind.PAGE, ImageKind.BLANK) for image in found.images)
    expected = cover.pages if cover else None
    findings = [f"Laut Deckblatt {expected} Seite(n), gezählt {pages}."] if expected not in (None, pages) else []
    name = (cover.batch if cover else None) or work.original_name
    return BatchFacts(name, found.images, expected, tuple(findings))
