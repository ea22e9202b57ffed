"""What is kept. Uniqueness that must hold is a constraint here, not a check in code."""

from django.conf import settings
from django.db import models

__all__ = [
    "Act",
    "ApiToken",
    "Batch",
    "BatchImage",
    "ClearingDecision",
    "DmsFinding",
    "DmsTask",
    "Document",
    "DocumentFile",
    "Event",
    "EventPayload",
    "FilingNode",
    "InboxFile",
    "Intake",
    "NeighbourCheck",
    "NumberSeries",
    "Outbound",
    "RegisterEntry",
    "ReservedNumber",
    "SearchText",
    "StoredObject",
    "UnitMembership",
]


class StoredObject(models.Model):
    """One content in the evidence store, named by its hash. Referenced by DocumentFile rows."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    sha512 = models.CharField(max_length=128)
    size = models.BigIntegerField()
    stored_at = models.DateTimeField()


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
    token = models.ForeignKey("ApiToken", on_delete=models.PROTECT, null=True)


class Document(models.Model):
    """One logical piece of mail (Schriftstück) with its state; the lease says who is working on it."""

    id = models.UUIDField(primary_key=True)
    entry = models.BigIntegerField(unique=True)
    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="documents")
    ordinal = models.PositiveIntegerField(default=1)
    register_number = models.CharField(max_length=32, null=True, unique=True)
    state = models.CharField(max_length=32)
    state_since = models.DateTimeField()
    reason = models.TextField(blank=True)
    duplicate_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="duplicates")

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
    delivered_as = models.CharField(max_length=255, null=True)
    case_reference = models.CharField(max_length=64, null=True)
    destruction_lock = models.TextField(null=True)
    dossier = models.CharField(max_length=255, null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["intake", "ordinal"], name="one_child_per_ordinal")]
        indexes = [models.Index(fields=["state", "next_attempt_at"]), models.Index(fields=["-state_since"])]


class DocumentFile(models.Model):
    """The file a document has in a role; counting these rows is the reference count of an object."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="files")
    role = models.CharField(max_length=32)
    content = models.ForeignKey(StoredObject, on_delete=models.PROTECT, related_name="uses")
    name = models.CharField(max_length=1024)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "role"], name="one_file_per_role")]


class Batch(models.Model):
    """A scanned file as a batch. Which documents it became stands with its images."""

    intake = models.OneToOneField(Intake, on_delete=models.PROTECT, related_name="batch")
    name = models.CharField(max_length=1024)
    pages_expected = models.PositiveIntegerField(null=True)
    findings = models.JSONField(default=list)


class BatchImage(models.Model):
    """One image of a batch, counted from 1: what it is, and the document it went to."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="images")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=16)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="images")
    findings = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="one_image_per_number")]


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


class FilingNode(models.Model):
    """A node of the filing plan in the DMS by its reference: one row, so that two workers never create two.

    `unclear_since`: a creation was begun and not answered. `known_since`: when `target_id` was created or found.
    """

    reference = models.CharField(max_length=64, primary_key=True)
    target_id = models.CharField(max_length=255, blank=True)
    known_since = models.DateTimeField(null=True)
    unclear_since = models.DateTimeField(null=True)
    calls = models.PositiveIntegerField(default=0)


class RegisterEntry(models.Model):
    """One invoice in the register (Rechnungseingangsbuch). What was received never changes; nothing is deleted.

    `identity` makes a second entry for the same invoice impossible; fields as in schemas.values.InvoiceFacts.
    """

    number = models.CharField(max_length=32, unique=True)
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="invoice")
    entered_at = models.DateTimeField()
    identity = models.CharField(max_length=64, null=True, unique=True)
    number_key = models.CharField(max_length=64, null=True, db_index=True)

    syntax = models.CharField(max_length=32)
    profile = models.CharField(max_length=255, null=True)
    invoice_number = models.CharField(max_length=255, null=True)
    issued_on = models.DateField(null=True)
    type_code = models.CharField(max_length=16, null=True)
    currency = models.CharField(max_length=16, null=True)
    net = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    tax = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    gross = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    payable = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    due_on = models.DateField(null=True)
    buyer_reference = models.CharField(max_length=255, null=True)
    order_reference = models.CharField(max_length=255, null=True)
    seller_name = models.CharField(max_length=255, null=True)
    seller_vat_id = models.CharField(max_length=255, null=True)
    seller_tax_number = models.CharField(max_length=255, null=True)
    account = models.CharField(max_length=255, null=True)

    verdict = models.CharField(max_length=16, null=True)
    kind = models.CharField(max_length=32, null=True)
    scenario = models.CharField(max_length=255, null=True)


class SearchText(models.Model):
    """What a document says, for the search: as shown in an excerpt, and folded to comparable words.

    Each database keeps its own index over `folded` in step by itself (migration 0004); its rows go by entry.
    """

    document = models.OneToOneField(
        Document, on_delete=models.CASCADE, related_name="searchable", to_field="entry", primary_key=True
    )
    text = models.TextField()
    folded = models.TextField()


class Act(models.Model):
    """What a person did with a document, with the words they signed and the hashes of what they had before them."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="acts")
    sequence = models.PositiveIntegerField()
    action = models.CharField(max_length=32)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="acts")
    name = models.CharField(max_length=255)
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


class InboxFile(models.Model):
    """A file seen in an inbox that cannot be claimed yet, with its age and what it waits for."""

    path = models.CharField(max_length=2048, unique=True)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    size = models.BigIntegerField()
    waiting_for = models.CharField(max_length=200)
