"""The audit chain of a document, as people read it."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from pipelines.flow import stage_of
from pipelines.invoice.codes import ACTIONS
from records import audit
from schemas.roles import Action
from schemas.states import CLOSED, State

__all__ = ["Happened", "closed_history_of", "history_of"]


@dataclass(frozen=True, slots=True)
class Happened:
    """One entry of the chain: what happened, to which state it led (empty: to none); `person` is empty for a step."""

    at: datetime
    what: str
    state: str
    person: str = ""
    reason: str = ""
    wording: str = ""
    erased: bool = False


def history_of(document_id: UUID) -> tuple[Happened, ...]:
    """Every entry, oldest first."""
    return tuple(
        _remarked(at, payload) if kind == audit.REMARK else _happened(at, State(kind), payload)
        for at, kind, payload in audit.history(document_id)
    )


def closed_history_of(document_id: UUID) -> tuple[Happened, ...]:
    """Every entry of closed mail; of what steps and persons said before it was locked, nothing: it may quote it."""
    told, silent = [], True
    for (_, kind, _), happened in zip(audit.history(document_id), history_of(document_id), strict=True):
        silent = kind not in CLOSED and (silent or kind != audit.REMARK)
        told.append(replace(happened, reason="", wording="") if silent else happened)
    return tuple(told)


def _remarked(at: datetime, payload: dict[str, object]) -> Happened:
    if not payload:
        return Happened(at, "Vermerk", "", erased=True)
    person, reason = str(payload.get("actor") or ""), str(payload.get("reason") or "")
    return Happened(at, str(payload["what"]), "", person, reason)


def _happened(at: datetime, state: State, payload: dict[str, object]) -> Happened:
    label = stage_of(state).label
    if not payload:
        return Happened(at, label, label, erased=True)
    reason, wording = str(payload.get("reason") or ""), str(payload.get("wording") or "")
    if action := payload.get("action"):
        reason = " ".join(part for part in (reason, _change(payload)) if part)
        return Happened(at, ACTIONS[Action(str(action))], label, str(payload["actor"]), reason, wording)
    return Happened(at, label, label, reason=reason)


def _change(payload: dict[str, object]) -> str:
    """'(Einheit: 51 → 22)' where the person has set another unit, type or case file."""
    before = payload.get("before")
    if not isinstance(before, dict):
        return ""
    changes = (
        f"{label}: {before.get(key) or '–'} → {payload.get(key) or '–'}"
        for key, label in (("unit", "Einheit"), ("document_type", "Dokumentart"), ("case_reference", "Akte"))
        if before.get(key) != payload.get(key)
    )
    return f"({', '.join(changes)})"
