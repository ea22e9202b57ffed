"""The letters the distribution is measured with: two pools with nothing in common, and what it must reach on one."""

from collections import Counter

import pytest

from bench.routing import judged
from samples.wording import Example, letters, wordings
from schemas.recognised import Recognised


def test_the_same_seed_makes_the_same_letters() -> None:
    assert [letter.pages for letter in letters("held", 1)] == [letter.pages for letter in letters("held", 1)]


def test_pools_share_no_wording() -> None:
    seen = Counter(text for texts in map(wordings, ("train", "dev", "held", "probe")) for text in texts)
    assert [wording for wording, count in seen.items() if count > 1] == []


@pytest.fixture(scope="module")
def held() -> list[tuple[Example, Recognised]]:
    return judged("held", 2)


def test_nothing_closed_is_read_and_no_needed_original_is_missed(held: list[tuple[Example, Recognised]]) -> None:
    assert all(got.closed is not None for letter, got in held if letter.closed)
    assert all(got.needs_original for letter, got in held if letter.original)


def test_what_goes_on_without_a_person_goes_to_the_right_unit(held: list[tuple[Example, Recognised]]) -> None:
    routed = [(letter, got) for letter, got in held if got.decision.certain]
    assert [(letter.unit, got.decision) for letter, got in routed if got.decision.unit != letter.unit] == []


def test_most_of_what_can_be_routed_is(held: list[tuple[Example, Recognised]]) -> None:
    """But what is confidential and addressed to nobody, which waits for a person however plain its words are."""
    waits = "Vertrauliche Sache"
    open_mail = [got for letter, got in held if letter.unit is not None and not letter.closed]
    routable = [got for got in open_mail if not got.decision.doubt.startswith(waits)]
    assert sum(got.decision.certain for got in routable) >= 0.85 * len(routable)


def test_most_types_are_right(held: list[tuple[Example, Recognised]]) -> None:
    readable = [(letter, got) for letter, got in held if letter.document_type and not letter.closed]
    right = sum(got.decision.document_type == letter.document_type for letter, got in readable)
    assert right >= 0.92 * len(readable)


def test_what_nobody_can_assign_is_never_guessed(held: list[tuple[Example, Recognised]]) -> None:
    assert not any(got.decision.certain for letter, got in held if letter.unit is None)


def test_what_an_invoice_says_for_certain_is_right(held: list[tuple[Example, Recognised]]) -> None:
    for letter, got in held:
        for name, value in letter.invoice.items():
            read = getattr(got.invoice, name) if got.invoice is not None else None
            assert read is None or not read.certain or str(read.value) == value
