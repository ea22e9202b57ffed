"""Limits of amount: proposed by one person, approved by another, never overwritten, only ended."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.utils import timezone

from records.decisions import Conflict
from records.models import AmountLimit, LimitEnd
from schemas.errors import BadInput
from schemas.limits import Limit, LimitKind
from schemas.roles import Person, Role

__all__ = ["DECIDING", "PROPOSING", "Wish", "decide", "limits_of", "propose", "propose_end", "waiting"]

PROPOSING = frozenset({Role.ADMIN})
DECIDING = frozenset({Role.ADMIN, Role.ACCOUNTING})
Proposal = type[AmountLimit] | type[LimitEnd]
_LONGEST_REASON = 1000


@dataclass(frozen=True, slots=True)
class Wish:
    """A limit somebody asks for. `account`: the name of the account, None: everybody of the unit; `most` in euros."""

    kind: LimitKind
    account: str | None
    unit: str | None
    most: Decimal | None
    valid_from: date
    valid_to: date | None
    reason: str


def limits_of(at: datetime | None = None) -> tuple[Limit, ...]:
    """Every limit that was ever approved, with the days on which it holds; as known at that moment, if given."""
    granted = AmountLimit.objects.filter(outcome="approved").prefetch_related("ends").order_by("id")
    if at is not None:
        granted = granted.filter(decided_at__lte=at)
    return tuple(_limit(row, at) for row in granted)


def propose(wishes: Iterable[Wish], person: Person, now: datetime) -> int:
    """Enter these limits as proposals, all or none; how many. BadInput says which one is wrong."""
    _refuse(person, PROPOSING)
    with transaction.atomic():
        rows = [_row(wish, person, now) for wish in wishes]
        AmountLimit.objects.bulk_create(rows)
    return len(rows)


def propose_end(number: int, last_day: date, reason: str, person: Person, now: datetime) -> None:
    """The limit shall end with that day; another person has to agree. BadInput, Conflict among them."""
    _refuse(person, PROPOSING)
    row = AmountLimit.objects.filter(pk=number, outcome="approved").first()
    if row is None:
        raise BadInput("Diese Betragsgrenze gibt es nicht.")
    if last_day < timezone.localdate(now) - timedelta(days=1) or last_day < row.valid_from - timedelta(days=1):
        raise BadInput("Der letzte Tag liegt zu weit zurück.", remedy="Eine Grenze endet frühestens mit gestern.")
    try:
        with transaction.atomic():
            LimitEnd.objects.create(limit=row, last_day=last_day, **_proposal(reason, person, now))
    except IntegrityError:
        raise Conflict("Das Ende dieser Betragsgrenze ist schon vorgeschlagen oder beschlossen.") from None


def decide(what: Proposal, number: int, *, agree: bool, person: Person, now: datetime) -> None:
    """Approve or refuse a proposal, once, by another person than the one who made it and not for oneself."""
    _refuse(person, DECIDING)
    with transaction.atomic():
        row = what.objects.filter(pk=number).first()
        if row is None:
            raise BadInput("Diesen Vorschlag gibt es nicht.")
        if agree and person.user_id in (row.proposed_by_id, _beneficiary(row)):
            raise BadInput("Das muss eine andere Person freigeben (Vier-Augen-Prinzip).")
        changed = what.objects.filter(pk=number, outcome="").update(
            outcome="approved" if agree else "refused",
            decided_by_id=person.user_id,
            decided_name=person.name,
            decided_at=now,
        )
        if not changed:
            raise Conflict(f"Darüber hat inzwischen {row.decided_name or 'eine andere Person'} entschieden.")


def waiting() -> int:
    """How many proposals nobody has decided yet."""
    return AmountLimit.objects.filter(outcome="").count() + LimitEnd.objects.filter(outcome="").count()


def _limit(row: AmountLimit, at: datetime | None) -> Limit:
    """Approved later than it should begin, a limit begins on the day of its approval; its end likewise."""
    last = row.valid_to
    for end in row.ends.all():
        if end.outcome == "approved" and (at is None or _moment(end.decided_at) <= at):
            ended = max(end.last_day, timezone.localdate(_moment(end.decided_at)) - timedelta(days=1))
            last = ended if last is None else min(last, ended)
    return Limit(
        number=row.pk,
        kind=LimitKind(row.kind),
        user_id=row.user_id,
        unit=row.unit,
        most=row.most,
        valid_from=max(row.valid_from, timezone.localdate(_moment(row.decided_at))),
        valid_to=last,
    )


def _moment(decided_at: datetime | None) -> datetime:
    if decided_at is None:
        raise AssertionError("decided without a moment")
    return decided_at


def _row(wish: Wish, person: Person, now: datetime) -> AmountLimit:
    user = _account(wish.account) if wish.account is not None else None
    if user is None and wish.unit is None:
        raise BadInput("Es fehlt, für wen die Betragsgrenze gilt.", remedy="Bitte Konto oder Einheit angeben.")
    if wish.most is not None and not 0 <= wish.most < Decimal(10) ** 12:
        raise BadInput("Der Betrag der Grenze ist negativ oder zu hoch.")
    if wish.valid_to is not None and wish.valid_to < wish.valid_from:
        raise BadInput("„Gültig bis“ liegt vor „Gültig ab“.")
    return AmountLimit(
        kind=wish.kind,
        user=user,
        name=(user.get_full_name() or user.get_username()) if user else "",
        unit=wish.unit,
        most=wish.most,
        valid_from=wish.valid_from,
        valid_to=wish.valid_to,
        **_proposal(wish.reason, person, now),
    )


def _account(name: str) -> Any:
    user = get_user_model().objects.filter(username=name, is_active=True).first()
    if user is None:
        raise BadInput(f"Das Konto {name!r} gibt es nicht.", remedy="Erwartet wird der Anmeldename.")
    return user


def _proposal(reason: str, person: Person, now: datetime) -> dict[str, Any]:
    if not reason.strip():
        raise BadInput("Der Grund fehlt.", remedy="Bitte nennen Sie die Verfügung oder den Anlass.")
    if len(reason) > _LONGEST_REASON:
        raise BadInput(f"Der Grund ist zu lang (höchstens {_LONGEST_REASON} Zeichen).")
    return {
        "reason": reason.strip(),
        "proposed_by_id": person.user_id,
        "proposed_name": person.name,
        "proposed_at": now,
    }


def _beneficiary(row: AmountLimit | LimitEnd) -> int | None:
    return row.user_id if isinstance(row, AmountLimit) else None


def _refuse(person: Person, roles: frozenset[Role]) -> None:
    if not person.roles & roles:
        raise BadInput("Betragsgrenzen pflegen Administration und Buchhaltung gemeinsam.")
