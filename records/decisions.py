"""What people decide: committed as a whole, once, and only upon what they have seen."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max, Q

from records import audit, closed, register
from records import models as rows
from records.models import Document, DocumentFile, Event
from records.retyped import judge_anew, retyped
from schemas.errors import Conflict
from schemas.proof import Proof, Shown
from schemas.roles import Action, Person
from schemas.states import CLOSED, FileRole, State
from schemas.values import Act

__all__ = [
    "Chosen",
    "Conflict",
    "Held",
    "acts_of",
    "came_from",
    "conflicted",
    "earlier_acts_of",
    "hold",
    "last_sequence",
    "may_have_arrived",
]


_DELIVERED = frozenset({State.FILED, State.HANDED_OVER, State.APPRAISED, State.STAGED})
_LAID = _DELIVERED | {State.REDIRECTED, State.WITHDRAWN, State.GIVEN_BACK, State.CONNECTED, State.EMPTIED}
"""Who stopped there has, or had, the document with a target."""
_READ = frozenset({State.RECOGNISED, State.CLASSIFIED, State.NOTED})


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a person sets on the document. None leaves a fact as it is; an empty `case_reference` takes it away."""

    document_type: str | None = None
    unit: str | None = None
    needs_original: bool | None = None
    case_reference: str | None = None
    cut_at: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A document locked for one decision, as it is in the database now."""

    document: Document
    state: State
    acts: tuple[Act, ...]

    def came_from(self) -> State:
        """The state in which the document stopped before it came to where it waits now."""
        return came_from(self.document)

    def back(self, action: Action) -> State:
        """Where a choice leads whose row names no state."""
        if action is Action.KEEP_LOCKED:
            return _asked_from(self.document)
        if action is Action.REFUSE_CANCELLATION:
            return _asked_from(self.document)
        return _opened(self.document) if action is Action.CONFIRM_OPENING else came_from(self.document)

    def move(
        self,
        to: State,
        action: Action,
        person: Person,
        now: datetime,
        *,
        wording: str = "",
        reason: str = "",
        in_place_of: str = "",
        proof: Proof | None = None,
        chosen: Chosen = Chosen(),
    ) -> None:
        """Commit the person's act and the new state; the sweep asks for what follows.

        `in_place_of`: whom they stand in for. `proof`: what they had before them, if they sign.
        """
        document = self.document
        proposed = (document.document_type, document.unit, document.confidence)
        before = _place(document)
        _choose(document, chosen)
        retyped(document, before["document_type"])
        if action is Action.CONFIRM_OPENING:
            judge_anew(document)
        hashes = _hashes(document)
        document.state, document.state_since, document.reason = to, now, _sentence(person, reason, in_place_of)
        document.attempts, document.deferrals = 0, 0
        document.next_attempt_at, document.last_error = None, ""
        document.lease_token, document.lease_until, document.leased_by = None, None, ""
        document.save()
        if to in (State.REJECTED, State.CANCELLED):
            register.release_identity(document)
        if action is Action.NO_INVOICE:
            register.withdraw(document, now)
        payload: dict[str, object] = {
            "action": action,
            "actor": person.name,
            "user_id": person.user_id,
            "wording": wording,
            "reason": reason,
            "document_type": document.document_type,
            "unit": document.unit,
            "needs_original": document.needs_original,
            "case_reference": document.case_reference,
            "destruction_lock": document.destruction_lock,
            "cut_at": document.cut_at,
            "before": before if before != _place(document) else None,
            "original_sha256": hashes.get(FileRole.ORIGINAL),
            "seen_sha256": hashes.get(FileRole.RENDERING),
            "report_sha256": hashes.get(FileRole.REPORT),
            "in_place_of": in_place_of,
        }
        if proof is not None:
            payload |= _proven(proof)
        event = audit.append(document, to, payload, now)
        act = rows.Act.objects.create(
            document=document,
            sequence=event.sequence,
            action=action,
            user_id=person.user_id,
            name=person.name,
            at=now,
            wording=wording,
            reason=reason,
            seen_sha256=hashes.get(FileRole.RENDERING),
            report_sha256=hashes.get(FileRole.REPORT),
            in_place_of=in_place_of,
        )
        if proof is not None:
            rows.ActProof.objects.create(act=act, **_proven(proof))
        closed.moved(document, self.state, now)
        if action in (Action.DECIDE, Action.REDIRECT):
            rows.ClearingDecision.objects.create(
                act=act,
                proposed_type=proposed[0],
                proposed_unit=proposed[1],
                confidence=proposed[2],
                chosen_type=document.document_type or "",
                chosen_unit=document.unit or "",
                needs_original=bool(document.needs_original),
            )

    def declare_conflict(self, person: Person, reason: str, now: datetime) -> None:
        """The person is out, for good; the document stays where it is."""
        rows.DeclaredConflict.objects.create(
            document=self.document, user_id=person.user_id, name=person.name, at=now, reason=reason
        )
        payload = {"action": Action.DECLARE_CONFLICT, "actor": person.name, "user_id": person.user_id, "reason": reason}
        audit.remark(self.document, "Befangenheit erklärt", payload, now)


@contextmanager
def hold(document_id: UUID, seen: int) -> Iterator[Held]:
    """Lock the document for one decision made upon event number `seen`. Conflict if it has moved on since."""
    with transaction.atomic():
        Document.objects.filter(id=document_id).update(reason=F("reason"))
        document = Document.objects.get(id=document_id)
        if last_sequence(document_id) != seen:
            raise Conflict(
                "Dieses Schriftstück wurde inzwischen von anderer Stelle bearbeitet; Ihre Eingabe ist nicht "
                "gespeichert.",
                remedy="Bitte prüfen Sie den neuen Stand und entscheiden Sie dann.",
            )
        yield Held(document, State(document.state), acts_of(document_id))


def came_from(document: Document) -> State:
    """The state in which the document stopped before it came to where it waits now.

    What an import refused is delivered again, not asked for again. That mail was locked meanwhile does not count.
    """
    return _last_of(document, document.state)


def _last_of(document: Document, *besides: str) -> State:
    passed = (*besides, State.SUBMITTED, audit.REMARK, *CLOSED)
    last = Event.objects.filter(document=document).exclude(kind__in=passed).order_by("-sequence").first()
    if last is None and document.state in CLOSED:
        return State.PREPARED  # locked by its separator sheet, before anybody read it
    if last is None:
        raise AssertionError(f"{document.id} waits without ever having been anywhere")
    return State(last.kind)


def _asked_from(document: Document) -> State:
    """Where the document was when its removal or cancellation was asked for."""
    before = Event.objects.filter(document=document).exclude(kind__in=(document.state, audit.REMARK))
    return State(before.order_by("-sequence").values_list("kind", flat=True)[0])


def _opened(document: Document) -> State:
    """Where mail goes on that is no closed mail: where it was, as far as what it needs for that is still there."""
    before = came_from(document)
    stopped = _last_of(document, State.CLEARING) if before is State.CLEARING else before
    if stopped in _LAID and document.delivered_as is None:
        return State.ROUTED  # it was taken back from there: handed over anew
    read = document.files.filter(role=FileRole.TEXT).exists()
    return before if read or before not in _READ else State.PREPARED


def may_have_arrived(document: Document) -> bool:
    """True if a target holds the document, or might hold it after a call whose answer was lost."""
    calls = document.outbound.filter(Q(done_at__isnull=False) | Q(unclear_since__isnull=False))
    return document.delivered_as is not None or calls.exists()


def last_sequence(document_id: UUID) -> int:
    """Number of the newest event: what a person sees, and what their decision is based on."""
    return Event.objects.filter(document_id=document_id).aggregate(last=Max("sequence"))["last"] or 0


def acts_of(document_id: UUID) -> tuple[Act, ...]:
    """What people did since the document last went to certification (all of it, if it never did), oldest first."""
    return _acts(document_id, sequence__gte=_round_of(document_id))


def earlier_acts_of(document_id: UUID) -> tuple[Act, ...]:
    """What people did before that: signatures of a round that was returned do not count any more."""
    return _acts(document_id, sequence__lt=_round_of(document_id))


def conflicted(document_id: UUID) -> frozenset[int]:
    """Accounts of the persons who have declared that the matter is their own."""
    declared = rows.DeclaredConflict.objects.filter(document_id=document_id)
    return frozenset(declared.values_list("user_id", flat=True))


def _round_of(document_id: UUID) -> int:
    """Number of the event by which the document last went to certification; 0 if it never did."""
    certifying = Event.objects.filter(document_id=document_id, kind=State.TO_CERTIFY_FACTUALLY)
    return certifying.aggregate(last=Max("sequence"))["last"] or 0


def _acts(document_id: UUID, **which: int) -> tuple[Act, ...]:
    found = rows.Act.objects.filter(document_id=document_id, **which).select_related("proof").order_by("sequence")
    return tuple(
        Act(
            action=Action(row.action),
            user_id=row.user_id,
            name=row.name,
            at=row.at,
            wording=row.wording,
            reason=row.reason,
            sequence=row.sequence,
            seen_sha256=row.seen_sha256,
            report_sha256=row.report_sha256,
            in_place_of=row.in_place_of,
            proof=_proof_of(row),
        )
        for row in found
    )


def _proven(proof: Proof) -> dict[str, str]:
    """What is kept of it beyond the hashes an act has anyway."""
    return {
        "data_sha256": proof.shown.data,
        "assignments_sha256": proof.shown.assignments,
        "creditor_sha256": proof.shown.creditor,
        "verdict": proof.shown.verdict,
        "signature": proof.signature,
        "limit": proof.limit,
    }


def _proof_of(row: rows.Act) -> Proof | None:
    kept: rows.ActProof | None = getattr(row, "proof", None)
    if kept is None:
        return None
    shown = Shown(
        rendering=row.seen_sha256 or "",
        data=kept.data_sha256,
        report=row.report_sha256 or "",
        assignments=kept.assignments_sha256,
        creditor=kept.creditor_sha256,
        verdict=kept.verdict,
    )
    return Proof(shown, kept.signature, kept.limit)


def _choose(document: Document, chosen: Chosen) -> None:
    if chosen.document_type is not None:
        document.document_type = chosen.document_type
    if chosen.unit is not None:
        document.unit = chosen.unit
    if chosen.needs_original is not None:
        document.needs_original = chosen.needs_original
    if chosen.case_reference is not None:
        document.case_reference = chosen.case_reference or None
    if chosen.cut_at is not None:
        document.cut_at = list(chosen.cut_at)


def _place(document: Document) -> dict[str, str | None]:
    """What decides where the document goes."""
    return {
        "document_type": document.document_type,
        "unit": document.unit,
        "case_reference": document.case_reference,
        "dossier": document.dossier,
    }


def _hashes(document: Document) -> dict[FileRole, str]:
    """What the person had before them: the original, the readable invoice and the report, as stored."""
    roles = (FileRole.ORIGINAL, FileRole.RENDERING, FileRole.REPORT)
    shown = DocumentFile.objects.filter(document=document, role__in=roles)
    return {FileRole(role): sha256 for role, sha256 in shown.values_list("role", "content_id")}


def _sentence(person: Person, reason: str, in_place_of: str) -> str:
    who = f"{person.name} in Vertretung für {in_place_of}" if in_place_of else person.name
    return f"{who}: {reason}" if reason else f"Entschieden von {who}."
