"""Hand the document over exactly once: search by our own id, store, read back, compare."""

from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid5

from config.city_config import City
from config.settings import load_settings
from dms_connectors.port import Ability, Companion, Connector, FilingRequest, own_properties
from schemas.digest import digest_of_file
from schemas.errors import Rejected, Unavailable
from schemas.german_time import day_in_germany
from schemas.states import FileRole, State
from schemas.values import Delivered, StepResult, StoredFile, Work

__all__ = ["MAIN", "deliver", "deliver_invoice", "filing_request", "goes_to_dms", "invoice_requests"]

MAIN = "delivery"
_PAPERS = (
    (FileRole.INVOICE_PDF, "lesbar"),
    (FileRole.REPORT_PDF, "pruefbericht"),
    (FileRole.PROTOCOL, "freigabeprotokoll"),
)


def goes_to_dms(unit: str | None, city: City) -> bool:
    """True if the unit works in the DMS; False means its out-tray."""
    found = city.unit(unit or "")
    return found is not None and found.dms


def deliver(work: Work, city: City, connector: Connector) -> StepResult:
    """Filed, handed over or submitted with the target's id; clearing if what arrived is not what was sent.

    Unavailable and UnclearOutcome go through to the worker, which tries again later.
    """
    reached = _in_dms(connector) if goes_to_dms(work.facts.unit, city) else State.HANDED_OVER
    return _hand_over((filing_request(work),), reached, work, city, connector)


def deliver_invoice(work: Work, city: City, connector: Connector) -> StepResult:
    """The invoice as received, then its papers, each a document of its own under the RE number."""
    return _hand_over(invoice_requests(work), _in_dms(connector), work, city, connector)


def _in_dms(connector: Connector) -> State:
    """Filed is only what the target itself has shown; otherwise the confirmation follows (confirm.py)."""
    return State.FILED if Ability.PROOF in connector.abilities() else State.SUBMITTED


def filing_request(work: Work) -> FilingRequest:
    """The same request at every try: number, name and bytes are fixed by what is committed."""
    number = work.register_number or ""
    original = work.file(FileRole.ORIGINAL)
    return replace(
        _request(work, MAIN, work.document_id, f"{number}.pdf", work.file(FileRole.PRODUCT)),
        companions=(
            Companion(work.file(FileRole.TRANSFER_NOTE).path, f"{number}.transfervermerk.xml"),
            Companion(original.path, f"{number}.original{_suffix(original)}"),
        ),
    )


def invoice_requests(work: Work) -> tuple[FilingRequest, ...]:
    """One request a paper; every paper has an id of its own that follows from the document's."""
    if work.entry is None:
        raise AssertionError(f"{work.document_id} is filed as an invoice without an entry in the register")
    number, original = work.entry.number, work.file(FileRole.ORIGINAL)
    form = "pdf" if FileRole.INVOICE_XML in work.files else "xml"
    papers = [_request(work, MAIN, work.document_id, f"{number}.{form}", original)]
    papers += [
        _request(work, part, uuid5(work.document_id, part), f"{number}.{part}.pdf", work.file(role))
        for role, part in _PAPERS
        if role in work.files
    ]
    gross = work.entry.invoice.gross
    amount = "" if gross is None else f"{gross:.2f}"
    return tuple(replace(paper, invoice_register_number=number, amount=amount) for paper in papers)


def _request(work: Work, part: str, document_id: UUID, name: str, file: StoredFile) -> FilingRequest:
    return FilingRequest(
        document_id=document_id,
        part=part,
        register_number=work.register_number or "",
        document_type=work.facts.document_type or "",
        unit=work.facts.unit or "",
        received_on=day_in_germany(work.scan.received_at),
        file_name=name,
        content=file.path,
        digest=file.digest,
    )


def _hand_over(
    requests: tuple[FilingRequest, ...], reached: State, work: Work, city: City, connector: Connector
) -> StepResult:
    """Every paper once, in order; the first difference or refusal goes to a person, with what already arrived.

    What the archive keeps goes on to it, whether filed or handed over.
    """
    delivered: list[Delivered] = []

    def result(state: State, reason: str) -> StepResult:
        main = next((done.target_id for done in delivered if done.part == MAIN), work.facts.delivered_as)
        return StepResult(state, replace(work.facts, delivered_as=main), reason, delivered=tuple(delivered))

    damaged = [request.file_name for request in requests if not _whole(request)]
    if damaged:
        return result(
            State.CLEARING,
            f"Der Beleg zu {', '.join(damaged)} fehlt oder ist verändert. Bitte die IT verständigen (store verify).",
        )
    for request in requests:
        try:
            target_id = _stored_once(request, work, connector)
            difference = _difference(request, target_id, connector)
        except Rejected as refusal:
            return result(State.CLEARING, f"{request.file_name}: {refusal}")
        delivered.append(Delivered(request.part, target_id))
        if difference is not None:
            return result(State.CLEARING, difference)
    arrived = ", ".join(done.target_id for done in delivered)
    if reached is State.SUBMITTED:
        return result(reached, f"An den DMS-Import übergeben als {arrived}; ob es ankommt, meldet er nicht.")
    where = "Im DMS" if reached is State.FILED else "Im Postfach"
    if city.kept_by_archive(work.facts.document_type):
        reached = State.APPRAISED
    return result(reached, f"{where} als {arrived} abgelegt und geprüft.")


def _whole(request: FilingRequest) -> bool:
    """What is about to be handed over is what was stored: a damaged object must not leave the house."""
    return request.content.is_file() and digest_of_file(request.content) == request.digest


def _stored_once(request: FilingRequest, work: Work, connector: Connector) -> str:
    """The target's id of our document; stored only if it has not arrived and no earlier call can still turn up.

    What a target without proof refused later is stored anew: there only its own receipts count.
    """
    if request.part in work.arrived and Ability.PROOF in connector.abilities():
        return work.arrived[request.part]
    found = connector.find(request.document_id)
    if not found:
        unclear = work.unclear.get(request.part)
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
    if filed.digest is None:
        return None  # handed over, unconfirmed: nothing to compare with
    if filed.digest.sha256 != request.digest.sha256:
        return f"{target_id}: Der abgelegte Inhalt ist nicht der gesendete (SHA-256 verschieden)."
    sent = own_properties(request)
    lost = [name for name, value in filed.properties.items() if sent.get(name) not in (None, value)]
    missing = [name for name in sent.keys() & connector.properties() if name not in filed.properties]
    if lost or missing:
        return f"{target_id}: Eigenschaften fehlen oder sind verändert: {', '.join(sorted({*lost, *missing}))}."
    return None


def _suffix(file: StoredFile) -> str:
    return Path(file.name).suffix.lower() or ".bin"
