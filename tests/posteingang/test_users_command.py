"""`posteingang users` as an operator types it: what is asked for is there afterwards, what is wrong leaves nothing."""

import logging
import sys
from collections.abc import Callable, Iterator

import pytest
import structlog
from django.contrib.auth import authenticate

from posteingang import cli, cli_accounts
from posteingang.users import accounts
from schemas.roles import Role

pytestmark = pytest.mark.django_db
PASSWORD = "ein-langes-kennwort-7"
Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """Run the command on the database of the test; exit code, output, error output."""
    monkeypatch.setattr(cli_accounts, "open_records", lambda: None)

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["posteingang", "users", *words])
        monkeypatch.setattr("sys.stdin", _Line(f"{PASSWORD}\n"))
        try:
            cli.main()
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 0
        else:
            code = 0
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


class _Line:
    def __init__(self, text: str) -> None:
        self._text = text

    def readline(self) -> str:
        return self._text


def test_an_account_is_added_with_everything_that_was_said(typed: Typed) -> None:
    code, said, _ = typed(
        "add", "anna", "--name", "Anna Beispiel", "--role", "bereich", "--role", "anordnung", "--unit", "16",
        "--unit", "10/1", "--password-stdin",
    )  # fmt: skip
    assert (code, said) == (0, "anna angelegt.\n")
    (account,) = accounts()
    assert (account.full_name, account.units) == ("Anna Beispiel", ("10/1", "16"))
    assert set(account.roles) == {Role.UNIT, Role.ORDERING}
    assert authenticate(username="anna", password=PASSWORD)
    assert "anna (Anna Beispiel): anordnung, bereich; Einheiten 10/1, 16" in typed("list")[1]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--role", "chef"), "Die Rolle 'chef' gibt es nicht. Erlaubt: poststelle, buchhaltung, bereich, anordnung"),
        (("--role", "Bereich"), "Die Rolle 'Bereich' gibt es nicht."),
        (("--unit", "99"), "Die Organisationseinheit '99' gibt es nicht. Erlaubt: 10/1"),
        (("--unit", "16", "--unit", ""), "Die Organisationseinheit '' gibt es nicht."),
        (("--role", "bereich", "--unit", "EDV"), "Die Organisationseinheit 'EDV' gibt es nicht."),
    ],
)
def test_a_role_or_unit_that_does_not_exist_is_one_sentence_and_leaves_no_account(
    words: tuple[str, ...], sentence: str, typed: Typed
) -> None:
    code, said, problem = typed("add", "anna", *words, "--password-stdin")
    assert (code, said) == (2, "")
    assert problem.startswith(sentence)
    assert problem.count("\n") == 1
    assert accounts() == []


def test_roles_wrongly_typed_leave_those_there_were(typed: Typed) -> None:
    typed("add", "anna", "--role", "bereich", "--unit", "16", "--password-stdin")
    for words in (("--role", "buchhaltung", "--unit", "99"), ("--role", "chef")):
        assert typed("roles", "anna", *words)[0] == 2
        assert (accounts()[0].roles, accounts()[0].units) == ((Role.UNIT,), ("16",))
