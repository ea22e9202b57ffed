"""The last look at each neighbour is kept; an old look is as good as none."""

from datetime import timedelta

import pytest

from records.neighbours import SILENT_AFTER, Pause, forget, note, note_pause, seen
from tests.records.conftest import NOW

pytestmark = pytest.mark.django_db


def test_only_the_last_look_counts() -> None:
    note("DMS", True, "antwortet", NOW - timedelta(seconds=30))
    note("DMS", False, "antwortet nicht", NOW)
    note("Broker", True, "antwortet", NOW)
    assert [(look.name, look.ok, look.detail) for look in seen(NOW)] == [
        ("Broker", True, "antwortet"),
        ("DMS", False, "antwortet nicht"),
    ]


@pytest.mark.parametrize(("age", "silent"), [(timedelta(0), False), (SILENT_AFTER, False), (SILENT_AFTER * 1.01, True)])
def test_a_look_of_more_than_two_minutes_ago_says_nothing_any_more(age: timedelta, silent: bool) -> None:
    note("DMS", True, "antwortet", NOW - age)
    assert [look.silent for look in seen(NOW)] == [silent]


def test_since_when_it_is_so_outlives_later_looks_that_find_the_same() -> None:
    for minutes, ok in ((9, True), (5, False), (3, False)):
        note("DMS", ok, "Meldung", NOW - timedelta(minutes=minutes))
    (look,) = seen(NOW)
    assert look.since == NOW - timedelta(minutes=5)


def test_a_pause_lasts_until_its_end_whatever_another_process_finds() -> None:
    until = NOW + timedelta(seconds=30)
    note_pause("DMS", "Das DMS bremst (429).", until, NOW)
    assert [(look.ok, look.detail) for look in seen(NOW)] == [(False, "Das DMS bremst (429).")]
    note("DMS", True, "antwortet", NOW)
    assert [(look.ok, look.pause) for look in seen(NOW)] == [(True, Pause("Das DMS bremst (429).", until))]
    note_pause("DMS", "Das DMS hat den API-Schlüssel abgelehnt.", NOW + timedelta(seconds=5), NOW)
    assert [look.pause for look in seen(NOW)] == [Pause("Das DMS bremst (429).", until)], "the longest one counts"
    assert [look.pause for look in seen(until)] == [None]


def test_a_neighbour_nobody_looks_at_any_more_on_purpose_is_gone() -> None:
    note("DMS-Aufgaben", True, "keine offen", NOW)
    forget("DMS-Aufgaben")
    assert seen(NOW) == ()
