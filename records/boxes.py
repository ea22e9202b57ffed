"""The boxes of the scan office: what lies in one, what of it may be destroyed, and why the rest must stay."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from records.models import Original
from records.obstacles import obstacles_of
from schemas.originals import OriginalState

__all__ = ["MOST_ITEMS", "BoxContent", "content_of"]

MOST_ITEMS = 500
"""Documents on one list; what is left of a box comes on the next."""


@dataclass(frozen=True, slots=True)
class BoxContent:
    """What lies in a box: what may be listed now, and what must stay, with the reasons (German)."""

    listable: tuple[Original, ...]
    kept: tuple[tuple[Original, tuple[str, ...]], ...]

    @property
    def mark(self) -> str:
        """Changes with everything a person would have to see before they draw up a list."""
        seen = "\n".join(f"{original.document_id} {original.version}" for original in self.listable)
        return hashlib.sha256(seen.encode()).hexdigest()


def content_of(box: str, now: datetime) -> BoxContent:
    """The paper that lies in that box, in the order in which it came in."""
    there = (OriginalState.KEPT, OriginalState.REQUESTED)
    found = Original.objects.filter(box=box, state__in=there).select_related("document").order_by("document__entry")
    originals = list(found)
    reasons = obstacles_of(originals, now)
    return BoxContent(
        tuple(original for original in originals if not reasons[original.document_id])[:MOST_ITEMS],
        tuple((original, reasons[original.document_id]) for original in originals if reasons[original.document_id]),
    )
