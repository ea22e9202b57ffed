"""The documents as the tests change them."""

from collections.abc import Iterator

from lxml import etree

from pipelines.invoice.read import read_invoice
from schemas.invoice import Invoice
from schemas.safe_xml import parse_xml
from tests.pipelines.invoices.cii_parts import NAMES as CII_NAMES
from tests.pipelines.invoices.ubl_parts import NAMES as UBL_NAMES

__all__ = ["PREFIXES", "at", "leaves", "read", "with_text", "without"]

PREFIXES = UBL_NAMES | CII_NAMES


def read(xml: bytes | etree._Element) -> Invoice:
    """Read the document as it comes from outside, or as a test has changed it."""
    return read_invoice(parse_xml(xml if isinstance(xml, bytes) else etree.tostring(xml)))


def at(root: etree._Element, path: str) -> etree._Element:
    """The first element there, anywhere below the root."""
    found = root.find(f".//{path}", PREFIXES)
    assert found is not None, f"{path} is missing"
    return found


def with_text(xml: bytes, path: str, text: str, **attributes: str) -> Invoice:
    """The invoice read after that element was given another text."""
    root = parse_xml(xml)
    element = at(root, path)
    element.text = text
    element.attrib.update(attributes)
    return read(root)


def without(xml: bytes, path: str) -> Invoice:
    """The invoice read after all such elements were removed."""
    root = parse_xml(xml)
    for element in root.findall(f".//{path}", PREFIXES):
        above = element.getparent()
        assert above is not None
        above.remove(element)
    return read(root)


def leaves(root: etree._Element) -> Iterator[etree._Element]:
    return (element for element in root.iter(etree.Element) if len(element) == 0)
