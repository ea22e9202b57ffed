"""Schemas and rule sheets, compiled once a process when first needed, and run over one document."""

import hashlib
import importlib.util
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from lxml import etree

from pipelines.invoice.names import file_name
from pipelines.invoice.scenarios import Resource
from pipelines.invoice.xsd_values import foreign_in_base64, with_bare_dates
from schemas.errors import BadInput, ConfigurationError
from schemas.safe_xml import parse_xml
from schemas.validation import Finding, Message, RuleSheet, Severity, SheetFinding

__all__ = [
    "SVRL",
    "SheetAborted",
    "finding_of",
    "outcome",
    "rule_sheet",
    "run_sheet",
    "schema_findings",
    "spoken",
    "svrl_kept",
    "violations",
]

SVRL = "{http://purl.oclc.org/dsdl/svrl}"
_VERSION = re.compile(rb"Schematron version ([0-9.]+)")
_STEP = re.compile(r"\*:(\w+)\[namespace-uri\(\)\s*=\s*'[^']*'\]|Q\{[^}]*\}(\w+)")
_QNAME = re.compile(r"\{[^}]*\}")
_RULE_PREFIX = re.compile(r"^\s*\[([A-Z][A-Za-z0-9-]+)\]\s*-?\s*")
"""Messages repeat the rule's id; sheets without ids name it there only."""
_RUNNING_NUMBER = re.compile(r"FX-SCH-A-\d+")
"""An id that differs from sheet to sheet; the one in the message is that of the rule."""
_NOT_FORESEEN = re.compile(r"(Element|Attribute)\b.* marked as not used in the given context")
"""What the sheets of the profiles say, without any id, of parts that belong to a larger profile."""
_UNUSED = {"Element": "FX-ELEMENT", "Attribute": "FX-ATTRIBUT"}
_MOST_SCHEMA_FINDINGS = 100
_KEPT: ContextVar[Path | None] = ContextVar("svrl_kept", default=None)
_TWICE = "A sequence of more than one item"
_NO_BASE64 = "Element '{name}': The content is not a valid value of the atomic type 'xs:base64Binary'."


class SheetAborted(Exception):
    """A rule sheet did not come to its end: its verdict is unknown, never 'accept'."""


def schema_findings(root: etree._Element, resource: Resource) -> list[Finding]:
    """Every violation of the schema, at most a hundred. ConfigurationError if the schema cannot be used."""
    return violations(_schema(resource), root)


def violations(schema: etree.XMLSchema, root: etree._Element) -> list[Finding]:
    """What that compiled schema says of the document, read as XML Schema has its values."""
    holds = schema.validate(root)
    if not holds and (bare := with_bare_dates(root)) is not None:
        holds = schema.validate(bare)
    if not holds:
        errors = islice(schema.error_log, _MOST_SCHEMA_FINDINGS)  # type: ignore[call-overload]
        return [_violation(error.message, error.line) for error in errors]
    foreign = islice(foreign_in_base64(root), _MOST_SCHEMA_FINDINGS)
    return [_violation(_NO_BASE64.format(name=name), line) for name, line in foreign]


def _violation(message: str, line: int) -> SheetFinding:
    return SheetFinding(
        rule="XSD",
        severity=Severity.ERROR,
        location=f"Zeile {line}",
        message=_QNAME.sub("", message)[:500],
        said=Message(code="generic-error", level=Severity.ERROR, text=message[:2000], line=line or None),
    )


def run_sheet(document: str, resource: Resource) -> list[Finding]:
    """What the rule sheet says of the re-serialised document, in its order.

    SheetAborted if it does not finish, ConfigurationError if the sheet cannot be used.
    """
    sheet = _stylesheet(resource)
    return [finding_of(item) for item in spoken(outcome(sheet, _parsed(document), resource.name))]


def outcome(sheet: Any, document: Any, name: str) -> etree._Element:
    """The svrl:schematron-output of a compiled sheet on a document as Saxon holds it. SheetAborted if there is none."""
    import saxonche

    try:
        with _unheard():
            answer = sheet.transform_to_string(xdm_node=document)
    except saxonche.PySaxonApiError as error:
        raise SheetAborted(f"{name}: {_meaning(' '.join(str(error).split())[:300])}") from None
    if not answer:
        raise SheetAborted(f"{name}: kein Ergebnis")
    if (folder := _KEPT.get()) is not None:
        _keep(answer, folder, name)
    try:
        output = parse_xml(answer.encode())
    except BadInput as problem:
        raise SheetAborted(f"{name}: das Ergebnis ist nicht lesbar ({problem.sentence})") from None
    if output.tag != f"{SVRL}schematron-output":
        raise SheetAborted(f"{name}: das Ergebnis ist kein Prüfbericht")
    return output


