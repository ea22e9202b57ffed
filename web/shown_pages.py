"""Which pages of a document are shown as pictures: not too many, and blank ones only to those who want them."""

from dataclasses import dataclass

from records.models import Document
from schemas.states import State
from web.evidence import blank_pages_of, pictured

__all__ = ["ShownPages", "shown_pages"]

_MOST = 30


@dataclass(frozen=True, slots=True)
class ShownPages:
    """Numbers of the pages shown, of those left out because nothing stands on them, and of all blank ones."""

    numbers: tuple[int, ...] = ()
    hidden: tuple[int, ...] = ()
    blank: frozenset[int] = frozenset()
    more: bool = False


def shown_pages(document: Document, *, with_blank: bool) -> ShownPages:
    """None of a batch that was cut: its documents show their own, and if nothing is a PDF."""
    if document.state == State.SPLIT or pictured(document) is None:
        return ShownPages()
    count = document.page_count or 1
    numbers, blank = range(1, min(count, _MOST) + 1), blank_pages_of(document)
    hidden = () if with_blank else tuple(number for number in numbers if number in blank)
    if len(hidden) == len(numbers):
        hidden = ()
    return ShownPages(tuple(number for number in numbers if number not in hidden), hidden, blank, count > _MOST)
