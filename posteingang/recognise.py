"""Recognise files without database or broker: the same steps as in the mailroom, on all cores."""

import os
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from config.load import city
from schemas.digest import digest_of_file
from schemas.errors import BadInput, os_reason
from schemas.recognised import PaperInvoice, Recognised
from schemas.states import FileRole, State
from schemas.values import DocumentFacts, FileDigest, NewFile, ScanFacts, StoredFile, Work

__all__ = ["CLEARING", "recognise_files", "stored", "work_of"]

CLEARING = "KLAERFALL"


def recognise_files(files: list[Path], *, as_json: bool, output: Path | None) -> None:
    """One object a document, in the order of the files; progress on stderr. BadInput for an unreadable path."""
    import json

    city()
    digests = [_digest(path) for path in files]
    stream = output.open("w", encoding="utf-8") if output else nullcontext(sys.stdout)
    with stream as target:
        for number, found in enumerate(_all(files, digests), 1):
            print(f"[{number}/{len(files)}] {found['file']}: {found['status']}", file=sys.stderr)
            if as_json or output:
                print(json.dumps(found, ensure_ascii=False), file=target, flush=True)
            else:
                print(_line(found), file=target)


def _all(files: list[Path], digests: list[FileDigest]) -> Iterator[dict[str, Any]]:
    """Results in input order; a repeated content is a duplicate of the first file that has it."""
    first: dict[str, Path] = {}
    with ProcessPoolExecutor(max_workers=min(len(files), os.cpu_count() or 1)) as pool:
        jobs: list[Any] = []
        for path, digest in zip(files, digests, strict=True):
            earlier = first.setdefault(digest.sha256, path)
            jobs.append(_duplicate(path, earlier) if earlier is not path else pool.submit(_recognise, path, digest))
        for path, job in zip(files, jobs, strict=True):
            try:
                yield job if isinstance(job, dict) else job.result()
            except BrokenProcessPool:
                raise BadInput(
                    f"{path}: Die Erkennung ist abgestürzt (vermutlich zu wenig Arbeitsspeicher).",
                    remedy="Bitte die Datei einzeln versuchen.",
                ) from None


def _recognise(path: Path, digest: FileDigest) -> dict[str, Any]:
    """Identify, read, classify, route one file as one document, by the workers' own steps; it is not cut."""
    from pipelines.intake.identify import identify
    from pipelines.routing.classify import classify, recognised_in
    from pipelines.routing.route import route
    from pipelines.scan.recognise import recognise

    rules = city()
    with tempfile.TemporaryDirectory() as folder:
        work = work_of(path, Path(folder), datetime.now(UTC), digest)
        for step in (identify, recognise):
            result = step(work, rules)
            work = replace(work, facts=result.facts, files=work.files | stored(result.files))
            if result.state is State.QUARANTINED:
                return _result(path, work.facts, "quarantine", text="", reason=result.reason)
        found = recognised_in(work, rules)
        text = work.file(FileRole.TEXT).path.read_text(encoding="utf-8")
        result = classify(work, rules)
        if result.state is not State.LOCKED:
            result = route(replace(work, facts=result.facts), rules)
    facts, status = result.facts, "processed" if result.state is State.ROUTED else "manual"
    if result.state is State.LOCKED:
        facts, text = replace(facts, document_type=found.decision.document_type), ""
    return _result(path, facts, status, text=text, reason=result.reason, found=found)


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
        "must_not_open": found.closed is not None if found else None,
        "invoice": _invoice(found.invoice) if found and found.invoice else None,
        "reasons": [reason, *facts.reasons, *facts.anomalies],
    }


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
