"""Everything that is read out of one letter: the one entry for the flow, the command line and the bench."""

from dataclasses import replace
from datetime import date

from config.city_config import City
from config.routing_config import DocumentType
from pipelines.routing.closed import closed_mail, is_outside
from pipelines.routing.deadlines import deadlines
from pipelines.routing.decide import Heard, SenderRegister, decide, hear
from pipelines.routing.language import language_of, looks_garbled
from pipelines.routing.matcher import Reader
from pipelines.routing.model import Model
from pipelines.routing.paper_invoice import read_paper_invoice
from pipelines.routing.rows import Row
from pipelines.routing.scores import first_hit
from pipelines.routing.values import letter_date, values_of
from pipelines.routing.zones import Letter, letter_of
from schemas.recognised import ClosedMail, Deadline, Evidence, Recognised, RoutingDecision

__all__ = ["letter_from", "understand"]

_INVOICES = ("rechnung", "gutschrift")


def letter_from(rows: tuple[Row, ...], city: City) -> Letter:
    """The rows in their zones."""
    town = city.organisation.city.split()[-1]
    return letter_of(rows, town=town, address_rows=city.routing.address_lines)


def understand(
    letter: Letter,
    city: City,
    received_on: date,
    *,
    sureness: float | None = None,
    sheet_unit: str | None = None,
    opened: bool = False,
    senders: SenderRegister | None = None,
    model: Model | None = None,
) -> Recognised:
    """Decision and values. `sureness`: of the text recognition, 0..1; None: the text was not guessed.

    The paper of what could not be read properly is needed until somebody has.
    `sheet_unit`: the unit a person put on the separator sheet. `opened`: persons have said that it is no closed mail.
    """
    language = language_of(letter.text)
    heard = replace(hear(letter, city, senders, model), sheet_unit=sheet_unit)
    doubts = _doubts(letter, city, language, sureness)
    decision = decide(heard, city, doubts)
    closed = None if opened else _closed(letter, decision, heard, city)
    if closed is not None:
        decision = _closed_decision(*closed, heard, city)
        return Recognised(decision, True, closed[0], language, dunning=False, advertising=False)
    kind = city.document_type(decision.document_type or "")
    return Recognised(
        decision,
        needs_original=bool(doubts) or _needs_original(letter, kind, city),
        closed=None,
        language=language,
        dunning=decision.document_type == "mahnung",
        advertising=decision.document_type == "werbung",
        values=values_of(letter),
        deadlines=() if decision.document_type == "werbung" else _deadlines(letter, received_on),
        invoice=read_paper_invoice(letter, received_on) if decision.document_type in _INVOICES else None,
    )


def _deadlines(letter: Letter, received_on: date) -> tuple[Deadline, ...]:
    written = letter_date(letter)
    return deadlines(letter, received_on, written[1] if written is not None else None)


def _closed(letter: Letter, decision: RoutingDecision, heard: Heard, city: City) -> tuple[ClosedMail, str] | None:
    """By its marks; a tender by its words alone; an outside on which nothing else can be read."""
    marked = closed_mail(letter, city)
    if marked is not None:
        return marked
    if decision.document_type is not None and decision.document_type == city.routing.closed.tender_type:
        return ClosedMail.TENDER, f"Bleibt verschlossen ({ClosedMail.TENDER}): nach seinen Worten."
    speaks = bool(heard.types) and heard.types[0].score >= city.routing.minimum_score
    if not speaks and is_outside(letter, city):
        return ClosedMail.ENVELOPE, f"Bleibt verschlossen: {ClosedMail.ENVELOPE} ist zu sehen, kein Schreiben."
    return None


def _doubts(letter: Letter, city: City, language: str | None, sureness: float | None) -> tuple[str, ...]:
    """Why a person must look, whatever the words say."""
    found = []
    if language not in ("de", None):
        found.append(f"Das Schreiben ist nicht auf Deutsch ({language}).")
    if letter.several:
        found.append("Auf einer Seite stehen mehrere Schreiben.")
    if looks_garbled(letter.text):
        found.append("Der Text ist kaum lesbar (Handschrift, Bild oder schlechter Scan).")
    if sureness is not None and sureness < city.scan.reading.low_confidence:
        found.append(f"Der Text ist unsicher erkannt ({sureness:.0%}).")
    return tuple(found)


def _needs_original(letter: Letter, kind: DocumentType | None, city: City) -> bool:
    return (kind is not None and kind.original_needed) or first_hit(Reader(letter), city.routing.original) is not None


def _closed_decision(closed: ClosedMail, reason: str, heard: Heard, city: City) -> RoutingDecision:
    """Closed mail goes to nobody by itself: a person hands it over. Its unit is proposed if the outside names one."""
    rules = city.routing.closed
    kind = city.document_type((rules.tender_type if closed is ClosedMail.TENDER else rules.other_type) or "")
    named = next(iter(heard.addressed)) if len(heard.addressed) == 1 else None
    unit = named or (kind.unit if kind else None)
    return RoutingDecision(kind.key if kind else None, unit, 0.5, (reason,), Evidence.NONE, certain=False)
