"""A document given to a file import is never called filed: it waits, is refused, or is handed over unconfirmed."""

from dataclasses import replace

import pytest

from config.city_config import City
from dms_connectors.port import Submission, SubmissionState
from pipelines.filing.confirm import confirm
from schemas.errors import Unavailable
from schemas.roles import Action
from schemas.states import State
from schemas.values import Act, DocumentFacts, Work
from tests.pipelines.papers import Desk

LETTER = DocumentFacts(page_count=1, document_type="widerspruch", unit="22", confidence=1.0, delivered_as="A")


class Told:
    """An import of which we know what it did with each pair."""

    def __init__(self, **states: SubmissionState) -> None:
        self.states = states

    def progress(self, target_id: str) -> Submission:
        return Submission(self.states[target_id], f"Stand {self.states[target_id]}.")


@pytest.fixture
def work(desk: Desk) -> Work:
    return replace(desk.work(LETTER), arrived={"hauptdokument": "A", "report": "B"})


def test_what_was_taken_is_handed_over_and_called_unconfirmed(work: Work, iserlohn: City) -> None:
    result = confirm(work, iserlohn, Told(A=SubmissionState.TAKEN, B=SubmissionState.TAKEN))

    assert result.state is State.HANDED_OVER
    assert result.reason == "Dem DMS-Import übergeben, unbestätigt: A, B."
    assert result.facts == work.facts


def test_what_the_archive_keeps_goes_on_to_it(work: Work, iserlohn: City) -> None:
    kept = next(kind.key for kind in iserlohn.document_types if iserlohn.kept_by_archive(kind.key))
    work = replace(work, facts=replace(work.facts, document_type=kept))

    assert confirm(work, iserlohn, Told(A=SubmissionState.TAKEN, B=SubmissionState.TAKEN)).state is State.APPRAISED


def test_one_paper_that_waits_lets_all_wait_without_end(work: Work, iserlohn: City) -> None:
    with pytest.raises(Unavailable, match=r"^B: Stand waiting\.$"):
        confirm(work, iserlohn, Told(A=SubmissionState.TAKEN, B=SubmissionState.WAITING))


@pytest.mark.parametrize("lost", [SubmissionState.REFUSED, SubmissionState.UNKNOWN])
def test_what_was_refused_or_cannot_be_accounted_for_goes_to_a_person_even_if_another_waits(
    lost: SubmissionState, work: Work, iserlohn: City
) -> None:
    result = confirm(work, iserlohn, Told(A=SubmissionState.WAITING, B=lost))

    assert result.state is State.CLEARING
    assert result.reason == f"B: Stand {lost}."


@pytest.mark.parametrize("lost", [SubmissionState.REFUSED, SubmissionState.UNKNOWN])
def test_what_a_person_has_found_in_the_dms_is_not_asked_about_again(
    lost: SubmissionState, work: Work, iserlohn: City
) -> None:
    looked_up = replace(work, acts=(Act(Action.CONFIRM, 1, "Paula Post", work.now, "", "Liegt im DMS.", 9),))
    result = confirm(looked_up, iserlohn, Told(A=SubmissionState.TAKEN, B=lost))

    assert result.state is State.HANDED_OVER
    assert result.reason == "Dem DMS-Import übergeben, unbestätigt: A, B. Anerkannt von Paula Post."
