"""The last look at each neighbour is kept; an old look is as good as none."""

from datetime import timedelta

import pytest

from records.neighbours import SILENT_AFTER, note, seen
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
