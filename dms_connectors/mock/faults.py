"""Faults to order: which step misbehaves, how, how often. Kept in a file, so that they survive a restart."""

import json
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter

__all__ = ["Fault", "FaultBook", "Step"]

Step = Literal["login", "discover", "upload", "store", "search", "read", "download", "any"]


class Fault(BaseModel):
    """`count` times, after `skip` untouched calls: what goes wrong at that step."""

    model_config = ConfigDict(extra="forbid")

    at: Step
    kind: Literal["status", "html", "cut_before", "cut_after", "hide", "drop_property", "expire_session"]
    status: int = 503
    retry_after: int | None = None
    seconds: float = 0.0
    property: str = ""
    count: int = 1
    skip: int = 0


_FAULTS = TypeAdapter(list[Fault])


class FaultBook:
    """The faults still to come."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.counted: dict[str, int] = {}

    def replace(self, text: bytes | str) -> list[Fault]:
        """Take the JSON list as the new faults; ValueError if it is none."""
        faults = _FAULTS.validate_json(text)
        self._write(faults)
        return faults

    def all(self) -> list[Fault]:
        return _FAULTS.validate_json(self._path.read_text(encoding="utf-8")) if self._path.exists() else []

    def next(self, step: Step) -> Fault | None:
        """The fault for this call, if one is due; counts the call."""
        self.counted[step] = self.counted.get(step, 0) + 1
        faults = self.all()
        for fault in faults:
            if fault.at not in (step, "any") or fault.count == 0:
                continue
            if fault.skip:
                fault.skip -= 1
                self._write(faults)
                return None
            fault.count -= 1
            self._write(faults)
            return fault
        return None

    def _write(self, faults: list[Fault]) -> None:
        pending = self._path.with_suffix(".neu")
        pending.write_text(json.dumps([fault.model_dump() for fault in faults]), encoding="utf-8")
        pending.replace(self._path)
