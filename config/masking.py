"""What a log line may say: the last line of defence against names, numbers and texts of the mail.

Free text from elsewhere does not get in at all (exceptions are told by type and place, foreign libraries by their
message template); what does get in has patterns masked. Too much masked is fine, too little is not.
"""

import errno
import re
import sys
import traceback
from collections.abc import Mapping
from datetime import datetime
from itertools import takewhile
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import UUID

from schemas.errors import PosteingangError

__all__ = ["HIDDEN", "KNOWN_KEYS", "current_exception", "masked_event", "masked_text", "told_exception"]

HIDDEN = "[verborgen]"
_CODE_ROOT = Path(__file__).resolve().parent.parent
_LONGEST = 4000
_MOST_FRAMES = 20
_MOST_CAUSES = 5
_DIGITS_OF_A_NUMBER = 6
_LARGEST_NUMBER = 10**7

KNOWN_KEYS = frozenset(
    {
        *(
            "account",
            "attempt",
            "batch",
            "claim",
            "code",
            "component",
            "document",
            "event",
            "exception",
            "freed",
            "level",
        ),
        *("logger", "method", "milliseconds", "next", "pid", "place", "roles", "route", "seconds", "state", "status"),
        *("request", "task", "template", "token", "until", "worker"),
    }
)
"""Keys that carry ids, codes and times by agreement. A string under any other key is hidden."""

_KEPT = re.compile(r"((?<![\w-])(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{64})(?![\w-]))")
_MASKED = (
    re.compile(r"[A-Za-z]{2}\d{2}(?:[\W_]{0,2}[^\W_]){11,}"),  # IBAN, and whatever follows it
    re.compile(r"[^\s@]*@[^\s@]*"),  # e-mail address, user and password of a URL
    re.compile(r"\d(?:[\s\-/.(),+]{0,3}\d){6,}"),  # telephone, tax number, card, date of birth
)
_WORD = re.compile(r"[^\W_]+")
_EVENT = re.compile(r"[a-z][a-z0-9_]*")


def masked_text(text: str) -> str:
    """The text without IBANs, addresses of e-mail, telephone, tax and VAT numbers; ids and hashes stay."""
    if len(text) > _LONGEST:
        return HIDDEN
    parts = _KEPT.split(text)
    return "".join(part if at % 2 else _masked_part(part) for at, part in enumerate(parts))


def _masked_part(text: str) -> str:
    for pattern in _MASKED:
        text = pattern.sub(HIDDEN, text)
    return _WORD.sub(_without_number, text)


def _without_number(word: re.Match[str]) -> str:
    """VAT ids and the like: letters and digits in one word."""
    return HIDDEN if sum(char.isdigit() for char in word[0]) >= _DIGITS_OF_A_NUMBER else word[0]


def masked_event(event: Mapping[str, Any]) -> dict[str, Any]:
    """Every value masked after its key; an event's name is one word of ours or nothing."""
    found = {masked_text(key): _masked_value(key, value) for key, value in event.items()}
    if not _EVENT.fullmatch(str(event.get("event", ""))):
        found["event"] = HIDDEN
    return found


def _masked_value(key: str, value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return value if abs(value) < _LARGEST_NUMBER else HIDDEN
    if isinstance(value, UUID | datetime):
        return str(value)
    if key not in KNOWN_KEYS:
        return HIDDEN
    if isinstance(value, Mapping):
        return {name: _masked_value(name, part) for name, part in value.items() if name in KNOWN_KEYS}
    if isinstance(value, list | tuple):
        return [_masked_value(key, part) for part in value]
    return masked_text(str(value))


def told_exception(error: BaseException) -> list[dict[str, Any]]:
    """The exception and what caused it: type, code, places in the code. Never its message: that may quote the mail."""
    told: list[dict[str, Any]] = []
    current: BaseException | None = error
    while current is not None and len(told) < _MOST_CAUSES:
        told.append(
            {
                "event": f"{type(current).__module__}.{type(current).__qualname__}".removeprefix("builtins."),
                "code": _code_of(current),
                "place": _places(current.__traceback__),
            }
        )
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return told


def _code_of(error: BaseException) -> str | None:
    if isinstance(error, PosteingangError):
        return error.code
    if isinstance(error, OSError) and error.errno is not None:
        return errno.errorcode.get(error.errno)
    return None


def _places(tail: TracebackType | None) -> list[str]:
    """Lines of ours on the way, and the last one whoever wrote it."""
    frames = traceback.extract_tb(tail)
    ours = [frame for frame in frames if _CODE_ROOT in Path(frame.filename).parents and "/.venv/" not in frame.filename]
    shown = [*ours[-_MOST_FRAMES:], *(frames[-1:] if frames[-1:] != ours[-1:] else [])]
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in shown]


def _short(filename: str) -> str:
    """From the code's own folder or the library's name on."""
    parts = Path(filename).parts
    if "site-packages" in parts:
        return "/".join([*takewhile(lambda part: part != "site-packages", reversed(parts))][::-1])
    path = Path(filename)
    return path.relative_to(_CODE_ROOT).as_posix() if path.is_relative_to(_CODE_ROOT) else path.name


def current_exception(value: object) -> BaseException | None:
    """What `exc_info` stands for in a log call: True, an exception, or the triple."""
    if isinstance(value, BaseException):
        return value
    if isinstance(value, tuple):
        return value[1] if len(value) == 3 and isinstance(value[1], BaseException) else None
    return sys.exc_info()[1] if value else None
