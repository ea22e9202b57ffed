"""Who had which role and worked in which unit, and when: rows that are never overwritten, only ended."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from records.models import Appointment, Deputy, UnitMembership
from schemas.deputies import DeputyKind, StandIn
from schemas.roles import Person, Role

__all__ = ["keep", "persons_on", "stood_in"]


@dataclass(frozen=True, slots=True)
class _What:
    role: str = ""
    unit: str = ""


def keep(user: Any, now: datetime) -> None:
    """Note what the account may do from now on, and that what it may not do any more has ended. Often is harmless."""
    with transaction.atomic():
        running = {_What(row.role, row.unit): row for row in _running(user)}
        present = _present(user)
        for what, row in running.items():
            if what not in present:
                row.ended_at = now
                row.save(update_fields=["ended_at"])
        Appointment.objects.bulk_create(
            [Appointment(user=user, role=what.role, unit=what.unit, since=now) for what in present - set(running)],
            ignore_conflicts=True,
        )


def persons_on(day: date) -> tuple[Person, ...]:
    """Everybody who had a role at any moment of that day (German time), with the roles and units of that day."""
    midnight, following = _bounds(day)
    rows = Appointment.objects.filter(Q(ended_at=None) | Q(ended_at__gt=midnight), since__lt=following)
    known = {role.value for role in Role}
    held: dict[int, set[_What]] = {}
    for row in rows:
        held.setdefault(row.user_id, set()).add(_What(row.role, row.unit))
    users = get_user_model().objects.filter(pk__in=held).order_by("last_name", "username")
    return tuple(
        Person(
            user_id=user.pk,
            name=_name(user),
            roles=frozenset(Role(what.role) for what in held[user.pk] if what.role in known),
            units=frozenset(what.unit for what in held[user.pk] if what.unit),
            account=user.get_username(),
        )
        for user in users
    )


def stood_in(user_id: int, day: date) -> tuple[StandIn, ...]:
    """Where that account was a deputy at any moment of that day (German time), as it was granted then."""
    midnight, following = _bounds(day)
    rows = Deputy.objects.filter(
        Q(revoked_at=None) | Q(revoked_at__gt=midnight),
        deputy_id=user_id,
        valid_from__lte=day,
        valid_to__gte=day,
        granted_at__lt=following,
    )
    return tuple(
        StandIn(
            unit=row.unit,
            kind=DeputyKind(row.kind),
            name=_name(row.principal) if row.principal else f"Einheit {row.unit}",
            until=row.valid_to,
            principal_id=row.principal_id,
            limit=row.limit,
        )
        for row in rows.select_related("principal").order_by("pk")
    )


def _bounds(day: date) -> tuple[datetime, datetime]:
    """Both midnights of a day, which may have 23 or 25 hours."""
    first, last = (datetime.combine(each, datetime.min.time()) for each in (day, day + timedelta(days=1)))
    return timezone.make_aware(first), timezone.make_aware(last)


def _name(user: Any) -> str:
    return str(user.get_full_name() or user.get_username())


def _running(user: Any) -> list[Appointment]:
    return list(Appointment.objects.filter(user=user, ended_at=None))


def _present(user: Any) -> set[_What]:
    if not user.is_active:
        return set()
    roles = {_What(role=name) for name in user.groups.values_list("name", flat=True)}
    units = UnitMembership.objects.filter(user=user).values_list("unit", flat=True)
    return roles | {_What(unit=unit) for unit in units}
