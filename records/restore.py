"""Restore a backup into an empty place, and make good what the journal remembers and the backup does not."""

import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.core.management import call_command
from django.db import connection, transaction

from config.settings import Settings
from records.approvals import suspend
from records.backup import BackupSet, postgres_call, verify_set
from records.closed_again import close_again, removed_originals
from records.intake import Arrival, accept, is_committed
from records.journal import Issued, TakenIn, read
from records.models import (
    ApiToken,
    DestructionList,
    Document,
    NumberSeries,
    ProcedureVersion,
    RegisterEntry,
    ReservedNumber,
    RoutingSlip,
)
from records.numbers import PROCEDURE_VERSIONS, written
from records.objects import ObjectStore
from schemas.errors import BadInput

__all__ = ["Restored", "restore"]

_FORGOTTEN = (
    "Wiederhergestellt aus der Sicherung vom {:%d.%m.%Y %H:%M} UTC: was seither gesperrt oder vernichtet wurde, "
    "ist nicht bekannt."
)


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back. `taken_in_again`: documents that are younger than the backup, from the evidence store.

    `lost`: names of files that the journal knows and nothing holds any more. `raised`: numbers given after the
    backup, which stay given; the counters go on behind them. `suspended`: agreements to the destruction of paper.
    """

    documents: int
    objects: int
    taken_in_again: int
    lost: tuple[str, ...]
    raised: tuple[str, ...]
    closed_again: int = 0
    suspended: int = 0


def restore(source: BackupSet, settings: Settings, now: datetime) -> Restored:
    """BadInput if the set is damaged, or if the place is not empty. The live journal is kept and read too."""
    for difference in verify_set(source):
        raise BadInput(f"Die Sicherung {source.folder} ist beschädigt: {difference}")
    if source.vendor != connection.vendor:
        raise BadInput(
            f"Die Sicherung ist aus {source.vendor}, eingestellt ist {connection.vendor}.",
            remedy="POSTEINGANG_DATABASE_URL auf dieselbe Datenbankart setzen.",
        )
    _refuse_a_used_place(settings)
    shutil.copytree(source.folder / "objects", settings.objects, dirs_exist_ok=True, copy_function=_replace)
    for path in settings.objects.rglob("*"):
        if path.is_file():
            path.chmod(0o440)
    shutil.copytree(source.folder / "spool", settings.spool, dirs_exist_ok=True)
    if (source.folder / "packs").is_dir():  # older sets have none
        shutil.copytree(source.folder / "packs", settings.packs, dirs_exist_ok=True)
    if (source.folder / "models").is_dir():
        shutil.copytree(source.folder / "models", settings.models, dirs_exist_ok=True)
    _keep_receipts(source, settings.receipts)
    _keep_journal(source, settings.journal_folder)
    _load_database(source)
    call_command("migrate", verbosity=0, interactive=False)
    Document.objects.update(lease_token=None, lease_until=None, leased_by="")
    lines = list(read(settings.journal_folder))
    gone = removed_originals(lines)
    taken_in = [line for line in lines if isinstance(line, TakenIn) and line.document_id not in gone]
    again, lost = _take_in_again(taken_in, settings, now)
    raised = _raise_counters([line for line in lines if isinstance(line, Issued)])
    closed = close_again(lines, ObjectStore(settings.objects), now)
    suspended = suspend(_FORGOTTEN.format(source.made_at), now)
    os.sync()
    return Restored(Document.objects.count(), source.objects, again, lost, raised, closed, suspended)


def _refuse_a_used_place(settings: Settings) -> None:
    tables = connection.introspection.table_names()
    if Document._meta.db_table in tables and Document.objects.exists():
        raise BadInput("Die Datenbank ist nicht leer.", remedy="Nur in eine leere Datenbank wiederherstellen.")


def _keep_receipts(source: BackupSet, folder: Path) -> None:
    """What was handed over since the backup was made is known better here. Older sets have none."""
    if (source.folder / "uebergaben").is_dir():
        shutil.copytree(source.folder / "uebergaben", folder, dirs_exist_ok=True, copy_function=_unless_there)


def _unless_there(source: str, target: str) -> None:
    if not Path(target).exists():
        shutil.copyfile(source, target)


def _replace(source: str, target: str) -> None:
    """Copy an object, also where one lies already: that one is read-only, and may be damaged."""
    pending = f"{target}.neu"
    shutil.copyfile(source, pending)
    Path(pending).replace(target)


def _keep_journal(source: BackupSet, folder: Path) -> None:
    """The live journal knows more than the backup; without one the backup's goes on. Lines read twice do no harm."""
    for path in (source.folder / "journal").glob("*.jsonl"):
        if not (folder / path.name).exists():
            shutil.copy2(path, folder / path.name)
        else:
            shutil.copy2(path, folder / f"{path.stem}-gesichert-{source.made_at:%Y%m%dT%H%M%SZ}.jsonl")


