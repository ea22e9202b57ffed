"""Corrections of the register: new rows beside what was received, in the chain of the document, never a change."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from records import audit
from records.models import RegisterCorrection, RegisterEntry
from schemas.errors import BadInput
from schemas.roles import Person
from schemas.typed import amount_typed, day_typed

__all__ = ["CORRECTABLE", "correct", "corrections_of", "value_now"]

CORRECTABLE = {
    "invoice_number": "Rechnungsnummer",
    "issued_on": "Rechnungsdatum",
    "due_on": "Fällig am",
    "net": "Netto",
    "tax": "Steuer",
    "gross": "Brutto",
    "payable": "Zahlbetrag",
    "currency": "Währung",
    "seller_name": "Rechnungssteller",
    "seller_vat_id": "USt-IdNr.",
    "seller_tax_number": "Steuernummer",
    "account": "Konto (IBAN)",
    "order_reference": "Bestellung",
    "buyer_reference": "Leitweg-ID",
}
_DATES = frozenset({"issued_on", "due_on"})
_AMOUNTS = frozenset({"net", "tax", "gross", "payable"})
_LONGEST = 255


def correct(entry: RegisterEntry, field: str, text: str, reason: str, person: Person, now: datetime) -> None:
    """Note what is right instead. BadInput if the field, the value or the reason will not do.

    Dates as 2026-12-24 or 24.12.2026, amounts as 1234.50 or 1.234,50; they are kept in the first form.
    """
    if field not in CORRECTABLE:
        raise BadInput("Diese Angabe kann nicht berichtigt werden.", remedy="Bitte wählen Sie eine aus der Liste.")
    if not reason:
        raise BadInput("Die Begründung fehlt.", remedy="Bitte begründen Sie die Berichtigung in einem Satz.")
    after = _read(field, text)
    with transaction.atomic():
        RegisterEntry.objects.select_for_update().get(id=entry.id)
        before = value_now(entry, field)
        if after == before:
            raise BadInput(f"{CORRECTABLE[field]} lautet schon so.", remedy="Bitte laden Sie die Seite neu.")
        RegisterCorrection.objects.create(
            entry=entry,
            at=now,
            field=field,
            before=before,
            after=after,
            reason=reason,
            user_id=person.user_id,
            name=person.name,
        )
        payload = {
            "actor": person.name,
            "user_id": person.user_id,
            "reason": reason,
            "field": field,
            "from": before,
            "to": after,
        }
        audit.remark(entry.document, f"Register berichtigt: {CORRECTABLE[field]}", payload, now)


def corrections_of(entry: RegisterEntry) -> list[RegisterCorrection]:
    """All of them, oldest first."""
    return list(entry.corrections.order_by("id"))


def value_now(entry: RegisterEntry, field: str) -> str:
    """As last corrected, else as received; empty if it was not given."""
    last = entry.corrections.filter(field=field).order_by("-id").values_list("after", flat=True).first()
    if last is not None:
        return last
    received = getattr(entry, field)
    if isinstance(received, Decimal):
        return _amount(received)
    return "" if received is None else str(received)


def _read(field: str, text: str) -> str:
    said = text.strip()
    if len(said) > _LONGEST:
        raise BadInput(f"Der Wert ist zu lang (höchstens {_LONGEST} Zeichen).")
    if not said:
        return ""
    if field in _DATES:
        return day_typed(said).isoformat()
    return _amount(amount_typed(said)) if field in _AMOUNTS else said


def _amount(value: Decimal) -> str:
    """With two decimals at least, and no more than it has."""
    plain = value.normalize()
    return f"{plain:f}" if -int(plain.as_tuple().exponent) > 2 else f"{plain:.2f}"
