"""Cut a scanned file at its separator sheets and where its index says. Without any it goes on as it is."""

from dataclasses import replace
from itertools import count, islice
from pathlib import Path

import numpy as np
import pypdfium2

from config.city_config import City
from config.scan_config import ScanRules
from pipelines.intake.capture import Told, captured
from pipelines.intake.closed import BY_SHEET, kept_closed, locked, opened_by_persons, stays_closed
from pipelines.intake.container import borders
from pipelines.intake.cut import Look, cut
from pipelines.intake.hazards import SIGNED
from pipelines.intake.index import read_index
from pipelines.intake.join import PLACEHOLDER, doubt_about, unreadable_among, unreadable_images
from pipelines.intake.pictures import REPACKED
from pipelines.intake.raw_scan import raw_pdf
from pipelines.intake.separators import drawn, sheet_on
from pipelines.intake.told import as_sheet_says, doubted, index_says_otherwise, replaced_by_sheet, sheet_of
from pipelines.scan.picture import Grey, Picture, can_be_decoded, has_masks
from pipelines.scan.quality import looks_blank
from pipelines.scan.words import blank_pages
from schemas.balance import PAGES
from schemas.batch import ImageKind, Part, SheetType, Split
from schemas.batch_index import BatchIndex, IndexedDocument
from schemas.errors import BadInput
from schemas.states import FileRole, State
from schemas.values import BatchFacts, DocumentFacts, NewDocument, NewFile, StepResult, Work

__all__ = ["cut_by_person", "split"]

_MUCH_DARKER = 100
_INK_OF_A_LETTER = 0.005
_NOT_CUT = "Enthält Trennblätter, ist aber elektronisch signiert: nicht getrennt."


def split(work: Work, city: City) -> StepResult:
    """Prepared as one document, split into several, locked, or quarantined if there is nothing but separators."""
    try:
        looks = _looks(work.raw_scan.path, city.scan)
    except pypdfium2.PdfiumError:  # the recognition says what is wrong with it
        return StepResult(State.PREPARED, work.facts)
    index, documents = _indexed(work)
    looks = _with_borders(looks, documents)
    cover = next((look.sheet for look in looks if look.sheet and look.sheet.type is SheetType.BATCH), None)
    told = captured(index, cover, city.intake_point(work.scan.intake_point), city)
    found = cut(looks, duplex=told.capture.duplex)
    batch = _batch(work, found, told)
    signed, whole = SIGNED in work.facts.anomalies, _whole(work, found, batch, city)
    if found.parts and not found.separated:
        whole = doubted(whole, index_says_otherwise(found.parts[0], found, documents))
    if (signed or not found.separated) and _is_closed(work, whole, looks, city):
        return replace(locked(work, BY_SHEET), batch=batch)
    if not found.separated:
        return StepResult(State.PREPARED, whole, "Keine Trennblätter.", batch=batch)
    if signed:
        facts = replace(work.facts, anomalies=(*work.facts.anomalies, _NOT_CUT))
        return StepResult(State.PREPARED, facts, _NOT_CUT)
    if not found.parts:
        reason = "Die Datei enthält nur Trennblätter, kein Schriftstück. Bitte den Stapel vollständig scannen."
        return StepResult(State.QUARANTINED, work.facts, reason)
    doubts = _doubts_of(batch)
    try:
        children = tuple(
            kept_closed(
                _child(work, place, part, city, doubts, index_says_otherwise(part, found, documents)),
                part,
                found.cover,
                city,
            )
            for place, part in enumerate(found.parts, 1)
        )
    except BadInput as problem:
        return StepResult(State.QUARANTINED, work.facts, str(problem))
    reason = f"In {len(children)} Schriftstück(e) getrennt."
    return StepResult(State.SPLIT, work.facts, reason, children=children, batch=batch)


def cut_by_person(work: Work, city: City) -> StepResult:
    """Split where a person has seen another letter begin; clearing if there is nothing to cut."""
    result = split(work, city)
    if result.state is State.SPLIT:
        return result
    return StepResult(State.CLEARING, work.facts, result.reason or "Das Schriftstück lässt sich nicht trennen.")


def _indexed(work: Work) -> tuple[BatchIndex | None, tuple[IndexedDocument, ...]]:
    """What the index of a container says, and where files, index or a person begin documents."""
    delivered = work.file(FileRole.ORIGINAL).path
    by_person = (IndexedDocument(first=page) for page in _pages_of_scan(work))
    return read_index(delivered), (*borders(delivered), *by_person)


def _pages_of_scan(work: Work) -> list[int]:
    """Where a person cuts, by the pages of the scan: they saw those of the product, which may lack the blank ones."""
    words, cuts = work.files.get(FileRole.WORDS), work.facts.cut_at
    if words is None or not cuts or blank_pages(words.path, of=work.facts.page_count):
        return list(cuts)
    blank = blank_pages(words.path)
    shown = list(islice((number for number in count(1) if number not in blank), max(cuts)))
    return [shown[page - 1] for page in cuts]


