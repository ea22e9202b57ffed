"""Whatever is wrong with a document or the mapping is a German sentence that names both; nothing gets lost."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from config.city_config import City
from config.dms_config import DmsMapping
from config.load import read_city
from config.settings import CODE_ROOT
from schemas.states import State
from tests.dms_connectors.conftest import MakeConnector
from tests.dms_connectors.mailroom import document_only, opened
from tests.dms_connectors.mappings import full_mapping
from tests.dms_connectors.serving import RunningMock

LONG = "x" * 300


@pytest.fixture(scope="module")
def iserlohn() -> City:
    return read_city(CODE_ROOT / "config" / "city").model_copy(update={"dms": document_only()})


def keys(**changes: str) -> DmsMapping:
    properties = {source.value: key for source, key in full_mapping().properties.items()}
    return full_mapping(properties=properties | changes)


@pytest.mark.parametrize(
    ("rules", "facts", "words"),
    [
        (full_mapping(default_category="POSTEN"), {}, "Kategorie POSTEN"),
        (keys(document_id="3", document_type="2"), {}, "verlangt einen Wert für eine Pflichteigenschaft"),
        (keys(unit="99"), {}, "Organisationseinheit"),
        (keys(received_on="9"), {}, r"Betroffen: Eingangsdatum \(9\)"),
        (full_mapping(), {"document_type": LONG}, "Dokumentart ist für das DMS zu lang .300 Bytes, höchstens 255."),
        (full_mapping(), {"document_type": "x" * 100}, r"Betroffen: Dokumentart \(3\)"),
    ],
    ids=["category", "mandatory", "unknown key", "wrong type", "too long", "too long for the server"],
)
def test_what_is_wrong_goes_to_clearing_by_name_and_is_filed_once_when_put_right(
    mock: RunningMock,
    connect: MakeConnector,
    iserlohn: City,
    tmp_path: Path,
    rules: DmsMapping,
    facts: dict[str, Any],
    words: str,
) -> None:
    mailroom = opened(mock, connect, iserlohn, tmp_path, rules=rules)
    right = mailroom.work
    mailroom.work = replace(right, facts=replace(right.facts, **facts))

    refused = mailroom.file()

    assert refused.state is State.CLEARING
    assert any(part in refused.reason for part in ("PE-2026-000042.pdf", "P000000001"))
    assert re.search(words, refused.reason)
    arrived = {done.part: done.target_id for done in refused.delivered}
    mailroom.work = replace(right, arrived=arrived)
    mailroom.connector = connect(mock.address, rules=full_mapping())
    again = mailroom.file()
    assert len(mock.filed_under(right.document_id)) == 1
    assert again.state is (State.CLEARING if arrived else State.FILED)
