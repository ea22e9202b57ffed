"""The stand-in d.3ecm in operation: ordered faults, its page, restart, start and end."""

import re
import signal
import socket
import sys
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from dms_connectors.mock.config import MockConfigError, load_config
from dms_connectors.mock.server import serve
from tests.dms_connectors.mock_client import CONTENT, REPO, UUID, Client, Clock, running
from tests.dms_connectors.mock_process import free_port, process

# Faults


def test_status_with_retry_after_skip_and_count(client: Client) -> None:
    client.fault("search", "status", status=429, retry_after=2, skip=1, count=2)
    answers = [client.get(f"{REPO}/srm") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 429, 429, 200]
    assert answers[1].headers["retry-after"] == "2"
    assert client.get("/_admin/faults").json() == []


def test_faults_that_end_a_call_come_one_after_another(client: Client) -> None:
    client.fault("any", "status", status=503)
    client.fault("discover", "status", status=500)
    assert [client.get("/dms").status_code for _ in range(3)] == [503, 500, 200]


def test_a_refused_upload_is_read_to_its_end(client: Client) -> None:
    client.fault("upload", "status", status=503)
    assert client.post(f"{REPO}/blob/chunk/", content=b"x" * 5_000_000).status_code == 503
    assert client.upload()


def test_html_instead_of_json(client: Client) -> None:
    client.fault("store", "html")
    answer = client.file({"1": UUID})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert client.objects() == []


def test_timeout_after_the_store(client: Client) -> None:
    client.fault("store", "timeout_after", seconds=0)
    with pytest.raises(httpx.TransportError):
        client.file({"1": UUID})
    assert len(client.by_id()) == 1
    assert client.get("/_admin/requests").json() == {"upload": 1, "store": 1, "search": 1}


@pytest.mark.parametrize("at", ["upload", "store"])
def test_cut_before_anything_is_stored(client: Client, at: str) -> None:
    client.fault(at, "cut")
    with pytest.raises(httpx.TransportError):
        client.file({"1": UUID}, content=b"x" * 3_000_000)
    assert client.objects() == []
    assert client.filed()


@pytest.mark.parametrize("size", [1, 5_000_000])
def test_cut_in_the_middle_of_a_download(client: Client, size: int) -> None:
    document = client.filed(content=b"x" * size)
    client.fault("download", "cut")
    with pytest.raises(httpx.TransportError):
        client.get(f"{REPO}/o2/{document}/v/current/b/main/c")
    assert len(client.get(f"{REPO}/o2/{document}/v/current/b/main/c").content) == size


def test_delay_goes_together_with_another_fault(client: Client) -> None:
    client.fault("read", "delay", seconds=0.05)
    client.fault("read", "status", status=502)
    answer = client.get(f"{REPO}/o2m/P000000001")
    assert answer.status_code == 502
    assert answer.elapsed >= timedelta(seconds=0.05)


def test_dropped_property_is_silent(client: Client) -> None:
    client.fault("store", "drop_property", property="3")
    answer = client.file({"1": UUID, "2": "2026-1", "3": "Brief"})
    assert (answer.status_code, answer.json()) == (201, {})
    (stored,) = client.objects()
    assert stored["properties"] == {"1": [UUID], "2": ["2026-1"]}


def test_late_visibility(client: Client, clock: Clock) -> None:
    client.fault("any", "late_visibility", seconds=30)
    document = client.filed()
    assert client.by_id() == []
    assert client.read(document)["id"] == document
    clock.forward(seconds=30)
    assert client.by_id() == [document]


def test_expired_session(client: Client) -> None:
    bearer = {"Authorization": "Bearer " + client.get("/identityprovider/login").json()["AuthSessionId"]}
    client.fault("read", "expire_session")
    assert client.get(f"{REPO}/o2m/P000000001", headers=bearer).status_code == 401
    assert client.get("/dms", headers=bearer).status_code == 401
    assert client.get("/dms").status_code == 200


@pytest.mark.parametrize(
    "fault",
    [
        {"at": "nowhere", "kind": "cut"},
        {"at": "read", "kind": "late_visibility"},
        {"at": "store", "kind": "drop_property"},
    ],
)
def test_faults_that_make_no_sense_are_refused(client: Client, fault: dict[str, str]) -> None:
    assert client.post("/_admin/faults", json=[fault]).status_code == 400
    assert client.get("/_admin/faults").json() == []


def test_faults_from_a_file_follow_its_changes(client: Client, tmp_path: Path) -> None:
    file = tmp_path / "data" / "faults.json"
    file.write_text('[{"at": "discover", "kind": "status", "status": 500, "count": 9}]', encoding="utf-8")
    assert client.get("/dms").status_code == 500
    assert client.get("/_admin/faults").json()[0]["count"] == 8
    file.write_text("[ ]", encoding="utf-8")
    assert client.get("/dms").status_code == 200
    file.write_text("broken", encoding="utf-8")
    assert client.get("/dms").status_code == 200


