"""Which document type, which unit, how sure, and the words that decided. Unsure is said, never guessed away."""

from dataclasses import replace

from config.city_config import City
from pipelines.intake.closed import locked, stays_closed
from pipelines.scan.joins import Join, joins, said_of
from pipelines.scan.references import own_reference
from pipelines.scan.rules import Score, named_unit, scores, visible_text
from pipelines.scan.words import read_words
from schemas.states import FileRole, State
from schemas.values import DocumentFacts, StepResult, Work

__all__ = ["classify", "judge_text"]


def classify(work: Work, city: City) -> StepResult:
    """Facts from the recognised text; on to the transfer note, the routing decides what is sure enough.

    Locked, whatever the confidence, if the type is one whose mail stays closed: nothing of what was read is kept.
    """
    text = work.file(FileRole.TEXT).path.read_text(encoding="utf-8")
    facts = _as_the_sheet_says(work.facts, judge_text(text, work.facts, city), city)
    if stays_closed(facts.document_type, work, city):
        return locked(work, "Beim Einordnen als verschlossene Post erkannt.")
    reference, said = own_reference(text, city)
    if said:
        facts = replace(facts, case_reference=reference, reasons=(*facts.reasons, said))
    if found := _joins(work):
        why, pages = said_of(found), tuple(join.page for join in found)
        facts = replace(facts, doubt=facts.doubt or why, cut_at=pages, anomalies=(*facts.anomalies, why))
    return StepResult(State.CLASSIFIED, facts, facts.reasons[0] if facts.reasons else "")


def _joins(work: Work) -> tuple[Join, ...]:
    """Where this might be several letters; never where a separator or an index says that it is one."""
    words = work.files.get(FileRole.WORDS)
    if words is None or (work.batch is not None and work.batch.cut_out):
        return ()
    return joins(read_words(words.path))


def _as_the_sheet_says(sheet: DocumentFacts, judged: DocumentFacts, city: City) -> DocumentFacts:
    """Unit and type a person put on the separator sheet go before whatever the text says; its words are kept."""
    kind = city.document_type(sheet.document_type or "")
    unit = city.unit(sheet.unit or "")
    if kind is not None:
        own = city.unit(kind.unit or "")
        judged = replace(
            judged,
            document_type=kind.key,
            confidence=1.0,
            needs_original=kind.original_needed,
            unit=judged.unit or (own.number if own else None),
        )
    if unit is not None:
        judged = replace(judged, unit=unit.number)
    return replace(judged, reasons=(*sheet.reasons, *judged.reasons))


def judge_text(text: str, facts: DocumentFacts, city: City) -> DocumentFacts:
    """The facts with type, unit, confidence (0..1) and reasons (German) added; type None if no rule spoke."""
    ranked = scores(visible_text(text, city), city)
    if not ranked:
        return replace(
            facts,
            document_type=None,
            unit=None,
            confidence=0.0,
            reasons=("Kein bekanntes Wort spricht für eine Dokumentart.",),
        )
    best = ranked[0]
    confidence = _confidence(ranked, city)
    kind = best.document_type
    unit, why = _unit_for(best, text, city)
    reasons = [f"{kind.name}: gefunden {', '.join(f'„{word}“' for word in best.words)} (Punkte {best.score:g})."]
    if len(ranked) > 1:
        reasons.append(f"Zweitbeste Dokumentart: {ranked[1].document_type.name} (Punkte {ranked[1].score:g}).")
    reasons.append(why)
    return replace(
        facts,
        document_type=kind.key,
        unit=unit,
        confidence=confidence,
        needs_original=kind.original_needed,
        reasons=tuple(reasons),
    )


def _confidence(ranked: list[Score], city: City) -> float:
    """Distance to the runner-up, scaled down while the score is below the configured minimum."""
    best = ranked[0].score
    second = ranked[1].score if len(ranked) > 1 else 0.0
    return round(min(1.0, best / city.routing.minimum_score) * (1 - second / (best + second)), 3)


def _unit_for(best: Score, text: str, city: City) -> tuple[str | None, str]:
    kind = best.document_type
    addressed = named_unit(text, city) if kind.unit_from_address else None
    if addressed is not None and (unit := city.unit(addressed)):
        return addressed, f"Im Anschriftenfeld genannt: {unit.number} {unit.name}."
    if kind.unit is not None and (unit := city.unit(kind.unit)):
        return kind.unit, f"Für {kind.name} zuständig: {unit.number} {unit.name}."
    return None, f"Für {kind.name} ist keine Organisationseinheit eingetragen."
