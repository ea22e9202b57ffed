"""The table is whole: every state has its row, every step exists, nothing is a dead end by mistake."""

import importlib
import inspect

import pytest

from pipelines.flow import FLOW, REGISTERED_FROM, Stage, automatic_states, stage_of
from schemas.states import Kind, Queue, State, Target

AUTOMATIC = [stage for stage in FLOW if stage.kind is Kind.AUTOMATIC]
AT_REST = [stage for stage in FLOW if stage.kind is not Kind.AUTOMATIC]


def by_state(stage: Stage) -> str:
    return stage.state.value


def test_every_state_has_exactly_one_row() -> None:
    assert sorted(stage.state for stage in FLOW) == sorted(State)


@pytest.mark.parametrize("stage", FLOW, ids=by_state)
def test_the_row_is_found_by_its_state(stage: Stage) -> None:
    assert stage_of(stage.state) is stage


@pytest.mark.parametrize("stage", AUTOMATIC, ids=by_state)
def test_an_automatic_state_has_a_step_that_exists_and_takes_work_and_city(stage: Stage) -> None:
    module, _, function = (stage.step or "").partition(":")
    step = getattr(importlib.import_module(module), function)
    third = {None: [], Target.ARCHIVE: ["intents"]}.get(stage.outbound, ["connector"])
    expected = ["work", "city", *third]
    assert list(inspect.signature(step).parameters) == expected


@pytest.mark.parametrize("stage", AUTOMATIC, ids=by_state)
def test_an_automatic_state_has_a_queue_and_leads_onward(stage: Stage) -> None:
    assert isinstance(stage.queue, Queue)
    assert stage.next
    assert stage.state not in stage.next, "a step that leads back to its own state would run for ever"


@pytest.mark.parametrize("stage", AT_REST, ids=by_state)
def test_a_document_at_rest_is_moved_by_no_step(stage: Stage) -> None:
    assert (stage.step, stage.queue, stage.next, stage.outbound) == (None, None, (), None)


def test_every_state_is_reachable_from_received() -> None:
    reached: set[State] = set()
    open_states = [State.RECEIVED]
    while open_states:
        state = open_states.pop()
        if state not in reached:
            reached.add(state)
            open_states += stage_of(state).next
            open_states += [choice.next for choice in stage_of(state).choices if choice.next]
    assert reached == set(State)


def test_no_circle_of_automatic_states() -> None:
    def longest(state: State, seen: tuple[State, ...]) -> None:
        assert state not in seen, f"circle: {' -> '.join((*seen, state))}"
        for following in stage_of(state).next:
            longest(following, (*seen, state))

    longest(State.RECEIVED, ())


def test_the_sweep_looks_after_exactly_the_automatic_states() -> None:
    assert set(automatic_states()) == {stage.state for stage in AUTOMATIC}


def test_recognition_has_a_queue_of_its_own_so_that_it_never_blocks_filing() -> None:
    assert [stage.state for stage in FLOW if stage.queue is Queue.OCR] == [State.IDENTIFIED]


def test_only_delivery_and_staging_call_a_neighbour() -> None:
    assert {stage.state: stage.outbound for stage in FLOW if stage.outbound} == {
        State.ROUTED: Target.UNIT,
        State.PROTOCOLLED: Target.DMS,
        State.APPRAISED: Target.ARCHIVE,
    }


def test_whatever_has_been_judged_has_a_register_number_also_quarantine_and_duplicates() -> None:
    assert set(State) - REGISTERED_FROM == {State.RECEIVED}


@pytest.mark.parametrize("stage", FLOW, ids=by_state)
def test_every_state_has_a_label_for_people(stage: Stage) -> None:
    assert stage.label.strip()
    assert stage.label != stage.state.value
