"""A batch is balanced only if nothing at all is missing on its way from the sheet to the file."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.balance import Counted, balance
from schemas.batch import ImageKind

WHOLE = Counted(
    images={ImageKind.PAGE: 5, ImageKind.BLANK: 3, ImageKind.SEPARATOR: 2, ImageKind.SEPARATOR_BACK: 2},
    highest=12,
    sheets=6,
    sheets_by="laut Index",
    duplex=True,
    pages_expected=8,
    documents_expected=2,
    documents=2,
    arrived=2,
    proven=2,
)


def open_names(counted: Counted) -> list[str]:
    return [line.name for line in balance(counted).open_lines]


def test_a_whole_batch_is_zero_and_every_line_says_its_numbers() -> None:
    found = balance(WHOLE)
    assert found.zero
    assert [line.said for line in found.lines] == [
        "6 laut Index, beidseitig: 12 Bilder erwartet, 12 gescannt",
        "12 = 5 Seiten, 3 leere Seiten, 2 Trennblätter, 2 Rückseiten von Trennblättern",
        "8 angegeben, 8 gescannt",
        "2 angegeben, 2 getrennt",
        "2 Schriftstück(e), 2 abgelegt oder übergeben",
        "2 Schriftstück(e), 2 am Ziel geprüft",
    ]


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (lambda counted: replace(counted, sheets=7), "Blätter"),
        (lambda counted: replace(counted, sheets=None), "Blätter"),
        (lambda counted: replace(counted, duplex=None), "Blätter"),
        (lambda counted: replace(counted, duplex=False), "Blätter"),
        (lambda counted: replace(counted, highest=13), "Bilder"),
        (lambda counted: replace(counted, homeless=1), "Bilder"),
        (lambda counted: replace(counted, pages_expected=9), "Seiten"),
        (lambda counted: replace(counted, documents_expected=3), "Schriftstücke"),
        (lambda counted: replace(counted, arrived=1, proven=1), "Abgelegt"),
        (lambda counted: replace(counted, proven=1), "Zurückgelesen"),
    ],
)
def test_whatever_is_missing_keeps_the_balance_open(change: Callable[[Counted], Counted], name: str) -> None:
    assert name in open_names(change(WHOLE))


def test_what_nobody_expected_is_no_line() -> None:
    found = balance(replace(WHOLE, pages_expected=None, documents_expected=None))
    assert [line.name for line in found.lines] == ["Blätter", "Bilder", "Abgelegt", "Zurückgelesen"]
    assert found.zero


def test_an_empty_batch_is_never_zero() -> None:
    assert not balance(Counted()).zero
    assert not balance(Counted(sheets=0, duplex=False)).zero


@settings(max_examples=50, deadline=None)
@given(
    st.dictionaries(st.sampled_from(ImageKind), st.integers(0, 40)),
    st.integers(1, 40),
    st.booleans(),
    st.integers(0, 5),
    st.integers(0, 5),
    st.integers(0, 5),
)
def test_zero_means_that_every_count_agrees(
    images: dict[ImageKind, int], sheets: int, duplex: bool, documents: int, arrived: int, proven: int
) -> None:
    total = sum(images.values())
    counted = Counted(images, total, sheets=sheets, duplex=duplex, documents=documents, arrived=arrived, proven=proven)
    agrees = total == sheets * (2 if duplex else 1) and documents == arrived == proven > 0
    assert balance(counted).zero == agrees
