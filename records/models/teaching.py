"""Who writes to the city, what was learned of it, and which learned model is in use."""

from django.conf import settings
from django.db import models

from records.models.documents import Document

__all__ = [
    "ModelRelease",
    "Sender",
    "SenderChange",
    "SenderMark",
    "SenderSighting",
    "TrainingRun",
]


class Sender(models.Model):
    """An organisation that writes to the city (schemas.senders); never a person in private matters.

    `unit`, `document_type`: what a person has set or accepted, counted from `unit_since` on. `proposed_unit`: what the
    decisions say, until a person answers: so many letters (`proposed_letters`) of which the share went there.
    `several`: letters went to several units since then; until a person decides anew the sender tells no unit.
    """

    name = models.CharField(max_length=200)
    address = models.CharField(max_length=300, blank=True, default="")
    unit = models.CharField(max_length=16, null=True)
    document_type = models.CharField(max_length=64, null=True)
    unit_since = models.DateTimeField(null=True)
    state = models.CharField(max_length=16)
    origin = models.CharField(max_length=16)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged")
    several = models.BooleanField(default=False)
    proposed_unit = models.CharField(max_length=16, null=True)
    proposed_type = models.CharField(max_length=64, null=True)
    proposed_letters = models.PositiveIntegerField(default=0)
    proposed_share = models.FloatField(default=0)
    refused_unit = models.CharField(max_length=16, null=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["state", "name"])]


class SenderMark(models.Model):
    """What tells a sender; nothing tells two."""

    sender = models.ForeignKey(Sender, on_delete=models.CASCADE, related_name="marks")
    kind = models.CharField(max_length=16)
    value = models.CharField(max_length=200)
    key = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="a_mark_tells_one_sender")]


class SenderChange(models.Model):
    """Who changed what of a sender, and when; how many there are is the version of the register. Never changed."""

    sender = models.ForeignKey(Sender, on_delete=models.PROTECT, related_name="changes")
    at = models.DateTimeField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=255)
    what = models.TextField()


class SenderSighting(models.Model):
    """A decided letter was looked at once: who sent it; NULL: no organisation, or not told with certainty."""

    document = models.OneToOneField(Document, on_delete=models.CASCADE, related_name="sighting")
    sender = models.ForeignKey(Sender, on_delete=models.SET_NULL, null=True, related_name="sightings")
    at = models.DateTimeField()


class TrainingRun(models.Model):
    """One try to learn from the decisions. `outcome`: '' while it runs, else see records.models_released.Outcome.

    `sha256`: of the model's file in the data folder, '' if none is kept. `figures`: of candidate and live model on the
    decisions held back. `detail`: what is to be said of it, German.
    """

    number = models.PositiveIntegerField(unique=True)
    begun_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, default="")
    detail = models.TextField(default="")
    lessons = models.PositiveIntegerField(default=0)
    corrections = models.PositiveIntegerField(default=0)
    held_back = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, default="")
    against = models.CharField(max_length=64, default="")
    figures = models.JSONField(default=dict)


class ModelRelease(models.Model):
    """That a model be used, asked for by one person and decided by another. A row that is decided never changes again.

    `sha256`: of the model's file; '' for the one the program ships. `outcome`: '' while it waits, else 'released' or
    'withdrawn'. `previous` is the link of the row before; `link` is made with the decision and covers the whole row.
    """

    number = models.PositiveIntegerField(unique=True)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    run = models.ForeignKey(TrainingRun, on_delete=models.PROTECT, null=True, related_name="releases")
    reason = models.TextField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_name = models.CharField(max_length=255)
    asked_at = models.DateTimeField()
    outcome = models.CharField(max_length=16, default="")
    remark = models.TextField(default="")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_name = models.CharField(max_length=255, default="")
    decided_at = models.DateTimeField(null=True)
    previous = models.CharField(max_length=64)
    link = models.CharField(max_length=64, default="")

    @property
    def stage(self) -> str:
        """What has become of it, in German."""
        return {"": "wartet auf Bestätigung", "released": "freigegeben", "withdrawn": "zurückgezogen"}[self.outcome]
