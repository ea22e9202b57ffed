"""Mail that must stay closed: sealed tenders, personal mail, staff council, election letters.

What is found here is known from an envelope or a marking before anything of the content is kept.
"""

import re

from config.city_config import City
from pipelines.routing.matcher import Reader
from pipelines.routing.phrases import folded, phrases_regex
from pipelines.routing.zones import Letter
from schemas.recognised import ClosedMail, Zone

__all__ = ["closed_mail", "is_envelope", "is_outside"]

_HEAD = (Zone.LETTERHEAD, Zone.ADDRESS, Zone.INFORMATION)
_SHORT_LINE, _SHORT_SUBJECT = 9, 4
_SAYS_MORE = re.compile(r"(?i)[@:]|\d{3}|abgegeben|abgeholt|überbracht|vorab|vorgesprochen|behandeln")
"""A line of a letter that uses the word for something else: 'Tel. privat: ...', 'persönlich abgegeben'."""
_STRAY_WORDS = 4
_PERSON = re.compile(r"^\W*(?:Herrn?|Frau)\s+(?!B(?:ü|u)rgermeister)(?:Dr\.\s+)?[A-ZÄÖÜ]")


def is_envelope(letter: Letter, city: City) -> bool:
    """So few words, and nobody greeted, that it is the outside of something."""
    return 0 < letter.words <= city.routing.closed.envelope_words and not letter.greets


def closed_mail(letter: Letter, city: City) -> tuple[ClosedMail, str] | None:
    """The kind and why (German); None if it may be read."""
    rules = city.routing.closed
    envelope = is_envelope(letter, city)
    for kind, phrases in (
        (ClosedMail.TENDER, rules.tender),
        (ClosedMail.ELECTION, rules.election),
        (ClosedMail.PERSONAL, rules.personal),
    ):
        if words := _marked(letter, phrases, envelope=envelope):
            return kind, f"Bleibt verschlossen ({kind}): Vermerk „{words}“."
    if hit := Reader(letter).phrase(rules.addressees, (Zone.ADDRESS,)):
        kind = ClosedMail.STAFF_COUNCIL
        return kind, f"Bleibt verschlossen ({kind}): gerichtet an „{hit.words}“."
    if envelope and rules.name_first and _name_before_city(letter, city):
        kind = ClosedMail.PERSONAL
        return kind, f"Bleibt verschlossen ({kind}): der Name steht vor der Behörde."
    return None


def is_outside(letter: Letter, city: City) -> bool:
    """An address with its place and next to nothing below it: what is inside was not scanned, nobody has opened it."""
    inside = letter.part(Zone.SUBJECT, Zone.BODY, Zone.CLOSING, Zone.FURTHER)
    addressed = re.search(r"\d{5}\s+\w", letter.part(Zone.ADDRESS)) is not None
    little = len(re.findall(r"[^\W\d_]{3,}", inside)) <= _STRAY_WORDS and not re.search(r"\d,\d\d", inside)
    return addressed and little and is_envelope(letter, city)


def _marked(letter: Letter, phrases: tuple[str, ...], *, envelope: bool) -> str:
    """The first phrase on a short line of the head, or anywhere on an envelope."""
    if not phrases:
        return ""
    regex = phrases_regex(phrases)
    for start, line in letter.lines():
        zone = letter.zone_at(start)
        match = regex.search(folded(line))
        if match is None or zone is Zone.FURTHER:
            continue
        words = len(line.split())
        most = _SHORT_LINE if zone in _HEAD else _SHORT_SUBJECT if zone is Zone.SUBJECT else 0
        marks = words <= most and not _SAYS_MORE.search(line)
        if marks or (envelope and words <= 2 * _SHORT_LINE):
            return " ".join(line[match.start() : match.end()].split())
    return ""


def _name_before_city(letter: Letter, city: City) -> bool:
    town = folded(city.organisation.city)
    lines = [line for _, line in letter.lines(Zone.ADDRESS)]
    named = next((at for at, line in enumerate(lines) if _PERSON.match(line)), None)
    authority = next((at for at, line in enumerate(lines) if town in folded(line)), None)
    return named is not None and authority is not None and named < authority
