"""The stand-in d.3ecm as a repository: forms of keys, dossiers, several values, value lists, users and groups."""

import json
from typing import Any

import pytest

from dms_connectors.mock.config import load_config
from tests.dms_connectors.mock_client import REPO, SOURCE, UUID, Client, Start


def dossier(client: Client, reference: str, **more: Any) -> str:
    return client.filed({"20": reference}, sourceCategory="AKTE", contentLocationUri=None, **more)


def properties(values: dict[str, list[str]]) -> dict[str, Any]:
    return {"properties": [{"key": key, "values": items} for key, items in values.items()]}


# Forms of keys


def test_a_cloud_repository_knows_categories_and_properties_by_uuid_only(start: Start) -> None:
    config = load_config(None).model_copy(update={"keys": "unique"})
    client = start(keys="unique")
    category = config.category("POSTE")
    own_id = config.field("1")
    assert category
    assert own_id
    letter, key = config.unique(category), config.unique(own_id)

    assert client.file({"1": UUID}).status_code == 400
    document = client.filed({key: UUID}, sourceCategory=letter)

    assert letter in {item["key"] for item in client.get(SOURCE).json()["categories"]}
    assert client.read(document)["sourceCategories"] == [letter]
    assert client.values(document)[key] == UUID
    assert client.found(sourceproperties=json.dumps({key: [UUID]}), sourcecategories=json.dumps([letter])) == [document]
    definitions = client.get(f"{REPO}/objdef").json()["objectDefinitions"]
    assert [item["id"] for item in definitions if item["uniqueId"] == letter] == ["POSTE"]


def test_a_recent_repository_on_premises_shows_both_forms_side_by_side(start: Start) -> None:
    config = load_config(None).model_copy(update={"keys": "both"})
    client = start(keys="both")
    field = config.field("3")
    assert field
    document = client.filed({"1": UUID, config.unique(field): "brief"})

    values = client.values(document)

    assert values["3"] == values[config.unique(field)] == "brief"
    assert len(client.read(document)["sourceCategories"]) == 2
    assert len(client.get(SOURCE).json()["properties"]) == 2 * len(config.properties)


def test_older_definitions_have_no_unique_id_and_tell_dossiers_apart(client: Client) -> None:
    definitions = {item["id"]: item for item in client.get(f"{REPO}/objdef").json()["objectDefinitions"]}

    assert "uniqueId" not in definitions["POSTE"]
    assert (definitions["POSTE"]["objectType"], definitions["AKTE"]["objectType"]) == ("DOCUMENT", "FOLDER")


def test_the_default_source_is_mapped_as_it_stands_and_no_other_is(client: Client) -> None:
    address = client.get(REPO).json()["_links"]["mappingconfig"]["href"].partition("{")[0]

    own = client.get(address, params={"sourceid": SOURCE}).json()["mappings"]
    foreign = client.get(address, params={"sourceid": "/app/source"}).json()["mappings"]

    assert {"destination": "9", "source": "9", "type": 0} in own[0]["mappingItems"]
    assert {"destination": "RECH", "source": "RECH", "type": 1} in own[0]["mappingItems"]
    assert foreign == []


# Values


def test_several_values_are_written_as_a_list_and_read_by_slot(client: Client) -> None:
    document = client.filed({"1": UUID}, sourceProperties=properties({"1": [UUID], "15": ["a", "", "c"]}))

    (several,) = [item for item in client.read(document)["sourceProperties"] if item["key"] == "15"]

    assert several["isMultiValue"] is True
    assert several["values"] == {"1": "a", "3": "c"}
    assert client.found(sourceproperties='{"15":["c"]}') == [document]


def test_a_change_replaces_all_values_of_a_property(client: Client) -> None:
    document = client.filed({"1": UUID}, sourceProperties=properties({"1": [UUID], "15": ["a", "b", "c"]}))

    client.put(f"{REPO}/o2m/{document}", json={"sourceProperties": properties({"15": ["a", "", "c"]})})
    assert client.objects()[0]["properties"]["15"] == ["a", "c"]

    client.put(f"{REPO}/o2m/{document}", json={"sourceProperties": properties({"15": [""]})})
    assert "15" not in client.objects()[0]["properties"]


@pytest.mark.parametrize(("setting", "status"), [("refuse", 400), ("accept", 201)])
def test_a_value_outside_its_list(start: Start, setting: str, status: int) -> None:
    client = start(value_lists=setting)
    body = {"sourceCategory": "AKTE", "sourceProperties": properties({"20": ["A 1"], "22": ["verschollen"]})}

    answer = client.post(f"{REPO}/o2m", json=body)

    assert answer.status_code == status
    if status == 400:
        assert {"reason", "details", "hint", "severity", "errorCode", "requestId"} <= answer.json().keys()