@contextmanager
def svrl_kept(folder: Path) -> Iterator[None]:
    """As long as this lasts, what each sheet wrote is kept there unchanged: '1 NAME OF THE SHEET.svrl' and so on.

    The folder is made when there is something to keep; what an earlier check kept there is removed.
    """
    for earlier in folder.glob("*.svrl"):
        earlier.unlink()  # lint: unlink - our own output, written anew
    token = _KEPT.set(folder)
    try:
        yield
    finally:
        _KEPT.reset(token)


def _keep(answer: str, folder: Path, name: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    number = sum(1 for _ in folder.glob("*.svrl")) + 1
    (folder / file_name(f"{number} {name}.svrl", f"{number}.svrl")).write_text(answer, encoding="utf-8")


def _meaning(problem: str) -> str:
    """The most frequent reason in plain words (German), before what Saxon says."""
    return f"eine Angabe, die es nur einmal geben darf, steht mehrfach da; {problem}" if _TWICE in problem else problem


@contextmanager
def _unheard() -> Iterator[None]:
    """Saxon also writes its errors to standard error, with words of the invoice that belong into no log."""
    heard = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(heard, 2)
        os.close(nowhere)
        os.close(heard)


def spoken(output: etree._Element) -> list[etree._Element]:
    """The elements that are findings, in their order."""
    return list(output.iter(f"{SVRL}failed-assert", f"{SVRL}successful-report"))


@cache
def rule_sheet(resource: Resource) -> RuleSheet:
    """Name, version and hash of the file that judges."""
    content = _path(resource).read_bytes()
    found = _VERSION.search(content[:4096])
    version = resource.version or (found[1].decode() if found else "")
    return RuleSheet(name=resource.name, version=version, sha256=hashlib.sha256(content).hexdigest())


def finding_of(item: etree._Element) -> SheetFinding:
    """What one such element says."""
    text = " ".join("".join(str(part) for part in item.itertext()).split())
    named = _RULE_PREFIX.match(text)
    severity = _severity(item)
    return SheetFinding(
        rule=_rule(item.get("id"), named[1] if named else None, text),
        severity=severity,
        location=_STEP.sub(r"\1\2", item.get("location") or ""),
        message=text[named.end() :] if named else text,
        said=Message(code=item.get("id") or "UNSPECIFIC", level=severity, text=text, place=item.get("location") or ""),
    )


def _rule(identifier: str | None, named: str | None, text: str) -> str:
    """The id of the rule: the sheet's own, else the one in the message, else by what the message is about."""
    if identifier and not (named and _RUNNING_NUMBER.fullmatch(identifier)):
        return identifier
    unused = _NOT_FORESEEN.match(text)
    return named or (_UNUSED[unused[1]] if unused else "ohne Kennung")


def _severity(item: etree._Element) -> Severity:
    """As the published report stylesheet reads flag and role: what says nothing known is an error."""
    marks = {item.get("flag"), item.get("role")}
    if marks & {"fatal", "error"}:
        return Severity.ERROR
    if marks & {"warning", "warn"}:
        return Severity.WARNING
    if marks & {"information", "info"}:
        return Severity.INFORMATION
    return Severity.ERROR


@lru_cache(maxsize=1)
def _parsed(document: str) -> Any:
    """The document as Saxon holds it; several sheets judge one document, one after the other."""
    return _processor().parse_xml(xml_text=document)


@cache
def _processor() -> Any:
    """One Saxon processor a process, made here and so after any fork; several at once abort the process."""
    import saxonche

    return saxonche.PySaxonProcessor(license=False)


@cache
def _stylesheet(resource: Resource) -> Any:
    try:
        compiler = _processor().new_xslt30_processor()
    except ImportError as error:
        raise _unusable("Saxon", error) from error
    import saxonche

    try:
        return compiler.compile_stylesheet(stylesheet_file=str(_path(resource)))
    except (OSError, saxonche.PySaxonApiError) as error:
        raise _unusable(resource.name, error) from error


@cache
def _schema(resource: Resource) -> etree.XMLSchema:
    try:
        return etree.XMLSchema(etree.parse(str(_path(resource))))  # lint: xml - an installed rule file, no input
    except (OSError, etree.LxmlError) as error:
        raise _unusable(resource.name, error) from error


def _unusable(name: str, error: Exception) -> ConfigurationError:
    """The machine is at fault, not the invoice."""
    return ConfigurationError(
        f"Zur Prüfung von Rechnungen fehlt {name} oder ist unbrauchbar ({type(error).__name__}).",
        remedy="Die Installation mit ./run up erneuern.",
    )


def _path(resource: Resource) -> Path:
    """Where the package lies; it is never imported."""
    found = importlib.util.find_spec(resource.pack.value)
    if found is None or found.origin is None:
        raise FileNotFoundError(f"package {resource.pack.value} is not installed")
    return Path(found.origin).parent / resource.path
