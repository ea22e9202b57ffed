"""What a foreign currency is worth: entered by a person with its source, for an invoice that is not in euros."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from records import audit
from records.construction import may_deduct
from records.creditors import CREDITOR_STATES
from records.invoice_basis import basis_of
from records.models import EnteredRate
from records.upon import upon
from schemas.errors import BadInput
from schemas.german_time import day_in_germany
from schemas.roles import Person

__all__ = ["enter_rate"]


def enter_rate(
    document_id: UUID, rate: Decimal, source: str, rate_on: date, person: Person, now: datetime, *, seen: int
) -> None:
    """One euro is `rate` of the invoice's currency on that day, says `source`. An earlier rate stays beside it."""
    with upon(document_id, seen, CREDITOR_STATES) as held:
        basis = basis_of(held.document)
        if basis is None or basis.foreign_currency is None or not may_deduct(held.document, person):
            raise BadInput("Für diese Rechnung wird kein Kurs gebraucht, oder Sie dürfen ihn nicht eintragen.")
        if not 0 < rate < 1_000_000:
            raise BadInput("Der Kurs muss größer als 0 sein.")
        if rate_on > day_in_germany(now):
            raise BadInput("Der Tag des Kurses liegt in der Zukunft.")
        if not source:
            raise BadInput("Die Quelle des Kurses fehlt.")
        EnteredRate.objects.create(
            document_id=document_id,
            rate=rate,
            source=source[:255],
            rate_on=rate_on,
            user_id=person.user_id,
            name=person.name,
            at=now,
        )
        said: dict[str, object] = {
            "actor": person.name,
            "user_id": person.user_id,
            "rate": str(rate),
            "currency": basis.foreign_currency,
            "rate_on": rate_on.isoformat(),
            "source": source,
        }
        audit.remark(held.document, f"Kurs für {basis.foreign_currency} eingetragen", said, now)
