"""What the learned model sees of a letter: hashed words, pairs of words and parts of words, by zone; no address."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from pipelines.routing.phrases import folded
from pipelines.routing.zones import Letter
from schemas.recognised import Zone

__all__ = ["Features", "features", "spoken_words", "word_key"]

Features = tuple[NDArray[np.uint32], NDArray[np.float32]]
"""Keys, each once and ascending, with their values."""

_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"[^\W_]+")
_MOST_SIGNS = 6000
_SHORTEST, _LONGEST = 3, 5
_BLOCKS = (
    ("s", (Zone.SUBJECT,), 0.8),
    ("b", (Zone.INFORMATION, Zone.SUBJECT, Zone.BODY), 1.0),
    ("h", (Zone.LETTERHEAD, Zone.CLOSING), 0.3),
)
"""Prefix, zones, and how much a block counts; each is made as long as its weight, however many words it has."""
_PARTS_WEIGHT = 0.8


def features(letter: Letter) -> Features:
    """The same in every process: keys are CRC-32 of the zone and the words as a recognition may have misread them."""
    values: dict[int, float] = {}
    for prefix, zones, weight in _BLOCKS:
        words = _words(letter.part(*zones))
        _add(values, set(_keys(prefix, words)), weight)
        if prefix == "b":
            _add(values, {key for word in words for key in _parts(word)}, _PARTS_WEIGHT)
    keys = np.array(sorted(values), dtype=np.uint32)
    return keys, np.array([values[int(key)] for key in keys], dtype=np.float32)


def spoken_words(letter: Letter) -> dict[int, str]:
    """The words of subject and text by their keys, as they stand there."""
    text = letter.part(Zone.SUBJECT, Zone.BODY)[:_MOST_SIGNS]
    return {word_key(word): word for word in dict.fromkeys(_WORD.findall(text)) if len(word) > 3 and word.isalpha()}


def word_key(word: str) -> int:
    """The key of one word of subject or text."""
    return crc32(f"b {folded(word)}".encode())


def _words(text: str) -> list[str]:
    return _WORD.findall(folded(_DIGITS.sub(" 9 ", text[:_MOST_SIGNS])))


def _keys(prefix: str, words: list[str]) -> Iterator[int]:
    for word in words:
        yield crc32(f"{prefix} {word}".encode())
    for first, second in pairwise(words):
        yield crc32(f"{prefix} {first} {second}".encode())


@lru_cache(maxsize=16_384)
def _parts(word: str) -> tuple[int, ...]:
    whole = f" {word} "
    return tuple(
        crc32(f"c{whole[at : at + size]}".encode())
        for size in range(_SHORTEST, _LONGEST + 1)
        for at in range(len(whole) - size + 1)
    )


def _add(values: dict[int, float], keys: set[int], weight: float) -> None:
    """All keys of a block alike, so that their length is the weight."""
    for key in keys:
        values[key] = values.get(key, 0.0) + weight / len(keys) ** 0.5
