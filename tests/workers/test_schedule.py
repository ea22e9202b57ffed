"""What runs by the clock exists, and gets out of the way of itself when it takes long."""

import pytest

from records.models import DocumentFile, Original
from schemas.states import FileRole, Queue, State
from tests.workers.conftest import MakeDocument
from workers import tasks
from workers.app import app


def test_every_scheduled_job_is_a_task_of_ours_on_a_queue_of_ours() -> None:
    queues = {queue.value for queue in Queue}
    for name, entry in app.conf.beat_schedule.items():
        assert entry["task"] == f"workers.tasks.{name}" and hasattr(tasks, name)
        assert entry["options"].get("queue", Queue.INTAKE.value) in queues
        assert entry["options"]["expires"] == entry["schedule"], "one that waits too long is not run behind the next"


@pytest.mark.django_db
def test_a_noted_scan_gets_its_paper(make_document: MakeDocument, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "close_old_connections", lambda: None)  # it would end the test's transaction
    document = make_document(State.NOTED)
    content = document.intake.content
    DocumentFile.objects.create(document=document, role=FileRole.TRANSFER_NOTE, content=content, name="vermerk.xml")
    tasks.place_paper.apply().get()
    assert Original.objects.get().document_id == document.id
