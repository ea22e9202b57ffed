"""Letters to suppliers whose invoices were not accepted: draft, release, and how they left."""

from django.conf import settings
from django.db import models

from records.models.documents import Document

__all__ = ["RejectionLetter"]


class RejectionLetter(models.Model):
    """The letter of one rejected invoice; a draft until `released_at`, then never changed.

    `way`: schemas.rejection.LetterWay. `recipient`: postal address; `mail`: address as the master data had it.
    `sent_at`: the mail server took it, or a person noted that the paper was posted. A try that may have arrived is
    repeated under the same `message_id`; `refused`: the server said no for good.
    """

    document = models.OneToOneField(
        Document, on_delete=models.PROTECT, primary_key=True, related_name="rejection_letter"
    )
    subject = models.CharField(max_length=200)
    text = models.TextField()
    recipient = models.TextField(blank=True)
    saved_at = models.DateTimeField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)

    released_at = models.DateTimeField(null=True)
    way = models.CharField(max_length=8, blank=True)
    mail = models.CharField(max_length=254, blank=True)
    message_id = models.CharField(max_length=255, blank=True)
    sent_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    refused = models.BooleanField(default=False)
    problem = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["way", "sent_at", "next_try_at"], name="rejection_letters_due")]
