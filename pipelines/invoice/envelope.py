"""Invoices inside other XML: Peppol's envelope is opened, any other is only recognised, and why is said."""

from collections.abc import Iterator

from lxml import etree

from pipelines.invoice.read import ROOTS, syntax_of
from schemas.safe_xml import root_name
from schemas.validation import InvoiceKind

__all__ = ["ENVELOPED", "enclosed", "why_no_invoice"]

ENVELOPED = "Die Rechnung steckt in einem Peppol-Umschlag (SBDH); gelesen wird die Rechnung darin."
_PEPPOL = "{http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader}StandardBusinessDocument"
_LOCAL_NAMES = frozenset(etree.QName(name).localname for name in ROOTS)
_NO_INVOICE = "Das XML ist keine Rechnung in UBL oder CII"
_SHOWN = 120


def enclosed(root: etree._Element) -> Iterator[bytes]:
    """Every invoice in a Peppol envelope as a document of its own; nothing for any other document."""
    if root_name(root) == _PEPPOL:
        for child in root.iterchildren(*ROOTS):
            yield etree.tostring(child, encoding="UTF-8", xml_declaration=True, with_tail=False)


def why_no_invoice(root: etree._Element) -> tuple[InvoiceKind, str]:
    """What a document is that nobody can judge, and why (German)."""
    name = etree.QName(root)
    wrapped = next(root.iter(*ROOTS), None)
    if wrapped is not None:
        sentence = (
            f"Die Rechnung ({syntax_of(wrapped)}) steckt in einem fremden Umschlag (Wurzelelement "
            f"{name.localname[:_SHOWN]}); bitte sie ohne den Umschlag anfordern."
        )
        return InvoiceKind.SONSTIGE_RECHNUNG, sentence
    if root_name(root) == _PEPPOL:
        sentence = "Der Peppol-Umschlag (SBDH) enthält keine Rechnung."
    elif name.localname in _LOCAL_NAMES:
        space = f"im unbekannten Namensraum „{name.namespace[:_SHOWN]}“" if name.namespace else "ohne Namensraum"
        sentence = f"{_NO_INVOICE}: Das Wurzelelement {name.localname} steht {space}."
    else:
        sentence = f"{_NO_INVOICE}."
    return InvoiceKind.KEINE_RECHNUNG, sentence
