"""How templates write amounts, times and the names of states, units and types."""

from datetime import date, datetime

from django import template
from django.utils import timezone

from config.load import city
from pipelines.flow import stage_of
from pipelines.invoice.explanation import in_words
from pipelines.invoice.german import ABSENT, amount, day, file_size, iban, moment, percent
from schemas.copies import CopyState
from schemas.deputies import DeputyKind
from schemas.german_time import day_in_germany
from schemas.recognised import Evidence
from schemas.states import CLOSED, FileRole, Kind, State
from schemas.validation import InvoiceKind, Verdict
from web.evidence import label_of

register = template.Library()
for filter_function in (amount, day, file_size, iban, moment, percent, in_words):
    register.filter(filter_function)

_EVIDENCE = {
    Evidence.SHEET: "Trennblatt",
    Evidence.REFERENCE: "Unser Zeichen",
    Evidence.ADDRESS: "Anschrift",
    Evidence.FORM: "Vordruck oder Betreff",
    Evidence.SENDER: "Bekannter Absender",
    Evidence.WORDS: "Wörter",
    Evidence.NONE: "nichts Deutliches",
}
_TONES = {Kind.AUTOMATIC: "run", Kind.WAITING: "wait", Kind.EXPECTED: "run", Kind.FINAL: "done"}
_VERDICT_TONES = {Verdict.ACCEPT: "done", Verdict.REJECT: "bad", Verdict.NOT_ASSESSED: "wait"}


@register.filter
def state(value: str) -> str:
    """'wartet auf Auszahlungsanordnung'."""
    return stage_of(State(value)).label


@register.filter
def closed(value: str) -> bool:
    """True in a state in which nothing of a document may be shown but its number."""
    return value in CLOSED


@register.filter
def file_role(value: str) -> str:
    """'Rohscan als PDF'."""
    return label_of(FileRole(value))


@register.filter
def dms_occasion(value: str) -> str:
    """What a task in the DMS is about: 'wartet auf Auszahlungsanordnung', 'neuer Eingang'."""
    return "neuer Eingang" if value == State.FILED else stage_of(State(value)).label


@register.filter
def tone(value: str) -> str:
    """Whether something runs, waits or is done: the class of its badge."""
    return _TONES[stage_of(State(value)).kind]


@register.filter
def unit(number: str | None) -> str:
    """'16 Bereich EDV'; a unit that no longer exists keeps its number."""
    found = city().unit(number or "")
    return f"{found.number} {found.name}" if found else number or ABSENT


@register.filter
def unit_then(number: str | None, moment: datetime) -> str:
    """The unit under its name of that moment: a reorganisation changes nothing that is recorded."""
    found = city().unit(number or "", day_in_germany(moment))
    return f"{found.number} {found.name}" if found else number or ABSENT


@register.filter
def document_type(key: str | None) -> str:
    """'Antrag Wohngeld'; a type that no longer exists keeps its key."""
    found = city().document_type(key or "")
    return found.name if found else key or ABSENT


@register.filter
def verdict(value: str | None) -> str:
    """'formal geprüft'; before the check there is none."""
    return Verdict(value).label if value else "noch nicht geprüft"


@register.filter
def verdict_tone(value: str | None) -> str:
    return _VERDICT_TONES[Verdict(value)] if value else "run"


@register.filter
def invoice_kind(value: str | None) -> str:
    """'E-Rechnung'."""
    return InvoiceKind(value).label if value else ABSENT


@register.filter
def evidence(value: str) -> str:
    """'Anschrift': what a decision rested on."""
    return _EVIDENCE[Evidence(value)]


@register.filter
def copy_state(value: str) -> str:
    """'zugestellt'."""
    return CopyState(value).label


@register.filter
def deputy_kind(value: str) -> str:
    """'Post und Freigabe von Rechnungen'."""
    return DeputyKind(value).label


@register.filter
def past(value: date | None) -> bool:
    """True for a day before today."""
    return value is not None and value < timezone.localdate()


@register.filter
def per_cent(value: float | None) -> str:
    """'87 %' for 0.87."""
    return ABSENT if value is None else f"{value:.0%}".replace("%", " %")