def _load_database(source: BackupSet) -> None:
    if source.vendor == "postgresql":
        arguments = ("--no-owner", "--clean", "--if-exists", "--exit-on-error", "--single-transaction")
        postgres_call("pg_restore", *arguments, str(source.database))
        return
    connection.close()
    with (
        closing(sqlite3.connect(source.database)) as saved,
        closing(sqlite3.connect(connection.settings_dict["NAME"])) as live,
    ):
        saved.backup(live)


def _take_in_again(lines: list[TakenIn], settings: Settings, now: datetime) -> tuple[int, tuple[str, ...]]:
    """Mail younger than the backup: the same claim, the same document, if the evidence store still has its bytes.

    A claim taken in twice after a crash has two lines; the later one is the one that was committed.
    """
    store, again, lost = ObjectStore(settings.objects), 0, []
    for line in {line.claim_id: line for line in lines}.values():
        if is_committed(line.claim_id):
            continue
        content = store.path(line.sha256)
        if not content.is_file():
            if not (settings.spool / str(line.claim_id)).is_dir():
                lost.append(f"{line.inbox}/{line.original_name} (eingegangen {line.received_at:%d.%m.%Y %H:%M} UTC)")
            continue
        arrival = Arrival(
            claim_id=line.claim_id,
            inbox=line.inbox,
            intake_point=line.intake_point,
            operator=line.operator,
            original_name=line.original_name,
            received_at=line.received_at,
            demo=line.demo,
            document_id=line.document_id,
            token_id=_known_token(line.token_id),
        )
        accept(arrival, content, store, now)
        again += 1
    return again, tuple(lost)


def _known_token(token_id: UUID | None) -> UUID | None:
    """A key made after the backup is gone; what it handed in is not."""
    return token_id if token_id and ApiToken.objects.filter(id=token_id).exists() else None


def _raise_counters(lines: list[Issued]) -> tuple[str, ...]:
    """Counters go on above everything ever given; a document that had its number will have it again."""
    raised: list[str] = []
    known = set(Document.objects.exclude(register_number=None).values_list("register_number", flat=True))
    for numbered in (RegisterEntry, DestructionList, RoutingSlip):
        known |= set(numbered.objects.values_list("number", flat=True))
    known |= {written(PROCEDURE_VERSIONS, 0, row.number) for row in ProcedureVersion.objects.only("number")}
    with transaction.atomic():
        for line in {line.number: line for line in lines}.values():
            counter, _ = NumberSeries.objects.get_or_create(series=line.series, year=line.year)
            if counter.last < line.value:
                NumberSeries.objects.filter(pk=counter.pk).update(last=line.value)
            if line.number in known:
                continue
            if Document.objects.filter(id=line.document_id).exists():
                ReservedNumber.objects.update_or_create(
                    document_id=line.document_id, series=line.series, defaults={"number": line.number}
                )
            else:
                raised.append(line.number)
    return tuple(sorted(raised))
