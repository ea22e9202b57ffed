"""Keys of other programs: made once, found by their secret, never kept in clear, gone when revoked."""

import hashlib
from datetime import timedelta
from uuid import uuid4

import pytest

from config.settings import Settings
from records.journal import TakenIn, _taken_in
from records.models import ApiToken, Intake
from records.objects import ObjectStore
from records.restore import _take_in_again
from records.tokens import all_tokens, find, make, revoke
from schemas.errors import BadInput
from schemas.roles import Scope
from tests.records.conftest import NOW, TakeIn

pytestmark = pytest.mark.django_db
BOTH = (Scope.WRITE_DOCUMENTS, Scope.READ_DOCUMENTS)


def test_a_secret_has_its_prefix_and_256_bits_and_no_two_are_alike() -> None:
    made = {make(f"Programm {number}", "rechnung", BOTH, NOW) for number in range(20)}
    assert len(made) == 20
    assert all(secret.startswith("pe_") and len(secret) == 3 + 43 for secret in made)


def test_only_the_hash_is_kept() -> None:
    secret = make("Portal", "rechnung", BOTH, NOW)
    (row,) = ApiToken.objects.all()
    assert row.digest == hashlib.sha256(secret.encode()).hexdigest()
    assert not any(secret[3:] in str(value) for value in vars(row).values())


def test_a_key_is_found_by_its_secret_with_inbox_and_scopes() -> None:
    secret = make("Portal", "rechnung", [Scope.WRITE_DOCUMENTS, Scope.WRITE_DOCUMENTS], NOW)
    make("anderes", "scan", BOTH, NOW)
    found = find(secret, NOW)
    assert found is not None
    assert (found.name, found.inbox, found.scopes) == ("Portal", "rechnung", {Scope.WRITE_DOCUMENTS})


@pytest.mark.parametrize("wrong", ["", "pe_", "pe_falsch", "\0", "\ud800", "ä" * 100_000])
def test_another_secret_finds_nothing(wrong: str) -> None:
    secret = make("Portal", "rechnung", BOTH, NOW)
    for text in (wrong, secret[:-1], secret + "x", secret.upper()):
        assert find(text, NOW) is None


def test_its_use_is_noted_at_most_once_a_minute() -> None:
    secret = make("Portal", "rechnung", BOTH, NOW)
    noted = []
    for seconds in (0, 30, 59, 60, 90, 200):
        find(secret, NOW + timedelta(seconds=seconds))
        noted.append((ApiToken.objects.get().last_used_at - NOW) // timedelta(seconds=1))
    assert noted == [0, 0, 0, 60, 60, 200]


def test_a_revoked_key_opens_nothing_and_keeps_its_name() -> None:
    secret = make("Portal", "rechnung", BOTH, NOW)
    revoke("Portal", NOW)
    assert find(secret, NOW) is None
    assert [(token.name, token.revoked_at) for token in all_tokens()] == [("Portal", NOW)]
    with pytest.raises(BadInput, match="gibt es nicht"):
        revoke("Portal", NOW)
    with pytest.raises(BadInput, match="gibt es schon"):
        make("Portal", "rechnung", BOTH, NOW)


@pytest.mark.parametrize("name", ["", "  ", " Portal", "Por\ntal", "x" * 101, "\u202eltrop"])
def test_a_name_can_be_shown(name: str) -> None:
    with pytest.raises(BadInput, match="sichtbaren Zeichen"):
        make(name, "rechnung", BOTH, NOW)


def test_a_scope_that_is_no_longer_known_allows_nothing() -> None:
    secret = make("Portal", "rechnung", BOTH, NOW)
    ApiToken.objects.update(scopes=["documents:read", "everything"])
    found = find(secret, NOW)
    assert found is not None
    assert found.scopes == {Scope.READ_DOCUMENTS}


@pytest.mark.parametrize("known", [True, False], ids=["in the backup", "made after it"])
def test_mail_restored_from_the_journal_belongs_to_its_key_if_that_is_known(
    known: bool, take_in: TakeIn, store: ObjectStore
) -> None:
    content = store.path(take_in().intake.content_id)
    make("Portal", "rechnung", BOTH, NOW)
    token_id = all_tokens()[0].id if known else uuid4()
    line = TakenIn(
        document_id=uuid4(),
        claim_id=uuid4(),
        inbox="rechnung",
        intake_point="Zentraler Rechnungseingang",
        operator="Maria Muster",
        original_name="rechnung.xml",
        received_at=NOW,
        demo=False,
        sha256=content.name,
        token_id=token_id,
    )

    assert _take_in_again([line], Settings(var=content.parents[3]), NOW) == (1, ())

    assert Intake.objects.get(claim_id=line.claim_id).token_id == (token_id if known else None)


def test_a_line_of_the_journal_from_before_there_were_keys_is_read() -> None:
    texts = dict.fromkeys(("inbox", "intake_point", "operator", "original_name", "sha256"), "x")
    ids = {"document_id": str(uuid4()), "claim_id": str(uuid4())}
    assert _taken_in(texts | ids | {"received_at": NOW.isoformat(), "demo": ""}).token_id is None
