"""Who stands in for whom (Vertretung): named for days, revoked with a reason, never passed on."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet

from config.load import city
from records.models import Deputy, UnitMembership
from schemas.deputies import DeputyKind, StandIn
from schemas.errors import BadInput, Conflict
from schemas.german_time import day_in_germany
from schemas.roles import Person, Role

__all__ = ["Wish", "grant", "may_grant", "revoke", "stand_ins", "visible_deputies"]

_ABLE = frozenset({Role.UNIT, Role.ORDERING})


@dataclass(frozen=True, slots=True)
class Wish:
    """A deputyship to be granted: who for whom (None: for the inbox of the unit), for what, from when until when."""

    deputy_id: int
    principal_id: int | None
    unit: str
    kind: DeputyKind
    valid_from: date
    valid_to: date
    reason: str
    limit: Decimal | None = None


def stand_ins(user_id: int, day: date) -> tuple[StandIn, ...]:
    """Where that account is a deputy on that (German) day. Nobody stands in for who has left the unit."""
    rows = Deputy.objects.filter(deputy_id=user_id, revoked_at=None, valid_from__lte=day, valid_to__gte=day)
    return tuple(_seen(row) for row in rows.select_related("principal").order_by("id") if _still_holds(row))


def visible_deputies(person: Person) -> QuerySet[Deputy]:
    """Poststelle, Administration and Rechnungsprüfung: all. A unit: those of its own units."""
    rows = Deputy.objects.select_related("principal", "deputy").order_by("-valid_to", "-id")
    if person.roles & {Role.MAILROOM, Role.ADMIN, Role.AUDIT}:
        return rows
    return rows.filter(unit__in=person.units)


def may_grant(person: Person, unit: str) -> bool:
    """By configuration; staff of a unit only for their own unit, and never as a deputy."""
    able = person.roles & set(city().distribution.deputies_by)
    return bool(able - _ABLE) or (bool(able & _ABLE) and unit in person.units)


def grant(wish: Wish, person: Person, now: datetime) -> Deputy:
    """Keep it; BadInput says what is against it."""
    if not may_grant(person, wish.unit):
        raise BadInput("Für diese Einheit können Sie keine Vertretung eintragen.")
    _check_days(wish, now)
    if not wish.reason:
        raise BadInput("Der Grund fehlt.", remedy="Bitte in einem Satz, zum Beispiel „Urlaub“.")
    if wish.deputy_id == wish.principal_id:
        raise BadInput("Niemand vertritt sich selbst.")
    if wish.deputy_id == person.user_id:
        raise BadInput("Sich selbst kann niemand als Vertretung eintragen.")
    if not _works(wish.deputy_id, _ABLE):
        raise BadInput("Wer vertritt, braucht selbst ein offenes Konto mit der Rolle Bereich oder Anordnung.")
    if wish.principal_id is not None and not _member(wish.principal_id, wish.unit):
        raise BadInput("Die vertretene Person gehört nicht zu dieser Einheit.")
    if wish.limit is not None and wish.limit <= 0:
        raise BadInput("Die Betragsgrenze muss größer als 0 sein.")
    return Deputy.objects.create(
        deputy_id=wish.deputy_id,
        principal_id=wish.principal_id,
        unit=wish.unit,
        kind=wish.kind,
        valid_from=wish.valid_from,
        valid_to=wish.valid_to,
        limit=wish.limit,
        reason=wish.reason,
        granted_by=person.name,
        granted_by_user_id=person.user_id,
        granted_at=now,
    )


def revoke(deputy_id: int, person: Person, reason: str, now: datetime) -> None:
    """It ends now. Conflict if it has ended already."""
    row = visible_deputies(person).filter(id=deputy_id).first()
    if row is None or not may_grant(person, row.unit):
        raise BadInput("Diese Vertretung können Sie nicht beenden.")
    if not reason:
        raise BadInput("Die Begründung fehlt.")
    done = Deputy.objects.filter(id=deputy_id, revoked_at=None)
    if not done.update(revoked_at=now, revoked_by=person.name, revoke_reason=reason):
        raise Conflict("Diese Vertretung ist schon beendet.")


def _check_days(wish: Wish, now: datetime) -> None:
    today, longest = day_in_germany(now), city().distribution.longest_deputy_days
    if wish.valid_to < wish.valid_from or wish.valid_to < today:
        raise BadInput("Der letzte Tag liegt vor dem ersten oder ist schon vorbei.")
    if (wish.valid_to - wish.valid_from).days >= longest:
        raise BadInput(f"Eine Vertretung dauert höchstens {longest} Tage.")
    if not any(unit.number == wish.unit for unit in city().units_on(today)):
        raise BadInput("Die Einheit fehlt.", remedy="Bitte wählen Sie eine Organisationseinheit aus der Liste.")


def _works(user_id: int, roles: frozenset[Role]) -> bool:
    return (
        get_user_model()
        .objects.filter(Q(groups__name__in=[role.value for role in roles]), pk=user_id, is_active=True)
        .exists()
    )


def _member(user_id: int, unit: str) -> bool:
    return UnitMembership.objects.filter(user_id=user_id, unit=unit).exists()


def _still_holds(row: Deputy) -> bool:
    return row.principal_id is None or _member(row.principal_id, row.unit)


def _seen(row: Deputy) -> StandIn:
    principal = row.principal
    name = f"Posteingang {row.unit}" if principal is None else principal.get_full_name() or principal.get_username()
    return StandIn(row.unit, DeputyKind(row.kind), name, row.valid_to, row.principal_id, row.limit)
