"""Values that libxml2 reads otherwise than XML Schema 1.0 (part 2) has them, and so otherwise than other validators.

Blanks around a date or a time are allowed there (whiteSpace 'collapse'), libxml2 refuses them. Foreign characters in
base64 are not allowed there, libxml2 passes over them.
"""

import re
from collections.abc import Iterator
from copy import deepcopy

from lxml import etree

__all__ = ["foreign_in_base64", "with_bare_dates"]

_BLANK = " \t\r\n"
_DAY, _TIME, _ZONE = r"-?\d{4,}-\d\d-\d\d", r"\d\d:\d\d:\d\d(?:\.\d+)?", r"(?:Z|[+-]\d\d:\d\d)?"
_DATE_OR_TIME = re.compile(rf"(?:{_DAY}(?:T{_TIME})?|{_TIME}){_ZONE}", re.ASCII)
_LONGEST = 100
_FOREIGN = re.compile(r"[^A-Za-z0-9+/= \t\r\n]")
_BINARIES = ("{*}EmbeddedDocumentBinaryObject", "{*}AttachmentBinaryObject")
"""The elements of UBL and CII that hold base64."""


def with_bare_dates(root: etree._Element) -> etree._Element | None:
    """A copy without the blanks around dates and times; None if there are none."""
    copy = None
    for number, element in enumerate(root.iter(etree.Element)):
        text = element.text or ""
        if len(element) or len(text) > _LONGEST or text == text.strip(_BLANK):
            continue
        if _DATE_OR_TIME.fullmatch(text.strip(_BLANK)):
            if copy is None:
                copy = deepcopy(root)
                leaves = list(copy.iter(etree.Element))
            leaves[number].text = text.strip(_BLANK)
    return copy


def foreign_in_base64(root: etree._Element) -> Iterator[tuple[str, int]]:
    """Name and line of every element whose base64 has a character that is not of it."""
    for element in root.iter(*_BINARIES):
        if _FOREIGN.search("".join(map(str, element.itertext(*_BINARIES)))):
            yield etree.QName(element).localname, int(element.sourceline or 0)  # type: ignore[call-overload]
