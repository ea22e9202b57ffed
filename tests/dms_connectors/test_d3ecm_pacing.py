"""How the DMS is spared: after 429, after a rejected key, after failures in succession. No test waits."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from typing import Any

import pytest
from starlette.responses import JSONResponse, Response

from dms_connectors.d3ecm.pacing import Pacing
from schemas.errors import Unavailable, UnclearOutcome
from tests.dms_connectors.conftest import MakeConnector, MakeRequest
from tests.dms_connectors.serving import RunningMock, ScriptedDms

SEARCH = ("GET", f"/dms/r/{ScriptedDms.REPOSITORY}/srm")
LOGIN = ("GET", "/identityprovider/login")


class Time:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def pacing(clock: Time, **changes: Any) -> Pacing:
    values: dict[str, Any] = {"first_pause": 1.0, "key_pause": 60.0, "failures": 3, "rest": 30.0}
    return Pacing(**(values | changes), clock=clock)


def is_held(paced: Pacing) -> bool:
    try:
        paced.admit()
    except Unavailable as held:
        assert held.retry_after is not None
        assert held.retry_after > 0
        return True
    return False


def status(code: int, **headers: str) -> Callable[[object], Response]:
    return lambda _: Response(
        status_code=code, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )


# 429


def test_a_pause_is_as_long_as_told_and_then_over() -> None:
    clock = Time()
    paced = pacing(clock)

    assert paced.braked(17.0) == 17.0

    assert is_held(paced)
    clock.now = 16.9
    assert is_held(paced)
    clock.now = 17.0
    assert not is_held(paced)


def test_without_a_time_pauses_double_up_to_a_minute_and_start_anew_after_an_answer() -> None:
    paced = pacing(Time(), chance=lambda: 1.0)

    assert [paced.braked(None) for _ in range(8)] == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]
    paced.answered()
    assert paced.braked(None) == 1.0


def test_jitter_takes_up_to_half_of_a_pause() -> None:
    assert pacing(Time(), chance=lambda: 0.0).braked(None) == 0.5
    assert pacing(Time(), chance=lambda: 0.5).braked(None) == 0.75


def test_no_server_locks_us_out_for_days() -> None:
    assert pacing(Time()).braked(10.0**9) == 3600.0


def test_after_429_the_next_document_is_not_sent_at_once(
    mock: RunningMock, connect: MakeConnector, filing: MakeRequest
) -> None:
    clock = Time()
    connector = connect(mock.address, clock=clock)
    connector.store(filing())
    mock.order({"at": "store", "kind": "status", "status": 429, "retry_after": 90})
    with pytest.raises(Unavailable) as braked:
        connector.store(filing())
    assert braked.value.retry_after == 90.0
    asked = len(mock.requests)

    clock.now = 30.0
    with pytest.raises(Unavailable, match=r"bremst \(429\)\. Nächster Versuch in 60 s") as held:
        connector.store(filing())

    assert held.value.retry_after == 60.0
    assert not isinstance(held.value, UnclearOutcome)
    assert len(mock.requests) == asked
    clock.now = 90.0
    assert connector.store(filing())


def test_a_retry_after_may_be_a_date(
    scripted: tuple[ScriptedDms, str], connect: MakeConnector, filing: MakeRequest
) -> None:
    server, address = scripted
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=300), usegmt=True)
    server.answers[SEARCH] = status(429, retry_after=moment)

    with pytest.raises(Unavailable) as braked:
        connect(address, repository="R").find(filing().document_id)

    assert braked.value.retry_after is not None
    assert 200 < braked.value.retry_after <= 300


def test_a_date_that_is_over_means_now(
    scripted: tuple[ScriptedDms, str], connect: MakeConnector, filing: MakeRequest
) -> None:
    server, address = scripted
    server.answers[SEARCH] = status(429, retry_after="Wed, 21 Oct 2015 07:28:00 GMT")
    connector = connect(address, repository="R")

    for _ in range(2):
        with pytest.raises(Unavailable) as braked:
            connector.find(filing().document_id)
        assert braked.value.retry_after == 0.0


# Breaker


def test_after_failures_in_succession_the_dms_rests_and_one_probe_decides() -> None:
    clock, rests = Time(), list[float]()
    paced = pacing(clock, paused=lambda _, seconds: rests.append(seconds))
    for _ in range(2):
        paced.failed()
    assert not is_held(paced)

    paced.failed()

    assert is_held(paced)
    clock.now = 30.0
    assert not is_held(paced), "one probe"
    paced.failed()
    assert is_held(paced), "the probe failed: rest again"
    clock.now = 89.9
    assert is_held(paced), "twice as long"
    clock.now = 90.0
    paced.admit()
    paced.answered()
    paced.failed()
    assert not is_held(paced), "after a success failures are counted anew"
    assert rests == [30.0, 60.0]


def test_a_rest_never_grows_beyond_two_minutes() -> None:
    clock = Time()
    paced = pacing(clock)
    rests = []
    for _ in range(12):
        paced.failed()
        start = clock.now
        while is_held(paced):
            clock.now += 1
        rests.append(clock.now - start)

    assert max(rests) == 120.0
    assert all(later >= earlier for earlier, later in pairwise(rests))


def test_a_success_in_between_keeps_the_dms_in_use() -> None:
    paced = pacing(Time())
    for _ in range(10):
        paced.failed()
        paced.failed()
        paced.answered()

    assert not is_held(paced)


@pytest.mark.parametrize("fault", [{"kind": "status", "status": 503}, {"kind": "cut"}])
def test_a_dms_in_trouble_is_left_alone_and_used_again_when_it_works(
    mock: RunningMock, connect: MakeConnector, filing: MakeRequest, fault: dict[str, Any]
) -> None:
    clock, said = Time(), list[tuple[str, float]]()
    connector = connect(
        mock.address, clock=clock, breaker_failures=3, paused=lambda why, seconds: said.append((why, seconds))
    )
    request = filing()
    target_id = connector.store(request)
    mock.order({"at": "any", "count": 4} | fault)
    for _ in range(3):
        with pytest.raises(Unavailable):
            connector.find(request.document_id)
    asked = len(mock.requests)

    for _ in range(5):
        with pytest.raises(Unavailable, match=r"3-mal in Folge ausgefallen.*Nächster Versuch in 30 s"):
            connector.find(request.document_id)

    assert len(mock.requests) == asked
    assert "wird geschont" in connector.health().detail
    assert said == [("Das DMS ist 3-mal in Folge ausgefallen und wird geschont.", 30.0)]
    clock.now = 30.0
    with pytest.raises(Unavailable):
        connector.find(request.document_id)
    assert len(mock.requests) == asked + 1, "one probe, no more"
    clock.now = 90.0
    assert connector.find(request.document_id) == (target_id,)
    assert connector.health().ok


def test_refusals_are_no_failures(mock: RunningMock, connect: MakeConnector, filing: MakeRequest) -> None:
    connector = connect(mock.address, breaker_failures=2, clock=Time())
    mock.order({"at": "store", "kind": "status", "status": 403, "count": 6})
    for _ in range(6):
        with pytest.raises(Unavailable, match="403"):
            connector.store(filing())

    assert connector.store(filing())


# Rejected key


@pytest.mark.parametrize("login_failure", ["401", "html"])
def test_a_rejected_key_is_not_offered_again_and_again(
    make_mock: Callable[..., RunningMock], connect: MakeConnector, filing: MakeRequest, login_failure: str
) -> None:
    mock, clock = make_mock(login_failure=login_failure), Time()
    connector = connect(mock.address, api_key="falsch", clock=clock)
    with pytest.raises(Unavailable, match="nimmt den API-Schlüssel nicht an") as refused:
        connector.find(filing().document_id)
    assert refused.value.retry_after == 60.0

    for _ in range(20):
        with pytest.raises(Unavailable, match="hat den API-Schlüssel abgelehnt"):
            connector.find(filing().document_id)
        assert not connector.health().ok

    assert len(mock.calls("GET", LOGIN[1])) == 1
    pauses = []
    for _ in range(6):
        clock.now += 3600
        with pytest.raises(Unavailable) as refused:
            connector.find(filing().document_id)
        pauses.append(refused.value.retry_after)
    assert pauses == [120.0, 240.0, 480.0, 900.0, 900.0, 900.0]


def test_a_key_that_is_accepted_later_is_used(
    scripted: tuple[ScriptedDms, str], connect: MakeConnector, filing: MakeRequest
) -> None:
    server, address = scripted
    accepted = server.answers[LOGIN]
    server.answers[LOGIN] = status(403)
    clock = Time()
    connector = connect(address, repository="R", clock=clock)
    with pytest.raises(Unavailable, match="API-Schlüssel"):
        connector.find(filing().document_id)
    server.answers[LOGIN] = accepted

    clock.now = 60.0

    assert connector.find(filing().document_id) == ()


def test_a_key_used_directly_and_refused_rests_too(
    scripted: tuple[ScriptedDms, str], connect: MakeConnector, filing: MakeRequest
) -> None:
    server, address = scripted
    server.answers["GET", "/dms"] = lambda _: JSONResponse({}, 401)
    connector = connect(address, repository="R", direct_key=True, clock=Time())

    for _ in range(3):
        with pytest.raises(Unavailable, match="API-Schlüssel"):
            connector.find(filing().document_id)

    assert [request.path for request in server.requests] == ["/dms"]
