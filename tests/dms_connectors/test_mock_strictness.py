"""The stand-in d.3ecm is strict where the interface is strict, and forgiving where it is."""

import json
import sqlite3
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest
from pydantic import ValidationError

from dms_connectors.mock.config import MockConfig, MockConfigError, load_config
from dms_connectors.mock.server import serve
from tests.dms_connectors.mock_client import CONTENT, REPO, SOURCE, UUID, Client, Clock, Start, running


def address(client: Client, path: str) -> httpx.URL:
    """The path as it is written, without the client's own tidying."""
    return httpx.URL(str(client.base_url).rstrip("/") + path)


# Login


@pytest.mark.parametrize("path", ["/dms", "/dms/r", REPO, SOURCE, f"{REPO}/objdef", f"{REPO}/srm"])
@pytest.mark.parametrize("authorization", ["", "Bearer fremd", "Bearer"])
def test_without_key_or_session_nothing_is_shown(client: Client, path: str, authorization: str) -> None:
    assert client.get(path, headers={"Authorization": authorization}).status_code == 401


def test_a_login_answers_session_and_end_and_nothing_else(client: Client) -> None:
    assert set(client.get("/identityprovider/login").json()) == {"AuthSessionId", "Expire"}


def test_a_session_that_is_over_at_once_is_refused(start: Start) -> None:
    client = start(session_minutes=0)
    token = client.get("/identityprovider/login").json()["AuthSessionId"]

    assert client.get("/dms", headers={"Authorization": f"Bearer {token}"}).status_code == 401


# Writing


def test_a_stored_document_is_named_by_its_location(client: Client) -> None:
    answer = client.file({"1": UUID})

    assert answer.status_code == 201
    assert unquote(answer.headers["location"]) == f"{REPO}/o2m/P000000001?sourceid={SOURCE}"
    assert answer.json() == {}


@pytest.mark.parametrize("left_out", ["1", "2"])
@pytest.mark.parametrize("empty", [True, False])
def test_every_mandatory_property_counts(start: Start, left_out: str, empty: bool) -> None:
    categories = load_config(None).categories
    client = start(categories=tuple(item.model_copy(update={"mandatory": ("1", "2")}) for item in categories))
    values = {"1": UUID, "2": "PE-2026-000001"} | {left_out: ""}
    if not empty:
        del values[left_out]

    answer = client.file(values)

    assert answer.status_code == 400
    assert answer.json()["errorCode"] == 10019
    assert client.objects() == []


def test_a_lost_property_takes_no_other_with_it(client: Client) -> None:
    answer = client.file({"1": UUID, "99": "verloren", "3": "bleibt"})

    assert answer.status_code == 201
    assert [loss["data"]["sourceItemId"] for loss in answer.json()["responseDetails"]] == ["99"]
    keys = {entry["key"] for entry in client.get(answer.headers["location"]).json()["sourceProperties"]}
    assert "3" in keys
    assert "99" not in keys


@pytest.mark.parametrize(
    ("key", "value", "complaint"),
    [("2", "x" * 33, "too long"), ("2", "ü" * 17, "too long"), ("5", "23.11.2026", "not of type date")],
)
def test_a_value_the_property_cannot_hold_is_refused(client: Client, key: str, value: str, complaint: str) -> None:
    answer = client.file({"1": UUID, key: value})

    assert answer.status_code == 400
    assert complaint in answer.json()["reason"]
    assert client.objects() == []


@pytest.mark.parametrize("category", ["", "GIBT-ES-NICHT"])
def test_an_unknown_category_is_refused(client: Client, category: str) -> None:
    assert client.file({"1": UUID}, sourceCategory=category).status_code == 400


@pytest.mark.parametrize("location", ["", "nirgends", "..", f"{REPO}/blob/chunk/fehlt"])
def test_a_store_without_its_upload_is_refused(client: Client, location: str) -> None:
    assert client.file({"1": UUID}, contentLocationUri=location).status_code == 400
    assert client.objects() == []


@pytest.mark.parametrize("name", ["fehlt", "..", "%2e%2e"])
def test_a_chunk_to_an_unknown_upload_is_404(client: Client, name: str) -> None:
    assert client.post(address(client, f"{REPO}/blob/chunk/{name}"), content=b"x").status_code == 404


