"""The mapping against the server: every wrong key is named with what may have been meant; nothing is guessed."""

from collections.abc import Callable
from typing import Any

import pytest
from starlette.responses import JSONResponse, Response

from config.dms_config import DmsMapping
from dms_connectors.d3ecm import D3ecmConnector
from dms_connectors.port import CheckResult
from schemas.errors import Unavailable
from tests.dms_connectors.conftest import MakeConnector, MakeMock
from tests.dms_connectors.mappings import full_mapping
from tests.dms_connectors.serving import RunningMock, ScriptedDms, unused_address

Scripted = tuple[ScriptedDms, str]
BASE = f"/dms/r/{ScriptedDms.REPOSITORY}"


def mapped(**keys: str) -> DmsMapping:
    """The full mapping with other property keys."""
    properties = {source.value: key for source, key in full_mapping().properties.items()}
    return full_mapping(properties=properties | keys)


def without(*sources: str) -> DmsMapping:
    properties = {source.value: key for source, key in full_mapping().properties.items() if source not in sources}
    return full_mapping(properties=properties)


def faults(connector: D3ecmConnector) -> dict[str, str]:
    return {line.what: line.detail for line in connector.check() if line.ok is False}


def test_the_shipped_mapping_fits_the_sample_repository(
    mock: RunningMock, connect: MakeConnector, mapping: DmsMapping
) -> None:
    for rules in (mapping, full_mapping()):
        lines = connect(mock.address, rules=rules).check()
        assert [line for line in lines if line.ok is False] == []
        assert {"Repository", "Kategorie POSTE", "Kategorie RECH", "Dokument-ID (1)"} <= {line.what for line in lines}


@pytest.mark.parametrize(
    ("rules", "what", "hint"),
    [
        (full_mapping(default_category="POSTEN"), "Kategorie POSTEN", "POSTE (Posteingang)"),
        (full_mapping(default_category="Posteingang"), "Kategorie Posteingang", "POSTE (Posteingang)"),
        (full_mapping(categories={"e_rechnung": "RECHN"}), "Kategorie RECHN", "RECH (Rechnung)"),
        (
            full_mapping(papers={"pruefbericht": {"form": "document", "category": "NACHWEIS"}}),
            "Kategorie NACHWEIS",
            "NACHW",
        ),
        (mapped(sender="Absender"), "Absender (Absender)", "14 (Absender)"),
        (mapped(document_id="Dokument-UUD"), "Dokument-ID (Dokument-UUD)", "1 (Dokument-UUID)"),
    ],
)
def test_a_wrong_key_is_named_with_the_nearest_valid_ones(
    mock: RunningMock, connect: MakeConnector, rules: DmsMapping, what: str, hint: str
) -> None:
    found = faults(connect(mock.address, rules=rules))

    assert found[what].startswith("gibt es nicht.")
    assert hint in found[what]


def test_a_key_like_no_other_is_wrong_without_a_guess(mock: RunningMock, connect: MakeConnector) -> None:
    assert faults(connect(mock.address, rules=mapped(sender="zzz")))["Absender (zzz)"] == "gibt es nicht."


@pytest.mark.parametrize("key", ["category", "reference", "title", "unit", "state"])
def test_every_key_of_a_dossier_is_looked_at(mock: RunningMock, connect: MakeConnector, key: str) -> None:
    keys = {"category": "AKTE", "reference": "20", "title": "21", "unit": "4", "state": "22"}

    found = faults(connect(mock.address, rules=full_mapping(dossiers=keys | {key: "falsch"})))

    assert any("falsch" in what for what in found)


def test_a_mandatory_field_nobody_fills_is_named(make_mock: MakeMock, connect: MakeConnector) -> None:
    config = make_mock().config.model_dump()
    for category in config["categories"]:
        if category["key"] == "RECH":
            category["mandatory"] = ("1", "14")
    mock = make_mock(categories=config["categories"])

    found = faults(connect(mock.address, rules=without("sender")))

    assert found == {"Eigenschaften der Kategorie RECH": "Pflichtfeld wird nie gefüllt: Absender (14)"}
    assert faults(connect(mock.address, rules=full_mapping())) == {}


@pytest.mark.parametrize(("create", "fault"), [(True, "Aktenstatus (22)"), (False, None)])
def test_a_dossier_that_could_not_be_created_is_named(
    make_mock: MakeMock, connect: MakeConnector, create: bool, fault: str | None
) -> None:
    config = make_mock().config.model_dump()
    for category in config["categories"]:
        if category["key"] == "AKTE":
            category["mandatory"] = ("20", "22")
    mock = make_mock(categories=config["categories"])
    keys = {"category": "AKTE", "reference": "20", "title": "21", "unit": "4", "state": "22", "create": create}

    found = faults(connect(mock.address, rules=full_mapping(dossiers=keys)))

    expected = {"Anlegen von Akten der Kategorie AKTE": f"Pflichtfeld wird nie gefüllt: {fault}"} if fault else {}
    assert found == expected


def test_a_category_that_would_lose_a_value_is_named(make_mock: MakeMock, connect: MakeConnector) -> None:
    config = make_mock().config.model_dump()
    for category in config["categories"]:
        if category["key"] == "POSTE":
            category["properties"] = tuple(key for key in category["properties"] if key not in ("4", "8", "9"))
    mock = make_mock(categories=config["categories"])

    found = faults(connect(mock.address, rules=full_mapping()))

    assert found == {"Eigenschaften der Kategorie POSTE": "nimmt nicht auf: Organisationseinheit (4)"}, (
        "letters have no RE number and no amount, so that nothing is lost there"
    )


