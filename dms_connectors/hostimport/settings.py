"""What the connector needs to know of one file import."""

from dataclasses import dataclass
from pathlib import Path

__all__ = ["HostimportSettings"]


@dataclass(frozen=True, slots=True)
class HostimportSettings:
    """`folder` takes the pairs, `updates` changes of properties, `errors` is where the import puts what it refuses.

    `encoding`, `state` and `editor` as the import wants the control files. `settle`: seconds after which a pair that
    is gone and not among the errors counts as taken. `receipts`: our own folder.
    """

    folder: Path
    receipts: Path
    errors: Path | None = None
    updates: Path | None = None
    encoding: str = "cp1252"
    state: str = "Fr"
    editor: str = ""
    settle: float = 300.0
