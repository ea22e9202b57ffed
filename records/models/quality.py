"""Quality assurance of scans (TR-03138 A.SC.8): lots, their documents, what people saw; and annexes of notes."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from records.models.batches import Batch
from records.models.documents import Document

__all__ = ["FullCheckOrder", "Judgement", "Lot", "LotDocument", "NoteAnnex"]


class Lot(models.Model):
    """Documents judged together (Prüflos): a batch, or what one inbox took in on one German day.

    `number` counts the lots of that inbox and day. `seed` and `procedure_version`: of the draw. `whole`: why all of it
    is looked at.
    """

    batch = models.OneToOneField(Batch, on_delete=models.PROTECT, null=True, related_name="lot")
    inbox = models.CharField(max_length=64)
    day = models.DateField()
    number = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=16)
    state_since = models.DateTimeField()
    seed = models.CharField(max_length=32, blank=True)
    procedure_version = models.CharField(max_length=32, blank=True)
    whole = models.TextField(blank=True)
    drawn_at = models.DateTimeField(null=True)
    drawn_by = models.CharField(max_length=255, blank=True)
    passed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["inbox", "day", "number"], condition=Q(batch=None), name="one_lot_per_day_and_number"
            )
        ]
        indexes = [models.Index(fields=["state", "-day"], name="lots_by_state")]


class LotDocument(models.Model):
    """One document in its lot: whether it was drawn, and by which rule (German). `drawn` None: not yet decided.

    `four_eyes`: whoever scanned it must not check it.
    """

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="documents")
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="in_lot")
    drawn = models.BooleanField(null=True)
    rule = models.TextField(blank=True)
    four_eyes = models.BooleanField(default=False)


class Judgement(models.Model):
    """What a person found when they looked at a document of a lot; a later one supersedes it, none is changed."""

    subject = models.ForeignKey(LotDocument, on_delete=models.PROTECT, related_name="judgements")
    number = models.PositiveIntegerField()
    verdict = models.CharField(max_length=16)
    reason = models.TextField(blank=True)
    pages = models.CharField(max_length=200, blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="judgements")
    name = models.CharField(max_length=255)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject", "number"], name="one_judgement_per_number")]


class FullCheckOrder(models.Model):
    """From its day on every lot of that inbox is looked at whole, until a person lifts it with a reason."""

    inbox = models.CharField(max_length=64)
    since = models.DateTimeField()
    reason = models.TextField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    lifted_name = models.CharField(max_length=255, blank=True)
    lift_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["inbox"], condition=Q(lifted_at=None), name="one_full_check_per_inbox")
        ]


class NoteAnnex(models.Model):
    """An annex of a transfer note that somebody asked for (pipelines.scan.annex); `made_at`: sealed and stored.

    `number` counts the annexes of the document and is that of their files. `problem`: why it is not made yet (German).
    """

    id = models.UUIDField(primary_key=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="annexes")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=32)
    statement = models.TextField()
    details = models.JSONField(default=dict)
    person_mark = models.CharField(max_length=150)
    person = models.CharField(max_length=255)
    at = models.DateTimeField()
    made_at = models.DateTimeField(null=True)
    next_attempt_at = models.DateTimeField(null=True)
    problem = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="one_annex_per_number")]
        indexes = [models.Index(fields=["made_at", "next_attempt_at"], name="annexes_to_make")]
