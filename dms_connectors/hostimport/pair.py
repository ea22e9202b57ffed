"""Where one pair of document and control file lies: half-made, waiting, refused, put aside."""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePath
from uuid import UUID

from schemas.durable import copy_durably, fsync_folder, write_durably

__all__ = ["CONTROL", "Pair", "Refusal", "base_name", "refusal_of", "refused_controls"]

CONTROL = ".jpl"
PENDING = ".tmp"
_ASIDE = ".beiseite-"
_TOLD = frozenset({".err", ".error", ".log", ".txt"})
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")
_OURS = re.compile(r"_[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_LONGEST_NUMBER = 60
_LONGEST_TELLING = 300


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair in the import folder. The control file comes last: without it the import touches nothing."""

    folder: Path
    base: str
    suffix: str

    @property
    def document(self) -> Path:
        return self.folder / f"{self.base}{self.suffix}"

    @property
    def control(self) -> Path:
        return self.folder / f"{self.base}{CONTROL}"

    def prepare(self, content: Path, control: bytes) -> None:
        """Both files durably under their temporary names."""
        self.discard()
        copy_durably(content, _pending(self.document))
        write_durably(control, _pending(self.control))
        fsync_folder(self.folder)

    def show(self) -> None:
        _pending(self.document).replace(self.document)
        _pending(self.control).replace(self.control)
        fsync_folder(self.folder)

    def discard(self) -> None:
        """What was never shown."""
        for path in (_pending(self.control), _pending(self.document)):
            path.unlink(missing_ok=True)  # lint: unlink - half-made, never shown


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the import refused: every file of the pair it left, and its own words."""

    files: tuple[Path, ...]
    words: str


def base_name(register_number: str, document_id: UUID) -> str:
    """Register number and our id, in characters every system takes."""
    return f"{re.sub(r'[^A-Za-z0-9-]', '-', register_number)[:_LONGEST_NUMBER]}_{document_id}"


def suffix_of(file_name: str) -> str:
    """The document's suffix; what would be taken for a control file, or is none, becomes .bin."""
    suffix = PurePath(file_name).suffix.lower()
    return suffix if _SUFFIX.fullmatch(suffix) and suffix not in {CONTROL, ".upd", PENDING, *_TOLD} else ".bin"


def is_pending(folder: Path, base: str) -> bool:
    """Prepared, and not shown."""
    return _pending(folder / f"{base}{CONTROL}").exists()


def is_waiting(folder: Path, base: str) -> bool:
    """Some of the pair lies where the import fetches it."""
    return any(_in_use(path) for path in folder.glob(f"{base}.*"))


def refusal_of(folder: Path, errors: Path | None, document_id: UUID, encoding: str) -> Refusal | None:
    """What lies of that document in the error folder, whatever its layout, or beside a message in the import folder."""
    found = [path for path in errors.rglob(f"*{document_id}*") if _in_use(path)] if errors is not None else []
    beside = [path for path in folder.glob(f"*{document_id}.*") if _in_use(path)]
    if any(path.suffix.lower() in _TOLD for path in beside):
        found += beside
    if not found:
        return None
    found.sort(key=lambda path: path.suffix.lower() != CONTROL)
    return Refusal(tuple(found), _words(found, encoding))


def put_aside(refusal: Refusal, now: datetime) -> None:
    """Kept where it lies under a name the import does not take; the control file first."""
    for path in refusal.files:
        path.rename(path.with_name(f"{path.name}{_ASIDE}{now:%Y%m%dT%H%M%S%f}"))
        fsync_folder(path.parent)


def refused_controls(errors: Path) -> list[Path]:
    """Control files of ours among the errors."""
    return [path for path in errors.rglob(f"*{CONTROL}") if _OURS.search(path.name)]


def waiting_controls(folder: Path) -> list[Path]:
    """Control files of ours that wait to be fetched."""
    return [path for path in folder.glob(f"*{CONTROL}") if _OURS.search(path.name)]


def _pending(path: Path) -> Path:
    return path.with_name(f"{path.name}{PENDING}")


def _in_use(path: Path) -> bool:
    return path.suffix != PENDING and _ASIDE not in path.name and path.is_file()


def _words(files: list[Path], encoding: str) -> str:
    """What the import says about it, as one line."""
    for path in files:
        if path.suffix.lower() in _TOLD:
            with path.open("rb") as reader:
                text = reader.read(4096).decode(encoding, errors="replace")
            return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:_LONGEST_TELLING]
    return ""
