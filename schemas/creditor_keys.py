"""What a creditor is found by, in one spelling: VAT id, tax number, IBAN, name. Empty: nothing to find by."""

import re
import unicodedata

__all__ = ["compact", "name_key", "tax_number_key"]

_LEGAL_FORMS = re.compile(
    r"\b(gmbh|mbh|ag|kg|kgaa|ohg|gbr|ug|se|eg|e ?k|e ?v|co|cie|inh|haftungsbeschraenkt|gesellschaft|und|u)\b"
)
_FOLDED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "&": " "})


def compact(text: str | None) -> str:
    """An IBAN, a VAT id or a number without blanks and separators, upper case."""
    return re.sub(r"[\s./-]", "", unicodedata.normalize("NFKC", text or "")).upper()


def tax_number_key(text: str | None) -> str:
    """The digits of a German tax number (Steuernummer); under five digits it says nothing."""
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", text or ""))
    return digits if len(digits) >= 5 else ""


def name_key(text: str | None) -> str:
    """A name without legal form, case, accents and order of blanks: 'Müller GmbH & Co. KG' is 'mueller'."""
    folded = unicodedata.normalize("NFKC", text or "").casefold().translate(_FOLDED)
    plain = unicodedata.normalize("NFKD", folded)
    words = re.sub(r"[^\w\s]", " ", "".join(char for char in plain if not unicodedata.combining(char)))
    without = " ".join(_LEGAL_FORMS.sub(" ", re.sub(r"\s+", " ", re.sub(r"\be\s+([kv])\b", r"e\1", words))).split())
    return without or " ".join(words.split())
