"""Back up a running installation: database, evidence, journal, rules, what waits in the spool. No stop is needed.

Objects are written before any row refers to them and are not replaced; so a database copied first and objects copied
afterwards belong together. The set is complete when it has its final name, and says the hash of everything in it.
"""

import json
import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from django.db import connection

from config.settings import Settings
from records.models import BackupRun, Document, StoredObject
from schemas.digest import digest_of_file
from schemas.durable import fsync_folder
from schemas.errors import BadInput, ConfigurationError

__all__ = ["BackupSet", "back_up", "note_backup", "postgres_call", "read_set", "remove_old_sets", "verify_set"]

_MANIFEST = "manifest.json"
_PREFIX = "posteingang-"
_PENDING = ".in-arbeit-"
_SET_NAME = re.compile(rf"{_PREFIX}\d{{8}}T\d{{6}}Z")


@dataclass(frozen=True, slots=True)
class BackupSet:
    """One finished backup: where it lies, when it was made, what it holds."""

    folder: Path
    made_at: datetime
    vendor: str
    documents: int
    objects: int
    files: dict[str, str]

    @property
    def database(self) -> Path:
        return self.folder / f"database.{self.vendor}"


def back_up(settings: Settings, target: Path, now: datetime) -> BackupSet:
    """A new set below `target`; objects that an earlier set there holds are linked, not copied again.

    BadInput if an object of the store is missing or damaged: a backup must not hide that.
    """
    name = f"{_PREFIX}{now:%Y%m%dT%H%M%SZ}"
    pending, final = target / f"{_PENDING}{name}", target / name
    earlier = _latest(target)
    for leftover in target.glob(f"{_PENDING}*"):
        shutil.rmtree(leftover)  # lint: unlink - half-made by an interrupted backup
    pending.mkdir(parents=True)
    _dump_database(pending)
    for folder, label in (
        (settings.spool, "spool"),
        (settings.journal_folder, "journal"),
        (settings.city, "city"),
        (settings.packs, "packs"),
        (settings.models, "models"),
        (settings.receipts, "uebergaben"),
    ):
        _copy_folder(folder, pending / label)
    kept = StoredObject.objects.filter(condemned_at=None)
    listed = kept.order_by("sha256").values_list("sha256", flat=True)
    wanted = [sha256 for sha256 in list(listed) if _copied(sha256, settings.objects, pending / "objects", earlier)]
    manifest = {
        "made_at": now.isoformat(),
        "vendor": connection.vendor,
        "documents": Document.objects.count(),
        "objects": len(wanted),
        "files": dict(_hashes(pending)),
    }
    (pending / _MANIFEST).write_text(json.dumps(manifest, indent=1, ensure_ascii=False), encoding="utf-8")
    os.sync()
    pending.rename(final)
    fsync_folder(target)
    return read_set(final)


def note_backup(made: BackupSet, now: datetime) -> BackupRun:
    """Keep that this set was finished: paper may go only after a backup that began when its scan was filed."""
    return BackupRun.objects.create(
        begun_at=made.made_at,
        finished_at=now,
        name=made.folder.name,
        documents=made.documents,
        objects_held=made.objects,
    )


def remove_old_sets(target: Path, keep: int) -> tuple[Path, ...]:
    """Remove finished sets below `target` but the newest `keep`; nothing else there is touched. Returns what went.

    A set is renamed first: what an interruption leaves half removed is no set any more.
    """
    gone = _finished(target)[:-keep]
    for folder in gone:
        pending = folder.with_name(f"{_PENDING}{folder.name}")
        folder.rename(pending)
        shutil.rmtree(pending)  # lint: unlink - a backup beyond those that are kept
    return tuple(gone)


def _finished(target: Path) -> list[Path]:
    """Finished sets, the oldest first: their names are times."""
    found = (path for path in target.iterdir() if _SET_NAME.fullmatch(path.name) and not path.is_symlink())
    return sorted(path for path in found if (path / _MANIFEST).is_file())


def _latest(target: Path) -> BackupSet | None:
    """The newest finished set below that folder."""
    found = _finished(target) if target.is_dir() else []
    return read_set(found[-1]) if found else None


def read_set(folder: Path) -> BackupSet:
    """A set by its manifest; BadInput if the folder is none."""
    try:
        manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        return BackupSet(
            folder=folder,
            made_at=datetime.fromisoformat(manifest["made_at"]),
            vendor=manifest["vendor"],
            documents=manifest["documents"],
            objects=manifest["objects"],
            files=manifest["files"],
        )
    except (OSError, ValueError, KeyError) as error:
        raise BadInput(f"{folder} ist keine vollständige Sicherung ({type(error).__name__}).") from None


