"""What people read instead of XML: the invoice, the validation report and the approval protocol as HTML pages.

Every page stands alone (no script, nothing fetched) and depends on its values only: the same values, the same bytes.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from pipelines.invoice import codes, german
from schemas.invoice import Invoice, Syntax
from schemas.validation import Finding, Severity, ValidationReport
from schemas.values import Act, Entry, FileDigest, aware

__all__ = ["Protocol", "invoice_html", "protocol_html", "report_html"]

_TEMPLATES = Path(__file__).parent / "templates"
_UNREADABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
"""Control characters, marks that turn the direction of writing (an IBAN would read backwards), half characters."""
_NAMESPACE = re.compile(r"\[namespace-uri\(\)=(['\"]).*?\1\]|Q\{[^}]*\}|\*:")
_DISCOUNT = re.compile(r"#SKONTO#TAGE=(\d{1,4})#PROZENT=(\d{1,3}\.\d{2})#(?:BASISBETRAG=(-?\d{1,15}\.\d{2})#)?")


@dataclass(frozen=True, slots=True)
class Protocol:
    """What the approval protocol proves: the entry, who did what and when, and the files with their hashes.

    `files`: for each file its label for people, its name and its digest.
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

    def __post_init__(self) -> None:
        aware(self.received_at)
        aware(self.made_at)


def invoice_html(invoice: Invoice, *, title: str, max_lines: int | None = None) -> str:
    """Every term the invoice has, in the order accountants read; with `max_lines` the first lines and a count."""
    lines = invoice.lines if max_lines is None else invoice.lines[:max_lines]
    return _page(
        "invoice.html",
        invoice=invoice,
        title=title,
        credit=invoice.type_code == "381" or invoice.syntax is Syntax.UBL_CREDIT_NOTE,
        lines=lines,
        more=len(invoice.lines) - len(lines),
    )


def report_html(report: ValidationReport) -> str:
    """The verdict, the findings by severity, and which rule sheets judged."""
    return _page("report.html", report=report, groups=_by_severity(report.findings))


def protocol_html(protocol: Protocol) -> str:
    """The approval protocol: who certified, ordered and released, with the words they signed."""
    return _page("protocol.html", protocol=protocol)


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
    environment.globals["codes"] = codes
    environment.tests["given"] = lambda value: value is not None and value != ""
    environment.tests["iban"] = german.is_iban
    environment.filters.update(
        amount=german.amount,
        percent=german.percent,
        iban=german.iban,
        file_size=german.file_size,
        thousands=lambda number: german.quantity(Decimal(number)),
        signed=lambda value, is_charge: german.amount(value if is_charge else -value),
        discounts=_discounts,
        place=_place,
        instant=_instant,
    )
    return environment


def _shown(value: object) -> str:
    """How a value reads: nothing for None, German dates and numbers, text without what would mislead the eye."""
    if isinstance(value, Markup):
        return value
    if value is None:
        return ""
    if isinstance(value, datetime):
        return german.moment(value)
    if isinstance(value, date):
        return german.day(value)
    if isinstance(value, Decimal):
        return german.quantity(value)
    return _UNREADABLE.sub("\ufffd", str(value).replace("\r\n", "\n"))


def _by_severity(findings: tuple[Finding, ...]) -> list[tuple[Severity, list[Finding]]]:
    """Worst first; severities without findings are left out."""
    groups = [(severity, [found for found in findings if found.severity is severity]) for severity in Severity]
    return [(severity, found) for severity, found in groups if found]


def _place(location: str) -> Markup:
    """An XPath as people read it: without namespaces, breakable before each step."""
    steps = _shown(_NAMESPACE.sub("", location)).split("/")
    return Markup("<wbr>/").join(escape(step) for step in steps)


def _discounts(terms: str | None, currency: str | None) -> list[str]:
    """Sentences for the discounts that XRechnung writes as '#SKONTO#TAGE=14#PROZENT=2.25#'."""
    return [_discount(*found.groups(), currency) for found in _DISCOUNT.finditer(terms or "")]


def _discount(days: str, rate: str, base: str | None, currency: str | None) -> str:
    of = f" auf {german.amount(Decimal(base), currency)}" if base else ""
    return f"{german.percent(Decimal(rate))}{of} bei Zahlung binnen {int(days)} Tagen"


def _instant(moment: datetime) -> str:
    """The moment in universal time, to the second: '2026-11-24T13:05:07Z'."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
