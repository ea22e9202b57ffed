"""The paper of scanned documents: where it is, who holds it, slips, lists of what is destroyed, backups that ran."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from records.models.documents import Document, StoredObject

__all__ = [
    "BackupRun",
    "DestructionApproval",
    "DestructionList",
    "Hold",
    "ListFile",
    "ListItem",
    "Original",
    "RoutingSlip",
]


class Original(models.Model):
    """The paper of one document. `version` counts its changes: what a person had before them.

    `scanned_on`: the German day of the scan, or of the receipt of what stays closed. `box` and `position`: where it
    lies in the scan office. `slip`: with which it was last sent on.
    """

    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="original", primary_key=True)
    box = models.CharField(max_length=100, db_index=True)
    position = models.CharField(max_length=200)
    scanned_on = models.DateField()
    state = models.CharField(max_length=16)
    state_since = models.DateTimeField()
    slip = models.ForeignKey("RoutingSlip", on_delete=models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["state", "scanned_on"])]


class RoutingSlip(models.Model):
    """Paper that goes on to a unit as paper, with what it is to do there and until when receipt is to be confirmed.

    `originals`: what went with it, wherever that is by now.
    """

    number = models.CharField(max_length=32, unique=True)
    unit = models.CharField(max_length=16)
    instruction = models.TextField()
    sent_by = models.CharField(max_length=255)
    sent_at = models.DateTimeField()
    receipt_due = models.DateField()
    originals = models.ManyToManyField(Original, related_name="slips")


class Hold(models.Model):
    """Somebody needs the paper (Vernichtungssperre) until they lift it."""

    original = models.ForeignKey(Original, on_delete=models.PROTECT, related_name="holds")
    office = models.CharField(max_length=100)
    reason = models.TextField()
    set_by = models.CharField(max_length=255)
    set_by_user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    lifted_by = models.CharField(max_length=255, blank=True)
    lifted_at = models.DateTimeField(null=True)
    lift_reason = models.TextField(blank=True)


class DestructionApproval(models.Model):
    """An office agrees that paper is destroyed as the procedure of that version says; it can be withdrawn."""

    office = models.CharField(max_length=32)
    procedure_version = models.PositiveIntegerField()
    reference = models.CharField(max_length=200)
    dated = models.DateField()
    person = models.CharField(max_length=255)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    withdrawn_by = models.CharField(max_length=255, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["office", "procedure_version"],
                condition=Q(withdrawn_at=None),
                name="one_approval_per_office",
            )
        ]


class DestructionList(models.Model):
    """What is to be destroyed of one box: drawn up, released and carried out by persons who are not all the same.

    `version` counts its changes: each has a PDF of its own (ListFile).
    """

    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=32, unique=True)
    box = models.CharField(max_length=100)
    state = models.CharField(max_length=16)
    version = models.PositiveIntegerField(default=1)
    procedure_version = models.PositiveIntegerField()
    drawn_up_by = models.CharField(max_length=255)
    drawn_up_by_user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    drawn_up_at = models.DateTimeField()
    released_by = models.CharField(max_length=255, blank=True)
    released_by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    released_at = models.DateTimeField(null=True)
    carried_out_by = models.CharField(max_length=255, blank=True)
    carried_out_at = models.DateTimeField(null=True)
    discarded_by = models.CharField(max_length=255, blank=True)
    discarded_at = models.DateTimeField(null=True)
    discard_reason = models.TextField(blank=True)


class ListItem(models.Model):
    """One original on a list; taken off, it may stand on another one."""

    list = models.ForeignKey(DestructionList, on_delete=models.PROTECT, related_name="items")
    original = models.ForeignKey(Original, on_delete=models.PROTECT, related_name="listed")
    product_sha256 = models.CharField(max_length=64)
    taken_off_at = models.DateTimeField(null=True)
    taken_off_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["original"], condition=Q(taken_off_at=None), name="on_one_list_only")
        ]


class ListFile(models.Model):
    """The PDF of a list as it was in that version; a use of its object in the evidence store."""

    list = models.ForeignKey(DestructionList, on_delete=models.PROTECT, related_name="files")
    version = models.PositiveIntegerField()
    content = models.ForeignKey(StoredObject, on_delete=models.PROTECT, related_name="lists")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["list", "version"], name="one_file_per_list_version")]


class BackupRun(models.Model):
    """A backup that was finished: what was there when it began is in it."""

    begun_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    name = models.CharField(max_length=255)
    documents = models.PositiveBigIntegerField()
    objects_held = models.PositiveBigIntegerField()
