"""The register of invoices (Rechnungseingangsbuch)."""

from django.db import models

from records.models.documents import Document

__all__ = [
    "RegisterEntry",
]


class RegisterEntry(models.Model):
    """One invoice in the register (Rechnungseingangsbuch). What was received never changes; nothing is deleted.

    `identity` makes a second entry for the same invoice impossible; fields as in schemas.values.InvoiceFacts.
    """

    number = models.CharField(max_length=32, unique=True)
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="invoice")
    entered_at = models.DateTimeField()
    identity = models.CharField(max_length=64, null=True, unique=True)
    number_key = models.CharField(max_length=64, null=True, db_index=True)

    syntax = models.CharField(max_length=32)
    profile = models.CharField(max_length=255, null=True)
    invoice_number = models.CharField(max_length=255, null=True)
    issued_on = models.DateField(null=True)
    type_code = models.CharField(max_length=16, null=True)
    currency = models.CharField(max_length=16, null=True)
    net = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    tax = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    gross = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    payable = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    due_on = models.DateField(null=True)
    buyer_reference = models.CharField(max_length=255, null=True)
    order_reference = models.CharField(max_length=255, null=True)
    seller_name = models.CharField(max_length=255, null=True)
    seller_vat_id = models.CharField(max_length=255, null=True)
    seller_tax_number = models.CharField(max_length=255, null=True)
    account = models.CharField(max_length=255, null=True)

    verdict = models.CharField(max_length=16, null=True)
    kind = models.CharField(max_length=32, null=True)
    scenario = models.CharField(max_length=255, null=True)
