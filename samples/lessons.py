"""The invented letters as lessons for the learned model: the wordings `train` alone, each several times misread."""

from collections.abc import Iterator

from config.city_config import City
from pipelines.routing.learn import Lesson
from pipelines.routing.rows import rows_of_pages
from pipelines.routing.understand import letter_from
from samples.wording import letters

__all__ = ["lessons"]

_EACH = 5


def lessons(city: City) -> Iterator[Lesson]:
    """A wording is a source: what only one of them says is not learned. Envelopes have no wording and teach nothing."""
    for example in letters("train", _EACH):
        if example.document_type is not None and not example.envelope:
            letter = letter_from(rows_of_pages(example.pages), city)
            yield Lesson(letter, example.document_type, example.unit, example.source)
