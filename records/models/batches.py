"""Scan batches and every image of them."""

from django.db import models

from records.models.documents import Document, Intake

__all__ = [
    "Batch",
    "BatchImage",
]


class Batch(models.Model):
    """A scanned file as a batch. Which documents it became stands with its images."""

    intake = models.OneToOneField(Intake, on_delete=models.PROTECT, related_name="batch")
    name = models.CharField(max_length=1024)
    pages_expected = models.PositiveIntegerField(null=True)
    findings = models.JSONField(default=list)


class BatchImage(models.Model):
    """One image of a batch, counted from 1: what it is, and the document it went to."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="images")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=16)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="images")
    findings = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="one_image_per_number")]
