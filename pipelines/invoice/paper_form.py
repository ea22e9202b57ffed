"""The form on which a clerk confirms what was read off an invoice: its fields, and what cannot be right."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pipelines.invoice import german
from pipelines.invoice.checks.accounts import iban_problem
from pipelines.invoice.checks.tax_ids import vat_id_problem
from pipelines.invoice.leitweg import leitweg_problem
from schemas.errors import BadInput
from schemas.paper_invoice import CREDIT_NOTE, INVOICE, PaperData, PaperReading
from schemas.typed import amount_typed, day_typed

__all__ = ["KINDS", "Field", "data_from", "fields_of"]

KINDS = {INVOICE: "Rechnung", CREDIT_NOTE: "Gutschrift"}
_LONGEST = 255
_LABELS = {
    "number": "Rechnungsnummer",
    "issued_on": "Rechnungsdatum",
    "delivered_on": "Leistungsdatum",
    "due_on": "Zahlbar bis",
    "seller_name": "Rechnungssteller",
    "seller_vat_id": "USt-IdNr.",
    "seller_tax_number": "Steuernummer",
    "net": "Netto",
    "tax": "Steuer",
    "tax_rate": "Steuersatz in %",
    "gross": "Brutto",
    "currency": "Währung",
    "account": "Konto (IBAN)",
    "order_reference": "Bestellung",
    "buyer_reference": "Leitweg-ID",
    "payment_terms": "Zahlungsbedingungen (Skonto)",
}
_REQUIRED = frozenset({"number", "issued_on", "seller_name", "gross", "currency"})
_DAYS = frozenset({"issued_on", "delivered_on", "due_on"})
_AMOUNTS = frozenset({"net", "tax", "gross"})
_PROBLEMS = {"account": iban_problem, "seller_vat_id": vat_id_problem, "buyer_reference": leitweg_problem}
_ROUNDING = Decimal("0.02")


@dataclass(frozen=True, slots=True)
class Field:
    """One field as it is shown: `proven`: the page proves it; `to_check`: it was read, and a person must say so."""

    name: str
    label: str
    value: str
    required: bool
    proven: bool
    to_check: bool
    read: bool


def fields_of(reading: PaperReading, typed: Mapping[str, str] | None = None) -> tuple[Field, ...]:
    """Every field with what was read, or with what was typed, if the form is shown again."""
    return tuple(_field(name, reading, typed) for name in _LABELS)


def data_from(typed: Mapping[str, str], reading: PaperReading, today: date) -> PaperData:
    """The confirmed data. BadInput for the first thing that cannot be right, or was not looked at.

    `typed` holds the fields, and 'geprueft_<name>' for every value that was read and is not proven.
    """
    if typed.get("type_code") not in KINDS:
        raise BadInput("Die Art fehlt.", remedy="Bitte wählen Sie „Rechnung“ oder „Gutschrift“.")
    values: dict[str, Any] = {"type_code": typed["type_code"]}
    for field in fields_of(reading, typed):
        text = field.value
        if len(text) > _LONGEST:
            raise BadInput(f"{field.label}: zu lang (höchstens {_LONGEST} Zeichen).")
        if field.required and not text:
            raise BadInput(f"{field.label} fehlt.", remedy="Bitte tragen Sie ein, was auf der Rechnung steht.")
        unchanged = field.to_check and text == _written(getattr(reading.data, field.name))
        if unchanged and not typed.get(f"geprueft_{field.name}"):
            raise BadInput(
                f"{field.label} ist noch nicht geprüft.",
                remedy="Bitte vergleichen Sie die Angabe mit dem Bild und bestätigen Sie sie.",
            )
        values[field.name] = _value(field, text)
    data = PaperData(**values)
    _refuse_impossible(data, today)
    return data


def _field(name: str, reading: PaperReading, typed: Mapping[str, str] | None) -> Field:
    read = _written(getattr(reading.data, name))
    proven = name in reading.proven
    default = name == "currency"
    return Field(
        name,
        _LABELS[name],
        read if typed is None else " ".join(typed.get(name, "").split()),
        required=name in _REQUIRED,
        proven=proven,
        to_check=bool(read) and not proven and not default,
        read=bool(read) and not default,
    )


def _value(field: Field, text: str) -> object:
    if not text:
        return None
    if field.name in _DAYS:
        return _said(field, day_typed, text)
    if field.name in _AMOUNTS:
        amount = _said(field, amount_typed, text)
        if amount < 0:
            raise BadInput(
                f"{field.label}: bitte ohne Vorzeichen.", remedy="Eine Gutschrift wird oben als Art gewählt."
            )
        return amount
    if field.name == "tax_rate":
        return _said(field, amount_typed, text)
    if (judge := _PROBLEMS.get(field.name)) is not None and (problem := judge(text)):
        raise BadInput(f"{field.label}: {problem.rstrip('.')}.", remedy="Bitte vergleichen Sie sie mit dem Bild.")
    if field.name in ("account", "seller_vat_id"):
        return "".join(text.split()).upper()
    if field.name == "currency" and not (len(text) == 3 and text.isascii() and text.isalpha()):
        raise BadInput("Die Währung ist kein Kürzel nach ISO 4217.", remedy="Bitte so eintragen: EUR.")
    return text.upper() if field.name == "currency" else text


def _said(field: Field, read: Any, text: str) -> Any:
    try:
        return read(text)
    except BadInput as wrong:
        raise BadInput(f"{field.label}: {wrong.sentence}", remedy=wrong.remedy) from None


def _refuse_impossible(data: PaperData, today: date) -> None:
    """Sums that do not add up, days that cannot be."""
    if data.net is not None and data.tax is not None and data.gross is not None and data.net + data.tax != data.gross:
        raise BadInput(
            f"Netto {german.amount(data.net)} und Steuer {german.amount(data.tax)} ergeben nicht Brutto "
            f"{german.amount(data.gross)}.",
            remedy="Bitte vergleichen Sie die Beträge mit dem Bild.",
        )
    if None not in (data.net, data.tax, data.tax_rate):
        assert data.net is not None and data.tax is not None and data.tax_rate is not None
        if abs(data.net * data.tax_rate / 100 - data.tax) > _ROUNDING:
            raise BadInput(
                f"{german.percent(data.tax_rate)} von {german.amount(data.net)} sind nicht {german.amount(data.tax)}.",
                remedy="Bei mehreren Steuersätzen lassen Sie den Steuersatz bitte leer.",
            )
    if data.issued_on is not None and data.issued_on > today:
        raise BadInput(
            f"Das Rechnungsdatum {german.day(data.issued_on)} liegt in der Zukunft.",
            remedy="Bitte vergleichen Sie es mit dem Bild.",
        )


def _written(value: object) -> str:
    """As people type it."""
    if isinstance(value, date):
        return german.day(value)
    if isinstance(value, Decimal):
        return german.amount(value)
    return "" if value is None else str(value)
