"""The state that survives a kill: one sqlite file, and the sessions in it."""

import base64
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

__all__ = ["Database", "Session", "Sessions"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    number INTEGER PRIMARY KEY AUTOINCREMENT, current INTEGER NOT NULL, deleted INTEGER NOT NULL DEFAULT 0,
    created TEXT NOT NULL, altered TEXT NOT NULL, visible_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS versions (
    object INTEGER NOT NULL REFERENCES objects, number INTEGER NOT NULL, category TEXT NOT NULL,
    filename TEXT NOT NULL, blob TEXT, size INTEGER NOT NULL, sha256 TEXT NOT NULL, state TEXT NOT NULL,
    editor TEXT NOT NULL, alteration TEXT NOT NULL, created TEXT NOT NULL, deleted INTEGER NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT '', PRIMARY KEY (object, number));
CREATE INDEX IF NOT EXISTS versions_sha256 ON versions (sha256);
CREATE TABLE IF NOT EXISTS properties (
    object INTEGER NOT NULL, version INTEGER NOT NULL, key TEXT NOT NULL, slot INTEGER NOT NULL,
    value TEXT NOT NULL, PRIMARY KEY (object, version, key, slot),
    FOREIGN KEY (object, version) REFERENCES versions);
CREATE INDEX IF NOT EXISTS properties_value ON properties (key, value COLLATE NOCASE);
CREATE TABLE IF NOT EXISTS children (
    parent INTEGER NOT NULL REFERENCES objects, child INTEGER NOT NULL REFERENCES objects,
    PRIMARY KEY (parent, child));
CREATE TABLE IF NOT EXISTS notes (
    id INTEGER PRIMARY KEY, object INTEGER NOT NULL REFERENCES objects, text TEXT NOT NULL,
    created TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS tasks (
    id TEXT PRIMARY KEY, correlation TEXT NOT NULL UNIQUE, body TEXT NOT NULL, state TEXT NOT NULL,
    received TEXT NOT NULL, completed TEXT);
CREATE TABLE IF NOT EXISTS sessions (token TEXT PRIMARY KEY, expires REAL NOT NULL);
"""


class Database:
    """One connection behind a lock; a commit is on the disk when it returns (WAL, synchronous=FULL)."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        columns = {row["name"] for row in self._connection.execute("PRAGMA table_info(objects)")}
        if columns and "visible_at" not in columns:
            self._connection.close()
            raise sqlite3.DatabaseError("angelegt von einer früheren Fassung des Testsystems")
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute("PRAGMA foreign_keys=ON")
        self._connection.executescript(f"BEGIN; {_SCHEMA} COMMIT;")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection for queries."""
        with self._lock:
            yield self._connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """The connection inside a transaction: committed at the end, rolled back on any error."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:  # lint: broad - whatever happened, the transaction is undone, the error goes on
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def close(self) -> None:
        with self._lock:
            self._connection.close()


@dataclass(frozen=True, slots=True)
class Session:
    """A new AuthSessionId and its end."""

    token: str
    expires: datetime


class Sessions:
    """AuthSessionIds and their end (section 2)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, now: datetime, minutes: int) -> Session:
        """A new session, remembered; those that are over are forgotten."""
        # Standard base64 on purpose: its "+", "/" and "=" show who forgets to decode the cookie.
        token = base64.b64encode(b"\xfb\xff" + secrets.token_bytes(32)).decode()
        session = Session(token, now + timedelta(minutes=minutes))
        with self._database.writing() as connection:
            connection.execute("DELETE FROM sessions WHERE expires <= ?", (now.timestamp(),))
            connection.execute("INSERT INTO sessions VALUES (?, ?)", (token, session.expires.timestamp()))
        return session

    def valid(self, token: str, now: datetime) -> bool:
        """Whether the session exists and has not expired."""
        query = "SELECT 1 FROM sessions WHERE token = ? AND expires > ?"
        with self._database.reading() as connection:
            return connection.execute(query, (token, now.timestamp())).fetchone() is not None

    def end(self, token: str) -> None:
        """Forget one session."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM sessions WHERE token = ?", (token,))
