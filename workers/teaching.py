"""Learning from decisions: who sent what, a few letters at a time; and a model, in its own process (training.py)."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import UUID

import structlog

from config.city_config import City
from config.live_model import keep_model
from config.settings import load_settings
from config.teaching_config import TrainingRules
from pipelines.routing.lessons import (
    Answer,
    Decided,
    Figures,
    compared,
    is_confidential,
    lessons_of,
    measured,
    source_of,
)
from pipelines.routing.rows import rows_of_pages, rows_of_text
from pipelines.routing.senders import SenderIndex, organisation_in
from pipelines.routing.understand import letter_from, understand
from pipelines.routing.zones import Letter
from pipelines.scan.words import read_words
from records.models_released import Outcome, begin_run, finish_run
from records.objects import ObjectStore
from records.senders import everyone
from records.teaching import Taught, forget_seen, propose_units, sight, taught, to_sight
from schemas.errors import BadInput, os_reason
from schemas.states import FileRole

if TYPE_CHECKING:
    from pipelines.routing.learn import Lesson
    from pipelines.routing.model import Model

__all__ = ["confidential_types", "round_of_senders", "start_training", "train_now"]

log = structlog.get_logger()
_MOST_A_ROUND = 200


def round_of_senders(city: City, store: ObjectStore, now: datetime) -> int:
    """Look at settled letters for their senders, then count and propose. Returns how many were looked at."""
    rules = city.teaching
    waiting = to_sight(confidential_types(city), now - timedelta(days=rules.settled_days), store, _MOST_A_ROUND)
    index = SenderIndex(everyone()) if waiting else None
    for one in waiting:
        letter = _letter(one, city)
        if letter is None or index is None or is_confidential(letter, city):
            sight(one.document_id, None, "", (), now)
        elif (known := index.known(letter)) is not None:
            sight(one.document_id, known.id, "", (), now)
        else:
            found = organisation_in(letter, city.organisation.city)
            sight(one.document_id, None, found.name if found else "", found.marks if found else (), now)
    propose_units(rules.senders, now)
    forget_seen(rules.senders, now)
    return len(waiting)


def start_training(rules: TrainingRules, now: datetime) -> subprocess.Popen[bytes] | None:
    """Begin a training if it is time; the process records by itself what it came to. None: not now."""
    run = begin_run(now, every_days=rules.every_days, minutes=rules.minutes)
    if run is None:
        return None
    log.info("training_begun", attempt=run.number)
    threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.Popen(
        (sys.executable, "-m", "workers.training", str(run.number)),
        env=os.environ | threads,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def train_now(number: int, city: City, store: ObjectStore, now: datetime) -> None:
    """The training of that number: learn from most decisions, measure on the others, keep the model if not worse."""
    rules = city.teaching.training
    learnt, held_back, corrections = _split(city, store, now)
    counts = {"lessons": len(learnt), "held_back": len(held_back), "corrections": corrections}
    if len(learnt) < rules.letters or not held_back:
        said = f"{len(learnt)} Schreiben, aus denen gelernt werden dürfte; verlangt sind {rules.letters}."
        finish_run(number, Outcome.TOO_FEW, said, datetime.now(UTC), **counts)
        return
    model = _trained(learnt, city)
    candidate = _figures(model, held_back, city)
    live, against = _figures_of_live(held_back, city)
    why = compared(candidate, live) if live is not None else ""
    figures = {"candidate": asdict(candidate), "live": asdict(live) if live is not None else None}
    kept = "" if why else keep_model(load_settings().models, model.to_bytes())
    finish_run(
        number,
        Outcome.WORSE if why else Outcome.CANDIDATE,
        why or "In nichts schlechter als das Modell in Gebrauch.",
        datetime.now(UTC),
        figures=figures,
        sha256=kept,
        against=against,
        **counts,
    )


def confidential_types(city: City) -> frozenset[str]:
    """Types whose letters teach nothing."""
    return frozenset(kind.key for kind in city.document_types if kind.confidential)


def _trained(learnt: list[Decided], city: City) -> "Model":
    from pipelines.routing.learn import train

    return train([*_shipped_lessons(city), *lessons_of(learnt)])


def _figures_of_live(held_back: list[Decided], city: City) -> tuple[Figures | None, str]:
    """How good the model in use is on the same letters, and its version; None if there is none."""
    from pipelines.routing.model import model_in_use

    used = model_in_use()
    return (None, "") if used is None else (_figures(used, held_back, city), used.version)


def _figures(model: "Model", held_back: list[Decided], city: City) -> Figures:
    """What rules and model together would have made of these letters; the register of senders stays out of it."""
    today = datetime.now(UTC).date()

    def answer(letter: Letter) -> Answer:
        said = understand(letter, city, today, model=model).decision
        return Answer(said.document_type, said.unit, said.certain)

    return measured(held_back, answer)


def _split(city: City, store: ObjectStore, now: datetime) -> tuple[list[Decided], list[Decided], int]:
    """Letters to learn from, letters held back, and how many of the former a person decided."""
    rules, learnt, held_back, corrections = city.teaching, list[Decided](), list[Decided](), 0
    since = now - timedelta(days=rules.settled_days)
    for one in taught(confidential_types(city), since, store, rules.training.most_letters):
        letter = _letter(one, city)
        if letter is None or is_confidential(letter, city):
            continue
        weight = rules.training.correction if one.corrected else 1.0
        decided = Decided(letter, one.document_type, one.unit, source_of(letter, one.sender), weight)
        if _is_held_back(one.document_id, rules.training.held_back):
            held_back.append(decided)
        else:
            learnt.append(decided)
            corrections += one.corrected
    return learnt, held_back, corrections


def _is_held_back(document_id: UUID, share: float) -> bool:
    """The same documents at every training: the model in use was not taught by them either."""
    return int.from_bytes(sha256(document_id.bytes).digest()[:4]) < share * 2**32


def _shipped_lessons(city: City) -> Iterator["Lesson"]:
    """Invented letters of every type: without them a model would forget what never reaches a lesson."""
    from samples.lessons import lessons

    return lessons(city)


def _letter(one: Taught, city: City) -> Letter | None:
    """The letter of that document's words or text; None if its file cannot be read, which `store verify` tells of."""
    try:
        if one.role is FileRole.WORDS:
            return letter_from(rows_of_pages(read_words(one.path)), city)
        return letter_from(rows_of_text(one.path.read_text(encoding="utf-8")), city)
    except (OSError, BadInput) as problem:
        code = problem.code if isinstance(problem, BadInput) else os_reason(problem)
        log.warning("lesson_not_readable", document=str(one.document_id), code=code)
        return None
