"""Copies for information (Kopie zur Kenntnis) of a document that belongs to another unit."""

from enum import StrEnum

__all__ = ["COPY", "CopyState"]

COPY = "Kopie zur Kenntnis"
"""What stands on every copy: the kind of paper in the target, and part of its file name."""


class CopyState(StrEnum):
    """WAITING: delivered once the document itself has arrived. WITHDRAWING: to be taken back from where it lies."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    WITHDRAWING = "withdrawing"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """What people read (German)."""
        return _LABELS[self]


_LABELS = {
    CopyState.WAITING: "wird zugestellt",
    CopyState.DELIVERED: "zugestellt",
    CopyState.WITHDRAWING: "wird zurückgenommen",
    CopyState.WITHDRAWN: "zurückgenommen",
}
