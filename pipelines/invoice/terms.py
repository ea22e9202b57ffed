"""Values of business terms: text, amounts, dates, indicators, attachments, read from an element and its children.

The readers say where a term stands; this module says what its text means. Nothing here raises: a value that cannot be
read as what it should be is None, and a German sentence for the clerk says which term it was and what stood there.
"""

import binascii
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache, partial
from typing import TypeVar

from lxml import etree

from schemas.invoice import Identifier

__all__ = ["Part", "Reading", "bytes_of", "decimal_of", "indicator_of", "iso_date_of", "plain_date_of"]

_NAMESPACES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
    "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
    "qdt": "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
}
_PREFIX = re.compile(r"(\w+):")
_XML_SPACE = " \t\r\n"
_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,18}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})")
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:Z|[+-][0-9]{2}:[0-9]{2})?")
_PLAIN_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_PLAIN_FORMAT = "102"
_SHOWN = 60
_MAX_PROBLEMS = 100

Value = TypeVar("Value")


def decimal_of(text: str) -> Decimal | None:
    """xs:decimal: no exponent, no comma, no grouping. More digits than an invoice can need (18.30) are refused."""
    stripped = text.strip(_XML_SPACE)
    return Decimal(stripped) if _DECIMAL.fullmatch(stripped) else None


def iso_date_of(text: str) -> date | None:
    """xs:date, YYYY-MM-DD; a time zone is allowed there and says nothing about the day as written."""
    return _date(_ISO_DATE.fullmatch(text.strip(_XML_SPACE)))


def plain_date_of(text: str, form: str = _PLAIN_FORMAT) -> date | None:
    """UN/CEFACT date format 102, YYYYMMDD; another format (a month, a week) is not a day."""
    return _date(_PLAIN_DATE.fullmatch(text.strip(_XML_SPACE))) if form == _PLAIN_FORMAT else None


def indicator_of(text: str) -> bool | None:
    """xs:boolean."""
    return {"true": True, "1": True, "false": False, "0": False}.get(text.strip(_XML_SPACE))


def bytes_of(text: str) -> bytes | None:
    """Base64; white space in it is allowed, anything else is not: half an attachment is none."""
    try:
        return binascii.a2b_base64("".join(text.split()), strict_mode=True)
    except ValueError:
        return None


@dataclass(slots=True)
class Reading:
    """What holds for the whole document: its currency (BT-5), and what could not be read so far."""

    currency: str | None = None
    _sentences: list[str] = field(default_factory=list)
    _unsaid: int = 0

    def complain(self, sentence: str) -> None:
        if len(self._sentences) < _MAX_PROBLEMS:
            self._sentences.append(sentence)
        else:
            self._unsaid += 1

    @property
    def problems(self) -> tuple[str, ...]:
        more = (f"Weitere nicht lesbare Angaben: {self._unsaid}.",) if self._unsaid else ()
        return (*self._sentences, *more)