def test_faults_can_be_cleared(client: Client) -> None:
    client.fault("any", "status", count=99)
    assert client.delete("/_admin/faults").status_code == 204
    assert client.get("/dms").status_code == 200


# Page


def test_page_is_german_marked_and_escaped(client: Client) -> None:
    empty = client.get("/", headers={"Authorization": ""}).text
    assert 'lang="de"' in empty
    assert "Testsystem – keine echte Ablage" in empty
    assert "Noch ist nichts abgelegt" in empty
    document = client.filed({"1": UUID, "6": "<script>x</script>"}, filename="<b>.pdf")
    full = client.get("/").text
    assert "Noch ist nichts abgelegt" not in full
    assert "&lt;script&gt;x&lt;/script&gt;" in full
    assert "<script>" not in full
    assert "&lt;b&gt;.pdf" in full
    assert "23.11.2026, 10:30:15 Uhr" in full
    link = re.search(r'href="(/_admin/objects/[^"]+)"', full)
    assert link
    assert document in link[1]
    file = client.get(link[1])
    assert file.content == CONTENT
    assert file.headers["content-disposition"].startswith("attachment")


def test_unknown_addresses_answer_like_every_error(client: Client) -> None:
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert "reason" in answer.json()


# Restart, start and end


def test_state_survives_a_restart(tmp_path: Path, clock: Clock) -> None:
    config = load_config(None)
    with running(config, tmp_path, clock) as url, Client(url) as client:
        document = client.filed()
        token = client.get("/identityprovider/login").json()["AuthSessionId"]
        waiting = client.upload(b"first ")
        client.post("/task/tasks", json={"subject": "s", "assignees": ["a"], "correlationKey": "k"})
    with running(config, tmp_path, clock) as url, Client(url, Authorization=f"Bearer {token}") as client:
        assert client.by_id() == [document]
        assert client.get(f"{REPO}/o2/{document}/v/current/b/main/c").content == CONTENT
        assert client.get("/task/count/all").json() == {"count": 1}
        assert client.post(waiting, content=b"second").status_code == 201
        again = client.filed({"1": "other"}, contentLocationUri=waiting)
        assert client.get(f"{REPO}/o2/{again}/v/current/b/main/c").content == b"first second"


def test_content_without_document_becomes_an_upload_again(tmp_path: Path, clock: Clock) -> None:
    """A crash after moving the file and before the commit."""
    config = load_config(None)
    with running(config, tmp_path, clock) as url, Client(url) as client:
        client.filed()
        location = client.upload(b"orphan")
    name = location.rpartition("/")[2]
    (tmp_path / "uploads" / name).rename(tmp_path / "blobs" / name)
    with running(config, tmp_path, clock) as url, Client(url) as client:
        document = client.filed({"1": "late"}, contentLocationUri=location)
        assert client.get(f"{REPO}/o2/{document}/v/current/b/main/c").content == b"orphan"
        assert len(client.objects()) == 2


def test_kill_and_clean_stop(tmp_path: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with process(port, tmp_path) as child, Client(url) as client:
        document = client.filed()
        child.send_signal(signal.SIGKILL)
        child.wait(20)
    with process(port, tmp_path) as child, Client(url) as client:
        assert client.by_id() == [document]
        assert client.get(f"{REPO}/o2/{document}/v/current/b/main/c").content == CONTENT
        child.send_signal(signal.SIGTERM)
        assert child.wait(20) == 0


def test_used_port_is_one_german_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(MockConfigError, match=f"Der Port {port} auf 127.0.0.1 ist nicht frei"):
            serve("127.0.0.1", port, None, tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "ist nicht lesbar"),
        (b"\xff", "kein UTF-8"),
        (b"a: [", "kein gültiges YAML"),
        (b"api_key: x", "ist fehlerhaft: repository"),
    ],
)
def test_unusable_configuration(tmp_path: Path, content: bytes | None, message: str) -> None:
    file = tmp_path / "mock.yaml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(MockConfigError, match=message):
        serve("127.0.0.1", free_port(), file, tmp_path)


def test_sample_can_be_changed_consistently_only(tmp_path: Path) -> None:
    sample = Path(sys.modules["dms_connectors.mock.config"].__file__ or "").with_name("sample.yaml")
    text = sample.read_text(encoding="utf-8")
    file = tmp_path / "mock.yaml"
    file.write_text(text.replace("origin: strict", "origin: off").replace('"401"  ', "401  "), encoding="utf-8")
    assert load_config(file).origin == "off"
    file.write_text(text.replace('mandatory: ["1"]', 'mandatory: ["99"]'), encoding="utf-8")
    with pytest.raises(MockConfigError, match="Pflichtfeld 99 gehört nicht zur Kategorie POSTE"):
        load_config(file)
