"""The register as one document: JSON or XML (schemas/rebu/), entry by entry, with a trailer that proves it is whole.

The trailer holds the number of entries and one SHA-256 over the canonical line of each (schemas.rebu.canonical) with
its line feed: the same in every format, and what `sha256sum` says of the lines between the brackets of the JSON.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import BinaryIO

from lxml import etree

from schemas.rebu import VERSION, ExportedEntry, canonical

__all__ = ["NAMESPACE", "Header", "Tally", "Trailer", "write_json", "write_xml"]

NAMESPACE = f"urn:posteingang:rebu:{VERSION}"
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Header:
    """Which part of the register: first and last day of receipt, one Mandant or all (empty), and when it was made."""

    first: date
    last: date
    made_at: datetime
    legal_entity: str = ""


@dataclass(frozen=True, slots=True)
class Trailer:
    """How many entries, and the SHA-256 (lower-case hex) over their canonical lines."""

    count: int
    sha256: str


class Tally:
    """Counts and hashes the entries that pass through it."""

    def __init__(self) -> None:
        self._count, self._hash = 0, hashlib.sha256()

    def lines(self, entries: Iterable[ExportedEntry]) -> Iterator[tuple[ExportedEntry, str]]:
        """Each entry with its canonical line."""
        for entry in entries:
            line = canonical(entry)
            self._count += 1
            self._hash.update(line.encode() + b"\n")
            yield entry, line

    @property
    def trailer(self) -> Trailer:
        """Of all that have passed so far."""
        return Trailer(self._count, self._hash.hexdigest())


def write_json(entries: Iterable[ExportedEntry], stream: BinaryIO, header: Header) -> Trailer:
    """One JSON document, each entry on a line of its own."""
    tally, between = Tally(), b"\n"
    head = {"version": VERSION, **{name: _text(value) for name, value in _head(header).items()}}
    stream.write(json.dumps(head, ensure_ascii=False)[:-1].encode() + b',"entries":[')
    for _, line in tally.lines(entries):
        stream.write(between + line.encode())
        between = b",\n"
    trailer = tally.trailer
    stream.write(f'\n],"trailer":{{"count":{trailer.count},"sha256":"{trailer.sha256}"}}}}\n'.encode())
    return trailer


def write_xml(entries: Iterable[ExportedEntry], stream: BinaryIO, header: Header) -> Trailer:
    """One XML document; characters no XML can hold are replaced by U+FFFD."""
    tally = Tally()
    with etree.xmlfile(stream, encoding="utf-8") as xml:
        xml.write_declaration()
        attributes = {"version": VERSION} | {name: _text(value) for name, value in _head(header).items()}
        with xml.element(f"{{{NAMESPACE}}}register", attributes, nsmap={None: NAMESPACE}):
            for entry, _ in tally.lines(entries):
                xml.write("\n", _element("entry", entry))
            trailer = tally.trailer
            xml.write("\n", etree.Element(f"{{{NAMESPACE}}}trailer", count=str(trailer.count), sha256=trailer.sha256))
    return trailer


def _head(header: Header) -> dict[str, object]:
    return {
        "first": header.first,
        "last": header.last,
        "made_at": header.made_at,
        "legal_entity": header.legal_entity,
    }


def _element(name: str, value: object) -> etree._Element:
    """A value of schemas/rebu.py: an element a field, several of the same name for a list, none for None."""
    element = etree.Element(f"{{{NAMESPACE}}}{name}")
    if not is_dataclass(value):
        element.text = _text(value)
        return element
    for field in fields(value):
        said = getattr(value, field.name)
        for each in said if isinstance(said, tuple) else (said,):
            if each is not None:
                element.append(_element(field.name, each))
    return element


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return _NOT_IN_XML.sub("\ufffd", str(value))
