"""What runs by the clock exists, and gets out of the way of itself when it takes long."""

from datetime import timedelta

import pytest
from celery.schedules import crontab
from django.utils import timezone

from records.models import Deadline, Document, DocumentFile, Notice, Original
from schemas.states import FileRole, Queue, State
from tests.workers.conftest import MakeDocument
from workers import tasks
from workers.app import app


def test_every_scheduled_job_is_a_task_of_ours_on_a_queue_of_ours() -> None:
    queues = {queue.value for queue in Queue}
    for name, entry in app.conf.beat_schedule.items():
        assert entry["task"] == f"workers.tasks.{name}" and hasattr(tasks, name)
        assert entry["options"].get("queue", Queue.INTAKE.value) in queues
        once_a_night = isinstance(entry["schedule"], crontab)
        longest = timedelta(hours=12).total_seconds() if once_a_night else entry["schedule"]
        assert entry["options"]["expires"] <= longest, "one that waits too long is not run behind the next"


@pytest.mark.django_db
def test_a_noted_scan_gets_its_paper(make_document: MakeDocument, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "close_old_connections", lambda: None)  # it would end the test's transaction
    document = make_document(State.NOTED)
    content = document.intake.content
    DocumentFile.objects.create(document=document, role=FileRole.TRANSFER_NOTE, content=content, name="vermerk.xml")
    tasks.place_paper.apply().get()
    assert Original.objects.get().document_id == document.id


@pytest.mark.django_db
def test_a_unit_is_told_of_a_deadline(make_document: MakeDocument, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "close_old_connections", lambda: None)
    document, now = make_document(State.FILED), timezone.now()
    Document.objects.filter(id=document.id).update(unit="32")
    day = timezone.localdate(now)
    Deadline.objects.create(document=document, ends_on=day, warn_on=day, basis="Grund", state="confirmed", added_at=now)
    for _ in range(2):
        tasks.look_after_deadlines.apply().get()
    notice = Notice.objects.get()
    assert notice.unit == "32" and "/fristen/" in notice.text
