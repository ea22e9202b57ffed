"""A few words around what was found, from the stored text; the same on both databases."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from records.models import SearchText
from records.wording import Spelling, Term, folded, terms_of

__all__ = ["Piece", "excerpts"]

_BEFORE = 60
_LENGTH = 200
_SHORTEST_STEM = 4


@dataclass(frozen=True, slots=True)
class Piece:
    """Plain text, to be escaped like any other; `found` is what was looked for."""

    text: str
    found: bool


def excerpts(document_ids: Iterable[UUID], query: str) -> dict[UUID, tuple[Piece, ...]]:
    """For documents that the person may see: those in whose text something of the query stands."""
    looked_for = [term for term in terms_of(query) if term.spellings]
    if not looked_for:
        return {}
    patterns = [_pattern(looked_for), _pattern(looked_for, inflected=True)]
    rows = SearchText.objects.filter(document__id__in=list(document_ids)).values_list("document__id", "text")
    found = {document_id: _excerpt(text, patterns) for document_id, text in rows}
    return {document_id: pieces for document_id, pieces in found.items() if pieces}


def _excerpt(text: str, patterns: Iterable[re.Pattern[str]]) -> tuple[Piece, ...]:
    for pattern in patterns:
        if first := pattern.search(text):
            return _marked(text, first, pattern)
    return ()


def _marked(text: str, first: re.Match[str], pattern: re.Pattern[str]) -> tuple[Piece, ...]:
    start = (
        0 if first.start() <= _BEFORE else text.find(" ", first.start() - _BEFORE, first.start()) + 1 or first.start()
    )
    end = len(text)
    if end > start + _LENGTH:
        end = max(text.rfind(" ", start, start + _LENGTH), min(first.end(), start + _LENGTH))
    pieces, done = [Piece("… ", found=False)] if start else [], start
    for match in pattern.finditer(text, start, end):
        pieces += [Piece(text[done : match.start()], found=False), Piece(match[0], found=True)]
        done = match.end()
    pieces.append(Piece(text[done:end] + (" …" if end < len(text) else ""), found=False))
    return tuple(piece for piece in pieces if piece.text)


def _pattern(looked_for: Iterable[Term], *, inflected: bool = False) -> re.Pattern[str]:
    """Finds the terms in a text that is not folded; `inflected`: words that only begin alike, as stems do."""
    ways = {_way(spelling, stem=inflected and not term.exact) for term in looked_for for spelling in term.spellings}
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(sorted(ways, key=len, reverse=True))})(?![^\W_])", re.IGNORECASE)


def _way(spelling: Spelling, *, stem: bool) -> str:
    words = list(spelling.words)
    if stem:
        words[-1] = words[-1][: max(_SHORTEST_STEM, len(words[-1]) - 2)]
    way = r"[\W_]+".join("".join(_LETTERS.get(letter, letter) for letter in word) for word in words)
    return way.replace(_LETTERS["s"] * 2, f"(?:{_LETTERS['s'] * 2}|ß)") + (
        r"[^\W_]*" if spelling.begins or stem else ""
    )


def _letters() -> dict[str, str]:
    """Plain letter -> a class of all Latin letters that fold to it."""
    alike: dict[str, str] = defaultdict(str)
    for sign in map(chr, (*range(0x61, 0x7B), *range(0xC0, 0x250), *range(0x1E00, 0x1F00))):
        if unicodedata.category(sign)[0] == "L" and len(plain := folded(sign)) == 1:
            alike[plain] += sign
    return {plain: f"[{signs}]" for plain, signs in alike.items()}


_LETTERS = _letters()
