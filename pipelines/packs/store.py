"""The folder of installed packs: which judge on a day, install, change, remove, check against the recorded hashes."""

import os
import re
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from uuid import uuid4

from pipelines.packs.configuration import read_configuration
from pipelines.packs.schemas import recognised
from pipelines.packs.unpack import hash_of, refused, unpack
from schemas.durable import fsync_file, fsync_folder
from schemas.errors import BadInput, ConfigurationError, os_reason
from schemas.german_time import day_in_germany
from schemas.rule_pack import BUILTIN, RECORD, PackKind, RulePack, record_of

__all__ = [
    "FILES",
    "change",
    "damaged",
    "folder_of",
    "install",
    "installed",
    "packs_for",
    "recorded",
    "remove",
    "whole",
]

FILES = "files"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_VERSION = re.compile(r"\d+(?:\.\d+)+")
_EDITION = re.compile(r"\bversion\b|\bv?\d+(?:\.\d+)+\b|\b\d{4}-\d\d-\d\d\b", re.IGNORECASE)
_HIDDEN = "."


def installed(packs: Path) -> list[RulePack]:
    """The records of all packs, in the order of their place, newest first. ConfigurationError if one is broken."""
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
    return sorted(sorted(found, key=lambda pack: pack.age, reverse=True), key=lambda pack: pack.place)


def packs_for(packs: Path, day: date) -> tuple[Path, ...]:
    """The folders of the validator configurations valid for what was received on that day; none: the built-in rules."""
    valid = (pack for pack in installed(packs) if pack.kind is PackKind.CONFIGURATION and pack.valid_on(day))
    return tuple(packs / pack.name for pack in valid)


def folder_of(packs: Path, name: str) -> Path:
    """The folder of a pack by its name. BadInput if there is none."""
    if name not in {pack.name for pack in installed(packs)}:
        raise BadInput(f"Ein Paket {name} ist nicht installiert.", remedy="posteingang packs list zeigt alle.")
    return packs / name


def install(
    source: Path,
    packs: Path,
    *,
    now: datetime,
    compile_pack: Callable[[Path], None],
    options: Mapping[str, object] | None = None,
) -> RulePack:
    """Install the zip. `options` are fields of the record that are not taken from the pack. BadInput if it is no pack.

    Nobody sees the pack before it is complete, compiled and on the disk.
    """
    try:
        if source.exists() and not source.is_file() and not source.is_dir():
            raise BadInput(f"{source} ist keine gewöhnliche Datei.", remedy="Bitte den Pfad prüfen.")
        sha256 = hash_of(source)
    except OSError as error:
        raise BadInput(f"{source}: {os_reason(error)}.", remedy="Bitte den Pfad prüfen.") from None
    name = _name(source, sha256, packs)
    packs.mkdir(parents=True, exist_ok=True)
    pending = packs / f"{_HIDDEN}neu-{uuid4()}"
    (pending / FILES).mkdir(parents=True)
    try:
        hashes = unpack(source, pending / FILES)
        known = {"name": name, "source": source.name, "sha256": sha256, "installed_at": now, "files": hashes}
        record = _checked(known | _content(pending / FILES, name, day_in_germany(now)) | dict(options or {}))
        _write_record(pending, record)
        compile_pack(pending)
        pending.rename(packs / name)
    finally:
        with suppress(FileNotFoundError):
            shutil.rmtree(pending)  # lint: unlink - what did not become a pack
    fsync_folder(packs)
    return record


def change(packs: Path, name: str, options: Mapping[str, object]) -> RulePack:
    """Change these fields of the record of an installed pack. BadInput if there is none, or they do not fit."""
    folder = folder_of(packs, name)
    changed = _checked(record_of(folder).model_dump() | dict(options))
    _write_record(folder, changed)
    return changed


