"""Data set against picture: what the XML says, what the pages of the same PDF show, side by side.

The XML is what counts. Pages that show something else may be a second invoice (§ 14c UStG) or a fraud, so a person
decides. What is merely not found is no contradiction: pages may be pictures, or write it in a way we do not know.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from config.city_config import City
from pipelines.invoice import german
from pipelines.invoice.checks.visible import amounts, compact
from pipelines.routing.dates import dates_in
from pipelines.routing.paper_invoice import read_paper_invoice
from pipelines.routing.rows import rows_of_text
from pipelines.routing.understand import letter_from
from pipelines.routing.values import ibans
from schemas.invoice import Invoice
from schemas.recognised import Certain, PaperInvoice

__all__ = ["Compared", "Seen", "against_picture", "contradictions"]

_T = TypeVar("_T")
_VAT_ID = re.compile(r"(?<![A-Z0-9])DE ?\d{3} ?\d{3} ?\d{3}(?!\d)")


class Seen(StrEnum):
    """What the pages say to a value of the data set."""

    SHOWN = "steht im Bild"
    OTHERWISE = "das Bild zeigt etwas anderes"
    NOT_FOUND = "im Bild nicht gefunden"


@dataclass(frozen=True, slots=True)
class Compared:
    """One value: the term of EN 16931-1 (BT number), as the data set has it, and what the pages show instead."""

    term: str
    label: str
    said: str
    seen: Seen
    shown: str = ""


def against_picture(invoice: Invoice, text: str, city: City, received_on: date) -> tuple[Compared, ...]:
    """Number, date, sums, VAT id and account of the XML, looked for in the text of the pages; empty: no text there.

    Only what is proven on the page contradicts: a sum that adds up, check digits that hold, a number that stands there
    twice or behind its label.
    """
    if not compact(text):
        return ()
    read = read_paper_invoice(letter_from(rows_of_text(text), city), received_on)
    return tuple(_compared(invoice, text, read))


def contradictions(compared: tuple[Compared, ...]) -> tuple[str, ...]:
    """One German sentence for every value of which the pages show another."""
    return tuple(
        f"{each.label} ({each.term}): Der Datensatz nennt {each.said}, die Seiten zeigen {each.shown}."
        for each in compared
        if each.seen is Seen.OTHERWISE
    )


def _compared(invoice: Invoice, text: str, read: PaperInvoice) -> Iterator[Compared]:
    seen, totals = compact(text), invoice.totals
    if invoice.number and compact(invoice.number):
        other = _proven(read.number)
        there = compact(invoice.number) in seen
        yield _judged("BT-1", "Rechnungsnummer", invoice.number, there=there, other=other or "")
    if invoice.issued_on is not None:
        days = {day for _, day in dates_in(text)}
        on_page = _proven(read.issued_on)
        other = german.day(on_page) if on_page else ""
        there = invoice.issued_on in days
        yield _judged("BT-2", "Rechnungsdatum", german.day(invoice.issued_on), there=there, other=other)
    gross = _proven(read.gross)
    for term, label, value in (
        ("BT-109", "Netto", totals.net),
        ("BT-110", "Steuer", totals.tax),
        ("BT-112", "Brutto", totals.gross),
        ("BT-115", "Zahlbetrag", totals.payable),
    ):
        if value is None or not value.is_finite() or abs(value.adjusted()) > 20:
            continue
        there = any(form in seen for form in amounts(value))
        other = german.amount(gross) if term == "BT-112" and gross is not None else ""
        yield _judged(term, label, german.amount(value), there=there, other=other)
    if invoice.seller.vat_id:
        own = compact(invoice.seller.vat_id)
        buyer = compact(invoice.buyer.vat_id or "")
        others = [found for found in map(compact, _VAT_ID.findall(text)) if found not in (own, buyer)]
        yield _judged("BT-31", "USt-IdNr.", invoice.seller.vat_id, there=own in seen, other=_first(others).upper())
    yield from _accounts(invoice, text, seen)


def _accounts(invoice: Invoice, text: str, seen: str) -> Iterator[Compared]:
    """Every account of the data set; none of them on the page, but another: that is how fraud looks."""
    said = dict.fromkeys(
        transfer.account
        for means in invoice.payment
        for transfer in means.transfers
        if transfer.account and german.is_iban(transfer.account)
    )
    known = {compact(account) for account in said}
    others = [found for _, found in ibans(text) if compact(found) not in known]
    one_there = any(account in seen for account in known)
    for account in said:
        other = "" if one_there else german.iban(_first(others)) if others else ""
        yield _judged("BT-84", "IBAN", german.iban(account), there=compact(account) in seen, other=other)


def _judged(term: str, label: str, said: str, *, there: bool, other: str) -> Compared:
    if there:
        return Compared(term, label, said, Seen.SHOWN)
    return Compared(term, label, said, Seen.OTHERWISE if other else Seen.NOT_FOUND, other)


def _proven(value: Certain[_T] | None) -> _T | None:
    return value.value if value is not None and value.certain else None


def _first(found: list[str]) -> str:
    return found[0] if found else ""
