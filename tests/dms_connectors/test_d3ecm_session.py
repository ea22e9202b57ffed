"""The way to the DMS: TLS with an own authority, a proxy, the key itself, links that lead astray, ids in the log."""

import ipaddress
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Receive, Scope, Send

from config.masking import KNOWN_KEYS
from dms_connectors.d3ecm import D3ecmSettings
from schemas.errors import Rejected, Unavailable
from tests.dms_connectors.conftest import MakeConnector, MakeMock, MakeRequest
from tests.dms_connectors.serving import KEY, RunningMock, ScriptedDms, serving, unused_address

Scripted = tuple[ScriptedDms, str]
BASE = f"/dms/r/{ScriptedDms.REPOSITORY}"
LOGIN = ("GET", "/identityprovider/login")
SEARCH = ("GET", f"{BASE}/srm")


# TLS


def certificate(folder: Path, name: str, signer: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None) -> Any:
    """A certificate and its key, signed by `signer` or by itself; both also as PEM files."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issuer = signer[0].subject if signer else subject
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=signer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
    )
    made = builder.sign(signer[1] if signer else key, hashes.SHA256())
    (folder / f"{name}.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / f"{name}.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return made, key


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[tuple[ScriptedDms, str, Path]]:
    """A DMS behind TLS, and the folder with the authority that vouches for it (ca.pem) and a foreign one."""
    authority = certificate(tmp_path, "ca", None)
    certificate(tmp_path, "server", authority)
    certificate(tmp_path, "foreign", None)
    app = ScriptedDms()
    files = {"ssl_certfile": str(tmp_path / "server.pem"), "ssl_keyfile": str(tmp_path / "server.key")}
    with serving(app, **files) as address:
        yield app, address.replace("http://", "https://"), tmp_path


def test_the_own_authority_is_trusted(
    secure: tuple[ScriptedDms, str, Path], connect: MakeConnector, filing: MakeRequest
) -> None:
    server, address, folder = secure
    connector = connect(address, repository="R", ca_bundle=folder / "ca.pem")

    assert connector.find(filing().document_id) == ()

    server.answers["POST", f"{BASE}/o2m/"] = lambda _: Response(status_code=201, headers={"location": f"{BASE}/o2m/P1"})
    assert connector.store(filing()) == "P1"
    origins = {request.headers.get("origin") for request in server.requests if request.method == "POST"}
    assert origins == {address}


@pytest.mark.parametrize("bundle", ["foreign.pem", None])
def test_a_server_nobody_vouches_for_gets_nothing(
    secure: tuple[ScriptedDms, str, Path], connect: MakeConnector, filing: MakeRequest, bundle: str | None
) -> None:
    server, address, folder = secure
    connector = connect(address, repository="R", ca_bundle=folder / bundle if bundle else None)

    with pytest.raises(Unavailable, match="nicht erreichbar"):
        connector.store(filing())

    assert server.requests == []


def test_no_environment_variable_decides_whom_to_trust_or_where_to_go(
    secure: tuple[ScriptedDms, str, Path],
    connect: MakeConnector,
    filing: MakeRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server, address, folder = secure
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "ca.pem"))
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, unused_address())

    with pytest.raises(Unavailable):
        connect(address, repository="R").find(filing().document_id)
    assert server.requests == []

    assert connect(address, repository="R", ca_bundle=folder / "ca.pem").find(filing().document_id) == ()


# Proxy


class Proxy:
    """Passes every request on to where it is meant to go."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        target = scope["path"] + (f"?{scope['query_string'].decode()}" if scope["query_string"] else "")
        self.asked.append(scope["path"])
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.request(
                request.method, target, headers=dict(request.headers), content=await request.body()
            )
        headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
        await Response(answer.content, answer.status_code, headers)(scope, receive, send)


def test_a_proxy_is_used_for_everything(mock: RunningMock, connect: MakeConnector, filing: MakeRequest) -> None:
    proxy = Proxy()
    with serving(proxy) as address:
        connector = connect(mock.address, proxy=address)
        request = filing()

        assert connector.read_back(connector.store(request)).digest == request.digest

    assert len(proxy.asked) == len(mock.requests)
    assert all(target.startswith(mock.address) for target in proxy.asked)


def test_a_proxy_nobody_answers_at_is_an_outage_and_its_password_stays_hidden(
    mock: RunningMock, connect: MakeConnector, filing: MakeRequest
) -> None:
    proxy = unused_address().replace("http://", "http://benutzer:geheim@")

    with pytest.raises(Unavailable, match="nicht erreichbar") as outage:
        connect(mock.address, proxy=proxy).store(filing())

    assert "geheim" not in str(outage.value)
    assert "geheim" not in repr(D3ecmSettings("http://127.0.0.1", "k", "R", proxy=proxy))
    assert mock.requests == []


# Login


def test_the_login_is_where_the_identity_provider_says(
    scripted: Scripted, connect: MakeConnector, filing: MakeRequest
) -> None:
    server, address = scripted
    server.answers["GET", "/identityprovider"] = lambda _: JSONResponse(
        {"_links": {"login": {"href": "/idp2/anmelden{?redirect}", "templated": True}}}
    )
    server.answers["GET", "/idp2/anmelden"] = server.answers.pop(LOGIN)

    assert connect(address, repository="R").find(filing().document_id) == ()

    asked = [request for request in server.requests if "/dms" not in request.path]
    assert [request.path for request in asked] == ["/identityprovider", "/idp2/anmelden"]
    assert "authorization" not in asked[0].headers
    assert asked[1].headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    "answer",
    [Response(status_code=404), Response(status_code=401), HTMLResponse("<h1>Anmelden</h1>"), JSONResponse({})],
)
def test_without_a_link_the_documented_address_is_used(
    scripted: Scripted, connect: MakeConnector, filing: MakeRequest, answer: Response
) -> None:
    server, address = scripted
    server.answers["GET", "/identityprovider"] = lambda _: answer

    assert connect(address, repository="R").find(filing().document_id) == ()


