"""What is particular about an invoice: tax, small, negative, credited, recurring, several orders. Nothing blocks."""

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

from config.accounting_config import AccountingRules
from records.construction import CONSTRUCTION_TYPES, part_invoices
from records.invoice_basis import Basis
from records.models import RegisterEntry

__all__ = ["hints"]

_SEVERAL = re.compile(r"[;,\n]|\s(?:und|u\.)\s")
_MONTH = timedelta(days=31)
_SLACK = timedelta(days=10)
_REGULAR = 3


def hints(basis: Basis, rules: AccountingRules) -> tuple[str, ...]:
    """German sentences, the more important ones first."""
    return (*_amount(basis), *_credit(basis), *_tax(basis, rules), *_building(basis), *_habits(basis))


def _amount(basis: Basis) -> Iterator[str]:
    payable = basis.entry.payable
    if basis.foreign_currency:
        yield f"Die Rechnung lautet auf {basis.foreign_currency}; gezahlt wird nach dem eingetragenen Kurs."
    if payable is None:
        yield "Die Rechnung nennt keinen Zahlbetrag."
    elif payable == 0:
        yield "Der Zahlbetrag ist 0: Es wird nichts ausgezahlt."
    elif payable < 0 and not basis.credit_note:
        yield "Der Zahlbetrag ist negativ: Es wird nichts ausgezahlt; bitte als Gutschrift verrechnen."
    if basis.said.payee_name and basis.said.payee_name != basis.entry.seller_name:
        yield f"Das Geld soll an einen anderen gehen als den Rechnungssteller: {basis.said.payee_name}."
    if basis.direct_debit:
        yield "Der Rechnungssteller zieht den Betrag ein (Lastschrift): nicht zusätzlich überweisen."


def _credit(basis: Basis) -> Iterator[str]:
    if not basis.credit_note:
        return
    numbers = [each.number for each in basis.said.preceding if each.number]
    if not numbers:
        yield "Gutschrift ohne Bezug: Sie nennt keine Rechnung. Der Betrag wird verrechnet, nicht gezahlt."
        return
    rows = RegisterEntry.objects.filter(seller_key=basis.entry.seller_key, invoice_number__in=numbers)
    known = dict(rows.exclude(seller_key=None).values_list("invoice_number", "number"))
    for number in numbers:
        where = known.get(number, "steht nicht im Rechnungseingangsbuch")
        yield f"Gutschrift zur Rechnung {number} ({where}). Der Betrag wird verrechnet, nicht gezahlt."


def _tax(basis: Basis, rules: AccountingRules) -> Iterator[str]:
    if "AE" in basis.categories:
        yield (
            "Steuerschuldnerschaft des Leistungsempfängers (§ 13b UStG): Bezieht die Stadt die Leistung als "
            "Unternehmer, schuldet sie die Steuer selbst."
        )
        if basis.entry.tax:
            yield "Die Rechnung weist trotz § 13b UStG Steuer aus; sie wird nicht gezahlt, bevor das geklärt ist."
    gross = basis.entry.gross
    if gross is not None and Decimal(0) < gross <= rules.small_amount and not basis.foreign_currency:
        yield (
            f"Kleinbetragsrechnung bis {rules.small_amount} € (§ 33 UStDV): Rechnungsnummer, Empfänger und gesonderter "
            "Steuerbetrag dürfen fehlen."
        )


def _building(basis: Basis) -> Iterator[str]:
    kind = CONSTRUCTION_TYPES.get(basis.entry.type_code or "")
    if kind is None:
        return
    days = 21 if basis.entry.type_code == "875" else 30
    yield f"{kind} über Bauleistungen: Ist die VOB/B vereinbart, ist sie {days} Tage nach Zugang fällig (§ 16 VOB/B)."
    chain = part_invoices(basis)
    if chain is None:
        return
    if not chain.earlier and basis.entry.type_code != "875":
        yield f"Die {kind} nennt keine früheren Rechnungen (BG-3); ob es Abschläge gab, ist zu prüfen."
    if chain.missing:
        yield f"Frühere Rechnungen stehen nicht im Rechnungseingangsbuch: {', '.join(chain.missing)}."
    elif chain.earlier and chain.difference:
        yield (
            "Die Rechnung geht nicht auf: Gesamtbetrag abzüglich der früheren Rechnungen weicht um "
            f"{chain.difference:.2f} € vom Zahlbetrag ab."
        )


def _habits(basis: Basis) -> Iterator[str]:
    order = basis.entry.order_reference or ""
    orders = [part.strip() for part in _SEVERAL.split(order) if part.strip()]
    if len(orders) > 1:
        named = ", ".join(orders[:5])
        yield f"Sammelrechnung über {len(orders)} Bestellungen ({named}): jede ist einzeln festzustellen."
    yield from _recurring(basis)


def _recurring(basis: Basis) -> Iterator[str]:
    """Monthly invoices of one seller: three in a row are a habit, and a gap before this one is worth a look."""
    entry = basis.entry
    if entry.seller_key is None or entry.issued_on is None or basis.credit_note:
        return
    rows = RegisterEntry.objects.filter(seller_key=entry.seller_key, issued_on__lt=entry.issued_on)
    last = rows.order_by("-issued_on").values_list("issued_on", flat=True)[: _REGULAR * 2]
    days = list(dict.fromkeys(day for day in last if day is not None))
    gaps = [later - earlier for later, earlier in pairwise(days)]
    if len(gaps) < _REGULAR - 1 or any(abs(gap - _MONTH) > _SLACK for gap in gaps[: _REGULAR - 1]):
        return
    since = entry.issued_on - days[0]
    if since > _MONTH + _SLACK:
        yield f"Dieser Rechnungssteller rechnet monatlich ab; seit {days[0]:%d.%m.%Y} fehlt mindestens eine Rechnung."
    elif since < _MONTH - _SLACK:
        yield f"Dieser Rechnungssteller rechnet monatlich ab; die letzte Rechnung ist erst vom {days[0]:%d.%m.%Y}."
    else:
        yield f"Regelmäßige Rechnung (monatlich, zuletzt vom {days[0]:%d.%m.%Y})."
