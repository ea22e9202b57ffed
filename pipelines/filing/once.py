"""Bring one document with all its versions to the target exactly once: look first, store what is missing, read back."""

from dataclasses import dataclass, field

from config.dms_config import PropertySource
from config.settings import load_settings
from dms_connectors.port import Ability, Connector, FiledDocument, FilingRequest, Value, own_properties
from pipelines.filing.papers import Filing
from schemas.errors import Rejected, Unavailable
from schemas.roles import Action
from schemas.values import Delivered, Work

__all__ = ["Brought", "accepted_by", "bring", "difference", "mended"]


@dataclass(slots=True)
class Brought:
    """What the target has by now, and what a person must look at (German). `refused`: the target said no.

    `mended`: values written anew because a person had it tried again (German labels).
    """

    delivered: list[Delivered] = field(default_factory=list)
    mended: list[str] = field(default_factory=list)
    problem: str | None = None
    refused: bool = False

    @property
    def ids(self) -> str:
        return ", ".join(dict.fromkeys(done.target_id for done in self.delivered))


def accepted_by(work: Work) -> str:
    """Who accepted what had arrived differently, as the last thing anybody did with the document; else empty."""
    last = work.acts[-1] if work.acts else None
    return last.name if last is not None and last.action is Action.CONFIRM else ""


def bring(filing: Filing, work: Work, connector: Connector, brought: Brought) -> str | None:
    """What arrived differently (German), or None. `brought` is told of every version as soon as the target has it.

    What a person has accepted is not compared again, only later versions; what they had tried again is mended first.
    """
    accepted = bool(accepted_by(work))
    first, rest = filing.versions[0], filing.versions[1:]
    target_id = _there(filing, work, connector, accepted=accepted)
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
        brought.delivered.append(Delivered(first.part, target_id))
        return f"{target_id}: Der abgelegte Inhalt ist keine der gesendeten Fassungen (SHA-256 verschieden)."
    for place, version in enumerate(filing.versions):
        if place > reached:
            _wait_for(version, work)
            connector.new_version(target_id, version)
        brought.delivered.append(Delivered(version.part, target_id))
        known = version.part in work.arrived
        if place < reached or (accepted and known):
            continue
        refusal = ""
        if known:
            try:
                brought.mended += mended(version, target_id, work, connector)
            except Rejected as problem:
                refusal = f" Nachtragen gelang nicht: {problem}"
        if found := difference(version, target_id, connector):
            return found + refusal
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
    told = [
        f"{source.label} – gesendet: {_shown(ours)}, im Ziel: {_shown(filed.properties.get(source.value))}"
        for source, ours in _lost(request, filed, connector).items()
    ]
    expected = connector.category(request.document_type, request.part)
    if filed.category and filed.category != expected:
        told.append(f"Kategorie – gesendet: {expected}, im Ziel: {filed.category}")
    return f"{target_id}: Angaben fehlen oder sind verändert. {'; '.join(told)}." if told else None


def mended(request: FilingRequest, target_id: str, work: Work, connector: Connector) -> list[str]:
    """Which values (labels) were written anew where a person, told of the difference, has it tried again.

    Only values: other content is never overwritten. What the target drops or refuses again, `difference` tells again.
    """
    last = work.acts[-1] if work.acts else None
    if last is None or last.action is not Action.RETRY or Ability.CHANGES not in connector.abilities():
        return []
    filed = connector.read_back(target_id)
    lost = _lost(request, filed, connector)
    if not lost or filed.digest is None or filed.digest.sha256 != request.digest.sha256:
        return []
    connector.update(target_id, lost, f"Nachgetragen: {last.reason}")
    return [source.label for source in lost]


def _lost(request: FilingRequest, filed: FiledDocument, connector: Connector) -> dict[PropertySource, Value]:
    """What was sent and is missing or another in the target."""
    sent, held = own_properties(request), connector.properties()
    shown = [source for source in PropertySource if source.value in filed.properties.keys() | held]
    ours = {source: sent[source.value] for source in shown if source.value in sent}
    return {source: value for source, value in ours.items() if filed.properties.get(source.value) != value}


def _there(filing: Filing, work: Work, connector: Connector, *, accepted: bool) -> str | None:
    """The target's id if our document is there. Without proof only the target's own receipts count: what it refused
    later is stored anew. What has arrived is never stored a second time, even if somebody has deleted it since."""
    known = [work.arrived[version.part] for version in filing.versions if version.part in work.arrived]
    if known and accepted:
        return known[-1]
    proved = known if Ability.PROOF in connector.abilities() else []
    found = connector.find(filing.document_id)
    if proved and _still_there(proved[-1], found, connector):
        return proved[-1]
    if len(found) > 1:
        raise Rejected(f"Doppelt abgelegt: {', '.join(found)}. Bitte im Zielsystem bereinigen.")
    return found[0] if found else None


def _still_there(target_id: str, found: tuple[str, ...], connector: Connector) -> bool:
    """False if of two copies a person has deleted the one we knew. A search may not show it yet: it is asked itself."""
    if target_id not in found:
        try:
            connector.read_back(target_id)
        except Rejected:
            if not found:
                raise
            return False
    return True


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
