"""The register of invoices (Rechnungseingangsbuch): entries, what was received, corrections, likely duplicates."""

from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce, Lower

from records.models.documents import Document

__all__ = [
    "Announcement",
    "Likeness",
    "RegisterCorrection",
    "RegisterEntry",
    "RegisterReceived",
]


class RegisterEntry(models.Model):
    """One invoice in the register. What was received never changes and nothing is deleted: the database refuses it.

    `identity` makes a second entry for the same invoice impossible; `number_key` is the same for all invoices of one
    seller under one number, `seller_key` for all invoices of one seller. Other fields: schemas.values.InvoiceFacts.
    `confirmed_at`: when a person confirmed what had been read off paper; until then its facts are only read.
    `no_invoice_at`: when a person said that it is none; the number stays, the document is mail like any other.
    `due_sorted`, `amount_sorted` and `seller_sorted` are what lists are ordered by: an index over them has no gaps.
    """

    number = models.CharField(max_length=32, unique=True)
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="invoice")
    legal_entity = models.CharField(max_length=32, default="stadt")
    entered_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)
    identity = models.CharField(max_length=64, null=True, unique=True)
    number_key = models.CharField(max_length=64, null=True, db_index=True)
    seller_key = models.CharField(max_length=64, null=True)

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
    confirmed_at = models.DateTimeField(null=True)
    no_invoice_at = models.DateTimeField(null=True)

    verdict = models.CharField(max_length=16, null=True)
    kind = models.CharField(max_length=32, null=True)
    scenario = models.CharField(max_length=255, null=True)

    due_sorted = models.GeneratedField(
        expression=Coalesce("due_on", date(9999, 12, 31)), output_field=models.DateField(), db_persist=True
    )
    amount_sorted = models.GeneratedField(
        expression=Coalesce("payable", Decimal(0)),
        output_field=models.DecimalField(max_digits=18, decimal_places=4),
        db_persist=True,
    )
    seller_sorted = models.GeneratedField(
        expression=Lower(Coalesce("seller_name", models.Value(""))),
        output_field=models.CharField(max_length=255),
        db_persist=True,
    )

    class Meta:
        indexes = [
            models.Index(fields=["due_sorted", "id"], name="register_by_due"),
            models.Index(fields=["amount_sorted", "id"], name="register_by_amount"),
            models.Index(fields=["seller_sorted", "id"], name="register_by_seller"),
            models.Index(fields=["received_at"], name="register_by_receipt"),
            models.Index(fields=["verdict", "id"], name="register_by_verdict"),
            models.Index(fields=["legal_entity", "id"], name="register_by_entity"),
            models.Index(fields=["seller_key", "issued_on"], name="register_same_seller"),
            models.Index(fields=["order_reference"], name="register_same_order"),
            models.Index(fields=["account", "gross"], name="register_same_account"),
        ]


class RegisterReceived(models.Model):
    """All an invoice said when it came in: one canonical JSON text (schemas.rebu.Received), written once."""

    entry = models.OneToOneField(RegisterEntry, on_delete=models.PROTECT, related_name="received", primary_key=True)
    text = models.TextField()
    sha256 = models.CharField(max_length=64)


class RegisterCorrection(models.Model):
    """What a person found wrong in the register, beside what was received. Written once, like the entry."""

    entry = models.ForeignKey(RegisterEntry, on_delete=models.PROTECT, related_name="corrections")
    at = models.DateTimeField()
    field = models.CharField(max_length=32)
    before = models.CharField(max_length=255, blank=True)
    after = models.CharField(max_length=255, blank=True)
    reason = models.TextField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="register_corrections")
    name = models.CharField(max_length=255)


class Likeness(models.Model):
    """Two invoices that may be one, or parts of one, found when `entry` came in; and what a person said of it."""

    entry = models.ForeignKey(RegisterEntry, on_delete=models.PROTECT, related_name="likenesses")
    other = models.ForeignKey(RegisterEntry, on_delete=models.PROTECT, related_name="later_likenesses")
    kind = models.CharField(max_length=32)
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    duplicate = models.BooleanField(null=True)
    reason = models.TextField(blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="judged_likenesses"
    )
    name = models.CharField(max_length=255, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "other", "kind"], name="one_likeness_per_kind")]


class Announcement(models.Model):
    """An entry told to the register of the finance system, where that one leads, and what it answered.

    `told`: the standing last told, as number `version`; `written_at`: when its file surely lay there. `status` and
    `leading_number` are the answer, `answer` the SHA-256 of the file it came in.
    """

    entry = models.OneToOneField(RegisterEntry, on_delete=models.PROTECT, related_name="announcement")
    version = models.PositiveIntegerField(default=1)
    told = models.CharField(max_length=16, db_index=True)
    written_at = models.DateTimeField(null=True)
    status = models.CharField(max_length=16, blank=True)
    leading_number = models.CharField(max_length=64, blank=True)
    message = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=64, blank=True)
