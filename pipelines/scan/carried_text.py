"""The words a page of a born-digital PDF carries itself, with their places, as PDFium tells them."""

import ctypes
from collections.abc import Iterator
from typing import Any

from pipelines.scan.words import Block, Line, PageWords, Word

__all__ = ["carried_words"]

_SCALE = 4
"""Pixels a point: boxes as on a page of 288 dpi."""
_POINTS = 72.0


def carried_words(page: Any, number: int) -> PageWords | None:
    """The page's own words in their order; None if it has none and must be recognised."""
    text_page = page.get_textpage()
    try:
        if not str(text_page.get_text_bounded()).strip():
            return None
        lines = tuple(_lines(text_page, page))
    finally:
        text_page.close()
    across, down = page.get_size()
    return PageWords(number, round(across * _SCALE), round(down * _SCALE), _SCALE * _POINTS, (Block(lines),))


def _lines(text_page: Any, page: Any) -> Iterator[Line]:
    words: list[Word] = []
    for sign_or_break in _words(text_page, page):
        if sign_or_break is not None:
            words.append(sign_or_break)
        elif words:
            yield Line(tuple(words))
            words = []
    if words:
        yield Line(tuple(words))


def _words(text_page: Any, page: Any) -> Iterator[Word | None]:
    """Words, and None where a line ends."""
    import pypdfium2.raw as raw

    text, boxes = "", []
    for at in range(text_page.count_chars()):
        sign = chr(raw.FPDFText_GetUnicode(text_page, at) or 0xFFFD)
        if not sign.isspace():
            text += sign
            boxes.append(_box(text_page, at))
            continue
        if text.strip("\0\ufffe\ufffd"):
            yield _word(text, boxes, page)
        text, boxes = "", []
        if sign == "\n":
            yield None
    if text.strip("\0\ufffe\ufffd"):
        yield _word(text, boxes, page)


def _box(text_page: Any, at: int) -> tuple[float, float, float, float]:
    """Left, bottom, right, top in points, before the page is turned."""
    import pypdfium2.raw as raw

    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    raw.FPDFText_GetCharBox(text_page, at, left, right, bottom, top)
    return left.value, bottom.value, right.value, top.value


def _word(text: str, boxes: list[tuple[float, float, float, float]], page: Any) -> Word:
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    left, top, right, bottom = _shown((min(lefts), min(bottoms), max(rights), max(tops)), page)
    return Word(text, left, top, max(right, left + 1), max(bottom, top + 1))


def _shown(box: tuple[float, float, float, float], page: Any) -> tuple[int, int, int, int]:
    """Where a viewer shows that box: left, top, right, bottom in pixels."""
    import pypdfium2.raw as raw

    across, down = page.get_size()
    corners = []
    for x, y in ((box[0], box[3]), (box[2], box[1])):
        at_x, at_y = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(page, 0, 0, round(across * _SCALE), round(down * _SCALE), 0, x, y, at_x, at_y)
        corners.append((max(0, at_x.value), max(0, at_y.value)))
    (x1, y1), (x2, y2) = corners
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)
