"""What the Rechnungsprüfung keeps: marks on invoices, and samples with everything to draw them again."""

from django.conf import settings
from django.db import models

from records.models.documents import Document

__all__ = ["AuditMark", "AuditSample"]


class AuditMark(models.Model):
    """A Prüfvermerk; never changed. `result`: schemas.revision.MarkResult. The chain has the hash of the text."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="audit_marks")
    result = models.CharField(max_length=32)
    text = models.TextField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    at = models.DateTimeField()


class AuditSample(models.Model):
    """One sample: seed and criteria, how large what it was drawn from was (with the hash of its numbers), the result.

    `criteria`: schemas.revision.SampleCriteria as text. `numbers`: of the register, as drawn.
    """

    seed = models.CharField(max_length=64)
    criteria = models.JSONField()
    wanted = models.PositiveIntegerField()
    population = models.PositiveIntegerField()
    population_sha256 = models.CharField(max_length=64)
    numbers = models.JSONField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    at = models.DateTimeField()
