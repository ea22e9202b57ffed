"""The stand-in behaves as the published interface says: strict where it is strict, forgiving where it is."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from dms_connectors.mock.config import MockConfig, MockConfigError, read_config
from dms_connectors.mock.faults import FaultBook
from dms_connectors.mock.server import serve
from dms_connectors.mock.state import MockState
from tests.dms_connectors.conftest import MakeMock
from tests.dms_connectors.serving import KEY, RunningMock, running_mock, unused_address

BASE = f"/dms/r/{read_config(None).repository}"


@pytest.fixture
def client(mock: RunningMock) -> Iterator[httpx.Client]:
    """A client with the key as bearer and the right Origin, as an SDK would be set up."""
    with _client(mock) as made:
        yield made


def _client(mock: RunningMock) -> httpx.Client:
    headers = {"Authorization": f"Bearer {KEY}", "Origin": mock.address}
    return httpx.Client(base_url=mock.address, headers=headers, verify=False)


def upload(client: httpx.Client, content: bytes = b"Inhalt") -> str:
    return client.post(f"{BASE}/blob/chunk/", content=content).raise_for_status().headers["location"]


def body_of(location: str, category: str = "POSTE", **values: str) -> dict[str, Any]:
    properties = {"1": "unsere-id", "2": "PE-2026-000001"} | {key.removeprefix("p"): one for key, one in values.items()}
    return {
        "filename": "brief.pdf",
        "sourceId": f"{BASE}/source",
        "sourceCategory": category,
        "contentLocationUri": location,
        "sourceProperties": {"properties": [{"key": key, "values": [one]} for key, one in properties.items() if one]},
    }


def store(client: httpx.Client, **values: str) -> httpx.Response:
    return client.post(f"{BASE}/o2m", json=body_of(upload(client), **values))


# Login


def test_the_key_gives_a_session_with_seven_fractional_digits(client: httpx.Client) -> None:
    answer = client.get("/identityprovider/login").json()

    assert set(answer) == {"AuthSessionId", "Expire"}
    assert len(answer["Expire"].split(".")[1]) == len("1234567Z")
    assert datetime.fromisoformat(answer["Expire"]) > datetime.now(UTC)
    with httpx.Client(base_url=client.base_url, verify=False) as other:
        token = {"Authorization": f"Bearer {answer['AuthSessionId']}"}
        assert other.get("/dms", headers=token).status_code == 200


@pytest.mark.parametrize("path", ["/dms", "/dms/r", BASE, f"{BASE}/source", f"{BASE}/objdef", f"{BASE}/srm"])
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer fremd"}, {"Authorization": "Bearer"}])
def test_without_key_or_session_nothing_is_shown(mock: RunningMock, path: str, headers: dict[str, str]) -> None:
    assert httpx.get(f"{mock.address}{path}", headers=headers, verify=False).status_code == 401


def test_a_session_that_is_over_is_refused(make_mock: MakeMock) -> None:
    with _client(make_mock(session_minutes=0)) as client:
        token = client.get("/identityprovider/login").json()["AuthSessionId"]

        assert client.get("/dms", headers={"Authorization": f"Bearer {token}"}).status_code == 401


# Writing


def test_a_stored_document_is_named_by_its_location(client: httpx.Client) -> None:
    answer = store(client)

    assert answer.status_code == 201
    assert answer.headers["location"] == f"{BASE}/o2m/P000000001?sourceid={BASE}/source"
    assert answer.json() == {}


@pytest.mark.parametrize("left_out", ["p1", "p2"])
def test_a_missing_mandatory_property_is_error_10019(client: httpx.Client, mock: RunningMock, left_out: str) -> None:
    answer = store(client, **{left_out: ""})

    assert answer.status_code == 400
    assert answer.json()["errorCode"] == 10019
    assert answer.json()["reason"] == "10019: Missing value for a mandatory property."
    assert mock.objects() == []


def test_an_unknown_property_is_dropped_with_success_and_said_in_the_details(client: httpx.Client) -> None:
    answer = store(client, p99="verloren", p3="bleibt")

    assert answer.status_code == 201
    (loss,) = answer.json()["responseDetails"]
    assert loss["code"] == "DmsApp-Mapping-NoMappingFoundForSourceProperty"
    assert loss["data"]["sourceItemId"] == "99"
    item = client.get(answer.headers["location"]).json()
    keys = {entry["key"] for entry in item["sourceProperties"]}
    assert "3" in keys
    assert "99" not in keys


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"p2": "x" * 33}, "too long"),
        ({"p2": "ü" * 17}, "too long"),
        ({"p5": "23.11.2026"}, "is no date"),
    ],
)
def test_a_value_the_property_cannot_hold_is_refused(
    client: httpx.Client, mock: RunningMock, values: dict[str, str], complaint: str
) -> None:
    answer = store(client, **values)

    assert answer.status_code == 400
    assert complaint in answer.json()["reason"]
    assert mock.objects() == []


@pytest.mark.parametrize("category", ["", "GIBT-ES-NICHT"])
def test_an_unknown_category_is_refused(client: httpx.Client, category: str) -> None:
    assert client.post(f"{BASE}/o2m", json=body_of(upload(client), category)).status_code == 400


def test_an_upload_can_be_used_once(client: httpx.Client) -> None:
    location = upload(client)

    codes = [client.post(f"{BASE}/o2m", json=body_of(location)).status_code for _ in range(2)]

    assert codes == [201, 400]


@pytest.mark.parametrize("location", ["", "nirgends", "..", f"{BASE}/blob/chunk/fehlt"])
def test_a_store_without_its_upload_is_refused(client: httpx.Client, location: str) -> None:
    assert client.post(f"{BASE}/o2m", json=body_of(location)).status_code == 400


@pytest.mark.parametrize("name", ["fehlt", "..", "%2e%2e"])
def test_a_chunk_to_an_unknown_upload_is_404(client: httpx.Client, name: str) -> None:
    address = httpx.URL(f"{client.base_url}".rstrip("/") + f"{BASE}/blob/chunk/{name}")

    assert client.post(address, content=b"x").status_code == 404


@pytest.mark.parametrize("body", [b"", b"kein JSON", b"[]", b'{"sourceProperties": 3}', b"null"])
def test_a_store_that_is_no_object_is_refused_and_not_a_server_error(client: httpx.Client, body: bytes) -> None:
    assert client.post(f"{BASE}/o2m", content=body).status_code == 400


def test_the_same_content_twice_is_fine_unless_the_repository_checks_it(make_mock: MakeMock) -> None:
    with _client(make_mock()) as client:
        assert [store(client).status_code for _ in range(2)] == [201, 201]
    with _client(make_mock(duplicate_check=True)) as client:
        first, second = store(client), store(client)

    assert first.status_code == 201
    assert second.status_code == 400
    assert second.json()["dmsObjectId"] == "P000000001"


# Origin


@pytest.mark.parametrize("origin", [None, "", "null", "https://fremd.example", "http://127.0.0.1"])
def test_a_write_without_our_origin_is_403(client: httpx.Client, origin: str | None) -> None:
    del client.headers["Origin"]
    headers = {} if origin is None else {"Origin": origin}

    answer = client.post(f"{BASE}/blob/chunk/", content=b"x", headers=headers)

    assert answer.status_code == 403


def test_an_origin_with_a_path_is_403(client: httpx.Client, mock: RunningMock) -> None:
    answer = client.post(f"{BASE}/blob/chunk/", content=b"x", headers={"Origin": f"{mock.address}/dms"})

    assert answer.status_code == 403


def test_reads_need_no_origin(client: httpx.Client) -> None:
    del client.headers["Origin"]

    assert client.get(BASE).status_code == 200


def test_the_origin_rule_can_be_switched_off(make_mock: MakeMock) -> None:
    with _client(make_mock(origin="off")) as client:
        del client.headers["Origin"]

        assert store(client).status_code == 201


# What the official SDK really sends (facts, section 10)


def test_both_spellings_of_the_addresses_are_served(client: httpx.Client, mock: RunningMock) -> None:
    for slash in ("", "/"):
        location = client.post(f"{BASE}/blob/chunk{slash}", content=b"x").headers["location"]
        assert client.post(f"{BASE}/o2m{slash}", json=body_of(location)).status_code == 201

    assert len(mock.objects()) == 2


@pytest.mark.parametrize("spelling", ["filename", "fileName", "FileName"])
def test_keys_of_the_body_are_read_whatever_their_case(client: httpx.Client, mock: RunningMock, spelling: str) -> None:
    body = body_of(upload(client))
    del body["filename"]

    assert client.post(f"{BASE}/o2m", json=body | {spelling: "groß.pdf"}).status_code == 201

    assert mock.objects()[0]["file_name"] == "groß.pdf"


@pytest.mark.parametrize("kind", ["application/json", "application/octet-stream"])
def test_a_get_may_carry_a_body(client: httpx.Client, kind: str) -> None:
    for path in ("/dms", "/dms/r", BASE, f"{BASE}/source", f"{BASE}/srm"):
        answer = client.request("GET", path, content=b"{" * 200_000, headers={"Content-Type": kind})
        assert answer.status_code == 200
        assert answer.json()


def test_repeated_and_unknown_query_parameters_are_tolerated(client: httpx.Client) -> None:
    location = store(client).headers["location"].split("?")[0]

    twice = client.get(f"{location}?sourceid={BASE}/source&sourceid=%2Fx&unbekannt=1")
    content = client.get(f"{BASE}/o2/P000000001/v/current/b/main/c?sourceid={BASE}/source&sourceid=x")
    search = client.get(f"{BASE}/srm?sourceId=a&sourceid=b&page=1&page=1")

    assert twice.json()["id"] == "P000000001"
    assert content.content == b"Inhalt"
    assert len(search.json()["items"]) == 1


def test_a_search_with_unescaped_brackets_and_a_plus_for_the_blank(client: httpx.Client) -> None:
    store(client, p3="zwei Wörter")
    store(client, p3="anders")

    answer = client.get(
        httpx.URL(
            f"{client.base_url}".rstrip("/")
            + f"{BASE}/srm?sourceproperties=%7B%223%22:[%22zwei+W%C3%B6rter%22]%7D&sourcecategories=[%22POSTE%22]"
        )
    )

    assert [item["id"] for item in answer.json()["items"]] == ["P000000001"]


def test_content_is_served_whatever_is_accepted(client: httpx.Client) -> None:
    item = client.get(store(client).headers["location"]).json()

    for accept in ("application/octet-stream", "application/hal+json, application/json"):
        answer = client.get(item["_links"]["mainblobcontent"]["href"], headers={"Accept": accept})
        assert answer.content == b"Inhalt"


def test_members_nobody_knows_are_ignored(client: httpx.Client) -> None:
    body = body_of(upload(client)) | {"dmsObject": {"x": 1}, "alterationText": "neu", "displayValue": "d"}

    assert client.post(f"{BASE}/o2m", json=body, headers={"ContentType": "x"}).status_code == 201


# Reading and searching


def test_an_item_shows_category_properties_and_content(client: httpx.Client) -> None:
    location = store(client, p3="widerspruch").headers["location"]

    item = client.get(location).json()

    assert item["sourceCategories"] == ["POSTE"]
    values = {entry["key"]: entry["value"] for entry in item["sourceProperties"]}
    assert values == {
        "1": "unsere-id",
        "2": "PE-2026-000001",
        "3": "widerspruch",
        "property_filename": "brief.pdf",
    }


@pytest.mark.parametrize("name", ["P000000002", "P", "X", "Pabc", "P²", "P99999999999999999999"])
def test_an_unknown_document_is_404(client: httpx.Client, name: str) -> None:
    store(client)

    assert client.get(f"{BASE}/o2m/{name}").status_code == 404
    assert client.get(f"{BASE}/o2/{name}/v/current/b/main/c").status_code == 404


def test_a_search_is_and_over_keys_and_or_over_values(client: httpx.Client) -> None:
    for unit, kind in (("22", "a"), ("22", "b"), ("50", "a")):
        store(client, p3=kind, p4=unit)

    def hits(**wanted: list[str]) -> list[str]:
        asked = json.dumps({key.removeprefix("p"): values for key, values in wanted.items()})
        answer = client.get(f"{BASE}/srm", params={"sourceproperties": asked}).json()
        return [item["id"][-1] for item in answer["items"]]

    assert hits() == ["1", "2", "3"]
    assert hits(p4=["22"]) == ["1", "2"]
    assert hits(p4=["22"], p3=["a"]) == ["1"]
    assert hits(p4=["22", "50"], p3=["a"]) == ["1", "3"]
    assert hits(p4=["99"]) == []


def test_pages_lead_to_the_next_until_there_is_none(client: httpx.Client) -> None:
    for _ in range(5):
        store(client)

    seen: list[str] = []
    path = f"{BASE}/srm?pagesize=2"
    while path:
        answer = client.get(path).json()
        assert len(answer["items"]) <= 2
        seen += [item["id"] for item in answer["items"]]
        path = answer["_links"].get("next", {}).get("href", "")

    assert seen == [f"P00000000{number}" for number in range(1, 6)]


@pytest.mark.parametrize(
    "query", ["page=0", "page=x", "pagesize=0", "pagesize=-1", "sourceproperties=%7B", "sourceproperties=3"]
)
def test_a_search_that_makes_no_sense_is_refused_and_not_a_server_error(client: httpx.Client, query: str) -> None:
    assert client.get(f"{BASE}/srm?{query}").status_code == 400


# What survives


def test_documents_sessions_uploads_and_faults_survive_a_restart(tmp_path: Path) -> None:
    with running_mock(tmp_path) as mock, _client(mock) as client:
        stored = store(client, p3="bleibt")
        token = client.get("/identityprovider/login").json()["AuthSessionId"]
        location = upload(client, b"erster Teil, ")
        mock.order({"at": "read", "kind": "status", "status": 418, "skip": 1})
        assert client.get(stored.headers["location"]).status_code == 200

    with running_mock(tmp_path) as mock, _client(mock) as client:
        client.headers["Authorization"] = f"Bearer {token}"
        assert client.get(stored.headers["location"]).status_code == 418
        assert client.get(stored.headers["location"]).json()["id"] == "P000000001"
        client.post(location, content=b"zweiter Teil").raise_for_status()
        second = client.post(f"{BASE}/o2m", json=body_of(location))
        content = client.get(f"{BASE}/o2/P000000002/v/current/b/main/c").content

    assert second.status_code == 201
    assert content == b"erster Teil, zweiter Teil"


def test_two_states_over_one_folder_see_the_same(tmp_path: Path) -> None:
    first = MockState(tmp_path)
    token, _ = first.new_session(5)
    first.close()

    again = MockState(tmp_path)

    assert again.session_is_valid(token)
    assert again.objects() == []
    again.close()


# Faults


def test_a_fault_comes_after_the_calls_it_skips_and_as_often_as_ordered(
    client: httpx.Client, mock: RunningMock
) -> None:
    mock.order({"at": "discover", "kind": "status", "status": 503, "skip": 1, "count": 2, "retry_after": 4})

    answers = [client.get("/dms") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 503, 503, 200]
    assert answers[1].headers["retry-after"] == "4"


def test_a_hidden_document_is_stored_and_readable_but_not_found(client: httpx.Client, mock: RunningMock) -> None:
    mock.order({"at": "store", "kind": "hide", "seconds": 3600})

    location = store(client).headers["location"]

    assert client.get(f"{BASE}/srm").json()["items"] == []
    assert client.get(location).status_code == 200
    assert len(mock.objects()) == 1


def test_a_dropped_property_is_not_stored_and_nobody_says_so(client: httpx.Client, mock: RunningMock) -> None:
    mock.order({"at": "store", "kind": "drop_property", "property": "3"})

    answer = store(client, p3="weg")

    assert answer.json() == {}
    assert "3" not in mock.objects()[0]["properties"]


@pytest.mark.parametrize(("kind", "stored"), [("cut_before", 0), ("cut_after", 1)])
def test_a_cut_line_shows_as_a_broken_answer(client: httpx.Client, mock: RunningMock, kind: str, stored: int) -> None:
    location = upload(client)
    mock.order({"at": "store", "kind": kind})

    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        client.post(f"{BASE}/o2m", json=body_of(location))

    assert len(mock.objects()) == stored


def test_a_line_cut_after_a_chunk_leaves_the_chunk_there(client: httpx.Client, mock: RunningMock) -> None:
    location = upload(client, b"a")
    mock.order({"at": "upload", "kind": "cut_after"})

    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        client.post(location, content=b"b")
    client.post(location, content=b"c").raise_for_status()
    client.post(f"{BASE}/o2m", json=body_of(location)).raise_for_status()

    assert mock.objects()[0]["size"] == 3


@pytest.mark.parametrize("order", [b"kein JSON", b'[{"at": "nirgends", "kind": "status"}]', b'[{"at": "any"}]'])
def test_an_order_that_makes_no_sense_is_refused(client: httpx.Client, order: bytes) -> None:
    assert client.post("/_admin/faults", content=order).status_code == 400
    assert client.get("/_admin/faults").json() == []


def test_orders_are_taken_back(client: httpx.Client, mock: RunningMock) -> None:
    mock.order({"at": "any", "kind": "status"})

    assert client.delete("/_admin/faults").json() == []
    assert client.get("/dms").status_code == 200


def test_calls_are_counted_by_step(tmp_path: Path) -> None:
    book = FaultBook(tmp_path / "faults.json")

    assert book.next("store") is None
    book.next("store")
    book.next("search")

    assert book.counted == {"store": 2, "search": 1}


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


def test_the_empty_page_says_that_nothing_is_filed_and_what_this_is(mock: RunningMock) -> None:
    page = httpx.get(mock.address, verify=False)

    assert page.headers["content-type"].startswith("text/html")
    assert "Noch ist nichts abgelegt." in page.text
    assert "Testsystem – keine echte Ablage." in page.text
    assert "<table" not in page.text


def test_the_page_shows_every_document_newest_first_and_escapes_what_it_shows(
    client: httpx.Client, make_mock: MakeMock
) -> None:
    evil = "<script>alert('ü')</script>"
    with _client(make_mock(name="Archiv <b>&")) as other:
        store(other, p3="erstes")
        store(other, p3=evil)
        text = other.get("/").text

    page = _Cells()
    page.feed(text)
    assert "script" not in page.tags
    assert "b" not in page.tags
    assert evil in page.texts
    assert "Archiv <b>&" in page.texts
    assert page.texts.index(evil) < page.texts.index("erstes")


# Configuration


@pytest.mark.parametrize(
    ("text", "complaint"),
    [("api_key: [", "kein gültiges YAML"), ("api_key: k", "repository"), ("fremd: 1", "Field required")],
)
def test_a_wrong_configuration_names_file_and_mistake(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "repo.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(MockConfigError, match=complaint) as refused:
        read_config(path)
    assert str(path) in str(refused.value)


def test_a_missing_configuration_is_named(tmp_path: Path) -> None:
    with pytest.raises(MockConfigError, match="nicht lesbar"):
        read_config(tmp_path / "fehlt.yaml")


def test_unknown_settings_are_refused() -> None:
    with pytest.raises(ValidationError):
        MockConfig.model_validate(read_config(None).model_dump() | {"streng": True})


def test_a_taken_port_is_said_before_anything_is_served(mock: RunningMock, tmp_path: Path) -> None:
    port = int(mock.address.rsplit(":", 1)[1])

    with pytest.raises(MockConfigError, match=f"Port {port}.*belegt"):
        serve("127.0.0.1", port, None, tmp_path)
    assert unused_address() != mock.address
