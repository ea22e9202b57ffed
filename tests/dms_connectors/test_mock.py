"""The stand-in d.3ecm over real connections: what a client of the interface may rely on."""

import hashlib
import json
import os
import re
from urllib.parse import unquote

import pytest

from tests.dms_connectors.mock_client import CONTENT, REPO, SOURCE, UUID, Client, Clock, Start

# Login


def test_login_gives_a_session_that_opens_the_dms(client: Client) -> None:
    assert client.get("/identityprovider").json()["_links"]["login"]["href"] == "/identityprovider/login"
    session = client.get("/identityprovider/login").json()
    assert session["Expire"] == "2026-11-23T10:00:15.8039250Z"  # seven digits
    with Client(str(client.base_url).rstrip("/"), Authorization=f"Bearer {session['AuthSessionId']}") as other:
        assert other.get("/dms").status_code == 200
        assert other.get("/identityprovider/validate").headers["cache-control"] == "max-age=60"


def test_session_ends_by_time(client: Client, clock: Clock) -> None:
    bearer = {"Authorization": "Bearer " + client.get("/identityprovider/login").json()["AuthSessionId"]}
    clock.forward(minutes=29, seconds=59)
    assert client.get("/dms", headers=bearer).status_code == 200
    clock.forward(seconds=1)
    assert client.get("/dms", headers=bearer).status_code == 401


def test_basic_login_sets_a_cookie_that_must_be_decoded_for_the_header(client: Client) -> None:
    url = str(client.base_url).rstrip("/")
    with Client(url, Authorization="") as other:
        answer = other.get("/identityprovider/login", params={"basic": "true"}, auth=("", "test-key"))
        cookie, token = answer.cookies["AuthSessionId"], answer.json()["AuthSessionId"]
        assert cookie != token
        assert unquote(cookie) == token
        assert other.get("/dms").status_code == 200  # by cookie
        other.cookies.clear()
        assert other.get("/dms", headers={"Authorization": f"Bearer {cookie}"}).status_code == 401
        assert other.get("/dms", headers={"Authorization": f"Bearer {token}"}).status_code == 200


@pytest.mark.parametrize(("setting", "status", "kind"), [("401", 401, "json"), ("html", 200, "html")])
def test_wrong_key(start: Start, setting: str, status: int, kind: str) -> None:
    answer = start(login_failure=setting).get("/identityprovider/login", headers={"Authorization": "Bearer wrong"})
    assert answer.status_code == status
    assert kind in answer.headers["content-type"]


def test_key_can_be_refused_outside_the_login(start: Start) -> None:
    client = start(accept_key_directly=False)
    assert client.get("/dms").status_code == 401
    assert client.get("/identityprovider/login").status_code == 200


@pytest.mark.parametrize("path", ["/dms", "/dms/r", REPO, SOURCE, f"{REPO}/srm", "/task/count/all"])
def test_nothing_without_session(client: Client, path: str) -> None:
    answer = client.get(path, headers={"Authorization": "Bearer unknown", "x-dv-request-id": "abc"})
    assert answer.status_code == 401
    assert answer.json()["requestId"] == "abc"


# Discovery


def test_discovery_leads_from_dms_to_the_links(client: Client) -> None:
    root = client.get("/dms")
    assert root.headers["content-type"] == "application/hal+json"
    listed = client.get(root.json()["_links"]["allrepos"]["href"]).json()["repositories"]
    assert [item["name"] for item in listed] == ["Stadtarchiv-Test"]
    template = root.json()["_links"]["repo"]
    assert template["templated"] is True
    links = client.get(template["href"].replace("{repositoryid}", listed[0]["id"])).json()["_links"]
    assert links["chunkedupload"]["href"].endswith("/blob/chunk/")
    assert {"source", "dmsobjectwithmapping", "searchresultwithmapping"} <= links.keys()


def test_source_and_definitions_tell_keys_and_mandatory_properties(client: Client) -> None:
    source = client.get(SOURCE).json()
    assert source["id"] == SOURCE
    assert {item["key"] for item in source["categories"]} == {"POSTE", "RECH", "NACHW", "AKTE"}
    assert {"key": "9", "type": "money", "displayName": "Betrag"} in source["properties"]
    definitions = client.get(f"{REPO}/objdef").json()["objectDefinitions"]
    letter = next(item for item in definitions if item["id"] == "POSTE")
    assert [item["id"] for item in letter["propertyFields"] if item["isMandatory"]] == ["1"]
    assert "21" not in {item["id"] for item in letter["propertyFields"]}


def test_get_may_carry_a_body(client: Client) -> None:
    assert client.request("GET", "/dms", content=b"x" * 300_000).status_code == 200
    assert client.get("/dms/").status_code == 200


# Upload and store


