"""What came in: files, documents with their state and lease, the audit chain, calls to neighbours."""

from django.db import models

__all__ = [
    "Document",
    "DocumentFile",
    "Event",
    "EventPayload",
    "InboxFile",
    "Intake",
    "NumberSeries",
    "Outbound",
    "ReservedNumber",
    "SearchText",
    "StoredObject",
]


class StoredObject(models.Model):
    """One content in the evidence store, named by its hash. Referenced by DocumentFile rows.

    `condemned_at`: its last use has gone, the file is to be erased; `erased_at`: it is. Hashes and size stay.
    """

    sha256 = models.CharField(max_length=64, primary_key=True)
    sha512 = models.CharField(max_length=128)
    size = models.BigIntegerField()
    stored_at = models.DateTimeField()
    condemned_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)


class Intake(models.Model):
    """One claimed file: where and when it came in. Its claim id is what makes a crash repeatable."""

    claim_id = models.UUIDField(primary_key=True)
    inbox = models.CharField(max_length=64)
    intake_point = models.CharField(max_length=64)
    operator = models.CharField(max_length=200)
    original_name = models.CharField(max_length=1024)
    received_at = models.DateTimeField()
    content = models.ForeignKey(StoredObject, on_delete=models.PROTECT)
    demo = models.BooleanField(default=False)
    token = models.ForeignKey("records.ApiToken", on_delete=models.PROTECT, null=True)


class InboxFile(models.Model):
    """A file seen in an inbox that cannot be claimed yet, with its age and what it waits for."""

    path = models.CharField(max_length=2048, unique=True)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    size = models.BigIntegerField()
    waiting_for = models.CharField(max_length=200)


class Document(models.Model):
    """One logical piece of mail (Schriftstück) with its state; the lease says who is working on it.

    `name`: of its own file, where it was cut out of another. `doubt`: why a person must look before it is routed.
    `cut_at`: pages at which another letter begins: as suspected, then as a person says.
    `replaces`: the document whose scan had a fault and was made anew with this one (Nachscan).
    """

    id = models.UUIDField(primary_key=True)
    entry = models.BigIntegerField(unique=True)
    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="documents")
    ordinal = models.PositiveIntegerField(default=1)
    name = models.CharField(max_length=1024, blank=True, default="")
    register_number = models.CharField(max_length=32, null=True, unique=True)
    state = models.CharField(max_length=32)
    state_since = models.DateTimeField()
    reason = models.TextField(blank=True)
    duplicate_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="duplicates")
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")

    attempts = models.PositiveIntegerField(default=0)
    deferrals = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    leased_by = models.CharField(max_length=128, blank=True)

    page_count = models.PositiveIntegerField(null=True)
    document_type = models.CharField(max_length=64, null=True)
    unit = models.CharField(max_length=16, null=True)
    confidence = models.FloatField(null=True)
    needs_original = models.BooleanField(null=True)
    reasons = models.JSONField(default=list)
    anomalies = models.JSONField(default=list)
    invoice_identity = models.CharField(max_length=64, null=True, db_index=True)
    invoice_number_key = models.CharField(max_length=64, null=True)
    delivered_as = models.CharField(max_length=255, null=True)
    case_reference = models.CharField(max_length=64, null=True)
    destruction_lock = models.TextField(null=True)
    dossier = models.CharField(max_length=255, null=True)
    doubt = models.TextField(null=True)
    cut_at = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["intake", "ordinal"], name="one_child_per_ordinal")]
        indexes = [
            models.Index(fields=["state", "next_attempt_at"]),
            models.Index(fields=["-state_since"]),
            models.Index(fields=["unit", "state"], name="documents_of_unit"),
        ]

    @property
    def file_name(self) -> str:
        """What it came in as, or the part of it that this is."""
        return self.name or self.intake.original_name


class DocumentFile(models.Model):
    """The file a document has in a role; counting these rows is the reference count of an object.

    `number` counts the annexes of its note; every other role has one file.
    """

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="files")
    role = models.CharField(max_length=32)
    number = models.PositiveIntegerField(default=1)
    content = models.ForeignKey(StoredObject, on_delete=models.PROTECT, related_name="uses")
    name = models.CharField(max_length=1024)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "role", "number"], name="one_file_per_role")]


class SearchText(models.Model):
    """What a document says, for the search: as shown in an excerpt, and folded to comparable words.

    Each database keeps its own index over `folded` in step by itself (migration 0004); its rows go by entry.
    """

    document = models.OneToOneField(
        Document, on_delete=models.CASCADE, related_name="searchable", to_field="entry", primary_key=True
    )
    text = models.TextField()
    folded = models.TextField()


class Event(models.Model):
    """One link of a document's audit chain: a salted commitment, never the payload itself."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="events")
    sequence = models.PositiveIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=64)
    commitment = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    link = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "sequence"], name="one_event_per_sequence")]


class EventPayload(models.Model):
    """What the event says. Erased for data protection: salt and text go, the chain still verifies."""

    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="payload")
    salt = models.CharField(max_length=64)
    text = models.TextField()
    erased_at = models.DateTimeField(null=True)


class Outbound(models.Model):
    """The intent of a call to a neighbour, committed before the call; one per document and part handed over."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="outbound")
    kind = models.CharField(max_length=32)
    intended_at = models.DateTimeField()
    unclear_since = models.DateTimeField(null=True)
    calls = models.PositiveIntegerField(default=0)
    result = models.CharField(max_length=255, blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "kind"], name="one_outbound_per_kind")]


class NumberSeries(models.Model):
    """Last number given of a series and year ('PE' 2026); raised only inside the transaction that uses it."""

    series = models.CharField(max_length=16)
    year = models.PositiveIntegerField()
    last = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["series", "year"], name="one_counter_per_year")]


class ReservedNumber(models.Model):
    """A register number that a restored database had forgotten: its document gets it again."""

    number = models.CharField(max_length=32, primary_key=True)
    document_id = models.UUIDField()
    series = models.CharField(max_length=16)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document_id", "series"], name="one_reserved_per_series")]
