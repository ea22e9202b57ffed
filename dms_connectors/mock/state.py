"""What the stand-in remembers: objects in SQLite, content as files; durable before anything is confirmed."""

import hashlib
import json
import os
import re
import sqlite3
import threading
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

__all__ = ["MockObject", "MockState"]

_ID = re.compile(r"P[0-9]{9}")
_TABLES = """
CREATE TABLE IF NOT EXISTS sessions (token TEXT PRIMARY KEY, expires TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS objects (
  number INTEGER PRIMARY KEY AUTOINCREMENT, category TEXT NOT NULL, properties TEXT NOT NULL, file_name TEXT NOT NULL,
  sha256 TEXT NOT NULL, size INTEGER NOT NULL, stored_at TEXT NOT NULL, visible_from TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class MockObject:
    """One stored document."""

    id: str
    category: str
    properties: dict[str, str]
    file_name: str
    sha256: str
    size: int
    stored_at: str


class MockState:
    """All state below one folder, so that the server can be killed and started again under load."""

    def __init__(self, folder: Path) -> None:
        self._uploads, self._blobs = folder / "uploads", folder / "blobs"
        for path in (self._uploads, self._blobs):
            path.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._database = sqlite3.connect(folder / "mock.sqlite3", check_same_thread=False, isolation_level=None)
        self._database.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; {_TABLES}")

    def close(self) -> None:
        self._database.close()

    def new_session(self, minutes: int) -> tuple[str, datetime]:
        token, expires = uuid4().hex, datetime.now(UTC) + timedelta(minutes=minutes)
        self._run("INSERT INTO sessions VALUES (?, ?)", token, expires.isoformat())
        return token, expires

    def session_is_valid(self, token: str) -> bool:
        rows = self._run("SELECT expires FROM sessions WHERE token = ?", token)
        return bool(rows) and datetime.fromisoformat(rows[0][0]) > datetime.now(UTC)

    def end_sessions(self) -> None:
        self._run("DELETE FROM sessions")

    async def receive(self, upload: str | None, chunks: AsyncIterator[bytes]) -> str | None:
        """Append the bytes to an upload (None: a new one); its id, or None if there is no such upload."""
        name = upload or f"{uuid4().hex}_temp_master_file"
        path = self._uploads / name
        if upload is not None and not path.is_file():
            return None
        with path.open("ab") as writer:
            async for chunk in chunks:
                writer.write(chunk)
            writer.flush()
            os.fsync(writer.fileno())
        return name

    def has_upload(self, upload: str) -> bool:
        return (self._uploads / upload).is_file()

    def digest_of_upload(self, upload: str) -> tuple[str, int]:
        """SHA-256 and size (bytes) of an upload."""
        digest, size = hashlib.sha256(), 0
        with (self._uploads / upload).open("rb") as reader:
            while chunk := reader.read(1024 * 1024):
                digest.update(chunk)
                size += len(chunk)
        return digest.hexdigest(), size

    def store(self, category: str, properties: dict[str, str], file_name: str, upload: str, hidden_for: float) -> str:
        """Turn an upload into an object, invisible to searches for `hidden_for` seconds; its id."""
        sha256, size = self.digest_of_upload(upload)
        now = datetime.now(UTC)
        self._place(self._uploads / upload, self._blobs / sha256)
        self._run(
            "INSERT INTO objects (category, properties, file_name, sha256, size, stored_at, visible_from)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            *(category, json.dumps(properties), file_name, sha256, size, now.isoformat()),
            (now + timedelta(seconds=hidden_for)).isoformat(),
        )
        ((number,),) = self._run("SELECT max(number) FROM objects WHERE sha256 = ?", sha256)
        return _name(number)

    def objects(self, *, visible_only: bool = False) -> list[MockObject]:
        """All objects in the order they were stored."""
        limit = datetime.now(UTC).isoformat() if visible_only else "9999"
        return _read(self._run(f"{_SELECT} WHERE visible_from <= ? ORDER BY number", limit))

    def find(self, object_id: str) -> MockObject | None:
        if not _ID.fullmatch(object_id):
            return None
        found = _read(self._run(f"{_SELECT} WHERE number = ?", int(object_id[1:])))
        return found[0] if found else None

    def same_content(self, sha256: str) -> MockObject | None:
        return next(iter(_read(self._run(f"{_SELECT} WHERE sha256 = ?", sha256))), None)

    def blob(self, sha256: str) -> Path:
        return self._blobs / sha256

    def _place(self, upload: Path, blob: Path) -> None:
        upload.replace(blob)
        descriptor = os.open(self._blobs, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)

    def _run(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._database.execute(statement, values).fetchall()


_SELECT = "SELECT number, category, properties, file_name, sha256, size, stored_at FROM objects"


def _name(number: object) -> str:
    return f"P{int(str(number)):09d}"


def _read(rows: Iterable[tuple[object, ...]]) -> list[MockObject]:
    return [
        MockObject(
            _name(number),
            str(category),
            json.loads(str(values)),
            str(name),
            str(sha256),
            int(str(size)),
            str(stored_at),
        )
        for number, category, values, name, sha256, size, stored_at in rows
    ]
