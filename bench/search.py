"""Full text search over 20,000 letters as the page asks it, beside scanning the same texts with LIKE."""

import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from records.models import Document

__all__ = ["bench_search"]

_DOCUMENTS = 20_000
_BYTES = 2_000
_ROUNDS = 5
_QUERIES = ("Hundesteuer", "Antrag Wohngeld", '"sehr geehrte damen und herren"', "PE-2026-012345", "Gibtesnicht")
_PARTS = (
    "antrag", "steuer", "hunde", "wohn", "geld", "bau", "amt", "stadt", "bescheid", "anmeldung", "gewerbe", "schul",
    "kinder", "garten", "straße", "reinigung", "gebühr", "verwaltung", "haushalt", "ordnung", "melde", "pass",
    "führer", "schein", "wasser", "abfall", "entsorgung", "park", "platz", "genehmigung",
)  # fmt: skip


def bench_search() -> None:
    """Milliseconds for count, first page and excerpts, and how many times faster than the scan that is."""
    with tempfile.TemporaryDirectory() as name:
        os.environ["POSTEINGANG_VAR"] = str(Path(name) / "var")
        from posteingang.installation import prepare_installation

        prepare_installation("bench")
        began = time.perf_counter()
        _fill()
        print(f"{'indexing':32} {_DOCUMENTS / (time.perf_counter() - began):8.0f} documents/s")
        print(f"{'query':32} {'hits':>6} {'search ms':>10} {'LIKE ms':>8} {'ratio':>6}")
        for query in _QUERIES:
            hits, ours = _timed(lambda query=query: _search(query))  # type: ignore[misc]
            _, reference = _timed(lambda query=query: _scan(query))  # type: ignore[misc]
            print(f"{query[:32]:32} {hits:6} {ours:10.1f} {reference:8.1f} {reference / ours:6.1f}")


def _search(query: str) -> int:
    from records.excerpt import excerpts
    from records.search import matching

    count, shown = _first_page(matching(_seen(), query))
    excerpts([document.id for document in shown], query)
    return count


def _scan(query: str) -> int:
    rows = _seen()
    for word in query.strip('"').split():
        rows = rows.filter(searchable__text__icontains=word)
    return _first_page(rows)[0]


def _seen() -> "QuerySet[Document]":
    from records.access import visible_documents
    from schemas.roles import Person, Role

    return visible_documents(Person(1, "Maria Muster", frozenset({Role.MAILROOM}), frozenset())).order_by("-entry")


def _first_page(rows: "QuerySet[Document]") -> tuple[int, list["Document"]]:
    return rows.count(), list(rows.select_related("intake", "invoice")[:50])


def _timed(ask: Callable[[], int]) -> tuple[int, float]:
    """What it says, and the median of some rounds in milliseconds."""
    times, said = [], 0
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        said = ask()
        times.append((time.perf_counter() - began) * 1000)
    return said, statistics.median(times)


def _fill() -> None:
    """Letters of made-up compounds, a few words often and most seldom, as language is."""
    from django.db import transaction

    from records import search
    from records.models import Document, Intake, StoredObject

    chance = random.Random(20261123)
    words = [f"{first}{second}{third}" for first in _PARTS for second in _PARTS for third in ("", "s", "en")]
    chance.shuffle(words)
    weights = [1 / (rank + 10) for rank in range(len(words))]
    now = datetime.now(UTC)
    content = StoredObject.objects.create(sha256="0" * 64, sha512="0" * 128, size=1, stored_at=now)
    for start in range(0, _DOCUMENTS, 500):
        with transaction.atomic():
            for entry in range(start + 1, start + 501):
                intake = Intake.objects.create(
                    claim_id=uuid4(), inbox="scan", intake_point="Poststelle", operator="-",
                    original_name=f"scan-{entry}.pdf", received_at=now, content=content,
                )  # fmt: skip
                document = Document.objects.create(
                    id=uuid4(), entry=entry, intake=intake, register_number=f"PE-2026-{entry:06d}", state="filed",
                    state_since=now,
                )  # fmt: skip
                letter = "Sehr geehrte Damen und Herren, " if entry % 3 else ""
                letter += " ".join(chance.choices(words, weights, k=_BYTES // 12))
                letter += " Hundesteuermarke" if entry % 100 == 0 else ""
                search.index(document, letter + (" Antrag auf Wohngeld" if entry % 50 == 0 else ""))
