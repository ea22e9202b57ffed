"""Phrases that are found in a text as a recognition reads it: whatever the case, in spite of common confusions.

The text is folded sign by sign, so that places in it stay what they are; phrases become regexes that allow what one
sign may have become two of ('m' and 'rn', 'ü' and 'ue'). Long phrases are allowed more than short ones.
"""

import re
from functools import lru_cache

__all__ = ["folded", "phrases_regex"]

_FOLD = str.maketrans("äöüßáàâéèêëíìîïóòôúùûçñ10|58i", "aousaaaeeeellllooouuucnlolsbl")
_ONE_OR_TWO = {"ä": "ae?", "ö": "oe?", "ü": "(?:ue?|ll)", "ß": "(?:ss?|b)", "m": "(?:m|rn|nn)", "w": "(?:w|vv)"}
_MISTAKEN = {"e": "[ec]", "c": "[ec]", "t": "[tf]", "f": "[tf]", "h": "[hb]", "b": "[hb]", "u": "(?:u|ll)", "n": "[nm]"}
_LONG = 8
"""From so many signs on a phrase is recognised in spite of signs that are mistaken for each other more rarely."""


def folded(text: str) -> str:
    """The same length: lower case, without marks, signs that are mistaken for each other made the same."""
    low = text.lower()
    if len(low) != len(text):
        low = "".join(sign.lower() if len(sign.lower()) == 1 else sign for sign in text)
    return low.translate(_FOLD)


@lru_cache(maxsize=8192)
def phrases_regex(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """Any of the phrases, on folded text. The border in front is asked first: most signs of a text begin no word."""
    inside = [_phrase(phrase) for phrase in phrases if not phrase[0].isalnum()]
    bordered = [_phrase(phrase) for phrase in phrases if phrase[0].isalnum()]
    begun = [rf"(?<!\w)(?:{'|'.join(bordered)})"] if bordered else []
    return re.compile("|".join([*begun, *inside]))


def _phrase(phrase: str) -> str:
    """A phrase as a regex on folded text; '*' stands for any letters, a blank or hyphen may be lost."""
    out, at, low = "", 0, " ".join(phrase.lower().split())
    tolerant = len(low) >= _LONG
    while at < len(low):
        pair, sign = low[at : at + 2], low[at]
        if pair in ("rn", "ss"):
            out += "(?:rn|m)" if pair == "rn" else "(?:ss?|b)"
            at += 2
            continue
        if sign == "*":
            out += r"\w*"
        elif sign == " ":
            out += r"\s*" if tolerant else r"\s+"
        elif sign == "-":
            out += r"[-–]" if pair == "-*" else r"[-–\s]{0,2}"
        elif sign in _ONE_OR_TWO:
            out += _ONE_OR_TWO[sign]
        elif tolerant and sign in _MISTAKEN:
            out += _MISTAKEN[sign]
        else:
            out += re.escape(sign.translate(_FOLD))
        at += 1
    return out + ("" if low[-1] == "*" or not low[-1].isalnum() else r"(?!\w)")
