"""The table of paper originals: no way out of destroyed, none in but over a released list; who may do what."""

from schemas.originals import MOVES, OriginalState, PaperAct, move_of, moves_from
from schemas.roles import Person, Role

MAILROOM = Person(1, "Maria Muster", frozenset({Role.MAILROOM}))
UNIT = Person(2, "Uwe Beispiel", frozenset({Role.UNIT}), frozenset({"16"}))


def reachable(start: OriginalState) -> set[OriginalState]:
    found, waiting = {start}, [start]
    while waiting:
        state = waiting.pop()
        for move in MOVES:
            if state in move.before and move.next is not None and move.next not in found:
                found.add(move.next)
                waiting.append(move.next)
    return found


def test_every_state_can_be_reached_and_only_destroyed_is_an_end() -> None:
    assert reachable(OriginalState.KEPT) == set(OriginalState)
    ends = {state for state in OriginalState if not any(state in move.before for move in MOVES)}
    assert ends == {OriginalState.DESTROYED}


def test_paper_is_destroyed_only_from_a_released_list() -> None:
    ways = [move for move in MOVES if move.next is OriginalState.DESTROYED]
    assert [(move.act, move.before, move.singly) for move in ways] == [
        (PaperAct.DESTROY, (OriginalState.RELEASED,), False)
    ]
    to_released = [move.before for move in MOVES if move.next is OriginalState.RELEASED]
    assert to_released == [(OriginalState.LISTED,)]


def test_lists_and_slips_are_never_left_or_entered_by_an_act_on_a_single_original() -> None:
    listed = {OriginalState.LISTED, OriginalState.RELEASED, OriginalState.DESTROYED}
    for move in MOVES:
        if move.singly:
            assert not listed & {*move.before, move.next}


def test_a_unit_asks_for_its_own_paper_and_confirms_what_was_sent_to_it() -> None:
    assert [move.act for move in moves_from(OriginalState.KEPT, UNIT, "16")] == [PaperAct.REQUEST]
    assert moves_from(OriginalState.KEPT, UNIT, "51") == ()
    assert move_of(OriginalState.SENT, PaperAct.RECEIVE, UNIT, "16") is not None
    assert move_of(OriginalState.SENT, PaperAct.RECEIVE, UNIT, "51") is None


def test_the_mailroom_enters_a_signed_slip_only_with_who_signed_it() -> None:
    row = move_of(OriginalState.SENT, PaperAct.RECEIVE, MAILROOM, "16")
    assert row is not None and row.needs_reason


def test_whoever_has_both_roles_takes_the_row_that_fits() -> None:
    both = Person(3, "Beate Beispiel", frozenset({Role.UNIT, Role.MAILROOM}), frozenset({"16"}))
    own, other = (move_of(OriginalState.SENT, PaperAct.RECEIVE, both, unit) for unit in ("16", "51"))
    assert own is not None and own.role is Role.UNIT
    assert other is not None and other.role is Role.MAILROOM
