"""The step: from the recognised words to document type, unit, how sure, and why. Unsure is said, never guessed away."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from config.city_config import City
from pipelines.intake.closed import locked, opened_by_persons, stays_closed
from pipelines.routing.model import model_in_use
from pipelines.routing.references import own_reference
from pipelines.routing.rows import rows_of_pages, rows_of_text
from pipelines.routing.senders import index_of
from pipelines.routing.understand import letter_from, understand
from pipelines.scan.joins import Join, joins, said_of
from pipelines.scan.words import PageWords, read_words, sureness
from schemas.german_time import day_in_germany
from schemas.recognised import Recognised
from schemas.states import FileRole, State
from schemas.values import DocumentFacts, StepResult, Work

__all__ = ["classify", "judge_text", "read_again", "recognised_in"]


def classify(work: Work, city: City) -> StepResult:
    """Facts from the recognised words; on to the transfer note, the routing decides what is sure enough.

    Locked, whatever the confidence, if the mail is closed or of a type whose mail is: nothing of what was read is kept.
    """
    pages = _pages(work)
    found = _recognised(work, pages, city)
    if found.closed is not None:
        return locked(work, found.decision.reasons[0])
    facts = _as_the_sheet_says(work.facts, _facts(work.facts, found), city)
    if stays_closed(facts.document_type, work, city):
        return locked(work, "Beim Einordnen als verschlossene Post erkannt.")
    reference, said = own_reference(_text(work), city)
    if said:
        facts = replace(facts, case_reference=reference, reasons=(*facts.reasons, said))
    if parts := _joins(work, pages):
        why, begins = said_of(parts), tuple(join.page for join in parts)
        facts = replace(facts, doubt=facts.doubt or why, cut_at=begins, anomalies=(*facts.anomalies, why))
    return StepResult(State.CLASSIFIED, facts, facts.reasons[0] if facts.reasons else "", recognised=found)


def recognised_in(work: Work, city: City) -> Recognised:
    """What the letter says, from its words with their boxes, else from its text."""
    return _recognised(work, _pages(work), city)


def _recognised(work: Work, pages: Sequence[PageWords] | None, city: City) -> Recognised:
    rows = rows_of_text(_text(work)) if pages is None else rows_of_pages(pages)
    sure = None if pages is None else sureness(pages)
    sheet = city.unit(work.facts.unit or "")
    day = day_in_germany(work.scan.received_at)
    city = city.known_on(day)
    letter = letter_from(rows, city)
    number = sheet.number if sheet else None
    return understand(
        letter,
        city,
        day,
        sureness=sure,
        sheet_unit=number,
        opened=opened_by_persons(work),
        senders=index_of(work.senders),
        model=model_in_use(),
    )


def _text(work: Work) -> str:
    return work.file(FileRole.TEXT).path.read_text(encoding="utf-8")


def _pages(work: Work) -> Sequence[PageWords] | None:
    """The words of each page with their boxes; None if none were kept."""
    words = work.files.get(FileRole.WORDS)
    return None if words is None else read_words(words.path)


def _joins(work: Work, pages: Sequence[PageWords] | None) -> tuple[Join, ...]:
    """Where this might be several letters; never where a separator or an index says that it is one."""
    if pages is None or (work.batch is not None and work.batch.cut_out):
        return ()
    return joins(pages)


def read_again(text: Path, words: Path | None, city: City, received_on: date) -> Recognised:
    """What a letter says that persons have opened, from its kept text and words: its values and deadlines."""
    pages = read_words(words) if words is not None else None
    rows = rows_of_text(text.read_text(encoding="utf-8")) if pages is None else rows_of_pages(pages)
    return understand(letter_from(rows, city), city, received_on, opened=True)


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
        doubt=known.doubt or decision.doubt or None,
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
            doubt=sheet.doubt,
            needs_original=kind.original_needed or bool(judged.needs_original),
            unit=judged.unit or (own.number if own else None),
        )
    return replace(judged, reasons=(*sheet.reasons, *judged.reasons))
