"""Hand the document over exactly once: search by our own id, store, read back, compare."""

from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from config.city_config import City
from config.settings import load_settings
from dms_connectors.port import Companion, Connector, FilingRequest, own_properties
from schemas.errors import Rejected, Unavailable
from schemas.states import FileRole, State
from schemas.values import StepResult, StoredFile, Work

__all__ = ["deliver", "filing_request", "goes_to_dms"]

BERLIN = ZoneInfo("Europe/Berlin")


def goes_to_dms(unit: str | None, city: City) -> bool:
    """True if the unit works in the DMS; False means its out-tray."""
    found = city.unit(unit or "")
    return found is not None and found.dms


def deliver(work: Work, city: City, connector: Connector) -> StepResult:
    """Filed or handed over with the target's id; clearing if what arrived is not what was sent.

    Unavailable and UnclearOutcome go through to the worker, which tries again later.
    """
    request = filing_request(work)
    try:
        target_id = _stored_once(request, work, connector)
        difference = _difference(request, target_id, connector)
    except Rejected as refusal:
        return StepResult(State.CLEARING, work.facts, f"{request.register_number}: {refusal}")
    facts = replace(work.facts, delivered_as=target_id)
    if difference is not None:
        return StepResult(State.CLEARING, facts, difference)
    if goes_to_dms(work.facts.unit, city):
        return StepResult(State.FILED, facts, f"Im DMS als {target_id} abgelegt und geprüft.")
    return StepResult(State.HANDED_OVER, facts, f"Im Postfach {target_id} abgelegt und geprüft.")


def filing_request(work: Work) -> FilingRequest:
    """The same request at every try: number, name and bytes are fixed by what is committed."""
    product, original = work.file(FileRole.PRODUCT), work.file(FileRole.ORIGINAL)
    number = work.register_number or ""
    return FilingRequest(
        document_id=work.document_id,
        register_number=number,
        document_type=work.facts.document_type or "",
        unit=work.facts.unit or "",
        received_on=work.scan.received_at.astimezone(BERLIN).date(),
        file_name=f"{number}.pdf",
        content=product.path,
        digest=product.digest,
        companions=(
            _companion(f"{number}.transfervermerk.xml", work.file(FileRole.TRANSFER_NOTE)),
            _companion(f"{number}.original{_suffix(original)}", original),
        ),
    )


def _stored_once(request: FilingRequest, work: Work, connector: Connector) -> str:
    """The target's id of our document; stored only if no earlier call can still turn up."""
    found = connector.find(request.document_id)
    if not found:
        unclear = work.outbound.unclear_for
        wait = load_settings().dms_unclear_wait
        if unclear is not None and unclear < wait:
            raise Unavailable(
                "Ein früherer Ablageversuch ist noch ungeklärt; vor einem zweiten wird abgewartet.",
                retry_after=wait - unclear,
            )
        return connector.store(request)
    if len(found) > 1:
        raise Rejected(f"Doppelt abgelegt: {', '.join(found)}. Bitte im Zielsystem bereinigen.")
    return found[0]


def _difference(request: FilingRequest, target_id: str, connector: Connector) -> str | None:
    """What arrived differently (German), or None. A second copy found now is a difference too."""
    others = [found for found in connector.find(request.document_id) if found != target_id]
    if others:
        return f"Doppelt abgelegt: {target_id}, {', '.join(others)}. Bitte im Zielsystem bereinigen."
    filed = connector.read_back(target_id)
    if filed.digest.sha256 != request.digest.sha256:
        return f"{target_id}: Der abgelegte Inhalt ist nicht der gesendete (SHA-256 verschieden)."
    sent = own_properties(request)
    lost = [name for name, value in filed.properties.items() if sent.get(name) not in (None, value)]
    missing = [name for name in connector.properties() if name not in filed.properties]
    if lost or missing:
        return f"{target_id}: Eigenschaften fehlen oder sind verändert: {', '.join(sorted({*lost, *missing}))}."
    return None


def _companion(name: str, file: StoredFile) -> Companion:
    return Companion(file.path, name)


def _suffix(file: StoredFile) -> str:
    return Path(file.name).suffix.lower() or ".bin"
