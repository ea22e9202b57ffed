"""Documents as a test changes them: one element given another text, taken away, or written twice."""

from copy import deepcopy

from lxml import etree

from schemas.safe_xml import parse_xml
from tests.pipelines.invoices.change import at

__all__ = ["changed", "doubled", "removed"]


def changed(xml: bytes, path: str, text: str | None = None, **attributes: str) -> bytes:
    """The document after the first such element was given that text (None: the text it has) and these attributes."""
    root = parse_xml(xml)
    element = at(root, path)
    if text is not None:
        element.text = text
    element.attrib.update(attributes)
    return etree.tostring(root)


def removed(xml: bytes, path: str) -> bytes:
    """The document without the first such element."""
    root = parse_xml(xml)
    element = at(root, path)
    above = element.getparent()
    assert above is not None
    above.remove(element)
    return etree.tostring(root)


def doubled(xml: bytes, path: str) -> bytes:
    """The document with the first such element twice."""
    root = parse_xml(xml)
    element = at(root, path)
    element.addnext(deepcopy(element))
    return etree.tostring(root)