@pytest.mark.parametrize("slash", ["", "/"])
def test_upload_accepts_both_spellings(client: Client, slash: str) -> None:
    answer = client.post(f"{REPO}/blob/chunk{slash}", content=b"abc")
    assert answer.status_code == 201
    assert answer.headers["location"].startswith(f"{REPO}/blob/chunk/2026-11-23_temp_")


def test_chunks_are_joined_and_come_back_unchanged(client: Client) -> None:
    big = os.urandom(3_000_000)
    location = client.upload(big[:1_000_000], big[1_000_000:2_500_000], big[2_500_000:])
    document = client.filed(contentLocationUri=location)
    links = client.read(document)["_links"]
    answer = client.get(links["mainblobcontent"]["href"], headers={"Accept": "application/hal+json"})
    assert answer.content == big
    assert client.objects()[-1]["sha256"] == hashlib.sha256(big).hexdigest()


def test_a_used_upload_is_gone(client: Client) -> None:
    location = client.upload()
    client.filed(contentLocationUri=location)
    again = client.file({"1": UUID}, contentLocationUri=location)
    assert again.status_code == 400
    assert client.post(location, content=b"more").status_code == 404
    assert len(client.objects()) == 1


@pytest.mark.parametrize("upload", ["unknown", "..%2Fmock.sqlite3", "..", ""])
def test_foreign_uploads_are_refused(client: Client, upload: str) -> None:
    answer = client.file({"1": UUID}, contentLocationUri=f"{REPO}/blob/chunk/{upload}")
    assert answer.status_code == 400
    assert client.objects() == []


def test_stored_document_is_read_back(client: Client) -> None:
    given = {"1": UUID, "2": "2026-000123", "5": "2026-11-23", "6": "Widerspruch für Amt.pdf"}
    document = client.filed(given)
    assert re.fullmatch(r"P\d{9}", document)
    item = client.read(document)
    values = {entry["key"]: entry["value"] for entry in item["sourceProperties"]}
    assert given.items() <= values.items()
    assert item["sourceCategories"] == ["POSTE"]
    assert values["property_filename"] == "Brief.pdf"
    assert values["property_size"] == str(len(CONTENT))
    assert values["property_state"] == "Released"
    assert {"update", "updateWithContent", "deleteWithReason", "notes"} <= item["_links"].keys()


def test_without_source_only_id_and_links(client: Client) -> None:
    document = client.filed()
    assert client.get(f"{REPO}/o2m/{document}").json().keys() == {"id", "_links"}
    assert client.get(f"{REPO}/o2m/P999999999", params={"sourceid": SOURCE}).status_code == 404


def test_json_keys_have_no_case(client: Client) -> None:
    body = {
        "fileName": "Brief.pdf",
        "SOURCEID": SOURCE,
        "sourcecategory": "POSTE",
        "contentLocationURI": client.upload(),
        "SourceProperties": {"Properties": [{"Key": "1", "Values": [UUID]}]},
        "dmsObject": {"unknown": True},
    }
    answer = client.post(f"{REPO}/o2m/", json=body)
    assert answer.status_code == 201
    assert client.objects()[0]["filename"] == "Brief.pdf"


@pytest.mark.parametrize("value", [None, ""])
def test_missing_mandatory_value_is_10019(client: Client, value: str | None) -> None:
    answer = client.file({"2": "2026-000123"} | ({} if value is None else {"1": value}))
    assert answer.status_code == 400
    assert answer.json()["errorCode"] == 10019
    assert answer.json()["reason"] == "10019: Missing value for a mandatory property."
    assert client.objects() == []


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("77", "NoMappingFoundForSourceProperty"),
        ("21", "NoDestinationCategoryFoundWithDestinationProperty"),
        ("property_state", "PropertyStatusIgnored"),
        ("property_size", "IgnoredNotModifiableDestinationProperty"),
    ],
)
def test_values_are_lost_with_success(client: Client, key: str, code: str) -> None:
    answer = client.file({"1": UUID, key: "lost"})
    assert answer.status_code == 201
    (detail,) = answer.json()["responseDetails"]
    assert detail["code"] == f"DmsApp-Mapping-{code}"
    assert detail["data"]["sourceItemId"] == key
    document = answer.headers["location"].partition("?")[0].rpartition("/")[2]
    assert client.values(document).get(key) != "lost"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("5", "23.11.2026"),
        ("5", "2026-02-30"),
        ("9", "1.234,50"),
        ("9", "1.234"),
        ("2", "x" * 33),
        ("6", "ä" * 128),
    ],
)
def test_wrong_type_or_length_is_refused(client: Client, key: str, value: str) -> None:
    answer = client.file({"1": UUID, key: value}, sourceCategory="RECH")
    assert answer.status_code == 400
    assert f"property {key}" in answer.json()["reason"]


