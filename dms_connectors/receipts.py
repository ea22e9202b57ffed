"""What was handed to a target that others empty: written durably before the hand-over, kept for good.

Without it a folder that is gone could mean two things: never laid there (a crash), or already taken.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from schemas.durable import fsync_folder, write_durably
from schemas.errors import Unavailable

__all__ = ["Receipt", "Receipts", "document_of"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """One document handed over, or about to be. `refused`: the target gave it back; `gone_since`: first not seen."""

    document_id: UUID
    target_id: str
    category: str = ""
    refused: bool = False
    gone_since: datetime | None = None


class Receipts:
    """One small file a document below `root`. OSError goes through; a damaged receipt is Unavailable, never none."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def of(self, document_id: UUID) -> Receipt | None:
        path = self._path(document_id)
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            gone = told["gone_since"]
            return Receipt(
                document_id,
                str(told["target_id"]),
                str(told["category"]),
                bool(told["refused"]),
                None if gone is None else datetime.fromisoformat(gone),
            )
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError) as error:
            raise Unavailable(
                f"Der Übergabebeleg {path} ist beschädigt.", remedy="Bitte aus der Sicherung zurückholen."
            ) from error

    def write(self, receipt: Receipt) -> None:
        """Durable when this returns; takes the place of an earlier one as a whole."""
        path = self._path(receipt.document_id)
        if not path.parent.is_dir():
            path.parent.mkdir(parents=True, exist_ok=True)
            fsync_folder(self._root)
        pending = path.with_suffix(".neu")
        pending.unlink(missing_ok=True)  # lint: unlink - half-written by a crash
        try:
            write_durably(json.dumps(asdict(receipt), default=str).encode(), pending)
            pending.replace(path)
        except OSError:
            pending.unlink(missing_ok=True)  # lint: unlink - our own temporary file
            raise
        fsync_folder(path.parent)

    def withdraw(self, document_id: UUID) -> None:
        """Durably gone when this returns: from here on it counts as never handed over."""
        path = self._path(document_id)
        if path.exists():
            path.unlink()  # lint: unlink - the hand-over it speaks of never took place
            fsync_folder(path.parent)

    def _path(self, document_id: UUID) -> Path:
        name = str(document_id)
        return self._root / name[:2] / f"{name}.json"


def document_of(target_id: str) -> UUID | None:
    """Our id at the end of a target id of folders and file pairs; None if it is none of ours."""
    try:
        return UUID(target_id[-36:])
    except ValueError:
        return None
