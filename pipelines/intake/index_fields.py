"""What the fields of an index are called, in German and English, and how their values are written."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from schemas.batch_index import BatchIndex, IndexedDocument
from schemas.german_time import BERLIN

__all__ = [
    "AMBIGUOUS",
    "BATCH_FIELDS",
    "DOCUMENT_FIELDS",
    "Findings",
    "Pairs",
    "as_it_stands",
    "batch_of",
    "document_of",
    "field_of",
    "normalised",
]

Pairs = list[tuple[str, str]]
"""Names and values as they stand in the index, in its order."""
Findings = list[str]

_ALIASES = {
    "operator": "bediener operator benutzer user username bedienername benutzername scanoperator erfasser gescanntvon",
    "operator_id": "bedienerkennung bedienerid operatorid kennung userid benutzerkennung kuerzel bedienerkuerzel",
    "scanner": "scanner geraet device scannername scannermodell scannermodel geraetename scangeraet",
    "workstation": "arbeitsplatz workstation station rechner pc computer scanstation computername",
    "profile": "profil scanprofil profile scanprofile profilname",
    "intake_point": "eingangsstelle intakepoint eingang standort location poststelle",
    "box": "karton box kiste kartonnummer boxid kartonid kartonnr boxnr",
    "duplex": "duplex beidseitig zweiseitig doppelseitig",
    "scanned_at": "gescanntam scandatum scandate scannedat scanzeitpunkt datum date zeitpunkt timestamp scandatetime",
    "scan_time": "scanzeit scantime uhrzeit zeit time",
    "sheets": "blaetter sheets blattzahl anzahlblaetter blattanzahl sheetcount anzahlblatt",
    "pages": "seiten pages seitenzahl anzahlseiten seitenanzahl pagecount bilder images imagecount anzahlbilder",
    "documents_expected": "dokumente documents anzahldokumente dokumentanzahl documentcount schriftstuecke "
    "anzahlschriftstuecke",
    "document": "dokument document dokumentnummer dokumentnr documentnumber documentid documentno doknr schriftstueck",
    "files": "datei file dateiname filename bild image pfad path seitendatei imagefile dateien files",
    "range": "seitenvonbis pagesfromto seitenbereich pagerange bildvonbis",
    "first": "seitevon vonseite von pagefrom frompage firstpage erstseite ersteseite bildvon seitenvon",
    "last": "seitebis bisseite bis pageto topage lastpage letzteseite bildbis seitenbis",
    "type": "type dokumentart dokumenttyp documenttype doctype belegart klasse class typ art documentclass",
    "unit": "einheit organisationseinheit oe unit amt bereich fachbereich abteilung department",
    "barcode": "barcode strichcode qrcode",
}
_FIELDS = {alias: field for field, aliases in _ALIASES.items() for alias in aliases.split()}
DOCUMENT_FIELDS = frozenset({"document", "files", "range", "first", "last", "type", "unit", "barcode"})
"""Of a document; `pages` is of whatever it stands with."""
BATCH_FIELDS = frozenset(_ALIASES) - DOCUMENT_FIELDS - {"pages"}
AMBIGUOUS = frozenset({"datum", "date", "zeit", "time", "zeitpunkt", "timestamp"})
"""Names that beside a document tell of that, not of the scanning."""

_NUMBER = re.compile(r"([0-9]{1,6})(?:[.,]0+)?")
_RANGE = re.compile(r"([0-9]{1,6})\s*(?:-|–|bis|to)\s*([0-9]{1,6})")
_YES = frozenset({"1", "ja", "j", "yes", "y", "true", "wahr", "x", "duplex", "beidseitig", "zweiseitig"})
_NO = frozenset({"0", "nein", "n", "no", "false", "falsch", "simplex", "einseitig"})
_TIME = r"(?:[ T,]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:[.,]\d+)?(?: ?Uhr)?)?"
_GERMAN = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})" + _TIME)
_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_LONGEST = 200
_YEARS = range(1970, 2101)
"""In which anything may have been scanned; the calendar has an end at both sides."""


def normalised(name: str) -> str:
    """A field's name as it is compared: 'Anzahl Blätter' is 'anzahlblaetter'."""
    folded = unicodedata.normalize("NFC", name).lower().translate(_LETTERS)
    return re.sub(r"[^a-z0-9]", "", folded)


