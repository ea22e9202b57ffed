"""Accounts with roles and units, as the administration makes them."""

from uuid import uuid4

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.utils import timezone

from records.access import person_of
from records.appointments import keep
from records.models import UnitMembership
from schemas.roles import Person, Role

__all__ = ["make_person"]


def make_person(*roles: Role, units: tuple[str, ...] = (), name: str = "Maria Muster") -> Person:
    """A new account seen as a person."""
    first, _, last = name.rpartition(" ")
    user = get_user_model().objects.create(username=str(uuid4()), first_name=first, last_name=last)
    user.groups.set(Group.objects.get_or_create(name=role.value)[0] for role in roles)
    for unit in units:
        UnitMembership.objects.create(user=user, unit=unit)
    keep(user, timezone.now())
    person = person_of(user)
    assert person is not None
    return person
