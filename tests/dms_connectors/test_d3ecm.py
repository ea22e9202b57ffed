"""The d.3ecm adapter towards a server that is strict, slow of mind, or out of order."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from config.dms_config import DmsMapping, PropertySource
from dms_connectors.d3ecm import D3ecmConnector, D3ecmSettings
from dms_connectors.port import DossierRequest
from schemas.errors import PosteingangError, Rejected, Unavailable, UnclearOutcome
from tests.dms_connectors.conftest import MakeConnector, MakeMock, MakeRequest
from tests.dms_connectors.mappings import full_mapping
from tests.dms_connectors.serving import KEY, RunningMock, ScriptedDms, unused_address

Scripted = tuple[ScriptedDms, str]
BASE = f"/dms/r/{ScriptedDms.REPOSITORY}"
STORE = ("POST", f"{BASE}/o2m/")


def status(code: int, **headers: str) -> Callable[[Request], Response]:
    return lambda _: Response(status_code=code, headers=headers)


def in_turn(*answers: Response) -> Callable[[Request], Response]:
    """One answer after the other; the last one for ever."""
    left = list(answers)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


# Login and session


def test_the_key_is_exchanged_once_and_the_session_is_used_from_then_on(
    mock: RunningMock, connect: MakeConnector, filing: MakeRequest
) -> None:
    connector = connect(mock.address)

    connector.read_back(connector.store(filing()))

    logins = mock.calls("GET", "/identityprovider/login")
    assert [login.headers["authorization"] for login in logins] == [f"Bearer {KEY}"]
    tokens = {request.headers["authorization"] for request in mock.calls("GET", "/dms")}
    assert len(tokens) == 1
    assert f"Bearer {KEY}" not in tokens


def test_a_wrong_key_is_said_with_what_to_check(mock: RunningMock, connect: MakeConnector, filing: MakeRequest) -> None:
    with pytest.raises(Unavailable, match=r"API-Schlüssel nicht an.*POSTEINGANG_DMS_API_KEY") as refused:
        connect(mock.address, api_key="falsch").store(filing())

    assert not isinstance(refused.value, UnclearOutcome)
    assert mock.objects() == []


def test_the_key_is_never_shown() -> None:
    assert "geheim" not in repr(D3ecmSettings("http://127.0.0.1", "geheim", "R"))


def test_a_login_page_with_status_200_is_a_failed_login(
    mock: RunningMock, connect: MakeConnector, filing: MakeRequest
) -> None:
    mock.order({"at": "login", "kind": "html"})

    with pytest.raises(Unavailable, match="API-Schlüssel"):
        connect(mock.address).find(filing().document_id)


@pytest.mark.parametrize(
    "answer",
    [
        {"AuthSessionId": "s"},
        {"Expire": "2099-01-01T00:00:00Z"},
        {"AuthSessionId": "s", "Expire": "demnächst"},
        {"AuthSessionId": "s", "Expire": None},
        ["s"],
    ],
)
def test_a_login_answered_unintelligibly_stays_a_neighbours_fault_at_every_try(
    scripted: Scripted, connect: MakeConnector, filing: MakeRequest, answer: Any
) -> None:
    server, address = scripted
    server.answers["GET", "/identityprovider/login"] = lambda _: JSONResponse(answer)
    connector = connect(address, repository="R")

    for _ in range(2):
        with pytest.raises(Unavailable):
            connector.find(filing().document_id)


def test_an_expired_session_is_renewed_without_anybody_noticing(
    mock: RunningMock, connect: MakeConnector, filing: MakeRequest
) -> None:
    connector, request = connect(mock.address), filing()
    target_id = connector.store(request)
    mock.order({"at": "search", "kind": "expire_session"})

    assert connector.find(request.document_id) == (target_id,)
    assert len(mock.calls("GET", "/identityprovider/login")) == 2


def test_a_session_about_to_end_is_renewed_before_it_is_used(
    make_mock: MakeMock, connect: MakeConnector, filing: MakeRequest
) -> None:
    mock = make_mock(session_minutes=0)
    connector = connect(mock.address, api_key=KEY)

    with pytest.raises(Unavailable, match="401"):
        connector.find(filing().document_id)

    assert len(mock.calls("GET", "/identityprovider/login")) == 2


def test_401_twice_is_given_up_for_now(mock: RunningMock, connect: MakeConnector, filing: MakeRequest) -> None:
    mock.order({"at": "store", "kind": "status", "status": 401, "count": 2})
    connector, request = connect(mock.address), filing()

    with pytest.raises(Unavailable, match="401") as refused:
        connector.store(request)

    assert not isinstance(refused.value, UnclearOutcome)
    assert mock.objects() == []
    assert connector.store(request) == "P000000001"


def test_a_login_page_instead_of_an_answer_ends_the_session(
    mock: RunningMock, connect: MakeConnector, filing: MakeRequest
) -> None:
    connector, request = connect(mock.address), filing()
    connector.store(request)
    mock.order({"at": "search", "kind": "html"})

    with pytest.raises(Unavailable):
        connector.find(request.document_id)
    connector.find(request.document_id)

    assert len(mock.calls("GET", "/identityprovider/login")) == 2


# What is sent


def test_every_write_names_its_origin_and_no_read_needs_to(
    mock: RunningMock, connect: MakeConnector, filing: MakeRequest
) -> None:
    connector = connect(mock.address)

    connector.read_back(connector.store(filing()))

    writes = [request for request in mock.requests if request.method == "POST"]
    assert len(writes) == 2
    assert {request.headers.get("origin") for request in writes} == {mock.address}
    assert all("origin" not in request.headers for request in mock.requests if request.method == "GET")


def test_every_call_carries_its_own_request_id(mock: RunningMock, connect: MakeConnector, filing: MakeRequest) -> None:
    connect(mock.address).store(filing())

    ids = [request.headers["x-dv-request-id"] for request in mock.requests if "identityprovider" not in request.path]
    assert len(ids) == len(set(ids)) == 6


def test_a_file_is_uploaded_in_chunks_to_the_place_the_first_answer_names(
    mock: RunningMock, connect: MakeConnector, filing: MakeRequest
) -> None:
    connector = connect(mock.address, chunk_bytes=10)

    connector.store(filing(b"0123456789" * 2 + b"01234"))

    uploads = mock.calls("POST", "/blob/chunk/")
    assert [request.headers["content-length"] for request in uploads] == ["10", "10", "5"]
    assert uploads[0].path.endswith("/blob/chunk/")
    assert len({request.path for request in uploads[1:]}) == 1
    assert uploads[1].path != uploads[0].path
    assert {request.headers["content-type"] for request in uploads} == {"application/octet-stream"}


def test_an_answer_to_a_later_chunk_without_location_keeps_the_old_one(
    scripted: Scripted, connect: MakeConnector, filing: MakeRequest
) -> None:
    server, address = scripted
    server.answers["POST", f"{BASE}/blob/chunk/u1"] = status(200)
    server.answers[STORE] = status(201, location=f"{BASE}/o2m/P1?sourceid=x")

    assert connect(address, repository="R", chunk_bytes=4).store(filing(b"0123456789")) == "P1"

    assert json.loads(server.bodies[-1])["contentLocationUri"] == f"{BASE}/blob/chunk/u1"


def test_only_mapped_properties_are_written_and_the_category_follows_the_type(
    scripted: Scripted, connect: MakeConnector, filing: MakeRequest, mapping: DmsMapping
) -> None:
    server, address = scripted
    server.answers[STORE] = status(201, location=f"{BASE}/o2m/P1")
    rules = mapping.model_copy(
        update={
            "categories": {"rechnung": "RECH"},
            "properties": {key: mapping.properties[key] for key in list(mapping.properties)[:2]},
        }
    )
    connector = connect(address, rules=rules, repository="R")
    request = filing(document_type="rechnung", register_number="PE-2026-000007")

    connector.store(request)

    body = json.loads(server.bodies[-1])
    assert body["sourceCategory"] == "RECH"
    assert body["sourceId"] == f"{BASE}/source"
    assert body["sourceProperties"]["properties"] == [
        {"key": "1", "values": [str(request.document_id)]},
        {"key": "2", "values": ["PE-2026-000007"]},
    ]


@pytest.mark.parametrize("value", ["x" * 256, "ü" * 128])
def test_a_value_too_long_is_refused_by_name_before_anything_is_sent(
    mock: RunningMock, connect: MakeConnector, filing: MakeRequest, value: str
) -> None:
    with pytest.raises(Rejected, match=r"Absender ist für das DMS zu lang \(256 Bytes, höchstens 255\)"):
        connect(mock.address, rules=full_mapping()).store(filing(sender=value))

    assert mock.requests == []


# What could not be found again is not stored


@pytest.mark.parametrize("action", ["store", "find"])
@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("71", r"Die Eigenschaft 71 für Dokument-ID gibt es im DMS nicht\."),
        ("dokument", r"Gemeint sein könnte: .*1 \(Dokument-UUID\)"),
    ],
)
def test_without_a_field_for_our_id_nothing_is_stored(
    mock: RunningMock, connect: MakeConnector, filing: MakeRequest, action: str, key: str, told: str
) -> None:
    """d.3ecm would store without the id: after a lost answer nobody would find it, and it would be stored again."""
    keys = full_mapping().properties | {PropertySource.DOCUMENT_ID: key}
    connector = connect(mock.address, rules=full_mapping(properties=keys))
    request = filing()

    with pytest.raises(Rejected, match=told):
        connector.store(request) if action == "store" else connector.find(request.document_id)

    assert not mock.calls("POST", "/dms/")


def test_a_category_that_does_not_take_our_id_gets_no_document(
    mock: RunningMock, connect: MakeConnector, filing: MakeRequest
) -> None:
    connector = connect(mock.address, rules=full_mapping(default_category="AKTE"))

    with pytest.raises(Rejected, match=r"Die Kategorie AKTE nimmt Dokument-ID \(1\) nicht auf"):
        connector.store(filing())

    assert not mock.calls("POST", "/dms/")


def test_no_dossier_is_created_whose_reference_would_be_dropped(mock: RunningMock, connect: MakeConnector) -> None:
    """It would not be found by its reference, and be created again at the next look."""
    dossiers = {"category": "AKTE", "reference": "77", "title": "21"}
    connector = connect(mock.address, rules=full_mapping(dossiers=dossiers))

    with pytest.raises(Rejected, match="Die Eigenschaft 77 für Aktenzeichen der Akte gibt es im DMS nicht"):
        connector.find_dossiers("51-POSTEINGANG")
    with pytest.raises(Rejected, match="77"):
        connector.create_dossier(DossierRequest("51-POSTEINGANG", "Posteingang", "51"))

    assert mock.objects() == []


def test_a_server_that_tells_no_properties_is_asked_again_later(
    scripted: Scripted, connect: MakeConnector, filing: MakeRequest
) -> None:
    server, address = scripted
    told = server.answers.pop(("GET", f"{BASE}/source"))
    server.answers[STORE] = status(201, location=f"{BASE}/o2m/P1")
    connector = connect(address, repository="R")

    with pytest.raises(Unavailable, match="nennt seine Eigenschaften nicht"):
        connector.store(filing())
    server.answers["GET", f"{BASE}/source"] = told

    assert connector.store(filing()) == "P1"


# Discovery


@pytest.mark.parametrize("relation", ["source", "chunkedupload", "dmsobjectwithmapping", "searchresultwithmapping"])
def test_a_relation_the_server_does_not_offer_is_named(
    scripted: Scripted, connect: MakeConnector, filing: MakeRequest, relation: str
) -> None:
    server, address = scripted
    del server.links[relation]
    connector = connect(address, repository="R")

    with pytest.raises(Unavailable, match=f"'{relation}'"):
        connector.store(filing())
    health = connector.health()

    assert not health.ok
    assert relation in health.detail


def test_discovery_is_asked_once(mock: RunningMock, connect: MakeConnector, filing: MakeRequest) -> None:
    connector = connect(mock.address)
    for _ in range(3):
        connector.find(filing().document_id)

    assert len([request for request in mock.requests if request.path == "/dms"]) == 1


@pytest.mark.parametrize("action", ["find", "store", "read_back"])
def test_addresses_that_moved_are_discovered_anew_at_the_next_try(
    scripted: Scripted, connect: MakeConnector, filing: MakeRequest, action: str
) -> None:
    server, address = scripted
    connector, request = connect(address, repository="R"), filing()
    connector.find(request.document_id)
    for name, entry in server.links.items():
        server.links[name] = entry | {"href": entry["href"].replace(BASE, "/neu")}
    del server.answers["GET", f"{BASE}/srm"], server.answers["POST", f"{BASE}/blob/chunk/"]
    server.answers["GET", "/neu/source"] = server.answers["GET", f"{BASE}/source"]
    server.answers["GET", "/neu/srm"] = lambda _: JSONResponse({"items": []})
    server.answers["POST", "/neu/blob/chunk/"] = status(201, location="/neu/blob/chunk/u1")
    server.answers["POST", "/neu/o2m/"] = status(201, location="/neu/o2m/P7")
    server.answers["GET", "/neu/o2m/P7"] = lambda _: JSONResponse(
        {
            "_links": {"mainblobcontent": {"href": "/neu/blob"}},
            "sourceProperties": [{"key": "1", "value": str(request.document_id)}],
        }
    )
    server.answers["GET", "/neu/blob"] = lambda _: Response(b"Inhalt", media_type="application/octet-stream")
    calls: dict[str, Callable[[], object]] = {
        "find": lambda: connector.find(request.document_id),
        "store": lambda: connector.store(request),
        "read_back": lambda: connector.read_back("P7").digest.size,
    }

    assert _second_try(calls[action]) == {"find": (), "store": "P7", "read_back": 6}[action]


def _second_try(call: Callable[[], object]) -> object:
    try:
        return call()
    except Unavailable:
        return call()


# What answers mean


def test_429_carries_how_long_to_wait(mock: RunningMock, connect: MakeConnector, filing: MakeRequest) -> None:
    mock.order({"at": "store", "kind": "status", "status": 429, "retry_after": 17})

    with pytest.raises(Unavailable, match="bremst") as braked:
        connect(mock.address).store(filing())

    assert braked.value.retry_after == 17.0
    assert not isinstance(braked.value, UnclearOutcome)


@pytest.mark.parametrize("value", ["", "bald", "-1", "1.5", "Wed, 99 Oct 2026 07:28:00 GMT"])
def test_a_retry_after_that_says_nothing_leaves_the_pause_to_us(
    scripted: Scripted, connect: MakeConnector, filing: MakeRequest, value: str
) -> None:
    server, address = scripted
    server.answers["GET", f"{BASE}/srm"] = lambda _: Response(status_code=429, headers={"retry-after": value})

    with pytest.raises(Unavailable) as braked:
        connect(address, repository="R", first_pause=4.0).find(filing().document_id)

    assert braked.value.retry_after == 4.0


@pytest.mark.parametrize("code", [500, 502, 503, 504])
def test_a_server_error_at_the_store_may_have_stored(
    mock: RunningMock, connect: MakeConnector, filing: MakeRequest, code: int
) -> None:
    mock.order({"at": "store", "kind": "status", "status": code, "retry_after": 3})

    with pytest.raises(UnclearOutcome, match=str(code)) as unclear:
        connect(mock.address).store(filing())

    assert unclear.value.retry_after == 3.0


@pytest.mark.parametrize(("kind", "stored"), [("cut", 0), ("timeout_after", 1)])
def test_a_line_cut_at_the_store_may_have_stored(
    mock: RunningMock, connect: MakeConnector, filing: MakeRequest, kind: str, stored: int
) -> None:
    mock.order({"at": "store", "kind": kind, "seconds": 0})
    connector, request = connect(mock.address), filing()

    with pytest.raises(UnclearOutcome):
        connector.store(request)

    assert len(mock.filed_under(request.document_id)) == stored


def test_no_answer_in_time_at_the_store_may_have_stored(
    scripted: Scripted, connect: MakeConnector, filing: MakeRequest
) -> None:
    request = filing()

    with pytest.raises(UnclearOutcome, match="ReadTimeout"):
        connect(_never_answering_store(scripted), repository="R", timeout=0.2).store(request)


def _never_answering_store(scripted: Scripted) -> str:
    """Answers all but the store: that one waits until the client hangs up."""
    server, address = scripted

    class Silent(Response):
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            while (await receive())["type"] != "http.disconnect":
                pass

    server.answers[STORE] = lambda _: Silent()
    return address


@pytest.mark.parametrize("answer", [Response(status_code=201), HTMLResponse("<h1>Anmelden</h1>")])
def test_a_success_without_a_document_id_is_unclear(
    scripted: Scripted, connect: MakeConnector, filing: MakeRequest, answer: Response
) -> None:
    server, address = scripted
    server.answers[STORE] = lambda _: answer

    with pytest.raises(UnclearOutcome):
        connect(address, repository="R").store(filing())


@pytest.mark.parametrize("code", [301, 302, 303, 307])
def test_a_redirection_to_the_login_page_is_no_success(
    scripted: Scripted, connect: MakeConnector, filing: MakeRequest, code: int
) -> None:
    server, address = scripted
    server.answers[STORE] = status(code, location="/identityprovider/login?redirect=%2Fdms")

    with pytest.raises(Unavailable):
        connect(address, repository="R").store(filing())


@pytest.mark.parametrize("code", [400, 406, 409, 413, 422])
def test_a_refused_store_is_said_in_the_servers_words(
    scripted: Scripted, connect: MakeConnector, filing: MakeRequest, code: int
) -> None:
    server, address = scripted
    server.answers[STORE] = lambda _: JSONResponse({"reason": "10019: Missing value."}, code)

    with pytest.raises(Rejected, match=f"{code}.*10019: Missing value"):
        connect(address, repository="R").store(filing())


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"reason": null}'])
def test_a_refusal_without_words_is_a_refusal(
    scripted: Scripted, connect: MakeConnector, filing: MakeRequest, body: bytes
) -> None:
    server, address = scripted
    server.answers[STORE] = lambda _: Response(body, 400)

    with pytest.raises(Rejected, match="400"):
        connect(address, repository="R").store(filing())


@pytest.mark.parametrize("code", [403, 408])
def test_a_missing_right_is_tried_again_and_stored_nothing(
    mock: RunningMock, connect: MakeConnector, filing: MakeRequest, code: int
) -> None:
    mock.order({"at": "store", "kind": "status", "status": code})

    with pytest.raises(Unavailable, match=str(code)) as refused:
        connect(mock.address).store(filing())

    assert not isinstance(refused.value, UnclearOutcome)


def test_nobody_listening_is_no_unclear_outcome(connect: MakeConnector, filing: MakeRequest) -> None:
    connector = connect(unused_address())

    with pytest.raises(Unavailable, match="nicht erreichbar") as refused:
        connector.store(filing())

    assert not isinstance(refused.value, UnclearOutcome)
    assert not connector.health().ok
    assert "nicht erreichbar" in connector.health().detail


@pytest.mark.parametrize("kind", ["html", "cut"])
@pytest.mark.parametrize("step", ["login", "discover", "upload", "search", "read", "download"])
def test_a_wrong_answer_where_nothing_is_stored_is_just_tried_again(
    mock: RunningMock, connect: MakeConnector, filing: MakeRequest, step: str, kind: str
) -> None:
    connector, request = connect(mock.address, chunk_bytes=8), filing()
    mock.order({"at": step, "kind": kind, "skip": int(step == "discover")})  # the first asks where to log in

    with pytest.raises(Unavailable) as failure:
        connector.read_back(connector.store(request)) if step != "search" else connector.find(request.document_id)

    assert not isinstance(failure.value, UnclearOutcome)


def test_a_login_page_in_the_middle_of_an_upload_loses_no_chunk(
    mock: RunningMock, connect: MakeConnector, filing: MakeRequest
) -> None:
    connector, request = connect(mock.address, chunk_bytes=8), filing()
    mock.order({"at": "upload", "kind": "html", "skip": 1})

    with pytest.raises(Unavailable):
        connector.store(request)

    assert mock.objects() == []
    assert connector.read_back(connector.store(request)).digest == request.digest


# Search and read-back


def test_a_document_that_is_gone_is_a_refusal_and_no_outage(mock: RunningMock, connect: MakeConnector) -> None:
    connector = connect(mock.address)

    with pytest.raises(Rejected, match=r"P000000099 gibt es im DMS nicht \(mehr\)"):
        connector.read_back("P000000099")

    assert len([request for request in mock.requests if request.path == "/dms"]) > 1, "discovered anew before"


def test_one_404_is_not_taken_for_a_document_that_is_gone(
    mock: RunningMock, connect: MakeConnector, filing: MakeRequest
) -> None:
    connector, request = connect(mock.address), filing()
    target_id = connector.store(request)
    mock.order({"at": "read", "kind": "status", "status": 404})

    assert connector.read_back(target_id).digest == request.digest


def test_a_search_follows_its_pages_to_the_end(mock: RunningMock, connect: MakeConnector, filing: MakeRequest) -> None:
    connector, request = connect(mock.address), filing()
    ids = [connector.store(request) for _ in range(30)]

    assert connector.find(request.document_id) == tuple(reversed(ids))
    assert len(mock.calls("GET", "/srm")) == 2


def test_a_hit_that_does_not_show_our_id_is_not_ours(
    scripted: Scripted, connect: MakeConnector, filing: MakeRequest
) -> None:
    server, address = scripted
    request = filing()
    server.answers["GET", f"{BASE}/srm"] = lambda _: JSONResponse(
        {
            "items": [
                {"id": "P1", "sourceProperties": [{"key": "1", "value": "fremd"}]},
                {"id": "P2", "sourceProperties": [{"key": "2", "value": str(request.document_id)}]},
                {"id": "P3", "sourceProperties": None},
                {"id": "P4"},
                {"id": "P5", "sourceProperties": [{"key": "1", "value": str(request.document_id)}]},
            ]
        }
    )

    assert connect(address, repository="R").find(request.document_id) == ("P5",)


def test_a_document_without_our_id_is_refused_on_reading_back(scripted: Scripted, connect: MakeConnector) -> None:
    server, address = scripted
    server.answers["GET", f"{BASE}/o2m/P1"] = lambda _: JSONResponse(
        {"_links": {"mainblobcontent": {"href": "/blob"}}, "sourceProperties": [{"key": "2", "value": "PE"}]}
    )
    server.answers["GET", "/blob"] = lambda _: Response(b"x", media_type="application/octet-stream")

    with pytest.raises(Rejected, match="trägt unsere Dokument-ID nicht"):
        connect(address, repository="R").read_back("P1")


def test_a_document_without_content_is_not_read_back(scripted: Scripted, connect: MakeConnector) -> None:
    server, address = scripted
    server.answers["GET", f"{BASE}/o2m/P1"] = lambda _: JSONResponse({"_links": {}, "sourceProperties": []})

    with pytest.raises(Unavailable, match="mainblobcontent"):
        connect(address, repository="R").read_back("P1")


def test_health_never_raises_and_looks_anew(mock: RunningMock, connect: MakeConnector) -> None:
    connector: D3ecmConnector = connect(mock.address)
    assert connector.health().ok
    mock.order({"at": "discover", "kind": "status", "status": 503})

    assert not connector.health().ok
    assert connector.health().ok


def test_every_failure_is_one_of_the_expected_kinds(
    mock: RunningMock, connect: MakeConnector, filing: MakeRequest
) -> None:
    for code in (400, 401, 403, 404, 406, 408, 409, 410, 418, 429, 500, 501, 599):
        mock.order({"at": "any", "kind": "status", "status": code, "count": 9})
        with pytest.raises(PosteingangError):
            connect(mock.address).store(filing())
    assert mock.objects() == []
