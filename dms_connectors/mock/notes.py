"""Notes on documents."""

from datetime import datetime
from typing import Any

from dms_connectors.mock.database import Database
from dms_connectors.mock.values import USER

__all__ = ["Notes"]


class Notes:
    """Texts in the order they were written."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, number: int, text: str, now: datetime) -> None:
        """Write one note."""
        moment = now.isoformat(timespec="milliseconds")
        with self._database.writing() as connection:
            connection.execute("INSERT INTO notes (object, text, created) VALUES (?, ?, ?)", (number, text, moment))

    def of(self, number: int) -> list[dict[str, Any]]:
        """The notes of one document as the interface shows them."""
        query = "SELECT text, created FROM notes WHERE object = ? ORDER BY id"
        creator = {"id": USER, "displayName": "Testsystem Posteingang"}
        with self._database.reading() as connection:
            rows = connection.execute(query, (number,)).fetchall()
        return [{"creator": creator, "text": row["text"], "created": row["created"]} for row in rows]
