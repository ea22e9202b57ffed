"""The rows of the table (pipelines/flow.py) that make up the way of an invoice, from its entry to its end."""

from pipelines.flow_rows import ASK_CANCELLATION, Choice, Stage, declare_conflict, misdirect, query, returns
from schemas.roles import Action, Role
from schemas.states import Kind, Queue, State, Target, Variant

__all__ = ["INVOICE_ROWS"]

_STATIONS = (State.TO_ORDER, State.TO_CERTIFY_ARITHMETICALLY, State.TO_CERTIFY_FACTUALLY)
"""What can be returned to, the last one first."""

_REJECT = Choice(Action.REJECT, "Zurückweisen", Role.ACCOUNTING, State.REJECTED, needs_reason=True)


def _certify_arithmetically(to: State, variant: Variant) -> Choice:
    return Choice(
        Action.CERTIFY_ARITHMETICALLY,
        "Rechnerisch richtig",
        Role.UNIT,
        to,
        own_unit=True,
        signed=True,
        variants=(variant,),
    )


def _certify_both(to: State, variant: Variant) -> Choice:
    """One person, two wordings, two acts: both certifications at once."""
    return Choice(
        Action.CERTIFY_BOTH,
        "Sachlich und rechnerisch richtig",
        Role.UNIT,
        to,
        own_unit=True,
        signed=True,
        variants=(Variant.ONE_ACT, variant),
    )