def verify_set(found: BackupSet) -> Iterator[str]:
    """Every difference between the set and its manifest, and every object that is not what its name says (German)."""
    present = dict(_hashes(found.folder))
    for name, digest in found.files.items():
        if name not in present:
            yield f"{name} fehlt."
        elif present[name] != digest:
            yield f"{name} ist verändert."
    objects = [path for path in (found.folder / "objects").rglob("*") if path.is_file()]
    if len(objects) != found.objects:
        yield f"{found.objects} Belege sollen da sein, {len(objects)} sind da."
    for path in objects:
        if digest_of_file(path).sha256 != path.name:
            yield f"Beleg {path.name} ist verändert."


def _program(name: str) -> str:
    """Path of pg_dump or pg_restore; ConfigurationError if PostgreSQL's client programs are missing."""
    found = shutil.which(name) or next((str(path) for path in Path("/usr/lib/postgresql").glob(f"*/bin/{name}")), None)
    if found is None:
        raise ConfigurationError(f"Das Programm {name} fehlt.", remedy="apt-get install postgresql-client")
    return found


def postgres_call(program: str, *arguments: str) -> None:
    """Run a client program on the configured database; BadInput with its own words if it fails."""
    place = connection.settings_dict
    environment = os.environ | {"PGPASSWORD": str(place["PASSWORD"] or "")}
    options = [
        f"--{key}={place[name]}"
        for key, name in (("host", "HOST"), ("port", "PORT"), ("username", "USER"))
        if place[name]
    ]
    done = subprocess.run(
        (_program(program), *options, f"--dbname={place['NAME']}", *arguments),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BadInput(f"{program} ist gescheitert: {done.stderr.strip().splitlines()[-1] if done.stderr else '?'}")


def _dump_database(folder: Path) -> None:
    """One consistent state, while others write on."""
    if connection.vendor == "postgresql":
        postgres_call("pg_dump", "--format=custom", "--no-owner", f"--file={folder / 'database.postgresql'}")
        return
    with (
        closing(sqlite3.connect(f"file:{quote(str(connection.settings_dict['NAME']))}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(folder / "database.sqlite")) as copy,
    ):
        source.backup(copy)


def _copy_folder(source: Path, target: Path) -> None:
    """Files as they are now; what vanishes meanwhile was committed meanwhile, and is in the journal."""
    target.mkdir()
    for path in sorted(source.rglob("*")):
        place = target / path.relative_to(source)
        try:
            if path.is_file() and not path.is_symlink():
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, place)
        except FileNotFoundError:
            place.unlink(missing_ok=True)  # lint: unlink - our own copy


def _copied(sha256: str, store: Path, target: Path, earlier: BackupSet | None) -> bool:
    """False for an object that was removed as planned while the backup runs: it is not missing."""
    try:
        _copy_object(sha256, store, target, earlier)
    except BadInput:
        if StoredObject.objects.filter(sha256=sha256, condemned_at=None).exists():
            raise
        place = target / sha256[:2] / sha256[2:4] / sha256
        place.unlink(missing_ok=True)  # lint: unlink - our own copy of what is not to be kept
        return False
    return True


def _copy_object(sha256: str, store: Path, target: Path, earlier: BackupSet | None) -> None:
    """Every object is read once in the store; one that an earlier set still holds unharmed is linked."""
    place = Path(sha256[:2]) / sha256[2:4] / sha256
    (target / place).parent.mkdir(parents=True, exist_ok=True)
    known = earlier.folder / "objects" / place if earlier is not None else None
    try:
        if known is not None and known.is_file() and digest_of_file(known).sha256 == sha256:
            found = digest_of_file(store / place).sha256
            os.link(known, target / place)
        else:
            shutil.copyfile(store / place, target / place)
            found = digest_of_file(target / place).sha256
    except FileNotFoundError:
        raise BadInput(f"Beleg {sha256} fehlt im Beleg-Speicher.", remedy="posteingang store verify") from None
    if found != sha256:
        raise BadInput(f"Beleg {sha256} ist im Beleg-Speicher verändert.", remedy="posteingang store verify")


def _hashes(folder: Path) -> Iterator[tuple[str, str]]:
    """Name and SHA-256 of everything but the objects, which are named by their hash."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_file() and name.parts[0] != "objects" and name.name != _MANIFEST:
            yield name.as_posix(), digest_of_file(path).sha256