def field_of(name: str) -> str | None:
    """Our field for a name in an index; None if nobody here knows it."""
    return _FIELDS.get(normalised(name))


def batch_of(pairs: Iterable[tuple[str, str]], findings: Findings) -> BatchIndex:
    """What the index says of the whole batch. The first of several values counts; nothing said is dropped."""
    values: dict[str, Any] = {}
    unknown: list[str] = []
    said: dict[str, str] = {}
    for name, text in pairs:
        field = field_of(name)
        if not text:
            continue
        if field is None or field in DOCUMENT_FIELDS:
            unknown.append(as_it_stands(name, text))
        elif field not in said:
            said[field] = text
            if (value := _value(field, name, text, findings)) is None:
                unknown.append(as_it_stands(name, text))
            values[field] = value
        elif said[field] != text:
            unknown.append(as_it_stands(name, text))
    if clock := values.pop("scan_time", None):
        values["scanned_at"] = _with_time(values.get("scanned_at"), clock)
    known = {field: value for field, value in values.items() if value is not None}
    return BatchIndex(**known, unknown=tuple(dict.fromkeys(unknown)))


def document_of(pairs: Iterable[tuple[str, str]], findings: Findings) -> tuple[IndexedDocument, Pairs]:
    """One document, and the pairs that say nothing of it."""
    values: dict[str, Any] = {}
    files: list[str] = []
    rest: Pairs = []
    for name, text in pairs:
        field = field_of(name)
        bounds = _RANGE.fullmatch(text) if field in ("range", "pages") else None
        if not text:
            continue
        if field == "files":
            files.append(text)
        elif bounds is not None:
            values["first"], values["last"] = int(bounds[1]), int(bounds[2])
        elif field in ("first", "last", "pages", "type", "unit", "barcode") and field not in values:
            if (value := _value(field, name, text, findings)) is not None:
                values[field] = value
            else:
                rest.append((name, text))
        elif field not in ("document", *values):
            rest.append((name, text))
    if (first := values.get("first")) is not None and (last := values.get("last")) is not None and last < first:
        findings.append(f"Index: „{first} bis {last}“ ist kein Seitenbereich.")
        del values["first"], values["last"]
    return IndexedDocument(**values, files=tuple(dict.fromkeys(files))), rest


def _value(field: str, name: str, text: str, findings: Findings) -> object | None:
    """The value of a field; None, and a finding, if it is not written as one."""
    value: object | None = text[:_LONGEST]
    wanted = ""
    if field in ("sheets", "pages", "documents_expected", "first", "last"):
        number = _NUMBER.fullmatch(text)
        value, wanted = (int(number[1]) if number else None), "eine Zahl"
    elif field == "duplex":
        said = text.lower()
        value, wanted = (said in _YES if said in _YES | _NO else None), "ja oder nein"
    elif field == "scanned_at":
        value, wanted = _moment(text), "ein Datum"
    elif field == "scan_time":
        value, wanted = _clock(text), "eine Uhrzeit"
    if value is None:
        findings.append(f"Index: „{text[:60]}“ bei „{name[:60]}“ ist nicht {wanted}.")
    return value


def as_it_stands(name: str, text: str) -> str:
    return f"{name[:_LONGEST]} = {text[:_LONGEST]}"


def _moment(text: str) -> datetime | None:
    """A moment in German or ISO notation, in German time unless it says another; a mere day begins at midnight."""
    german = _GERMAN.fullmatch(text)
    try:
        if german is not None:
            day, month, year, hour, minute, second = (int(part) if part else 0 for part in german.groups())
            moment = datetime(year, month, day, hour, minute, second, tzinfo=BERLIN)
        else:
            moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.year not in _YEARS:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=BERLIN)


def _clock(text: str) -> time | None:
    try:
        return time.fromisoformat(text.removesuffix("Uhr").strip())
    except ValueError:
        return None


def _with_time(day: datetime | None, clock: time) -> datetime | None:
    """The day with the time of a field of its own, unless it says its time already."""
    if day is None or day.time() != time.min:
        return day
    return day.replace(hour=clock.hour, minute=clock.minute, second=clock.second)
