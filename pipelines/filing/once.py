"""Bring one document with all its versions to the target exactly once: look first, store what is missing, read back."""

from collections.abc import Callable

from config.dms_config import PropertySource
from config.settings import load_settings
from dms_connectors.port import Ability, Connector, FilingRequest, Value, own_properties
from pipelines.filing.papers import Filing
from schemas.errors import Rejected, Unavailable
from schemas.values import Delivered, Work

__all__ = ["bring", "difference"]


def bring(
    filing: Filing, work: Work, connector: Connector, arrived: Callable[[Delivered], None], *, accepted: bool
) -> str | None:
    """What arrived differently (German), or None. Tells `arrived` of every version as soon as the target has it.

    `accepted`: a person has looked at what is known to have arrived; only later versions are compared.
    """
    first, rest = filing.versions[0], filing.versions[1:]
    target_id = _there(filing, work, connector)
    reached: int | None = 0
    if target_id is None:
        _wait_for(first, work)
        target_id = connector.store(first)
    else:
        if first.dossier and not accepted:
            connector.link(first.dossier, target_id)  # the earlier try may have had another place in mind
        if rest:
            reached = _reached(filing, target_id, work, connector, accepted=accepted)
    if reached is None:
        arrived(Delivered(first.part, target_id))
        return f"{target_id}: Der abgelegte Inhalt ist keine der gesendeten Fassungen (SHA-256 verschieden)."
    for place, version in enumerate(filing.versions):
        if place > reached:
            _wait_for(version, work)
            connector.new_version(target_id, version)
        arrived(Delivered(version.part, target_id))
        seen = accepted and version.part in work.arrived
        if place >= reached and not seen and (found := difference(version, target_id, connector)):
            return found
    return None


def difference(request: FilingRequest, target_id: str, connector: Connector) -> str | None:
    """What the target shows differently from what was sent (German), or None. A second copy is a difference too.

    Values are compared in our own spelling, into which the adapter has brought them.
    """
    others = [found for found in connector.find(request.document_id) if found != target_id]
    if others:
        return f"Doppelt abgelegt: {target_id}, {', '.join(others)}. Bitte im Zielsystem bereinigen."
    filed = connector.read_back(target_id)
    if filed.digest is None:
        return None  # handed over, unconfirmed: nothing to compare with
    if filed.digest.sha256 != request.digest.sha256:
        return f"{target_id}: Der abgelegte Inhalt ist nicht der gesendete (SHA-256 verschieden)."
    sent, told = own_properties(request), []
    for source in PropertySource:
        ours, theirs = sent.get(source.value), filed.properties.get(source.value)
        missing = theirs is None and source.value in connector.properties()
        if ours is not None and ours != theirs and (theirs is not None or missing):
            told.append(f"{source.label} – gesendet: {_shown(ours)}, im Ziel: {_shown(theirs)}")
    expected = connector.category(request.document_type, request.part)
    if filed.category and filed.category != expected:
        told.append(f"Kategorie – gesendet: {expected}, im Ziel: {filed.category}")
    return f"{target_id}: Angaben fehlen oder sind verändert. {'; '.join(told)}." if told else None


def _there(filing: Filing, work: Work, connector: Connector) -> str | None:
    """The target's id if our document is there. Without proof only the target's own receipts count: what it refused
    later is stored anew."""
    known = [work.arrived[version.part] for version in filing.versions if version.part in work.arrived]
    if known and Ability.PROOF in connector.abilities():
        return known[-1]
    found = connector.find(filing.document_id)
    if len(found) > 1:
        raise Rejected(f"Doppelt abgelegt: {', '.join(found)}. Bitte im Zielsystem bereinigen.")
    return found[0] if found else None


def _wait_for(version: FilingRequest, work: Work) -> None:
    """An earlier call may still turn up; a second one before that would be one too many."""
    unclear, wait = work.unclear.get(version.part), load_settings().dms_unclear_wait
    if unclear is not None and unclear < wait:
        raise Unavailable(
            "Ein früherer Ablageversuch ist noch ungeklärt; vor einem zweiten wird abgewartet.",
            retry_after=wait - unclear,
        )


def _reached(filing: Filing, target_id: str, work: Work, connector: Connector, *, accepted: bool) -> int | None:
    """Which version lies on top: its hash says so, whatever answers were lost. None: it is none of ours."""
    digest = connector.read_back(target_id).digest
    for place, version in enumerate(filing.versions):
        if digest is not None and version.digest.sha256 == digest.sha256:
            return place
    known = [place for place, version in enumerate(filing.versions) if version.part in work.arrived]
    return known[-1] if accepted and known else None


def _shown(value: Value | None) -> str:
    if value is None:
        return "nichts"
    return value if isinstance(value, str) else "; ".join(value)
