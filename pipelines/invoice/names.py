"""Names that senders gave to attachments, as they can be shown, and as files can be called by them."""

import re
import unicodedata
from pathlib import PurePosixPath

__all__ = ["file_name", "shown_name", "unique"]

_UNSHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f/\\\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_LONGEST = 120
_UNFIT = re.compile(r'[<>:"|?*]')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
_MOST_BYTES = 200


def shown_name(name: str) -> str:
    """Fit to be shown and kept: no path, nothing that misleads the eye, its end if long."""
    return _UNSHOWN.sub("_", name)[-_LONGEST:]


def file_name(name: str, otherwise: str) -> str:
    """A name that any system takes for a file, in one folder and visible; `otherwise` if nothing is left of it."""
    text = unicodedata.normalize("NFC", _UNFIT.sub("_", shown_name(name))).strip(". ")
    while len(text.encode()) > _MOST_BYTES:
        text = text[1:].strip(". ")
    if _RESERVED.fullmatch(text):
        text = f"_{text}"
    return text if text.strip("_. ") else otherwise


def unique(name: str, taken: set[str]) -> str:
    """The name, or with a number before its ending if there is one like it, whatever its case; then it is taken."""
    path, number, chosen = PurePosixPath(name), 1, name
    while chosen.casefold() in taken:
        number += 1
        chosen = f"{path.stem} ({number}){path.suffix}"
    taken.add(chosen.casefold())
    return chosen
