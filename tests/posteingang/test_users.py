"""Accounts: made once, changed on purpose, closed without losing what was signed; every change is on record."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from django.contrib.auth import authenticate, get_user_model

from config.settings import load_settings
from posteingang.users import accounts, add_user, close_user, set_email, set_password, set_roles
from records.access import person_of
from schemas.errors import BadInput
from schemas.roles import Role

pytestmark = pytest.mark.django_db

PASSWORD, OTHER = "ein-langes-kennwort-7", "ein-anderes-kennwort-8"


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """The commands log as the product does; other tests keep their own."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def anna(**changes: object) -> None:
    values = {"full_name": "Anna Beispiel", "roles": ["bereich"], "units": ["51"]} | changes
    add_user("anna", PASSWORD, **values)  # type: ignore[arg-type]


def test_an_account_has_its_name_roles_and_units() -> None:
    anna(roles=["bereich", "anordnung"], units=["51", "22", "51"])
    (account,) = accounts()
    assert (account.name, account.full_name, account.closed) == ("anna", "Anna Beispiel", False)
    assert account.roles == (Role.ORDERING, Role.UNIT)
    assert account.units == ("22", "51")


def test_the_address_for_notices_is_one_or_none() -> None:
    anna(email="anna@example.org")
    assert accounts()[0].email == "anna@example.org"
    with pytest.raises(BadInput, match="keine E-Mail-Adresse"):
        set_email("anna", "anna@\nBcc: b@example.org")
    assert accounts()[0].email == "anna@example.org"
    set_email("anna", "")
    assert accounts()[0].email == ""


def test_a_name_that_is_taken_is_not_taken_over() -> None:
    anna()
    with pytest.raises(BadInput, match="gibt es schon"):
        anna(roles=["administration"])
    assert accounts()[0].roles == (Role.UNIT,)
    assert authenticate(username="anna", password=PASSWORD)


def test_roles_are_exactly_what_is_said_also_none() -> None:
    anna()
    set_roles("anna", ["buchhaltung"], [])
    assert (accounts()[0].roles, accounts()[0].units) == ((Role.ACCOUNTING,), ())
    set_roles("anna", [], [])
    assert accounts()[0].roles == ()


def test_a_password_changes_nothing_else() -> None:
    anna()
    set_password("anna", OTHER)
    assert authenticate(username="anna", password=PASSWORD) is None
    assert authenticate(username="anna", password=OTHER)
    assert accounts()[0].units == ("51",)


def test_a_closed_account_is_nobody_any_more_and_stays_in_the_list() -> None:
    anna()
    close_user("anna")
    assert authenticate(username="anna", password=PASSWORD) is None
    assert person_of(get_user_model().objects.get()) is None
    assert accounts()[0].closed


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"roles": ["chef"]}, "Die Rolle 'chef' gibt es nicht. Erlaubt: poststelle"),
        ({"units": ["99"]}, "Die Organisationseinheit '99' gibt es nicht. Erlaubt: 10/1"),
    ],
)
def test_a_wrong_role_or_unit_leaves_no_account(changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(BadInput) as refusal:
        anna(**changes)
    assert str(refusal.value).startswith(sentence)
    assert accounts() == []


def test_a_weak_password_leaves_no_account() -> None:
    with pytest.raises(BadInput, match=r"Kennwort|Passwort"):
        add_user("anna", "kurz", full_name="", roles=[], units=[])
    assert accounts() == []


@pytest.mark.parametrize("change", [close_user, lambda name: set_roles(name, [], [])])
def test_an_account_that_does_not_exist_is_said(change: object) -> None:
    with pytest.raises(BadInput, match="gibt es nicht"):
        change("niemand")  # type: ignore[operator]


def test_every_change_is_on_record_without_names() -> None:
    anna()
    set_roles("anna", ["buchhaltung"], [])
    close_user("anna")
    text = (load_settings().logs / "accounts.log").read_text(encoding="utf-8")
    said = [json.loads(line) for line in text.splitlines()][-3:]
    assert [line["event"] for line in said] == ["account_added", "account_roles", "account_closed"]
    assert said[1]["roles"] == "buchhaltung"
    assert "Beispiel" not in text
