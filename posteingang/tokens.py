"""Keys of other programs on the command line: the city's inboxes and the known scopes, nothing else."""

from collections.abc import Iterable
from datetime import UTC, datetime

from config.load import city
from records import tokens
from records.tokens import Token
from schemas.errors import BadInput
from schemas.roles import Scope

__all__ = ["add_token", "described", "revoke_token"]


def add_token(name: str, inbox: str, scopes: Iterable[str]) -> str:
    """The secret of the new key. BadInput for an inbox or a scope that does not exist."""
    if city().intake_point(inbox) is None:
        known = ", ".join(point.inbox for point in city().intake_points)
        raise BadInput(f"Den Eingang {inbox!r} gibt es nicht.", remedy=f"Erlaubt: {known}.")
    return tokens.make(name, inbox, [_scope(text) for text in scopes], datetime.now(UTC))


def revoke_token(name: str) -> None:
    tokens.revoke(name, datetime.now(UTC))


def described() -> tuple[str, ...]:
    """One line a key."""
    return tuple(_line(token) for token in tokens.all_tokens())


def _line(token: Token) -> str:
    parts = [
        f"{token.name}: Eingang {token.inbox}",
        ", ".join(sorted(token.scopes)),
        f"angelegt {_at(token.created_at)}",
    ]
    parts.append(f"zuletzt benutzt {_at(token.last_used_at)}" if token.last_used_at else "noch nie benutzt")
    if token.revoked_at:
        parts.append(f"widerrufen {_at(token.revoked_at)}")
    return "; ".join(parts)


def _at(moment: datetime) -> str:
    from django.utils import timezone

    return f"{timezone.localtime(moment):%d.%m.%Y %H:%M}"


def _scope(text: str) -> Scope:
    try:
        return Scope(text)
    except ValueError:
        raise BadInput(f"Das Recht {text!r} gibt es nicht.", remedy=f"Erlaubt: {', '.join(Scope)}.") from None
