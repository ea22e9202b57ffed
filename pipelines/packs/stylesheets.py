"""Stylesheets of a pack: those that reach out of the pack, or write, are refused before anything is compiled."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from lxml import etree

from pipelines.packs.references import follow, inside, refuse_other_base
from pipelines.packs.unpack import refused
from schemas.errors import BadInput
from schemas.safe_xml import parse_xml

__all__ = ["check_stylesheets"]

_XSL = "{http://www.w3.org/1999/XSL/Transform}"
_FORBIDDEN = ("result-document", "import-schema", "use-package", "source-document", "evaluate")
"""Instructions that write, or load what cannot be looked at before. What a sheet reads is blocked when it runs."""
_LOADS = re.compile(r"(?<![\w.-])(?:doc|document)\s*[(#]|\bfunction-lookup\b")
_BY_NAME = re.compile(r"(?<![\w.-])(?:doc|document)\s*\(\s*(?:'([^'&]*)'|\"([^\"&]*)\")\s*\)")
_READS = re.compile(r"\b(?:doc|document|collection|unparsed-text|transform|function-lookup|load-xquery-module)\b")


def check_stylesheets(root: Path, sheets: Iterable[Path]) -> bool:
    """Follow every reference of every sheet. ConfigurationError for the first that is not allowed.

    True if each document they load is a file of the pack named literally, so that it may be read when compiling.
    """
    found = follow(sheets, lambda path: _included(root, path))
    literal = [_names_its_documents(root, path) for path in found]
    return all(literal)


def _included(root: Path, path: Path) -> list[Path]:
    sheet = _parsed(path)
    refuse_other_base(path, sheet)
    for name in _FORBIDDEN:
        if next(sheet.iter(f"{_XSL}{name}"), None) is not None:
            raise refused(f"{path.name} enthält die verbotene Anweisung xsl:{name}.")
    for element in sheet.iter(f"{_XSL}*"):
        if computed := next((str(name) for name in element.attrib if str(name).startswith("_")), None):
            raise refused(f"{path.name} berechnet eine seiner Anweisungen ({computed}).")
    for expression in _static(sheet):
        if _READS.search(_BY_NAME.sub("", expression)):
            raise refused(f"{path.name} liest Dateien, während es übersetzt wird: {expression[:80]}")
    included = sheet.iter(f"{_XSL}import", f"{_XSL}include")
    return [inside(root, path.name, path.parent, element.get("href") or "") for element in included]


def _names_its_documents(root: Path, path: Path) -> bool:
    literal = True
    for expression in _expressions(_parsed(path)):
        named = _BY_NAME.findall(expression)
        literal &= len(named) == len(_LOADS.findall(expression))
        for single, double in named:
            if location := single or double:  # an empty one is the sheet itself
                _parsed(inside(root, path.name, path.parent, location))
    return literal


def _static(sheet: etree._Element) -> Iterator[str]:
    """What is evaluated while compiling, when files can still be read: only those named literally may be."""
    for element in sheet.iter(etree.Element):
        for name, value in element.attrib.items():
            plain = etree.QName(str(name)).localname
            if plain == "use-when" or (plain == "select" and "static" in element.attrib):
                yield str(value)


def _expressions(sheet: etree._Element) -> Iterator[str]:
    """Everything in a stylesheet that may be XPath."""
    elements = list(sheet.iter(etree.Element))
    templates = any(str(name).endswith("expand-text") for element in elements for name in element.attrib)
    for element in elements:
        instruction = str(element.tag).startswith(_XSL)
        yield from (value for value in map(str, element.attrib.values()) if instruction or "{" in value)
        if templates:
            yield from (text for text in (element.text, *(child.tail for child in element)) if text and "{" in text)


def _parsed(path: Path) -> etree._Element:
    try:
        return parse_xml(path.read_bytes())
    except BadInput as problem:
        raise refused(f"{path.name}: {problem.sentence}") from None
