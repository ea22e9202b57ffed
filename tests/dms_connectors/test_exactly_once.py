"""Every fault at every step of a filing, through the pipeline and over HTTP: in the end the DMS holds one document."""

import random
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from config.city_config import City
from config.load import read_city
from config.settings import CODE_ROOT
from schemas.states import State
from schemas.values import StepResult, Work
from tests.dms_connectors.conftest import MakeConnector
from tests.dms_connectors.mailroom import Mailroom, document_only, opened
from tests.dms_connectors.serving import RunningMock, running_mock

STEPS: dict[str, dict[str, Any]] = {
    "asking where to log in": {"at": "discover"},
    "login": {"at": "login"},
    "discovery of the DMS": {"at": "discover", "skip": 1},
    "discovery of the repository": {"at": "discover", "skip": 2},
    "search before the store": {"at": "search"},
    "first chunk": {"at": "upload"},
    "second chunk": {"at": "upload", "skip": 1},
    "last chunk": {"at": "upload", "skip": 2},
    "store": {"at": "store"},
    "search after the store": {"at": "search", "skip": 1},
    "reading the content back": {"at": "download"},
}
FAULTS: dict[str, dict[str, Any]] = {
    **{f"status {code}": {"kind": "status", "status": code} for code in (401, 403, 404, 429, 500, 502, 503)},
    "429 with Retry-After": {"kind": "status", "status": 429, "retry_after": 90},
    "503 with Retry-After": {"kind": "status", "status": 503, "retry_after": 20},
    "cut before anything": {"kind": "cut"},
    "no effect and no answer": {"kind": "timeout_before", "seconds": 0},
    "effect and no answer": {"kind": "timeout_after", "seconds": 0},
    "effect and half an answer": {"kind": "cut_answer"},
    "HTML": {"kind": "html"},
    "expired session": {"kind": "expire_session"},
    "slow": {"kind": "delay", "seconds": 0.05},
}


@pytest.fixture(scope="module")
def iserlohn() -> City:
    """The shipped rules, but nothing beside the document itself is filed."""
    return read_city(CODE_ROOT / "config" / "city").model_copy(update={"dms": document_only()})


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningMock]:
    with running_mock(tmp_path_factory.mktemp("dms")) as mock:
        yield mock


@pytest.fixture
def dms(shared: RunningMock) -> RunningMock:
    """The stand-in without faults; every test files a document of its own."""
    shared.order()
    shared.requests.clear()
    return shared


@pytest.fixture
def mailroom(dms: RunningMock, connect: MakeConnector, iserlohn: City, tmp_path: Path) -> Mailroom:
    return opened(dms, connect, iserlohn, tmp_path)


def show(dms: RunningMock, work: Work) -> None:
    """The search index of the DMS catches up."""
    with closing(sqlite3.connect(dms.folder / "mock.sqlite3")) as database, database:
        ours = "SELECT object FROM properties WHERE key = '1' AND value = ?"
        database.execute(f"UPDATE objects SET visible_at = 0 WHERE number IN ({ours})", (str(work.document_id),))


def assert_filed_once(dms: RunningMock, mailroom: Mailroom, result: StepResult) -> None:
    assert result.state is State.FILED, result.reason
    assert dms.filed_under(mailroom.work.document_id) == [result.facts.delivered_as]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("step", STEPS)
def test_one_fault_at_one_step(dms: RunningMock, mailroom: Mailroom, step: str, fault: str) -> None:
    dms.order(STEPS[step] | FAULTS[fault])

    result = mailroom.file()

    assert_filed_once(dms, mailroom, result)
    assert mailroom.tries <= 3


@pytest.mark.parametrize("later", FAULTS)
@pytest.mark.parametrize("step", ["login", "search before the store", "store", "reading the content back"])
def test_trouble_goes_on_after_a_store_without_answer(
    dms: RunningMock, mailroom: Mailroom, step: str, later: str
) -> None:
    lost = STEPS["store"] | FAULTS["effect and no answer"]
    expired = STEPS["store"] | FAULTS["expired session"]
    dms.order(
        *([expired] if step == "login" else []), lost, STEPS[step] | {"skip": int(step != "store")} | FAULTS[later]
    )

    result = mailroom.file()

    assert_filed_once(dms, mailroom, result)
    assert len(dms.calls("POST", "/o2m")) <= 2 + (step == "store")


