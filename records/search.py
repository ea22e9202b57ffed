"""Full text search. It narrows what `visible_documents` lets through, and never widens it.

Hits keep the order of their list, newest first: all words must stand in a hit, so none is better than another, a
clerk looks for what came in lately, and a rank would be computed from texts which the person must not see.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias
from uuid import UUID

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from records.models import Document, DocumentFile, RegisterEntry, SearchText
from records.objects import ObjectStore
from records.wording import Spelling, Term, folded, readable, terms_of, text_of_html
from schemas.states import CLOSED, FileRole, State

__all__ = ["TEXT_ROLES", "Reindexed", "in_text", "index", "index_entry", "index_files", "matching", "reindex", "remove"]

TEXT_ROLES = (FileRole.TEXT, FileRole.RENDERING)
_AsSql: TypeAlias = tuple[str, tuple[str | int, ...]]
_MOST_BYTES = 4 * 1024 * 1024
_BATCH = 100
_NAMES = (
    "register_number",
    "invoice__number",
    "invoice__invoice_number",
    "invoice__seller_name",
    "name",
    "intake__original_name",
)


@dataclass(frozen=True, slots=True)
class Reindexed:
    """Documents whose text is searched now, and those whose text is no longer in the evidence store."""

    indexed: int
    missing: int


def index(document: Document, text: str) -> None:
    """Make a text searchable in place of the document's former one; in the caller's transaction.

    The one place through which text gets into the search: what must never be found (closed mail) is refused here.
    """
    if document.state in CLOSED or document.state == State.SPLIT:  # of a batch its documents are found
        remove(document.id)
        return
    said = readable(text)
    SearchText.objects.update_or_create(document=document, defaults={"text": said, "folded": folded(said)})


def index_files(document: Document, store: ObjectStore) -> bool:
    """Index what the stored files of a document say. False, and nothing is left in the index, if none is there."""
    rows = DocumentFile.objects.filter(document=document, role__in=TEXT_ROLES).order_by("id")
    texts = [_text(FileRole(role), store.path(sha256)) for role, sha256 in rows.values_list("role", "content_id")]
    present = [text for text in texts if text is not None]
    if present:
        present.append(_entered(document))
        index(document, "\n".join(present))
    else:
        remove(document.id)
    return bool(present)


def index_entry(document: Document) -> None:
    """Make an invoice found by what the register says of it, before there is a readable form of it."""
    index(document, _entered(document))


def remove(document_id: UUID) -> None:
    """Forget the text of a document."""
    SearchText.objects.filter(document__id=document_id).delete()


def matching(documents: QuerySet[Document], query: str) -> QuerySet[Document]:
    """Those of the documents (always from `visible_documents`) in which every word or phrase of the query stands.

    In a number, a file name or the seller's name as any part of it; in the text as a word.
    """
    for term in terms_of(query):
        documents = documents.filter(_said_in_text(term) | _named(term.said))
    return documents


def in_text(documents: QuerySet[Document], query: str) -> QuerySet[Document]:
    """As `matching`, but by words of the text alone, which holds what the register says of an invoice: far quicker."""
    for term in terms_of(query):
        documents = documents.filter(_said_in_text(term))
    return documents


def reindex(store: ObjectStore, progress: Callable[[int, int], None]) -> Reindexed:
    """Everything anew from the evidence store, while others work; `progress` is told how many of how many are done."""
    with_text = Document.objects.exclude(state__in=CLOSED).filter(
        Exists(DocumentFile.objects.filter(document=OuterRef("pk"), role__in=TEXT_ROLES))
    )
    SearchText.objects.exclude(document__in=with_text).delete()
    total, done, indexed, last = with_text.count(), 0, 0, -1
    while batch := _reindex_batch(with_text.filter(entry__gt=last), store):
        done, indexed, last = done + len(batch), indexed + sum(batch.values()), max(batch)
        progress(done, total)
    return Reindexed(indexed, done - indexed)


def _reindex_batch(documents: QuerySet[Document], store: ObjectStore) -> dict[int, bool]:
    """Entry of the next documents -> whether there is a text; locked, so that no step adds a file meanwhile."""
    with transaction.atomic():
        batch = list(documents.order_by("entry").select_for_update()[:_BATCH])
        return {document.entry: index_files(document, store) for document in batch}


def _text(role: FileRole, path: Path) -> str | None:
    try:
        with path.open("rb") as stream:
            text = stream.read(_MOST_BYTES).decode("utf-8", "replace")
    except FileNotFoundError:
        return None
    return text_of_html(text) if role is FileRole.RENDERING else text


def _entered(document: Document) -> str:
    """What an entry of the register is looked for by; nothing for other mail."""
    entry = RegisterEntry.objects.filter(document=document).first()
    if entry is None:
        return ""
    amounts = [_spelled(value) for value in (entry.gross, entry.payable) if value is not None]
    said = (entry.number, document.register_number, entry.invoice_number, entry.seller_name, entry.order_reference)
    return " ".join([*(text for text in said if text), *amounts, document.file_name])


def _spelled(amount: Decimal) -> str:
    """With and without dots between the thousands: '1.190,00 1190,00'."""
    dotted = f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))
    return f"{dotted} {dotted.replace('.', '')}"


def _named(said: str) -> Q:
    found = Q()
    for name in _NAMES:
        found |= Q(**{f"{name}__icontains": said})
    return found


def _said_in_text(term: Term) -> Q:
    return Q(_Said(term)) if term.spellings else Q()


class _Said(Func):
    """The condition that the text of a document holds the term, in the words of each database."""

    output_field = BooleanField()
    _FTS5 = "%(expressions)s IN (SELECT rowid FROM records_search WHERE records_search MATCH %%s)"
    _TSVECTOR = (
        "%(expressions)s IN (SELECT document_id FROM records_searchtext "
        "WHERE words @@ (to_tsquery('simple', %%s) || to_tsquery('german', %%s)))"
    )

    def __init__(self, term: Term) -> None:
        super().__init__(F("entry"))
        self._term = term

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> _AsSql:
        """FTS5: words are quoted and hold letters and digits only."""
        ways = (f'"{" ".join(way.words)}"{"*" if way.begins else ""}' for way in self._term.spellings)
        statement, values = self.as_sql(compiler, connection, template=self._FTS5)
        return statement, (*values, " OR ".join(ways))

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> _AsSql:
        """A: the words themselves, as in FTS5. B: their German stems, for one word that is not in quotes."""
        spellings = self._term.spellings
        stems = [] if self._term.exact else [f"'{way.words[0]}':AB" for way in spellings if len(way.words) == 1]
        statement, values = self.as_sql(compiler, connection, template=self._TSVECTOR)
        return statement, (*values, " | ".join(map(_tsquery, spellings)), " | ".join(stems))


def _tsquery(spelling: Spelling) -> str:
    *before, last = (f"'{word}'" for word in spelling.words)
    return " <-> ".join([*(f"{word}:A" for word in before), f"{last}:{'*' if spelling.begins else ''}A"])
