"""CII: how to pay (BG-16 to BG-19), and what Factur-X EXTENDED adds: discounts, instalments, payments in advance."""

from dataclasses import replace

from pipelines.invoice.groups import direct_debit, given, is_debit, merged
from pipelines.invoice.read_cii_amounts import breakdown
from pipelines.invoice.terms import Part
from schemas.invoice import AdvancePayment
from schemas.payment import CreditTransfer, DirectDebit, Instalment, PaymentCard, PaymentDiscount, PaymentMeans

__all__ = ["read_advances", "read_discounts", "read_instalments", "read_payment"]

_MEANS = "ram:SpecifiedTradeSettlementPaymentMeans"
_TERMS = "ram:SpecifiedTradePaymentTerms"


def read_payment(settlement: Part) -> tuple[PaymentMeans, ...]:
    """BG-16. The mandate stands once for all payment means: it goes to the direct debits, or else to the first.

    Remittance and mandate may be there without any payment means; they are not lost then.
    """
    remittance = settlement.text("ram:PaymentReference")  # BT-83
    debit = DirectDebit(
        mandate=settlement.text(f"{_TERMS}/ram:DirectDebitMandateID"),  # BT-89
        creditor=settlement.text("ram:CreditorReferenceID"),  # BT-90
    )
    means = settlement.parts(_MEANS) or [settlement.part(_MEANS)]
    debited = [is_debit(part.text("ram:TypeCode"), _debited(part)) for part in means]
    if not any(debited):
        debited[0] = True
    debits = (debit if one else DirectDebit() for one in debited)
    found = (_payment_means(part, remittance, one) for part, one in zip(means, debits, strict=True))
    return merged(one for one in found if given(one))


def _payment_means(part: Part, remittance: str | None, debit: DirectDebit) -> PaymentMeans:
    code = part.text("ram:TypeCode")
    card = part.part("ram:ApplicableTradeSettlementFinancialCard")
    return PaymentMeans(
        code=code,  # BT-81
        text=part.joined("ram:Information"),  # BT-82
        remittance=remittance,
        transfers=_transfers(part),  # BG-17
        card=given(
            PaymentCard(
                number=card.text("ram:ID"),  # BT-87
                holder=card.text("ram:CardholderName"),  # BT-88
            )
        ),
        direct_debit=direct_debit(code, replace(debit, account=_debited(part))),  # BG-19, BT-91
    )


def _debited(part: Part) -> str | None:
    account = part.part("ram:PayerPartyDebtorFinancialAccount")
    return account.text("ram:IBANID") or account.text("ram:ProprietaryID")


def _transfers(part: Part) -> tuple[CreditTransfer, ...]:
    account = part.part("ram:PayeePartyCreditorFinancialAccount")
    transfer = CreditTransfer(
        account=account.text("ram:IBANID") or account.text("ram:ProprietaryID"),  # BT-84
        account_name=account.text("ram:AccountName"),  # BT-85
        bank=part.text("ram:PayeeSpecifiedCreditorFinancialInstitution/ram:BICID"),  # BT-86
    )
    return (transfer,) if given(transfer) else ()


def read_discounts(settlement: Part) -> tuple[PaymentDiscount, ...]:
    """Factur-X EXTENDED and ZUGFeRD 1.0; elsewhere only the words in BT-20 say it."""
    return tuple(
        PaymentDiscount(
            percent=part.number("ram:CalculationPercent", "Skonto"),
            base=part.amount("ram:BasisAmount", "Skonto"),
            amount=part.amount("ram:ActualDiscountAmount", "Skonto"),
            period=part.number("ram:BasisPeriodMeasure", "Skonto"),
            unit=part.attribute("unitCode", "ram:BasisPeriodMeasure"),
            start=part.plain_date("ram:BasisDateTime/udt:DateTimeString", "Skonto"),
        )
        for part in settlement.parts(f"{_TERMS}/ram:ApplicableTradePaymentDiscountTerms")
    )


def read_instalments(settlement: Part) -> tuple[Instalment, ...]:
    """One for each of several payment terms, or for one that names a part of the amount due."""
    terms = settlement.parts(_TERMS)
    if len(terms) < 2 and not settlement.text(f"{_TERMS}/ram:PartialPaymentAmount"):
        return ()
    return tuple(
        Instalment(
            due_on=part.plain_date("ram:DueDateDateTime/udt:DateTimeString", "BT-9"),
            amount=part.amount("ram:PartialPaymentAmount", "Teilzahlung"),
            terms=part.joined("ram:Description"),
        )
        for part in terms
    )


def read_advances(settlement: Part) -> tuple[AdvancePayment, ...]:
    """What was paid before, one by one; BT-113 is the sum."""
    return tuple(
        AdvancePayment(
            amount=part.amount("ram:PaidAmount", "Anzahlung"),
            received_on=part.plain_date("ram:FormattedReceivedDateTime/qdt:DateTimeString", "Anzahlung"),
            invoice=part.text("ram:InvoiceSpecifiedReferencedDocument/ram:IssuerAssignedID"),
            vat=tuple(breakdown(tax) for tax in part.parts("ram:IncludedTradeTax")),
        )
        for part in settlement.parts("ram:SpecifiedAdvancePayment")
    )
