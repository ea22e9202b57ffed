"""A folder in the inbox: has the whole batch arrived, and can all of it be taken? Links are seen, never followed."""

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.intake.complete import Look, Verdict, is_marker, is_working_name, without_end
from pipelines.intake.names import printable
from pipelines.intake.unpack import is_left_out

__all__ = ["FolderLook", "judge_folder", "look_into"]

_MOST_FOLDERS = 1
_LISTED = 3


@dataclass(frozen=True, slots=True)
class FolderLook:
    """What one look into a folder saw. `look.size`: bytes of all files, `look.mtime_ns`: the sum of all times.

    `obstacles`: why it cannot be taken as it is (German). `marked`: an end marker lies in it. `index`: what lies beside
    it and goes with it; it counts in `look` as well.
    """

    look: Look
    pages: tuple[Path, ...]
    marked: bool
    obstacles: tuple[str, ...] = ()
    index: tuple[Path, ...] = ()


@dataclass(slots=True)
class _Seen:
    size: int = 0
    times: int = 0
    files: int = 0
    marked: bool = False
    pages: list[Path] = field(default_factory=list)
    obstacles: list[str] = field(default_factory=list)


def look_into(
    folder: Path, previous: Look | None, now: float, *, index: Sequence[Path] = (), max_files: int, max_bytes: int
) -> FolderLook:
    """A new look at the folder, one level of folders in it, and the index beside it; OSError passes through."""
    seen = _Seen(times=folder.stat().st_mtime_ns)
    _walk(folder, "", 0, seen, max_files)
    for path in index:
        found = path.lstat()
        seen.size, seen.times = seen.size + found.st_size, seen.times + found.st_mtime_ns
    if seen.files > max_files:
        seen.obstacles = [f"mehr als {max_files} Dateien; bitte in mehrere Ordner teilen"]
    elif seen.size > max_bytes:
        seen.obstacles = [f"größer als {max_bytes // 1000**2} MB; bitte in mehrere Ordner teilen"]
    same = previous is not None and (previous.size, previous.mtime_ns) == (seen.size, seen.times)
    look = Look(seen.size, seen.times, previous.since if same and previous is not None else now)
    return FolderLook(look, tuple(seen.pages), seen.marked, tuple(seen.obstacles[:_LISTED]), tuple(index))


def judge_folder(
    found: FolderLook, now: float, *, marked: bool, marker_wanted: bool, stable_seconds: float, trailer_grace: float
) -> Verdict:
    """Complete if a marker says so, or everything has stood still and every file has its end.

    `marked`: a marker stands beside it. `marker_wanted`: without one it is never complete.
    """
    if found.obstacles:
        return Verdict(False, f"Ordner nicht übernehmbar: {'; '.join(found.obstacles)}")
    if not found.pages:
        return Verdict(False, "Ordner ist leer")
    if marked or found.marked:
        return Verdict(True)
    still = now - found.look.since
    if marker_wanted:
        return Verdict(False, "Ordner wartet auf seine Endemarke")
    if still < stable_seconds:
        return Verdict(False, "Ordner wird noch geschrieben")
    if working := [path.name for path in found.pages if is_working_name(path.name)]:
        return Verdict(False, f"Ordner wird noch geschrieben: {printable(working[0])} trägt einen Arbeitsnamen")
    if still < trailer_grace:
        for path in (*found.pages, *found.index):
            if path.stat().st_size == 0:
                return Verdict(False, f"Ordner: {printable(path.name)} ist noch leer")
            if form := without_end(path):
                return Verdict(False, f"Ordner: {printable(path.name)} ist ein {form} ohne Ende")
    return Verdict(True)


def _walk(folder: Path, inside: str, depth: int, seen: _Seen, max_files: int) -> None:
    """Count what is there, and note what stands against taking it."""
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        seen.obstacles.append(f"keine Rechte für den Ordner {inside or printable(folder.name)}")
        return
    with os.scandir(folder) as entries:
        listed = sorted(entries, key=lambda entry: entry.name)
    for entry in listed:
        if seen.files > max_files:
            return
        name, found = f"{inside}{printable(entry.name)}", entry.stat(follow_symlinks=False)
        seen.times += found.st_mtime_ns
        if stat.S_ISDIR(found.st_mode) and depth < _MOST_FOLDERS:
            _walk(Path(entry.path), f"{name}/", depth + 1, seen, max_files)
        elif stat.S_ISDIR(found.st_mode):
            seen.obstacles.append(f"{name} ist ein Ordner im Unterordner")
        elif stat.S_ISLNK(found.st_mode):
            seen.obstacles.append(f"{name} ist eine symbolische Verknüpfung und wird nicht verfolgt")
        elif not stat.S_ISREG(found.st_mode) or not os.access(entry.path, os.R_OK):
            seen.obstacles.append(f"{name} ist nicht lesbar")
        else:
            _count(Path(entry.path), found.st_size, depth, seen)


def _count(path: Path, size: int, depth: int, seen: _Seen) -> None:
    seen.files, seen.size = seen.files + 1, seen.size + size
    if is_marker(path.name):
        seen.marked = seen.marked or depth == 0
    elif not is_left_out(path.name):
        seen.pages.append(path)
