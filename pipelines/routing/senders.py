"""Which known organisation a letter comes from, and what tells one that is not known yet.

Only what stands in the head, the foot and the information block tells a sender: in the text another one may be quoted.
The bank in a footer is not the sender either, so names count in the head alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from pipelines.routing.values import ibans
from pipelines.routing.zones import Letter
from schemas.organisations import ANYBODYS_DOMAINS, names_organisation
from schemas.recognised import Zone
from schemas.senders import KnownSender, MarkKind, SenderMark, Senders, mark_key, words_of

__all__ = ["Organisation", "SenderIndex", "index_of", "marks_in", "organisation_in"]

_TELLING = (Zone.LETTERHEAD, Zone.INFORMATION, Zone.FOOTER)
_LEGAL_WORDS = frozenset(
    word
    for form in (
        "GmbH",
        "gGmbH",
        "AG",
        "SE",
        "KG",
        "KGaA",
        "OHG",
        "eV",
        "e",
        "V",
        "eG",
        "UG",
        "mbH",
        "mbB",
        "Co",
        "und",
    )
    for word in words_of(form)
)
_SHORTEST_NAME, _SHORTEST_MISREAD = 6, 5
_MOST_HEAD_ROWS = 12
_VAT_ID = re.compile(r"\bDE\s?((?:\d[\s.]?){8}\d)(?!\d)")
_DOMAIN = re.compile(r"(?i)(?:@|\bwww\.)([a-z0-9\-]+(?:\.[a-z0-9\-]+)*\.[a-z]{2,12})\b")
_PHONE = re.compile(r"(?i)\b(?:tel(?:efon)?|fon)\b[.:\s]*(\+?[\d(][\d\s/().\-–]{6,22}\d)")
_CUT_AT = re.compile(r"\s*(?:[·•|*;,]|\s[-–]\s|\s{3,}).*$")


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation as its own letter names it."""

    name: str
    marks: tuple[SenderMark, ...]


@dataclass(frozen=True, slots=True)
class _Name:
    """One way to write a sender's name, without and with the words of its legal form behind."""

    core: tuple[str, ...]
    tail: tuple[str, ...]
    sender: KnownSender


class SenderIndex:
    """All senders by their marks; made once for each version of the register."""

    def __init__(self, senders: Senders) -> None:
        self._marked: dict[tuple[MarkKind, str], KnownSender] = {
            (mark.kind, mark.key): sender
            for sender in senders.known
            for mark in sender.marks
            if mark.kind is not MarkKind.NAME
        }
        self._names: dict[str, list[_Name]] = {}
        self._misread: dict[str, set[str]] = {}
        for sender in senders.known:
            for mark in sender.marks:
                if mark.kind is MarkKind.NAME and (name := _name(mark.value, sender)) is not None:
                    self._names.setdefault(name.core[0], []).append(name)
        for word in self._names:
            for variant in _shortened(word):
                self._misread.setdefault(variant, set()).add(word)

    def known(self, letter: Letter) -> KnownSender | None:
        """The sender; None if none is known, or if what stands there tells two of them."""
        told: dict[MarkKind, dict[int, KnownSender]] = {}
        for mark in marks_in(letter):
            if (sender := self._marked.get((mark.kind, mark.key))) is not None:
                told.setdefault(mark.kind, {})[sender.id] = sender
        named = self._named(_head_words(letter))
        strongest = next((told[kind] for kind in MarkKind if kind in told), named)
        if len(strongest) != 1:
            return None
        sender = next(iter(strongest.values()))
        return sender if not named or sender.id in named else None

    def _named(self, words: tuple[str, ...]) -> dict[int, KnownSender]:
        """Those whose name stands there, the longest only: 'Stadtwerke Hagen' is a part of 'Stadtwerke Hagen Netz'."""
        best, found = 0.0, dict[int, KnownSender]()
        for at, word in enumerate(words):
            for first in self._like(word):
                for name in self._names[first]:
                    length = _matched(name, words, at)
                    if length > best:
                        best, found = length, {}
                    if length and length == best:
                        found[name.sender.id] = name.sender
        return found

    def _like(self, word: str) -> set[str]:
        """First words of names that this one is, or is with one sign misread."""
        same = {word} & self._names.keys()
        if len(word) < _SHORTEST_MISREAD:
            return same
        candidates = set[str]().union(*(self._misread.get(variant, ()) for variant in _shortened(word)))
        return same | {candidate for candidate in candidates if _near(word, candidate)}