def remove(packs: Path, name: str, *, today: date, force: bool = False) -> None:
    """Take the pack away at once; then its files. BadInput if it was valid before: what it judged needs it."""
    folder = folder_of(packs, name)
    record = record_of(folder)
    if record.kind is PackKind.CONFIGURATION and record.active and record.valid_from <= today and not force:
        since = max(record.valid_from, day_in_germany(record.installed_at))
        raise BadInput(
            f"Nach {name} wird seit dem {since:%d.%m.%Y} geprüft; ohne das Paket lässt sich keine dieser "
            "Prüfungen wiederholen.",
            remedy=f"posteingang packs set {name} --until JJJJ-MM-TT beendet die Gültigkeit; --force entfernt es doch.",
        )
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


def recorded(folder: Path) -> RulePack:
    """The record of the pack in that folder. ConfigurationError if there is none."""
    try:
        return record_of(folder)
    except (OSError, ValueError) as error:
        raise _broken(folder, type(error).__name__) from None


def whole(folder: Path) -> RulePack:
    """The record of a pack whose files are as they were installed. ConfigurationError if they are not."""
    record = recorded(folder)
    if changes := damaged(folder):
        raise ConfigurationError(
            f"Das Paket {folder.name} ist verändert: {changes[0]}",
            remedy=f"Mit posteingang packs remove {folder.name} --force entfernen und neu installieren.",
        )
    return record


def _content(files: Path, name: str, today: date) -> dict[str, object]:
    """What kind of pack that is, of which standard and version, by its files."""
    if (files / "scenarios.xml").is_file():
        configuration = read_configuration(files)
        version = _VERSION.search(configuration.name) or _VERSION.search(name)
        return {
            "kind": PackKind.CONFIGURATION,
            "standard": "-".join(re.findall(r"\w+", _EDITION.sub(" ", configuration.name).lower())) or name,
            "version": version[0] if version else configuration.date.isoformat(),
            "title": configuration.name,
            "date": configuration.date,
            "valid_from": configuration.date,
        }
    schemas = recognised(files)
    if schemas is None:
        raise refused("Im Paket fehlt scenarios.xml, und Schemas eines bekannten Standards (xdomea) enthält es nicht.")
    return {
        "kind": PackKind.SCHEMAS,
        "standard": schemas.standard,
        "version": schemas.version,
        "title": f"{schemas.standard} {schemas.version}",
        "date": today,
        "valid_from": today,
    }


def _name(source: Path, sha256: str, packs: Path) -> str:
    for pack in installed(packs):
        if pack.sha256 == sha256:
            raise BadInput(
                f"{source.name} ist schon installiert, als {pack.name}.",
                remedy=f"Gültigkeit und Reihenfolge ändert posteingang packs set {pack.name}.",
            )
    name = source.stem
    if not _NAME.fullmatch(name) or name == BUILTIN:
        raise BadInput(
            f"„{name}“ taugt nicht als Name eines Pakets (Buchstaben, Ziffern, Punkt, Strich).",
            remedy="Bitte die Datei umbenennen.",
        )
    if (packs / name).exists():
        raise BadInput(
            f"Ein anderes Paket {name} ist schon installiert.",
            remedy=f"Die Datei anders nennen, oder zuerst posteingang packs remove {name}.",
        )
    return name


def _checked(values: dict[str, object]) -> RulePack:
    try:
        return RulePack.model_validate(values)
    except ValueError:
        raise BadInput(
            "Der letzte Tag eines Pakets liegt vor dem ersten.", remedy="Bitte --from und --until prüfen."
        ) from None


def _write_record(folder: Path, record: RulePack) -> None:
    path, pending = folder / RECORD, folder / f".{RECORD}"
    pending.write_text(record.model_dump_json(indent=1), encoding="utf-8")
    fsync_file(pending)
    os.replace(pending, path)  # noqa: PTH105
    fsync_folder(folder)


def _broken(folder: Path, why: str) -> ConfigurationError:
    return ConfigurationError(
        f"Der Ordner {folder} ist kein lesbares Paket ({why}).", remedy="Den Ordner prüfen oder entfernen."
    )
