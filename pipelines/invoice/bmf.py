"""The class of a fault after the letter of the Federal Ministry of Finance (BMF) of 15.10.2025.

The letter knows three kinds of faults of an e-invoice:

- Format error (`format`): not the syntax or the technical form that is allowed. Then it is no e-invoice at all but a
  'sonstige Rechnung'. Ours: the schema (XSD) and what cannot be read (PE-LESBAR).
- Business-rule error: a rule of EN 16931 or of its national use is violated, although the format holds. Only where it
  touches the mandatory content of §§ 14 (4), 14a UStG the input tax is endangered (`vorsteuer`); elsewhere it is a
  fault of form without that consequence (`geschaeftsregel`).
- Content error (`inhalt`): the form holds, what is said is wrong or contradicts itself. Our own sums say so, in
  warnings only, because they must not reject; it is the one class that warnings have too.

Which rule touches the mandatory content is read off its business terms: name and address of seller and buyer, tax
number or VAT id, issue date, invoice number, quantity and kind, time of supply, net by rate with agreed reductions,
rate and tax or the note on an exemption.

Our own reading, marked below with 'own': country codes count as part of an address; a representative for tax is named
as the seller is; the currency belongs to every amount; the totals net and gross count although the law asks for
amounts by rate only; every contradiction of sums up to the gross total counts, since then net or tax is unclear;
charges count as reductions do; reasons, identifiers of lines, code lists and numbers of decimals do not. The amount
due (BT-115), contacts, electronic addresses, the Leitweg-ID and the payment are no mandatory content. A rule we do not
know counts as `geschaeftsregel`: also the Factur-X sheets, whose ids (FX-SCH-A-...) do not tell which term they mean.
Where an extension has a rule of its own instead of one of the core (BR-FXEXT-S-08), it counts as that one.

A class is no judgement on input tax: whether it may be deducted is decided by people.
"""

import re

from schemas.validation import BmfClass, Finding, Severity

__all__ = ["bmf_class", "classified"]

_FORMAT = frozenset({"XSD", "PE-LESBAR"})
_CONTENT = frozenset({"PE-SUMMEN"})
_BY_TERM = {
    "invoice number (BT-1)": "BR-02",
    "issue date (BT-2)": "BR-03",
    "currency (BT-5, BT-6) - own": "BR-05 BR-53",
    "name of the seller (BT-27) and of the buyer (BT-44)": "BR-06 BR-07",
    "address of the seller and of the buyer": "BR-08 BR-10 BR-DE-3 BR-DE-4 BR-DE-8 BR-DE-9",
    "country of these addresses - own": "BR-09 BR-11",
    "tax representative (BG-11) - own": "BR-18 BR-19 BR-20 BR-56",
    "tax number or VAT id": "BR-CO-09 BR-DE-16",
    "quantity and kind": "BR-16 BR-22 BR-23 BR-25",
    "time of supply": "BR-29 BR-30 BR-CO-03 BR-CO-19 BR-CO-20",
    "agreed reductions": "BR-31 BR-41 BR-CO-11",
    "charges - own": "BR-36 BR-43 BR-CO-12",
    "net by rate": "BR-32 BR-37 BR-45 BR-47 BR-CO-04 BR-CO-18 BR-CL-17 BR-CL-18",
    "totals net and gross, and what they are made of - own": "BR-13 BR-14 BR-CO-10 BR-CO-13 BR-CO-15",
    "rate and tax": "BR-46 BR-48 BR-CO-14 BR-CO-17 BR-DE-14",
    "one tax total a currency, of one sign - own": "PEPPOL-EN16931-R053 PEPPOL-EN16931-R054 PEPPOL-EN16931-R055",
    "note on an exemption": "BR-CL-22",
}
_INPUT_TAX = frozenset(rule for rules in _BY_TERM.values() for rule in rules.split())
_CATEGORIES = re.compile(r"BR-(?:S|Z|E|AE|IC|G|O|AF|AG|B)-[0-9]+")
"""The rules of a VAT category: tax id of the seller, base, rate, tax, note on an exemption."""
_OF_AN_EXTENSION = re.compile(r"BR-(?:FXEXT|FREXT)-([A-Z]+-[0-9]+)[a-z]*")


def bmf_class(rule: str) -> BmfClass:
    """The class of a fault against that rule."""
    if instead := _OF_AN_EXTENSION.fullmatch(rule):
        rule = f"BR-{instead[1]}"
    if rule in _FORMAT:
        return BmfClass.FORMAT
    if rule in _CONTENT:
        return BmfClass.CONTENT
    if rule in _INPUT_TAX or _CATEGORIES.fullmatch(rule):
        return BmfClass.INPUT_TAX
    return BmfClass.BUSINESS_RULE


def classified(finding: Finding) -> Finding:
    """The finding with its class; errors have one, and whatever says that the content is wrong."""
    if finding.severity is not Severity.ERROR and finding.rule not in _CONTENT:
        return finding
    return finding.model_copy(update={"bmf": bmf_class(finding.rule)})
