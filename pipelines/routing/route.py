"""Is the decision sure enough to act on? If not, a person decides (Klärfall) and is told why."""

from dataclasses import replace
from datetime import date

from config.city_config import City
from schemas.german_time import day_in_germany
from schemas.states import State
from schemas.values import DocumentFacts, StepResult, Work

__all__ = ["doubt", "route"]


def route(work: Work, city: City) -> StepResult:
    """Routed to the unit, or to whoever has followed it by now; or clearing with the reason."""
    day = day_in_germany(work.now)
    facts = _followed(work.facts, city, day)
    reason = facts.doubt or _other_invoice(work, city) or doubt(facts, city, day)
    if reason is not None:
        return StepResult(State.CLEARING, facts, reason)
    if facts.document_type in city.invoices.paper_types:
        return StepResult(State.PAPER_INVOICE, facts, "Rechnung ohne Datensatz: kommt ins Rechnungseingangsbuch.")
    unit = city.unit(facts.unit or "", day)
    where = "ins DMS" if unit and unit.in_dms(day) else "ins Postfach"
    return StepResult(State.ROUTED, facts, f"Geht {where} von {unit.number} {unit.name}." if unit else "")


def _followed(facts: DocumentFacts, city: City, day: date) -> DocumentFacts:
    """The mail of a unit that is gone goes to its successor, and says why."""
    follows = city.successor(facts.unit, day) if facts.unit is not None else None
    if follows is None or follows.number == facts.unit:
        return facts
    before = city.unit(facts.unit or "")
    name = f"{before.number} {before.name}" if before else facts.unit
    said = f"{name} gibt es nicht mehr; Nachfolge: {follows.number} {follows.name}."
    return replace(facts, unit=follows.number, reasons=(*facts.reasons, said))


def _other_invoice(work: Work, city: City) -> str | None:
    """An inbox for invoices takes no word for one: without structured data a person decides."""
    point = city.intake_point(work.scan.intake_point)
    if point is None or not point.invoices or work.facts.document_type in city.invoices.paper_types:
        return None
    kind = city.document_type(work.facts.document_type or "")
    proposal = f" Vorschlag: {kind.name}." if kind else ""
    return (
        f"Eingang für Rechnungen, aber kein strukturierter Datensatz: sonstige Rechnung oder keine.{proposal} "
        "Bitte Dokumentart und Organisationseinheit festlegen."
    )


def doubt(facts: DocumentFacts, city: City, day: date) -> str | None:
    """Why a person must decide (German), or None if type and unit are sure enough."""
    if facts.document_type is None:
        return "Die Dokumentart ist nicht erkannt. Bitte Dokumentart und Organisationseinheit festlegen."
    kind = city.document_type(facts.document_type)
    name = kind.name if kind else facts.document_type
    if (facts.confidence or 0.0) < city.routing.minimum_confidence:
        share = round((facts.confidence or 0.0) * 100)
        return f"{name} ist nur ein Vorschlag (Sicherheit {share} %). Bitte Dokumentart und Einheit festlegen."
    if facts.unit is None:
        return f"Für {name} ist keine Organisationseinheit zuständig. Bitte die Einheit festlegen."
    unit = city.unit(facts.unit, day)
    if unit is None or not unit.valid_on(day):
        return f"Die Organisationseinheit {facts.unit} gibt es nicht mehr. Bitte die Einheit festlegen."
    return None