def test_the_key_itself_can_be_used_where_sessions_are_not_wanted(
    mock: RunningMock, connect: MakeConnector, filing: MakeRequest
) -> None:
    connector, request = connect(mock.address, direct_key=True), filing()

    assert connector.read_back(connector.store(request)).digest == request.digest

    assert {sent.headers["authorization"] for sent in mock.requests} == {f"Bearer {KEY}"}
    assert not mock.calls("GET", "/identityprovider")


def test_a_session_that_ends_while_reading_back_is_renewed(
    mock: RunningMock, connect: MakeConnector, filing: MakeRequest
) -> None:
    connector, request = connect(mock.address), filing()
    target_id = connector.store(request)
    mock.order({"at": "download", "kind": "expire_session"})

    assert connector.read_back(target_id).digest == request.digest


def test_a_session_that_ends_in_the_middle_of_an_upload_doubles_no_chunk(
    mock: RunningMock, connect: MakeConnector, filing: MakeRequest
) -> None:
    connector, request = connect(mock.address, chunk_bytes=8), filing(b"0123456789" * 4)
    mock.order({"at": "upload", "kind": "expire_session", "skip": 2})

    assert connector.read_back(connector.store(request)).digest == request.digest


def test_only_sessions_are_taken_where_the_key_is_refused(
    make_mock: MakeMock, connect: MakeConnector, filing: MakeRequest
) -> None:
    mock = make_mock(accept_key_directly=False)

    assert connect(mock.address).find(filing().document_id) == ()
    with pytest.raises(Unavailable, match="API-Schlüssel"):
        connect(mock.address, direct_key=True).find(filing().document_id)


# Links that lead astray


@pytest.mark.parametrize("relation", ["chunkedupload", "searchresultwithmapping", "dmsobjectwithmapping"])
@pytest.mark.parametrize("target", ["http://127.0.0.1:9/x", "//fremd.example/x", "https://127.0.0.1/x"])
def test_the_session_is_never_sent_to_another_host(
    scripted: Scripted, connect: MakeConnector, filing: MakeRequest, relation: str, target: str
) -> None:
    server, address = scripted
    server.links[relation] = {"href": f"{target}{{?sourceid,sourceproperties}}"}
    connector = connect(address, repository="R")
    request = filing()

    with pytest.raises(Unavailable, match="fremde Adresse"):
        connector.find(request.document_id) if relation == "searchresultwithmapping" else connector.store(request)


def test_a_result_list_that_leads_in_a_circle_ends(
    scripted: Scripted, connect: MakeConnector, filing: MakeRequest
) -> None:
    server, address = scripted
    server.answers[SEARCH] = lambda request: JSONResponse(
        {"items": [], "_links": {"next": {"href": f"{request.url.path}?page=2"}}}
    )

    with pytest.raises(Unavailable, match="im Kreis"):
        connect(address, repository="R").find(filing().document_id)


# Request ids


def test_the_request_id_stands_in_the_log_and_in_a_refusal(
    scripted: Scripted, connect: MakeConnector, filing: MakeRequest
) -> None:
    server, address = scripted
    server.answers["POST", f"{BASE}/o2m/"] = lambda _: JSONResponse({"reason": "Nein."}, 400)

    with structlog.testing.capture_logs() as lines, pytest.raises(Rejected) as refused:
        connect(address, repository="R").store(filing())

    calls = [line for line in lines if line["event"] == "dms_call"]
    assert [line["request"] for line in calls] == [request.headers["x-dv-request-id"] for request in server.requests]
    assert f"(Vorgang {calls[-1]['request']})" in str(refused.value)
    assert (calls[-1]["method"], calls[-1]["status"], calls[-1]["route"]) == ("POST", 400, f"{BASE}/o2m/")
    assert set().union(*calls) - {"log_level"} <= KNOWN_KEYS


def test_the_server_s_own_id_of_a_failed_call_is_named_too(
    scripted: Scripted, connect: MakeConnector, filing: MakeRequest
) -> None:
    server, address = scripted
    server.answers[SEARCH] = lambda _: JSONResponse({"requestId": "srv-77"}, 503)

    with pytest.raises(Unavailable, match=r"\(Vorgang [0-9a-f-]{36}, im DMS srv-77\)"):
        connect(address, repository="R").find(filing().document_id)


def test_a_call_without_answer_is_logged_with_its_id(connect: MakeConnector, filing: MakeRequest) -> None:
    with structlog.testing.capture_logs() as lines, pytest.raises(Unavailable):
        connect(unused_address()).find(filing().document_id)

    (line,) = lines
    assert (line["event"], line["code"]) == ("dms_call_lost", "ConnectError")
    assert len(line["request"]) == 36


def test_connections_are_used_again(mock: RunningMock, connect: MakeConnector, filing: MakeRequest) -> None:
    connector = connect(mock.address)
    for _ in range(5):
        connector.read_back(connector.store(filing()))

    assert len({request.client for request in mock.requests}) == 1
