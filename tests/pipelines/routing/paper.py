"""Letters as the tests need them: rows at places of a sheet in millimetres, or plain text."""

from collections.abc import Iterable

from config.city_config import City
from pipelines.routing.rows import rows_of_pages, rows_of_text
from pipelines.routing.understand import letter_from
from pipelines.routing.zones import Letter
from pipelines.scan.words import Block, Line, PageWords, Word

__all__ = ["ADDRESS", "as_page", "on_paper", "written"]

ADDRESS = "Stadt Iserlohn\nSchillerplatz 7\n58636 Iserlohn\n\n"
_MM = 300 / 25.4


def written(text: str, city: City) -> Letter:
    """A text without boxes."""
    return letter_from(rows_of_text(text), city)


def on_paper(city: City, *pages: Iterable[tuple[float, float, str]]) -> Letter:
    """Rows as (left, top, text) in millimetres; rows of one height are one line, as a recognition reads them."""
    return letter_from(rows_of_pages([as_page(rows, number) for number, rows in enumerate(pages, 1)]), city)


def as_page(rows: Iterable[tuple[float, float, str]], number: int = 1, height: float = 3.2) -> PageWords:
    by_top: dict[float, list[Word]] = {}
    for left, top, text in rows:
        words = by_top.setdefault(top, [])
        for part in text.split():
            width = 2.0 * len(part)
            box = (left, top, left + width, top + height)
            words.append(Word(part, *(round(side * _MM) for side in box), confidence=0.95))
            left += width + 1.6
    lines = [Block((Line(tuple(words)),)) for _, words in sorted(by_top.items())]
    return PageWords(number, 2480, 3508, 300.0, tuple(lines), languages="deu")
