"""Who scanned a batch and how: what its index file and its cover sheet say, checked against the city's rules."""

from dataclasses import dataclass
from typing import TypeVar

from config.city_config import City, IntakePoint
from schemas.batch import Capture, Sheet, SheetType
from schemas.batch_index import BatchIndex

__all__ = ["Told", "captured"]

_BOX, _PROFILE, _NAME = 64, 100, 200
"""The longest of each that is kept; more is no such thing, whatever an index or a code says."""
_NOBODY = ("", "")
_Value = TypeVar("_Value", str, int, bool)


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of the scanning, how many pages there should be, and what does not fit (German)."""

    capture: Capture
    pages: int | None = None
    findings: tuple[str, ...] = ()


def captured(index: BatchIndex | None, cover: Sheet | None, point: IntakePoint | None, city: City) -> Told:
    """The index goes before the cover sheet; where both speak and differ, that is said.

    A person nobody knows is only named in a finding: whoever answers for the intake point stays responsible.
    """
    findings = list(index.findings) if index is not None else []
    told, sheet = index or BatchIndex(), cover or Sheet(SheetType.BATCH)

    def either(what: str, indexed: _Value | None, printed: _Value | None) -> _Value | None:
        if indexed not in (None, "") and printed is not None and indexed != printed:
            findings.append(f"{what}: laut Index {_said(indexed)}, laut Deckblatt {_said(printed)}.")
        return printed if indexed in (None, "") else indexed

    def short(what: str, text: str | None, most: int) -> str:
        if text is not None and len(text) > most:
            findings.append(f"{what}: „{text[:most]}…“ ist zu lang und gekürzt (höchstens {most} Zeichen).")
        return (text or "")[:most]

    mark, name = _operator((told.operator_id, told.operator), sheet.operator or "", point, findings)
    profile = short("Scanprofil", either("Scanprofil", told.profile, sheet.profile), _PROFILE)
    known = city.procedure.profile(profile)
    if profile and known is None:
        findings.append(f"Das Scanprofil „{profile}“ steht nicht in den Verfahrensregeln.")
    if told.intake_point and point and told.intake_point not in (point.key, point.name, point.inbox):
        findings.append(f"Laut Index kommt der Stapel von „{told.intake_point}“, eingegangen ist er bei {point.name}.")
    duplex = either("Beidseitig", told.duplex, sheet.duplex)
    capture = Capture(
        operator=name,
        operator_id=mark,
        scanner=short("Scanner", either("Scanner", told.scanner, sheet.scanner), _NAME),
        workstation=short("Arbeitsplatz", told.workstation, _NAME),
        profile=profile,
        box=short("Karton", either("Karton", told.box, sheet.box), _BOX),
        duplex=known.duplex if duplex is None and known else duplex,
        sheets_expected=either("Blätter", told.sheets, sheet.sheets),
        documents_expected=either("Schriftstücke", told.documents_expected, sheet.documents),
        scanned_at=told.scanned_at,
        unknown=told.unknown,
    )
    return Told(capture, either("Seiten", told.pages, sheet.pages), tuple(findings))


def _operator(
    indexed: tuple[str, str], printed: str, point: IntakePoint | None, findings: list[str]
) -> tuple[str, str]:
    """Mark and name of who scanned: whoever the index means by its mark, else by its name, else the cover sheet."""
    said = [one for one in (*indexed, printed) if one]
    known = [person for one in said if (person := _person(one, point)) != _NOBODY]
    if len(set(known)) > 1:
        findings.append(f"Bediener: Index und Deckblatt meinen verschiedene Personen ({', '.join(said)}).")
    if said and not known:
        findings.append(
            f"Als Bediener ist „{said[0]}“ angegeben; das Kennzeichen gehört hier niemandem "
            f"(verantwortlich bleibt {point.operator if point else 'die Eingangsstelle'})."
        )
    return known[0] if known else _NOBODY


def _person(said: str, point: IntakePoint | None) -> tuple[str, str]:
    """Mark and name of whoever that is at the intake point, told by mark or name; empty if nobody."""
    looked_for = " ".join(said.split()).casefold()
    for mark, name in point.names.items() if point is not None and looked_for else ():
        if looked_for in (mark.casefold(), name.casefold()):
            return mark, name
    return _NOBODY


def _said(value: str | int | bool) -> str:
    return str(value) if not isinstance(value, bool) else "ja" if value else "nein"
