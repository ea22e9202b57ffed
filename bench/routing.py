"""Mail distribution on wordings that no rule was written from, read through a noisy channel.

The rules alone, the learned model alone, and both as they decide together. `train` is judged by models that have not
seen the wording at hand; `held` and `probe` were never used to build anything.
"""

import time
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from zlib import crc32

import numpy as np

from config.city_config import City
from config.load import read_city
from config.settings import CODE_ROOT
from pipelines.routing.learn import train
from pipelines.routing.model import NOBODY, Alike, Model, model_in_use
from pipelines.routing.rows import rows_of_pages
from pipelines.routing.understand import letter_from, understand
from samples.lessons import lessons
from samples.wording import Example, Pool, letters
from schemas.recognised import Recognised

__all__ = ["bench_routing", "judged"]

_RECEIVED = date(2026, 11, 16)
_EACH = 6
_POOLS: tuple[Pool, ...] = ("dev", "held", "probe")
_CLEARING = NOBODY
_FOLDS, _BINS = 4, 10


def judged(
    pool: Pool, each: int, city_folder: Path | None = None, *, alone: bool = False
) -> list[tuple[Example, Recognised]]:
    """Every letter of the pool with what is made of it; `alone`: by the rules without the model."""
    city = read_city(city_folder or CODE_ROOT / "config" / "city")
    model = None if alone else model_in_use()
    return [(letter, _understood(letter, city, model)) for letter in letters(pool, each)]


def _understood(letter: Example, city: City, model: Model | None) -> Recognised:
    rows = rows_of_pages(letter.pages)
    return understand(letter_from(rows, city), city, _RECEIVED, sureness=letter.sureness, model=model)


def bench_routing() -> None:
    """Type and unit right, share routed by itself and how often rightly, misses, confusions; milliseconds a letter."""
    for pool in _POOLS:
        for alone in (True, False):
            began = time.perf_counter()
            found = judged(pool, _EACH, alone=alone)
            seconds = time.perf_counter() - began
            _report(f"{pool}, {'rules alone' if alone else 'rules and model'}", found)
            print(f"  {'milliseconds a letter':28} {1000 * seconds / len(found):7.1f}")
    _report_unseen()
    for pool in _POOLS:
        _report_model(pool)


def _report_unseen() -> None:
    """The wordings the model learns from, each judged by a model that does not know it."""
    city = read_city(CODE_ROOT / "config" / "city")
    known = list(lessons(city))
    found = []
    for fold in range(_FOLDS):
        model = train(lesson for lesson in known if _fold(lesson.source) != fold)
        asked = (letter for letter in letters("train", 2) if _fold(letter.source) == fold)
        found += [(letter, _understood(letter, city, model)) for letter in asked]
    _report("train, by models that do not know the wording", found)


def _fold(source: str) -> int:
    return crc32(source.encode()) % _FOLDS


def _report_model(pool: Pool) -> None:
    """The model alone, and whether its probabilities mean what they say (expected calibration error)."""
    model = model_in_use()
    if model is None:
        return
    city = read_city(CODE_ROOT / "config" / "city")
    kinds, units = list[tuple[float, bool]](), list[tuple[float, bool]]()
    for letter in letters(pool, _EACH):
        if letter.document_type is None or letter.envelope:
            continue
        said = model.judge(letter_from(rows_of_pages(letter.pages), city))
        kinds += _first(said.types, letter.document_type)
        units += _first(said.units, letter.unit or NOBODY)
    print(f"{pool}, model alone:")
    for name, answers in (("type", kinds), ("unit", units)):
        share = 100 * sum(right for _, right in answers) / max(1, len(answers))
        print(f"  {name + ' right':28} {share:7.1f} %   calibration error {_calibration(answers):.3f}")


def _first(answers: tuple[Alike, ...], truth: str) -> Iterator[tuple[float, bool]]:
    if answers:
        yield answers[0].probability, answers[0].key == truth


def _calibration(answers: list[tuple[float, bool]]) -> float:
    """Mean distance of what was said from what was right, over bins of probability, weighted by their letters."""
    said, right = np.array([each[0] for each in answers]), np.array([each[1] for each in answers])
    place = np.minimum((said * _BINS).astype(int), _BINS - 1)
    gaps = [abs(said[place == at].mean() - right[place == at].mean()) * (place == at).sum() for at in set(place)]
    return float(sum(gaps)) / max(1, len(answers))


def _report(title: str, found: list[tuple[Example, Recognised]]) -> None:
    readable = [(letter, got) for letter, got in found if letter.document_type is not None and not letter.closed]
    closed = [(letter, got) for letter, got in found if letter.closed]
    routed = [(letter, got) for letter, got in found if got.decision.certain]
    odd = [(letter, got) for letter, got in found if letter.document_type is None]
    print(f"{title}: {len(found)} letters, {len(closed)} closed, {len(odd)} nobody can assign")
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
