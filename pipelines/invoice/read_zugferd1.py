"""From ZUGFeRD 1.0 (a forerunner of CII, not EN 16931) to the semantic model.

It says the same in the same order under other names: so a copy is given the names of CII and read as that.
"""

from copy import deepcopy

from lxml import etree

from pipelines.invoice.read_cii import read_cii
from schemas.invoice import Invoice, Syntax

__all__ = ["read_zugferd1"]

_NAMESPACES = {
    "urn:ferd:CrossIndustryDocument:invoice:1p0": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:12": (
        "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
    ),
    "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:15": (
        "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"
    ),
}
_NAMES = {
    "SpecifiedExchangedDocumentContext": "ExchangedDocumentContext",
    "HeaderExchangedDocument": "ExchangedDocument",
    "SpecifiedSupplyChainTradeTransaction": "SupplyChainTradeTransaction",
    "ApplicableSupplyChainTradeAgreement": "ApplicableHeaderTradeAgreement",
    "ApplicableSupplyChainTradeDelivery": "ApplicableHeaderTradeDelivery",
    "ApplicableSupplyChainTradeSettlement": "ApplicableHeaderTradeSettlement",
    "SpecifiedSupplyChainTradeAgreement": "SpecifiedLineTradeAgreement",
    "SpecifiedSupplyChainTradeDelivery": "SpecifiedLineTradeDelivery",
    "SpecifiedSupplyChainTradeSettlement": "SpecifiedLineTradeSettlement",
    "ApplicablePercent": "RateApplicablePercent",
}
_SUMMATION = "SpecifiedTradeSettlementMonetarySummation"


def read_zugferd1(root: etree._Element) -> Invoice:
    """The invoice as it stands there; the document given is not changed."""
    copy = deepcopy(root)
    for element in copy.iter(etree.Element):
        element.tag = _renamed(element)
    return read_cii(copy, Syntax.ZUGFERD_1)


def _renamed(element: etree._Element) -> str:
    """The name in CII; two of them depend on the parent, which has been renamed before."""
    name, above = etree.QName(element), element.getparent()
    parent = etree.QName(above).localname if above is not None else ""
    local = _NAMES.get(name.localname, name.localname)
    if local == _SUMMATION:
        level = "Line" if parent == _NAMES["SpecifiedSupplyChainTradeSettlement"] else "Header"
        local = f"SpecifiedTradeSettlement{level}MonetarySummation"
    elif local == "ID" and parent.endswith("ReferencedDocument"):
        local = "IssuerAssignedID"
    return etree.QName(_NAMESPACES.get(name.namespace or "", name.namespace), local).text
