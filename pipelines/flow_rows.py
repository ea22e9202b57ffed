"""What a row of the table (pipelines/flow.py) is made of, and the choices that stand in several rows."""

from dataclasses import dataclass

from schemas.roles import Action, Role
from schemas.states import Kind, Queue, State, Target, Variant

__all__ = [
    "ASK_CANCELLATION",
    "ASK_REMOVAL",
    "CUT",
    "LOCK",
    "Choice",
    "Stage",
    "confirm",
    "declare_conflict",
    "give_back",
    "keep_locked",
    "misdirect",
    "query",
    "redirect",
    "returns",
    "send_back",
]


@dataclass(frozen=True, slots=True)
class Choice:
    """One way on from where a document rests. `next` None leads back to the step at which the document stopped.

    `own_unit`: only for persons of the document's unit. `after`: offered only if the document stopped in one of
    these states (empty: always), `delivered`: only if the target holds the document already (True), or if it cannot
    have arrived anywhere (False). `signed`: the person signs a wording, and duties are kept apart. `no_invoice`: never
    for an entered invoice. `four_eyes`: never by the person who asked for it. `whole`: only for a document that is all
    of the file it came in as. `in_tray`: only while it lies in an out-tray, or was taken out of it. `variants`: only
    where the city has decided so. `task`: nobody waits for it to be taken. `for_invoice`: where it leads
    instead, if the person says that it is an invoice.
    """

    action: Action
    label: str
    role: Role
    next: State | None
    own_unit: bool = False
    needs_reason: bool = False
    after: tuple[State, ...] = ()
    delivered: bool | None = None
    signed: bool = False
    no_invoice: bool = False
    four_eyes: bool = False
    whole: bool = False
    in_tray: bool = False
    variants: tuple[Variant, ...] = ()
    task: bool = True
    for_invoice: State | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """One row: what `state` means, and where its step or its choices may lead."""

    state: State
    kind: Kind
    label: str
    step: str | None = None
    next: tuple[State, ...] = ()
    queue: Queue | None = None
    outbound: Target | None = None
    choices: tuple[Choice, ...] = ()


CUT = Choice(
    Action.CUT,
    "Trennen",
    Role.MAILROOM,
    State.TO_CUT,
    needs_reason=True,
    after=(State.NOTED, State.TO_CUT),
    delivered=False,
    whole=True,
)
"""Several letters were taken for one."""


def query(role: Role, *, own_unit: bool) -> Choice:
    """Every station of the approval can hand an invoice back to be clarified."""
    return Choice(Action.QUERY, "In Klärung geben", role, State.CLARIFICATION, own_unit=own_unit, needs_reason=True)


def misdirect(role: Role) -> Choice:
    """The unit says that the invoice is another one's; accounting finds out whose."""
    return Choice(Action.MISDIRECT, "Nicht zuständig", role, State.MISDIRECTED, own_unit=True, needs_reason=True)


def returns(role: Role, *to: State, own_unit: bool) -> tuple[Choice, ...]:
    """Back to an earlier station, whose signature and all after it have to be given anew."""
    return tuple(
        Choice(
            *_RETURNS[state],
            role,
            state,
            own_unit=own_unit,
            needs_reason=True,
            variants=(Variant.ORDERED,) if state is State.TO_ORDER else (),
        )
        for state in to
    )


def declare_conflict(role: Role, *, own_unit: bool) -> Choice:
    """Own matter (Befangenheit): the invoice stays where it is, and the person is out."""
    return Choice(
        Action.DECLARE_CONFLICT, "Ich bin befangen", role, None, own_unit=own_unit, needs_reason=True, task=False
    )


ASK_CANCELLATION = Choice(
    Action.ASK_CANCELLATION,
    "Stornieren",
    Role.ACCOUNTING,
    State.CANCELLATION_ASKED,
    needs_reason=True,
    task=False,
)
"""Nothing shall be paid any more; a second person has to agree."""

_RETURNS = {
    State.TO_CERTIFY_FACTUALLY: (Action.RETURN_TO_FACTUAL, "Zurück zur sachlichen Feststellung"),
    State.TO_CERTIFY_ARITHMETICALLY: (Action.RETURN_TO_ARITHMETICAL, "Zurück zur rechnerischen Feststellung"),
    State.TO_ORDER: (Action.RETURN_TO_ORDER, "Zurück zur Anordnung"),
}


def confirm(role: Role, *after: State) -> Choice:
    """What arrived differently is taken as it is; the step goes on behind it (remaining papers, archive)."""
    label = "Abgelegte Fassung anerkennen"
    return Choice(Action.CONFIRM, label, role, None, needs_reason=True, after=after, delivered=True)


def redirect(role: Role, *after: State, own_unit: bool = False) -> Choice:
    return Choice(
        Action.REDIRECT,
        "Falsch zugeleitet",
        role,
        State.REDIRECTED,
        own_unit=own_unit,
        needs_reason=True,
        after=after,
        delivered=None if after else True,
        no_invoice=True,
    )


def give_back(role: Role, *, own_unit: bool = False) -> Choice:
    """Falsch zugeleitet, out of an out-tray: handed over anew to the unit whose it is."""
    return Choice(
        Action.REDIRECT,
        "Falsch zugeleitet",
        role,
        State.GIVEN_BACK,
        own_unit=own_unit,
        needs_reason=True,
        no_invoice=True,
        in_tray=True,
    )


def send_back(
    role: Role,
    to: State,
    *,
    own_unit: bool = False,
    after: tuple[State, ...] = (),
    delivered: bool | None = None,
    in_tray: bool = False,
) -> Choice:
    """Mail that is not for the city at all goes back to its sender."""
    return Choice(
        Action.SEND_BACK,
        "Nicht an uns gerichtet",
        role,
        to,
        own_unit=own_unit,
        needs_reason=True,
        after=after,
        delivered=delivered,
        no_invoice=True,
        in_tray=in_tray,
    )


def _lock(role: Role, *, own_unit: bool = False) -> Choice:
    label = "Doch verschlossene Post"
    return Choice(
        Action.LOCK, label, role, State.RECALLED, own_unit=own_unit, needs_reason=True, no_invoice=True, task=False
    )


LOCK = (_lock(Role.MAILROOM), _lock(Role.UNIT, own_unit=True))
"""Mail that should have stayed closed is locked at once, wherever it is."""

ASK_REMOVAL = Choice(Action.ASK_REMOVAL, "Entfernung beantragen", Role.MAILROOM, State.REMOVAL_ASKED, needs_reason=True)


def keep_locked(back: State | None) -> Choice:
    return Choice(Action.KEEP_LOCKED, "Antrag ablehnen", Role.MAILROOM, back, needs_reason=True)
