"""Keys of other programs on the command line: shown once, listed without their secret, revoked by name."""

import os
import subprocess
import sys
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from config.settings import CODE_ROOT
from tests.posteingang.test_commands import assert_one_sentence, run, run_here

ADD = ("add", "Bürgerportal", "--inbox", "rechnung", "--scope", "documents:write", "--scope", "documents:read")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with an empty database."""
    var = tmp_path_factory.mktemp("var")
    environment = os.environ | {"POSTEINGANG_VAR": str(var), "POSTEINGANG_DATABASE_URL": ""}
    command = (sys.executable, "-m", "django", "migrate", "-v", "0")
    subprocess.run(command, cwd=CODE_ROOT, env=environment, check=True, timeout=120)
    return var


@pytest.fixture
def var(template: Path, tmp_path: Path) -> Path:
    (tmp_path / "posteingang.sqlite3").write_bytes((template / "posteingang.sqlite3").read_bytes())
    return tmp_path


def tokens(var: Path, *arguments: str) -> CompletedProcess[str]:
    return run("tokens", *arguments, POSTEINGANG_VAR=str(var), POSTEINGANG_DATABASE_URL="")


def test_a_key_is_shown_once_listed_and_revoked(var: Path) -> None:
    made = tokens(var, *ADD)
    assert made.returncode == 0, made.stderr
    secret = made.stdout.strip()
    assert secret.startswith("pe_")
    assert "nicht noch einmal" in made.stderr

    listed = tokens(var, "list").stdout
    assert listed.startswith("Bürgerportal: Eingang rechnung; documents:read, documents:write; angelegt ")
    assert "noch nie benutzt" in listed
    assert secret not in listed
    assert secret.encode() not in (var / "posteingang.sqlite3").read_bytes()

    assert tokens(var, "revoke", "Bürgerportal").stdout == "Bürgerportal widerrufen.\n"
    assert "; widerrufen " in tokens(var, "list").stdout
    assert_one_sentence(tokens(var, "revoke", "Bürgerportal"), "gibt es nicht")
    assert_one_sentence(tokens(var, *ADD), "gibt es schon")


def test_what_does_not_exist_is_one_sentence_that_names_what_does(var: Path) -> None:
    wrong_inbox = tokens(var, "add", "A", "--inbox", "keller", "--scope", "documents:read")
    assert_one_sentence(wrong_inbox, "'keller'", "Erlaubt: scan, rechnung.")
    wrong_scope = tokens(var, "add", "A", "--inbox", "scan", "--scope", "documents:delete")
    assert_one_sentence(wrong_scope, "'documents:delete'", "Erlaubt: documents:write, documents:read, content:read.")
    assert tokens(var, "list").stdout.startswith("Noch kein Schlüssel.")


@pytest.mark.parametrize("missing", ["--inbox", "--scope"])
def test_inbox_and_scope_have_to_be_named(missing: str, var: Path) -> None:
    arguments = [part for name, value in (("--inbox", "scan"), ("--scope", "documents:read")) if name != missing
                 for part in (name, value)]  # fmt: skip
    done = tokens(var, "add", "A", *arguments)
    assert done.returncode == 2
    assert missing in done.stderr


@pytest.mark.parametrize("command", ["", "add", "list", "revoke"])
def test_every_command_explains_itself(command: str) -> None:
    done = run_here("tokens", *command.split(), "--help")
    assert done.returncode == 0
    assert "Usage: posteingang tokens" in done.stdout
