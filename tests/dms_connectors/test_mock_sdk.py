"""The vendor's own client against the stand-in: neither was written with the other in mind.

Needs node and npm, and once the package registry; skipped where one of them is missing.
"""

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dms_connectors.mock.config import load_config
from dms_connectors.mock.server import create_app
from tests.dms_connectors.mock_client import REPO, SOURCE, UUID, Clock, served

_SCRIPTS = Path(__file__).with_name("sdk")


@dataclass(frozen=True, slots=True)
class Sent:
    """One request as it came in."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    size: int


class _Recorder:
    """Keeps what the client really sent, and hands it on."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.sent: list[Sent] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        body = await request.body()
        self.sent.append(Sent(request.method, request.url.path, request.url.query, dict(request.headers), len(body)))

        waiting = [{"type": "http.request", "body": body, "more_body": False}]

        async def again() -> Message:
            return waiting.pop() if waiting else await receive()

        await self._app(scope, again, send)


@pytest.fixture(scope="module")
def sdk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the script and the pinned client; every package is held to its integrity hash."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node and npm are not installed")
    folder = tmp_path_factory.mktemp("sdk")
    for name in ("package.json", "package-lock.json", "filing.cjs"):
        shutil.copy(_SCRIPTS / name, folder)
    options = ("--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--fetch-retries=0")
    install = subprocess.run(
        ["npm", "ci", *options], cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )
    assert "EINTEGRITY" not in install.stderr
    if install.returncode != 0:
        pytest.skip("the package registry cannot be reached")
    return folder


def _run(sdk: Path, address: str) -> subprocess.CompletedProcess[str]:
    command = ["node", "filing.cjs", address, "test-key", REPO.rpartition("/")[2]]
    return subprocess.run(command, cwd=sdk, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture(scope="module")
def conversation(sdk: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], list[Sent]]:
    """One run of the script where Origin is not asked for: what the client saw, and what it sent."""
    config = load_config(None).model_copy(update={"origin": "off"})
    recorder = _Recorder(create_app(config, tmp_path_factory.mktemp("data"), clock=Clock()))
    with served(recorder) as address:
        run = _run(sdk, address)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout), recorder.sent


def test_the_client_finds_its_way_by_links_alone(conversation: tuple[dict[str, Any], list[Sent]]) -> None:
    seen, _ = conversation

    assert [(item["name"], item["_links"]["source"]["href"]) for item in seen["repositories"]] == [
        ("Stadtarchiv-Test", SOURCE)
    ]
    assert {"POSTE", "RECH", "NACHW", "AKTE"} == {item["key"] for item in seen["source"]["categories"]}
    assert seen["mappings"][0]["sourceId"] == SOURCE
    assert seen["user"]["groups"] == [{"value": "gruppe-poststelle", "display": "Poststelle"}]


def test_the_client_files_finds_and_reads_a_document(conversation: tuple[dict[str, Any], list[Sent]]) -> None:
    seen, _ = conversation
    values = {item["key"]: item for item in seen["read"]["sourceProperties"]}

    assert seen["stored"]["status"] == 201
    assert seen["read"]["sourceCategories"] == ["POSTE"]
    assert values["1"]["value"] == UUID
    assert values["15"]["values"] == {"1": "a", "3": "c"}
    assert values["property_filename"]["value"] == "Brief.pdf"
    assert [item["id"] for item in seen["found"]["items"]] == [seen["read"]["id"]]
    assert seen["content"] == "%PDF-1.7 Brief"


def test_the_client_changes_notes_links_and_deletes(conversation: tuple[dict[str, Any], list[Sent]]) -> None:
    seen, _ = conversation
    changed = {item["key"]: item["value"] for item in seen["changed"]["sourceProperties"]}

    assert (changed["3"], changed["property_state"]) == ("bescheid", "Processing")
    assert [note["text"] for note in seen["notes"]] == ["Notiz"]
    assert [item["id"] for item in seen["children"]["items"]] == [seen["read"]["id"]]
    assert (seen["task"]["state"], seen["count"]) == ("OPEN", 0)
    assert [task["state"] for task in seen["tasks"]] == ["COMPLETED"]
    assert seen["gone"] == 404


def test_the_client_sends_what_a_server_may_find_odd(conversation: tuple[dict[str, Any], list[Sent]]) -> None:
    """Recorded, not believed: the reasons for the stand-in's patience (section 10 of the facts)."""
    _, sent = conversation

    def some(method: str, path: str) -> list[Sent]:
        return [item for item in sent if item.method == method and item.path.endswith(path)]

    assert not any("origin" in item.headers for item in sent)
    assert any(item.size for item in some("GET", "/dms"))
    assert any(item.headers.get("content-type") == "application/octet-stream" for item in some("GET", "/dms"))
    assert all(item.headers["contenttype"] == "application/json" for item in sent)
    assert some("POST", "/o2m/")
    assert some("POST", "/blob/chunk/")
    assert any("sourceid" in item.query for item in some("GET", "/b/main/c"))
    assert any(item.query.count("sourceid=") == 2 for item in sent if item.method == "PUT")
    search = next(item.query for item in some("GET", "/srm") if "sourceproperties" in item.query)
    assert ":[%22" in search
    assert "zwei+W" in search


def test_the_client_is_refused_where_origin_is_asked_for(sdk: Path, tmp_path: Path) -> None:
    with served(create_app(load_config(None), tmp_path)) as address:
        run = _run(sdk, address)

    assert run.returncode == 1
    assert json.loads(run.stderr)["status"] == 403
    assert "Origin" in json.loads(run.stderr)["body"]["reason"]
