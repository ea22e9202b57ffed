"""Put the package where the archive fetches it: exactly once, complete or not there at all, `.ready` last."""

import shutil
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from config.city_config import Appraisal, City
from config.settings import load_settings
from pipelines.archive.check import findings
from pipelines.archive.metadata import FORM
from pipelines.archive.package import package_name, write_package
from schemas.durable import fsync_file, fsync_folder
from schemas.errors import BadInput, Unavailable, os_reason
from schemas.states import State
from schemas.values import Delivered, StepResult, Work

__all__ = ["PART", "PENDING", "READY", "Intents", "stage"]

PART = "archive"
PENDING = ".in-arbeit-"
READY = ".ready"
_SAME = "tagmanifest-sha512.txt"


class Intents(Protocol):
    """Commits that something is about to be handed over; withdraws it if it surely was not (an expected failure)."""

    def calling(self, part: str) -> AbstractContextManager[None]: ...


@dataclass(frozen=True, slots=True)
class _Place:
    """Where one package lies: while it is made, when it is whole, and the mark that it may be fetched."""

    root: Path
    name: str

    @property
    def pending(self) -> Path:
        return self.root / f"{PENDING}{self.name}"

    @property
    def final(self) -> Path:
        return self.root / self.name

    @property
    def ready(self) -> Path:
        return self.root / f"{self.name}{READY}"


def stage(work: Work, city: City, intents: Intents) -> StepResult:
    """Staged; or at rest as filed if the archive does not keep the type any more. The filing itself is not touched.

    The intent is committed when the package is whole but still hidden. A later try that finds neither the hidden nor
    the shown package therefore knows that the archive has taken it. BadInput: a person must look.
    """
    appraisal = city.kept_by_archive(work.facts.document_type)
    if appraisal is None:
        return _withdrawn(work)
    place = _Place(load_settings().staging, package_name(work))
    try:
        return _staged(work, place, _handed_over(work, city, appraisal, place, intents))
    except OSError as error:
        raise Unavailable(
            f"Das Archivpaket {place.name} lässt sich nicht bereitstellen "
            f"({error.filename or place.root}: {os_reason(error)}).",
            remedy="Rechte und freien Platz prüfen.",
        ) from error


def _withdrawn(work: Work) -> StepResult:
    unconfirmed = any(event.kind == State.SUBMITTED for event in work.history)
    filed = not unconfirmed and (work.entry is not None or work.tray is None)
    reason = f"Abgelegt als {work.facts.delivered_as}. Für die Dokumentart gilt keine Bewertung A mehr; "
    if PART in work.unclear:
        reason += "ein Paket kann dem Archiv schon übergeben sein. Bitte mit dem Archiv klären."
    else:
        reason += "nichts wird bereitgestellt."
    return StepResult(State.FILED if filed else State.HANDED_OVER, work.facts, reason)


def _staged(work: Work, place: _Place, confirmed: bool) -> StepResult:
    filed = f"Abgelegt als {work.facts.delivered_as}."
    if confirmed:
        reason = f"{filed} Dem Archiv als {place.name} bereitgestellt ({FORM})."
    else:
        reason = (
            f"{filed} Dem Archiv übergeben, unbestätigt: {place.name} liegt nicht mehr im Übergabeordner und wird "
            "nicht noch einmal geschrieben."
        )
    return StepResult(State.STAGED, work.facts, reason, delivered=(Delivered(PART, place.name),))


def _handed_over(work: Work, city: City, appraisal: Appraisal, place: _Place, intents: Intents) -> bool:
    """False if an earlier try had handed it over and the package is gone."""
    begun, shown = PART in work.unclear, place.final.exists()
    if begun and not shown and not place.pending.exists():
        return False
    if not begun and not shown:
        _refuse_old_mark(place)
        _make(work, city, appraisal, place)
    with intents.calling(PART):
        if shown:
            _refuse_other_package(work, city, appraisal, place)
        else:
            _refuse_findings(place.pending)
            place.pending.rename(place.final)
            fsync_folder(place.root)
        place.ready.touch()
        fsync_file(place.ready)
        fsync_folder(place.root)
    return True


def _make(work: Work, city: City, appraisal: Appraisal, place: _Place) -> None:
    if place.pending.exists():
        shutil.rmtree(place.pending)  # lint: unlink - half-made by a crash, never shown
    write_package(work, city, appraisal, place.pending)
    fsync_folder(place.root)


def _refuse_old_mark(place: _Place) -> None:
    if place.ready.exists():
        raise BadInput(
            f"Im Übergabeordner des Archivs liegt {place.ready.name} ohne sein Paket.",
            remedy="Mit dem Archiv klären, ob es das Paket schon hat; sonst die Datei entfernen.",
        )


def _refuse_other_package(work: Work, city: City, appraisal: Appraisal, place: _Place) -> None:
    """What lies there must be what an earlier try made: the same bytes, and whole if the archive was not told yet."""
    expected = work.scratch / place.name
    write_package(work, city, appraisal, expected)
    if (place.final / _SAME).read_bytes() != (expected / _SAME).read_bytes():
        raise BadInput(
            f"Im Übergabeordner des Archivs liegt schon ein anderes Paket {place.name}; es wird nicht überschrieben.",
            remedy="Mit dem Archiv klären, welches gilt, und das falsche entfernen.",
        )
    if not place.ready.exists():
        _refuse_findings(place.final)


def _refuse_findings(package: Path) -> None:
    found = findings(package)
    if found:
        raise BadInput(
            f"Das Archivpaket {package.name} ist nicht in Ordnung: {' '.join(found[:3])}",
            remedy="Bitte den Ordner entfernen und die IT verständigen.",
        )
