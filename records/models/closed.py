"""What was removed as planned: hashes stay where content has gone."""

from django.db import models

from records.models.documents import Document, StoredObject

__all__ = ["RemovedFile"]


class RemovedFile(models.Model):
    """A file a document no longer has. `asked_by`, `confirmed_by`: names of persons, empty where a rule decided."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="removed_files")
    role = models.CharField(max_length=32)
    content = models.ForeignKey(StoredObject, on_delete=models.PROTECT, related_name="removals")
    removed_at = models.DateTimeField()
    reason = models.TextField()
    asked_by = models.CharField(max_length=255, blank=True)
    confirmed_by = models.CharField(max_length=255, blank=True)