INVOICE_ROWS: tuple[Stage, ...] = (
    Stage(
        State.E_INVOICE,
        Kind.AUTOMATIC,
        "als E-Rechnung erkannt",
        step="pipelines.invoice.enter:enter",
        next=(State.ENTERED, State.DUPLICATE),
        queue=Queue.INVOICE,
    ),
    Stage(
        State.ENTERED,
        Kind.AUTOMATIC,
        "im Rechnungseingangsbuch",
        step="pipelines.invoice.examine:validate",
        next=(State.VALIDATED,),
        queue=Queue.INVOICE,
    ),
    Stage(
        State.VALIDATED,
        Kind.AUTOMATIC,
        "formal geprüft, wird zugeordnet",
        step="pipelines.invoice.examine:examine",
        next=(State.TO_CERTIFY_FACTUALLY, State.CLARIFICATION),
        queue=Queue.INVOICE,
    ),
    # The data of an invoice on paper are read off a picture: nothing goes on before a person has confirmed them
    Stage(
        State.PAPER_INVOICE,
        Kind.AUTOMATIC,
        "als Rechnung erkannt, wird eingetragen",
        step="pipelines.invoice.paper_entry:enter_paper",
        next=(State.TO_CONFIRM, State.DUPLICATE),
        queue=Queue.INVOICE,
    ),
    Stage(
        State.TO_CONFIRM,
        Kind.WAITING,
        "wartet auf Bestätigung der Angaben",
        choices=(
            Choice(Action.CONFIRM_DATA, "Angaben bestätigen", Role.ACCOUNTING, State.DATA_CONFIRMED),
            Choice(Action.NO_INVOICE, "Keine Rechnung", Role.ACCOUNTING, State.ROUTED, needs_reason=True),
            _REJECT,
            ASK_CANCELLATION,
        ),
    ),
    Stage(
        State.DATA_CONFIRMED,
        Kind.AUTOMATIC,
        "Angaben bestätigt, wird zugeordnet",
        step="pipelines.invoice.paper_entry:establish",
        next=(State.TO_CERTIFY_FACTUALLY, State.CLARIFICATION),
        queue=Queue.INVOICE,
    ),
    Stage(
        State.CLARIFICATION,
        Kind.WAITING,
        "Rechnung in Klärung",
        choices=(
            Choice(
                Action.ACCEPT,
                "Annehmen und zuordnen",
                Role.ACCOUNTING,
                State.TO_CERTIFY_FACTUALLY,
                needs_reason=True,
            ),
            _REJECT,
            ASK_CANCELLATION,
        ),
    ),
    Stage(
        State.MISDIRECTED,
        Kind.WAITING,
        "falsch zugeleitet, wartet auf neue Zuordnung",
        choices=(
            Choice(Action.ACCEPT, "Neu zuordnen", Role.ACCOUNTING, State.TO_CERTIFY_FACTUALLY, needs_reason=True),
            query(Role.ACCOUNTING, own_unit=False),
            _REJECT,
            ASK_CANCELLATION,
        ),
    ),
    # The approval (KomHVO NRW § 31)
    Stage(
        State.TO_CERTIFY_FACTUALLY,
        Kind.WAITING,
        "wartet auf sachliche Feststellung",
        choices=(
            Choice(
                Action.CERTIFY_FACTUALLY,
                "Sachlich richtig",
                Role.UNIT,
                State.TO_CERTIFY_ARITHMETICALLY,
                own_unit=True,
                signed=True,
            ),
            _certify_both(State.TO_ORDER, Variant.ORDERED),
            _certify_both(State.TO_RELEASE, Variant.UNORDERED),
            query(Role.UNIT, own_unit=True),
            misdirect(Role.UNIT),
            declare_conflict(Role.UNIT, own_unit=True),
            ASK_CANCELLATION,
        ),
    ),
    Stage(
        State.TO_CERTIFY_ARITHMETICALLY,
        Kind.WAITING,
        "wartet auf rechnerische Feststellung",
        choices=(
            _certify_arithmetically(State.TO_ORDER, Variant.ORDERED),
            _certify_arithmetically(State.TO_RELEASE, Variant.UNORDERED),
            query(Role.UNIT, own_unit=True),
            *returns(Role.UNIT, *_STATIONS[2:], own_unit=True),
            misdirect(Role.UNIT),
            declare_conflict(Role.UNIT, own_unit=True),
            ASK_CANCELLATION,
        ),
    ),
    Stage(
        State.TO_ORDER,
        Kind.WAITING,
        "wartet auf Auszahlungsanordnung",
        choices=(
            Choice(
                Action.ORDER_PAYMENT,
                "Auszahlung anordnen",
                Role.ORDERING,
                State.TO_RELEASE,
                own_unit=True,
                signed=True,
                variants=(Variant.ORDERED,),
            ),
            query(Role.ORDERING, own_unit=True),
            *returns(Role.ORDERING, *_STATIONS[1:], own_unit=True),
            misdirect(Role.ORDERING),
            declare_conflict(Role.ORDERING, own_unit=True),
            ASK_CANCELLATION,
        ),
    ),
    Stage(
        State.TO_RELEASE,
        Kind.WAITING,
        "wartet auf Freigabe der Buchhaltung",
        choices=(
            Choice(Action.RELEASE, "Freigeben", Role.ACCOUNTING, State.RELEASED, signed=True),
            query(Role.ACCOUNTING, own_unit=False),
            *returns(Role.ACCOUNTING, *_STATIONS, own_unit=False),
            declare_conflict(Role.ACCOUNTING, own_unit=False),
            ASK_CANCELLATION,
        ),
    ),
    Stage(
        State.CANCELLATION_ASKED,
        Kind.WAITING,
        "Storno beantragt",
        choices=(
            Choice(
                Action.CONFIRM_CANCELLATION,
                "Storno bestätigen",
                Role.ACCOUNTING,
                State.CANCELLED,
                needs_reason=True,
                four_eyes=True,
            ),
            Choice(
                Action.REFUSE_CANCELLATION,
                "Nicht stornieren",
                Role.ACCOUNTING,
                None,
                needs_reason=True,
            ),
        ),
    ),
    Stage(
        State.RELEASED,
        Kind.AUTOMATIC,
        "freigegeben",
        step="pipelines.invoice.protocol:write_protocol",
        next=(State.PROTOCOLLED,),
        queue=Queue.INVOICE,
    ),
    Stage(
        State.PROTOCOLLED,
        Kind.AUTOMATIC,
        "Protokoll erstellt, wird abgelegt",
        step="pipelines.filing.deliver:deliver_invoice",
        next=(State.FILED, State.TO_EXPORT, State.SUBMITTED, State.APPRAISED, State.CLEARING),
        queue=Queue.FILING,
        outbound=Target.DMS,
    ),
    # The finance system books and pays; what it answers moves the invoice on (records/finance_moves.py)
    Stage(
        State.TO_EXPORT,
        Kind.EXPECTED,
        "freigegeben und abgelegt, wartet auf Übergabe an das Finanzwesen",
        next=(State.EXPORTED,),
    ),
    Stage(
        State.EXPORTED,
        Kind.EXPECTED,
        "an das Finanzwesen übergeben",
        next=(State.POSTED, State.PAID, State.BOOKING_REFUSED),
    ),
    Stage(State.POSTED, Kind.EXPECTED, "gebucht", next=(State.PAID, State.BOOKING_REFUSED)),
    Stage(
        State.BOOKING_REFUSED,
        Kind.WAITING,
        "vom Finanzwesen nicht gebucht",
        choices=(
            Choice(Action.RELEASE, "Erneut freigeben", Role.ACCOUNTING, State.TO_EXPORT, signed=True),
            declare_conflict(Role.ACCOUNTING, own_unit=False),
            ASK_CANCELLATION,
        ),
    ),
    Stage(State.PAID, Kind.FINAL, "bezahlt"),
    Stage(State.CANCELLED, Kind.FINAL, "storniert"),
    Stage(State.REJECTED, Kind.FINAL, "zurückgewiesen"),
)
