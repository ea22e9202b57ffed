"""Every fault the stand-in d.3ecm can be told to have: what the client sees, and what is stored."""

import json
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest

from config.settings import CODE_ROOT
from dms_connectors.mock.faults import Fault, Kind, Step
from dms_connectors.mock.german import fault_in_words
from tests.dms_connectors.mock_client import CONTENT, REPO, SOURCE, UUID, Client


def stored(client: Client) -> int:
    return len(client.objects())


def content_of(document: str) -> str:
    return f"{REPO}/o2/{document}/v/current/b/main/c"


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 502, 503])
@pytest.mark.parametrize("step", ["upload", "store"])
def test_a_status_at_a_step_stores_nothing_and_the_next_try_goes_well(client: Client, step: str, status: int) -> None:
    client.fault(step, "status", status=status)
    path, body = {"upload": ("blob/chunk/", CONTENT), "store": ("o2m", b"{}")}[step]

    refused = client.post(f"{REPO}/{path}", content=body)

    assert refused.status_code == status
    assert "retry-after" not in refused.headers
    assert stored(client) == 0
    assert client.filed()


@pytest.mark.parametrize(
    ("step", "method", "path"), [("login", "GET", "/identityprovider/login"), ("task", "POST", "/task/tasks")]
)
def test_too_many_requests_with_a_pause(client: Client, step: str, method: str, path: str) -> None:
    client.fault(step, "status", status=429, retry_after=7)

    answer = client.request(method, path)

    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")


def test_no_answer_and_nothing_done(client: Client) -> None:
    client.fault("store", "timeout_before", seconds=0)

    with pytest.raises(httpx.TransportError):
        client.file({"1": UUID})

    assert stored(client) == 0


@pytest.mark.parametrize("step", ["update", "notes", "delete", "task"])
def test_done_but_no_answer(client: Client, step: str) -> None:
    document = client.filed()
    calls: dict[str, tuple[str, str, Any]] = {
        "update": ("PUT", f"{REPO}/o2m/{document}", {"filename": "neu.pdf"}),
        "notes": ("POST", f"{REPO}/o2m/{document}/n", {"text": "Notiz"}),
        "delete": ("DELETE", f"{REPO}/o2m/{document}", {"reason": "Versehen"}),
        "task": ("POST", "/task/tasks", {"subject": "s", "assignees": ["a"], "correlationKey": "k"}),
    }
    method, path, body = calls[step]
    client.fault(step, "timeout_after", seconds=0)

    with pytest.raises(httpx.TransportError):
        client.request(method, path, json=body)

    (shown,) = client.objects()
    done = {
        "update": shown["filename"] == "neu.pdf",
        "notes": shown["deleted"] is False and len(client.get(f"{REPO}/o2m/{document}/n").json().get("notes", ())) == 1,
        "delete": shown["deleted"] is True,
        "task": client.get("/task/count/all").json() == {"count": 1},
    }
    assert done[step]


def test_a_line_cut_during_a_further_chunk_leaves_a_part_of_it(client: Client) -> None:
    """Why an upload of unclear result is never continued but begun again."""
    location = client.upload(b"a" * 100)
    client.fault("upload", "cut")

    with pytest.raises(httpx.TransportError):
        client.post(location, content=b"b" * 5_000_000)
    client.filed(contentLocationUri=location)

    assert 100 <= client.objects()[0]["size"] < 5_000_100


def test_an_answer_that_breaks_off_in_the_middle(client: Client) -> None:
    document = client.filed()
    for step, path in (
        ("search", f"{REPO}/srm"),
        ("read", f"{REPO}/o2m/{document}"),
        ("download", content_of(document)),
    ):
        client.fault(step, "cut_answer")
        with pytest.raises(httpx.TransportError):
            client.get(path)
        assert client.get(path).status_code == 200


def test_a_store_whose_answer_breaks_off_has_stored(client: Client) -> None:
    client.fault("store", "cut_answer")

    with pytest.raises(httpx.TransportError):
        client.file({"1": UUID, "99": "geht verloren"})

    assert len(client.by_id()) == 1


