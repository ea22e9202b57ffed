"""The table is whole: every state has its row, every step exists, nothing is a dead end by mistake."""

import importlib
import inspect
from itertools import product

import pytest

from config.city_config import City
from pipelines.flow import (
    FLOW,
    REGISTERED_FROM,
    USUAL,
    Choice,
    Stage,
    automatic_states,
    choice_of,
    stage_of,
    waiting_for,
)
from schemas.roles import SIGNED, Action, Role
from schemas.states import Kind, Queue, State, Target, Variant

AUTOMATIC = [stage for stage in FLOW if stage.kind is Kind.AUTOMATIC]
AT_REST = [stage for stage in FLOW if stage.kind is not Kind.AUTOMATIC]
VARIANTS = [
    frozenset({ordering, *one_act})
    for ordering, one_act in product((Variant.ORDERED, Variant.UNORDERED), ((), (Variant.ONE_ACT,)))
]
CHOICES = [(stage, choice) for stage in FLOW for choice in stage.choices]


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
    assert (stage.step, stage.queue, stage.outbound) == (None, None, None)
    assert bool(stage.next) is (stage.kind is Kind.EXPECTED), "only an answer moves on what is expected"


def test_whatever_waits_lets_people_choose_and_what_rests_or_runs_only_to_be_redirected_locked_or_removed() -> None:
    others = [choice for stage in FLOW if stage.kind is not Kind.WAITING for choice in stage.choices]
    assert {choice.action for choice in others} == {Action.REDIRECT, Action.SEND_BACK, Action.LOCK, Action.ASK_REMOVAL}
    assert all(stage.choices for stage in FLOW if stage.kind is Kind.WAITING)


def test_what_is_filed_is_nobody_s_task_although_it_can_be_redirected() -> None:
    assert State.FILED not in waiting_for(Role)
    assert {choice.action for choice in stage_of(State.FILED).choices} == {Action.REDIRECT, Action.LOCK}


def by_choice(value: Stage | Choice) -> str:
    return value.state.value if isinstance(value, Stage) else f"{value.action.value}-{value.role.value}"


@pytest.mark.parametrize(("stage", "choice"), CHOICES, ids=by_choice)
def test_every_choice_leads_to_another_state_or_back_to_where_it_stopped(stage: Stage, choice: Choice) -> None:
    if choice.next is None:
        assert choice.action in (
            Action.RETRY,
            Action.CONFIRM,
            Action.CONFIRM_OPENING,
            Action.KEEP_LOCKED,
            Action.REFUSE_CANCELLATION,
            Action.DECLARE_CONFLICT,
        )
    else:
        assert stage_of(choice.next).state is choice.next
        assert choice.next is not stage.state
    assert choice.label.strip()


@pytest.mark.parametrize(("stage", "choice"), CHOICES, ids=by_choice)
def test_a_choice_tied_to_where_it_stopped_names_states_that_lead_here(stage: Stage, choice: Choice) -> None:
    for state in choice.after:
        assert stage.state in stage_of(state).next


@pytest.mark.parametrize(("stage", "choice"), CHOICES, ids=by_choice)
def test_what_is_signed_has_its_words_and_what_is_not_needs_a_reason(
    stage: Stage, choice: Choice, iserlohn: City
) -> None:
    assert choice.signed is (choice.action in (*SIGNED, Action.CERTIFY_BOTH))
    assert choice.needs_reason is not (choice.signed or choice.action is Action.CONFIRM_DATA)
    if choice.action in SIGNED:
        assert iserlohn.invoices.wording[choice.action].strip()


def test_each_action_stands_once_for_each_role_in_a_state() -> None:
    """Whatever the city decides of the approval."""
    for stage, variants in product(FLOW, VARIANTS):
        offered = [(choice.action, choice.role) for choice in stage.choices if set(choice.variants) <= variants]
        assert len(offered) == len(set(offered))


def test_an_invoice_passes_four_signatures_each_of_the_right_role_before_it_is_released() -> None:
    way: list[tuple[State, Action, Role, bool]] = []
    state = State.TO_CERTIFY_FACTUALLY
    while signed := [each for each in stage_of(state).choices if each.signed and set(each.variants) <= USUAL]:
        (choice,) = signed
        way.append((state, choice.action, choice.role, choice.own_unit))
        assert choice.next is not None
        state = choice.next
    assert way == [
        (State.TO_CERTIFY_FACTUALLY, Action.CERTIFY_FACTUALLY, Role.UNIT, True),
        (State.TO_CERTIFY_ARITHMETICALLY, Action.CERTIFY_ARITHMETICALLY, Role.UNIT, True),
        (State.TO_ORDER, Action.ORDER_PAYMENT, Role.ORDERING, True),
        (State.TO_RELEASE, Action.RELEASE, Role.ACCOUNTING, False),
    ]
    assert state is State.RELEASED
    assert [stage.state for stage in FLOW for choice in stage.choices if choice.next is State.RELEASED] == [
        State.TO_RELEASE
    ], "no way around"


@pytest.mark.parametrize(
    "state", [State.TO_CERTIFY_FACTUALLY, State.TO_CERTIFY_ARITHMETICALLY, State.TO_ORDER, State.TO_RELEASE]
)
def test_whoever_may_sign_may_also_ask_back(state: State) -> None:
    choices = stage_of(state).choices
    (asking,) = (choice for choice in choices if choice.action is Action.QUERY)
    (signing, *_) = (choice for choice in choices if choice.signed)
    assert asking.next is State.CLARIFICATION
    assert (asking.role, asking.own_unit) == (signing.role, signing.own_unit)


