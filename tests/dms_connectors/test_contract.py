"""What every target does alike: one suite for the test double, out-tray, file import, and d.3ecm over real HTTP.

What a target shows of a document is asked of those with Ability.PROOF; the others must say that they show nothing.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from config.dms_config import PropertySource
from dms_connectors.port import Ability, Connector, own_properties
from schemas.errors import Rejected, Unavailable
from tests.dms_connectors.conftest import MakeRequest
from tests.dms_connectors.targets import TARGETS, make_target

CHUNK = 64 * 1024


@pytest.fixture(params=TARGETS)
def connector(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Connector]:
    target = make_target(request.param, tmp_path, request)
    yield target
    target.close()


@pytest.fixture
def proving(connector: Connector) -> Connector:
    """A target that shows what it really holds."""
    if Ability.PROOF not in connector.abilities():
        pytest.skip("shows nothing of what it was given")
    return connector


def test_what_was_stored_is_found_under_our_id_and_only_there(connector: Connector, filing: MakeRequest) -> None:
    request, other = filing(), filing()

    target_id, other_id = connector.store(request), connector.store(other)

    assert target_id != other_id
    assert connector.find(request.document_id) == (target_id,)
    assert connector.find(other.document_id) == (other_id,)


def test_nothing_is_found_of_a_document_that_was_never_stored(connector: Connector, filing: MakeRequest) -> None:
    connector.store(filing())

    assert connector.find(uuid4()) == ()


def test_read_back_gives_both_hashes_and_the_size_of_what_arrived(proving: Connector, filing: MakeRequest) -> None:
    request = filing(b"%PDF-1.7 genau dieser Inhalt")

    filed = proving.read_back(proving.store(request))

    assert filed.digest == request.digest
    assert filed.document_id == request.document_id


PAPERS: dict[str, dict[str, Any]] = {
    "letter": {},
    "paper of an invoice": {
        "part": "pruefbericht",
        "document_type": "e_rechnung",
        "invoice_register_number": "RE-2026-000042",
        "amount": "1234.50",
    },
}


@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS)
def test_read_back_carries_every_property_that_was_sent_and_the_target_holds(
    paper: dict[str, Any], proving: Connector, filing: MakeRequest
) -> None:
    request = filing(received_on=date(2026, 2, 28), **paper)

    filed = proving.read_back(proving.store(request))

    sent = own_properties(request)
    held = sent.keys() & proving.properties()
    assert {name: filed.properties[name] for name in held} == {name: sent[name] for name in held}
    assert filed.properties.keys() <= sent.keys(), "what the document does not have is not made up"


def test_a_document_that_is_no_invoice_has_no_amount_and_no_second_number(filing: MakeRequest) -> None:
    letter = own_properties(filing())
    assert not {"amount", "invoice_register_number", "document_date", "sender", "references"} & letter.keys()
    assert all(letter.values())
    assert own_properties(filing(unit="")).keys() == letter.keys() - {"unit"}


def test_every_target_holds_at_least_our_id(connector: Connector) -> None:
    known = {source.value for source in PropertySource}

    assert PropertySource.DOCUMENT_ID.value in connector.properties()
    assert connector.properties() <= known


def test_umlauts_and_signs_survive(proving: Connector, filing: MakeRequest) -> None:
    name = "Gebührenbescheid „Müller & Söhne“ – Größe 7+8 100%.pdf"
    request = filing(file_name=name, unit="41/2", document_type="kündigung {a} <b>", register_number="PE-2026-000001 ü")

    target_id = proving.store(request)

    filed = proving.read_back(target_id)
    assert filed.properties["file_name"] == name
    assert filed.properties["document_type"] == "kündigung {a} <b>"
    assert filed.properties["unit"] == "41/2"
    assert proving.find(request.document_id) == (target_id,)


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 5 * CHUNK, 5 * CHUNK + 17])
def test_a_file_of_any_size_arrives_whole(proving: Connector, filing: MakeRequest, size: int) -> None:
    request = filing(bytes(position % 251 for position in range(size)))

    filed = proving.read_back(proving.store(request))

    assert filed.digest == request.digest
    assert filed.digest.size == size


def test_the_same_content_under_two_ids_is_two_documents(proving: Connector, filing: MakeRequest) -> None:
    first, second = filing(b"%PDF- gleich"), filing(b"%PDF- gleich")

    ids = proving.store(first), proving.store(second)

    assert len(set(ids)) == 2
    assert [proving.read_back(target_id).document_id for target_id in ids] == [
        first.document_id,
        second.document_id,
    ]


def test_storing_leaves_the_source_as_it_was(connector: Connector, filing: MakeRequest) -> None:
    request = filing(b"%PDF- bleibt")

    connector.store(request)

    assert request.content.read_bytes() == b"%PDF- bleibt"
    assert request.companions[0].path.read_bytes() == b"<Transfervermerk/>"


def test_an_unknown_target_id_is_never_answered_with_a_document(connector: Connector, filing: MakeRequest) -> None:
    connector.store(filing())

    with pytest.raises((Rejected, Unavailable)):
        connector.read_back("P999999999")


def test_a_target_without_proof_shows_nothing_and_is_unconfirmed(connector: Connector, filing: MakeRequest) -> None:
    if Ability.PROOF in connector.abilities():
        pytest.skip("shows what it holds")
    request = filing()

    filed = connector.read_back(connector.store(request))

    assert (filed.document_id, filed.digest, filed.properties) == (request.document_id, None, {})


def test_a_usable_target_says_so(connector: Connector) -> None:
    assert connector.health().ok
    assert connector.health().detail
