"""What people read instead of XML: the invoice, the validation report and the approval protocol as HTML pages.

Every page stands alone (no script, nothing fetched) and depends on its values only: the same values, the same bytes.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from itertools import groupby, zip_longest
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from pipelines.invoice import codes, german
from pipelines.invoice.checks.discount import CashDiscount, cash_discounts
from pipelines.invoice.explanation import in_words
from schemas.accounting import AccountAssignment
from schemas.invoice import Invoice, Line, Party, Syntax, with_sub_lines
from schemas.payment import PaymentDiscount
from schemas.rejection import RejectionLetterSheet
from schemas.validation import Severity, ValidationReport
from schemas.values import Act, Entry, FileDigest, InvoiceFacts, aware

__all__ = [
    "Protocol",
    "discounts",
    "included_as",
    "invoice_html",
    "marks",
    "payable_label",
    "plain_text",
    "protocol_html",
    "rejection_html",
    "report_html",
]

_LONG_TABLE = 40
"""Lines from which the columns have fixed widths: setting them by their content takes twice the time on paper."""
_TEMPLATES = Path(__file__).parent / "templates"
_UNREADABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
"""Control characters, marks that turn the direction of writing (an IBAN would read backwards), half characters."""
_SEVERITIES = tuple(Severity)
_ENDLESS_WORD = re.compile(r"\S{200,}")
_PIECE = re.compile(r".{1,40}", re.DOTALL)
_NAMESPACE = re.compile(r"\[namespace-uri\(\)=(['\"]).*?\1\]|Q\{[^}]*\}|\*:")
_PERIODS = {"DAY": "Tagen", "WEE": "Wochen", "MON": "Monaten"}


@dataclass(frozen=True, slots=True)
class Protocol:
    """What the approval protocol proves: the entry, who did what and when, and the files with their hashes.

    `files`: for each file its label for people, its name and its digest; `listed`: the same by role, the papers made
    with the protocol among them. `earlier_acts`: of rounds that were returned; they do not count any more.
    """

    city: str
    register_number: str
    mail_number: str
    received_at: datetime
    entry: Entry
    acts: tuple[Act, ...]
    files: tuple[tuple[str, str, FileDigest], ...]
    unit: str
    made_at: datetime
    demo: bool = False
    earlier_acts: tuple[Act, ...] = ()
    listed: tuple[tuple[str, str, FileDigest], ...] = ()
    assignments: tuple[AccountAssignment, ...] = ()

    def __post_init__(self) -> None:
        aware(self.received_at)
        aware(self.made_at)


def invoice_html(invoice: Invoice, *, title: str, max_lines: int | None = None) -> str:
    """Every term the invoice has, in the order accountants read; with `max_lines` the first lines and a count.

    Sub-lines are lines of the table too.
    """
    rows = list(with_sub_lines(invoice.lines))
    lines = rows[:max_lines]
    return _page(
        "invoice.html",
        invoice=invoice,
        title=title,
        lines=lines,
        more=len(rows) - len(lines),
        fixed=len(lines) > _LONG_TABLE or any(_has_long_number(line) for _, line in lines),
    )


def report_html(report: ValidationReport, *, max_findings: int | None = None) -> str:
    """The verdict, the findings by severity (with `max_findings` the first and a count), and what judged."""
    findings = sorted(report.findings, key=lambda finding: _SEVERITIES.index(finding.severity))[:max_findings]
    groups = [(severity, list(found)) for severity, found in groupby(findings, key=lambda finding: finding.severity)]
    return _page("report.html", report=report, groups=groups, more=len(report.findings) - len(findings))


def protocol_html(protocol: Protocol) -> str:
    """The approval protocol: who certified, ordered and released, with the words they signed."""
    return _page("protocol.html", protocol=protocol)


def rejection_html(sheet: RejectionLetterSheet) -> str:
    """The letter to a supplier whose invoice was not accepted."""
    return _page("rejection.html", sheet=sheet)


def _page(name: str, **values: object) -> str:
    return _environment().get_template(name).render(values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.globals.update(codes=codes, nobody=Party())
    environment.tests["given"] = lambda value: value is not None and value != ""
    environment.tests["iban"] = german.is_iban
    environment.filters.update(
        amount=german.amount,
        percent=german.percent,
        iban=german.iban,
        file_size=german.file_size,
        thousands=lambda number: german.quantity(Decimal(number)),
        signed=lambda value, is_charge, currency=None: german.amount(
            value if is_charge else value.copy_negate(), currency
        ),
        payable=payable_label,
        discounts=discounts,
        included_as=included_as,
        marks=marks,
        place=_place,
        in_words=in_words,
        plain=lambda value: escape(plain_text(value)),
        instant=_instant,
    )
    return environment


def _has_long_number(line: Line) -> bool:
    """Numbers are never broken in a table sized by its content; one that long would push the others off the paper."""
    return any(len(str(number)) > 20 for number in (line.quantity, line.net_price, line.net))


def _shown(value: object) -> str:
    """How a value reads; words without end get places to break (finding them is what takes time on paper)."""
    if isinstance(value, Markup):
        return value
    text = plain_text(value)
    return _breakable(text) if _ENDLESS_WORD.search(text) else text


def _breakable(text: str) -> Markup:
    pieces = (Markup("<wbr>").join(_PIECE.findall(word.group())) for word in _ENDLESS_WORD.finditer(text))
    return Markup("").join(
        part for pair in zip_longest(_ENDLESS_WORD.split(text), pieces, fillvalue="") for part in pair
    )


def plain_text(value: object) -> str:
    """Nothing for None, German dates and numbers, text without what would mislead the eye."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return german.moment(value)
    if isinstance(value, date):
        return german.day(value)
    if isinstance(value, Decimal):
        return german.quantity(value)
    return _UNREADABLE.sub("\ufffd", str(value).replace("\r\n", "\n"))


