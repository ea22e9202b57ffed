"""File names every system takes: the same input always gives the same name."""

import re
import unicodedata
from pathlib import PurePosixPath

__all__ = ["safe_file_name"]

_FORBIDDEN = frozenset('\\/:*?"<>|')
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})  # control, direction and unassigned characters
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)", re.IGNORECASE)
_LONGEST = 255  # bytes of UTF-8, the limit seen of one value
_NAMELESS = "Dokument"


def safe_file_name(name: str) -> str:
    """`name` without path marks, control characters, trailing dots and names Windows reserves for devices."""
    composed = unicodedata.normalize("NFC", name)
    plain = "".join(
        "_" if char in _FORBIDDEN or unicodedata.category(char) in _INVISIBLE else char for char in composed
    )
    plain = plain.strip().rstrip(". ")
    if _RESERVED.match(plain):
        plain = f"_{plain}"
    suffix = PurePosixPath(plain).suffix
    stem = plain.removesuffix(suffix).encode()[: _LONGEST - len(suffix.encode())].decode(errors="ignore")
    return f"{stem.rstrip() or _NAMELESS}{suffix}"