STATIONS = (State.TO_CERTIFY_FACTUALLY, State.TO_CERTIFY_ARITHMETICALLY, State.TO_ORDER, State.TO_RELEASE)


@pytest.mark.parametrize("place", range(4), ids=STATIONS)
def test_every_station_can_return_an_invoice_to_each_earlier_one_and_to_no_later(place: int) -> None:
    choices = stage_of(STATIONS[place]).choices
    returning = [choice for choice in choices if choice.next in STATIONS and not choice.signed]
    assert {choice.next for choice in returning} == set(STATIONS[:place])
    assert all(choice.needs_reason for choice in returning)


def test_without_an_order_the_certified_invoice_goes_to_its_release_and_nobody_can_order_it() -> None:
    unordered: frozenset[Variant] = frozenset()
    certifying = choice_of(
        State.TO_CERTIFY_ARITHMETICALLY, Action.CERTIFY_ARITHMETICALLY, set(Role), {Variant.UNORDERED}
    )
    assert certifying is not None
    assert certifying.next is State.TO_RELEASE
    for variants in (unordered, {Variant.UNORDERED}):
        assert choice_of(State.TO_ORDER, Action.ORDER_PAYMENT, set(Role), variants) is None
        assert choice_of(State.TO_RELEASE, Action.RETURN_TO_ORDER, set(Role), variants) is None


@pytest.mark.parametrize(
    ("variants", "to"),
    [
        ({Variant.ONE_ACT, Variant.ORDERED}, State.TO_ORDER),
        ({Variant.ONE_ACT, Variant.UNORDERED}, State.TO_RELEASE),
        ({Variant.ORDERED}, None),
    ],
)
def test_both_certificates_in_one_act_only_where_the_city_wants_it(variants: set[Variant], to: State | None) -> None:
    choice = choice_of(State.TO_CERTIFY_FACTUALLY, Action.CERTIFY_BOTH, {Role.UNIT}, variants)
    assert (choice.next if choice else None) is to


def test_what_is_cancelled_was_asked_for_by_one_and_agreed_to_by_another() -> None:
    leading = [(stage.state, choice) for stage, choice in CHOICES if choice.next is State.CANCELLED]
    assert [state for state, _ in leading] == [State.CANCELLATION_ASKED]
    assert leading[0][1].four_eyes


def test_a_choice_is_found_for_whom_it_is_meant_and_for_nobody_else() -> None:
    release = choice_of(State.TO_RELEASE, Action.RELEASE, {Role.MAILROOM, Role.ACCOUNTING})
    assert release is not None
    assert release.next is State.RELEASED
    assert choice_of(State.TO_RELEASE, Action.RELEASE, set(Role) - {Role.ACCOUNTING}) is None
    assert choice_of(State.TO_RELEASE, Action.RELEASE, ()) is None
    assert choice_of(State.TO_ORDER, Action.RELEASE, set(Role)) is None
    assert choice_of(State.FILED, Action.RETRY, set(Role)) is None


@pytest.mark.parametrize(
    ("roles", "states"),
    [
        ((), ()),
        ({Role.AUDIT, Role.ARCHIVE, Role.ADMIN}, ()),
        (
            {Role.MAILROOM},
            (State.CLEARING, State.QUARANTINED, State.LOCKED, State.REMOVAL_ASKED, State.OPENING_ASKED),
        ),
        ({Role.UNIT}, (State.TO_CERTIFY_FACTUALLY, State.TO_CERTIFY_ARITHMETICALLY)),
        ({Role.ORDERING}, (State.TO_ORDER,)),
        (
            {Role.ACCOUNTING},
            (
                State.TO_CONFIRM,
                State.CLARIFICATION,
                State.MISDIRECTED,
                State.TO_RELEASE,
                State.CANCELLATION_ASKED,
                State.BOOKING_REFUSED,
                State.CLEARING,
            ),
        ),
        (set(Role), tuple(stage.state for stage in FLOW if stage.kind is Kind.WAITING)),
    ],
)
def test_people_see_the_states_in_which_they_can_do_something(roles: set[Role], states: tuple[State, ...]) -> None:
    assert waiting_for(roles) == states


def test_every_state_is_reachable_from_received() -> None:
    reached: set[State] = set()
    open_states = [State.RECEIVED, State.CONNECTED]  # the day on which its unit begins to work in the DMS
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
    read = [stage.state for stage in FLOW if stage.queue is Queue.OCR]
    assert read == [State.IDENTIFIED, State.PREPARED, State.TO_CUT]


def test_only_filing_and_staging_call_a_neighbour() -> None:
    assert {stage.state: stage.outbound for stage in FLOW if stage.outbound} == {
        State.ROUTED: Target.UNIT,
        State.PROTOCOLLED: Target.DMS,
        State.REDIRECTED: Target.UNIT,
        State.WITHDRAWN: Target.DMS,
        State.GIVEN_BACK: Target.TRAY,
        State.CONNECTED: Target.DMS,
        State.EMPTIED: Target.TRAY,
        State.SUBMITTED: Target.IMPORT,
        State.APPRAISED: Target.ARCHIVE,
        State.RECALLED: Target.UNIT,
        State.REMOVING: Target.UNIT,
    }


def test_whatever_has_been_judged_has_a_register_number_also_quarantine_and_duplicates() -> None:
    assert set(State) - REGISTERED_FROM == {State.RECEIVED, State.IDENTIFIED, State.SPLIT}


@pytest.mark.parametrize("stage", FLOW, ids=by_state)
def test_every_state_has_a_label_for_people(stage: Stage) -> None:
    assert stage.label.strip()
    assert stage.label != stage.state.value
