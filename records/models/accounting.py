"""Master data of the finance system with its history, and what people assigned and confirmed of an invoice.

Nothing here is overwritten: a later version, import or answer stands beside the earlier one.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from records.models.documents import Document

__all__ = [
    "AccountCheck",
    "Assignment",
    "AssignmentLine",
    "CreditorChoice",
    "CreditorRequest",
    "Deduction",
    "EnteredRate",
    "MasterDataImport",
    "MasterKey",
    "MasterRecord",
]


class MasterDataImport(models.Model):
    """One file of master data that was read. `generation` counts those taken over, by kind; None: not taken over.

    `complaints`: German, with line numbers. `awaits`: it was whole, but so much would vanish that a person must agree.
    """

    kind = models.CharField(max_length=32)
    generation = models.PositiveIntegerField(null=True)
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    actor = models.CharField(max_length=255)
    rows = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    ended = models.PositiveIntegerField(default=0)
    awaits = models.BooleanField(default=False)
    complaints = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "generation"], name="one_import_per_generation")]


class MasterRecord(models.Model):
    """One entry of the master data as it was from the import `since` until before `until` (None: is so now).

    `data`: the fields of its value in schemas.accounting, dates and amounts as text.
    """

    kind = models.CharField(max_length=32)
    key = models.CharField(max_length=64)
    name = models.CharField(max_length=255)
    data = models.JSONField()
    since = models.ForeignKey(MasterDataImport, on_delete=models.PROTECT, related_name="begun")
    until = models.ForeignKey(MasterDataImport, on_delete=models.PROTECT, null=True, related_name="ended_here")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"], condition=Q(until__isnull=True), name="one_present_entry_per_key"
            )
        ]
        indexes = [models.Index(fields=["kind", "key"]), models.Index(fields=["kind", "name"])]


class MasterKey(models.Model):
    """What an entry is found by: VAT id, tax number, IBAN, name of a creditor; the creditor of a certificate."""

    record = models.ForeignKey(MasterRecord, on_delete=models.CASCADE, related_name="keys")
    kind = models.CharField(max_length=16)
    value = models.CharField(max_length=255)

    class Meta:
        indexes = [models.Index(fields=["kind", "value"])]


class CreditorChoice(models.Model):
    """A person has confirmed which creditor an invoice is of, as the master data were then. The last one counts."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="creditor_choices")
    number = models.PositiveIntegerField()
    creditor = models.ForeignKey(MasterRecord, on_delete=models.PROTECT, related_name="chosen")
    basis = models.TextField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="one_creditor_choice_per_number")]


class CreditorRequest(models.Model):
    """A creditor is not known: the finance system is asked for it (Kreditor anlegen lassen). One at a time."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="creditor_requests")
    note = models.TextField(blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=255, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document"], condition=Q(answered_at__isnull=True), name="one_open_creditor_request"
            )
        ]


class Assignment(models.Model):
    """One version of the Kontierung of an invoice; the highest number counts."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="assignments")
    number = models.PositiveIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="one_assignment_per_number")]


class AssignmentLine(models.Model):
    """One line of a version; fields as in schemas.accounting.AccountAssignment."""

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="lines")
    line = models.PositiveIntegerField()
    fiscal_year = models.PositiveIntegerField()
    product = models.CharField(max_length=64)
    account = models.CharField(max_length=64)
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    cost_center = models.CharField(max_length=64, blank=True)
    cost_object = models.CharField(max_length=64, blank=True)
    investment = models.CharField(max_length=64, blank=True)
    commitment = models.CharField(max_length=64, blank=True)
    tax_code = models.CharField(max_length=32, blank=True)
    business_share = models.DecimalField(max_digits=5, decimal_places=4, default=0)
    text = models.CharField(max_length=255, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["assignment", "line"], name="one_assignment_line_per_number")]
        indexes = [models.Index(fields=["commitment"])]


class AccountCheck(models.Model):
    """A second person has asked the creditor about the account of an invoice, and says what came of it.

    `seller`: key of the seller, by which later invoices find what was confirmed. `way`: how they were reached.
    """

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="account_checks")
    seller = models.CharField(max_length=64, db_index=True)
    iban = models.CharField(max_length=64)
    confirmed = models.BooleanField()
    way = models.CharField(max_length=255)
    called_on = models.DateField()
    spoken_to = models.CharField(max_length=255)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    at = models.DateTimeField()


class Deduction(models.Model):
    """An amount kept back from an invoice (Einbehalt): as security until a day, or as tax for the tax office.

    `kind`: schemas.accounting.DeductionKind. `settled_at`: the security was paid out, or the tax was paid.
    """

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="deductions")
    kind = models.CharField(max_length=16)
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    until = models.DateField(db_index=True)
    reason = models.CharField(max_length=255)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=255, blank=True)


class EnteredRate(models.Model):
    """What a foreign currency was worth: one euro in that currency, as a person entered it. The last one counts."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="rates")
    rate = models.DecimalField(max_digits=18, decimal_places=6)
    source = models.CharField(max_length=255)
    rate_on = models.DateField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    at = models.DateTimeField()
