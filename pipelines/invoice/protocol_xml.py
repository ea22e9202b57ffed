"""The approval protocol as XML (schemas/approval_protocol/), and its check without any database."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from lxml import etree

from pipelines.invoice.render import Protocol, plain_text
from schemas import chain
from schemas.accounting import AccountAssignment
from schemas.digest import digest_of_file
from schemas.errors import BadInput
from schemas.safe_xml import parse_xml
from schemas.values import Act, PastEvent

__all__ = ["NAMESPACE", "differences", "protocol_xml"]

NAMESPACE = "urn:posteingang:freigabeprotokoll:1"
_SPACES: Any = {None: NAMESPACE}
_SCHEMA = Path(__file__).parents[2] / "schemas" / "approval_protocol" / "freigabeprotokoll-1.xsd"
_SAID = (
    ("person", "actor"),
    ("art", "action"),
    ("vertretung", "in_place_of"),
    ("gesehen", "seen_sha256"),
    ("pruefbericht", "report_sha256"),
    ("datensatz", "data_sha256"),
    ("kontierung", "assignments_sha256"),
    ("kreditor", "creditor_sha256"),
)
"""Attribute of an act, and the key under which its event says the same."""


def protocol_xml(
    protocol: Protocol, document_id: UUID, history: Sequence[PastEvent], assignments: Sequence[AccountAssignment] = ()
) -> bytes:
    """Valid against its schema. Of an act its event says everything it commits to, of other events only the hashes."""
    root = etree.Element(f"{{{NAMESPACE}}}Freigabeprotokoll", nsmap=_SPACES)
    for name, value in (
        ("Stadt", protocol.city),
        ("Rechnungseingang", protocol.register_number),
        ("Posteingang", protocol.mail_number),
        ("Dokument", str(document_id)),
        ("Eingegangen", _instant(protocol.received_at)),
        ("Erstellt", _instant(protocol.made_at)),
        ("Zustaendig", protocol.unit),
    ):
        _add(root, name).text = plain_text(value)
    invoice = protocol.entry.invoice
    facts = {
        "rechnungssteller": invoice.seller_name,
        "nummer": invoice.number,
        "datum": invoice.issued_on.isoformat() if invoice.issued_on else None,
        "waehrung": invoice.currency,
        "brutto": None if invoice.gross is None else f"{invoice.gross:f}",
        "zahlbetrag": None if invoice.payable is None else f"{invoice.payable:f}",
        "konto": invoice.account,
    }
    _add(root, "Rechnung", facts)
    acts = (*((act, False) for act in protocol.earlier_acts), *((act, True) for act in protocol.acts))
    for act, counts in acts:
        _act(root, act, counts)
    for line in assignments:
        _add(root, "Kontierung", {name: str(value) for name, value in asdict(line).items()})
    for role, name, digest in protocol.listed:
        sizes = {"rolle": role, "name": name, "bytes": str(digest.size)}
        _add(root, "Datei", sizes | {"sha256": digest.sha256, "sha512": digest.sha512})
    shown = {act.sequence for act, _ in acts}
    for event in history:
        _event(root, event, with_content=event.sequence in shown)
    _schema().assertValid(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def differences(content: bytes, files: Sequence[Path]) -> tuple[str, ...]:
    """What of a protocol does not hold, or which file is not the one it names (German); BadInput if it is none."""
    root = parse_xml(content)
    try:
        _schema().assertValid(root)
    except etree.DocumentInvalid as problem:
        raise BadInput(f"Das ist kein Freigabeprotokoll: {problem}") from None
    return (*_chain_faults(root), *_act_faults(root), *_file_faults(root, files))


def _chain_faults(root: etree._Element) -> Iterator[str]:
    """Every link over the one before; what an act's event says must be what it commits to."""
    document_id, previous = UUID(root.findtext(f"{{{NAMESPACE}}}Dokument", "")), chain.START
    for expected, event in enumerate(root.iterfind(f"{{{NAMESPACE}}}Ereignis"), 1):
        number, at = int(event.get("nummer", "0")), datetime.fromisoformat(event.get("zeit", ""))
        commitment, link = event.get("bindung", ""), event.get("glied", "")
        if number != expected or event.get("vorher") != previous:
            yield f"Beweiskette: Ereignis {expected} fehlt oder steht nicht an seiner Stelle."
            return
        if link != chain.link_of(document_id, number, at, event.get("art", ""), commitment, previous):
            yield f"Beweiskette: Ereignis {number} ist verändert."
        salt = event.get("salz")
        if salt is not None and commitment != chain.commitment_of(salt, event.text or ""):
            yield f"Beweiskette: der Inhalt von Ereignis {number} ist verändert."
        previous = link