@lru_cache(maxsize=1)
def index_of(senders: Senders) -> SenderIndex:
    """The index of that very object; records keep one for each version."""
    return SenderIndex(senders)


def marks_in(letter: Letter) -> tuple[SenderMark, ...]:
    """VAT ids, IBANs, domains and telephone numbers in the head, the foot and the information block."""
    return tuple({(mark.kind, mark.key): mark for mark in _marks(_telling_text(letter))}.values())


def organisation_in(letter: Letter, own_name: str) -> Organisation | None:
    """The organisation whose letterhead it is; None where a person writes, or the city (`own_name`) itself."""
    for line in _head_rows(letter):
        name = _CUT_AT.sub("", line.strip()).lstrip(" .").rstrip(" :-–")
        if names_organisation(name) and words_of(name) != words_of(own_name):
            return Organisation(name, (SenderMark(MarkKind.NAME, name), *marks_in(letter)))
    return None


def _marks(text: str) -> Iterator[SenderMark]:
    for match in _VAT_ID.finditer(text):
        yield SenderMark(MarkKind.VAT_ID, "DE" + re.sub(r"\D", "", match[1]))
    for _, iban in ibans(text):
        yield SenderMark(MarkKind.IBAN, iban)
    for match in _DOMAIN.finditer(text):
        domain = mark_key(MarkKind.DOMAIN, match[1])
        if domain not in ANYBODYS_DOMAINS:
            yield SenderMark(MarkKind.DOMAIN, domain)
    for match in _PHONE.finditer(text):
        yield SenderMark(MarkKind.PHONE, " ".join(match[1].split()))


def _telling_text(letter: Letter) -> str:
    return "\n".join(row for _, row in letter.lines(*_TELLING))


def _head_rows(letter: Letter) -> list[str]:
    """The letterhead, and the first row above the address, where the sender stands once more."""
    head = [row for _, row in letter.lines(Zone.LETTERHEAD)]
    return [*head[:_MOST_HEAD_ROWS], *(row for _, row in letter.lines(Zone.ADDRESS)[:1])]


def _head_words(letter: Letter) -> tuple[str, ...]:
    return tuple(word for row in _head_rows(letter) for word in words_of(row))


def _name(value: str, sender: KnownSender) -> _Name | None:
    """None for what is too short to tell anybody."""
    words = words_of(value)
    end = len(words)
    while end > 1 and words[end - 1] in _LEGAL_WORDS:
        end -= 1
    if not words or (end == 1 and len(words[0]) < _SHORTEST_NAME):
        return None
    return _Name(words[:end], words[end:], sender)


def _matched(name: _Name, words: tuple[str, ...], at: int) -> float:
    """How many words of the name stand there one after the other, less for each misread; 0: not even its core."""
    core = words[at : at + len(name.core)]
    if len(core) < len(name.core):
        return 0
    misread = 0
    for said, meant in zip(core, name.core, strict=True):
        if said != meant:
            if not _near(said, meant):
                return 0
            misread += 1
    if misread > len(core) // 2:
        return 0
    behind = words[at + len(core) : at + len(core) + len(name.tail)]
    return len(core) + (len(name.tail) if behind == name.tail else 0) - misread / 10


def _near(one: str, other: str) -> bool:
    """The same but for one sign, in words long enough to be told all the same."""
    if one == other:
        return True
    if min(len(one), len(other)) < _SHORTEST_MISREAD or abs(len(one) - len(other)) > 1:
        return False
    at = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    if len(one) == len(other):
        return one[at + 1 :] == other[at + 1 :]
    short, long = sorted((one, other), key=len)
    return short[at:] == long[at + 1 :]


def _shortened(word: str) -> Iterator[str]:
    """The word, and the word without each of its signs: two words that share one differ by one sign at most."""
    yield word
    if len(word) >= _SHORTEST_MISREAD:
        for at in range(len(word)):
            yield word[:at] + word[at + 1 :]
