"""The demo's promise, on the command line and in the browser's place."""

import os
import re
import signal
import sqlite3
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.e2e.system import System, letter

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

Make = Callable[..., System]
PASSWORD = "ein-langes-kennwort-7"


@pytest.fixture(scope="module")
def system(make_shared_system: Make) -> System:
    """Each test puts in letters of its own."""
    made = make_shared_system()
    made.start()
    return made


def log_in(browser: httpx.Client) -> None:
    """Fill in the login form, with its token, like a browser."""
    page = browser.get("/anmelden/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token is not None
    answer = browser.post(
        "/anmelden/", data={"username": "anna", "password": PASSWORD, "csrfmiddlewaretoken": token[1], "next": "/"}
    )
    assert answer.status_code == 200


def put_in(system: System, path: Path, number: int, *, until: str) -> Path:
    """A new letter, and wait for its state."""
    system.drop(letter(path, number))
    system.until(lambda: system.state_of(path.name) == until, f"the letter is {until}")
    return path


def test_a_letter_and_its_copy_end_where_they_belong(system: System, tmp_path: Path) -> None:
    done = system.run("users", "add", "anna", "--role", "poststelle", "--password-stdin", stdin=f"{PASSWORD}\n")
    assert done.returncode == 0, done.stderr
    first = put_in(system, tmp_path / "hund.pdf", 1, until="filed")
    copy = tmp_path / "hund-kopie.pdf"
    copy.write_bytes(first.read_bytes())
    system.drop(copy)
    system.until(lambda: system.state_of(copy.name) == "duplicate", "the copy is a duplicate")

    (filed,) = (item for item in system.filed() if item["properties"]["2"] == [system.number_of("hund.pdf")])
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


def test_nothing_is_shown_without_login(system: System) -> None:
    answer = httpx.get(f"http://127.0.0.1:{system.web_port}/", timeout=30)

    assert answer.status_code == 302
    assert answer.headers["location"].startswith("/anmelden/")


def test_a_file_that_never_completes_is_shown_with_its_age_and_kept(system: System, tmp_path: Path) -> None:
    whole = letter(tmp_path / "halb.pdf", 2).read_bytes()
    (system.var / "inbox" / "scan" / "halb.pdf").write_bytes(whole[: len(whole) // 2])

    system.until(lambda: bool(system.query("SELECT path FROM records_inboxfile")), "the file is listed")

    found = system.run("status")
    assert "scan/halb.pdf" in found.stdout
    assert "vermutlich noch in Übertragung" in system.run("status", "--json").stdout
    assert (system.var / "inbox" / "scan" / "halb.pdf").exists()


def test_tampering_is_found_and_named(system: System, tmp_path: Path) -> None:
    """In a restored copy, so that the running mailroom stays whole."""
    put_in(system, tmp_path / "verändert.pdf", 3, until="filed")
    assert system.run("backup", str(tmp_path / "sicherung")).returncode == 0
    (saved,) = (tmp_path / "sicherung").iterdir()
    copy = System(tmp_path / "var")
    assert copy.run("restore", str(saved)).returncode == 0

    with sqlite3.connect(copy.var / "posteingang.sqlite3") as database:
        database.execute("UPDATE records_eventpayload SET text = replace(text, '22', '51') WHERE event_id = 5")
    database.close()
    victim = next(path for path in (copy.var / "objects").rglob("*") if path.is_file())
    victim.chmod(0o640)
    victim.write_bytes(b"anderer Inhalt")

    chain, store = copy.run("audit", "verify"), copy.run("store", "verify")
    assert chain.returncode == 1
    assert "Eintrag 5: Der Inhalt des Eintrags ist verändert." in chain.stdout
    assert store.returncode == 1
    assert f"{victim.name}: Der Inhalt ist verändert." in store.stdout


def test_a_child_that_dies_is_restarted_and_said_so(system: System, tmp_path: Path) -> None:
    assert system.process is not None
    assert system.process.stderr is not None
    os.kill(system.child("workers.app worker -Q ocr"), signal.SIGKILL)

    said = iter(system.process.stderr.readline, "")
    line = next(line for line in said if "beendet" in line)

    assert line.startswith("worker-ocr ist beendet (Signal 9); Neustart in")
    put_in(system, tmp_path / "danach.pdf", 4, until="filed")
