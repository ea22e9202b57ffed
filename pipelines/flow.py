"""THE table: every state, who moves a document on from it, by which step, to where, on which queue.

A step is a plain function `(Work, City[, Connector]) -> StepResult`; the worker commits its result, or nothing.
"""

from dataclasses import dataclass

from schemas.states import Kind, Queue, State

__all__ = ["FLOW", "REGISTERED_FROM", "Stage", "automatic_states", "stage_of"]


@dataclass(frozen=True, slots=True)
class Stage:
    """One row: what `state` means, and where its step may lead."""

    state: State
    kind: Kind
    label: str
    step: str | None = None
    next: tuple[State, ...] = ()
    queue: Queue | None = None
    outbound: bool = False


FLOW: tuple[Stage, ...] = (
    Stage(
        State.RECEIVED,
        Kind.AUTOMATIC,
        "angenommen",
        step="pipelines.intake.identify:identify",
        next=(State.IDENTIFIED, State.DUPLICATE, State.QUARANTINED),
        queue=Queue.INTAKE,
    ),
    Stage(
        State.IDENTIFIED,
        Kind.AUTOMATIC,
        "geprüft, wartet auf Texterkennung",
        step="pipelines.scan.recognise:recognise",
        next=(State.RECOGNISED, State.QUARANTINED),
        queue=Queue.OCR,
    ),
    Stage(
        State.RECOGNISED,
        Kind.AUTOMATIC,
        "Text erkannt",
        step="pipelines.scan.classify:classify",
        next=(State.CLASSIFIED,),
        queue=Queue.INTAKE,
    ),
    Stage(
        State.CLASSIFIED,
        Kind.AUTOMATIC,
        "eingeordnet",
        step="pipelines.scan.note:write_note",
        next=(State.NOTED,),
        queue=Queue.INTAKE,
    ),
    Stage(
        State.NOTED,
        Kind.AUTOMATIC,
        "Transfervermerk erstellt",
        step="pipelines.filing.route:route",
        next=(State.ROUTED, State.CLEARING),
        queue=Queue.INTAKE,
    ),
    Stage(
        State.ROUTED,
        Kind.AUTOMATIC,
        "zugeordnet, wird übergeben",
        step="pipelines.filing.deliver:deliver",
        next=(State.FILED, State.HANDED_OVER, State.CLEARING),
        queue=Queue.FILING,
        outbound=True,
    ),
    Stage(State.CLEARING, Kind.WAITING, "Klärfall"),
    Stage(State.QUARANTINED, Kind.WAITING, "Quarantäne"),
    Stage(State.FILED, Kind.FINAL, "im DMS abgelegt"),
    Stage(State.HANDED_OVER, Kind.FINAL, "ins Postfach gelegt"),
    Stage(State.DUPLICATE, Kind.FINAL, "Dublette"),
)

REGISTERED_FROM = frozenset(State) - {State.RECEIVED}
"""States in which a document has its PE number: from the first judgement on, whatever it is."""

_BY_STATE = {stage.state: stage for stage in FLOW}


def stage_of(state: State) -> Stage:
    """The row of that state."""
    return _BY_STATE[state]


def automatic_states() -> tuple[State, ...]:
    """States the sweep looks after."""
    return tuple(stage.state for stage in FLOW if stage.kind is Kind.AUTOMATIC)
