"""A node of the filing plan is created once, whoever asks at the same time and whatever dies in between."""

from datetime import timedelta

import pytest
from django.db import connections

from records.clock import database_now
from records.models import FilingNode
from records.nodes import creating, known, remember
from schemas.errors import Rejected, Unavailable, UnclearOutcome
from tests.records.threads import at_once

NODE = "51-POSTEINGANG"
WAIT = 60.0


def create(target_id: str = "D1") -> str:
    """As the recorded connector does it, after a search has shown nothing. The id to use."""
    with creating(NODE, WAIT) as creation:
        if not creation.target_id:
            creation.target_id = target_id
        return creation.target_id


def later() -> None:
    """As if everything had happened before the time that is waited."""
    past = database_now() - timedelta(seconds=WAIT + 1)
    FilingNode.objects.exclude(unclear_since=None).update(unclear_since=past)
    FilingNode.objects.exclude(known_since=None).update(known_since=past)


@pytest.mark.django_db
def test_what_was_created_is_known() -> None:
    assert known() == {}
    create()
    assert known() == {NODE: "D1"}


@pytest.mark.django_db
def test_what_somebody_created_a_moment_ago_is_used_although_the_search_does_not_show_it() -> None:
    create()
    assert create("D2") == "D1"


@pytest.mark.django_db
def test_what_the_search_does_not_show_for_long_is_gone_and_created_anew() -> None:
    create()
    later()
    assert create("D2") == "D2"
    assert known() == {NODE: "D2"}


@pytest.mark.django_db
def test_a_lost_answer_is_waited_for_and_then_the_search_is_believed() -> None:
    with pytest.raises(UnclearOutcome), creating(NODE, WAIT):
        raise UnclearOutcome("Keine Antwort.")
    with pytest.raises(Unavailable, match="wird im DMS gerade angelegt") as caught:
        create()
    assert caught.value.retry_after == pytest.approx(WAIT, abs=5)
    later()
    assert create() == "D1"


@pytest.mark.django_db
def test_a_death_counts_as_a_lost_answer() -> None:
    with pytest.raises(KeyboardInterrupt), creating(NODE, WAIT):
        raise KeyboardInterrupt
    with pytest.raises(Unavailable):
        create()


@pytest.mark.django_db
def test_a_sure_refusal_is_not_waited_for() -> None:
    with pytest.raises(Rejected), creating(NODE, WAIT):
        raise Rejected("Kategorie AKTE gibt es nicht.")
    assert create() == "D1"


@pytest.mark.django_db
def test_what_a_search_has_shown_ends_the_waiting() -> None:
    with pytest.raises(UnclearOutcome), creating(NODE, WAIT):
        raise UnclearOutcome("Keine Antwort.")
    remember({NODE: "D7"})
    assert (known(), create("D8")) == ({NODE: "D7"}, "D7")


@pytest.mark.usefixtures("own_database")
def test_of_many_workers_at_the_same_moment_one_creates() -> None:
    made: list[int] = []

    def ask(number: int) -> str:
        try:
            with creating(NODE, WAIT) as creation:
                if not creation.target_id:
                    made.append(number)
                    creation.target_id = f"D{number}"
                return creation.target_id
        except Unavailable:
            return "later"
        finally:
            connections.close_all()

    answers = set(at_once(8, ask)) - {"later"}
    assert len(made) == 1
    assert answers == {f"D{made[0]}"}
