"""The stand-in d.3ecm after the store: versions, states, notes, dossiers, tasks."""

from tests.dms_connectors.mock_client import CONTENT, REPO, UUID, Client

# Later changes


def test_update_changes_only_what_is_listed(client: Client) -> None:
    document = client.filed({"1": UUID, "2": "2026-1", "3": "Brief"})
    change = {"sourceProperties": {"properties": [{"key": "2", "values": [""]}, {"key": "3", "values": ["Klage"]}]}}
    answer = client.put(client.read(document)["_links"]["update"]["href"], json=change)
    assert answer.status_code == 200
    values = client.values(document)
    assert (values["1"], values.get("2"), values["3"]) == (UUID, None, "Klage")
    assert client.objects()[0]["versions"] == 1


def test_mandatory_value_cannot_be_cleared(client: Client) -> None:
    document = client.filed()
    change = {"sourceProperties": {"properties": [{"key": "1", "values": [""]}]}}
    assert client.put(f"{REPO}/o2m/{document}", json=change).json()["errorCode"] == 10019
    assert client.by_id() == [document]


def test_new_version_and_deleting_it(client: Client) -> None:
    document = client.filed()
    body = {"filename": "Neu.pdf", "contentLocationUri": client.upload(b"second"), "alterationText": "neu"}
    assert client.put(f"{REPO}/o2m/{document}", json=body).json() == {}
    file = f"{REPO}/o2/{document}/v/current/b/main/c"
    assert client.get(file).content == b"second"
    assert client.get(f"{REPO}/o2/{document}/v/1/b/main/c").content == CONTENT
    assert client.by_id() == [document]
    delete = client.read(document)["_links"]["deleteWithReason"]["href"]
    assert client.request("DELETE", delete, json={}).status_code == 400
    first = client.request("DELETE", delete, json={"reason": "falsch"}).json()
    assert "deleteWithReason" in first["_links"]
    assert client.get(file).content == CONTENT
    assert client.request("DELETE", delete, json={"reason": "falsch"}).json() == {"_links": {}}
    assert client.get(file).status_code == 404
    assert client.by_id() == []
    assert client.objects()[0]["deleted"] is True


def test_a_document_in_processing_belongs_to_its_editor(client: Client) -> None:
    document = client.filed()
    display = client.read(document)["_links"]["displayVersion"]["href"]
    state = [
        {"key": "property_state", "values": ["Processing"]},
        {"key": "property_editor", "values": ["other"]},
    ]
    assert client.put(display, json={"sourceProperties": {"properties": state[:1]}}).status_code == 400
    assert client.put(display, json={"sourceProperties": {"properties": state}}).status_code == 200
    assert client.values(document)["property_state"] == "Processing"
    assert client.put(f"{REPO}/o2m/{document}", json={"filename": "x.pdf"}).status_code == 403
    assert "update" not in client.read(document)["_links"]


def test_notes(client: Client) -> None:
    notes = client.read(client.filed())["_links"]["notes"]["href"]
    assert client.post(notes, json={"text": "Original liegt im Tresor"}).status_code == 201
    (note,) = client.get(notes).json()["notes"]
    assert note["text"] == "Original liegt im Tresor"
    assert note["created"] == "2026-11-23T09:30:15.803+00:00"


def test_dossier(client: Client) -> None:
    dossier = client.filed({"1": "akte"}, contentLocationUri=None)
    assert "mainblobcontent" not in client.read(dossier)["_links"]
    child, later = client.filed({"1": "a"}, parentId=dossier), client.filed({"1": "b"})
    assert client.found(children_of=dossier) == [child]
    link = client.read(dossier)["_links"]["linkDmsObject"]["href"]
    assert client.post(link, json={"dmsObjectIds": [later]}).status_code == 200
    assert client.request("DELETE", f"{link}/{child}", json={}).status_code == 200
    assert client.found(children_of=dossier) == [later]


def test_tasks_are_made_once_per_key(client: Client) -> None:
    task = {
        "subject": "Rechnung prüfen",
        "assignees": ["amt-20"],
        "correlationKey": "k1",
        "dueDate": "2026-12-01T00:00:00Z",
    }
    first, again = client.post("/task/tasks", json=task), client.post("/task/tasks", json=task)
    assert (first.status_code, again.status_code) == (201, 200)
    location = first.headers["location"]
    assert again.headers["location"] == location
    assert client.get("/task/count/all").json() == {"count": 1}
    assert client.patch(location, json={"subject": "Neu"}).status_code == 200
    search = {"pageSize": 10, "filter": {"subject": ["Neu"], "state": ["OPEN"], "assignee": ["amt-20"]}}
    assert len(client.post("/task/api/tasks/search", json=search).json()["tasks"]) == 1
    assert client.post(f"{location}/completionState", json={"complete": True}).status_code == 200
    shown = client.get(location).json()
    assert (shown["state"], shown["retentionTime"]) == ("COMPLETED", "P30D")
    assert client.post("/task/api/tasks/search", json=search).json()["tasks"] == []
    assert client.delete(location).status_code == 200
    assert client.get(location).status_code == 404


def test_invalid_tasks_are_flagged(client: Client) -> None:
    answer = client.post("/task/tasks", json={"dueDate": "morgen", "priority": 101})
    assert answer.status_code == 400
    flags = {
        "missingSubject",
        "missingAssignees",
        "missingCorrelationKey",
        "invalidDueDate",
        "invalidPriority",
    }
    assert flags <= answer.json().keys()
    assert client.post("/task/tasks", content=b"{").json()["invalidJson"] is True
