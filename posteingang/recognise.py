"""Recognise files without database or broker: the same steps as in the mailroom, on all cores."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from config.city_config import City
from config.load import city
from schemas.batch_place import BatchPlace
from schemas.digest import digest_of_file
from schemas.errors import BadInput, os_reason
from schemas.recognised import PaperInvoice, Recognised
from schemas.states import FileRole, State
from schemas.values import DocumentFacts, FileDigest, NewDocument, NewFile, ScanFacts, StepResult, StoredFile, Work

__all__ = ["CLEARING", "recognise_files", "stored", "work_of"]

CLEARING = "KLAERFALL"


def recognise_files(files: list[Path], *, as_json: bool, output: Path | None) -> None:
    """One object a document, in the order of the files and within a batch; progress on stderr.

    BadInput for an unreadable path.
    """
    import json

    city()
    digests = [_digest(path) for path in files]
    stream = output.open("w", encoding="utf-8") if output else nullcontext(sys.stdout)
    with stream as target:
        for number, documents in enumerate(_all(files, digests), 1):
            cut = f", in {len(documents)} Schriftstücke getrennt" if len(documents) > 1 else ""
            status = ", ".join(dict.fromkeys(str(found["status"]) for found in documents))
            print(f"[{number}/{len(files)}] {files[number - 1]}: {status}{cut}", file=sys.stderr)
            for found in documents:
                if as_json or output:
                    print(json.dumps(found, ensure_ascii=False), file=target, flush=True)
                else:
                    print(_line(found), file=target)


def _all(files: list[Path], digests: list[FileDigest]) -> Iterator[list[dict[str, Any]]]:
    """The documents of each file, in input order; a repeated content is a duplicate of the first file that has it."""
    first: dict[str, Path] = {}
    with ProcessPoolExecutor(max_workers=min(len(files), os.cpu_count() or 1)) as pool:
        jobs: list[Any] = []
        for path, digest in zip(files, digests, strict=True):
            earlier = first.setdefault(digest.sha256, path)
            jobs.append([_duplicate(path, earlier)] if earlier is not path else pool.submit(_recognise, path, digest))
        for path, job in zip(files, jobs, strict=True):
            try:
                yield job if isinstance(job, list) else job.result()
            except BrokenProcessPool:
                raise BadInput(
                    f"{path}: Die Erkennung ist abgestürzt (vermutlich zu wenig Arbeitsspeicher).",
                    remedy="Bitte die Datei einzeln versuchen.",
                ) from None


def _recognise(path: Path, digest: FileDigest) -> list[dict[str, Any]]:
    """Identify, cut, read, classify, route one file by the workers' own steps; nothing is noted or filed."""
    with tempfile.TemporaryDirectory() as folder:
        work = work_of(path, Path(folder), datetime.now(UTC), digest)
        return list(_documents(path, work, State.RECEIVED, ""))


def _documents(
    path: Path, work: Work, state: State, reason: str, pages: Sequence[int] = ()
) -> Iterator[dict[str, Any]]:
    """What becomes of a document in that state, and of those that are cut out of it.

    `pages`: its pages in the file; empty: all of them.
    """
    from pipelines.routing.classify import recognised_in

    steps, rules, text = _steps(), city(), ""
    seen: Recognised | None = None
    while step := steps.get(state):
        if state is State.RECOGNISED:
            seen = recognised_in(work, rules)
        result = step(work, rules)
        state, reason = result.state, result.reason
        for place, child in enumerate(result.children, 1):
            images = result.batch.images if result.batch is not None else ()
            own = [image.number for image in images if image.part == place]
            part = _part(work, child, f"teil-{state}-{place}")
            yield from _documents(path, part, child.state, child.reason, own)
        work = replace(work, facts=result.facts, files=work.files | stored(result.files))
        if FileRole.TEXT in work.files:
            text = work.file(FileRole.TEXT).path.read_text(encoding="utf-8")
    if state is State.SPLIT:
        return  # its documents were told
    status = {State.QUARANTINED: "quarantine", State.LOCKED: "locked", State.CLEARING: "manual"}.get(state, "processed")
    hidden = state in (State.QUARANTINED, State.LOCKED)
    facts = work.facts
    if state is State.LOCKED and seen is not None:
        facts = replace(facts, document_type=seen.decision.document_type)
    found = _result(path, facts, status, text="" if hidden else text, reason=reason, found=seen)
    yield found | {"pages": list(pages)} if pages else found