def _place(location: str) -> Markup:
    """An XPath as people read it: without namespaces, breakable before each step."""
    steps = plain_text(_NAMESPACE.sub("", location)).split("/")
    return Markup("<wbr>/").join(escape(step) for step in steps)


def payable_label(invoice: Invoice | InvoiceFacts) -> str:
    """What BT-115 is called: nobody pays the amount of a credit note."""
    credit = invoice.type_code == "381" or invoice.syntax == Syntax.UBL_CREDIT_NOTE
    return "Gutschriftbetrag" if credit else "Zahlbetrag"


def marks(invoice: Invoice) -> list[str]:
    """What nobody who pays must overlook (BT-X-1, BT-X-3)."""
    kinds = [kind for kind, is_so in (("Test", invoice.is_test), ("Kopie", invoice.is_copy)) if is_so]
    return [f"Der Rechnungssteller hat den Datensatz als {kind} gekennzeichnet." for kind in kinds]


def included_as(line: Line) -> str:
    """What stands before an amount that the sum of the lines (BT-106) does not count once more: 'davon'."""
    return "" if line.counts else codes.meaning(codes.LINE_STATUS, line.status) or "davon"


def discounts(invoice: Invoice) -> list[str]:
    """A sentence for each discount: those XRechnung writes as '#SKONTO#TAGE=14#PROZENT=2.25#', those of EXTENDED."""
    written = [_written(one, invoice.currency) for one in cash_discounts(invoice)]
    return [*written, *(_discount(one, invoice.currency) for one in invoice.payment_discounts)]


def _written(found: CashDiscount, currency: str | None) -> str:
    """'2 % = 6,00 EUR auf 300,00 EUR bei Zahlung binnen 14 Tagen, nach Rechnungsdatum bis 16.03.2026'."""
    said = _discount(PaymentDiscount(found.percent, found.base, found.amount, Decimal(found.days), "DAY"), currency)
    return f"{said}, nach Rechnungsdatum bis {german.day(found.until)}" if found.until else said


def _discount(found: PaymentDiscount, currency: str | None) -> str:
    """'2 % auf 100,00 EUR bei Zahlung binnen 14 Tagen'."""
    rate = german.percent(found.percent) if found.percent is not None else None
    value = german.amount(found.amount, currency) if found.amount is not None else None
    text = " = ".join(part for part in (rate, value) if part) or "Skonto"
    if found.base is not None:
        text += f" auf {german.amount(found.base, currency)}"
    if found.period is not None:
        unit = _PERIODS.get(found.unit or "DAY", found.unit)
        text += f" bei Zahlung binnen {german.quantity(found.period)} {plain_text(unit)}"
    return f"{text} ab {german.day(found.start)}" if found.start else text


def _instant(moment: datetime) -> str:
    """The moment in universal time, to the second: '2026-11-24T13:05:07Z'."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
