"""Three kinds of failure; only one of them is tried again."""

import pytest

from schemas import errors
from schemas.errors import BadInput, ConfigurationError, PosteingangError, Rejected, Unavailable, UnclearOutcome

KINDS = [BadInput, ConfigurationError, Rejected, Unavailable, UnclearOutcome]


@pytest.mark.parametrize(
    ("kind", "again"),
    [(BadInput, False), (ConfigurationError, False), (Rejected, False), (Unavailable, True), (UnclearOutcome, True)],
)
def test_only_a_neighbour_that_does_not_answer_is_tried_again(kind: type[PosteingangError], again: bool) -> None:
    assert kind("Satz.").retryable is again


def test_an_unclear_outcome_is_no_refusal_and_a_refusal_no_outage() -> None:
    assert issubclass(UnclearOutcome, Unavailable)
    assert not issubclass(Rejected, (Unavailable, BadInput))


@pytest.mark.parametrize("kind", KINDS)
def test_people_read_the_sentence_and_what_to_do(kind: type[PosteingangError]) -> None:
    assert str(kind("Die Datei ist leer.", remedy="Bitte neu scannen.")) == "Die Datei ist leer. Bitte neu scannen."
    assert str(kind("Die Datei ist leer.")) == "Die Datei ist leer."


def test_every_kind_has_a_code_of_its_own() -> None:
    kinds = [PosteingangError, *KINDS]
    assert {kind.__name__ for kind in kinds} <= set(errors.__all__)
    assert len({kind.code for kind in kinds}) == len(kinds)


def test_a_neighbour_may_say_when_to_come_back() -> None:
    assert Unavailable("Zu viele Anfragen.", retry_after=30).retry_after == 30
    assert Unavailable("Keine Antwort.").retry_after is None
