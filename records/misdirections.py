"""Mail that went to the wrong unit (Irrläufer), counted by what had decided; nothing is learned from closed mail."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef

from records.models import Act, Document, Misdirection, Reading
from schemas.recognised import Evidence
from schemas.roles import Action
from schemas.states import CLOSED, State

__all__ = ["ByRule", "Decided", "by_rule", "causes", "decided_by", "note"]

_ARRIVED = (State.FILED, State.HANDED_OVER, State.STAGED, State.APPRAISED, State.SUBMITTED)
_BY_PEOPLE = (Action.DECIDE, Action.REDIRECT)


@dataclass(frozen=True, slots=True)
class Decided:
    """What had sent a document where it is: on what evidence, by which model, and whether no person had decided."""

    evidence: str
    model: str
    by_rule: bool


@dataclass(frozen=True, slots=True)
class ByRule:
    """One way of deciding: kind of evidence, document type and unit; how much went there by itself, and went wrong."""

    evidence: Evidence
    document_type: str
    unit: str
    model: str
    routed: int
    wrong: int

    @property
    def rate(self) -> float:
        """Share of misdirected mail, 0..1."""
        return self.wrong / self.routed if self.routed else 0.0


def decided_by(document: Document) -> Decided:
    """To be asked before the next act: what decided until now."""
    reading = Reading.objects.filter(document=document).first()
    people = document.acts.filter(action__in=_BY_PEOPLE).exists()
    return Decided(reading.evidence if reading else "", reading.model if reading else "", not people)


def note(act: Act, before: tuple[str | None, str | None], decided: Decided, cause: str) -> None:
    """Keep that mail of (unit, type) went wrong, by the person's act; in the caller's transaction."""
    unit, document_type = before
    Misdirection.objects.create(
        act=act,
        from_unit=unit or "",
        to_unit="" if act.action == Action.SEND_BACK else act.document.unit or "",
        document_type=document_type or "",
        cause=cause,
        evidence=decided.evidence,
        model=decided.model,
        by_rule=decided.by_rule,
    )


def by_rule(since: datetime) -> tuple[ByRule, ...]:
    """Every way that mail has gone by itself since then, the most often misdirected first.

    What was misdirected counts where it had gone, not where it is now.
    """
    people = Act.objects.filter(document=OuterRef("document"), action__in=_BY_PEOPLE)
    arrived = (
        Reading.objects.filter(read_at__gte=since, document__state__in=_ARRIVED)
        .filter(~Exists(people))
        .order_by()
        .values_list("evidence", "document__document_type", "document__unit", "model")
        .annotate(count=Count("pk"))
    )
    routed: Counter[tuple[str, str, str, str]] = Counter()
    for evidence, kind, unit, model, count in arrived:
        routed[evidence, kind or "", unit or "", model] += count
    wrong: Counter[tuple[str, str, str, str]] = Counter()
    for row in _counted(since):
        key = (row.evidence, row.document_type, row.from_unit, row.model)
        wrong[key] += 1
        routed[key] += 1
    found = (
        ByRule(Evidence(key[0]), key[1], key[2], key[3], routed[key], wrong[key])
        for key in routed
        if key[0] in set(Evidence)
    )
    return tuple(sorted(found, key=lambda each: (-each.wrong, -each.routed, each.document_type, each.unit)))


def causes(since: datetime) -> Counter[str]:
    """How often each reason was given, whoever had decided."""
    rows = Misdirection.objects.filter(act__at__gte=since).exclude(act__document__state__in=CLOSED)
    return Counter(rows.values_list("cause", flat=True))


def _counted(since: datetime) -> list[Misdirection]:
    rows = Misdirection.objects.filter(act__at__gte=since, by_rule=True).exclude(act__document__state__in=CLOSED)
    return list(rows)