@pytest.mark.parametrize(
    ("settings", "taken", "refused"),
    [
        ({}, ("2026-11-24", "-1234.5"), ("24.11.2026", "1234,50")),
        ({"dates": "german", "decimals": "comma"}, ("24.11.2026", "1234,50"), ("2026-11-24", "1.234,50")),
        ({"dates": "german", "decimals": "comma"}, ("29.02.2028", "7"), ("29.02.2026", "1234.50")),
    ],
)
def test_dates_and_amounts_have_one_spelling(
    start: Start, settings: dict[str, str], taken: tuple[str, str], refused: tuple[str, str]
) -> None:
    client = start(**settings)

    assert client.filed({"1": UUID, "5": taken[0], "9": taken[1]})
    assert [client.file({"1": UUID, key: value}).status_code for key, value in zip("59", refused, strict=True)] == [
        400,
        400,
    ]
    assert client.get("/").status_code == 200


def test_a_search_sorts_numbers_by_their_size(client: Client) -> None:
    filed = {pages: client.filed({"1": pages, "12": pages}) for pages in ("9", "10", "100")}

    found = client.found(sourcepropertysort="12", ascending="true")

    assert found == [filed["9"], filed["10"], filed["100"]]


# Dossiers


def test_a_dossier_has_no_file_and_says_so(client: Client) -> None:
    links = client.read(dossier(client, "51-POSTEINGANG"))["_links"]

    assert {"mainblobcontent", "updateWithContent"} & links.keys() == set()
    assert {"children", "linkDmsObject", "update"} <= links.keys()


def test_a_dossier_takes_no_file_nor_does_a_file_become_a_dossier(client: Client) -> None:
    with_file = client.file({"20": "A 1"}, sourceCategory="AKTE")
    letter = client.filed()
    moved = client.put(
        f"{REPO}/o2m/{letter}", json={"sourceCategory": "AKTE", "sourceProperties": properties({"20": ["A 1"]})}
    )

    assert (with_file.status_code, moved.status_code) == (400, 400)
    assert client.read(letter)["sourceCategories"] == ["POSTE"]


def test_what_lies_in_a_dossier_is_found_by_its_children_link(client: Client) -> None:
    outer = dossier(client, "51")
    inner = dossier(client, "51.2", parentId=outer)
    letter = client.filed({"1": UUID}, parentId=inner)

    def children(number: str) -> list[str]:
        answer = client.get(client.read(number)["_links"]["children"]["href"]).json()
        assert all("sourceCategories" in item for item in answer["items"])
        return [item["id"] for item in answer["items"]]

    assert (children(outer), children(inner)) == ([inner], [letter])


def test_moving_between_dossiers_is_linking_and_unlinking(client: Client) -> None:
    first, second = dossier(client, "A"), dossier(client, "B")
    letter = client.filed({"1": UUID}, parentId=first)
    links = {number: client.read(number)["_links"]["linkDmsObject"]["href"] for number in (first, second)}

    client.post(links[second], json={"dmsObjectIds": [letter]}).raise_for_status()
    removed = client.delete(f"{links[first]}/{letter}", params={"sourceid": SOURCE})

    assert removed.status_code == 200
    assert (client.found(children_of=first), client.found(children_of=second)) == ([], [letter])


def test_nothing_lies_in_itself_or_in_what_does_not_exist(client: Client) -> None:
    own = dossier(client, "A")
    link = client.read(own)["_links"]["linkDmsObject"]["href"]

    assert client.post(link, json={"dmsObjectIds": [own]}).status_code == 400
    assert client.post(link, json={"dmsObjectIds": ["P000000099"]}).status_code == 404
    assert client.file({"1": UUID}, parentId="P000000099").status_code == 404
    assert len(client.objects()) == 1


# Moving, deleting, editing


def test_a_document_moves_to_another_category_and_keeps_what_that_has(client: Client) -> None:
    document = client.filed({"1": UUID, "3": "brief"})

    client.put(f"{REPO}/o2m/{document}", json={"sourceCategory": "RECH"}).raise_for_status()

    assert client.read(document)["sourceCategories"] == ["RECH"]
    assert client.values(document)["3"] == "brief"
    assert client.found(sourcecategories='["POSTE"]') == []


@pytest.mark.parametrize(
    ("setting", "relation", "status"),
    [("reason", "deleteWithReason", 400), ("plain", "delete", 200), ("none", "", 403)],
)
def test_deleting_without_a_reason_is_a_setting(start: Start, setting: str, relation: str, status: int) -> None:
    client = start(deletion=setting)
    document = client.filed()

    offered = {"delete", "deleteWithReason"} & client.read(document)["_links"].keys()

    assert offered == ({relation} if relation else set())
    assert client.delete(f"{REPO}/o2m/{document}").status_code == status