@pytest.mark.parametrize(
    ("rules", "what", "kind"),
    [
        (mapped(sender="5"), "Absender (5)", "date"),
        (mapped(received_on="9"), "Eingangsdatum (9)", "money"),
        (mapped(page_count="13"), "Seitenzahl (13)", "date"),
    ],
)
def test_a_value_of_another_type_than_the_property_is_named(
    mock: RunningMock, connect: MakeConnector, rules: DmsMapping, what: str, kind: str
) -> None:
    assert f"vom Typ {kind}" in faults(connect(mock.address, rules=rules))[what]


def test_a_type_in_words_nobody_documented_is_no_fault(scripted: Scripted, connect: MakeConnector) -> None:
    server, address = scripted
    words = [{"key": key, "type": "Zauberei", "displayName": "x"} for key in full_mapping().properties.values()]
    categories = [{"key": key, "displayName": key} for key in ("POSTE", "RECH")]
    server.answers["GET", f"{BASE}/source"] = lambda _: JSONResponse({"categories": categories, "properties": words})
    rules = full_mapping(dossiers=None, inboxes={})

    lines = {line.what: line for line in connect(address, repository="R", rules=rules).check()}

    assert not [line for line in lines.values() if line.ok is False]
    assert lines["Eigenschaften der Kategorie POSTE"].ok is None, "without /objdef nobody knows"


def test_a_server_that_tells_nothing_of_itself_is_not_checkable(scripted: Scripted, connect: MakeConnector) -> None:
    server, address = scripted
    del server.answers["GET", f"{BASE}/source"]

    lines = connect(address, repository="R", rules=full_mapping()).check()

    assert {line.ok for line in lines if line.what not in ("Repository", "Suche nach Eigenschaften")} == {None}
    assert all("nicht prüfbar" in line.detail for line in lines if line.ok is None)


# Repository, groups, task app


def test_an_unknown_repository_is_named_with_those_there_are(mock: RunningMock, connect: MakeConnector) -> None:
    (line,) = connect(mock.address, repository="gibt-es-nicht").check()

    assert line.ok is False
    assert full_mapping().repository in line.detail
    assert "Stadtarchiv-Test" in line.detail


def test_a_server_that_does_not_answer_is_an_outage_not_a_finding(connect: MakeConnector) -> None:
    with pytest.raises(Unavailable):
        connect(unused_address()).check()


@pytest.mark.parametrize("relation", ["chunkedupload", "dmsobjectwithmapping", "searchresultwithmapping"])
def test_a_function_the_user_may_not_use_is_a_finding(
    scripted: Scripted, connect: MakeConnector, relation: str
) -> None:
    server, address = scripted
    del server.links[relation]

    (line,) = connect(address, repository="R").check()

    assert line.ok is False
    assert relation in line.detail
    assert "Rechte" in line.detail


def test_a_search_without_properties_is_a_finding(scripted: Scripted, connect: MakeConnector) -> None:
    server, address = scripted
    server.links["searchresultwithmapping"] = {"href": f"{BASE}/srm{{?sourceid,fulltext}}"}
    del server.answers["GET", f"{BASE}/source"]

    assert faults(connect(address, repository="R")) == {"Suche nach Eigenschaften": "nicht angeboten"}


GROUPS = {"Resources": [{"id": "gruppe-51", "displayName": "Bereich Jugend"}]}
USER = {"groups": [{"value": "gruppe-51", "display": "Bereich Jugend"}]}


@pytest.mark.parametrize(
    ("listed", "user", "group", "ok"),
    [
        (GROUPS, None, "gruppe-51", True),
        (GROUPS, None, "gruppe-52", False),
        (None, USER, "gruppe-51", True),
        (None, USER, "gruppe-52", None),
        (None, None, "gruppe-51", None),
    ],
)
def test_a_group_is_looked_up_where_groups_are_told(
    scripted: Scripted, connect: MakeConnector, listed: Any, user: Any, group: str, ok: bool | None
) -> None:
    server, address = scripted
    for path, body in (("/identityprovider/scim/groups", listed), ("/identityprovider/validate", user)):
        if body is not None:
            server.answers["GET", path] = told(body)
    rules = full_mapping(inboxes={"51": {"group": group}})

    lines = connect(address, repository="R", rules=rules).check()

    assert group_lines(lines) == {f"Gruppe {group}": ok}


def test_the_group_for_clearing_is_looked_up_too(mock: RunningMock, connect: MakeConnector) -> None:
    rules = full_mapping(tasks={"clearing": "gruppe-poststelle"})

    assert set(group_lines(connect(mock.address, rules=rules).check())) == {
        "Gruppe gruppe-51",
        "Gruppe gruppe-poststelle",
    }


def told(body: Any) -> Callable[[object], Response]:
    return lambda _: JSONResponse(body)


def group_lines(lines: tuple[CheckResult, ...]) -> dict[str, bool | None]:
    return {line.what: line.ok for line in lines if line.what.startswith("Gruppe")}


@pytest.mark.parametrize(("body", "ok"), [({"count": 3}, True), (None, None)])
def test_the_task_app_answers_or_is_not_checkable(
    scripted: Scripted, connect: MakeConnector, body: Any, ok: bool | None
) -> None:
    server, address = scripted
    if body is not None:
        server.answers["GET", "/task/count/all"] = told(body)

    (line,) = [line for line in connect(address, repository="R").check() if line.what.startswith("Aufgaben")]

    assert line.ok is ok
