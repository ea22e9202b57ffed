"""Duplicates, refusals, changes and deletion of the d.3ecm adapter where the server is not as kind as the contract."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from config.dms_config import PropertySource
from dms_connectors.port import DossierRequest, FilingRequest, Place, TaskRequest, TaskState
from schemas.errors import NotOffered, Rejected, Unavailable, UnclearOutcome
from tests.dms_connectors.conftest import MakeConnector, MakeMock, MakeRequest
from tests.dms_connectors.mappings import full_mapping
from tests.dms_connectors.serving import KEY, RunningMock, ScriptedDms

Scripted = tuple[ScriptedDms, str]
BASE = f"/dms/r/{ScriptedDms.REPOSITORY}"
STORE = ("POST", f"{BASE}/o2m/")
ITEM = f"{BASE}/o2m/P1"
PLACE = Place("e_rechnung", "22")


def answer(body: Any, code: int = 200, **headers: str) -> Callable[[Request], Response]:
    return lambda _: JSONResponse(body, code, headers=headers)


def item(request: FilingRequest | None = None, *relations: str, **values: str) -> dict[str, Any]:
    """An object as the server shows it, with these relations, all at its own address."""
    shown = ({"1": str(request.document_id)} if request else {}) | values
    return {
        "id": "P1",
        "_links": {relation: {"href": ITEM} for relation in relations},
        "sourceCategories": ["POSTE"],
        "sourceProperties": [{"key": key, "value": value, "isMultiValue": False} for key, value in shown.items()],
    }


# Duplicates


@pytest.mark.parametrize(
    "named", [{"dmsObjectId": "P1"}, {"_links": {"dmsobject": {"href": f"{ITEM}?sourceid=x"}}}], ids=["id", "link"]
)
def test_a_duplicate_that_carries_our_id_is_our_earlier_try(
    scripted: Scripted, connect: MakeConnector, filing: MakeRequest, named: dict[str, Any]
) -> None:
    server, address = scripted
    request = filing()
    server.answers[STORE] = answer({"reason": "Already stored."} | named, 400)
    server.answers["GET", ITEM] = answer(item(request))

    assert connect(address, repository="R").store(request) == "P1"


def test_a_duplicate_of_another_document_is_refused_and_named(
    make_mock: MakeMock, connect: MakeConnector, filing: MakeRequest
) -> None:
    mock = make_mock(duplicate_check=True)
    connector = connect(mock.address)
    first = connector.store(filing(b"%PDF-1.7 gleich"))

    with pytest.raises(Rejected, match=rf"schon als Dokument {first}, das nicht zu diesem Eingang gehört"):
        connector.store(filing(b"%PDF-1.7 gleich"))

    assert len(mock.objects()) == 1


def test_a_duplicate_that_cannot_be_looked_at_is_nobody_s_success(
    scripted: Scripted, connect: MakeConnector, filing: MakeRequest
) -> None:
    server, address = scripted
    server.answers[STORE] = answer({"dmsObjectId": "P1"}, 400)

    with pytest.raises(Rejected, match="P1"):
        connect(address, repository="R").store(filing())


def test_a_duplicate_whose_owner_is_unknown_for_now_is_tried_again(
    scripted: Scripted, connect: MakeConnector, filing: MakeRequest
) -> None:
    server, address = scripted
    server.answers[STORE] = answer({"dmsObjectId": "P1"}, 400)
    server.answers["GET", ITEM] = answer({}, 503)

    with pytest.raises(Unavailable, match="503"):
        connect(address, repository="R").store(filing())


# Refusals in our words


def test_a_missing_mandatory_property_is_named(
    make_mock: MakeMock, connect: MakeConnector, filing: MakeRequest
) -> None:
    mock = make_mock()
    properties = {source.value: key for source, key in full_mapping().properties.items()}
    rules = full_mapping(properties=properties | {"document_id": "3", "document_type": "2"})

    with pytest.raises(Rejected, match=r"Pflichteigenschaft der Kategorie POSTE.*10019.*Property: 1.*dms check"):
        connect(mock.address, rules=rules).store(filing())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"register_number": "PE-" + "0" * 40}, r"Betroffen: Eingangsnummer \(2\)"),
        ({"page_count": 10**40}, None),
        ({"amount": "viel"}, r"Betroffen: Betrag \(9\)"),
    ],
)
def test_a_value_the_server_refuses_is_named_in_our_words(
    mock: RunningMock, connect: MakeConnector, filing: MakeRequest, changes: dict[str, Any], words: str | None
) -> None:
    connector = connect(mock.address, rules=full_mapping())
    if words is None:
        assert connector.store(filing(**changes))
        return

    with pytest.raises(Rejected, match=words):
        connector.store(filing(**changes))


def test_a_category_the_server_does_not_have_is_named(
    mock: RunningMock, connect: MakeConnector, filing: MakeRequest
) -> None:
    with pytest.raises(Rejected, match=r"Kategorie POSTEN\."):
        connect(mock.address, rules=full_mapping(default_category="POSTEN")).store(filing())


def test_a_success_with_losses_is_in_the_log_by_its_codes(
    mock: RunningMock, connect: MakeConnector, filing: MakeRequest
) -> None:
    properties = {source.value: key for source, key in full_mapping().properties.items()}
    connector = connect(mock.address, rules=full_mapping(properties=properties | {"sender": "99"}))

    with structlog.testing.capture_logs() as lines:
        target_id = connector.store(filing(sender="Muster GmbH"))

    (loss,) = [line for line in lines if line["event"] == "dms_values_dropped"]
    assert loss["code"] == ["DmsApp-Mapping-NoMappingFoundForSourceProperty"]
    assert "sender" not in connector.read_back(target_id).properties


def test_a_file_name_no_system_takes_arrives_safe_and_the_property_tells_the_real_one(
    scripted: Scripted, connect: MakeConnector, filing: MakeRequest
) -> None:
    server, address = scripted
    server.answers[STORE] = answer({}, 201, location=ITEM)

    connect(address, repository="R").store(filing(file_name="Re: Mahnung?.pdf"))

    body = json.loads(server.bodies[-1])
    assert body["filename"] == "Re_ Mahnung_.pdf"
    assert {"key": "6", "values": ["Re: Mahnung?.pdf"]} in body["sourceProperties"]["properties"]


# Keys in both forms


def definitions(mock: RunningMock) -> dict[str, Any]:
    """/objdef by the key of each category."""
    path = f"{mock.address}/dms/r/{full_mapping().repository}/objdef"
    listed = httpx.get(path, headers={"Authorization": f"Bearer {KEY}"}).raise_for_status().json()
    return {entry["displayName"]: entry for entry in listed["objectDefinitions"]}


@pytest.mark.parametrize(
    ("shown", "configured"), [("short", "id"), ("unique", "uniqueId"), ("both", "id"), ("both", "uniqueId")]
)
def test_keys_may_be_configured_in_the_form_the_server_has(
    make_mock: MakeMock, connect: MakeConnector, filing: MakeRequest, shown: str, configured: str
) -> None:
    mock = make_mock(keys=shown)
    letter, bill = definitions(mock)["Posteingang"], definitions(mock)["Rechnung"]
    keys = {field["displayName"]: field[configured] for field in letter["propertyFields"]}
    names = {"document_id": "Dokument-UUID", "unit": "Organisationseinheit", "references": "Fremde Zeichen"}
    rules = full_mapping(
        properties={source: keys[name] for source, name in names.items()},
        default_category=letter[configured],
        categories={"e_rechnung": bill[configured]},
        dossiers=None,
        inboxes={},
    )
    connector, request = connect(mock.address, rules=rules), filing(unit="51", references=("a", "b"))

    target_id = connector.store(request)

    assert connector.find(request.document_id) == (target_id,)
    filed = connector.read_back(target_id)
    assert (filed.properties["unit"], filed.properties["references"]) == ("51", ("a", "b"))
    assert filed.category == letter[configured]
    connector.move(target_id, PLACE, "", "Grund")
    assert connector.read_back(target_id).category == bill[configured]


def test_an_answer_in_another_form_than_the_configured_one_is_understood(
    scripted: Scripted, connect: MakeConnector, filing: MakeRequest
) -> None:
    server, address = scripted
    request = filing()
    body = item(None, **{"UUID-1": str(request.document_id), "uuid-4": "22"}) | {"sourceCategories": ["uuid-poste"]}
    body["_links"] = {"mainblobcontent": {"href": "/blob"}}
    server.answers["GET", ITEM] = answer(body)
    server.answers["GET", "/blob"] = lambda _: Response(b"x", media_type="application/octet-stream")
    server.answers["GET", f"{BASE}/srm"] = answer({"items": [body]})
    fields = [{"id": "1", "uniqueId": "uuid-1"}, {"id": "4", "uniqueId": "uuid-4"}]
    server.answers["GET", f"{BASE}/objdef"] = answer(
        {"objectDefinitions": [{"id": "POSTE", "uniqueId": "uuid-poste", "propertyFields": fields}]}
    )
    connector = connect(address, repository="R")

    assert connector.find(request.document_id) == ("P1",)
    for _ in range(2):
        filed = connector.read_back("P1")

    assert (filed.document_id, filed.properties["unit"], filed.category) == (request.document_id, "22", "POSTE")
    assert len([sent for sent in server.requests if sent.path.endswith("/objdef")]) == 1


# Changes


@pytest.mark.parametrize("action", ["new_version", "update", "move"])
def test_a_document_somebody_works_on_is_not_changed(
    scripted: Scripted, connect: MakeConnector, filing: MakeRequest, action: str
) -> None:
    server, address = scripted
    request = filing()
    server.answers["GET", ITEM] = answer(item(request, property_state="Processing", property_editor="maier"))
    connector = connect(address, repository="R")
    calls: dict[str, Callable[[], object]] = {
        "new_version": lambda: connector.new_version("P1", request),
        "update": lambda: connector.update("P1", {PropertySource.UNIT: "22"}, "Grund"),
        "move": lambda: connector.move("P1", PLACE, "", "Grund"),
    }

    with pytest.raises(Rejected, match=r"Änderung von P1 nicht zu. Status Processing, Bearbeiter maier.*freigeben"):
        calls[action]()

    assert {sent.method for sent in server.requests} == {"GET"}, "nothing was sent, not even the content"


def test_only_properties_may_be_changed_where_content_may_not(
    scripted: Scripted, connect: MakeConnector, filing: MakeRequest
) -> None:
    server, address = scripted
    request = filing()
    server.answers["GET", ITEM] = answer(item(request, "update"))
    server.answers["PUT", ITEM] = answer({})
    connector = connect(address, repository="R")

    connector.update("P1", {PropertySource.UNIT: "51"}, "falsch zugeleitet")
    body = json.loads(server.bodies[-1])
    with pytest.raises(Rejected):
        connector.new_version("P1", request)

    assert body["alterationText"] == "falsch zugeleitet"
    assert body["sourceProperties"]["properties"] == [{"key": "4", "values": ["51"]}]
    assert "sourceCategory" not in body
    assert "contentLocationUri" not in body


def test_a_change_nothing_is_mapped_for_is_no_write(
    scripted: Scripted, connect: MakeConnector, filing: MakeRequest
) -> None:
    server, address = scripted
    server.answers["GET", ITEM] = answer(item(filing(), "update"))

    rules = full_mapping(properties={"document_id": "1"})

    connect(address, repository="R", rules=rules).update("P1", {PropertySource.SENDER: "neu"}, "Grund")

    assert {sent.method for sent in server.requests} == {"GET"}


def test_a_move_that_has_happened_writes_nothing_again(
    scripted: Scripted, connect: MakeConnector, filing: MakeRequest
) -> None:
    server, address = scripted
    moved = item(filing(), "update", **{"3": "e_rechnung", "4": "22"}) | {"sourceCategories": ["RECH"]}
    server.answers["GET", ITEM] = answer(moved)

    connect(address, repository="R").move("P1", PLACE, "", "Grund")

    assert {sent.method for sent in server.requests} == {"GET"}


@pytest.mark.parametrize("fault", [{"kind": "status", "status": 503}, {"kind": "timeout_after", "seconds": 0}])
def test_a_new_version_without_answer_is_unclear(
    mock: RunningMock, connect: MakeConnector, filing: MakeRequest, fault: dict[str, Any]
) -> None:
    connector, request = connect(mock.address), filing()
    target_id = connector.store(request)
    mock.order({"at": "update"} | fault)

    with pytest.raises(UnclearOutcome):
        connector.new_version(target_id, filing(b"zwei", document_id=request.document_id))


@pytest.mark.parametrize("fault", [{"kind": "status", "status": 503}, {"kind": "timeout_after", "seconds": 0}])
def test_a_move_interrupted_anywhere_ends_in_one_place(
    mock: RunningMock, connect: MakeConnector, filing: MakeRequest, fault: dict[str, Any]
) -> None:
    connector = connect(mock.address, rules=full_mapping(), breaker_failures=99)
    old = connector.create_dossier(DossierRequest("51-POSTEINGANG", "Alt", "51"))
    new = connector.create_dossier(DossierRequest("22-POSTEINGANG", "Neu", "22"))
    for skip in range(3):
        request = filing(unit="51", dossier=old)
        target_id = connector.store(request)
        mock.order({"at": "update", "skip": skip} | fault)

        with pytest.raises(Unavailable):
            connector.move(target_id, Place("e_rechnung", "22", new), old, "falsch zugeleitet")
        connector.move(target_id, Place("e_rechnung", "22", new), old, "falsch zugeleitet")

        assert connector.children(old) == ()
        assert target_id in connector.children(new)
        assert connector.read_back(target_id).properties["unit"] == "22"
        assert connector.read_back(target_id).category == "RECH"


def test_after_a_change_the_document_itself_is_read_not_what_a_search_remembers(
    mock: RunningMock, connect: MakeConnector, filing: MakeRequest
) -> None:
    connector, request = connect(mock.address), filing()
    target_id = connector.store(request)
    connector.update(target_id, {PropertySource.UNIT: "51"}, "Grund")
    connector.find(request.document_id)
    mock.requests.clear()

    connector.read_back(target_id)

    assert [sent.path.rsplit("/", 2)[-2] for sent in mock.requests] == ["o2m", "main"]


# Dossiers


def test_a_closed_dossier_is_shown_as_closed(mock: RunningMock, connect: MakeConnector) -> None:
    connector = connect(mock.address, rules=full_mapping())
    dossier = connector.create_dossier(DossierRequest("51.20-2026/17", "Fallakte", "51"))
    close_dossier(mock, dossier)

    (found,) = connector.find_dossiers("51.20-2026/17")

    assert found.closed is True


def close_dossier(mock: RunningMock, dossier: str) -> None:
    """What a clerk does."""
    source = f"/dms/r/{full_mapping().repository}/source"
    body = {"sourceId": source, "sourceProperties": {"properties": [{"key": "22", "values": ["geschlossen"]}]}}
    headers = {"Authorization": f"Bearer {KEY}", "Origin": mock.address}
    address = f"{mock.address}/dms/r/{full_mapping().repository}/o2m/{dossier}"
    httpx.put(address, params={"sourceid": source}, json=body, headers=headers).raise_for_status()


def test_a_document_under_the_reference_is_no_dossier(scripted: Scripted, connect: MakeConnector) -> None:
    server, address = scripted
    letter = item(None, **{"20": "51-POSTEINGANG"})
    server.answers["GET", f"{BASE}/srm"] = answer({"items": [letter, letter | {"sourceCategories": ["AKTE"]}]})

    assert len(connect(address, repository="R", rules=full_mapping()).find_dossiers("51-POSTEINGANG")) == 1


def test_a_search_that_takes_no_properties_is_never_used(
    scripted: Scripted, connect: MakeConnector, filing: MakeRequest
) -> None:
    """It would show everything there is."""
    server, address = scripted
    server.links["searchresultwithmapping"] = {"href": f"{BASE}/srm{{?sourceid}}", "templated": True}

    with pytest.raises(Unavailable, match="Suche nach Eigenschaften"):
        connect(address, repository="R").find(filing().document_id)

    assert not [sent for sent in server.requests if sent.path.endswith("/srm")]


def test_where_no_state_is_mapped_nobody_says_whether_a_dossier_is_closed(
    mock: RunningMock, connect: MakeConnector
) -> None:
    rules = full_mapping(dossiers={"category": "AKTE", "reference": "20", "title": "21"})
    connector = connect(mock.address, rules=rules)
    connector.create_dossier(DossierRequest("51-POSTEINGANG", "Posteingang", "51"))

    assert [found.closed for found in connector.find_dossiers("51-POSTEINGANG")] == [None]


def test_without_dossiers_in_the_mapping_there_are_none(mock: RunningMock, connect: MakeConnector) -> None:
    connector = connect(mock.address, rules=full_mapping(dossiers=None, inboxes={}))

    with pytest.raises(NotOffered):
        connector.find_dossiers("51-POSTEINGANG")
    with pytest.raises(NotOffered):
        connector.link("P1", "P2")


def test_children_are_read_by_the_dossier_s_own_link_where_the_search_cannot(
    scripted: Scripted, connect: MakeConnector
) -> None:
    server, address = scripted
    dossier = item() | {"_links": {"children": {"href": f"{BASE}/kinder"}}}
    server.answers["GET", ITEM] = answer(dossier)
    server.answers["GET", f"{BASE}/kinder"] = answer(
        {"items": [{"id": "P7"}], "_links": {"next": {"href": f"{BASE}/kinder2"}}}
    )
    server.answers["GET", f"{BASE}/kinder2"] = answer({"items": [{"id": "P8"}]})

    assert connect(address, repository="R", rules=full_mapping()).children("P1") == ("P7", "P8")


def test_a_dossier_that_is_not_confirmed_is_unclear(scripted: Scripted, connect: MakeConnector) -> None:
    server, address = scripted
    server.answers[STORE] = answer({}, 503)

    with pytest.raises(UnclearOutcome):
        connect(address, repository="R", rules=full_mapping()).create_dossier(DossierRequest("a", "b", "51"))


@pytest.mark.parametrize("linked", [True, False])
def test_a_refused_link_counts_only_if_the_document_is_not_there(
    scripted: Scripted, connect: MakeConnector, linked: bool
) -> None:
    server, address = scripted
    dossier = item() | {"_links": {"linkDmsObject": {"href": f"{ITEM}/c"}, "children": {"href": f"{BASE}/kinder"}}}
    server.answers["GET", ITEM] = answer(dossier)
    server.answers["POST", f"{ITEM}/c"] = answer({"reason": "Already linked."}, 409)
    server.answers["GET", f"{BASE}/kinder"] = answer({"items": [{"id": "P2"}] if linked else []})
    connector = connect(address, repository="R", rules=full_mapping())

    if linked:
        connector.link("P1", "P2")
    else:
        with pytest.raises(Rejected, match="Already linked"):
            connector.link("P1", "P2")


# Deletion


def test_a_deletion_gives_its_reason_each_time(mock: RunningMock, connect: MakeConnector, filing: MakeRequest) -> None:
    connector, request = connect(mock.address), filing()
    target_id = connector.store(request)
    connector.new_version(target_id, filing(b"zwei", document_id=request.document_id))

    connector.delete(target_id, "Aufbewahrungsfrist abgelaufen")

    assert len(mock.calls("DELETE", target_id)) == 2
    assert connector.find(request.document_id) == ()


def test_without_a_relation_to_delete_it_is_said_what_to_check(
    scripted: Scripted, connect: MakeConnector, filing: MakeRequest
) -> None:
    server, address = scripted
    server.answers["GET", ITEM] = answer(item(filing(), "update"))

    with pytest.raises(Rejected, match=r"Löschen von P1 nicht zu.*Rechte"):
        connect(address, repository="R").delete("P1", "Frist")


def test_a_plain_relation_takes_no_reason_and_an_answer_without_links_is_asked_after(
    scripted: Scripted, connect: MakeConnector, filing: MakeRequest
) -> None:
    server, address = scripted
    left = [item(filing(), "delete"), item(filing(), "delete")]
    server.answers["GET", ITEM] = lambda _: JSONResponse(left[0]) if left else Response(status_code=404)
    server.answers["DELETE", ITEM] = lambda _: Response(status_code=204) if left.pop() else Response()

    connect(address, repository="R").delete("P1", "Frist")

    deletions = [body for sent, body in zip(server.requests, server.bodies, strict=True) if sent.method == "DELETE"]
    assert deletions == [b"", b""]


def test_a_moved_repository_is_no_deleted_document(
    scripted: Scripted, connect: MakeConnector, filing: MakeRequest
) -> None:
    server, address = scripted
    connector = connect(address, repository="R")
    connector.find(filing().document_id)
    server.links["dmsobjectwithmapping"] = {"href": "/neu/{dmsobjectid}{?sourceid}", "templated": True}
    there = item(filing(), "deleteWithReason")
    server.answers["GET", "/neu/P1"] = answer(there)
    server.answers["DELETE", ITEM] = answer({"_links": {}})

    connector.delete("P1", "Frist")

    assert [sent.path for sent in server.requests if sent.method == "DELETE"] == [ITEM]


def test_an_interrupted_download_leaves_no_half_file(
    mock: RunningMock, connect: MakeConnector, filing: MakeRequest, tmp_path: Path
) -> None:
    connector, request = connect(mock.address), filing(bytes(3_000_000))
    target_id = connector.store(request)
    mock.order({"at": "download", "kind": "cut"})

    with pytest.raises(Unavailable):
        connector.download(target_id, tmp_path / "kopie.pdf")

    assert not (tmp_path / "kopie.pdf").exists()
    assert connector.download(target_id, tmp_path / "kopie.pdf") == request.digest


# Tasks


def test_a_task_carries_everything_the_task_app_knows(scripted: Scripted, connect: MakeConnector) -> None:
    from datetime import UTC, datetime
    from decimal import Decimal

    server, address = scripted
    server.answers["POST", "/task/tasks"] = answer({}, 201, location="/task/tasks/t-1")
    request = TaskRequest(
        correlation_key="k",
        subject="x" * 300,
        assignees=("gruppe-51",),
        description="Bitte prüfen",
        due_at=datetime(2026, 12, 1, 12, tzinfo=UTC),
        priority=80,
        documents=("P1",),
        amount=Decimal("1234.5"),
    )

    assert connect(address, repository="R").create_task(request) == "t-1"

    assert json.loads(server.bodies[-1]) == {
        "subject": "x" * 255,
        "assignees": ["gruppe-51"],
        "correlationKey": "k",
        "priority": 80,
        "description": "Bitte prüfen",
        "dueDate": "2026-12-01T12:00:00.000+00:00",
        "dmsReferences": [{"repoId": "R", "objectId": "P1"}],
        "metadata": [{"key": "amount", "caption": "Betrag", "type": "Money", "values": ["1234.50"]}],
    }


def test_a_task_app_that_is_not_there_is_an_outage_not_a_finished_task(
    scripted: Scripted, connect: MakeConnector
) -> None:
    _, address = scripted
    connector = connect(address, repository="R")

    with pytest.raises(Unavailable, match="Aufgaben-App"):
        connector.create_task(TaskRequest("k", "s", ("g",)))
    with pytest.raises(Unavailable, match="Aufgaben-App"):
        connector.task_state("t-1")


def test_a_second_completion_that_is_refused_is_no_failure(scripted: Scripted, connect: MakeConnector) -> None:
    server, address = scripted
    server.answers["POST", "/task/tasks/t-1/completionState"] = answer({"reason": "already"}, 409)
    server.answers["GET", "/task/tasks/t-1"] = answer({"state": "COMPLETED"})
    connector = connect(address, repository="R")

    connector.complete_task("t-1")
    assert connector.task_state("t-1") is TaskState.COMPLETED

    server.answers["GET", "/task/tasks/t-1"] = answer({"state": "OPEN"})
    with pytest.raises(Rejected):
        connector.complete_task("t-1")
