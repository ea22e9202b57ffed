"""The index file that capture software delivers with a batch: XML or CSV, as every maker writes it.

What is understood is used, what is not is listed, and a broken index is a finding: the batch goes on without it.
"""

import csv
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from pathlib import Path, PurePosixPath

from lxml import etree

from pipelines.intake.index_fields import (
    AMBIGUOUS,
    BATCH_FIELDS,
    DOCUMENT_FIELDS,
    Findings,
    Pairs,
    as_it_stands,
    batch_of,
    document_of,
    field_of,
    normalised,
)
from pipelines.intake.names import first_of, one_line
from pipelines.intake.unpack import is_container, is_left_out, natural
from pipelines.invoice.detect import is_xml
from pipelines.invoice.read import syntax_of
from schemas.batch_index import BatchIndex, IndexedDocument
from schemas.errors import BadInput
from schemas.safe_xml import parse_xml

__all__ = ["may_be_index", "parse_index", "read_index"]

_ENDINGS = (".xml", ".csv", ".txt")
_LARGEST = 5 * 1024 * 1024
_MOST_DOCUMENTS = 10_000
_MOST_SAID = 50
_SEPARATORS = ";\t,|"
_DOCUMENTS = frozenset({"document", "dokument", "doc", "schriftstueck", "beleg", "vorgang", "indexdocument"})
_NAME_OF_FIELD = ("name", "key", "field", "feld", "label", "id")
_Said = tuple[Pairs, list[IndexedDocument], Pairs]
"""What an index says of the batch, of its documents, and what it says of those that nobody understands."""
_UNREADABLE = (zipfile.BadZipFile, RuntimeError, EOFError, ValueError, OSError, KeyError)


def read_index(container: Path) -> BatchIndex | None:
    """What the index files of a container say together; None if it has none, or the file is no container."""
    with container.open("rb") as stream:
        if not is_container(stream.read(4)):
            return None
    found: list[BatchIndex] = []
    with zipfile.ZipFile(container) as archive:
        entries = {entry.filename: entry for entry in archive.infolist()}
        pages = _by_stem(entries)
        for name in sorted(entries, key=natural):
            if not may_be_index(name, entries[name].file_size) or is_left_out(name):
                continue
            try:
                content = archive.read(entries[name])
            except _UNREADABLE:
                found.append(_broken(name, "sie ist beschädigt"))
                continue
            if (index := parse_index(content, name)) is not None:
                found.append(_about_its_file(index, pages.get(_stem(name), [])))
    return _bounded(_together(found)) if found else None


def _bounded(index: BatchIndex) -> BatchIndex:
    """An index of something else does not bury every document of the batch under what it says."""
    return replace(
        index,
        unknown=first_of(index.unknown, _MOST_SAID, "Angaben"),
        findings=first_of(index.findings, _MOST_SAID, "Auffälligkeiten im Index"),
    )


def may_be_index(name: str, size: int) -> bool:
    """False for files that need not be opened to know that they are none; size in bytes."""
    return name.lower().endswith(_ENDINGS) and size <= _LARGEST


def parse_index(content: bytes, name: str) -> BatchIndex | None:
    """What the index file `name` says; None if it is none: an invoice, a table or text about something else."""
    if not may_be_index(name, len(content)):
        return None
    findings: Findings = []
    if is_xml(content[:1024]):
        try:
            root = parse_xml(content)
        except BadInput as problem:
            return _broken(name, problem.sentence)
        if syntax_of(root) is not None:
            return None
        said, documents, leftover = _of_xml(root, findings)
    elif name.lower().endswith(".xml"):
        return _broken(name, "sie ist kein XML")
    else:
        rows = _rows(_text(content))
        if (found := _of_table(rows, findings) or _of_list(rows)) is None:
            return _broken(name, "keine Spalte ist bekannt") if name.lower().endswith(".csv") else None
        said, documents, leftover = found
    index = batch_of(said, findings)
    if not documents and not any(getattr(index, field.name) for field in fields(index) if field.name != "unknown"):
        return None if name.lower().endswith((".xml", ".txt")) else _broken(name, "kein Feld ist bekannt")
    return replace(
        index,
        documents=tuple(documents[:_MOST_DOCUMENTS]),
        unknown=tuple(dict.fromkeys((*index.unknown, *(as_it_stands(*pair) for pair in leftover)))),
        findings=tuple(dict.fromkeys(findings)),
    )


def _by_stem(names: Iterable[str]) -> dict[str, list[str]]:
    """The files that may be pages, by their path without ending."""
    found: dict[str, list[str]] = {}
    for name in names:
        if not name.lower().endswith(_ENDINGS) and not is_left_out(name):
            found.setdefault(_stem(name), []).append(name)
    return found


def _stem(name: str) -> str:
    return name.rpartition(".")[0].lower()


def _about_its_file(index: BatchIndex, files: list[str]) -> BatchIndex:
    """An index that has the name of one file is about that file, if it does not say about which."""
    if len(files) != 1 or len(index.documents) != 1 or index.documents[0].files or index.documents[0].first:
        return index
    return replace(index, documents=(replace(index.documents[0], files=(files[0],)),))


