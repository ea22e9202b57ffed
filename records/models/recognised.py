"""What was read out of documents and what people made of it: values and deadlines."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from records.models.documents import Document

__all__ = ["Deadline", "FoundValue", "Reading"]


class Reading(models.Model):
    """The last time the document's text was read (`number` counts). `digest`: of all that was recognised, as the chain
    has it. `invoice`: what a paper invoice says (schemas.recognised.PaperInvoice as JSON). `model`: version of the
    learned model, empty: rules only.
    """

    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="reading", primary_key=True)
    number = models.PositiveIntegerField(default=1)
    read_at = models.DateTimeField()
    language = models.CharField(max_length=8, null=True)
    dunning = models.BooleanField(default=False)
    advertising = models.BooleanField(default=False)
    evidence = models.CharField(max_length=16)
    model = models.CharField(max_length=64, blank=True)
    invoice = models.JSONField(null=True)
    digest = models.CharField(max_length=64)


class Placed(models.Model):
    """Where in the document something stands: page and line from 1, and the box of that line on the upright page, in
    millimetres from its upper left corner; None as far as that is not known.
    """

    page = models.PositiveIntegerField(null=True)
    line = models.PositiveIntegerField(null=True)
    left = models.FloatField(null=True)
    top = models.FloatField(null=True)
    right = models.FloatField(null=True)
    bottom = models.FloatField(null=True)

    class Meta:
        abstract = True


class FoundValue(Placed):
    """One recognised value. `proposed` stays as it was read, `value` is what counts: a person may have corrected it.

    `folded`: the value as the search compares it. `replaced_at`: a later reading has taken its place. `version` counts
    its changes: what a person had before them.
    """

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="found_values")
    reading = models.PositiveIntegerField()
    kind = models.CharField(max_length=64)
    proposed = models.CharField(max_length=255)
    value = models.CharField(max_length=255)
    folded = models.CharField(max_length=255)
    confidence = models.FloatField()
    zone = models.CharField(max_length=16)
    state = models.CharField(max_length=16)
    decided_by = models.CharField(max_length=255, blank=True)
    decided_by_user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["kind", "folded"], condition=Q(replaced_at=None), name="values_by_kind")]


class Deadline(Placed):
    """A last day (Frist) with its early warning (Vorfrist); its unit is that of the document, wherever that goes.

    `proposed_on`: as the letter was read, None: added by a person.
    """

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="deadlines")
    ends_on = models.DateField()
    warn_on = models.DateField()
    proposed_on = models.DateField(null=True)
    basis = models.TextField()
    state = models.CharField(max_length=16)
    added_by = models.CharField(max_length=255, blank=True)
    added_at = models.DateTimeField()
    decided_by = models.CharField(max_length=255, blank=True)
    decided_by_user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["state", "ends_on"], name="deadlines_by_state"),
            models.Index(fields=["ends_on", "id"], name="letters_deadlines_by_day"),
        ]