@pytest.mark.parametrize("seed", range(12))
def test_a_storm_of_faults(dms: RunningMock, mailroom: Mailroom, seed: int) -> None:
    chance = random.Random(seed)
    kinds = [name for name in FAULTS if name != "slow"]
    dms.order(
        *(
            {"at": "any", "skip": chance.randrange(6), "count": chance.randrange(1, 3)} | FAULTS[chance.choice(kinds)]
            for _ in range(6)
        )
    )

    assert_filed_once(dms, mailroom, mailroom.file(most=40))


@pytest.mark.parametrize("answered", [True, False])
def test_a_document_the_search_does_not_show_yet_is_waited_for(
    dms: RunningMock, mailroom: Mailroom, answered: bool
) -> None:
    faults = [] if answered else [STEPS["store"] | FAULTS["effect and no answer"]]
    dms.order({"at": "store", "kind": "late_visibility", "seconds": 3600}, *faults)

    result = mailroom.file(meanwhile=lambda: show(dms, mailroom.work) if mailroom.tries == 2 else None)

    assert_filed_once(dms, mailroom, result)
    assert len(dms.calls("POST", "/o2m")) == 1
    assert mailroom.tries == (1 if answered else 3)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_while_reading_what_the_search_does_not_show(dms: RunningMock, mailroom: Mailroom, fault: str) -> None:
    """Answered, but not yet shown: read by its id; the next try must know it without a search."""
    dms.order({"at": "store", "kind": "late_visibility", "seconds": 3600}, {"at": "read"} | FAULTS[fault])

    result = mailroom.file(meanwhile=lambda: show(dms, mailroom.work))

    assert_filed_once(dms, mailroom, result)


def test_a_store_that_is_answered_too_late(
    dms: RunningMock, connect: MakeConnector, iserlohn: City, tmp_path: Path
) -> None:
    mailroom = opened(dms, connect, iserlohn, tmp_path, timeout=1.0)
    dms.order({"at": "store", "kind": "timeout_after", "seconds": 1.5})

    assert_filed_once(dms, mailroom, mailroom.file())
    assert len(dms.calls("POST", "/o2m")) == 1


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"at": "store", "kind": "drop_property", "property": "4"}, "Organisationseinheit"),
        ({"at": "store", "kind": "change_property", "property": "4", "value": "99"}, "Organisationseinheit"),
        ({"at": "download", "kind": "damage"}, "SHA-256 verschieden"),
    ],
    ids=["dropped property", "changed property", "damaged content"],
)
def test_a_loss_goes_to_a_person_and_not_into_the_void(
    dms: RunningMock, mailroom: Mailroom, fault: dict[str, Any], words: str
) -> None:
    dms.order(fault)

    result = mailroom.file()

    assert result.state is State.CLEARING
    assert words in result.reason
    assert len(dms.filed_under(mailroom.work.document_id)) == 1


@pytest.mark.parametrize("skip", range(0, 27, 2))
@pytest.mark.parametrize(
    "fault", ["status 503", "status 429", "effect and no answer", "cut before anything", "expired session"]
)
def test_a_fault_at_any_call_of_a_filing_as_shipped(
    mock: RunningMock, connect: MakeConnector, tmp_path: Path, fault: str, skip: int
) -> None:
    """With its node in the filing plan and its further papers; no document and no node is there twice."""
    shipped = read_city(CODE_ROOT / "config" / "city")
    mailroom = opened(mock, connect, shipped, tmp_path, chunk_bytes=4096)
    mock.order({"at": "any", "skip": skip} | FAULTS[fault])

    result = mailroom.file()

    assert_filed_once(mock, mailroom, result)
    marks = Counter(tuple(shown["properties"].get(key, ())) for shown in mock.objects() for key in ("1", "20"))
    del marks[()]
    assert set(marks.values()) == {1}, marks


def test_five_requests_file_a_document_and_prove_it(
    dms: RunningMock, connect: MakeConnector, iserlohn: City, tmp_path: Path
) -> None:
    first = opened(dms, connect, iserlohn, tmp_path, chunk_bytes=4096)
    first.file()
    second = replace(first, work=replace(first.work, document_id=uuid4()))
    dms.requests.clear()

    result = second.file()

    assert_filed_once(dms, second, result)
    base = f"/dms/r/{second.city.dms.repository}"
    assert [(request.method, request.path.removeprefix(base)) for request in dms.requests] == [
        ("GET", "/srm"),
        ("POST", "/blob/chunk/"),
        ("POST", "/o2m/"),
        ("GET", "/srm"),
        ("GET", f"/o2/{result.facts.delivered_as}/v/current/b/main/c"),
    ]
