"""The rows of the table (pipelines/flow.py) that make up the way of an invoice, from its entry to its end."""

from pipelines.flow_rows import Choice, Stage, query
from schemas.roles import Action, Role
from schemas.states import Kind, Queue, State, Target

__all__ = ["INVOICE_ROWS"]

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
            Choice(Action.REJECT, "Zurückweisen", Role.ACCOUNTING, State.REJECTED, needs_reason=True),
        ),
    ),
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
            query(Role.UNIT, own_unit=True),
        ),
    ),
    Stage(
        State.TO_CERTIFY_ARITHMETICALLY,
        Kind.WAITING,
        "wartet auf rechnerische Feststellung",
        choices=(
            Choice(
                Action.CERTIFY_ARITHMETICALLY,
                "Rechnerisch richtig",
                Role.UNIT,
                State.TO_ORDER,
                own_unit=True,
                signed=True,
            ),
            query(Role.UNIT, own_unit=True),
        ),
    ),
    Stage(
        State.TO_ORDER,
        Kind.WAITING,
        "wartet auf Auszahlungsanordnung",
        choices=(
            Choice(
                Action.ORDER_PAYMENT, "Auszahlung anordnen", Role.ORDERING, State.TO_RELEASE, own_unit=True, signed=True
            ),
            query(Role.ORDERING, own_unit=True),
        ),
    ),
    Stage(
        State.TO_RELEASE,
        Kind.WAITING,
        "wartet auf Freigabe der Buchhaltung",
        choices=(
            Choice(Action.RELEASE, "Freigeben", Role.ACCOUNTING, State.RELEASED, signed=True),
            query(Role.ACCOUNTING, own_unit=False),
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
        next=(State.FILED, State.SUBMITTED, State.APPRAISED, State.CLEARING),
        queue=Queue.FILING,
        outbound=Target.DMS,
    ),
    Stage(State.REJECTED, Kind.FINAL, "zurückgewiesen"),
)
