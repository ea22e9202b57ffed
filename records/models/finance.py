"""What is to be paid when, what was handed over to the finance system and came back, and notices to people."""

from django.conf import settings
from django.db import models

from records.models.documents import Document, StoredObject

__all__ = [
    "FinanceBatch",
    "FinanceFile",
    "FinanceItem",
    "FinanceReceipt",
    "KeptTerms",
    "Notice",
    "NoticeMail",
    "PaymentDeadline",
    "ReceiptFile",
]


class Notice(models.Model):
    """Something people with one of these roles (and of that unit) are told once; `key` says what it is about.

    Numbers, days and addresses of pages only, never what mail or an invoice says. `mailed_at`: put into mails.
    """

    key = models.CharField(max_length=200, unique=True)
    unit = models.CharField(max_length=16, null=True)
    roles = models.JSONField(default=list)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    created_at = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["mailed_at", "created_at"], name="notices_open")]


class NoticeMail(models.Model):
    """One mail to one person with all that was new for them; composed and kept before it is sent.

    A try that may have arrived is repeated under the same `message_id`. `refused`: the server said no for good.
    """

    message_id = models.CharField(max_length=255, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notice_mails")
    address = models.CharField(max_length=254)
    notices = models.ManyToManyField(Notice, related_name="mails")
    composed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    refused = models.BooleanField(default=False)
    problem = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["sent_at", "refused", "next_try_at"], name="notice_mails_due")]


class KeptTerms(models.Model):
    """The payment terms of an invoice as computed (schemas.payment_terms), and what they were computed from."""

    document = models.OneToOneField(Document, on_delete=models.PROTECT, primary_key=True, related_name="payment_terms")
    due_on = models.DateField(null=True)
    act_by = models.DateField(null=True)
    default_from = models.DateField(null=True)
    terms = models.JSONField()
    computed_at = models.DateTimeField()


class PaymentDeadline(models.Model):
    """One thing that is lost when nobody acts by `act_by`: a cash discount, or in the end punctual payment.

    It is the next one of its invoice on every day after `after` up to `until`: exactly one row a day. `last_day`: by
    which the money must be there. `amount`: what is lost then (EUR).
    """

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="payment_deadlines")
    ordinal = models.PositiveIntegerField()
    kind = models.CharField(max_length=16)
    after = models.DateField()
    until = models.DateField()
    act_by = models.DateField()
    last_day = models.DateField()
    amount = models.DecimalField(max_digits=18, decimal_places=2)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "ordinal"], name="one_deadline_per_ordinal")]
        indexes = [models.Index(fields=["act_by", "document"], name="deadlines_by_day")]


class FinanceBatch(models.Model):
    """Invoices handed over to the finance system together; committed before the files are written.

    `total`: of the amounts to be paid, all in `currency`. `sha256`: of its XML. `placed_at`: the files lie complete
    where the finance system fetches them, committed before the marker that allows it; `written_at`: the marker was set.
    """

    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=32, unique=True)
    created_at = models.DateTimeField()
    count = models.PositiveIntegerField()
    total = models.DecimalField(max_digits=18, decimal_places=2)
    currency = models.CharField(max_length=16, blank=True)
    sha256 = models.CharField(max_length=64)
    placed_at = models.DateTimeField(null=True)
    written_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["written_at"], name="finance_batches_open")]


class FinanceFile(models.Model):
    """One file of a batch, byte for byte: a lost one is written again as it was."""

    batch = models.ForeignKey(FinanceBatch, on_delete=models.PROTECT, related_name="files")
    ordinal = models.PositiveIntegerField()
    name = models.CharField(max_length=255)
    content = models.ForeignKey(StoredObject, on_delete=models.PROTECT, related_name="handed_over")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "name"], name="one_file_per_batch_and_name")]


class FinanceItem(models.Model):
    """One version of an invoice in a batch. That no version is in two is a constraint."""

    batch = models.ForeignKey(FinanceBatch, on_delete=models.PROTECT, related_name="items")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="finance_items")
    number = models.CharField(max_length=32)
    version = models.PositiveIntegerField()
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    currency = models.CharField(max_length=16)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "version"], name="one_item_per_document_and_version"),
            models.UniqueConstraint(fields=["number", "version"], name="one_item_per_number_and_version"),
        ]


class ReceiptFile(models.Model):
    """A file the finance system answered with; the same bytes are acted on once. `problem`: why it was refused."""

    sha256 = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=255)
    content = models.ForeignKey(StoredObject, on_delete=models.PROTECT, related_name="receipt_files", null=True)
    taken_at = models.DateTimeField()
    accepted = models.BooleanField()
    problem = models.TextField(blank=True)


class FinanceReceipt(models.Model):
    """What the finance system says of one item: posted, paid or refused; each once, whatever order they come in.

    `moved_to`: the state it led to; empty if it only was noted, then `outcome` says why (German). `disputed`: it
    contradicts what was said before, a person must look.
    """

    item = models.ForeignKey(FinanceItem, on_delete=models.PROTECT, related_name="receipts")
    file = models.ForeignKey(ReceiptFile, on_delete=models.PROTECT, related_name="receipts")
    kind = models.CharField(max_length=16)
    reference = models.CharField(max_length=64, blank=True)
    on = models.DateField()
    reason = models.TextField(blank=True)
    received_at = models.DateTimeField()
    moved_to = models.CharField(max_length=32, blank=True)
    outcome = models.TextField(blank=True)
    disputed = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "kind"], name="one_receipt_per_item_and_kind")]
