"""The approval of invoices: what was shown with a signature, who is out, limits of amount, who had which role when."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from records.models.documents import Document
from records.models.people import Act

__all__ = ["ActProof", "AmountLimit", "Appointment", "DeclaredConflict", "LimitEnd"]


class ActProof(models.Model):
    """What a person had before them when they signed, beyond the hashes of the act, and by which right they did.

    `assignments`, `creditor`: SHA-256 of their canonical JSON. `signature`: 'account', or 'password' if it was asked
    for again. `limit`: what held for them, as people read it.
    """

    act = models.OneToOneField(Act, on_delete=models.PROTECT, related_name="proof")
    data_sha256 = models.CharField(max_length=64, blank=True)
    assignments_sha256 = models.CharField(max_length=64, blank=True)
    creditor_sha256 = models.CharField(max_length=64, blank=True)
    verdict = models.CharField(max_length=16, blank=True)
    signature = models.CharField(max_length=16)
    limit = models.CharField(max_length=255, blank=True)


class DeclaredConflict(models.Model):
    """A person has said that this invoice is a matter of their own (Befangenheit). It is never taken back."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="conflicts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    at = models.DateTimeField()
    reason = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "user"], name="one_conflict_per_person")]


class _FourEyes(models.Model):
    """Proposed by one person, decided by another. `outcome`: '' while it waits, else 'approved' or 'refused'.

    A row that is decided never changes again.
    """

    reason = models.TextField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_name = models.CharField(max_length=255)
    proposed_at = models.DateTimeField()
    outcome = models.CharField(max_length=16, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_name = models.CharField(max_length=255, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class AmountLimit(_FourEyes):
    """Up to which amount (euros) somebody may do what; see schemas.limits.Limit. `name`: of the person, then.

    It holds from `valid_from`, never before the day on which it was approved.
    """

    kind = models.CharField(max_length=16)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="limits")
    name = models.CharField(max_length=255, blank=True)
    unit = models.CharField(max_length=16, null=True)
    most = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["outcome", "kind"], name="limit_by_kind")]


class LimitEnd(_FourEyes):
    """A limit ends with `last_day`, never before the day before this was approved."""

    limit = models.ForeignKey(AmountLimit, on_delete=models.PROTECT, related_name="ends")
    last_day = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["limit"], condition=~Q(outcome="refused"), name="one_end_per_limit")
        ]


class Appointment(models.Model):
    """An account had a role, or worked in a unit, from one moment to another. Never overwritten, only ended."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="appointments")
    role = models.CharField(max_length=32, blank=True)
    unit = models.CharField(max_length=16, blank=True)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "unit"], condition=Q(ended_at=None), name="one_running_appointment"
            )
        ]
