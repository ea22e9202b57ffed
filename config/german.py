"""What pydantic complains about, said in German: what is wrong, what is allowed, what was found."""

from pydantic_core import ErrorDetails

__all__ = ["complaint"]

_MAPPING = "muss Angaben der Form 'Schlüssel: Wert' enthalten"
_DATE = "muss ein Datum der Form JJJJ-MM-TT sein"
_MESSAGES = {
    "missing": "Pflichtangabe fehlt",
    "extra_forbidden": "unbekannte Angabe; erlaubt sind: {allowed}",
    "string_pattern_mismatch": "hat nicht die erlaubte Form {pattern}",
    "literal_error": "erlaubt ist nur {expected}",
    "enum": "erlaubt ist nur {expected}",
    "bool_parsing": "muss true oder false sein",
    "bool_type": "muss true oder false sein",
    "string_type": "muss Text sein (Zahlen in Anführungszeichen setzen)",
    "int_parsing": "muss eine ganze Zahl sein",
    "int_type": "muss eine ganze Zahl sein",
    "int_from_float": "muss eine ganze Zahl sein",
    "float_parsing": "muss eine Zahl sein",
    "float_type": "muss eine Zahl sein",
    "greater_than": "muss größer als {gt} sein",
    "greater_than_equal": "muss mindestens {ge} sein",
    "less_than_equal": "darf höchstens {le} sein",
    "string_too_short": "darf nicht leer sein",
    "too_short": "braucht mindestens einen Eintrag",
    "tuple_type": "muss eine Liste sein",
    "dict_type": _MAPPING,
    "model_type": _MAPPING,
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
}


def complaint(error: ErrorDetails, allowed: str = "") -> str:
    """One sentence part; `allowed` names the entries possible at that place."""
    context = {key: _shown(value) for key, value in (error.get("ctx") or {}).items()} | {"allowed": allowed}
    template = _MESSAGES.get(error["type"])
    text = template.format_map(context) if template else error["msg"].removeprefix("Value error, ")
    value = error.get("input")
    return f"{text} (gefunden: {value!r})" if isinstance(value, str | int | float | bool) else text


def _shown(value: object) -> str:
    """Numbers without '.0'; the 'or' of enumerations in German."""
    return f"{value:g}" if isinstance(value, float) else str(value).replace("' or '", "' oder '")
