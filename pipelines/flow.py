"""THE table: every state, who moves a document on from it, by which step or choice, to where, on which queue.

A step is a plain function `(Work, City[, Connector]) -> StepResult`; the worker commits its result, or nothing.
A choice is what a person may do with a document that waits or rests; records/decisions.py commits it. No move outside
the table.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace

from pipelines.flow_invoice import INVOICE_ROWS
from pipelines.flow_rows import (
    ASK_REMOVAL,
    CUT,
    LOCK,
    Choice,
    Stage,
    confirm,
    give_back,
    keep_locked,
    redirect,
    send_back,
)
from schemas.roles import Action, Role
from schemas.states import Kind, Queue, State, Target, Variant

__all__ = [
    "FLOW",
    "REGISTERED_FROM",
    "USUAL",
    "Choice",
    "Stage",
    "automatic_states",
    "choice_of",
    "invoice_flow",
    "stage_of",
    "tasks_of",
    "waiting_for",
]


FLOW: tuple[Stage, ...] = (
    Stage(
        State.RECEIVED,
        Kind.AUTOMATIC,
        "angenommen",
        step="pipelines.intake.identify:identify",
        next=(
            State.IDENTIFIED,
            State.SPLIT,
            State.E_INVOICE,
            State.DUPLICATE,
            State.QUARANTINED,
            State.PASSED_ON,
            State.LOCKED,
        ),
        queue=Queue.INTAKE,
    ),
    # The way of a scan
    Stage(
        State.IDENTIFIED,
        Kind.AUTOMATIC,
        "geprüft, wird auf Trennblätter durchgesehen",
        step="pipelines.intake.split:split",
        next=(State.PREPARED, State.SPLIT, State.QUARANTINED, State.LOCKED),
        queue=Queue.OCR,
    ),
    Stage(
        State.PREPARED,
        Kind.AUTOMATIC,
        "vorbereitet, wartet auf Texterkennung",
        step="pipelines.scan.recognise:recognise",
        next=(State.RECOGNISED, State.QUARANTINED),
        queue=Queue.OCR,
        choices=LOCK,
    ),
    Stage(
        State.RECOGNISED,
        Kind.AUTOMATIC,
        "Text erkannt",
        step="pipelines.routing.classify:classify",
        next=(State.CLASSIFIED, State.LOCKED),
        queue=Queue.INTAKE,
        choices=LOCK,
    ),
    Stage(
        State.CLASSIFIED,
        Kind.AUTOMATIC,
        "eingeordnet",
        step="pipelines.scan.note:write_note",
        next=(State.NOTED,),
        queue=Queue.INTAKE,
        choices=LOCK,
    ),
    Stage(
        State.NOTED,
        Kind.AUTOMATIC,
        "Transfervermerk erstellt",
        step="pipelines.routing.route:route",
        next=(State.ROUTED, State.PAPER_INVOICE, State.CLEARING),
        queue=Queue.INTAKE,
        choices=LOCK,
    ),
    Stage(
        State.ROUTED,
        Kind.AUTOMATIC,
        "zugeordnet, wird übergeben",
        step="pipelines.filing.deliver:deliver",
        next=(State.FILED, State.HANDED_OVER, State.SUBMITTED, State.APPRAISED, State.CLEARING),
        queue=Queue.FILING,
        outbound=Target.UNIT,
        choices=LOCK,
    ),
    # A person has found several letters in one
    Stage(
        State.TO_CUT,
        Kind.AUTOMATIC,
        "wird getrennt",
        step="pipelines.intake.split:cut_by_person",
        next=(State.SPLIT, State.CLEARING),
        queue=Queue.OCR,
    ),
    *INVOICE_ROWS,
    # What a file import of the DMS was given: it never says that it has arrived
    Stage(
        State.SUBMITTED,
        Kind.AUTOMATIC,
        "an den DMS-Import übergeben, wartet auf Abholung",
        step="pipelines.filing.confirm:confirm",
        next=(State.HANDED_OVER, State.TO_EXPORT, State.APPRAISED, State.CLEARING),
        queue=Queue.FILING,
        outbound=Target.IMPORT,
        choices=LOCK,
    ),
    # Falsch zugeleitet: to another unit after it was filed
    Stage(
        State.REDIRECTED,
        Kind.AUTOMATIC,
        "falsch zugeleitet, wird umgelegt",
        step="pipelines.filing.redirect:redirect",
        next=(State.FILED, State.WITHDRAWN, State.APPRAISED, State.CLEARING),
        queue=Queue.FILING,
        outbound=Target.UNIT,
    ),
    Stage(
        State.WITHDRAWN,
        Kind.AUTOMATIC,
        "ins Postfach gelegt, wird im DMS entfernt",
        step="pipelines.filing.redirect:withdraw",
        next=(State.HANDED_OVER, State.APPRAISED, State.CLEARING),
        queue=Queue.FILING,
        outbound=Target.DMS,
    ),
    # Out of the out-tray: given back by its unit, or the unit works in the DMS from now on
    Stage(
        State.GIVEN_BACK,
        Kind.AUTOMATIC,
        "zurückgegeben, wird aus dem Postfach genommen",
        step="pipelines.filing.trays:take_back",
        next=(State.ROUTED, State.SENT_BACK, State.CLEARING),
        queue=Queue.FILING,
        outbound=Target.TRAY,
    ),
    Stage(
        State.CONNECTED,
        Kind.AUTOMATIC,
        "aus dem Postfach, wird im DMS abgelegt",
        step="pipelines.filing.trays:connect",
        next=(State.EMPTIED, State.HANDED_OVER, State.CLEARING),
        queue=Queue.FILING,
        outbound=Target.DMS,
    ),
    Stage(
        State.EMPTIED,
        Kind.AUTOMATIC,
        "im DMS abgelegt, wird aus dem Postfach genommen",
        step="pipelines.filing.trays:empty",
        next=(State.FILED, State.APPRAISED, State.CLEARING),
        queue=Queue.FILING,
        outbound=Target.TRAY,
    ),
    # The way into the archive, if the archive has decided so of the document's type
    Stage(
        State.APPRAISED,
        Kind.AUTOMATIC,
        "abgelegt, wird dem Archiv bereitgestellt",
        step="pipelines.archive.stage:stage",
        next=(State.STAGED, State.FILED, State.HANDED_OVER, State.CLEARING),
        queue=Queue.FILING,
        outbound=Target.ARCHIVE,
        choices=LOCK,
    ),
    # Where all ways wait or end
    Stage(
        State.CLEARING,
        Kind.WAITING,
        "Klärfall",
        choices=(
            Choice(
                Action.DECIDE,
                "Entscheiden",
                Role.MAILROOM,
                State.ROUTED,
                needs_reason=True,
                after=(State.NOTED, State.ROUTED),
                delivered=False,
                for_invoice=State.PAPER_INVOICE,
            ),
            CUT,
            send_back(Role.MAILROOM, State.SENT_BACK, after=(State.NOTED, State.ROUTED), delivered=False),
            confirm(Role.MAILROOM, State.ROUTED, State.REDIRECTED, State.CONNECTED),
            confirm(Role.ACCOUNTING, State.PROTOCOLLED),
            redirect(Role.MAILROOM, State.REDIRECTED),
            Choice(Action.RETRY, "Erneut verarbeiten", Role.MAILROOM, None, needs_reason=True),
            Choice(Action.RETRY, "Erneut verarbeiten", Role.ACCOUNTING, None, needs_reason=True),
            *LOCK,
        ),
    ),
    Stage(
        State.QUARANTINED,
        Kind.WAITING,
        "Quarantäne",
        choices=(Choice(Action.RETRY, "Erneut prüfen", Role.MAILROOM, None, needs_reason=True), *LOCK),
    ),
    Stage(
        State.FILED,
        Kind.FINAL,
        "im DMS abgelegt",
        choices=(redirect(Role.MAILROOM), redirect(Role.UNIT, own_unit=True), *LOCK),
    ),
    Stage(
        State.HANDED_OVER,
        Kind.FINAL,
        "übergeben (Postfach oder DMS-Import)",
        choices=(
            give_back(Role.MAILROOM),
            give_back(Role.UNIT, own_unit=True),
            send_back(Role.MAILROOM, State.GIVEN_BACK, in_tray=True),
            send_back(Role.UNIT, State.GIVEN_BACK, in_tray=True, own_unit=True),
            *LOCK,
        ),
    ),
    Stage(State.SENT_BACK, Kind.FINAL, "nicht an uns gerichtet, zurück an den Absender", choices=LOCK),
    Stage(State.STAGED, Kind.FINAL, "abgelegt, dem Archiv bereitgestellt", choices=LOCK),
    Stage(State.DUPLICATE, Kind.FINAL, "Dublette"),
    Stage(State.SPLIT, Kind.FINAL, "in Schriftstücke getrennt"),
    # Verschlossene Post: registered from outside and passed on, or opened by mistake and locked (schemas.states.CLOSED)
    Stage(State.PASSED_ON, Kind.FINAL, "verschlossen weitergeleitet", choices=(ASK_REMOVAL,)),
    Stage(
        State.RECALLED,
        Kind.AUTOMATIC,
        "gesperrt, wird zurückgeholt",
        step="pipelines.filing.remove:recall",
        next=(State.LOCKED,),
        queue=Queue.FILING,
        outbound=Target.UNIT,
    ),
    Stage(
        State.LOCKED,
        Kind.WAITING,
        "gesperrt: verschlossene Post",
        choices=(
            ASK_REMOVAL,
            Choice(
                Action.ASK_OPENING,
                "Keine verschlossene Post",
                Role.MAILROOM,
                State.OPENING_ASKED,
                needs_reason=True,
            ),
        ),
    ),
    Stage(
        State.REMOVAL_ASKED,
        Kind.WAITING,
        "gesperrt, Entfernung beantragt",
        choices=(
            Choice(
                Action.CONFIRM_REMOVAL,
                "Entfernung bestätigen",
                Role.MAILROOM,
                State.REMOVING,
                needs_reason=True,
                four_eyes=True,
            ),
            keep_locked(None),
        ),
    ),
    Stage(
        State.OPENING_ASKED,
        Kind.WAITING,
        "gesperrt, Aufhebung beantragt",
        choices=(
            Choice(
                Action.CONFIRM_OPENING,
                "Sperre aufheben",
                Role.MAILROOM,
                None,
                needs_reason=True,
                four_eyes=True,
            ),
            keep_locked(State.LOCKED),
        ),
    ),
    Stage(
        State.REMOVING,
        Kind.AUTOMATIC,
        "gesperrt, wird entfernt",
        step="pipelines.filing.remove:remove",
        next=(State.REMOVED, State.LOCKED),
        queue=Queue.FILING,
        outbound=Target.UNIT,
    ),
    Stage(State.REMOVED, Kind.FINAL, "planmäßig entfernt"),
)

REGISTERED_FROM = frozenset(State) - {State.RECEIVED, State.IDENTIFIED, State.SPLIT}
"""States in which a document has its PE number: as soon as it is known to be one. A batch that is cut has none."""

USUAL = frozenset({Variant.ORDERED})
"""Payments are ordered here, and each certification is an act of its own (config.approval_config)."""

_BY_STATE = {stage.state: stage for stage in FLOW}


def stage_of(state: State) -> Stage:
    """The row of that state."""
    return _BY_STATE[state]


def invoice_flow(variants: Collection[Variant]) -> tuple[Stage, ...]:
    """The way of an invoice as the city has it: its rows with the choices that exist, and where they leave it."""
    kept = {
        row.state: replace(row, choices=tuple(each for each in row.choices if set(each.variants) <= set(variants)))
        for row in INVOICE_ROWS
    }
    reached: dict[State, Stage] = {}
    waiting = [INVOICE_ROWS[0].state]
    for state in waiting:
        if state not in reached:
            label = stage_of(state).label
            reached[state] = kept.get(state) or Stage(state, Kind.FINAL, f"weiter mit: {label}")
            waiting += reached[state].next
            waiting += [choice.next for choice in reached[state].choices if choice.next]
    return tuple(reached.values())


def automatic_states() -> tuple[State, ...]:
    """States the sweep looks after."""
    return tuple(stage.state for stage in FLOW if stage.kind is Kind.AUTOMATIC)


def waiting_for(roles: Iterable[Role]) -> tuple[State, ...]:
    """Waiting states in which somebody with one of these roles has something to do."""
    able = frozenset(roles)
    waiting = (stage for stage in FLOW if stage.kind is Kind.WAITING)
    return tuple(stage.state for stage in waiting if any(choice.role in able for choice in tasks_of(stage)))


def tasks_of(stage: Stage) -> tuple[Choice, ...]:
    """The choices for which the document waits there; that mail can be locked is nobody's task."""
    return tuple(choice for choice in stage.choices if choice.task)


def choice_of(
    state: State, action: Action, roles: Iterable[Role], variants: Collection[Variant] = USUAL
) -> Choice | None:
    """The choice of that action for somebody with one of these roles; None: the table does not allow it.

    `variants`: what the city has decided of the approval; a choice of another variant does not exist.
    """
    able = frozenset(roles)
    return next(
        (
            choice
            for choice in stage_of(state).choices
            if choice.action is action and choice.role in able and set(choice.variants) <= set(variants)
        ),
        None,
    )