@pytest.mark.parametrize(
    "change",
    [
        {"sourceCategory": "UNKNOWN"},
        {"sourceId": "/other/source"},
        {"sourceProperties": [{"key": "1", "values": [UUID]}]},
        {"sourceProperties": {"properties": [{"key": "1", "values": UUID}]}},
        {"sourceProperties": {"properties": [{"key": "1", "values": ["a", "b"]}]}},
    ],
)
def test_wrong_bodies_are_refused(client: Client, change: dict[str, object]) -> None:
    assert client.file({"1": UUID}, **change).status_code == 400
    assert client.post(f"{REPO}/o2m", content=b"{").status_code == 400


def test_duplicates_are_named_if_checked(start: Start) -> None:
    client = start(duplicate_check=True)
    first = client.filed()
    again = client.file({"1": "other"})
    assert again.status_code == 400
    assert again.json()["dmsObjectId"] == first
    assert again.json()["_links"]["dmsobject"]["href"].endswith(first)


# Origin


@pytest.mark.parametrize("origin", ["", "http://elsewhere.example", "http://127.0.0.1", "null"])
def test_writes_need_the_own_origin(client: Client, origin: str) -> None:
    with Client(str(client.base_url).rstrip("/"), Origin=origin) as other:
        assert other.post(f"{REPO}/blob/chunk/", content=CONTENT).status_code == 403
        assert other.get("/dms").status_code == 200


def test_origin_rule_for_cookies_only(start: Start) -> None:
    client = start(origin="cookie-only")
    token = client.get("/identityprovider/login", auth=("", "test-key")).cookies["AuthSessionId"]
    url, chunk = str(client.base_url).rstrip("/"), f"{REPO}/blob/chunk"
    with Client(url, Origin="") as bearer, Client(url, Origin="", Authorization="") as cookie:
        assert bearer.post(chunk, content=b"x").status_code == 201
        cookie.cookies.set("AuthSessionId", token)
        assert cookie.post(chunk, content=b"x").status_code == 403
        assert cookie.post(chunk, content=b"x", headers={"Origin": url}).status_code == 201


def test_origin_rule_can_be_off(start: Start) -> None:
    with Client(str(start(origin="off").base_url).rstrip("/"), Origin="") as client:
        assert client.upload()


# Search


def test_search_by_properties_and_categories(client: Client) -> None:
    letter = client.filed({"1": UUID, "4": "Amt 50"})
    invoice = client.filed({"1": "b", "4": "Amt 50", "9": "12.50"}, sourceCategory="RECH")
    assert client.by_id(UUID.upper()) == [letter]
    assert set(client.found(sourceproperties='{"4":["Amt 50"]}')) == {letter, invoice}
    assert client.found(sourceproperties='{"4":["Amt 50"]}', sourcecategories='["RECH"]') == [invoice]
    assert set(client.found(sourceproperties=json.dumps({"1": [UUID, "b"]}))) == {letter, invoice}
    assert client.found(sourceproperties=json.dumps({"1": [UUID], "4": ["Amt 51"]})) == []
    assert client.found(sourceproperties='{"1":["0c0e5f5e*"]}') == [letter]
    assert client.found(sourceproperties='{"77":["x"]}') == []


def test_search_finds_nothing_by_a_fragment(client: Client) -> None:
    client.filed({"1": UUID, "2": "100%_x"})
    assert client.by_id(UUID[:8]) == []
    assert client.by_id("%") == []
    assert client.found(sourceproperties='{"2":["100%_*"]}') != []
    assert client.found(sourceproperties='{"2":["10_%*"]}') == []


def test_full_text_and_document_id(client: Client) -> None:
    first, second = client.filed({"1": "a", "3": "Widerspruch"}), client.filed({"1": "b"})
    assert client.found(fulltext="widersp") == [first]
    assert client.found(fulltext=second) == [second]


def test_pages_follow_next(client: Client) -> None:
    filed = [client.filed({"1": f"id-{number}", "4": "Amt 50"}) for number in range(5)]
    url: str | None = (
        f"{REPO}/srm?SOURCEID={SOURCE}&sourceproperties=%7B%224%22:[%22Amt+50%22]%7D"
        "&sourcecategories=[%22POSTE%22]&ascending=true&pagesize=2&sourceid=twice"
    )
    pages = []
    while url:
        answer = client.get(url).json()
        pages.append([item["id"] for item in answer["items"]])
        url = answer["_links"].get("next", {}).get("href")
    assert pages == [filed[:2], filed[2:4], filed[4:]]


@pytest.mark.parametrize("query", ["page=0", "page=x", "sourceproperties=[]", "sourceproperties={", "x=" + "y" * 2000])
def test_wrong_searches_are_refused(client: Client, query: str) -> None:
    assert client.get(f"{REPO}/srm?{query}").status_code == 400