def _looks(path: Path, rules: ScanRules) -> list[Look]:
    looks, masked = [], has_masks(path)
    with pypdfium2.PdfDocument(path) as pdf:
        for number in range(len(pdf)):
            page = pdf[number]
            pixels, dpi = drawn(page, masked=masked)
            sheet = sheet_on(pixels, dpi, rules.separators)
            maybe_blank = sheet is None and not _has_much_ink(pixels)
            blank = maybe_blank and looks_blank(Picture(pixels, dpi), rules.images) and can_be_decoded(page)
            looks.append(Look(sheet, blank))
            page.close()
    return looks


def _with_borders(looks: list[Look], documents: tuple[IndexedDocument, ...]) -> list[Look]:
    """A document begins where files or index say so, as if a separator stood there; a real separator counts itself."""
    begun = list(looks)
    for document in documents:
        if document.first is None or not 1 <= document.first <= len(begun):
            continue
        look = begun[document.first - 1]
        said = sheet_of(document)
        begun[document.first - 1] = replace(look, sheet=look.sheet.completed_by(said) if look.sheet else said)
    return begun


def _has_much_ink(pixels: Grey) -> bool:
    """True for a page full of writing: that it is not blank is told in a fraction of the time."""
    seen = pixels[::4, ::4]
    return float(np.mean(seen < np.median(seen) - _MUCH_DARKER)) > _INK_OF_A_LETTER


def _whole(work: Work, found: Split, batch: BatchFacts, city: City) -> DocumentFacts:
    """What is known of a file that is one document."""
    facts = replace(work.facts, anomalies=(*work.facts.anomalies, *_doubts_of(batch)))
    return as_sheet_says(facts, found.parts[0], city) if found.parts else facts


def _is_closed(work: Work, whole: DocumentFacts, looks: list[Look], city: City) -> bool:
    """True for a file that is not cut and of which its index, or any sheet in it, says that it stays closed."""
    marked = any(look.sheet is not None and look.sheet.confidential for look in looks)
    return (marked and not opened_by_persons(work)) or stays_closed(whole.document_type, work, city)


def _doubts_of(batch: BatchFacts) -> tuple[str, ...]:
    """What is doubtful of the whole batch is told at each of its documents."""
    return (*batch.findings, *(finding for image in batch.images for finding in image.findings))


def _child(work: Work, place: int, part: Part, city: City, doubts: tuple[str, ...], otherwise: str) -> NewDocument:
    """The document with its raw scan, what its separator says of it, and what is doubtful of it and of its batch."""
    target = work.scratch / f"schriftstueck-{place}.pdf"
    raw_pdf(work.raw_scan.path, part.images, target)
    noticed, missing = unreadable_among(_carried(work), part.images)
    facts = DocumentFacts(page_count=len(part.images), anomalies=(*noticed, *doubts), doubt=doubt_about(missing))
    name = f"{Path(work.original_name).stem}-{place}.pdf"
    reason = f"Bild {part.images[0]} bis {part.images[-1]} von „{work.original_name}“."
    original = NewFile(FileRole.ORIGINAL, target, name)
    replaced, unsure = replaced_by_sheet(part, city)
    told = doubted(doubted(as_sheet_says(facts, part, city), otherwise), unsure)
    return NewDocument(told, original, State.PREPARED, reason, replaced)


def _carried(work: Work) -> tuple[str, ...]:
    """What was noticed of the whole file; nothing of what was read before a person had it cut."""
    if not work.facts.cut_at:
        return work.facts.anomalies
    return tuple(anomaly for anomaly in work.facts.anomalies if REPACKED in anomaly or PLACEHOLDER in anomaly)


def _batch(work: Work, found: Split, told: Told) -> BatchFacts:
    """Every image, how it was scanned, and whether as much came as was told."""
    capture = told.capture
    lost = unreadable_images(work.facts.anomalies)
    images = tuple(
        replace(image, kind=ImageKind.UNREADABLE) if image.number in lost else image for image in found.images
    )
    pages = sum(image.kind in PAGES for image in images)
    findings = list(told.findings)
    if told.pages not in (None, pages):
        findings.append(f"Laut Deckblatt oder Index {told.pages} Seite(n), gezählt {pages}.")
    if capture.sheets_expected is not None and capture.duplex is not None:
        expected = capture.sheets_expected * (2 if capture.duplex else 1)
        if expected != len(images):
            findings.append(
                f"Laut Deckblatt oder Index {capture.sheets_expected} Blätter, also {expected} Bilder; "
                f"gezählt {len(images)}."
            )
    name = (found.cover.batch if found.cover else None) or work.original_name
    return BatchFacts(name, images, told.pages, tuple(findings), capture)
