"""The step: from the recognised words to document type, unit, how sure, and why. Unsure is said, never guessed away."""

from dataclasses import replace
from datetime import date

from config.city_config import City
from pipelines.routing.references import own_reference
from pipelines.routing.rows import rows_of_pages, rows_of_text
from pipelines.routing.understand import letter_from, understand
from pipelines.routing.zones import Letter
from pipelines.scan.words import read_words, sureness
from schemas.german_time import day_in_germany
from schemas.recognised import Recognised
from schemas.states import FileRole, State
from schemas.values import DocumentFacts, StepResult, Work

__all__ = ["classify", "judge_text", "read_letter"]


def classify(work: Work, city: City) -> StepResult:
    """Facts from the recognised words; always on to the transfer note, the routing decides what is sure enough."""
    letter, sure = read_letter(work, city)
    sheet = city.unit(work.facts.unit or "")
    day = day_in_germany(work.scan.received_at)
    found = understand(letter, city, day, sureness=sure, sheet_unit=sheet.number if sheet else None)
    facts = _as_the_sheet_says(work.facts, _facts(work.facts, found), city)
    reference, said = own_reference(letter.text, city)
    if said:
        facts = replace(facts, case_reference=reference, reasons=(*facts.reasons, said))
    return StepResult(State.CLASSIFIED, facts, facts.reasons[0] if facts.reasons else "")


def read_letter(work: Work, city: City) -> tuple[Letter, float | None]:
    """The letter with its zones, and how sure its text is; from the words with their boxes, else from the text."""
    if FileRole.WORDS in work.files:
        pages = read_words(work.file(FileRole.WORDS).path)
        return letter_from(rows_of_pages(pages), city), sureness(pages)
    text = work.file(FileRole.TEXT).path.read_text(encoding="utf-8")
    return letter_from(rows_of_text(text), city), None


def judge_text(text: str, facts: DocumentFacts, city: City, received_on: date) -> DocumentFacts:
    """What the step would make of a text without boxes."""
    return _facts(facts, understand(letter_from(rows_of_text(text), city), city, received_on))


def _facts(known: DocumentFacts, found: Recognised) -> DocumentFacts:
    """The facts with type, unit, confidence (0..1) and reasons (German) added; type None if no rule spoke."""
    decision = found.decision
    undecided = decision.document_type is None and not found.needs_original
    return replace(
        known,
        document_type=decision.document_type,
        unit=decision.unit,
        confidence=decision.confidence,
        needs_original=None if undecided else found.needs_original,
        reasons=decision.reasons,
    )


def _as_the_sheet_says(sheet: DocumentFacts, judged: DocumentFacts, city: City) -> DocumentFacts:
    """The type a person put on the separator sheet goes before whatever the text says; its words are kept."""
    kind = city.document_type(sheet.document_type or "")
    if kind is not None:
        own = city.unit(kind.unit or "")
        judged = replace(
            judged,
            document_type=kind.key,
            confidence=1.0,
            needs_original=kind.original_needed or bool(judged.needs_original),
            unit=judged.unit or (own.number if own else None),
        )
    return replace(judged, reasons=(*sheet.reasons, *judged.reasons))
