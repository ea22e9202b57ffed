"""What the vendor's client and older ones send, byte for byte, over plain connections (sections 2, 3, 10)."""

import http.client
import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from tests.dms_connectors.mock_client import REPO, SOURCE, UUID, Client, Start

_ENCODED = quote(SOURCE, safe="")
_FILE = b"%PDF-1.7 " + b"x" * 300_000


class Plain:
    """A client that adds nothing of its own: no Origin, no tidying of addresses."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
        self.session = ""

    def send(
        self, method: str, target: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Status, headers in lower case, body."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        own = {"Accept": "application/hal+json, application/json", "ContentType": "application/json"}
        bearer = {"Authorization": f"Bearer {self.session or 'test-key'}"}
        self._connection.request(method, target, body, {**own, **bearer, **named})
        answer = self._connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()

    def close(self) -> None:
        self._connection.close()


@pytest.fixture
def plain(start: Start) -> Iterator[Plain]:
    client = Plain(str(start(origin="off").base_url))
    yield client
    client.close()


def _store(plain: Plain, location: str, **more: object) -> str:
    body = {
        "sourceId": SOURCE,
        "sourceCategory": "POSTE",
        "fileName": "Brief.pdf",
        "contentLocationUri": location,
        "dmsObject": {"repositoryId": "r"},
        "sourceProperties": {"properties": [{"key": "1", "values": [UUID]}, {"key": "3", "values": ["zwei Wörter"]}]},
        **more,
    }
    status, headers, _ = plain.send("POST", f"{REPO}/o2m/", json.dumps(body).encode(), Content_Type="application/json")
    assert status == 201
    return headers["location"]


def test_every_hop_of_the_discovery_carries_the_body_of_the_last_request(plain: Plain) -> None:
    for hop in ("/dms", "/dms/r", REPO):
        status, headers, body = plain.send("GET", hop, _FILE, Content_Type="application/octet-stream")
        assert (status, headers["content-type"]) == (200, "application/hal+json")
        assert "_links" in json.loads(body)
    for hop in ("/dms", REPO):
        status, _, _ = plain.send("GET", hop, b'{"sourceCategory":"POSTE"}', Content_Type="application/json")
        assert status == 200


def test_a_file_goes_through_addresses_with_slash_and_parameters_that_stick(plain: Plain) -> None:
    _, headers, _ = plain.send("POST", f"{REPO}/blob/chunk/", _FILE, Content_Type="application/octet-stream")
    address = _store(plain, headers["location"]).partition("?")[0]
    document = address.rpartition("/")[2]

    change = json.dumps({"sourceProperties": {"properties": [{"key": "3", "values": ["neu"]}]}}).encode()
    updated, _, _ = plain.send(
        "PUT", f"{address}?sourceid={SOURCE}&sourceid={_ENCODED}", change, Content_Type="application/json"
    )
    status, headers, content = plain.send("GET", f"{REPO}/o2/{document}/v/current/b/main/c?sourceid={_ENCODED}", _FILE)
    _, _, read = plain.send("GET", f"{address}?sourceid={SOURCE}&sourceid={_ENCODED}", b"{}")

    assert (updated, status, content) == (200, 200, _FILE)
    assert headers["content-type"] == "application/octet-stream"
    values = {item["key"]: item["value"] for item in json.loads(read)["sourceProperties"]}
    assert (values["3"], values["property_filename"]) == ("neu", "Brief.pdf")


def test_a_search_with_raw_brackets_and_a_plus_for_the_blank(plain: Plain) -> None:
    _, headers, _ = plain.send("POST", f"{REPO}/blob/chunk", b"x", Content_Type="application/octet-stream")
    document = _store(plain, headers["location"]).partition("?")[0].rpartition("/")[2]
    wanted = "sourceproperties=%7B%223%22:[%22zwei+W%C3%B6rter%22],%221%22:[%22" + UUID + "%22]%7D"

    status, _, body = plain.send(
        "GET", f"{REPO}/srm?{wanted}&sourcecategories=[%22POSTE%22]&sourceid={SOURCE}&SourceID=x&foo=1"
    )

    assert status == 200
    assert [item["id"] for item in json.loads(body)["items"]] == [document]


@pytest.mark.parametrize(
    "kind", ["application/json", "application/hal+json", "application/hal+json; charset=utf-8", ""]
)
def test_the_content_type_of_a_store_does_not_matter(plain: Plain, kind: str) -> None:
    body = json.dumps({"sourceCategory": "AKTE", "sourceProperties": {"properties": [{"key": "20", "values": ["A"]}]}})
    headers = {"Content_Type": kind} if kind else {}

    assert plain.send("POST", f"{REPO}/o2m", body.encode(), **headers)[0] == 201


def test_chunks_go_to_the_received_address(plain: Plain) -> None:
    _, headers, _ = plain.send("POST", f"{REPO}/blob/chunk", b"eins ", Content_Type="application/octet-stream")
    location = headers["location"]
    for chunk, slash in ((b"zwei ", ""), (b"drei", "/")):
        status, _, _ = plain.send("POST", location + slash, chunk, Content_Type="application/octet-stream")
        assert status == 201
    document = _store(plain, location).partition("?")[0].rpartition("/")[2]

    assert plain.send("GET", f"{REPO}/o2/{document}/v/current/b/main/c")[2] == b"eins zwei drei"
    assert plain.send("POST", location, b"mehr")[0] == 404


def test_login_by_key_and_the_session_in_both_places(plain: Plain) -> None:
    _, _, body = plain.send("GET", "/identityprovider/login?redirect=", Accept="application/json")
    token = json.loads(body)["AuthSessionId"]
    cookie = {"Authorization": "", "Cookie": f"AuthSessionId={quote(token, safe='')}; theme=dark"}

    assert plain.send("GET", "/dms", **cookie)[0] == 200
    assert plain.send("GET", "/dms", **{**cookie, "Cookie": f"AuthSessionId={token.replace('+', ' ')}"})[0] == 401
    plain.session = token
    assert plain.send("GET", "/dms")[0] == 200
    plain.session = quote(token, safe="")
    assert plain.send("GET", "/dms")[0] == 401


def test_what_the_client_reads_is_there(plain: Plain) -> None:
    """The members the vendor's packages take from answers (section 10, point 7)."""
    _, _, repositories = plain.send("GET", "/dms/r")
    (repository,) = json.loads(repositories)["repositories"]
    _, _, found = plain.send("GET", f"{REPO}/srm?sourceid={SOURCE}")
    _, _, mappings = plain.send("GET", f"{REPO}/mappingconfig?sourceid={SOURCE}")
    status, _, refused = plain.send("POST", f"{REPO}/o2m/", b"{}")

    assert {
        "id",
        "name",
        "supportsFulltextSearch",
        "serverId",
        "available",
        "isDefault",
        "version",
    } <= repository.keys()
    assert repository["_links"]["source"]["href"] == SOURCE
    assert {"items", "page", "_links"} <= json.loads(found).keys()
    assert {"_links", "name", "sourceId", "mappingItems"} <= json.loads(mappings)["mappings"][0].keys()
    assert (status, bool(json.loads(refused)["reason"])) == (400, True)


def test_templates_name_what_may_be_filled_in(client: Client) -> None:
    links: dict[str, Any] = {**client.get("/dms").json()["_links"], **client.get(REPO).json()["_links"]}
    templated = {name: link["href"] for name, link in links.items() if link.get("templated")}

    assert {
        "repo": "/dms/r/{repositoryid}",
        "dmsobjectwithmapping": f"{REPO}/o2m/{{dmsobjectid}}{{?sourceid}}",
        "mappingconfig": f"{REPO}/mappingconfig{{?sourceid}}",
        "searchresult": f"{REPO}/sr/{{?objectdefinitionids,fulltext,properties,propertysort,ascending,showdetails}}",
        "search": "/dms/s/{?objectdefinitionids,fulltext,properties,showresultlist,repositoryid}",
    }.items() <= templated.items()
    names = set(templated["searchresultwithmapping"].partition("{?")[2].rstrip("}").split(","))
    asked = "children_of,sourceid,sourceproperties,sourcecategories,sourcepropertysort,ascending,fulltext,page,pagesize"
    assert names == set(asked.split(","))
    assert {"source", "chunkedupload", "new", "allrepos"} <= links.keys()
