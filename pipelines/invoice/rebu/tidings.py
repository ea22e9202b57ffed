"""The files for a register that leads, and the files it answers with: XML or CSV in forms of our own."""

import csv
import io
import re
from dataclasses import fields
from datetime import UTC, datetime
from decimal import Decimal

from lxml import etree

from schemas.errors import BadInput
from schemas.rebu_port import Answer, AnswerKind, Tidings
from schemas.safe_xml import parse_xml

__all__ = ["ANSWER_COLUMNS", "MOST_BYTES", "read_answers", "tidings_csv", "tidings_xml"]

NAMESPACE = "urn:posteingang:rebu-meldung:1"
ANSWER_COLUMNS = ("re_nummer", "ergebnis", "nummer", "grund")
MOST_BYTES = 5 * 1024 * 1024
_MOST = 20_000
_NUMBER = re.compile(r"[A-Z]{2,8}-\d{4}-\d{6,12}")
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_REMEDY = "Die Datei wurde nicht übernommen; bitte berichtigt neu bereitstellen."
_COLUMNS = {
    "number": "re_nummer",
    "version": "fassung",
    "standing": "stand",
    "legal_entity": "mandant",
    "received_at": "eingegangen_am",
    "seller_name": "rechnungssteller",
    "seller_vat_id": "ust_idnr",
    "invoice_number": "rechnungsnummer",
    "issued_on": "rechnungsdatum",
    "currency": "waehrung",
    "gross": "brutto",
    "payable": "zahlbetrag",
    "due_on": "faellig_am",
    "account": "iban",
}


def tidings_xml(tidings: Tidings) -> bytes:
    """One element with an attribute a value; what the invoice does not say is left out."""
    said = {column: text for column, text in _said(tidings).items() if text}
    element = etree.Element(f"{{{NAMESPACE}}}Meldung", {"schluessel": tidings.key, **said}, {None: NAMESPACE})  # type: ignore[dict-item]
    return etree.tostring(element, encoding="utf-8", xml_declaration=True)


def tidings_csv(tidings: Tidings) -> bytes:
    """A heading and a row; UTF-8, semicolon. A text a spreadsheet would calculate gets an apostrophe before it."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    said = {"schluessel": tidings.key, **_said(tidings)}
    writer.writerow(said)
    plain = {_COLUMNS[name] for name in ("gross", "payable")}
    writer.writerow(
        f"'{text}" if text.startswith(_FORMULA) and column not in plain else text for column, text in said.items()
    )
    return stream.getvalue().encode()


def read_answers(content: bytes) -> tuple[Answer, ...]:
    """Every answer of a file, XML or CSV. BadInput says what is wrong (German); then none of them counts."""
    if len(content) > MOST_BYTES:
        raise BadInput(f"Die Datei ist größer als {MOST_BYTES // 2**20} MB.", remedy=_REMEDY)
    rows = _xml_rows(content) if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<" else _csv_rows(content)
    if not rows or len(rows) > _MOST:
        raise BadInput(f"Erwartet werden 1 bis {_MOST} Antworten, gefunden: {len(rows)}.", remedy=_REMEDY)
    return tuple(_answer(place, row) for place, row in enumerate(rows, 1))


def _said(tidings: Tidings) -> dict[str, str]:
    return {_COLUMNS[field.name]: _text(getattr(tidings, field.name)) for field in fields(tidings)}


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return _NOT_IN_XML.sub("\ufffd", " ".join(str(value).split()))


def _xml_rows(content: bytes) -> list[dict[str, str]]:
    root = parse_xml(content)
    if root.tag != f"{{{NAMESPACE}}}Antworten":
        raise BadInput(f"Das XML ist keine Antwort: erwartet wird Antworten in {NAMESPACE}.", remedy=_REMEDY)
    found = root.findall(f"{{{NAMESPACE}}}Antwort")
    return [{str(name): str(value) for name, value in each.attrib.items()} for each in found]


def _csv_rows(content: bytes) -> list[dict[str, str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput("Die Datei ist weder XML noch Text in UTF-8.", remedy=_REMEDY) from None
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True) if any(row)]
    except csv.Error as error:
        raise BadInput(f"Die Datei ist keine lesbare CSV ({error}).", remedy=_REMEDY) from None
    if not rows or tuple(rows[0]) != ANSWER_COLUMNS or any(len(row) != len(ANSWER_COLUMNS) for row in rows):
        raise BadInput(f"Erwartet werden die Spalten {';'.join(ANSWER_COLUMNS)}.", remedy=_REMEDY)
    return [dict(zip(ANSWER_COLUMNS, row, strict=True)) for row in rows[1:]]


def _answer(place: int, row: dict[str, str]) -> Answer:
    said = {name: " ".join(row.get(name, "").replace("\0", "").split()) for name in ANSWER_COLUMNS}
    kind = next((each for each in AnswerKind if each == said["ergebnis"]), None)
    if not _NUMBER.fullmatch(said["re_nummer"]):
        problem = "re_nummer ist keine RE-Nummer"
    elif kind is None:
        problem = f"ergebnis ist keines von {', '.join(AnswerKind)}"
    elif kind is AnswerKind.REGISTERED and not 0 < len(said["nummer"]) <= 64:
        problem = "nummer fehlt oder hat mehr als 64 Zeichen"
    elif kind is AnswerKind.REFUSED and not 0 < len(said["grund"]) <= 500:
        problem = "grund fehlt oder hat mehr als 500 Zeichen"
    else:
        return Answer(said["re_nummer"], kind, said["nummer"], said["grund"])
    raise BadInput(f"Antwort {place}: {problem}.", remedy=_REMEDY)
