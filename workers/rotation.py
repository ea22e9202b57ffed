"""Logs of bounded age and size. Only the supervisor rotates, and only by renaming: writers notice (config/logs.py)."""

from datetime import date, datetime, timedelta
from pathlib import Path

__all__ = ["Rotation"]

_LARGEST_FILE = 10 * 1024 * 1024
_LIVE = ("*.log", "*.out")
_ROTATED = ("*.log.*", "*.out.*")


class Rotation:
    """Of one log folder: a file is put aside when its day is over or it is large; what is old, or too much, goes."""

    def __init__(self, folder: Path, *, days: int, total: int, largest: int = _LARGEST_FILE) -> None:
        self._folder = folder
        self._age = timedelta(days=days)
        self._total = total
        self._largest = largest
        self._began: dict[str, date] = {}

    def look(self, now: datetime) -> None:
        """Called again and again; does nothing while nothing is due."""
        for path in (path for pattern in _LIVE for path in self._folder.glob(pattern)):
            self._put_aside_if_due(path, now)
        self._thin_out(now)

    def _put_aside_if_due(self, path: Path, now: datetime) -> None:
        status = path.stat()
        written = datetime.fromtimestamp(status.st_mtime, now.tzinfo).date()
        began = self._began.setdefault(path.name, written)
        if not status.st_size:
            self._began[path.name] = now.date()
        elif began != now.date() or status.st_size >= self._largest:
            path.rename(path.with_name(f"{path.name}.{now:%Y%m%dT%H%M%S.%f}"))
            self._began[path.name] = now.date()

    def _thin_out(self, now: datetime) -> None:
        """The newest stay, as long as they are young enough and fit together into the bound."""
        kept = 0
        found = [(path.stat(), path) for pattern in _ROTATED for path in self._folder.glob(pattern)]
        for status, path in sorted(found, key=lambda item: item[0].st_mtime, reverse=True):
            kept += status.st_size
            if kept > self._total or now.timestamp() - status.st_mtime > self._age.total_seconds():
                path.unlink()  # lint: unlink - old logs
