"""The documentation stays true: every command in it exists with its options, every setting is in the table."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from config.settings import CODE_ROOT, Settings
from posteingang.cli import app

DOCS = sorted([CODE_ROOT / "README.md", *(CODE_ROOT / "docs").glob("*.md")])
_INLINE = re.compile(r"`([^`\n]+)`")
_CALL = re.compile(r"^(?:\./run |\.venv/bin/|/opt/posteingang/\.venv/bin/)?posteingang (?=[a-z-])(.+)$")


def commands(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Every call of the command line in code blocks and inline code, as its words."""
    text = path.read_text(encoding="utf-8")
    blocks = [line.strip() for line in text.splitlines() if line.startswith(("    ", "posteingang "))]
    for piece in [*blocks, *_INLINE.findall(text)]:
        found = _CALL.match(re.split(r"\s#\s|;| \|", piece)[0].strip())
        if found:
            yield f"{path.name}: {piece}", shlex.split(found[1])


ALL = [pytest.param(words, id=name) for path in DOCS for name, words in commands(path)]


def complaint(words: list[str]) -> str | None:
    """Why the command line would not understand these words; None if it would."""
    command: Any = typer.main.get_command(app)
    while hasattr(command, "commands") and words and not words[0].startswith("-"):
        following = command.commands.get(words[0])
        if following is None:
            return f"no command {words[0]!r} in {command.name}"
        command, words = following, words[1:]
    known = {name for option in command.params for name in (*option.opts, *option.secondary_opts)} | {"--help"}
    unknown = [word for word in words if word.startswith("-") and word.partition("=")[0] not in known]
    return f"{command.name} has no {unknown}" if unknown else None


@pytest.mark.parametrize("words", ALL)
def test_every_command_in_the_documentation_exists(words: list[str]) -> None:
    assert complaint(words) is None


def test_the_documentation_is_looked_through() -> None:
    assert len(ALL) > 30


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("backup ORDNER --keep 14", None),
        ("backup ORDNER --behalten 14", "no ['--behalten']"),
        ("users entfernen anna", "no command 'entfernen'"),
        ("sichern ORDNER", "no command 'sichern'"),
    ],
)
def test_a_renamed_command_or_option_would_be_found(words: str, expected: str | None) -> None:
    found = complaint(words.split())
    assert found is None if expected is None else found is not None and expected in found


def test_the_handbook_names_every_setting_and_no_other() -> None:
    handbook = (CODE_ROOT / "docs" / "betrieb.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `POSTEINGANG_([A-Z_]+)` \|", handbook, re.MULTILINE)
    assert sorted(rows) == sorted(name.upper() for name in Settings.model_fields)


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_every_variable_and_file_that_is_named_exists(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    variables = set(re.findall(r"\bPOSTEINGANG_([A-Z_]+)\b", text))
    assert variables <= {name.upper() for name in Settings.model_fields}
    named = re.findall(r"\b((?:docs|config|schemas|pipelines|tests)/[\w./-]+\.(?:md|py|ya?ml|example|service))\b", text)
    assert [name for name in named if not (CODE_ROOT / name).exists()] == []


def test_every_metric_of_the_handbook_is_one_that_is_told() -> None:
    handbook = (CODE_ROOT / "docs" / "betrieb.md").read_text(encoding="utf-8")
    told = (CODE_ROOT / "web" / "pages" / "metrics.py").read_text(encoding="utf-8")
    named = set(re.findall(r"\bposteingang_(\w+)", handbook))
    assert named
    for name in named:
        assert f'"posteingang_{name}"' in told or name.removeprefix("documents_") in told, name
