"""Documents: storing, versions, states, deleting. A write is on the disk when it returns."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from dms_connectors.mock.answers import Loss, MockError
from dms_connectors.mock.blobs import BlobStore, Measured
from dms_connectors.mock.config import Category, MockConfig
from dms_connectors.mock.database import Database
from dms_connectors.mock.mapping import Draft, Slots, check_mandatory, map_properties
from dms_connectors.mock.values import USER, Clock, Document, Version, id_of, number_of

__all__ = ["DocumentStore"]

_UNCHANGED: Mapping[str, str] = {}


class DocumentStore:
    """All documents of the repository, over the database and the files."""

    def __init__(self, config: MockConfig, database: Database, blobs: BlobStore, clock: Clock) -> None:
        self._config = config
        self._database = database
        self._blobs = blobs
        self._clock = clock

    def recover(self) -> None:
        """Put the folder in order after a crash."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT blob FROM versions WHERE blob IS NOT NULL")
            self._blobs.recover({row["blob"] for row in rows})

    def create(
        self, draft: Draft, *, changed: Mapping[str, str] = _UNCHANGED, hidden_seconds: float = 0.0
    ) -> tuple[str, tuple[Loss, ...]]:
        """Store a new document (4.1): its id and what was lost. The two effects come from faults."""
        category = self._category(draft.category)
        _refuse_file_of_dossier(category, draft.upload)
        mapped = map_properties(self._config, category, draft.properties)
        check_mandatory(category, mapped.values)
        now = self._clock()
        visible = (now + timedelta(seconds=hidden_seconds)).timestamp() if hidden_seconds else 0.0
        with self._file(draft) as measured, self._database.writing() as connection:
            self._refuse_duplicate(connection, measured)
            cursor = connection.execute(
                "INSERT INTO objects (current, created, altered, visible_at) VALUES (1, ?, ?, ?)",
                (now.isoformat(), now.isoformat(), visible),
            )
            number = cursor.lastrowid or 0
            self._add_version(connection, number, 1, category.key, draft, measured)
            _write_properties(connection, number, 1, {**mapped.values, **_slots(changed)})
            if draft.parent:
                parent = self._load(connection, draft.parent)
                connection.execute("INSERT INTO children VALUES (?, ?)", (parent.number, number))
        nothing_sent = () if draft.properties else (Loss("NoSourceProperties", ""),)
        return id_of(number), (*nothing_sent, *mapped.losses)

    def update(self, document_id: str, draft: Draft, *, changed: Mapping[str, str] = _UNCHANGED) -> tuple[Loss, ...]:
        """Change listed properties, move to another category, add a version if a file is sent (4.2)."""
        old = self.get(document_id)
        self._refuse_foreign_editor(old)
        category = self._config.category(old.category) if draft.category is None else self._category(draft.category)
        if category is None:
            raise MockError(400, f"The category {old.category} is not configured any more.")
        _refuse_file_of_dossier(category, draft.upload or old.blob)
        mapped = map_properties(self._config, category, draft.properties)
        allowed = {key: slots for key, slots in old.properties.items() if _belongs(key, category)}
        values = {**allowed, **mapped.values}
        check_mandatory(category, values)
        with self._file(draft) as measured, self._database.writing() as connection:
            version = old.version
            if draft.upload:
                query = "SELECT MAX(number) FROM versions WHERE object = ?"
                version = connection.execute(query, (old.number,)).fetchone()[0] + 1
                self._add_version(connection, old.number, version, category.key, draft, measured, old)
            else:
                connection.execute(
                    "UPDATE versions SET category = ?, filename = ?, alteration = ? WHERE object = ? AND number = ?",
                    (category.key, draft.filename or old.filename, draft.alteration, old.number, version),
                )
            _write_properties(connection, old.number, version, {**values, **_slots(changed)})
            self._set_current(connection, old.number, version)
        return mapped.losses

    def set_state(self, document_id: str, draft: Draft) -> None:
        """Status and editor (4.2): Processing, Verification or Release."""
        old = self.get(document_id)
        given = {key: values[0] if values else "" for key, values in draft.properties}
        state, editor = given.get("property_state", ""), given.get("property_editor", "")
        if state not in ("Processing", "Verification", "Release"):
            raise MockError(400, f"Unknown document state {state!r}.")
        if state == "Processing" and not editor:
            raise MockError(400, "The state Processing needs an editor.")
        self._refuse_foreign_editor(old)
        stored = "Released" if state == "Release" else state
        with self._database.writing() as connection:
            connection.execute(
                "UPDATE versions SET state = ?, editor = ?, alteration = ? WHERE object = ? AND number = ?",
                (stored, editor, draft.alteration, old.number, old.version),
            )
            self._set_current(connection, old.number, old.version)

    def delete_current(self, document_id: str, reason: str) -> bool:
        """Delete the current version only (5.3); whether an older one has become current."""
        old = self.get(document_id)
        with self._database.writing() as connection:
            connection.execute(
                "UPDATE versions SET deleted = 1, reason = ? WHERE object = ? AND number = ?",
                (reason, old.number, old.version),
            )
            query = "SELECT MAX(number) FROM versions WHERE object = ? AND deleted = 0"
            previous = connection.execute(query, (old.number,)).fetchone()[0]
            if previous is None:
                connection.execute("UPDATE objects SET deleted = 1 WHERE number = ?", (old.number,))
            else:
                self._set_current(connection, old.number, previous)
        return previous is not None

    def link(self, parent: str, children: tuple[str, ...]) -> None:
        """Put documents into a dossier (4.3); already linked ones stay."""
        with self._database.writing() as connection:
            number = self._load(connection, parent).number
            for child in children:
                if child == parent:
                    raise MockError(400, "A document cannot lie in itself.")
                pair = (number, self._load(connection, child).number)
                connection.execute("INSERT OR IGNORE INTO children VALUES (?, ?)", pair)

    def unlink(self, parent: str, child: str) -> None:
        """Take a document out of a dossier (4.3)."""
        with self._database.writing() as connection:
            pair = (self._load(connection, parent).number, self._load(connection, child).number)
            connection.execute("DELETE FROM children WHERE parent = ? AND child = ?", pair)

    def get(self, document_id: str) -> Document:
        """One document that is not deleted, else 404."""
        with self._database.reading() as connection:
            return self._load(connection, document_id)

    def content(self, document: Document, version: str = "current") -> Path:
        """The file of a version, 404 if there is none."""
        blob = document.blob
        if version != "current":
            query = "SELECT blob FROM versions WHERE object = ? AND number = ? AND deleted = 0"
            with self._database.reading() as connection:
                row = connection.execute(query, (document.number, version)).fetchone()
            blob = row["blob"] if row else None
        if blob is None:
            raise MockError(404, "The document has no such file.")
        return self._blobs.path(blob)

    def load(self, connection: sqlite3.Connection, number: int) -> Document:
        """A document by its number, deleted or not."""
        row = connection.execute(
            "SELECT o.number, o.current AS version, o.deleted, o.created, o.altered, o.visible_at,"
            " v.category, v.filename, v.blob, v.size, v.sha256, v.state, v.editor,"
            " (SELECT COUNT(*) FROM versions c WHERE c.object = o.number AND c.deleted = 0) AS versions"
            " FROM objects o JOIN versions v ON v.object = o.number AND v.number = o.current"
            " WHERE o.number = ?",
            (number,),
        ).fetchone()
        if row is None:
            raise MockError(404, "The document does not exist.")
        properties: dict[str, Slots] = {}
        query = "SELECT key, slot, value FROM properties WHERE object = ? AND version = ? ORDER BY key, slot"
        for item in connection.execute(query, (number, row["version"])):
            properties.setdefault(item["key"], {})[item["slot"]] = item["value"]
        return Document(**{**dict(row), "deleted": bool(row["deleted"])}, properties=properties)

    def numbered(self, number: int) -> Document:
        """A document by its number, deleted or not."""
        with self._database.reading() as connection:
            return self.load(connection, number)

    def versions(self, number: int) -> list[Version]:
        """Every version of one document, the newest first, deleted ones too."""
        query = "SELECT * FROM versions WHERE object = ? ORDER BY number DESC"
        with self._database.reading() as connection:
            rows = connection.execute(query, (number,)).fetchall()
        names = ("number", "filename", "size", "alteration", "created", "reason")
        return [Version(**{name: row[name] for name in names}, deleted=bool(row["deleted"])) for row in rows]

    def children(self) -> dict[int, list[int]]:
        """For every dossier the numbers of what lies in it, in the order of linking."""
        found: dict[int, list[int]] = {}
        with self._database.reading() as connection:
            for row in connection.execute("SELECT parent, child FROM children ORDER BY rowid"):
                found.setdefault(row["parent"], []).append(row["child"])
        return found

    def all(self, limit: int = -1) -> list[Document]:
        """Every document, the newest first, deleted ones too."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT number FROM objects ORDER BY number DESC LIMIT ?", (limit,))
            return [self.load(connection, row["number"]) for row in rows.fetchall()]

    def _load(self, connection: sqlite3.Connection, document_id: str) -> Document:
        document = self.load(connection, number_of(document_id))
        if document.deleted:
            raise MockError(404, "The document does not exist.")
        return document

    def _refuse_foreign_editor(self, document: Document) -> None:
        """A document in state Processing is changed by its editor only: the user or a group of theirs (4.2)."""
        if document.state == "Processing" and document.editor not in (USER, *self._config.user_groups):
            raise MockError(403, "The document is being processed by another user.")

    def _category(self, key: str | None) -> Category:
        category = self._config.meant_category(key or "")
        if category is None:
            raise MockError(400, f"DmsApp-Mapping-NoMappingFoundForSourceCategory: {key}")
        return category

    @contextmanager
    def _file(self, draft: Draft) -> Iterator[Measured]:
        """The file of the draft, if it names one; around the transaction, so that a refused store leaves the upload."""
        try:
            with self._blobs.claimed(draft.upload) as measured:
                yield measured
        except FileNotFoundError as error:
            raise MockError(400, "The file of contentLocationUri does not exist (any more).") from error

    def _refuse_duplicate(self, connection: sqlite3.Connection, measured: Measured) -> None:
        if not self._config.duplicate_check or not measured.sha256:
            return
        row = connection.execute(
            "SELECT o.number FROM objects o JOIN versions v ON v.object = o.number AND v.number = o.current"
            " WHERE o.deleted = 0 AND v.sha256 = ?",
            (measured.sha256,),
        ).fetchone()
        if row is None:
            return
        found = id_of(row["number"])
        link = f"{self._config.repository.path}/o2m/{found}"
        extra = {"dmsObjectId": found, "_links": {"dmsobject": {"href": link}}}
        raise MockError(400, "The file has already been stored.", extra=extra)

    def _add_version(
        self,
        connection: sqlite3.Connection,
        number: int,
        version: int,
        category: str,
        draft: Draft,
        measured: Measured,
        old: Document | None = None,
    ) -> None:
        filename = draft.filename or (old.filename if old else "")
        state, editor = (old.state, old.editor) if old else ("Released", "")
        connection.execute(
            "INSERT INTO versions (object, number, category, filename, blob, size, sha256, state, editor,"
            " alteration, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(number, version, category, filename, draft.upload, measured.size, measured.sha256),
                *(state, editor, draft.alteration, self._clock().isoformat()),
            ),
        )

    def _set_current(self, connection: sqlite3.Connection, number: int, version: int) -> None:
        connection.execute(
            "UPDATE objects SET current = ?, altered = ? WHERE number = ?",
            (version, self._clock().isoformat(), number),
        )


def _write_properties(connection: sqlite3.Connection, number: int, version: int, values: Mapping[str, Slots]) -> None:
    connection.execute("DELETE FROM properties WHERE object = ? AND version = ?", (number, version))
    connection.executemany(
        "INSERT INTO properties VALUES (?, ?, ?, ?, ?)",
        [(number, version, key, slot, value) for key, slots in values.items() for slot, value in slots.items()],
    )


def _slots(values: Mapping[str, str]) -> dict[str, Slots]:
    return {key: {1: value} if value else {} for key, value in values.items()}


def _refuse_file_of_dossier(category: Category, file: str | None) -> None:
    if category.dossier and file is not None:
        raise MockError(400, f"The category {category.key} is a dossier and takes no file.")


def _belongs(key: str, category: Category) -> bool:
    return key.startswith("property_") or key in category.properties
