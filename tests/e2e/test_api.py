"""A program hands in over real HTTP: filed in the DMS, once, even if the page dies before it can answer."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.e2e.system import System, letter

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

Make = Callable[..., System]


@pytest.fixture(scope="module")
def system(make_shared_system: Make) -> System:
    """For who does it no harm."""
    made = make_shared_system(DEMO="true")
    made.start()
    return made


def program(system: System) -> httpx.Client:
    """A client with a new key for the scan inbox."""
    scopes = ("--scope", "documents:write", "--scope", "documents:read")
    made = system.run("tokens", "add", f"Bürgerportal {uuid4()}", "--inbox", "scan", *scopes)
    assert made.returncode == 0, made.stderr
    secret = made.stdout.strip()
    return httpx.Client(
        base_url=f"http://127.0.0.1:{system.web_port}", headers={"Authorization": f"Bearer {secret}"}, timeout=60
    )


def hand_in(client: httpx.Client, path: Path, key: str) -> httpx.Response:
    with path.open("rb") as stream:
        return client.post("/api/v1/documents", files={"file": (path.name, stream)}, headers={"Idempotency-Key": key})


def settled(client: httpx.Client, address: str) -> dict[str, Any]:
    """Ask until nothing moves on by itself any more."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        told: dict[str, Any] = client.get(address).raise_for_status().json()
        if told["kind"] != "automatic":
            return told
        time.sleep(0.2)
    raise AssertionError(told)


def test_a_file_handed_in_is_filed_and_told_so(system: System, tmp_path: Path) -> None:
    path = letter(tmp_path / "hund.pdf", 1)
    with program(system) as client:
        answer = hand_in(client, path, "vorgang-0001")
        assert answer.status_code == 201
        assert hand_in(client, path, "vorgang-0001").status_code == 200
        told = settled(client, answer.headers["Location"])
        assert (told["state"], told["register_number"]) == ("filed", system.number_of("hund.pdf"))

        broken = tmp_path / "kaputt.pdf"
        broken.write_bytes(b"%PDF-1.7 abgeschnitten")
        told = settled(client, hand_in(client, broken, "vorgang-0002").json()["links"]["self"])
        assert (told["state"], told["kind"]) == ("quarantined", "waiting")
        assert "abgeschnitten" in told["reason"]
    assert len([item for item in system.filed() if item["properties"]["2"] == [system.number_of("hund.pdf")]]) == 1


def test_a_page_that_dies_before_it_answers_costs_and_doubles_nothing(make_system: Make, tmp_path: Path) -> None:
    points = {"intake.after_object": 201, "intake.after_commit": 200}
    tickets = {point: tmp_path / point for point in points}
    for folder in tickets.values():
        folder.mkdir()
    system = make_system(DEMO="true", FAULT=",".join(f"{point}={folder}" for point, folder in tickets.items()))
    system.start()
    with program(system) as client:
        for number, (point, status) in enumerate(points.items()):
            path, key = letter(tmp_path / f"hund-{number}.pdf", number), f"vorgang-000{number}"
            (tickets[point] / "ticket").touch()
            with pytest.raises(httpx.TransportError):
                hand_in(client, path, key)
            system.until(lambda: answers(client), "the page is back", seconds=60)

            answer = hand_in(client, path, key)

            assert answer.status_code == status, point
            assert settled(client, answer.json()["links"]["self"])["state"] == "filed"
    system.assert_sound(len(points))


def test_a_large_file_costs_the_page_no_memory(system: System, tmp_path: Path) -> None:
    path = tmp_path / "gross.pdf"
    path.write_bytes(b"%PDF-1.7" + b"\0" * 100 * 1000**2)
    with program(system) as client:
        assert hand_in(client, letter(tmp_path / "hund-2.pdf", 2), "vorgang-0003").status_code == 201
        before = peak(system)
        assert hand_in(client, path, "vorgang-0004").status_code == 201
    assert peak(system) - before < 30 * 1000**2


def answers(client: httpx.Client) -> bool:
    try:
        return client.get("/gesund").status_code == 200
    except httpx.TransportError:
        return False


def peak(system: System) -> int:
    """Most memory the page has ever had, in bytes."""
    status = Path(f"/proc/{system.child(' web')}/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))
