"""Keys of other programs: the secret is shown once, only its hash is kept."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from records.models import ApiToken
from schemas.errors import BadInput
from schemas.roles import Scope

__all__ = ["Token", "all_tokens", "find", "make", "revoke"]

_PREFIX = "pe_"
_LONGEST_NAME = 100
_NOTED_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Token:
    """A key without its secret: what it may do, and in which inbox."""

    id: UUID
    name: str
    inbox: str
    scopes: frozenset[Scope]
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


def make(name: str, inbox: str, scopes: Iterable[Scope], now: datetime) -> str:
    """The secret of a new key: prefix and 256 random bits. BadInput for a name that is taken or cannot be shown."""
    if not (name.strip() == name and name.isprintable() and 0 < len(name) <= _LONGEST_NAME):
        raise BadInput(f"Der Name muss aus 1 bis {_LONGEST_NAME} sichtbaren Zeichen bestehen.")
    secret = _PREFIX + secrets.token_urlsafe(32)
    kept = sorted(set(scopes))
    try:
        with transaction.atomic():
            ApiToken.objects.create(
                id=uuid4(), name=name, digest=_digest(secret), scopes=kept, inbox=inbox, created_at=now
            )
    except IntegrityError:
        raise BadInput(
            f"Den Schlüssel {name!r} gibt es schon.",
            remedy="Bitte einen anderen Namen wählen; auch widerrufene Schlüssel behalten ihren.",
        ) from None
    return secret


def find(secret: str, now: datetime) -> Token | None:
    """The valid key with that secret; its use is noted, at most once a minute.

    What is compared is the hash: how long that takes says nothing about the secret.
    """
    row = ApiToken.objects.filter(digest=_digest(secret), revoked_at=None).first()
    if row is None:
        return None
    if row.last_used_at is None or now - row.last_used_at >= _NOTED_AFTER:
        ApiToken.objects.filter(id=row.id).update(last_used_at=now)
    return _token(row)


def revoke(name: str, now: datetime) -> None:
    """From now on that key opens nothing; BadInput if there is none of that name that still does."""
    if not ApiToken.objects.filter(name=name, revoked_at=None).update(revoked_at=now):
        raise BadInput(
            f"Einen gültigen Schlüssel {name!r} gibt es nicht.", remedy="Alle Schlüssel zeigt: posteingang tokens list"
        )


def all_tokens() -> tuple[Token, ...]:
    """Every key there ever was, by name."""
    return tuple(_token(row) for row in ApiToken.objects.order_by("name"))


def _token(row: ApiToken) -> Token:
    known = frozenset(Scope)
    scopes = frozenset(Scope(text) for text in row.scopes if text in known)
    return Token(row.id, row.name, row.inbox, scopes, row.created_at, row.last_used_at, row.revoked_at)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
