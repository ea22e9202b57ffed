"""A channel like a text recognition: signs taken for others, lost hyphens and blanks, now and then a lost word."""

import random

__all__ = ["noisy"]

_CONFUSED = {
    "rn": "m", "m": "rn", "ü": "u", "ö": "o", "ä": "a", "l": "1", "1": "l", "0": "O", "O": "0", "i": "l", "I": "l",
    "ß": "B", "B": "8", "5": "S", "S": "5", "e": "c", "c": "e", "h": "b", "f": "t", ",": ".", "u": "ii", "w": "vv",
    "8": "B", "t": "f",
}  # fmt: skip


def noisy(text: str, rate: float, chance: random.Random) -> str:
    """Every sign is misread with that chance; blanks and whole words get lost more rarely."""
    out: list[str] = []
    at = 0
    while at < len(text):
        pair = text[at : at + 2]
        if chance.random() < rate:
            if pair in _CONFUSED:
                out.append(_CONFUSED[pair])
                at += 2
                continue
            if text[at] == " " and chance.random() < 0.3:
                at += 1
                continue
            out.append(_CONFUSED.get(text[at], text[at]))
        else:
            out.append(text[at])
        at += 1
    words = "".join(out).split(" ")
    return " ".join(word for word in words if chance.random() >= rate / 4)
