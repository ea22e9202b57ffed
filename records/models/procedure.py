"""The versions of the scanning procedure: who proposed and who released which rules, and why."""

from django.conf import settings
from django.db import models

__all__ = [
    "ProcedureVersion",
]


class ProcedureVersion(models.Model):
    """The governed files as a whole, from the proposal on. A row that is decided never changes again.

    `files`: name -> text. `outcome`: '' while it waits, else 'released' or 'withdrawn'. `previous` is the link of the
    version before, `link` is made with the decision and covers everything else in the row: the versions are a chain.
    """

    number = models.PositiveIntegerField(unique=True)
    files = models.JSONField()
    sha256 = models.CharField(max_length=64)
    reason = models.TextField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="proposals")
    proposed_name = models.CharField(max_length=255)
    proposed_at = models.DateTimeField()
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
        return {"": "wartet auf Freigabe", "released": "freigegeben", "withdrawn": "zurückgezogen"}[self.outcome]