def _act_faults(root: etree._Element) -> Iterator[str]:
    """What the protocol says of an act is what its event says."""
    events = {event.get("nummer"): event.text or "" for event in root.iterfind(f"{{{NAMESPACE}}}Ereignis")}
    for act in root.iterfind(f"{{{NAMESPACE}}}Handlung"):
        number = act.get("ereignis")
        try:
            said = json.loads(events.get(number) or "{}")
        except ValueError:
            said = {}
        same = all(plain_text(said.get(key) or "") == act.get(name, "") for name, key in _SAID)
        words = all(
            plain_text(said.get(key) or "") == (act.findtext(f"{{{NAMESPACE}}}{name}") or "")
            for name, key in (("Wortlaut", "wording"), ("Begruendung", "reason"))
        )
        if not (said and same and words):
            yield f"Handlung zu Ereignis {number}: Protokoll und Beweiskette sagen nicht dasselbe."


def _file_faults(root: etree._Element, files: Sequence[Path]) -> Iterator[str]:
    named = {entry.get("sha256"): entry for entry in root.iterfind(f"{{{NAMESPACE}}}Datei")}
    for path in files:
        digest = digest_of_file(path)
        entry = named.get(digest.sha256)
        if entry is None or entry.get("sha512") != digest.sha512:
            yield f"{path.name}: diese Datei steht nicht im Protokoll (SHA-256 {digest.sha256})."


def _act(root: etree._Element, act: Act, counts: bool) -> None:
    shown = act.proof.shown if act.proof else None
    said = {
        "ereignis": str(act.sequence),
        "art": act.action,
        "person": act.name,
        "zeit": _instant(act.at),
        "gilt": "true" if counts else "false",
        "vertretung": act.in_place_of or None,
        "grenze": act.proof.limit if act.proof else None,
        "unterschrift": act.proof.signature if act.proof else None,
        "pruefergebnis": shown.verdict if shown else None,
        "gesehen": act.seen_sha256,
        "pruefbericht": act.report_sha256,
        "datensatz": shown.data if shown else None,
        "kontierung": shown.assignments if shown else None,
        "kreditor": shown.creditor if shown else None,
    }
    element = _add(root, "Handlung", said)
    _add(element, "Wortlaut").text = plain_text(act.wording)
    _add(element, "Begruendung").text = plain_text(act.reason)


def _event(root: etree._Element, event: PastEvent, *, with_content: bool) -> None:
    shown = with_content and not event.erased and event.payload is not None
    element = _add(
        root,
        "Ereignis",
        {
            "nummer": str(event.sequence),
            "zeit": _instant(event.at),
            "art": event.kind,
            "salz": event.salt if shown else None,
            "bindung": event.commitment,
            "vorher": event.previous,
            "glied": event.link,
        },
    )
    if shown:
        element.text = event.payload


def _add(parent: etree._Element, name: str, attributes: Mapping[str, str | None] | None = None) -> etree._Element:
    kept = {key: plain_text(value) for key, value in (attributes or {}).items() if value is not None}
    return etree.SubElement(parent, f"{{{NAMESPACE}}}{name}", kept)


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(parse_xml(_SCHEMA.read_bytes()))
