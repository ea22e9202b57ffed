"""What was read off invoices of paper or plain PDF, and what a person has confirmed."""

from django.conf import settings
from django.db import models

from records.models.documents import Document

__all__ = ["PaperInvoiceData"]


class PaperInvoiceData(models.Model):
    """`read`: as read off the picture, with what of it is proven; `confirmed`: as a person says (JSON of PaperData)."""

    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="paper_invoice", primary_key=True)
    read = models.JSONField()
    proven = models.JSONField(default=list)
    confirmed = models.JSONField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="confirmed_invoices"
    )
    name = models.CharField(max_length=255, blank=True)