@pytest.mark.parametrize("body", [b"", b"kein JSON", b"[]", b'{"sourceProperties": 3}', b"null", b"\xff"])
def test_a_store_that_is_no_object_is_refused_and_not_a_server_error(client: Client, body: bytes) -> None:
    assert client.post(f"{REPO}/o2m", content=body).status_code == 400


def test_the_same_content_twice_is_fine_unless_the_repository_checks_it(client: Client) -> None:
    assert [client.file({"1": UUID}).status_code for _ in range(2)] == [201, 201]


def test_an_origin_with_a_path_is_403(client: Client) -> None:
    own = str(client.base_url).rstrip("/")

    answer = client.post(f"{REPO}/blob/chunk/", content=b"x", headers={"Origin": f"{own}/dms"})

    assert answer.status_code == 403


# What the official SDK really sends


@pytest.mark.parametrize("slash", ["", "/"])
def test_both_spellings_of_the_addresses_are_served(client: Client, slash: str) -> None:
    location = client.post(f"{REPO}/blob/chunk{slash}", content=b"x").headers["location"]
    body = {
        "sourceCategory": "POSTE",
        "contentLocationUri": location,
        "sourceProperties": {"properties": [{"key": "1", "values": [UUID]}]},
    }

    assert client.post(f"{REPO}/o2m{slash}", json=body).status_code == 201
    assert len(client.objects()) == 1


@pytest.mark.parametrize("spelling", ["filename", "fileName", "FileName"])
def test_keys_of_the_body_are_read_whatever_their_case(client: Client, spelling: str) -> None:
    body = {
        "sourceCategory": "POSTE",
        "contentLocationUri": client.upload(),
        "sourceProperties": {"properties": [{"key": "1", "values": [UUID]}]},
        spelling: "groß.pdf",
    }

    assert client.post(f"{REPO}/o2m", json=body).status_code == 201

    assert client.objects()[0]["filename"] == "groß.pdf"


@pytest.mark.parametrize("kind", ["application/json", "application/octet-stream"])
@pytest.mark.parametrize("path", ["/dms", "/dms/r", REPO, SOURCE, f"{REPO}/srm"])
def test_a_get_may_carry_a_body_of_any_kind(client: Client, path: str, kind: str) -> None:
    answer = client.request("GET", path, content=b"{" * 200_000, headers={"Content-Type": kind})

    assert answer.status_code == 200
    assert answer.json()


def test_repeated_and_unknown_query_parameters_are_tolerated(client: Client) -> None:
    document = client.filed()

    twice = client.get(address(client, f"{REPO}/o2m/{document}?sourceid={SOURCE}&sourceid=%2Fx&unbekannt=1"))
    content = client.get(address(client, f"{REPO}/o2/{document}/v/current/b/main/c?sourceid={SOURCE}&sourceid=x"))
    search = client.get(address(client, f"{REPO}/srm?sourceId=a&sourceid=b&page=1&page=1"))

    assert twice.json()["id"] == document
    assert twice.json()["sourceCategories"] == ["POSTE"]
    assert content.content == CONTENT
    assert len(search.json()["items"]) == 1


def test_a_search_with_unescaped_brackets_and_a_plus_for_the_blank(client: Client) -> None:
    wanted = client.filed({"1": "a", "3": "zwei Wörter"})
    client.filed({"1": "b", "3": "anders"})
    query = "sourceproperties=%7B%223%22:[%22zwei+W%C3%B6rter%22]%7D&sourcecategories=[%22POSTE%22]"

    answer = client.get(address(client, f"{REPO}/srm?{query}"))

    assert [item["id"] for item in answer.json()["items"]] == [wanted]


@pytest.mark.parametrize("accept", ["application/octet-stream", "application/hal+json, application/json"])
def test_content_is_served_whatever_is_accepted(client: Client, accept: str) -> None:
    item = client.read(client.filed())

    assert client.get(item["_links"]["mainblobcontent"]["href"], headers={"Accept": accept}).content == CONTENT


def test_members_nobody_knows_are_ignored(client: Client) -> None:
    answer = client.file({"1": UUID}, dmsObject={"x": 1}, alterationText="neu", displayValue="d")

    assert answer.status_code == 201


# Reading and searching


@pytest.mark.parametrize("name", ["P000000002", "P", "X", "Pabc", "P²", "P99999999999999999999"])
def test_an_unknown_document_is_404(client: Client, name: str) -> None:
    client.filed()

    assert client.get(f"{REPO}/o2m/{name}").status_code == 404
    assert client.get(f"{REPO}/o2/{name}/v/current/b/main/c").status_code == 404


