"""The folder of installed rule packs: which judges on a day, install, remove, check against the recorded hashes."""

import os
import re
import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from uuid import uuid4

from pipelines.invoice.packs.configuration import read_configuration, refused
from pipelines.invoice.packs.unpack import hash_of, unpack
from schemas.durable import fsync_file, fsync_folder
from schemas.errors import BadInput, ConfigurationError, os_reason
from schemas.rule_pack import BUILTIN, RECORD, RulePack, record_of

__all__ = ["FILES", "damaged", "folder_of", "install", "installed", "pack_for", "remove"]

FILES = "files"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_HIDDEN = "."


def installed(packs: Path) -> list[RulePack]:
    """The records of all packs, the one that would judge first at the front. ConfigurationError if one is broken."""
    found: list[RulePack] = []
    for folder in packs.iterdir() if packs.is_dir() else ():
        if folder.name.startswith(_HIDDEN) or not folder.is_dir():
            continue
        try:
            found.append(record_of(folder))
        except FileNotFoundError:
            if folder.is_dir():
                raise _broken(folder, "pack.json fehlt") from None
        except (OSError, ValueError) as error:
            raise _broken(folder, type(error).__name__) from None
    return sorted(found, key=lambda pack: pack.rank, reverse=True)


def pack_for(packs: Path, day: date) -> Path | None:
    """The folder of the pack that judges what was received on that day; None for the built-in rules alone."""
    return next((packs / pack.name for pack in installed(packs) if pack.valid_on(day)), None)


def folder_of(packs: Path, name: str) -> Path:
    """The folder of a pack by its name. BadInput if there is none."""
    if name not in {pack.name for pack in installed(packs)}:
        raise BadInput(f"Ein Regelpaket {name} ist nicht installiert.", remedy="posteingang packs list zeigt alle.")
    return packs / name


def install(
    source: Path,
    packs: Path,
    *,
    now: datetime,
    compile_pack: Callable[[Path], None],
    valid_from: date | None = None,
    valid_until: date | None = None,
    active: bool | None = None,
) -> tuple[RulePack, bool]:
    """Install the zip; the record, and True if it is new here. What is installed already only gets the options named.

    Nobody sees the pack before it is complete, compiled and on the disk.
    """
    options = {"valid_from": valid_from, "valid_until": valid_until, "active": active}
    named = {name: value for name, value in options.items() if value is not None}
    try:
        sha256 = hash_of(source)
    except OSError as error:
        raise BadInput(f"{source}: {os_reason(error)}.", remedy="Bitte den Pfad prüfen.") from None
    for pack in installed(packs):
        if pack.sha256 == sha256:
            changed = _checked(pack.model_dump() | named)
            if changed != pack:
                _write_record(packs / pack.name, changed)
            return changed, False
    name = _name(source, packs)
    packs.mkdir(parents=True, exist_ok=True)
    pending = packs / f"{_HIDDEN}neu-{uuid4()}"
    (pending / FILES).mkdir(parents=True)
    try:
        hashes = unpack(source, pending / FILES)
        configuration = read_configuration(pending / FILES)
        record = _checked(
            {
                "name": name,
                "title": configuration.name,
                "source": source.name,
                "sha256": sha256,
                "date": configuration.date,
                "installed_at": now,
                "valid_from": configuration.date,
                "files": hashes,
            }
            | named
        )
        _write_record(pending, record)
        compile_pack(pending)
        pending.rename(packs / name)
    finally:
        with suppress(FileNotFoundError):
            shutil.rmtree(pending)  # lint: unlink - what did not become a pack
    fsync_folder(packs)
    return record, True


def remove(packs: Path, name: str) -> None:
    """Take the pack away at once; then its files."""
    folder = folder_of(packs, name)
    leaving = packs / f"{_HIDDEN}weg-{uuid4()}"
    folder.rename(leaving)
    fsync_folder(packs)
    shutil.rmtree(leaving)  # lint: unlink - an installed copy of a published file


def damaged(folder: Path) -> list[str]:
    """Every difference between the files of a pack and its record, as German sentences."""
    record = record_of(folder)
    files = folder / FILES
    present = {path.relative_to(files).as_posix(): path for path in files.rglob("*") if not path.is_dir()}
    found = [f"{name} fehlt." for name in sorted(record.files.keys() - present.keys())]
    found += [f"{name} gehört nicht zum Paket." for name in sorted(present.keys() - record.files.keys())]
    for name in sorted(record.files.keys() & present.keys()):
        if present[name].is_symlink() or hash_of(present[name]) != record.files[name]:
            found.append(f"{name} ist verändert.")
    return found


def _name(source: Path, packs: Path) -> str:
    name = source.stem
    if not _NAME.fullmatch(name) or name == BUILTIN:
        raise refused(f"„{name}“ taugt nicht als Name eines Regelpakets (Buchstaben, Ziffern, Punkt, Strich).")
    if (packs / name).exists():
        raise BadInput(
            f"Ein anderes Regelpaket {name} ist schon installiert.",
            remedy=f"Zuerst posteingang packs remove {name}, oder die Datei anders nennen.",
        )
    return name


def _checked(values: dict[str, object]) -> RulePack:
    try:
        return RulePack.model_validate(values)
    except ValueError:
        raise BadInput(
            "Der letzte Tag eines Regelpakets liegt vor dem ersten.", remedy="--from, --until prüfen."
        ) from None


def _write_record(folder: Path, record: RulePack) -> None:
    path, pending = folder / RECORD, folder / f".{RECORD}"
    pending.write_text(record.model_dump_json(indent=1), encoding="utf-8")
    fsync_file(pending)
    os.replace(pending, path)  # noqa: PTH105
    fsync_folder(folder)


def _broken(folder: Path, why: str) -> ConfigurationError:
    return ConfigurationError(
        f"Der Ordner {folder} ist kein lesbares Regelpaket ({why}).", remedy="Den Ordner prüfen oder entfernen."
    )
