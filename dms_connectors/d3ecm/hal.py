"""HAL links: find a relation and fill its URI template (RFC 6570 level 1 and form-style query)."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from schemas.errors import Unavailable

__all__ = ["MissingRelation", "expand", "link", "names"]

_EXPRESSION = re.compile(r"\{(\??)([^}]*)\}")


class MissingRelation(Unavailable):
    """The server does not offer a function: the right is missing, or the function is not there (yet)."""


def link(resource: Mapping[str, Any], relation: str) -> str:
    """The href of a relation. A missing one means: no right, or the function is not there."""
    entry = (resource.get("_links") or {}).get(relation)
    href = entry.get("href") if isinstance(entry, dict) else None
    if not href:
        raise MissingRelation(
            f"Das DMS bietet die Funktion '{relation}' nicht an.",
            remedy="Rechte des API-Benutzers im Repository prüfen.",
        )
    return str(href)


def expand(template: str, **values: str) -> str:
    """The template with the values put in; parameters the template does not name are left out."""

    def fill(match: re.Match[str]) -> str:
        names = [name.strip() for name in match[2].split(",")]
        if not match[1]:
            return "".join(quote(values.get(name, ""), safe="") for name in names)
        pairs = [f"{name}={quote(values[name], safe='')}" for name in names if name in values]
        return "?" + "&".join(pairs) if pairs else ""

    return _EXPRESSION.sub(fill, template)


def names(template: str) -> frozenset[str]:
    """Every parameter the template takes."""
    return frozenset(name.strip() for _, inner in _EXPRESSION.findall(template) for name in inner.split(","))
