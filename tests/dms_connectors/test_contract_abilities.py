"""What a target can do beyond taking a document: the same for the test double and for d.3ecm over real HTTP."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from config.dms_config import PropertySource
from dms_connectors.port import (
    Ability,
    Connector,
    DossierRequest,
    FilingRequest,
    Place,
    TaskRequest,
    TaskState,
    own_properties,
)
from schemas.errors import NotOffered, Rejected, Unavailable
from tests.dms_connectors.conftest import MakeRequest
from tests.dms_connectors.targets import TARGETS, make_hostimport, make_target


@pytest.fixture(params=["memory", "d3ecm"])
def connector(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Connector]:
    target = make_target(request.param, tmp_path, request)
    yield target
    target.close()


@pytest.fixture(params=TARGETS)
def any_target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Connector]:
    target = make_target(request.param, tmp_path, request)
    yield target
    target.close()


def task(**changes: Any) -> TaskRequest:
    values: dict[str, Any] = {
        "correlation_key": str(uuid4()),
        "subject": "Bitte prüfen: PE-2026-000001",
        "assignees": ("gruppe-51",),
    }
    return TaskRequest(**(values | changes))


def inbox(**changes: str) -> DossierRequest:
    return DossierRequest(
        **({"reference": "51-POSTEINGANG", "title": "Posteingang Bereich Jugend", "unit": "51"} | changes)
    )


def uses(target: Connector, request: FilingRequest, to: Path) -> dict[Ability, tuple[Callable[[], object], ...]]:
    """Every method of the port that stands for an ability."""
    return {
        Ability.PROOF: (lambda: target.download("x", to),),
        Ability.VERSIONS: (lambda: target.new_version("x", request),),
        Ability.CHANGES: (
            lambda: target.update("x", {PropertySource.UNIT: "22"}, "Grund"),
            lambda: target.move("x", Place("widerspruch", "22"), "", "Grund"),
        ),
        Ability.DOSSIERS: (
            lambda: target.find_dossiers("51-POSTEINGANG"),
            lambda: target.create_dossier(inbox()),
            lambda: target.children("x"),
            lambda: target.link("x", "y"),
        ),
        Ability.DELETION: (lambda: target.delete("x", "Grund"),),
        Ability.TASKS: (
            lambda: target.create_task(task()),
            lambda: target.task_state("x"),
            lambda: target.complete_task("x"),
        ),
    }


@pytest.mark.parametrize("ability", Ability)
def test_a_target_refuses_every_use_of_what_it_does_not_name(
    any_target: Connector, ability: Ability, filing: MakeRequest, tmp_path: Path
) -> None:
    if ability in any_target.abilities():
        pytest.skip("is told by the tests below")

    for use in uses(any_target, filing(), tmp_path / "geholt")[ability]:
        with pytest.raises(NotOffered, match="kann das nicht"):
            use()


@pytest.mark.parametrize(
    ("name", "able"),
    [
        ("memory", frozenset(Ability)),
        ("d3ecm", frozenset(Ability)),
        ("folder", frozenset({Ability.PROOF})),
        ("hostimport", frozenset({Ability.CHANGES})),
    ],
)
def test_each_target_names_what_it_can_do(
    name: str, able: frozenset[Ability], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    assert make_target(name, tmp_path, request).abilities() == able


def test_an_import_without_a_folder_for_changes_makes_none(tmp_path: Path, filing: MakeRequest) -> None:
    target = make_hostimport(tmp_path, updates=None)

    assert target.abilities() == frozenset()
    for use in uses(target, filing(), tmp_path)[Ability.CHANGES]:
        with pytest.raises(NotOffered, match="kann das nicht"):
            use()


# Every value


def test_every_value_a_document_can_have_comes_back_as_it_was(connector: Connector, filing: MakeRequest) -> None:
    request = filing(
        document_type="e_rechnung",
        invoice_register_number="RE-2026-000042",
        amount="1234.50",
        case_reference="51.20-2026/17",
        page_count=12,
        document_date=datetime(2026, 2, 28, tzinfo=UTC).date(),
        sender="Bürgerverein „Rund um den Kirchplatz“ e. V.",
        references=("4711/26", "VG 3 K 12/26", "ü-9"),
    )

    filed = connector.read_back(connector.store(request))

    assert filed.properties == own_properties(request)
    assert filed.category == connector.category("e_rechnung")


@pytest.mark.parametrize("references", [("eins",), ("a", "b"), tuple(f"Zeichen {number}" for number in range(12))])
def test_several_values_keep_their_order(
    connector: Connector, filing: MakeRequest, references: tuple[str, ...]
) -> None:
    filed = connector.read_back(connector.store(filing(references=references)))

    assert filed.properties["references"] == references


# Content


def test_a_download_is_the_content_byte_for_byte(connector: Connector, filing: MakeRequest, tmp_path: Path) -> None:
    request = filing(bytes(range(256)) * 40)

    digest = connector.download(connector.store(request), tmp_path / "geholt.pdf")

    assert digest == request.digest
    assert (tmp_path / "geholt.pdf").read_bytes() == request.content.read_bytes()


def test_a_download_never_writes_over_a_file(connector: Connector, filing: MakeRequest, tmp_path: Path) -> None:
    target_id = connector.store(filing())
    (tmp_path / "da.pdf").write_bytes(b"wichtig")

    with pytest.raises(FileExistsError):
        connector.download(target_id, tmp_path / "da.pdf")

    assert (tmp_path / "da.pdf").read_bytes() == b"wichtig"


def test_a_new_version_is_the_content_from_then_on_under_the_same_id(connector: Connector, filing: MakeRequest) -> None:
    request = filing(b"%PDF-1.7 erste Fassung")
    target_id = connector.store(request)
    second = filing(b"%PDF-1.7 zweite Fassung, etwas laenger", document_id=request.document_id, page_count=3)

    connector.new_version(target_id, second)

    filed = connector.read_back(target_id)
    assert filed.digest == second.digest
    assert filed.properties["page_count"] == "3"
    assert connector.find(request.document_id) == (target_id,)


# Changes


def test_an_update_changes_only_what_is_named_and_can_be_repeated(connector: Connector, filing: MakeRequest) -> None:
    request = filing(sender="Muster GmbH", references=("a", "b", "c"))
    target_id = connector.store(request)

    for _ in range(2):
        connector.update(
            target_id,
            {PropertySource.UNIT: "51", PropertySource.REFERENCES: ("z",), PropertySource.SENDER: ""},
            "falsch zugeleitet",
        )

    filed = connector.read_back(target_id)
    expected = own_properties(request) | {"unit": "51", "references": ("z",)}
    assert filed.properties == {name: value for name, value in expected.items() if name != "sender"}
    assert filed.digest == request.digest


def test_a_move_changes_category_unit_and_dossier_and_can_be_repeated(
    connector: Connector, filing: MakeRequest
) -> None:
    old = connector.create_dossier(inbox())
    new = connector.create_dossier(inbox(reference="22-POSTEINGANG", unit="22"))
    request = filing(unit="51", dossier=old)
    target_id = connector.store(request)
    assert connector.children(old) == (target_id,)

    for _ in range(2):
        connector.move(target_id, Place("e_rechnung", "22", new), old, "falsch zugeleitet")

    filed = connector.read_back(target_id)
    assert filed.category == connector.category("e_rechnung")
    assert (filed.properties["document_type"], filed.properties["unit"]) == ("e_rechnung", "22")
    assert filed.digest == request.digest
    assert connector.children(old) == ()
    assert connector.children(new) == (target_id,)


def test_a_move_without_dossiers_leaves_them_alone(connector: Connector, filing: MakeRequest) -> None:
    dossier = connector.create_dossier(inbox())
    target_id = connector.store(filing(unit="51", dossier=dossier))

    connector.move(target_id, Place("widerspruch", "22"), "", "falsch zugeleitet")

    assert connector.children(dossier) == (target_id,)
    assert connector.read_back(target_id).properties["unit"] == "22"


# Dossiers


def test_a_dossier_is_found_by_exactly_its_reference(connector: Connector) -> None:
    made = connector.create_dossier(inbox())
    connector.create_dossier(inbox(reference="51-POSTEINGANG-2", title="Zweiter"))

    (found,) = connector.find_dossiers("51-POSTEINGANG")

    assert (found.target_id, found.reference, found.title) == (made, "51-POSTEINGANG", "Posteingang Bereich Jugend")
    assert found.closed is False
    assert connector.find_dossiers("51-POSTEINGAN") == ()
    assert connector.find_dossiers("51-*") == ()


def test_two_dossiers_with_one_reference_are_both_shown(connector: Connector) -> None:
    made = {connector.create_dossier(inbox()), connector.create_dossier(inbox())}

    assert {found.target_id for found in connector.find_dossiers("51-POSTEINGANG")} == made


def test_a_full_dossier_shows_everything_in_it(connector: Connector, filing: MakeRequest) -> None:
    dossier = connector.create_dossier(inbox())
    stored = {connector.store(filing(dossier=dossier)) for _ in range(30)}
    connector.store(filing())

    children = connector.children(dossier)

    assert len(children) == 30
    assert set(children) == stored


def test_a_document_lies_in_several_dossiers_and_a_second_link_changes_nothing(
    connector: Connector, filing: MakeRequest
) -> None:
    first, second = connector.create_dossier(inbox()), connector.create_dossier(inbox(reference="51.20-2026/17"))
    target_id = connector.store(filing(dossier=first))

    for _ in range(2):
        connector.link(second, target_id)

    assert connector.children(first) == connector.children(second) == (target_id,)


@pytest.mark.parametrize("use", ["children", "link", "store"])
def test_a_dossier_that_is_not_there_is_never_an_empty_one(connector: Connector, filing: MakeRequest, use: str) -> None:
    target_id = connector.store(filing())
    calls: dict[str, Callable[[], object]] = {
        "children": lambda: connector.children("P999999999"),
        "link": lambda: connector.link("P999999999", target_id),
        "store": lambda: connector.store(filing(dossier="P999999999")),
    }

    with pytest.raises((Rejected, Unavailable)):
        calls[use]()


# Deletion


def test_a_deletion_takes_every_version_and_the_place_in_the_dossier(connector: Connector, filing: MakeRequest) -> None:
    dossier = connector.create_dossier(inbox())
    request, other = filing(dossier=dossier), filing(dossier=dossier)
    target_id, kept = connector.store(request), connector.store(other)
    for content in (b"zwei", b"drei"):
        connector.new_version(target_id, filing(content, document_id=request.document_id))

    for _ in range(2):
        connector.delete(target_id, "Aufbewahrungsfrist abgelaufen")

    assert connector.find(request.document_id) == ()
    with pytest.raises((Rejected, Unavailable)):
        connector.read_back(target_id)
    assert connector.children(dossier) == (kept,)
    assert connector.read_back(kept).digest == other.digest


def test_what_never_was_is_deleted(connector: Connector) -> None:
    connector.delete("P999999999", "Aufbewahrungsfrist abgelaufen")


# Tasks


def test_a_task_is_created_once_per_key_and_its_state_followed(connector: Connector, filing: MakeRequest) -> None:
    request = task(
        description="Die Rechnung wartet auf die Freigabe.",
        due_at=datetime(2026, 12, 1, 12, tzinfo=UTC),
        priority=80,
        documents=(connector.store(filing()),),
        amount=Decimal("1234.5"),
    )

    made = connector.create_task(request)

    assert connector.create_task(request) == made
    assert connector.create_task(replace(request, correlation_key="anderer Schlüssel")) != made
    assert connector.task_state(made) is TaskState.OPEN
    for _ in range(2):
        connector.complete_task(made)
    assert connector.task_state(made) is TaskState.COMPLETED


def test_a_task_nobody_knows_is_gone(connector: Connector) -> None:
    assert connector.task_state("unbekannt") is TaskState.GONE
    connector.complete_task("unbekannt")


def test_a_usable_target_passes_its_own_check(connector: Connector) -> None:
    assert all(line.ok is not False for line in connector.check()), connector.check()
    assert all(line.what and line.detail for line in connector.check())