def test_a_file_that_comes_back_altered(client: Client) -> None:
    document = client.filed()
    client.fault("download", "damage")

    first, second = client.get(content_of(document)).content, client.get(content_of(document)).content

    assert first != CONTENT
    assert len(first) == len(CONTENT)
    assert second == CONTENT


def test_a_property_that_is_stored_otherwise_than_asked(client: Client) -> None:
    client.fault("store", "change_property", property="3", value="rechnung")

    answer = client.file({"1": UUID, "3": "widerspruch"})

    assert (answer.status_code, answer.json()) == (201, {})
    assert client.objects()[0]["properties"]["3"] == ["rechnung"]


def test_a_property_that_a_change_drops(client: Client) -> None:
    document = client.filed({"1": UUID, "3": "brief"})
    client.fault("update", "drop_property", property="3")
    change = {"sourceProperties": {"properties": [{"key": "3", "values": ["klage"]}]}}

    assert client.put(f"{REPO}/o2m/{document}", json=change).json() == {}

    assert client.objects()[0]["properties"] == {"1": [UUID]}


def test_a_session_that_ends_in_the_middle_of_the_work(client: Client) -> None:
    session = client.get("/identityprovider/login").json()["AuthSessionId"]
    bearer = {"Authorization": f"Bearer {session}"}
    client.fault("upload", "expire_session", skip=1)

    answers = [client.post(f"{REPO}/blob/chunk/", content=b"x", headers=bearer).status_code for _ in range(3)]

    assert answers == [201, 401, 401]


def test_a_fault_for_one_route_leaves_the_others_of_its_step_alone(client: Client) -> None:
    client.fault("discover", "html", path="/objdef", count=2)
    client.fault("any", "status", status=500, method="DELETE")

    kinds = {path: client.get(path).headers["content-type"] for path in ("/dms", SOURCE, f"{REPO}/objdef")}
    document = client.filed()

    assert [path for path, kind in kinds.items() if kind.startswith("text/html")] == [f"{REPO}/objdef"]
    assert client.read(document)["id"] == document
    assert client.request("DELETE", f"{REPO}/o2m/{document}", json={"reason": "r"}).status_code == 500


@pytest.mark.parametrize(
    "fault",
    [
        {"at": "read", "kind": "change_property", "property": "1"},
        {"at": "store", "kind": "change_property"},
        {"at": "store", "kind": "damage"},
        {"at": "store", "kind": "status", "status": 200},
        {"at": "store", "kind": "status", "unbekannt": 1},
    ],
)
def test_an_order_without_sense_is_refused_with_its_reason(client: Client, fault: dict[str, Any]) -> None:
    answer = client.post("/_admin/faults", json=fault)

    assert answer.status_code == 400
    assert answer.json()["reason"]


def test_the_file_of_faults_works_like_an_order_and_ends_with_it(client: Client, tmp_path: Path) -> None:
    file = tmp_path / "data" / "faults.json"
    file.write_text(json.dumps([{"at": "search", "kind": "status", "status": 502, "count": 5}]), encoding="utf-8")
    refused = client.get(f"{REPO}/srm").status_code

    file.rename(file.with_suffix(".aus"))

    assert (refused, client.get(f"{REPO}/srm").status_code) == (502, 200)


@pytest.mark.parametrize("word", [*get_args(Kind), *get_args(Step), "any"])
def test_every_step_and_kind_stands_in_the_handbook(word: str) -> None:
    assert f"`{word}`" in (CODE_ROOT / "docs" / "betrieb.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", get_args(Kind))
def test_every_kind_can_be_said_to_a_person(kind: Kind) -> None:
    at: dict[Kind, Step] = {"damage": "download", "drop_property": "store", "change_property": "store"}
    fault = Fault(at=at.get(kind, "any"), kind=kind, property="3")

    assert "noch 1-mal" in fault_in_words(fault.model_dump())