def _broken(name: str, why: str) -> BatchIndex:
    return BatchIndex(findings=(f"Indexdatei {PurePosixPath(name).name} nicht ausgewertet: {why.rstrip('.')}.",))


def _together(found: list[BatchIndex]) -> BatchIndex:
    """Several index files as one: what the first of them says counts, what another says differently is listed."""
    first, *others = found
    for other in others:
        changes: dict[str, object] = {}
        differs = []
        for field in fields(BatchIndex):
            mine, theirs = getattr(first, field.name), getattr(other, field.name)
            if field.name in ("documents", "unknown", "findings"):
                changes[field.name] = (*mine, *theirs)
            elif mine in ("", None):
                changes[field.name] = theirs
            elif theirs not in ("", None, mine):
                differs.append(f"{field.name} = {theirs}")
        changes["unknown"] = tuple(dict.fromkeys((*first.unknown, *other.unknown, *differs)))
        first = replace(first, **changes)  # type: ignore[arg-type]
    return first


def _of_xml(root: etree._Element, findings: Findings) -> _Said:
    """Fields anywhere in the tree; those below an element that is a document are of that document."""
    documents = []
    inside: set[etree._Element] = set()
    leftover: Pairs = []
    for element in root.iter(etree.Element):
        if element in inside or normalised(etree.QName(element).localname) not in _DOCUMENTS or not _is_group(element):
            continue
        within = list(element.iter(etree.Element))
        inside.update(within)
        document, rest = document_of([pair for one in within for pair in _pairs_of(one)], findings)
        documents.append(document)
        leftover += rest
    outside = [pair for one in root.iter(etree.Element) if one not in inside for pair in _pairs_of(one)]
    if not documents and any(field_of(name) in DOCUMENT_FIELDS for name, _ in outside):
        document, outside = document_of(outside, findings)
        documents.append(document)
    return outside, documents, leftover


def _is_group(element: etree._Element) -> bool:
    return len(element) > 0 or bool(element.attrib)


def _pairs_of(element: etree._Element) -> Iterator[tuple[str, str]]:
    """<Bediener>Eva</Bediener>, <Feld name="Bediener">Eva</Feld>, <Feld name="Bediener" value="Eva"/>, attributes."""
    attributes = {etree.QName(str(name)).localname.lower(): one_line(str(value)) for name, value in element.items()}
    text = one_line(element.text or "") if len(element) == 0 else ""
    named = next((attributes[key] for key in _NAME_OF_FIELD if attributes.get(key)), None)
    value = attributes.get("value") or attributes.get("wert") or text
    if named is not None and value and field_of(etree.QName(element).localname) is None:
        yield named, value
        return
    if text:
        yield etree.QName(element).localname, text
    yield from ((name, value) for name, value in attributes.items() if value)


def _text(content: bytes) -> str:
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _rows(text: str) -> list[list[str]]:
    """The cells of every row that has any; the sign most frequent in the first row parts them."""
    text = text.replace("\0", "")
    head = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(_SEPARATORS, key=head.count)
    try:
        rows = [[one_line(cell) for cell in row] for row in csv.reader(text.splitlines(), delimiter=separator)]
    except csv.Error:
        return []
    return [row for row in rows if any(row)]


def _of_table(rows: list[list[str]], findings: Findings) -> _Said | None:
    """A table with a head: a row is a document, or all rows of one document number; without such columns, the batch."""
    if len(rows) < 2 or not _mostly_known(rows[0]):
        return None
    head, *body = rows
    if long := [number for number, row in enumerate(body, 2) if len(row) > len(head)]:
        findings.append(f"Index: Zeile {long[0]} hat mehr Spalten als die Kopfzeile.")
    pairs = [list(zip(head, row, strict=False)) for row in body]
    columns = {field_of(name) for name in head}
    if not columns & DOCUMENT_FIELDS and not (len(body) > 1 and "pages" in columns):
        return [pair for row in pairs for pair in row], [], []
    groups: dict[str, Pairs] = {}
    for number, row in enumerate(pairs):
        key = next((value for name, value in row if field_of(name) == "document"), "") or f"\0{number}"
        groups.setdefault(key, []).extend(row)
    documents: list[IndexedDocument] = []
    said: Pairs = []
    for group in groups.values():
        document, rest = document_of(group, findings)
        documents.append(document)
        said += rest
    of_batch = [pair for pair in said if normalised(pair[0]) not in AMBIGUOUS]
    return of_batch, documents, [pair for pair in said if normalised(pair[0]) in AMBIGUOUS]


def _of_list(rows: list[list[str]]) -> _Said | None:
    """Two columns: what, and its value. All of it is of the batch."""
    if not rows or not _mostly_known(row[0] for row in rows):
        return None
    return [(row[0], row[1]) for row in rows if len(row) > 1], [], []


def _mostly_known(names: Iterable[str]) -> bool:
    """One known name may be chance; where there is but one it is enough."""
    listed = [field_of(name) for name in names]
    known = sum(field in BATCH_FIELDS | DOCUMENT_FIELDS | {"pages"} for field in listed)
    return known >= min(2, len(listed)) and known > 0
