"""Mail distribution on wordings that no rule was written from, read through a noisy channel."""

import time
from collections import Counter
from datetime import date
from pathlib import Path

from config.load import read_city
from config.settings import CODE_ROOT
from pipelines.routing.rows import rows_of_pages
from pipelines.routing.understand import letter_from, understand
from samples.wording import Example, Pool, letters
from schemas.recognised import Recognised

__all__ = ["bench_routing", "judged"]

_RECEIVED = date(2026, 11, 16)
_EACH = 6
_POOLS: tuple[Pool, ...] = ("train", "dev", "held")
_CLEARING = "KLAERFALL"


def judged(pool: Pool, each: int, city_folder: Path | None = None) -> list[tuple[Example, Recognised]]:
    """Every letter of the pool with what is made of it."""
    city = read_city(city_folder or CODE_ROOT / "config" / "city")
    return [
        (
            letter,
            understand(letter_from(rows_of_pages(letter.pages), city), city, _RECEIVED, sureness=letter.sureness),
        )
        for letter in letters(pool, each)
    ]


def bench_routing() -> None:
    """Type and unit right, share routed by itself and how often rightly, misses, confusions; seconds a letter."""
    for pool in _POOLS:
        began = time.perf_counter()
        found = judged(pool, _EACH)
        seconds = time.perf_counter() - began
        _report(pool, found)
        print(f"  {'milliseconds a letter':28} {1000 * seconds / len(found):7.1f}")


def _report(pool: str, found: list[tuple[Example, Recognised]]) -> None:
    readable = [(letter, got) for letter, got in found if letter.document_type is not None and not letter.closed]
    closed = [(letter, got) for letter, got in found if letter.closed]
    routed = [(letter, got) for letter, got in found if got.decision.certain]
    odd = [(letter, got) for letter, got in found if letter.document_type is None]
    print(f"{pool}: {len(found)} letters, {len(closed)} closed, {len(odd)} nobody can assign")
    for label, part, whole in (
        ("type right", [1 for letter, got in readable if got.decision.document_type == letter.document_type], readable),
        (
            "unit right (or clearing)",
            [1 for letter, got in readable if _unit(got) == (letter.unit or _CLEARING)],
            readable,
        ),
        ("unit right as a proposal", [1 for letter, got in readable if got.decision.unit == letter.unit], readable),
        ("routed without a person", routed, found),
        ("  of these unit right", [1 for letter, got in routed if got.decision.unit == letter.unit], routed),
        ("  and type right", [1 for letter, got in routed if _right(letter, got)], routed),
        ("original needed, missed", [1 for letter, got in found if letter.original and not got.needs_original], found),
        ("closed, missed", [1 for letter, got in closed if got.closed is None], closed),
        ("closed without need", [1 for letter, got in readable if got.closed is not None], readable),
    ):
        print(f"  {label:28} {100 * len(part) / max(1, len(whole)):7.1f} %   ({len(part)} of {len(whole)})")
    _report_invoices(readable)
    _report_confusions(readable)


def _report_invoices(readable: list[tuple[Example, Recognised]]) -> None:
    bills = [(letter, got.invoice) for letter, got in readable if letter.invoice and got.invoice is not None]
    for name in ("number", "gross", "iban"):
        values = [(letter.invoice[name], getattr(invoice, name)) for letter, invoice in bills]
        right = sum(1 for truth, value in values if value is not None and str(value.value) == truth)
        certain = [(truth, value) for truth, value in values if value is not None and value.certain]
        wrong = sum(1 for truth, value in certain if str(value.value) != truth)
        share = 100 * right / max(1, len(values))
        print(f"  invoice {name:20} {share:7.1f} %   certain {len(certain)}, of these wrong {wrong}")


def _report_confusions(readable: list[tuple[Example, Recognised]]) -> None:
    types = Counter(
        (letter.document_type, got.decision.document_type)
        for letter, got in readable
        if letter.document_type != got.decision.document_type
    )
    units = Counter(
        (letter.document_type, letter.unit or _CLEARING, _unit(got), got.decision.unit, got.decision.evidence.value)
        for letter, got in readable
        if (letter.unit or _CLEARING) != _unit(got)
    )
    for label, counts in (("types", types), ("units", units)):
        print(f"  most frequent confusions of {label}:")
        for what, count in counts.most_common(14):
            print(f"    {count:4}  {' -> '.join(str(part) for part in what)}")


def _unit(got: Recognised) -> str:
    return (got.decision.unit or _CLEARING) if got.decision.certain else _CLEARING


def _right(letter: Example, got: Recognised) -> bool:
    return got.decision.unit == letter.unit and got.decision.document_type == letter.document_type
