"""The draw: who is looked at follows from the seed, and anybody can compute it again."""

import hashlib
from decimal import Decimal
from uuid import UUID, uuid5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.quality import LOT_MOVES, Candidate, LotState, SamplingRule, draw

SPACE = UUID(int=7)
SEED = "0123456789abcdef" * 2
NORMAL = SamplingRule("Schutzbedarf normal", Decimal("0.04"), 1)
FULL = SamplingRule("Schutzbedarf sehr hoch", Decimal(1), 1, four_eyes=True)
RULES = {"normal": NORMAL, "full": FULL}


def candidates(count: int, rule: str = "normal") -> list[Candidate]:
    return [Candidate(uuid5(SPACE, f"{rule}-{number}"), rule) for number in range(count)]


@pytest.mark.parametrize(("count", "drawn"), [(1, 1), (2, 1), (25, 1), (26, 2), (100, 4), (101, 5)])
def test_the_share_is_rounded_up_and_never_less_than_the_minimum(count: int, drawn: int) -> None:
    found = draw(SEED, candidates(count), RULES)

    assert sum(one.drawn for one in found) == drawn
    assert len(found) == count
    assert {one.why for one in found} == {f"Schutzbedarf normal: 4 %, mindestens 1, {drawn} von {count}"}


def test_a_minimum_larger_than_the_lot_draws_all_of_it() -> None:
    rules = {"normal": SamplingRule("Schutzbedarf normal", Decimal("0.04"), 5)}
    assert all(one.drawn for one in draw(SEED, candidates(3), rules))


def test_those_with_the_smallest_hash_over_seed_and_id_are_drawn() -> None:
    given_ids = candidates(60)
    by_hand = sorted(given_ids, key=lambda one: hashlib.sha256((SEED + str(one.document_id)).encode()).hexdigest())[:3]

    drawn = {one.document_id for one in draw(SEED, given_ids, RULES) if one.drawn}
    assert drawn == {one.document_id for one in by_hand}


def test_another_seed_draws_others() -> None:
    drawn = [
        {one.document_id for one in draw(seed, candidates(400), RULES) if one.drawn} for seed in ("a" * 32, "b" * 32)
    ]
    assert drawn[0] != drawn[1]


def test_each_class_has_its_own_sample() -> None:
    found = draw(SEED, [*candidates(50), *candidates(3, "full")], RULES)

    assert sum(one.drawn for one in found if not one.four_eyes) == 2
    assert [one.why for one in found if one.four_eyes] == ["Schutzbedarf sehr hoch: alle, 3 von 3"] * 3


def test_a_rescan_is_always_looked_at_and_takes_nobody_elses_place() -> None:
    plain = candidates(50)
    left_out = next(one.document_id for one in draw(SEED, plain, RULES) if not one.drawn)
    with_rescan = [Candidate(one.document_id, one.rule, rescan=one.document_id == left_out) for one in plain]
    found = {one.document_id: one for one in draw(SEED, with_rescan, RULES)}

    assert found[left_out].drawn
    assert found[left_out].why == "Nachscan: wird immer geprüft"
    assert sum(one.drawn for one in found.values()) == 3


def test_a_full_check_draws_everything_and_says_why() -> None:
    found = draw(SEED, candidates(30), RULES, whole="Vollprüfung wegen zwei Fehlern")
    assert {(one.drawn, one.why) for one in found} == {(True, "Vollprüfung wegen zwei Fehlern")}


@settings(max_examples=30, deadline=None)
@given(st.permutations(candidates(40)))
def test_the_order_in_which_they_are_given_changes_nothing(shuffled: list[Candidate]) -> None:
    assert draw(SEED, shuffled, RULES) == draw(SEED, candidates(40), RULES)


def test_from_everywhere_a_lot_can_pass_and_only_a_fault_leads_back() -> None:
    assert set(LOT_MOVES) == set(LotState)
    assert all(LotState.OPEN not in after for after in LOT_MOVES.values())
    for start in LotState:
        reached, before = {start}, set[LotState]()
        while reached != before:
            before = set(reached)
            reached |= {after for state in before for after in LOT_MOVES[state]}
        assert LotState.PASSED in reached
