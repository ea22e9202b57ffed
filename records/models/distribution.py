"""Mail on its way to the units: out-trays and their lists, copies, deputies, mail that went wrong, reminders."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from records.models.documents import Document
from records.models.people import Act

__all__ = ["Deputy", "HandOver", "MailCopy", "Misdirection", "Reminder", "TrayList"]


class TrayList(models.Model):
    """A list of hand-overs (Übergabeliste) as it was printed for one unit, with a line on which the unit signs."""

    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=32, unique=True)
    unit = models.CharField(max_length=16)
    unit_name = models.CharField(max_length=255)
    day = models.DateField()
    drawn_up_at = models.DateTimeField()
    drawn_up_by = models.CharField(max_length=255)


class HandOver(models.Model):
    """A document laid into the out-tray of a unit, under the unit's number and name of then.

    `taken_by`: who said so; empty if the folder was found gone. `ended_at`: it is no longer that unit's (given back,
    or moved into the DMS), and why. One live hand-over a document.
    """

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="hand_overs")
    unit = models.CharField(max_length=16)
    unit_name = models.CharField(max_length=255)
    target_id = models.CharField(max_length=255)
    handed_over_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    taken_by = models.CharField(max_length=255, blank=True)
    taken_by_user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_why = models.TextField(blank=True)
    lists = models.ManyToManyField(TrayList, related_name="hand_overs")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document"], condition=Q(ended_at=None), name="one_live_hand_over")
        ]
        indexes = [models.Index(fields=["unit", "taken_at"], name="hand_over_open")]


class MailCopy(models.Model):
    """A copy for information (Kopie zur Kenntnis) of a document for a further unit. Its id is searched in the target.

    `state`: schemas.copies.CopyState. `unclear_since`: a call was begun and never answered. `problem`: what a person
    must look at (German).
    """

    id = models.UUIDField(primary_key=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="copies")
    unit = models.CharField(max_length=16)
    unit_name = models.CharField(max_length=255)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=255)
    asked_by_user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16)
    in_tray = models.BooleanField(null=True)
    target_id = models.CharField(max_length=255, blank=True)
    delivered_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=255, blank=True)
    withdrawn_why = models.TextField(blank=True)
    problem = models.TextField(blank=True)
    unclear_since = models.DateTimeField(null=True)
    calls = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document", "unit"], condition=Q(withdrawn_at=None), name="one_copy_per_unit"
            )
        ]


class Deputy(models.Model):
    """Somebody stands in for a person, or (without `principal`) for the inbox of a unit, from one day to another.

    `kind`: schemas.deputies.DeputyKind. `limit`: the highest amount in euros they may sign, None: as the principal.
    Never passed on: who stands in cannot be stood in for in what they hold as a deputy.
    """

    principal = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    deputy = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="stands_in")
    unit = models.CharField(max_length=16)
    kind = models.CharField(max_length=16)
    valid_from = models.DateField()
    valid_to = models.DateField()
    limit = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    reason = models.TextField()
    granted_by = models.CharField(max_length=255)
    granted_by_user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=255, blank=True)
    revoke_reason = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["deputy", "valid_from", "valid_to"], name="deputy_by_day")]


class Misdirection(models.Model):
    """Mail that went to the wrong unit (Irrläufer): which reason of the list, and what had decided.

    `evidence`, `model`: of the decision, empty if it is not known; `by_rule`: no person had decided before.
    """

    act = models.OneToOneField(Act, on_delete=models.PROTECT, related_name="misdirection")
    from_unit = models.CharField(max_length=16, blank=True)
    to_unit = models.CharField(max_length=16, blank=True)
    document_type = models.CharField(max_length=64, blank=True)
    cause = models.CharField(max_length=64)
    evidence = models.CharField(max_length=16, blank=True)
    model = models.CharField(max_length=64, blank=True)
    by_rule = models.BooleanField()


class Reminder(models.Model):
    """Somebody was reminded that mail waits: of which stay (`since`) at which level, told once."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="reminders")
    occasion = models.CharField(max_length=16)
    since = models.DateTimeField()
    level = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=16, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "occasion", "since", "level"], name="one_reminder_per_level")
        ]
