"""UBL: allowances and charges (BG-20, BG-21, BG-27, BG-28), totals (BG-22) and VAT (BG-23)."""

from pipelines.invoice.groups import ChargeLevel
from pipelines.invoice.terms import Part
from schemas.invoice import AllowanceCharge, Totals, VatBreakdown

__all__ = ["is_vat", "read_allowances", "read_totals", "read_vat", "vat_category"]


def read_allowances(part: Part, level: ChargeLevel) -> tuple[AllowanceCharge, ...]:
    """The allowances and charges of the document or of a line, in the order they stand there."""
    found = (_allowance(one, level) for one in part.parts("cac:AllowanceCharge"))
    return tuple(one for one in found if one is not None)


def read_totals(document: Part, vat_currency: str | None) -> Totals:
    """BG-22; the VAT totals stand elsewhere than the others, once for each currency."""
    total = document.part("cac:LegalMonetaryTotal")
    return Totals(
        lines=total.amount("cbc:LineExtensionAmount", "BT-106"),
        allowances=total.amount("cbc:AllowanceTotalAmount", "BT-107"),
        charges=total.amount("cbc:ChargeTotalAmount", "BT-108"),
        net=total.amount("cbc:TaxExclusiveAmount", "BT-109"),
        tax=document.amount("cac:TaxTotal/cbc:TaxAmount", "BT-110"),
        tax_in_vat_currency=document.amount_in(vat_currency, "cac:TaxTotal/cbc:TaxAmount", "BT-111"),
        gross=total.amount("cbc:TaxInclusiveAmount", "BT-112"),
        prepaid=total.amount("cbc:PrepaidAmount", "BT-113"),
        rounding=total.amount("cbc:PayableRoundingAmount", "BT-114"),
        payable=total.amount("cbc:PayableAmount", "BT-115"),
    )


def read_vat(document: Part) -> tuple[VatBreakdown, ...]:
    """BG-23, from the VAT total in the invoice currency."""
    totals = (total for total in document.parts("cac:TaxTotal") if total.in_currency("cbc:TaxAmount"))
    return tuple(_breakdown(subtotal) for total in totals for subtotal in total.parts("cac:TaxSubtotal"))


def vat_category(part: Part, path: str) -> Part:
    """The category for VAT; UBL allows other taxes beside it."""
    categories = part.parts(path)
    return next((one for one in categories if is_vat(one)), categories[0] if categories else part.part(path))


def is_vat(part: Part) -> bool:
    """Whether a tax category, or the tax registration of a party, is about VAT."""
    return (part.text("cac:TaxScheme/cbc:ID") or "").upper() == "VAT"


def _allowance(part: Part, level: ChargeLevel) -> AllowanceCharge | None:
    is_charge = part.indicator("cbc:ChargeIndicator", level.name)
    if is_charge is None:
        return None
    terms, category = level.terms(is_charge=is_charge), vat_category(part, "cac:TaxCategory")
    return AllowanceCharge(
        is_charge=is_charge,
        amount=part.amount("cbc:Amount", terms.amount),
        base_amount=part.amount("cbc:BaseAmount", terms.base),
        percent=part.number("cbc:MultiplierFactorNumeric", terms.percent),
        vat_category=category.text("cbc:ID"),  # BT-95, BT-102
        vat_rate=category.number("cbc:Percent", terms.vat_rate),
        reason=part.text("cbc:AllowanceChargeReason"),  # BT-97, BT-104, BT-139, BT-144
        reason_code=part.text("cbc:AllowanceChargeReasonCode"),  # BT-98, BT-105, BT-140, BT-145
    )


def _breakdown(subtotal: Part) -> VatBreakdown:
    category = subtotal.part("cac:TaxCategory")
    return VatBreakdown(
        base=subtotal.amount("cbc:TaxableAmount", "BT-116"),
        tax=subtotal.amount("cbc:TaxAmount", "BT-117"),
        category=category.text("cbc:ID"),  # BT-118
        rate=category.number("cbc:Percent", "BT-119"),
        exemption_reason=category.joined("cbc:TaxExemptionReason"),  # BT-120
        exemption_code=category.text("cbc:TaxExemptionReasonCode"),  # BT-121
    )
