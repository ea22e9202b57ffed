"""What is known of the systems around us: their health, nodes of the filing plan, tasks in the DMS."""

from django.db import models

from records.models.documents import Document

__all__ = [
    "DmsFinding",
    "DmsTask",
    "FilingNode",
    "NeighbourCheck",
]


class NeighbourCheck(models.Model):
    """What the last look at a neighbour (DMS, broker, disk) found; an old one means that nobody looks any more.

    `since`: from when on every look found the same `ok`. A pause in which it is left alone outlives later looks:
    each process has its own.
    """

    name = models.CharField(max_length=32, primary_key=True)
    ok = models.BooleanField()
    detail = models.TextField()
    checked_at = models.DateTimeField()
    since = models.DateTimeField(null=True)
    paused_for = models.TextField(blank=True, default="")
    paused_until = models.DateTimeField(null=True)


class DmsFinding(models.Model):
    """One line of the last `dms check` that was not in order; `ok` null where the target does not tell."""

    position = models.PositiveIntegerField(unique=True)
    ok = models.BooleanField(null=True)
    what = models.CharField(max_length=255)
    detail = models.TextField()


class FilingNode(models.Model):
    """A node of the filing plan in the DMS by its reference: one row, so that two workers never create two.

    `unclear_since`: a creation was begun and not answered. `known_since`: when `target_id` was created or found.
    """

    reference = models.CharField(max_length=64, primary_key=True)
    target_id = models.CharField(max_length=255, blank=True)
    known_since = models.DateTimeField(null=True)
    unclear_since = models.DateTimeField(null=True)
    calls = models.PositiveIntegerField(default=0)


class DmsTask(models.Model):
    """A task in the DMS about one occasion (State) of a document, at event number `sequence`.

    The row is there before the call (`asked_at`), the key makes the call repeatable. `ending` says why it is closed.
    """

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="dms_tasks")
    occasion = models.CharField(max_length=32)
    sequence = models.PositiveIntegerField()
    correlation_key = models.CharField(max_length=128, unique=True)
    created_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    target_id = models.CharField(max_length=255, blank=True)
    problem = models.TextField(blank=True)
    next_look_at = models.DateTimeField()
    ending = models.CharField(max_length=16, blank=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "occasion", "sequence"], name="one_dms_task_per_occasion")
        ]
        indexes = [models.Index(fields=["closed_at", "next_look_at"])]
