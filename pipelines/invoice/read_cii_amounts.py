"""CII: allowances and charges (BG-20, BG-21, BG-27, BG-28), totals (BG-22) and VAT (BG-23)."""

from pipelines.invoice.groups import DOCUMENT, ChargeLevel
from pipelines.invoice.terms import Part
from schemas.invoice import AllowanceCharge, Totals, VatBreakdown

__all__ = ["breakdown", "read_allowances", "read_service_charges", "read_totals", "read_vat"]


def read_allowances(settlement: Part, level: ChargeLevel) -> tuple[AllowanceCharge, ...]:
    """The allowances and charges of the document or of a line, in the order they stand there."""
    found = (_allowance(one, level) for one in settlement.parts("ram:SpecifiedTradeAllowanceCharge"))
    return tuple(one for one in found if one is not None)


def read_service_charges(settlement: Part) -> tuple[AllowanceCharge, ...]:
    """Freight and the like: not EN 16931 but ZUGFeRD (1.0, EXTENDED); contained in BT-108, so it is read as BG-21."""
    return tuple(
        AllowanceCharge(
            is_charge=True,
            amount=part.amount("ram:AppliedAmount", DOCUMENT.charge.amount),
            vat_category=part.text("ram:AppliedTradeTax/ram:CategoryCode"),
            vat_rate=part.number("ram:AppliedTradeTax/ram:RateApplicablePercent", DOCUMENT.charge.vat_rate),
            reason=part.joined("ram:Description"),
        )
        for part in settlement.parts("ram:SpecifiedLogisticsServiceCharge")
    )


def read_totals(settlement: Part, vat_currency: str | None) -> Totals:
    """BG-22."""
    total = settlement.part("ram:SpecifiedTradeSettlementHeaderMonetarySummation")
    return Totals(
        lines=total.amount("ram:LineTotalAmount", "BT-106"),
        allowances=total.amount("ram:AllowanceTotalAmount", "BT-107"),
        charges=total.amount("ram:ChargeTotalAmount", "BT-108"),
        net=total.amount("ram:TaxBasisTotalAmount", "BT-109"),
        tax=total.amount("ram:TaxTotalAmount", "BT-110"),
        tax_in_vat_currency=total.amount_in(vat_currency, "ram:TaxTotalAmount", "BT-111"),
        gross=total.amount("ram:GrandTotalAmount", "BT-112"),
        prepaid=total.amount("ram:TotalPrepaidAmount", "BT-113"),
        rounding=total.amount("ram:RoundingAmount", "BT-114"),
        payable=total.amount("ram:DuePayableAmount", "BT-115"),
    )


def read_vat(settlement: Part) -> tuple[VatBreakdown, ...]:
    """BG-23."""
    return tuple(breakdown(tax) for tax in settlement.parts("ram:ApplicableTradeTax"))


def breakdown(tax: Part) -> VatBreakdown:
    """The part of one category and rate."""
    return VatBreakdown(
        base=tax.amount("ram:BasisAmount", "BT-116"),
        tax=tax.amount("ram:CalculatedAmount", "BT-117"),
        category=tax.text("ram:CategoryCode"),  # BT-118
        rate=tax.number("ram:RateApplicablePercent", "BT-119"),
        exemption_reason=tax.text("ram:ExemptionReason"),  # BT-120
        exemption_code=tax.text("ram:ExemptionReasonCode"),  # BT-121
    )


def _allowance(part: Part, level: ChargeLevel) -> AllowanceCharge | None:
    is_charge = part.indicator("ram:ChargeIndicator/udt:Indicator", level.name)
    if is_charge is None:
        return None
    terms, tax = level.terms(is_charge=is_charge), part.part("ram:CategoryTradeTax")
    return AllowanceCharge(
        is_charge=is_charge,
        amount=part.amount("ram:ActualAmount", terms.amount),
        base_amount=part.amount("ram:BasisAmount", terms.base),
        percent=part.number("ram:CalculationPercent", terms.percent),
        vat_category=tax.text("ram:CategoryCode"),  # BT-95, BT-102
        vat_rate=tax.number("ram:RateApplicablePercent", terms.vat_rate),
        reason=part.text("ram:Reason"),  # BT-97, BT-104, BT-139, BT-144
        reason_code=part.text("ram:ReasonCode"),  # BT-98, BT-105, BT-140, BT-145
    )
