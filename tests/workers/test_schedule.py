"""What runs by the clock exists, and gets out of the way of itself when it takes long."""

from schemas.states import Queue
from workers import tasks
from workers.app import app


def test_every_scheduled_job_is_a_task_of_ours_on_a_queue_of_ours() -> None:
    queues = {queue.value for queue in Queue}
    for name, entry in app.conf.beat_schedule.items():
        assert entry["task"] == f"workers.tasks.{name}" and hasattr(tasks, name)
        assert entry["options"].get("queue", Queue.INTAKE.value) in queues
        assert entry["options"]["expires"] == entry["schedule"], "one that waits too long is not run behind the next"
