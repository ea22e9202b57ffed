"""Names of files, and words of indexes and codes, as they can be kept and shown, whatever the sender wrote."""

from collections.abc import Sequence

__all__ = ["first_of", "one_line", "printable", "without_folders"]


def printable(name: str) -> str:
    """A file name as it can be kept and shown: undecodable bytes, control and direction marks replaced."""
    text = name.encode("utf-8", "replace").decode("utf-8")
    return "".join(char if char.isprintable() else "�" for char in text)[:255]


def without_folders(name: str) -> str:
    """The last part of a path of any system; empty if that is no name."""
    last = name.replace("\\", "/").rpartition("/")[2].strip()
    return "" if last in (".", "..") else last


def one_line(text: str) -> str:
    """Text in one line: every blank as a space, control and direction marks, which nothing can keep, replaced."""
    shown = (char if char.isprintable() else " " if char.isspace() else "�" for char in text)
    return "".join(shown).strip()


def first_of(said: Sequence[str], most: int, what: str) -> tuple[str, ...]:
    """Each sentence once and at most that many; how many more there are is said. `what` names them (German)."""
    told = tuple(dict.fromkeys(said))
    more = len(told) - most
    return told if more <= 0 else (*told[:most], f"Und {more} weitere {what}.")
