"""Scan batches and every image of them."""

from django.conf import settings
from django.db import models

from records.models.documents import Document, Intake

__all__ = [
    "Batch",
    "BatchCount",
    "BatchImage",
]


class Batch(models.Model):
    """A scanned file as a batch: who scanned it and how (schemas.batch.Capture), and how much it should be.

    Which documents it became stands with its images.
    """

    intake = models.OneToOneField(Intake, on_delete=models.PROTECT, related_name="batch")
    name = models.CharField(max_length=1024)
    pages_expected = models.PositiveIntegerField(null=True)
    findings = models.JSONField(default=list)
    operator = models.CharField(max_length=200, default="")
    operator_id = models.CharField(max_length=64, default="", db_index=True)
    scanner = models.CharField(max_length=200, default="")
    workstation = models.CharField(max_length=200, default="")
    profile = models.CharField(max_length=100, default="")
    box = models.CharField(max_length=64, default="", db_index=True)
    duplex = models.BooleanField(null=True)
    sheets_expected = models.PositiveIntegerField(null=True)
    documents_expected = models.PositiveIntegerField(null=True)
    scanned_at = models.DateTimeField(null=True)
    unknown = models.JSONField(default=list)


class BatchCount(models.Model):
    """The sheets of a batch as a person counted them by hand; the last one holds, the earlier ones stay.

    `duplex`: both sides of them were scanned.
    """

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="counts")
    sheets = models.PositiveIntegerField()
    duplex = models.BooleanField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="batch_counts")
    name = models.CharField(max_length=255)
    at = models.DateTimeField()
    reason = models.TextField(blank=True)


class BatchImage(models.Model):
    """One image of a batch, counted from 1: what it is, and the document it went to."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="images")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=16)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="images")
    findings = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="one_image_per_number")]
