"""Read what the finance system answers: CSV or XML in a form of our own, whole or not at all."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import islice

from lxml import etree

from config.settings import CODE_ROOT
from schemas.errors import BadInput
from schemas.finance import Receipt, ReceiptKind
from schemas.safe_xml import parse_xml

__all__ = ["COLUMNS", "MOST_BYTES", "read_receipts"]

COLUMNS = ("uebergabe", "re_nummer", "fassung", "ergebnis", "datum", "beleg", "grund")
MOST_BYTES = 10 * 1024 * 1024
_NAMESPACE = "{urn:posteingang:finanz:quittung:1}"
_MOST = 50_000
_LONGEST = 1000
_BATCH = re.compile(r"FB-\d{4}-\d{6,12}")
_NUMBER = re.compile(r"[A-Z][A-Z0-9-]{0,12}-\d{4}-\d{4,12}")
_GERMAN = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_REMEDY = "Die Datei wurde nicht übernommen; bitte berichtigt neu bereitstellen."
_SHOWN = 20


def read_receipts(content: bytes) -> tuple[Receipt, ...]:
    """Every receipt of the file. BadInput names all that is wrong (German); then none of them counts."""
    if len(content) > MOST_BYTES:
        raise BadInput(f"Die Datei ist größer als {MOST_BYTES // 2**20} MB.", remedy=_REMEDY)
    begin = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    rows = _xml_rows(content) if begin == b"<" else _csv_rows(content)
    found: list[Receipt] = []
    problems: list[str] = []
    for place, row in rows:
        if len(found) + len(problems) >= _MOST:
            raise BadInput(f"Die Datei hat mehr als {_MOST} Zeilen.", remedy=_REMEDY)
        try:
            found.append(_receipt(place, row))
        except BadInput as problem:
            problems.append(f"{place}: {problem.sentence}")
    if problems:
        more = f" Und {len(problems) - _SHOWN} weitere." if len(problems) > _SHOWN else ""
        raise BadInput(" ".join(problems[:_SHOWN]) + more, remedy=_REMEDY)
    if not found:
        raise BadInput("Die Datei enthält keine Rückmeldung.", remedy=_REMEDY)
    return tuple(found)


def _csv_rows(content: bytes) -> Iterator[tuple[str, dict[str, str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput("Die Datei ist weder XML noch Text in UTF-8.", remedy=_REMEDY) from None
    if "\0" in text:
        raise BadInput("Die Datei enthält Nullbytes und ist kein Text.", remedy=_REMEDY)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        missing = [name for name in COLUMNS[:5] if name not in header]
        if missing or len(set(header)) != len(header):
            raise BadInput(
                f"Zeile 1: Erwartet werden die Spalten {';'.join(COLUMNS)}"
                f"{', es fehlt ' + ', '.join(missing) if missing else ', eine steht zweimal da'}.",
                remedy=_REMEDY,
            )
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            place = f"Zeile {reader.line_num}"
            if len(row) != len(header):
                raise BadInput(f"{place}: {len(row)} statt {len(header)} Felder.", remedy=_REMEDY)
            yield place, dict(zip(header, row, strict=True))
    except csv.Error as error:
        raise BadInput(f"Zeile {reader.line_num}: keine lesbare CSV-Zeile ({error}).", remedy=_REMEDY) from None


def _xml_rows(content: bytes) -> Iterator[tuple[str, dict[str, str]]]:
    root = parse_xml(content)
    schema = _schema()
    if not schema.validate(root):
        said = "; ".join(f"Zeile {error.line}: {error.message}" for error in islice(iter(schema.error_log), _SHOWN))  # type: ignore[call-overload]
        raise BadInput(f"Das XML entspricht nicht quittung-1.xsd: {said}", remedy=_REMEDY)
    for number, element in enumerate(root.iterchildren(f"{_NAMESPACE}Position"), 1):
        yield f"Position {number}", {str(name): str(value) for name, value in element.attrib.items()}


@cache
def _schema() -> etree.XMLSchema:
    path = CODE_ROOT / "schemas" / "finanz" / "quittung-1.xsd"
    return etree.XMLSchema(parse_xml(path.read_bytes()))


def _receipt(place: str, row: dict[str, str]) -> Receipt:
    said = {name: " ".join(row.get(name, "").split()) for name in COLUMNS}
    if too_long := [name for name, text in said.items() if len(text) > _LONGEST]:
        raise BadInput(f"{', '.join(too_long)} ist länger als {_LONGEST} Zeichen.")
    if not _BATCH.fullmatch(said["uebergabe"]):
        raise BadInput(f"{_shown(said['uebergabe'])} ist keine Nummer einer Übergabe (FB-JJJJ-NNNNNN).")
    if not _NUMBER.fullmatch(said["re_nummer"]):
        raise BadInput(f"{_shown(said['re_nummer'])} ist keine RE-Nummer.")
    if not re.fullmatch(r"[1-9]\d{0,3}", said["fassung"]):
        raise BadInput(f"fassung {_shown(said['fassung'])} ist keine Zahl ab 1.")
    if said["ergebnis"] not in set(ReceiptKind):
        raise BadInput(f"ergebnis {_shown(said['ergebnis'])} ist keines von {', '.join(ReceiptKind)}.")
    kind = ReceiptKind(said["ergebnis"])
    if kind is ReceiptKind.POSTED and not said["beleg"]:
        raise BadInput("gebucht, aber ohne Belegnummer (beleg).")
    if kind is ReceiptKind.REFUSED and not said["grund"]:
        raise BadInput("abgelehnt, aber ohne Grund (grund).")
    if len(said["beleg"]) > 64:
        raise BadInput("beleg ist länger als 64 Zeichen.")
    return Receipt(
        batch=said["uebergabe"],
        number=said["re_nummer"],
        version=int(said["fassung"]),
        kind=kind,
        on=_day(said["datum"]),
        reference=said["beleg"],
        reason=said["grund"],
        place=place,
    )


def _day(text: str) -> date:
    try:
        if german := _GERMAN.fullmatch(text):
            return date(int(german[3]), int(german[2]), int(german[1]))
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise BadInput(f"datum {_shown(text)} ist kein Tag (JJJJ-MM-TT oder TT.MM.JJJJ).")


def _shown(text: str) -> str:
    return f"„{text[:40]}“" if text else "(leer)"
