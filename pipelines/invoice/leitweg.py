"""The Leitweg-ID (KoSIT specification 2.0): its form and its check digits."""

import re

__all__ = ["leitweg_problem", "normalised"]

_FORM = re.compile(r"[0-9]{2,12}(-[A-Z0-9]{1,30})?-[0-9]{2}")
_LANDS = frozenset({f"{number:02d}" for number in range(1, 17)} | {"99"})


def normalised(text: str) -> str:
    """Without surrounding blanks, in capitals."""
    return text.strip().upper()


def leitweg_problem(text: str) -> str | None:
    """What is wrong with it (German), or None.

    ISO/IEC 7064 MOD 97-10 over the characters without hyphens, letters as 10 to 35. A lost leading zero passes the
    check digits, therefore the land key is looked at too.
    """
    value = normalised(text)
    if not _FORM.fullmatch(value):
        return f"„{text[:60]}“ hat nicht die Form einer Leitweg-ID."
    digits = "".join(str(int(character, 36)) for character in value if character != "-")
    if int(digits) % 97 != 1:
        return f"Die Prüfziffer der Leitweg-ID {value} stimmt nicht."
    if value[:2] not in _LANDS:
        return f"Die Leitweg-ID {value} beginnt mit keinem Landesschlüssel; fehlt vorn eine Null?"
    return None
