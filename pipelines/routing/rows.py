"""Rows of a letter as they stand on paper: from the recognised words with boxes, or from plain text without."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipelines.scan.words import Line, PageWords, Word
from schemas.recognised import Box

__all__ = ["Row", "rows_of_pages", "rows_of_text"]

_GAP = 3.0
"""Columns are parted by a gap of so many heights of the line."""
_MILLIMETRES = 25.4
_LONGEST = 300
"""Signs of a row; more are no line of a letter, and patterns must stay quick on them."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of one column. `after_gap`: white space or a new column parts it from the row before."""

    text: str
    page: int
    box: Box | None = None
    after_gap: bool = False


def rows_of_text(text: str, page_break: str = "\f") -> tuple[Row, ...]:
    """Rows of a text whose pages are parted by form feeds; empty lines are gaps."""
    return tuple(row for number, page in enumerate(text.split(page_break), 1) for row in _rows(page, number))


def _rows(page: str, number: int) -> Iterator[Row]:
    gap = True
    for line in page.splitlines():
        columns = [part.strip() for part in line.replace("\t", "    ").split("    ") if part.strip()]
        for at, column in enumerate(columns):
            for start in range(0, len(column), _LONGEST):
                yield Row(column[start : start + _LONGEST], number, after_gap=gap or at > 0)
        gap = not columns


def rows_of_pages(pages: Sequence[PageWords]) -> tuple[Row, ...]:
    """Rows of the recognised words in reading order; lines that run across columns are cut at the wide gaps."""
    return tuple(row for page in pages for row in _page_rows(page))


def _page_rows(page: PageWords) -> Iterator[Row]:
    scale = _MILLIMETRES / page.dpi if page.dpi else 0.0
    before: Box | None = None
    for block in page.blocks:
        for line in block.lines:
            for words in _columns(line):
                box = _box(words, scale)
                gap = before is None or not _below(before, box)
                text = " ".join(word.text for word in words)[:_LONGEST]
                yield Row(text, page.number, box if scale else None, gap)
                before = box


def _columns(line: Line) -> Iterator[list[Word]]:
    words = [word for word in line.words if word.text.strip()]
    if not words:
        return
    heights = sorted(word.bottom - word.top for word in words)
    widest = _GAP * max(1, heights[len(heights) // 2])
    part = [words[0]]
    for word in words[1:]:
        if word.left - part[-1].right > widest:
            yield part
            part = []
        part.append(word)
    yield part


def _box(words: Sequence[Word], scale: float) -> Box:
    return Box(
        min(word.left for word in words) * scale,
        min(word.top for word in words) * scale,
        max(word.right for word in words) * scale,
        max(word.bottom for word in words) * scale,
    )


def _below(upper: Box, lower: Box) -> bool:
    """True if the second row follows the first one in the same column, without white space between them."""
    height = max(upper.bottom - upper.top, lower.bottom - lower.top)
    return -height / 2 < lower.top - upper.bottom < 1.1 * height and lower.left < upper.right