def test_a_search_is_and_over_keys_and_or_over_values(client: Client) -> None:
    for number, (unit, kind) in enumerate((("22", "a"), ("22", "b"), ("50", "a"))):
        client.filed({"1": str(number), "3": kind, "4": unit})

    def hits(wanted: dict[str, list[str]]) -> list[str]:
        return [name[-1] for name in client.found(sourceproperties=json.dumps(wanted), ascending="true")]

    assert hits({}) == ["1", "2", "3"]
    assert hits({"4": ["22"]}) == ["1", "2"]
    assert hits({"4": ["22"], "3": ["a"]}) == ["1"]
    assert hits({"4": ["22", "50"], "3": ["a"]}) == ["1", "3"]
    assert hits({"4": ["99"]}) == []


@pytest.mark.parametrize("query", ["pagesize=0", "pagesize=-1", "sourceproperties=%7B", "sourceproperties=3"])
def test_a_search_that_makes_no_sense_is_refused_and_not_a_server_error(client: Client, query: str) -> None:
    assert client.get(f"{REPO}/srm?{query}").status_code == 400


# Faults


def test_a_line_cut_after_a_chunk_leaves_the_chunk_there(client: Client) -> None:
    location = client.upload(b"a")
    client.fault("upload", "timeout_after", seconds=0)

    with pytest.raises(httpx.TransportError):
        client.post(location, content=b"b")
    client.post(location, content=b"c").raise_for_status()
    client.filed(contentLocationUri=location)

    assert client.objects()[0]["size"] == 3


@pytest.mark.parametrize("order", [b"kein JSON", b'[{"at": "any"}]', b"3"])
def test_an_order_that_makes_no_sense_is_refused(client: Client, order: bytes) -> None:
    assert client.post("/_admin/faults", content=order).status_code == 400
    assert client.get("/_admin/faults").json() == []


def test_ordered_faults_and_what_is_left_of_them_survive_a_restart(tmp_path: Path, clock: Clock) -> None:
    config = load_config(None)
    with running(config, tmp_path, clock) as url, Client(url) as client:
        path = f"{REPO}/o2m/{client.filed()}"
        client.fault("read", "status", status=418, skip=1, count=2)
        assert [client.get(path).status_code for _ in range(2)] == [200, 418]
    with running(config, tmp_path, clock) as url, Client(url) as client:
        assert [client.get(path).status_code for _ in range(2)] == [418, 200]
    with running(config, tmp_path, clock) as url, Client(url) as client:
        assert client.get("/_admin/faults").json() == []


# The page


class _Cells(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_the_empty_page_shows_no_table(client: Client) -> None:
    page = client.get("/")

    assert page.headers["content-type"].startswith("text/html")
    assert "<table" not in page.text


def test_the_page_shows_every_document_newest_first_and_escapes_what_it_shows(start: Start) -> None:
    evil = "<script>alert('ü')</script>"
    repository = load_config(None).repository.model_copy(update={"name": "Archiv <b>&"})
    client = start(repository=repository)
    client.filed({"1": "a", "3": "erstes"})
    client.filed({"1": "b", "3": evil})

    page = _Cells()
    page.feed(client.get("/").text)

    assert "script" not in page.tags
    assert "b" not in page.tags
    assert evil in page.texts
    assert "Archiv <b>&" in page.texts
    assert page.texts.index(evil) < page.texts.index("erstes")


# Configuration and data folder


@pytest.mark.parametrize(
    ("text", "complaint"),
    [("api_key: [", "kein gültiges YAML"), ("api_key: k", "repository"), ("fremd: 1", "Field required")],
)
def test_a_wrong_configuration_names_file_and_mistake(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "repo.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(MockConfigError, match=complaint) as refused:
        load_config(path)
    assert str(path) in str(refused.value)


def test_unknown_settings_are_refused() -> None:
    with pytest.raises(ValidationError):
        MockConfig.model_validate(load_config(None).model_dump() | {"streng": True})


def test_a_data_folder_of_an_earlier_version_is_said_before_anything_is_served(tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "mock.sqlite3")
    database.execute("CREATE TABLE objects (number INTEGER PRIMARY KEY, visible_from TEXT)")
    database.close()

    with pytest.raises(MockConfigError, match="früheren Fassung"):
        serve("127.0.0.1", 0, None, tmp_path)
