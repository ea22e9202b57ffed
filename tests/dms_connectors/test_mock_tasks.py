"""The task app of the stand-in d.3ecm: what a task may be, how tasks are searched."""

from typing import Any

import pytest

from tests.dms_connectors.mock_client import Client, Start


def task(key: str, **more: Any) -> dict[str, Any]:
    return {"subject": f"Aufgabe {key}", "assignees": ["gruppe-22"], "correlationKey": key, **more}


def made(client: Client, key: str, **more: Any) -> str:
    answer = client.post("/task/tasks", json=task(key, **more))
    assert answer.status_code == 201, answer.text
    return str(answer.headers["location"])


def subjects(client: Client, filters: dict[str, Any], **more: Any) -> list[str]:
    answer = client.post("/task/api/tasks/search", json={"filter": filters, **more})
    assert answer.status_code == 200, answer.text
    return [item["subject"] for item in answer.json()["tasks"]]


@pytest.mark.parametrize(
    ("change", "flag"),
    [
        ({"subject": "x" * 256}, "invalidSubject"),
        ({"description": 3}, "invalidDescription"),
        ({"assignees": [""]}, "invalidAssigneeIDs"),
        ({"correlationKey": 7}, "invalidCorrelationKey"),
        ({"priority": True}, "invalidPriority"),
        ({"retentionTime": "P366D"}, "invalidRetentionTime"),
        ({"reminderDate": "2026-11-24"}, "invalidReminderDate"),
        ({"receiveDate": "gestern"}, "invalidJson"),
        ({"context": {"key": "x" * 256}}, "invalidContext"),
        ({"metadata": [{"key": "b", "type": "Zahl", "values": ["1"]}]}, "invalidMetadata"),
        ({"dmsReferences": [{"repoId": "r"}]}, "invalidDmsReferences"),
        ({"_links": {"callback": "/x"}}, "invalidHrefs"),
    ],
)
def test_a_wrong_definition_is_flagged(client: Client, change: dict[str, Any], flag: str) -> None:
    answer = client.post("/task/tasks", json=task("k", **change))

    assert answer.status_code == 400
    assert answer.json()["invalidTaskDefinition"] is True
    assert answer.json()[flag]
    assert client.get("/task/count/all").json() == {"count": 0}


def test_assignees_can_be_held_to_the_known_ones(start: Start) -> None:
    client = start(assignees="known")

    answer = client.post("/task/tasks", json=task("k", assignees=["gruppe-22", "gruppe-99"]))

    assert answer.json()["invalidAssigneeIDs"] == ["gruppe-99"]
    assert made(client, "k")


def test_a_second_create_makes_no_new_task_even_if_it_differs_or_the_first_is_done(client: Client) -> None:
    first = made(client, "k")
    client.post(f"{first}/completionState", json={"complete": True})

    again = client.post("/task/tasks", json=task("k", subject="anders"))

    assert (again.status_code, again.headers["location"]) == (200, first)
    assert client.get(first).json()["subject"] == "Aufgabe k"


def test_a_change_of_one_member_leaves_the_others(client: Client) -> None:
    location = made(client, "k", dueDate="2026-12-01T00:00:00Z", priority=5)

    assert client.patch(location, json={"priority": 9, "dueDate": None}).status_code == 200
    assert client.patch(location, json={"priority": 101}).json()["invalidPriority"] is True

    shown = client.get(location).json()
    assert (shown["priority"], shown.get("dueDate"), shown["assignees"]) == (9, None, ["gruppe-22"])


def test_completing_needs_to_be_said_and_may_be_said_twice(client: Client) -> None:
    location = made(client, "k")

    answers = [client.post(f"{location}/completionState", json={"complete": word}) for word in (False, True, True)]

    assert [answer.status_code for answer in answers] == [400, 200, 200]
    assert client.get(location).json()["completionDate"] == "2026-11-23T09:30:15.803+00:00"


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"priority": ["[10..20]"]}, ["Aufgabe a", "Aufgabe b"]),
        ({"priority": ["(10..20]"]}, ["Aufgabe b"]),
        ({"priority": ["[..20)"]}, ["Aufgabe a"]),
        ({"priority": ["[21..]", 10]}, ["Aufgabe a", "Aufgabe c"]),
        ({"dueDate": ["[2026-12-01T00:00:00Z..2026-12-02T01:00:00+01:00]"]}, ["Aufgabe a", "Aufgabe b"]),
        ({"dueDate": ["(2026-12-02T00:00:00Z..]"]}, ["Aufgabe c"]),
        ({"state": ["OPEN"], "contextKey": ["k-b"]}, ["Aufgabe b"]),
        ({"dmsObjectId": ["P-c", "P-a"]}, ["Aufgabe a", "Aufgabe c"]),
        ({"metadata": {"kind": ["c"]}}, ["Aufgabe c"]),
        ({"assignee": ["gruppe-51"]}, []),
    ],
)
def test_filters_are_values_and_ranges(client: Client, filters: dict[str, Any], expected: list[str]) -> None:
    for day, (key, priority) in enumerate((("a", 10), ("b", 20), ("c", 30)), start=1):
        made(
            client,
            key,
            priority=priority,
            dueDate=f"2026-12-0{day}T00:00:00Z",
            context={"key": f"k-{key}", "type": "t", "name": "n"},
            dmsReferences=[{"repoId": "r", "objectId": f"P-{key}"}],
            metadata=[{"key": "kind", "caption": "Art", "type": "String", "values": [key]}],
        )

    assert subjects(client, filters) == expected


def test_pages_are_followed_by_posting_the_same_body(client: Client) -> None:
    for number in range(5):
        made(client, str(number), priority=number)
    body = {"pageSize": 2, "orderBy": "priority", "orderDir": "DESC"}
    url, pages = "/task/api/tasks/search", []

    while url:
        answer = client.post(url, json=body).json()
        pages.append([item["priority"] for item in answer["tasks"]])
        url = answer["_links"].get("next", {}).get("href", "")

    assert pages == [[4, 3], [2, 1], [0]]


@pytest.mark.parametrize(
    "body",
    [
        {"pageSize": 101},
        {"orderBy": "color"},
        {"orderDir": "up"},
        {"filter": ["state"]},
        {"filter": {"priority": ["[a..b]"]}},
    ],
)
def test_a_search_without_sense_is_refused(client: Client, body: dict[str, Any]) -> None:
    made(client, "k", priority=1)

    assert client.post("/task/api/tasks/search", json=body).status_code == 400


def test_an_unknown_task_is_404(client: Client) -> None:
    address = "/task/tasks/gibt-es-nicht"
    answers = [
        client.get(address),
        client.patch(address, json={}),
        client.delete(address),
        client.post(f"{address}/completionState", json={"complete": True}),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
