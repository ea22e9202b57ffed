"""When an invoice is to be paid (§§ 187, 188, 193, 271a, 286, 288 BGB), and the last day on which acting helps.

Days of discount and terms are calendar days. That a term ends on a Sunday is pointed out and never relied upon.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from itertools import pairwise

from config.finance_config import PaymentRules
from pipelines.invoice import german
from pipelines.invoice.checks.discount import cash_discounts
from pipelines.invoice.terms_text import net_days, spoken_discounts
from schemas.invoice import Invoice
from schemas.payment_terms import DiscountStep, DueSource, Loss, LossKind, PaymentTerms
from schemas.working_days import holidays, is_working_day, next_working_day

__all__ = ["act_by", "default_costs", "interest", "payment_terms"]

_CENT = Decimal("0.01")
_WEEKDAYS = ("mo", "di", "mi", "do", "fr")
_DEFAULT_AFTER = timedelta(days=30)
_MOST_DAYS = 3650
_CREDIT_NOTES = frozenset({"381", "261", "296", "308", "396", "420", "458", "532"})
_DEBITED = frozenset({"49", "59"})


def payment_terms(
    invoice: Invoice, received_on: date, rules: PaymentRules, agreed_days: int | None = None
) -> PaymentTerms:
    """The terms of that invoice. `agreed_days`: with the creditor, counted from receipt; None: nothing agreed."""
    payable, currency = invoice.totals.payable, invoice.currency
    empty = PaymentTerms(received_on, invoice.issued_on, payable, currency, None, None, None, None)
    if why := _nothing_to_pay(invoice, payable):
        return replace(empty, due_on=invoice.due_on, hints=(why,))
    due_on, source = _due(invoice, received_on, rules, agreed_days)
    discounts = tuple(_discounts(invoice, received_on, due_on, rules))
    default_from = _day_later(next_working_day(max(due_on, received_on) + _DEFAULT_AFTER), 1)
    terms = replace(
        empty,
        due_on=due_on,
        due_source=source,
        act_by=act_by(due_on, rules),
        default_from=default_from,
        discounts=discounts,
    )
    return replace(terms, losses=_losses(terms, rules), hints=tuple(_hints(terms, invoice)))


def act_by(last_day: date, rules: PaymentRules) -> date:
    """The last day on which a release still gets the money there by `last_day`, through the last payment run before."""
    run = _working_days_earlier(last_day + timedelta(days=1), 1)
    run = _working_days_earlier(run, rules.transfer_days)
    weekdays = {_WEEKDAYS.index(name) for name in rules.run_weekdays}
    while run.weekday() not in weekdays or not is_working_day(run):
        run -= timedelta(days=1)
    return _working_days_earlier(run, rules.lead_days)


def interest(amount: Decimal, begin: date, end: date, rules: PaymentRules) -> Decimal:
    """Default interest from `begin` up to before `end`: base rate plus points (§ 288 (2) BGB), by days of 365."""
    if end <= begin or amount <= 0:
        return Decimal("0.00")
    starts = [rate.since for rate in rules.base_rates]
    borders = [begin, *(day for day in starts if begin < day < end), end]
    with localcontext(prec=40):
        total = sum(
            (amount * _rate(start, rules) / 100 * (stop - start).days / 365 for start, stop in pairwise(borders)),
            Decimal(0),
        )
        return total.quantize(_CENT, ROUND_HALF_UP)


def default_costs(amount: Decimal, default_from: date, day: date, rules: PaymentRules) -> Decimal:
    """What default has cost by the end of that day: the lump sum and interest; nothing before it begins."""
    if day < default_from or amount <= 0:
        return Decimal("0.00")
    return rules.lump_sum + interest(amount, default_from, day + timedelta(days=1), rules)


def _nothing_to_pay(invoice: Invoice, payable: Decimal | None) -> str | None:
    """Why there are no terms for us (German); None if there are."""
    if invoice.type_code in _CREDIT_NOTES or (payable is not None and payable < 0):
        return "Gutschrift: Es ist nichts zu zahlen."
    if payable is not None and payable == 0:
        return "Der Zahlbetrag ist 0; es ist nichts zu zahlen."
    if any(means.code in _DEBITED for means in invoice.payment):
        return "Der Betrag wird per Lastschrift eingezogen; Zahlungsfristen laufen nicht."
    return None


def _due(invoice: Invoice, received_on: date, rules: PaymentRules, agreed_days: int | None) -> tuple[date, DueSource]:
    if invoice.due_on is not None:
        return invoice.due_on, DueSource.STATED
    if dated := [part.due_on for part in invoice.instalments if part.due_on is not None]:
        return min(dated), DueSource.STATED
    start = invoice.issued_on or received_on
    net = [discount.days for discount in cash_discounts(invoice) if discount.percent == 0]
    if net and max(net) <= _MOST_DAYS:
        return _day_later(start, max(net)), DueSource.TERMS
    if found := net_days(invoice.payment_terms or ""):
        return _day_later(start, found), DueSource.TEXT
    if agreed_days is not None:
        return _day_later(received_on, agreed_days), DueSource.AGREED
    return _day_later(received_on, rules.term_days), DueSource.LAW


def _discounts(invoice: Invoice, received_on: date, due_on: date, rules: PaymentRules) -> Iterable[DiscountStep]:
    """Every step once, the earliest first; proposals only where nothing is written in a form that can be relied on."""
    payable = invoice.totals.payable
    stated = [(one.days, one.percent, one.base) for one in cash_discounts(invoice)]
    stated += [
        (int(one.period), one.percent, one.base or payable)
        for one in invoice.payment_discounts
        if one.percent is not None
        and one.period is not None
        and one.unit in (None, "DAY")
        and one.period == int(one.period)
    ]
    found = (
        [] if stated else [(days, percent, payable) for days, percent in spoken_discounts(invoice.payment_terms or "")]
    )
    for days, percent, base in sorted({*stated, *found}, key=lambda step: (step[0], -step[1])):
        if not 0 < percent < 100 or not 0 <= days <= _MOST_DAYS:
            continue
        by_invoice = _day_later(invoice.issued_on, days) if invoice.issued_on else None
        by_receipt = _day_later(received_on, days)
        first, second = (by_receipt, by_invoice) if rules.discount_from == "eingang" else (by_invoice, by_receipt)
        last_day = first or by_receipt
        yield DiscountStep(
            percent=percent,
            base=base,
            amount=_share(base, percent),
            last_day=last_day,
            other_day=second if second != last_day else None,
            act_by=act_by(last_day, rules),
            proposed=bool(found),
        )


def _losses(terms: PaymentTerms, rules: PaymentRules) -> tuple[Loss, ...]:
    """One for each day to act by: what is lost is the difference to the best that can be reached afterwards.

    A discount that is said to last longer than the time to pay is not relied upon beyond that.
    """
    if terms.due_on is None or terms.default_from is None or terms.payable is None:
        return ()
    in_euro = terms.currency in (None, "EUR")
    last_free = terms.default_from - timedelta(days=1)
    punctual = act_by(terms.due_on, rules)
    worst = -default_costs(terms.payable, terms.default_from, terms.default_from, rules)
    steps = [
        (min(act_by(one.last_day, rules), punctual), one.last_day, LossKind.DISCOUNT, one.amount)
        for one in terms.discounts
        if not one.proposed and one.amount is not None and one.amount > 0
    ]
    steps += [
        (punctual, terms.due_on, LossKind.PUNCTUAL, Decimal(0)),
        (act_by(last_free, rules), last_free, LossKind.DEFAULT, Decimal(0)),
    ]
    best: list[tuple[date, date, LossKind, Decimal]] = []
    for step in sorted(steps, key=lambda step: (step[0], step[3], step[1]), reverse=True):
        if not best or (step[0] < best[-1][0] and (step[3] > best[-1][3] or step[2] is LossKind.PUNCTUAL)):
            best.append(step)
    values = [worst, *(value for *_, value in best)]
    found = [
        Loss(kind, by, last_day, (value - after).quantize(_CENT) if in_euro else Decimal("0.00"))
        for (by, last_day, kind, value), after in zip(best, values, strict=False)
    ]
    return tuple(reversed(found))


def _hints(terms: PaymentTerms, invoice: Invoice) -> Iterable[str]:
    if terms.due_on and (moved := next_working_day(terms.due_on)) != terms.due_on:
        yield (
            f"Fällig am {german.day(terms.due_on)}, {_no_working_day(terms.due_on)}; nach § 193 BGB bis "
            f"{german.day(moved)}."
        )
    for step in terms.discounts:
        if (moved := next_working_day(step.last_day)) != step.last_day:
            yield (
                f"Skonto bis {german.day(step.last_day)}, {_no_working_day(step.last_day)}; ob § 193 BGB bis "
                f"{german.day(moved)} hilft, hängt von der Vereinbarung ab."
            )
        if step.proposed:
            yield "Skonto steht nur als Satz in den Zahlungsbedingungen: Vorschlag, bitte selbst lesen."
    if terms.due_on is not None:
        days = (terms.due_on - terms.received_on).days
        if days > 60:
            yield f"Zahlungsziel {days} Tage nach Eingang: mehr als 60 Tage sind unwirksam (§ 271a Abs. 2 BGB)."
        elif days > 30:
            yield (
                f"Zahlungsziel {days} Tage nach Eingang: mehr als 30 Tage nur, wenn ausdrücklich vereinbart und "
                "sachlich gerechtfertigt (§ 271a Abs. 2 BGB)."
            )
    if invoice.instalments:
        yield "Die Rechnung nennt Raten; gezeigt ist die erste."
    if terms.currency not in (None, "EUR"):
        yield f"Währung {terms.currency}: Beträge in Euro sind nicht berechnet."


def _no_working_day(day: date) -> str:
    if day in holidays(day.year):
        return "ein Feiertag"
    return "ein Samstag" if day.weekday() == 5 else "ein Sonntag"


def _rate(day: date, rules: PaymentRules) -> Decimal:
    """Per cent a year on that day; before the first known base rate, that one."""
    known = [rate for rate in rules.base_rates if rate.since <= day]
    return (known[-1] if known else rules.base_rates[0]).percent + rules.points


def _working_days_earlier(day: date, count: int) -> date:
    """So many working days before that day."""
    for _ in range(count):
        day -= timedelta(days=1)
        while not is_working_day(day):
            day -= timedelta(days=1)
    return day


def _day_later(day: date, days: int) -> date:
    return day + timedelta(days=days)


def _share(base: Decimal | None, percent: Decimal) -> Decimal | None:
    if base is None or base.adjusted() > 15:
        return None
    with localcontext(prec=40):
        return (base * percent / 100).quantize(_CENT, ROUND_HALF_UP)
