"""Values to render and a reader of the pages made from them."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from itertools import count
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from pipelines.invoice.render import Protocol
from schemas.invoice import AllowanceCharge, Invoice, Line, Party, Syntax, Totals
from schemas.payment import CreditTransfer, PaymentMeans
from schemas.roles import Action
from schemas.validation import Finding, InvoiceKind, RuleSheet, Severity, ValidationReport, Verdict
from schemas.values import Act, Assessment, Entry, FileDigest, InvoiceFacts

SHA256, SHA512 = "ab12cd34" * 8, "0123456789abcdef" * 8
NAMESPACE = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
LOCATION = f"/*:Invoice[namespace-uri()='{NAMESPACE}'][1]/*:AccountingSupplierParty[namespace-uri()='{NAMESPACE}'][1]"


@dataclass
class Page(HTMLParser):
    """What a browser would show of a page: the text of the body, the tags, and every attribute."""

    html: str
    text: str = ""
    tags: list[str] = field(default_factory=list)
    attributes: list[tuple[str, str]] = field(default_factory=list)
    hidden: str | None = None

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self.hidden = tag if tag in ("title", "style") else None
        self._part(tag)

    def handle_endtag(self, tag: str) -> None:
        self.hidden = None
        self._part(tag)

    def _part(self, tag: str) -> None:
        """Blocks and cells stand apart; what is inside a line does not."""
        self.text += "" if tag in ("small", "span", "wbr") else " "

    def handle_data(self, data: str) -> None:
        if self.hidden is None:
            self.text += data

    @property
    def words(self) -> str:
        """The text with every run of white space as one blank."""
        return " ".join(self.text.split())


def filled(kind: Any, numbers: Iterator[int] | None = None, around: tuple[Any, ...] = ()) -> Any:
    """A value of that type in which every leaf is given and no two leaves are equal; lines have one level of sub-lines.

    `around`: the types it is part of.
    """
    numbers = numbers or count(100)
    if get_origin(kind) in (Union, UnionType):
        return filled(next(part for part in get_args(kind) if part is not type(None)), numbers, around)
    if get_origin(kind) is tuple:
        item = get_args(kind)[0]
        return tuple(filled(item, numbers, around) for _ in range(2)) if around.count(item) < 2 else ()
    if is_dataclass(kind):
        hints, around = get_type_hints(kind), (*around, kind)
        given = {part.name: filled(hints[part.name], numbers, around) for part in fields(kind)}
        return kind(**given)  # type: ignore[operator]
    return _leaf(kind, next(numbers))


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every leaf with its path: 'seller.address.city', 'lines[0].net'."""
    if is_dataclass(value):
        for part in fields(value):
            yield from leaves(getattr(value, part.name), f"{path}.{part.name}".lstrip("."))
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from leaves(item, f"{path}[{index}]")
    else:
        yield path, value


def _leaf(kind: Any, number: int) -> Any:
    makers: dict[Any, Any] = {
        str: lambda: f"Wort{number:04}q",
        Decimal: lambda: Decimal(f"{number + 2000}.11"),
        date: lambda: date(2026, 1, 1) + timedelta(days=number),
        bytes: lambda: b"x" * (number * 1000),
        bool: lambda: number % 2 == 0,
        Syntax: lambda: Syntax.CII,
    }
    return makers[kind]()


def small_invoice(**changes: Any) -> Invoice:
    """One line, one account, nothing unusual."""
    invoice = Invoice(
        syntax=Syntax.UBL_INVOICE,
        number="R-4711",
        issued_on=date(2026, 11, 2),
        type_code="380",
        currency="EUR",
        due_on=date(2026, 12, 2),
        seller=Party(name="Müller & Söhne GmbH"),
        payment=(PaymentMeans("58", transfers=(CreditTransfer("DE02120300000000202051"),)),),
        totals=Totals(net=Decimal("1000.00"), gross=Decimal("1190.00"), payable=Decimal("1190.00")),
        lines=(small_line(1),),
    )
    return replace(invoice, **changes)


def small_line(number: int, **changes: Any) -> Line:
    line = Line(
        identifier=str(number),
        name=f"Posten {number}",
        quantity=Decimal("1250.50"),
        unit="MTK",
        net_price=Decimal("0.8"),
        net=Decimal("1000.40"),
        vat_category="S",
        vat_rate=Decimal("19.00"),
    )
    return replace(line, **changes)


def allowance(**changes: Any) -> AllowanceCharge:
    return replace(AllowanceCharge(is_charge=False, amount=Decimal(50), reason_code="95"), **changes)


def finding(severity: Severity, rule: str = "BR-DE-5") -> Finding:
    return Finding(rule=rule, severity=severity, location=LOCATION, message="Der <Kontakt> & mehr fehlt.")


def report(*findings: Finding, verdict: Verdict = Verdict.ACCEPT) -> ValidationReport:
    return ValidationReport(
        file="rechnung.xml",
        syntax="UBL Invoice",
        profile="urn:cen.eu:en16931:2017",
        verdict=verdict,
        kind=InvoiceKind.E_RECHNUNG,
        scenario="EN16931 (UBL Invoice)",
        findings=findings,
        reason="Alle Regelwerke haben geprüft.",
        rules=(RuleSheet(name="EN16931-UBL-validation", version="1.3.16", sha256=SHA256),),
    )


def act(action: Action = Action.CERTIFY_FACTUALLY, **changes: Any) -> Act:
    done = Act(
        action=action,
        user_id=7,
        name="Maria Muster",
        at=datetime(2026, 11, 24, 13, 5, 7, tzinfo=UTC),
        wording="Die Leistung wurde erbracht. Sachlich richtig.",
        reason="",
        sequence=4711,
        seen_sha256="1" * 64,
        report_sha256="2" * 64,
    )
    return replace(done, **changes)


def protocol(*acts: Act, **changes: Any) -> Protocol:
    facts = InvoiceFacts(
        "UBL Invoice",
        number="R-4711",
        issued_on=date(2026, 11, 2),
        type_code="380",
        currency="EUR",
        payable=Decimal("1190.00"),
        seller_name="Müller & Söhne GmbH",
        account="DE02120300000000202051",
    )
    made = Protocol(
        city="Stadt Iserlohn",
        register_number="RE-2026-000042",
        mail_number="PE-2026-000123",
        received_at=datetime(2026, 7, 23, 6, 12, tzinfo=UTC),
        entry=Entry("RE-2026-000042", facts, Assessment(Verdict.ACCEPT, InvoiceKind.E_RECHNUNG, "EN16931")),
        acts=acts,
        files=(("Rechnung wie eingegangen", "rechnung.xml", FileDigest(SHA256, SHA512, 12345)),),
        unit="16 Zentrale Dienste",
        made_at=datetime(2026, 11, 24, 14, 0, tzinfo=UTC),
    )
    return replace(made, **changes)
