"""Accounts of the page: password, name, roles (groups) and units."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from config.load import city
from config.settings import load_settings
from schemas.errors import BadInput
from schemas.roles import Role

__all__ = ["Account", "accounts", "add_user", "close_user", "set_email", "set_password", "set_roles"]


@dataclass(frozen=True, slots=True)
class Account:
    """One account as it is listed."""

    name: str
    full_name: str
    roles: tuple[Role, ...]
    units: tuple[str, ...]
    closed: bool
    email: str = ""


def add_user(
    name: str, password: str, *, full_name: str, roles: Iterable[str], units: Iterable[str], email: str = ""
) -> None:
    """A new account. BadInput if there is one of that name, for a weak password, a wrong address, role or unit."""
    from django.contrib.auth import get_user_model
    from django.core.exceptions import ValidationError
    from django.db import transaction

    users = get_user_model()
    if users.objects.filter(username=name).exists():
        raise BadInput(f"Den Benutzer {name!r} gibt es schon.", remedy="users password oder users roles verwenden.")
    user = users(username=name)
    try:
        users.username_validator(name)
    except ValidationError as problem:
        raise BadInput(f"Benutzer {name!r}: {' '.join(problem.messages)}") from None
    user.first_name, _, user.last_name = full_name.strip().rpartition(" ")
    user.email = _address(email)
    with transaction.atomic():
        _give_password(user, password)
        _give_roles(user, roles, units)
    _record("account_added", user)


def set_password(name: str, password: str) -> None:
    """Another password; roles and units stay. BadInput for a weak one, or if there is no such account."""
    user = _account(name)
    _give_password(user, password)
    _record("account_password", user)


def set_email(name: str, email: str) -> None:
    """Where notices go from now on; empty: nowhere. BadInput for what is no address."""
    user = _account(name)
    user.email = _address(email)
    user.save(update_fields=["email"])
    _record("account_email", user)


def set_roles(name: str, roles: Iterable[str], units: Iterable[str]) -> None:
    """Exactly these roles and units from now on, also none."""
    from django.db import transaction

    user = _account(name)
    with transaction.atomic():
        _give_roles(user, roles, units)
    _record("account_roles", user)


def close_user(name: str) -> None:
    """The account cannot log in any more; what it signed stays signed under its name."""
    user = _account(name)
    user.is_active = False
    user.save(update_fields=["is_active"])
    _record("account_closed", user)


def accounts() -> list[Account]:
    """All accounts by name, with what they may do."""
    from django.contrib.auth import get_user_model

    from records.access import person_of

    found: list[Account] = []
    for user in get_user_model().objects.order_by("username"):
        person = person_of(user)
        roles, units = (person.roles, person.units) if person else (frozenset[Role](), frozenset[str]())
        found.append(
            Account(
                user.username,
                user.get_full_name(),
                tuple(sorted(roles)),
                tuple(sorted(units)),
                not user.is_active,
                user.email,
            )
        )
    return found


def _record(event: str, user: Any) -> None:
    """Who could log in and sign, and since when, stands in a log of its own (ids only)."""
    import structlog
    from django.utils import timezone

    from records.appointments import keep
    from workers.process import prepare_logging

    keep(user, timezone.now())
    prepare_logging("accounts", load_settings())
    roles = sorted(user.groups.values_list("name", flat=True))
    structlog.get_logger().info(event, account=user.pk, roles=",".join(roles))


def _account(name: str) -> Any:
    from django.contrib.auth import get_user_model

    user = get_user_model().objects.filter(username=name).first()
    if user is None:
        raise BadInput(f"Den Benutzer {name!r} gibt es nicht.", remedy="users list zeigt alle.")
    return user


def _address(text: str) -> str:
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email

    address = text.strip()
    try:
        if address:
            validate_email(address)
    except ValidationError:
        raise BadInput(f"{address!r} ist keine E-Mail-Adresse.", remedy="Erwartet wird NAME@RECHNER.") from None
    return address


def _give_password(user: Any, password: str) -> None:
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    try:
        validate_password(password, user)
    except ValidationError as problem:
        raise BadInput(f"Benutzer {user.username!r}: {' '.join(problem.messages)}") from None
    user.set_password(password)
    user.save()


def _give_roles(user: Any, roles: Iterable[str], units: Iterable[str]) -> None:
    from django.contrib.auth.models import Group

    from records.models import UnitMembership

    chosen, numbers = [_role(role) for role in roles], [_unit(unit) for unit in units]
    user.groups.set(Group.objects.get_or_create(name=role.value)[0] for role in chosen)
    UnitMembership.objects.filter(user=user).delete()
    UnitMembership.objects.bulk_create(UnitMembership(user=user, unit=number) for number in dict.fromkeys(numbers))


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