class Part:
    """An element, or nothing where there is none: then whatever is read below it is None.

    Paths are names of children with the usual prefixes (cac, cbc, rsm, ram, udt, qdt), '.' is the element itself; the
    first match counts. `term` is the number of the business term, for the sentence to the clerk.
    """

    __slots__ = ("_children", "_element", "_place", "_reading")

    def __init__(self, element: etree._Element | None, reading: Reading, place: str = "") -> None:
        self._element = element
        self._reading = reading
        self._place = place
        self._children: Mapping[str, Sequence[etree._Element]] | None = None

    def part(self, path: str) -> "Part":
        return Part(self._find(path), self._reading, self._place)

    def parts(self, path: str) -> list["Part"]:
        return [Part(element, self._reading, self._place) for element in self._find_all(path)]

    def first(self, path: str, child: str, *values: str | None) -> "Part":
        """The first match whose child has one of these texts; None among them: or has no text."""
        return next((part for part in self.parts(path) if part.text(child) in values), Part(None, self._reading))

    def positions(self, path: str) -> Iterator["Part"]:
        """Invoice lines, or the sub-lines of one: what cannot be read there names the line."""
        for number, element in enumerate(self._find_all(path), 1):
            place = f"{self._place[:-1]}, {number}. Unterposition)" if self._place else f" ({number}. Position)"
            yield Part(element, self._reading, place)

    def text(self, path: str = ".") -> str | None:
        return _text(self._find(path))

    def joined(self, path: str) -> str | None:
        """Free text that stands in several elements, one a line."""
        return "\n".join(text for element in self._find_all(path) if (text := _text(element))) or None

    def attribute(self, name: str, path: str = ".") -> str | None:
        element = self._find(path)
        return None if element is None else (element.get(name) or "").strip() or None

    def identifier(self, path: str) -> Identifier | None:
        """A value with its schemeID."""
        return self.part(path)._identifier()

    def identifiers(self, path: str) -> tuple[Identifier, ...]:
        return tuple(found for part in self.parts(path) if (found := part._identifier()))

    def coded(self, path: str, scheme: str) -> Identifier | None:
        """A value whose scheme stands in an element beside it."""
        value = self.text(path)
        return Identifier(value, self.text(scheme)) if value else None

    def indicator(self, path: str, term: str) -> bool | None:
        """True or false; None, with a sentence, if it is neither or missing: any default would be a guess."""
        element = self._find(path)
        value = indicator_of(_content(element))
        if value is None:
            self._complain(term, _text(element), "ist weder true noch false; die Angabe wird nicht berücksichtigt")
        return value

    def marked(self, path: str, term: str) -> bool:
        """Whether the document bears that mark; to leave it out is to say no."""
        return any(part.indicator(".", term) for part in self.parts(path))

    def doubt(self, path: str, term: str, complaint: str) -> None:
        """Tell the clerk what is wrong with the text there."""
        self._complain(term, self.text(path), complaint)

    def number(self, path: str, term: str) -> Decimal | None:
        """A quantity or percentage."""
        return self._decimal(self._find(path), term)

    def amount(self, path: str, term: str) -> Decimal | None:
        """An amount in the invoice currency; an amount in another currency is never taken for one."""
        foreign = None
        for element in self._find_all(path):
            if self._in_currency(element):
                return self._decimal(element, term)
            foreign = element
        if foreign is not None and (text := _text(foreign)):
            currency = _shown(self._reading.currency)
            self._complain(term, f"{text} {_currency(foreign)}", f"ist nicht in der Rechnungswährung {currency}")
        return None

    def amount_in(self, currency: str | None, path: str, term: str) -> Decimal | None:
        """The amount that says it is in `currency`, where that is not the invoice currency (BT-111)."""
        if currency is None or currency == self._reading.currency:
            return None
        matches = (element for element in self._find_all(path) if _currency(element) == currency.upper())
        return self._decimal(next(matches, None), term)

    def in_currency(self, path: str) -> bool:
        """Whether the amount there is in the invoice currency or does not say."""
        element = self._find(path)
        return element is None or self._in_currency(element)

    def iso_date(self, path: str, term: str) -> date | None:
        """A date as UBL writes it."""
        return self._value(self._find(path), term, iso_date_of, "ist kein Datum (JJJJ-MM-TT)")

    def plain_date(self, path: str, term: str) -> date | None:
        """A date as CII writes it."""
        parse = partial(plain_date_of, form=self.attribute("format", path) or _PLAIN_FORMAT)
        return self._value(self._find(path), term, parse, "ist kein Datum (JJJJMMTT, Format 102)")

    def binary(self, path: str, term: str) -> bytes | None:
        """The content of an attachment."""
        return self._value(self._find(path), term, bytes_of, "ist kein vollständiges Base64")

    def _find(self, path: str) -> etree._Element | None:
        if path == ".":
            return self._element
        found = self._find_all(path)
        return found[0] if found else None

    def _find_all(self, path: str) -> Sequence[etree._Element]:
        """Children are sorted by name once, since most are asked for by several paths."""
        if self._children is None:
            self._children = _by_name(self._element)
        steps = _steps(path)
        found = self._children.get(steps[0], ())
        for step in steps[1:]:
            found = [child for element in found for child in element.iterchildren(step)]
        return found

    def _identifier(self) -> Identifier | None:
        value = self.text()
        return Identifier(value, self.attribute("schemeID")) if value else None

    def _in_currency(self, element: etree._Element) -> bool:
        own, wanted = _currency(element), self._reading.currency
        return not own or not wanted or own == wanted.upper()

    def _decimal(self, element: etree._Element | None, term: str) -> Decimal | None:
        return self._value(element, term, decimal_of, "ist keine Dezimalzahl")

    def _value(
        self, element: etree._Element | None, term: str, parse: Callable[[str], Value | None], complaint: str
    ) -> Value | None:
        if (text := _text(element)) is None:
            return None
        if (value := parse(_content(element))) is None:
            self._complain(term, text, complaint)
        return value

    def _complain(self, term: str, text: str | None, complaint: str) -> None:
        self._reading.complain(f"{term}{self._place}: {_shown(text)} {complaint}.")


def _by_name(element: etree._Element | None) -> Mapping[str, Sequence[etree._Element]]:
    children: dict[str, list[etree._Element]] = {}
    for child in () if element is None else element:
        children.setdefault(child.tag, []).append(child)
    return children


@cache
def _steps(path: str) -> tuple[str, ...]:
    return tuple(_PREFIX.sub(lambda prefix: f"{{{_NAMESPACES[prefix[1]]}}}", step) for step in path.split("/"))


_string_value = etree.XPath("string()")


def _content(element: etree._Element | None) -> str:
    """The string value as every validator sees it: a comment inside does not cut it off."""
    if element is None:
        return ""
    return str(_string_value(element)) if len(element) else element.text or ""


def _text(element: etree._Element | None) -> str | None:
    return _content(element).strip() or None


def _currency(element: etree._Element) -> str:
    return (element.get("currencyID") or "").strip().upper()


def _date(match: re.Match[str] | None) -> date | None:
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


def _shown(text: str | None) -> str:
    text = text or ""
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")