def _steps() -> dict[State, Callable[[Work, City], StepResult]]:
    """What is done in which state: the way of a scan without its note."""
    from pipelines.intake.identify import identify
    from pipelines.intake.split import split
    from pipelines.routing.classify import classify
    from pipelines.routing.route import route
    from pipelines.scan.recognise import recognise

    return {
        State.RECEIVED: identify,
        State.IDENTIFIED: split,
        State.PREPARED: recognise,
        State.E_INVOICE: recognise,
        State.RECOGNISED: classify,
        State.CLASSIFIED: route,
    }


def _part(whole: Work, child: NewDocument, folder: str) -> Work:
    """What the steps are given for a document that was cut out of another."""
    scratch = whole.scratch / folder
    scratch.mkdir()
    return replace(
        whole,
        document_id=uuid4(),
        original_name=child.original.name,
        facts=replace(child.facts, reasons=(child.reason, *child.facts.reasons)),
        files=stored((child.original,)),
        scratch=scratch,
        batch=BatchPlace("", whole.original_name, (1,), 1, cut_out=True),
    )


def work_of(path: Path, scratch: Path, now: datetime, digest: FileDigest | None = None) -> Work:
    """What a step is given for a file that no mailroom took in."""
    original = StoredFile(FileRole.ORIGINAL, path, path.name, digest or digest_of_file(path))
    scan = ScanFacts(uuid4(), "", "", now)
    return Work(uuid4(), None, path.name, scan, DocumentFacts(), {FileRole.ORIGINAL: original}, scratch, now)


def stored(files: tuple[NewFile, ...]) -> dict[FileRole, StoredFile]:
    return {file.role: StoredFile(file.role, file.path, file.name, digest_of_file(file.path)) for file in files}


def _result(
    path: Path,
    facts: DocumentFacts,
    status: str,
    *,
    text: str,
    reason: str,
    duplicate_of: str | None = None,
    found: Recognised | None = None,
) -> dict[str, Any]:
    manual = status == "manual"
    return {
        "file": str(path),
        "pages": list(range(1, (facts.page_count or 0) + 1)),
        "status": status,
        "duplicate_of": duplicate_of,
        "text": text,
        "document_type": facts.document_type,
        "unit": CLEARING if manual else facts.unit,
        "confidence": facts.confidence,
        "manual": manual,
        "needs_original": facts.needs_original,
        "must_not_open": _closed(status, found),
        "invoice": _invoice(found.invoice) if found and found.invoice else None,
        "reasons": [reason, *facts.reasons, *facts.anomalies],
    }


def _closed(status: str, found: Recognised | None) -> bool | None:
    """None if nobody has looked."""
    if status == "locked":
        return True
    return found.closed is not None if found is not None else None


def _invoice(invoice: PaperInvoice) -> dict[str, Any]:
    """Each value as text, and the names of those that are proven."""
    values = {"number": invoice.number, "date": invoice.issued_on, "gross": invoice.gross, "iban": invoice.iban}
    read = {name: str(value.value) if value is not None else None for name, value in values.items()}
    return read | {"certain": [name for name, value in values.items() if value is not None and value.certain]}


def _duplicate(path: Path, earlier: Path) -> dict[str, Any]:
    reason = f"Inhaltsgleich mit {earlier}."
    return _result(path, DocumentFacts(), "duplicate", text="", reason=reason, duplicate_of=str(earlier))


def _digest(path: Path) -> FileDigest:
    try:
        return digest_of_file(path)
    except OSError as error:
        raise BadInput(f"{path}: nicht lesbar ({os_reason(error)}).", remedy="Bitte den Pfad prüfen.") from None


def _line(found: dict[str, Any]) -> str:
    return (
        f"{found['file']}: {found['document_type'] or '–'}, Einheit {found['unit'] or '–'} "
        f"({found['status']}). {found['reasons'][0]}"
    )
