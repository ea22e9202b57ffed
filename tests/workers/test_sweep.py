"""The sweep asks again for what got lost, and only then."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from records.intake import Arrival, accept
from records.objects import ObjectStore
from schemas.states import State
from workers import tasks

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
    """What the sweep asks for. The test's transaction lives in the connection that a task would close."""
    monkeypatch.setattr(tasks, "close_old_connections", lambda: None)
    found: list[UUID] = []
    monkeypatch.setattr(tasks, "enqueue", lambda document_id, state: found.append(document_id))
    return found


def arrive(folder: Path, count: int) -> list[UUID]:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    made: list[UUID] = []
    for number in range(count):
        source = folder / "content"
        source.write_bytes(str(number).encode())
        arrival = Arrival(uuid4(), "scan", "Scan-Stelle", "Maria Muster", f"{number}.pdf", now, False)
        made.append(accept(arrival, source, ObjectStore(folder / "objects"), now))
    return made


def test_lost_messages_are_asked_for_again(asked: list[UUID], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    waiting = arrive(tmp_path, 3)
    monkeypatch.setattr(tasks, "queued", lambda queue: 2)
    tasks.sweep()
    assert asked == waiting


def test_a_queue_that_holds_a_message_for_each_is_left_alone(
    asked: list[UUID], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    arrive(tmp_path, 3)
    monkeypatch.setattr(tasks, "queued", lambda queue: 3)
    tasks.sweep()
    assert asked == []


def test_what_waits_for_a_person_is_never_asked_for(
    asked: list[UUID], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from records.models import Document

    arrive(tmp_path, 1)
    Document.objects.update(state=State.CLEARING)
    monkeypatch.setattr(tasks, "queued", lambda queue: 0)
    tasks.sweep()
    assert asked == []
