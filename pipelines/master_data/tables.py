"""A file of master data as rows of text: CSV as finance systems really write it, or XML after our own schema."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lxml import etree

from pipelines.master_data.fields import FIELDS, Field
from schemas.accounting import MasterDataKind
from schemas.errors import BadInput
from schemas.safe_xml import parse_xml

__all__ = ["NAMESPACE", "SCHEMA", "Row", "rows_of"]

NAMESPACE = "urn:posteingang:stammdaten:1"
SCHEMA = Path(__file__).resolve().parents[2] / "schemas" / "stammdaten" / "stammdaten-1.xsd"
_LARGEST = 200 * 1024 * 1024
_MOST_COLUMNS = 200
_MOST_ROWS = 1_000_000
_LONGEST_CELL = 2000
_DELIMITERS = (";", ",", "\t", "|")
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line of the file it begins on, and what stands in our fields (several values parted by |)."""

    line: int
    cells: Mapping[str, str]


def rows_of(content: bytes, kind: MasterDataKind, headings: Mapping[str, str]) -> Iterator[Row]:
    """The rows of the file. `headings`: what the city calls our fields. BadInput (German) if it is no such table."""
    if len(content) > _LARGEST:
        raise BadInput(f"Die Datei ist größer als {_LARGEST // 2**20} MB.", remedy="Bitte in Teilen exportieren.")
    if not content.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise BadInput("Die Datei ist leer.", remedy="Bitte den Export des Finanzverfahrens prüfen.")
    fields = FIELDS[kind]
    if _is_xml(content):
        return _xml_rows(content, kind, fields)
    return _csv_rows(_text(content), fields, {**{field.name: field.heading for field in fields}, **headings})


def _is_xml(content: bytes) -> bool:
    return content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def _text(content: bytes) -> str:
    """UTF-8 or UTF-16 with or without mark, else Windows-1252, as most finance systems export."""
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError as error:
            raise BadInput(
                f"Die Zeichenkodierung ist unbekannt (Byte {error.start + 1}).",
                remedy="Erwartet wird UTF-8 oder Windows-1252.",
            ) from None
    if "\0" in text:
        raise BadInput("Die Datei enthält Nullzeichen; sie ist keine Tabelle.", remedy="Bitte als CSV exportieren.")
    return text


def _csv_rows(text: str, fields: tuple[Field, ...], headings: Mapping[str, str]) -> Iterator[Row]:
    wanted = {_folded(heading): name for name, heading in headings.items()}
    lines = list(io.StringIO(text, newline=""))
    first = next(index for index, line in enumerate(lines) if line.strip())
    delimiter = max(_DELIMITERS, key=lambda each: len(_known(lines[first], each, wanted)))
    places = _known(lines[first], delimiter, wanted)
    missing = [headings[field.name] for field in fields if field.required and field.name not in places]
    if missing:
        raise BadInput(
            f"Zeile {first + 1}: Spalten fehlen: {', '.join(missing)}.",
            remedy="Bitte den Export ergänzen oder die Überschriften in accounting.yaml zuordnen (imports.columns).",
        )
    return _csv_body(lines[first + 1 :], delimiter, places, first + 2)


def _known(header: str, delimiter: str, wanted: Mapping[str, str]) -> dict[str, int]:
    """Our field -> number of its column. BadInput if a heading stands twice, for then nobody knows which is meant."""
    cells = next(csv.reader([header], delimiter=delimiter), [])
    found: dict[str, int] = {}
    for place, cell in enumerate(cells[:_MOST_COLUMNS]):
        name = wanted.get(_folded(cell))
        if name is not None and name in found:
            raise BadInput(f"Die Spalte {cell.strip()!r} steht zweimal.", remedy="Bitte eine davon umbenennen.")
        if name is not None:
            found[name] = place
    return found


def _csv_body(lines: list[str], delimiter: str, places: Mapping[str, int], start: int) -> Iterator[Row]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    number = 0
    while True:
        line = start + reader.line_num
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise BadInput(
                f"Zeile {line}: kein gültiges CSV ({error}).", remedy="Oft fehlt ein Anführungszeichen."
            ) from None
        if cells is None:
            return
        if not any(cell.strip() for cell in cells):
            continue
        number += 1
        if number > _MOST_ROWS:
            raise BadInput(f"Die Datei hat mehr als {_MOST_ROWS} Zeilen.", remedy="Bitte in Teilen exportieren.")
        if len(cells) <= max(places.values()) and len(cells) < len(places):
            raise BadInput(f"Zeile {line}: nur {len(cells)} Spalten.", remedy="Die Datei ist vermutlich abgeschnitten.")
        yield Row(line, {name: _cell(cells, place, line) for name, place in places.items()})


def _cell(cells: list[str], place: int, line: int) -> str:
    text = " ".join(cells[place].split()) if place < len(cells) else ""
    if len(text) > _LONGEST_CELL:
        raise BadInput(f"Zeile {line}: ein Feld ist länger als {_LONGEST_CELL} Zeichen.")
    return text


def _folded(heading: str) -> str:
    """'Gültig bis', 'GUELTIG_BIS' and 'GueltigBis' are one heading."""
    plain = unicodedata.normalize("NFC", heading).casefold().translate(_UMLAUTS)
    return re.sub(r"[^a-z0-9]", "", plain)


def _xml_rows(content: bytes, kind: MasterDataKind, fields: tuple[Field, ...]) -> Iterator[Row]:
    root = parse_xml(content)
    try:
        _schema().assertValid(root)
    except etree.DocumentInvalid as wrong:
        raise BadInput(f"Das XML folgt nicht dem Schema: {str(wrong).replace(f'{{{NAMESPACE}}}', '')}"[:500]) from None
    if root.get("Art") != kind.value:
        raise BadInput(f"Die Datei heißt nach {kind.value}, enthält aber {root.get('Art')}.")
    for entry in root:
        if isinstance(entry.tag, str):
            line = entry.sourceline
            yield Row(line if isinstance(line, int) else 0, {field.name: _element(entry, field) for field in fields})


def _element(entry: etree._Element, field: Field) -> str:
    texts = (found.text or "" for found in entry.findall(f"{{{NAMESPACE}}}{field.heading}"))
    return "|".join(" ".join(text.split()) for text in texts)


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(parse_xml(SCHEMA.read_bytes()))
