"""What people did and decided, where they work, and the keys of other programs."""

from django.conf import settings
from django.db import models

from records.models.documents import Document

__all__ = [
    "Act",
    "ApiToken",
    "ClearingDecision",
    "UnitMembership",
]


class Act(models.Model):
    """What a person did with a document, with the words they signed and the hashes of what they had before them.

    `in_place_of`: whom they stood in for (a person, or the inbox of a unit); empty: they did it in their own right.
    """

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="acts")
    sequence = models.PositiveIntegerField()
    action = models.CharField(max_length=32)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="acts")
    name = models.CharField(max_length=255)
    in_place_of = models.CharField(max_length=255, blank=True, default="")
    at = models.DateTimeField()
    wording = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    seen_sha256 = models.CharField(max_length=64, null=True)
    report_sha256 = models.CharField(max_length=64, null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "sequence"], name="one_act_per_event")]


class ClearingDecision(models.Model):
    """What had been proposed and what a person decided: kept to learn from."""

    act = models.OneToOneField(Act, on_delete=models.PROTECT, related_name="clearing")
    proposed_type = models.CharField(max_length=64, null=True)
    proposed_unit = models.CharField(max_length=16, null=True)
    confidence = models.FloatField(null=True)
    chosen_type = models.CharField(max_length=64)
    chosen_unit = models.CharField(max_length=16)
    needs_original = models.BooleanField()


class UnitMembership(models.Model):
    """An account works in a unit (number as in organisation.yaml)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    unit = models.CharField(max_length=16)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "unit"], name="one_membership_per_unit")]


class ApiToken(models.Model):
    """A key of another program. Only its hash is kept; `scopes` name what it may do, `inbox` where it hands in."""

    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=100, unique=True)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    inbox = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
