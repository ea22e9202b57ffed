"""Files of master data: taken out of their folder by rename, read, taken over or refused, and put where that shows."""

import hashlib
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from config.accounting_config import ImportRules
from pipelines.intake.complete import is_marker, is_working_name
from pipelines.master_data.entries import judge
from pipelines.master_data.fields import kind_of
from pipelines.master_data.tables import rows_of
from records.master_data import take_over
from records.models import MasterDataImport
from schemas.accounting import MasterDataKind
from schemas.errors import BadInput, os_reason
from schemas.master_data import MasterDataFile

__all__ = ["DONE", "REFUSED", "WAITING", "Outcome", "import_file", "round_of_master_data"]

_CLAIMED, DONE, REFUSED, WAITING = "in_arbeit", "erledigt", "abgelehnt", "zu_bestaetigen"
_SETTLED = timedelta(seconds=60)
_LARGEST = 200 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file. `row` None: its name says no kind, nothing was read. `complaint`: German."""

    name: str
    row: MasterDataImport | None
    complaint: str = ""

    @property
    def folder(self) -> str:
        """Where the file lies now, inside the import folder."""
        if self.row is None or (self.row.generation is None and not self.row.awaits):
            return REFUSED
        return WAITING if self.row.awaits else DONE


def round_of_master_data(folder: Path, rules: ImportRules, now: datetime) -> list[Outcome]:
    """Everything that lies in the folder and stands still. What a crash left claimed is read again: it does no harm."""
    claimed = folder / _CLAIMED
    claimed.mkdir(parents=True, exist_ok=True)
    for path in _settled(folder, now):
        try:
            path.rename(_free_place(claimed, path.name))
        except FileNotFoundError:
            continue  # somebody else was faster
    outcomes = []
    for path in sorted(claimed.iterdir()):
        try:
            outcome = import_file(path, rules, actor="nächtliche Übernahme", now=now)
        except BadInput as refused:
            outcome = Outcome(path.name, None, str(refused))
        _lay_down(path, folder / outcome.folder, outcome)
        outcomes.append(outcome)
    return outcomes


def import_file(path: Path, rules: ImportRules, *, actor: str, now: datetime, confirmed: bool = False) -> Outcome:
    """Read one file and take it over, or say why not. The file itself stays where it is."""
    kind = kind_of(path.name)
    if kind is None:
        known = ", ".join(each.value for each in MasterDataKind)
        return Outcome(
            path.name, None, f"Der Dateiname muss mit der Art beginnen ({known}) und auf .csv oder .xml enden."
        )
    content = _content(path)
    try:
        file = judge(kind, rows_of(content, kind, rules.columns.get(kind, {})))
    except BadInput as refused:
        file = MasterDataFile((), 0, (str(refused),), ())
    row = take_over(
        kind,
        file,
        name=path.name,
        sha256=hashlib.sha256(content).hexdigest(),
        actor=actor,
        now=now,
        largest_loss=rules.largest_loss,
        confirmed=confirmed,
    )
    return Outcome(path.name, row, "\n".join(row.complaints))


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > _LARGEST:
            raise BadInput(f"{path.name}: größer als {_LARGEST // 2**20} MB.", remedy="Bitte in Teilen exportieren.")
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path}: nicht lesbar ({os_reason(error)}).") from None


def _settled(folder: Path, now: datetime) -> Iterator[Path]:
    """Regular files that nobody has written to for a while; links are never followed."""
    for path in sorted(folder.iterdir()):
        if is_working_name(path.name) or is_marker(path.name):
            continue
        found = path.lstat()
        if stat.S_ISREG(found.st_mode) and now.timestamp() - found.st_mtime >= _SETTLED.total_seconds():
            yield path


def _lay_down(path: Path, folder: Path, outcome: Outcome) -> None:
    folder.mkdir(exist_ok=True)
    place = _free_place(folder, path.name)
    if outcome.complaint:
        place.with_name(f"{place.name}.bericht.txt").write_text(outcome.complaint + "\n", encoding="utf-8")
    path.rename(place)


def _free_place(folder: Path, name: str) -> Path:
    """`name`, or with a number in front of its ending: an earlier file of that name stays."""
    place, number = folder / name, 1
    while place.exists():
        number += 1
        place = folder / f"{Path(name).stem}-{number}{Path(name).suffix}"
    return place
