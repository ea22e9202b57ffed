"""The demo's promise, on the command line and in the browser's place."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from config.settings import CODE_ROOT
from tests.e2e.system import System, letter

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

Make = Callable[..., System]
PASSWORD = "ein-langes-kennwort-7"


def log_in(browser: httpx.Client) -> None:
    """Fill in the login form, with its token, like a browser."""
    page = browser.get("/anmelden/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token is not None
    answer = browser.post(
        "/anmelden/", data={"username": "anna", "password": PASSWORD, "csrfmiddlewaretoken": token[1], "next": "/"}
    )
    assert answer.status_code == 200


def add_user(system: System) -> None:
    done = subprocess.run(
        (sys.executable, "-m", "posteingang", "users", "add", "anna", "--role", "poststelle", "--password-stdin"),
        cwd=CODE_ROOT,
        env=system.environment,
        input=f"{PASSWORD}\n",
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_a_letter_a_duplicate_and_a_broken_file_end_where_they_belong(make_system: Make, tmp_path: Path) -> None:
    system = make_system(TRAILER_GRACE="1")
    system.start()
    add_user(system)
    first = letter(tmp_path / "hund.pdf", 1)
    system.drop(first)
    system.until(lambda: system.states().get("filed") == 1, "the letter is filed")

    copy = tmp_path / "hund-kopie.pdf"
    copy.write_bytes(first.read_bytes())
    system.drop(copy)
    system.until(lambda: system.states().get("duplicate") == 1, "the copy is a duplicate")

    broken = tmp_path / "kaputt.pdf"
    broken.write_bytes(first.read_bytes()[: first.stat().st_size // 2])
    system.drop(broken)
    system.until(lambda: len(system.query("SELECT id FROM records_document")) == 3, "all three are in")

    (filed,) = system.filed()
    assert filed["properties"]["3"] == ["hundesteuer"]
    assert filed["properties"]["4"] == ["22"]
    address = f"http://127.0.0.1:{system.web_port}"
    with httpx.Client(base_url=address, follow_redirects=True, timeout=30) as browser:
        log_in(browser)
        listing = browser.get("/post/")
        assert "Hundesteuer An-/Abmeldung" in listing.text
        assert "Dublette" in listing.text
        link = re.search(r'href="(/schriftstueck/[^"]+)"', listing.text)
        assert link is not None
        assert "Verlauf" in browser.get(link[1]).text
    for command in ("audit", "store"):
        assert system.run(command, "verify").returncode == 0


def test_nothing_is_shown_without_login(make_system: Make) -> None:
    system = make_system()
    system.start()

    answer = httpx.get(f"http://127.0.0.1:{system.web_port}/", timeout=30)

    assert answer.status_code == 302
    assert answer.headers["location"].startswith("/anmelden/")


def test_a_file_that_never_completes_is_shown_with_its_age_and_kept(make_system: Make, tmp_path: Path) -> None:
    system = make_system()
    system.start()
    whole = letter(tmp_path / "halb.pdf", 1).read_bytes()
    (system.var / "inbox" / "scan" / "halb.pdf").write_bytes(whole[: len(whole) // 2])

    system.until(lambda: bool(system.query("SELECT path FROM records_inboxfile")), "the file is listed")

    found = system.run("status")
    assert "scan/halb.pdf" in found.stdout
    assert "vermutlich noch in Übertragung" in system.run("status", "--json").stdout
    assert (system.var / "inbox" / "scan" / "halb.pdf").exists()


def test_tampering_is_found_and_named(make_system: Make, tmp_path: Path) -> None:
    system = make_system()
    system.start()
    system.drop(letter(tmp_path / "hund.pdf", 1))
    system.until(lambda: system.states() == {"filed": 1}, "the letter is filed")
    system.stop()

    with sqlite3.connect(system.var / "posteingang.sqlite3") as database:
        database.execute("UPDATE records_eventpayload SET text = replace(text, '22', '51') WHERE event_id = 5")
    database.close()
    victim = next(path for path in (system.var / "objects").rglob("*") if path.is_file())
    victim.chmod(0o640)
    victim.write_bytes(b"anderer Inhalt")

    chain, store = system.run("audit", "verify"), system.run("store", "verify")
    assert chain.returncode == 1
    assert "Eintrag 5: Der Inhalt des Eintrags ist verändert." in chain.stdout
    assert store.returncode == 1
    assert f"{victim.name}: Der Inhalt ist verändert." in store.stdout


def test_a_child_that_dies_is_restarted_and_said_so(make_system: Make, tmp_path: Path) -> None:
    system = make_system()
    system.start()
    assert system.process is not None
    assert system.process.stderr is not None
    os.kill(system.child("workers.app worker -Q ocr"), signal.SIGKILL)

    said = iter(system.process.stderr.readline, "")
    line = next(line for line in said if "beendet" in line)

    assert line.startswith("worker-ocr ist beendet (Signal 9); Neustart in")
    system.drop(letter(tmp_path / "hund.pdf", 1))
    system.until(lambda: system.states() == {"filed": 1}, "the letter is filed")
