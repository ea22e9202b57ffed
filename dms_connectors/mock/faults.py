"""Faults to switch on: each waits for its step, lets `skip` calls pass, strikes `count` times."""

import json
import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

__all__ = ["Fault", "FaultError", "Faults", "Kind", "Plan", "Step"]

_log = logging.getLogger(__name__)

Step = Literal[
    "login",
    "discover",
    "upload",
    "store",
    "search",
    "read",
    "download",
    "task",
    "update",
    "notes",
    "delete",
]
Kind = Literal[
    "status",
    "html",
    "timeout_before",
    "timeout_after",
    "cut",
    "cut_answer",
    "damage",
    "delay",
    "drop_property",
    "change_property",
    "late_visibility",
    "expire_session",
]
_PROPERTY = frozenset({"drop_property", "change_property"})
_STEPS_OF: Mapping[Kind, frozenset[Step]] = {
    "drop_property": frozenset({"store", "update"}),
    "change_property": frozenset({"store", "update"}),
    "late_visibility": frozenset({"store"}),
    "damage": frozenset({"download"}),
}
_ACCOMPANYING = frozenset({*_STEPS_OF, "delay"})


class FaultError(ValueError):
    """A list of faults that cannot be understood."""


class Fault(BaseModel):
    """One fault as it is ordered."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: Step | Literal["any"]
    kind: Kind
    status: Annotated[int, Field(ge=400, le=599)] = 503
    retry_after: Annotated[int, Field(ge=0)] | None = None
    count: Annotated[int, Field(ge=1)] = 1
    seconds: Annotated[float, Field(ge=0)] = 0.5
    skip: Annotated[int, Field(ge=0)] = 0
    property: str | None = None
    value: str = ""
    method: str | None = None
    path: str | None = None  # a part of the address, for one route of a step

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        allowed = _STEPS_OF.get(self.kind)
        if allowed and self.at != "any" and self.at not in allowed:
            raise ValueError(f"{self.kind} needs at={' or '.join(sorted(allowed))}")
        if self.kind in _PROPERTY and not self.property:
            raise ValueError(f"{self.kind} needs a property")
        return self

    def concerns(self, step: Step, method: str, path: str) -> bool:
        """Whether this call counts for the fault."""
        here = self.at in (step, "any") and step in _STEPS_OF.get(self.kind, (step,))
        return here and self.method in (None, method) and (self.path is None or self.path in path)


@dataclass(frozen=True, slots=True)
class Plan:
    """What happens to one call: faults that accompany it, and at most one that decides its end.

    `changed`: properties the store writes otherwise than asked; the empty value stands for a dropped one.
    """

    delay: float = 0.0
    changed: Mapping[str, str] = field(default_factory=dict)
    damaged: bool = False
    hidden_seconds: float = 0.0
    ending: Fault | None = None

    def ends_with(self, kind: Kind) -> bool:
        """Whether the call ends in this way."""
        return self.ending is not None and self.ending.kind == kind


@dataclass(slots=True)
class _Armed:
    fault: Fault
    skip: int = field(init=False)
    left: int = field(init=False)

    def __post_init__(self) -> None:
        self.skip, self.left = self.fault.skip, self.fault.count

    def strikes(self) -> bool:
        """Count one matching call."""
        if self.skip:
            self.skip -= 1
            return False
        self.left -= 1
        return True

    def shown(self) -> dict[str, Any]:
        """The fault with what is left of `count` and `skip`."""
        return {**self.fault.model_dump(), "count": self.left, "skip": self.skip}


class Faults:
    """The faults in force: posted ones, and those of a file that is read again when it changes."""

    def __init__(self, file: Path) -> None:
        self._lock = threading.Lock()
        self._file = file
        self._seen: tuple[int, int] | None = None
        self._kept = file.with_name("faults-posted.json")
        self._posted = _armed(self._kept.read_bytes()) if self._kept.exists() else []
        self._from_file: list[_Armed] = []

    def add(self, body: bytes) -> None:
        """Add a JSON list (or one) of faults; raises FaultError."""
        armed = _armed(body)
        with self._lock:
            self._posted += armed
            self._keep()

    def clear(self) -> None:
        """Forget all faults; the file counts again only after it has changed."""
        with self._lock:
            self._reread()
            self._posted, self._from_file = [], []
            self._keep()

    def listed(self) -> list[dict[str, Any]]:
        """The faults still in force, with what is left of `count` and `skip`."""
        with self._lock:
            self._reread()
            return [armed.shown() for armed in (*self._from_file, *self._posted)]

    def take(self, step: Step, method: str, path: str) -> Plan:
        """Decide over one call. Later faults that would decide its end wait for the next call."""
        with self._lock:
            self._reread()
            before = [armed.shown() for armed in self._posted]
            struck: list[Fault] = []
            ending: Fault | None = None
            for armed in (*self._from_file, *self._posted):
                fault = armed.fault
                if not fault.concerns(step, method, path) or (ending and fault.kind not in _ACCOMPANYING):
                    continue
                if not armed.strikes():
                    continue
                if fault.kind in _ACCOMPANYING:
                    struck.append(fault)
                else:
                    ending = fault
            self._from_file = [armed for armed in self._from_file if armed.left]
            self._posted = [armed for armed in self._posted if armed.left]
            if before != [armed.shown() for armed in self._posted]:
                self._keep()
        return _plan(struck, ending)

    def _keep(self) -> None:
        """Posted faults, and what is left of them, survive a restart."""
        pending = self._kept.with_suffix(".neu")
        pending.write_text(json.dumps([armed.shown() for armed in self._posted]), encoding="utf-8")
        pending.replace(self._kept)

    def _reread(self) -> None:
        try:
            status = self._file.stat()
        except FileNotFoundError:
            if self._seen is not None:
                self._seen, self._from_file = None, []
            return
        if (seen := (status.st_mtime_ns, status.st_size)) == self._seen:
            return
        self._seen = seen
        try:
            self._from_file = _armed(self._file.read_bytes())
        except (OSError, FaultError) as error:
            _log.warning("Fehlerliste %s wird übergangen: %s", self._file.name, error)


_FAULTS: TypeAdapter[list[Fault]] = TypeAdapter(list[Fault])


def _parse(body: bytes) -> list[Fault]:
    try:
        raw = json.loads(body)
        return _FAULTS.validate_python([raw] if isinstance(raw, dict) else raw)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise FaultError(f"{place}: {first['msg']}") from error
    except ValueError as error:
        raise FaultError(f"not JSON: {error}") from error


def _armed(body: bytes) -> list[_Armed]:
    return [_Armed(fault) for fault in _parse(body)]


def _plan(struck: Sequence[Fault], ending: Fault | None) -> Plan:
    hidden = [fault.seconds for fault in struck if fault.kind == "late_visibility"]
    return Plan(
        delay=sum(fault.seconds for fault in struck if fault.kind == "delay"),
        changed={fault.property or "": fault.value for fault in struck if fault.kind in _PROPERTY},
        damaged=any(fault.kind == "damage" for fault in struck),
        hidden_seconds=max(hidden, default=0.0),
        ending=ending,
    )
