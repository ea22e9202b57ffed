"""The README is true: each of its commands is run on a system that works, as it stands there."""

import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from config.settings import CODE_ROOT
from tests.e2e.system import System, free_port, letter

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

Make = Callable[..., System]
_COMMAND = re.compile(r"^    posteingang (.+?)(?:\s{2,}#.*|\s+#.*)?$", re.MULTILINE)
README = (CODE_ROOT / "README.md").read_text(encoding="utf-8")
SERVERS = {"dms mock"}
"""Commands that run until they are stopped; every started system runs them."""


def commands() -> list[list[str]]:
    return [shlex.split(found) for found in _COMMAND.findall(README)]


def test_every_command_of_the_readme_works(make_system: Make, tmp_path: Path) -> None:
    system = make_system()
    system.start()
    system.drop(letter(tmp_path / "hund.pdf", 1))
    system.until(lambda: system.states() == {"filed": 1}, "the letter is filed")
    made = {
        "invoice.xml": [str(CODE_ROOT / "samples" / "rechnung" / "xrechnung_ubl.xml")],
        "letter.pdf": [str(tmp_path / "hund.pdf")],
        "backups": [str(tmp_path / "backups")],
        "appendix": [str(tmp_path / "appendix")],
        "register.zip": [str(tmp_path / "register.zip")],
        "NAME": ["anna"],
        "ROLE": ["poststelle"],
        "FILE": proof_of(system),
    }
    run = 0
    for words in commands():
        if " ".join(words[:2]) in SERVERS:
            continue
        if "backups/SET" in words:
            (found,) = (tmp_path / "backups").iterdir()
            made["backups/SET"] = [str(found)]
        secret = ["--password-stdin"] if words[:2] == ["users", "add"] else []
        done = system.run(
            *(part for word in words for part in made.get(word, [word])), *secret, stdin="ein-langes-kennwort-7\n"
        )
        assert done.returncode == 0, f"{words}: {done.stdout} {done.stderr}"
        run += 1
    assert run >= 14, "the README lists the commands"


def proof_of(system: System) -> list[str]:
    """The files of the letter that its transfer note speaks of, as they lie in the evidence store."""
    rows = system.query(
        "SELECT content_id FROM records_documentfile "
        "WHERE role IN ('original', 'product', 'transfer_note', 'manifest', 'manifest_seal', 'manifest_stamp')"
    )
    return [str(path) for (sha256,) in rows for path in (system.var / "objects").rglob(str(sha256))]


def test_the_demonstration_ends_well(tmp_path: Path) -> None:
    assert "./run demo --once" in README
    done = subprocess.run(
        (sys.executable, "-m", "posteingang", "demo", "--once"),
        cwd=CODE_ROOT,
        env={
            "PATH": "/usr/bin:/bin:/usr/local/bin",
            "POSTEINGANG_VAR": str(tmp_path / "var"),
            "POSTEINGANG_DEMO_PORT": str(free_port()),
            "POSTEINGANG_DEMO_MOCK_PORT": str(free_port()),
        },
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "angekommen, wo sie hingehören" in done.stdout
