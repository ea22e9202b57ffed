"""What running a step costs beside the step itself (lease, load, commit), beside bare transactions of the same run."""

import os
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

__all__ = ["bench_flow"]

_DOCUMENTS = 500


def bench_flow() -> None:
    """Milliseconds a step that does nothing, and how many bare durable transactions of one row that is."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["POSTEINGANG_VAR"] = str(folder / "var")
        from posteingang.installation import prepare_installation

        prepare_installation("bench")
        documents = _documents(folder)
        bare = _bare_transactions(documents)
        ours = _steps(documents)
    print(f"{'bare transaction':20} {bare * 1000:6.2f} ms")
    print(f"{'step':20} {ours * 1000:6.2f} ms")
    print(f"{'ratio':20} {bare / ours:6.2f}")


def _documents(folder: Path) -> list[UUID]:
    """Letters that have just been taken in."""
    from records.intake import Arrival, accept
    from workers.targets import object_store

    made: list[UUID] = []
    now = datetime.now(UTC)
    for number in range(_DOCUMENTS):
        path = folder / f"{number}.pdf"
        path.write_bytes(b"%PDF-1.7\n" + os.urandom(1000) + b"\n%%EOF\n")
        arrival = Arrival(uuid4(), "scan", "Zentrale Scan-Stelle", "Maria Muster", path.name, now, demo=True)
        made.append(accept(arrival, path, object_store(), now))
    return made


def _bare_transactions(documents: list[UUID]) -> float:
    """Seconds for one durable change of one row."""
    from django.db import transaction

    from records.models import Document

    began = time.perf_counter()
    for document_id in documents:
        with transaction.atomic():
            Document.objects.filter(id=document_id).update(reason="geändert")
    return (time.perf_counter() - began) / len(documents)


def _steps(documents: list[UUID]) -> float:
    """Seconds for the way of a step that decides at once: lease, load, call, commit with event and number."""
    from schemas.states import State
    from schemas.values import StepResult
    from workers import step

    step._step = lambda _: lambda work, _: StepResult(State.IDENTIFIED, work.facts, "geprüft")  # type: ignore[assignment]
    began = time.perf_counter()
    for document_id in documents:
        assert step.run_step(document_id, "bench:1") is State.IDENTIFIED
    return (time.perf_counter() - began) / len(documents)