def test_a_group_of_the_user_may_edit_and_another_may_not(client: Client) -> None:
    document = client.filed()
    display, change = client.read(document)["_links"]["displayVersion"]["href"], {"filename": "neu.pdf"}

    def edited_by(editor: str) -> int:
        state = properties({"property_state": ["Processing"], "property_editor": [editor]})
        client.put(display, json={"sourceProperties": state}).raise_for_status()
        return client.put(f"{REPO}/o2m/{document}", json=change).status_code

    assert [edited_by("gruppe-poststelle"), edited_by("gruppe-22")] == [200, 403]


def test_verification_and_release(client: Client) -> None:
    document = client.filed()
    display = client.read(document)["_links"]["displayVersion"]["href"]

    def shown(state: str, *editor: str) -> str:
        given = properties({"property_state": [state], **({"property_editor": list(editor)} if editor else {})})
        client.put(display, json={"sourceProperties": given}).raise_for_status()
        return client.values(document)["property_state"]

    assert [shown("Verification", "gruppe-22"), shown("Verification"), shown("Release")] == [
        "Verification",
        "Verification",
        "Released",
    ]
    unknown = client.put(display, json={"sourceProperties": properties({"property_state": ["Released"]})})
    assert unknown.status_code == 400


# Users and groups


def test_the_groups_of_the_configuration_are_those_of_the_identity_provider(client: Client) -> None:
    base = "/identityprovider/scim"
    groups = client.get(f"{base}/groups").json()["Resources"]
    user = client.get("/identityprovider/validate", params={"allowExternalValidation": "true"}).json()

    assert {"id": "gruppe-51", "displayName": "Bereich Jugend"} in groups
    assert client.get(f"{base}/groups/gruppe-10-1").json()["displayName"] == "Büro für Ratsangelegenheiten"
    assert client.get(f"{base}/groups/gruppe-99").status_code == 404
    assert client.get(f"{base}/users/{user['id']}").json() == user
    assert client.get(f"{base}/users/niemand").status_code == 404
    assert user["groups"] == [{"value": "gruppe-poststelle", "display": "Poststelle"}]


def test_basic_on_the_repositories_gives_a_session_cookie(client: Client) -> None:
    with Client(str(client.base_url).rstrip("/"), Authorization="") as other:
        first = other.get("/dms/r/", auth=("anna", "test-key"))

        assert first.status_code == 200
        assert "%2F" in first.cookies["AuthSessionId"]
        assert other.get("/dms").status_code == 200
        other.cookies.clear()
        assert other.get("/dms/r/", auth=("anna", "falsch")).status_code == 401


def test_a_browser_is_shown_the_login_page(client: Client) -> None:
    headers = {"Authorization": "", "Accept": "text/html"}

    answer = client.get("/identityprovider/login", params={"redirect": "/dms"}, headers=headers)

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "AuthSessionId" in client.get("/identityprovider/login", params={"redirect": ""}).json()


# Forms of answers


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "image/png"])
@pytest.mark.parametrize("path", ["/dms", REPO, SOURCE, f"{REPO}/srm"])
def test_a_form_that_does_not_exist_is_406(client: Client, path: str, accept: str) -> None:
    answer = client.get(path, headers={"Accept": accept})

    assert answer.status_code == 406
    assert "reason" in answer.json()


@pytest.mark.parametrize(
    "accept", ["*/*", "application/*;q=0.5", "text/html, application/json", "application/hal+json"]
)
def test_json_is_served_to_whoever_takes_it(client: Client, accept: str) -> None:
    assert client.get("/dms", headers={"Accept": accept}).status_code == 200


def test_methods_an_address_has_and_has_not(client: Client) -> None:
    path = f"{REPO}/o2m/{client.filed()}"

    assert client.head("/dms").status_code == 200
    assert client.head("/dms").content == b""
    assert client.options(path).status_code == 204
    assert client.options(path).headers["allow"] == "DELETE, GET, HEAD, OPTIONS, PUT"
    refused = client.patch(path, json={})
    assert (refused.status_code, refused.headers["allow"]) == (405, "DELETE, GET, HEAD, OPTIONS, PUT")


def test_a_body_that_is_no_file_has_a_limit(client: Client) -> None:
    answer = client.post(f"{REPO}/o2m", content=b" " * 5_000_000)

    assert answer.status_code == 413
    assert client.filed()


def test_a_refused_store_leaves_the_upload_for_the_next_try(start: Start) -> None:
    client = start(duplicate_check=True)
    client.filed()
    location = client.upload()

    refused = client.file({"1": "b"}, contentLocationUri=location)
    more = client.post(location, content=b"anders")
    stored = client.file({"1": "b"}, contentLocationUri=location)

    assert (refused.status_code, more.status_code, stored.status_code) == (400, 201, 201)
