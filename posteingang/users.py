"""Accounts of the page: password, name, roles (groups) and units."""

from collections.abc import Iterable
from dataclasses import dataclass

from config.load import city
from schemas.errors import BadInput
from schemas.roles import Role

__all__ = ["Account", "accounts", "add_user"]


@dataclass(frozen=True, slots=True)
class Account:
    """One account as it is listed."""

    name: str
    full_name: str
    roles: tuple[Role, ...]
    units: tuple[str, ...]


def add_user(
    name: str, password: str, *, full_name: str = "", roles: Iterable[str] = (), units: Iterable[str] = ()
) -> bool:
    """Create the account or set it anew; True if it is new. Roles and units given replace the earlier ones.

    BadInput for a weak password, an unknown role, an unknown unit.
    """
    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import Group
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.db import transaction

    from records.models import UnitMembership

    chosen = [_role(role) for role in roles]
    numbers = [_unit(unit) for unit in units]
    users = get_user_model()
    user = users.objects.filter(username=name).first() or users(username=name)
    try:
        users.username_validator(name)
        validate_password(password, user)
    except ValidationError as problem:
        raise BadInput(f"Benutzer {name!r}: {' '.join(problem.messages)}") from None
    new = user.pk is None
    user.set_password(password)
    if full_name:
        user.first_name, _, user.last_name = full_name.strip().rpartition(" ")
    with transaction.atomic():
        user.save()
        if chosen:
            user.groups.set(Group.objects.get_or_create(name=role.value)[0] for role in chosen)
        if numbers:
            UnitMembership.objects.filter(user=user).delete()
            UnitMembership.objects.bulk_create(UnitMembership(user=user, unit=number) for number in numbers)
    return new


def accounts() -> list[Account]:
    """All accounts by name, with what they may do."""
    from django.contrib.auth import get_user_model

    from records.access import person_of

    found: list[Account] = []
    for user in get_user_model().objects.order_by("username"):
        person = person_of(user)
        roles, units = (person.roles, person.units) if person else (frozenset[Role](), frozenset[str]())
        found.append(Account(user.username, user.get_full_name(), tuple(sorted(roles)), tuple(sorted(units))))
    return found


def _role(text: str) -> Role:
    try:
        return Role(text)
    except ValueError:
        raise BadInput(f"Die Rolle {text!r} gibt es nicht.", remedy=f"Erlaubt: {', '.join(Role)}.") from None


def _unit(text: str) -> str:
    if city().unit(text) is None:
        known = ", ".join(unit.number for unit in city().organisation.units)
        raise BadInput(f"Die Organisationseinheit {text!r} gibt es nicht.", remedy=f"Erlaubt: {known}.")
    return text
