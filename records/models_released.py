"""Learned models: what every training came to, and which model is used because two persons said so.

The model in use is that of the last released request, or the shipped one. To go back to an earlier model is a request
like any other. Requests are a chain like the versions of the scanning procedure.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum

import structlog
from django.db import transaction

from config.live_model import LiveModel, model_file, model_problem, read_mark, write_mark
from config.settings import load_settings
from records.decisions import Conflict
from records.models import ModelRelease, TrainingRun
from schemas.chain import START
from schemas.digest import digest_of_file
from schemas.errors import BadInput, Unavailable, os_reason
from schemas.roles import Person, Role

__all__ = [
    "LONGEST_REASON",
    "RELEASING",
    "Outcome",
    "ask",
    "begin_run",
    "confirm",
    "finish_run",
    "live",
    "mark_problem",
    "running",
    "to_confirm",
    "usable",
    "verify",
    "waiting",
    "withdraw",
    "write_copy",
]

log = structlog.get_logger()
RELEASING = frozenset({Role.MAILROOM})
"""Who may ask for a model, and confirm what another one of them has asked for."""

LONGEST_REASON = 2000
_RELEASED, _WITHDRAWN = "released", "withdrawn"
_GRACE = timedelta(minutes=10)
_SHIPPED = LiveModel(0, "")


class Outcome(StrEnum):
    """What a training came to."""

    CANDIDATE = "candidate"
    WORSE = "worse"
    TOO_FEW = "too_few"
    FAILED = "failed"

    @property
    def label(self) -> str:
        """The words people read."""
        return _LABELS[self]


_LABELS = {
    Outcome.CANDIDATE: "Kandidat",
    Outcome.WORSE: "nicht besser, verworfen",
    Outcome.TOO_FEW: "zu wenige Schreiben",
    Outcome.FAILED: "nicht gelungen",
}


def begin_run(now: datetime, *, every_days: int, minutes: int) -> TrainingRun | None:
    """The right to train now; None if it is not yet time, never (`every_days` 0), or somebody does already.

    One that has not ended within its time was killed: it is said so, and the next may begin.
    """
    with transaction.atomic():
        too_old = now - timedelta(minutes=minutes) - _GRACE
        TrainingRun.objects.filter(outcome="", begun_at__lt=too_old).update(
            outcome=Outcome.FAILED, finished_at=now, detail="Das Training wurde abgebrochen (Zeit, Speicher, Neustart)."
        )
        last = TrainingRun.objects.select_for_update().order_by("-number").first()
        if every_days == 0 or (last is not None and (not last.outcome or now - last.begun_at < _days(every_days))):
            return None
        return TrainingRun.objects.create(number=last.number + 1 if last else 1, begun_at=now)


def _days(count: int) -> timedelta:
    """A little less, so that a job that comes a second early is not a day late."""
    return timedelta(days=count) - timedelta(minutes=30)


def running() -> TrainingRun | None:
    """The training that is under way."""
    return TrainingRun.objects.filter(outcome="").order_by("-number").first()


def finish_run(number: int, outcome: Outcome, detail: str, now: datetime, **found: object) -> None:
    """Keep what that training came to: `found` are columns of TrainingRun."""
    TrainingRun.objects.filter(number=number, outcome="").update(
        outcome=outcome, detail=detail, finished_at=now, **found
    )
    log.info("training_finished", state=outcome)


def live() -> ModelRelease | None:
    """The last released request; None: nothing was ever released, the shipped model is in use."""
    return ModelRelease.objects.filter(outcome=_RELEASED).select_related("run").order_by("-number").first()


def waiting() -> ModelRelease | None:
    """The request that waits for a second person."""
    return ModelRelease.objects.filter(outcome="").select_related("run").order_by("-number").first()


def to_confirm(person: Person) -> int:
    """How many requests wait for this person."""
    found = waiting()
    return int(found is not None and found.asked_by_id != person.user_id and bool(person.roles & RELEASING))


def usable(run: TrainingRun) -> bool:
    """It is a candidate and its file is what was trained."""
    path = model_file(load_settings().models, run.sha256)
    return run.outcome == Outcome.CANDIDATE and path.is_file() and digest_of_file(path).sha256 == run.sha256


def ask(run_number: int, reason: str, person: Person, now: datetime) -> ModelRelease:
    """Ask that the model of that training be used; 0: the shipped one. BadInput if it cannot be, or is already."""
    if not person.roles & RELEASING:
        raise BadInput(f"{person.name} darf keine Freigabe beantragen.", remedy="Das darf die Poststelle.")
    reason, run = _reason(reason), _run(run_number)
    sha256 = run.sha256 if run else ""
    with transaction.atomic():
        last = ModelRelease.objects.select_for_update().order_by("-number").first()
        if last is not None and not last.outcome:
            raise Conflict(f"Antrag {last.number} wartet noch.", remedy="Zuerst bestätigen oder zurückziehen.")
        current = live()
        if sha256 == (current.sha256 if current else ""):
            raise BadInput("Dieses Modell ist schon in Gebrauch.")
        return ModelRelease.objects.create(
            number=last.number + 1 if last else 1,
            sha256=sha256,
            run=run,
            reason=reason,
            asked_by_id=person.user_id,
            asked_name=person.name,
            asked_at=now,
            previous=last.link if last else START,
        )


def confirm(number: int, person: Person, now: datetime) -> None:
    """Put the model in use; never by who asked. Unavailable: the disk does not take the mark, and nothing changed."""
    found = _waiting(number, person)
    if found.asked_by_id == person.user_id:
        raise BadInput(
            "Wer die Freigabe beantragt, bestätigt sie nicht.", remedy="Bitte lassen Sie eine zweite Person bestätigen."
        )
    _run(found.run.number if found.run else 0)
    with transaction.atomic():
        _decide(found, _RELEASED, "", person, now)
        write_copy()


def withdraw(number: int, reason: str, person: Person, now: datetime) -> None:
    """Take the request back or refuse it; it stays in the list."""
    _decide(_waiting(number, person), _WITHDRAWN, _reason(reason), person, now)


def write_copy() -> None:
    """Make the mark on the disk what the records say; Unavailable if the disk does not take it."""
    folder = load_settings().models
    if not mark_problem():
        return
    try:
        write_mark(folder, _wanted())
    except OSError as error:
        raise Unavailable(
            f"{folder} nimmt die Freigabe nicht an ({os_reason(error)}).", remedy="Freien Platz und Rechte prüfen."
        ) from error


def mark_problem() -> str:
    """Why this machine does not use what the records say (German); empty: it does."""
    folder = load_settings().models
    try:
        there = read_mark(folder) or _SHIPPED
    except ValueError:
        return model_problem(folder)
    return model_problem(folder) if there == _wanted() else f"{folder} ist nicht auf dem Stand der Datenbank"


def _wanted() -> LiveModel:
    found = live()
    return LiveModel(found.number, found.sha256) if found else _SHIPPED


def verify() -> Iterator[str]:
    """What does not hold in the chain of releases (German); nothing if all is well."""
    previous, found = START, list(ModelRelease.objects.order_by("number"))
    for row in found:
        about = f"Freigabe {row.number} des gelernten Modells"
        if row.previous != previous:
            yield f"{about}: Die Freigabe davor fehlt, oder der Verweis auf sie stimmt nicht."
        if row.outcome and row.link != _link_of(row):
            yield f"{about}: Der Eintrag ist verändert."
        if not row.outcome and row is not found[-1]:
            yield f"{about}: Die Entscheidung fehlt."
        if row.outcome == _RELEASED and row.decided_by_id == row.asked_by_id:
            yield f"{about}: Antrag und Bestätigung sind von derselben Person."
        previous = row.link


def _run(number: int) -> TrainingRun | None:
    """A training whose model may be used; None for 0, the shipped one."""
    if number == 0:
        return None
    run = TrainingRun.objects.filter(number=number).first()
    if run is None or not usable(run):
        raise BadInput(
            f"Das Modell {number} kann nicht in Gebrauch kommen.",
            remedy="Es ist kein Kandidat, oder seine Datei fehlt oder ist verändert.",
        )
    return run


def _waiting(number: int, person: Person) -> ModelRelease:
    if not person.roles & RELEASING:
        raise BadInput(f"{person.name} darf über gelernte Modelle nicht entscheiden.")
    found = ModelRelease.objects.filter(number=number, outcome="").select_related("run").first()
    if found is None:
        raise Conflict("Über diesen Antrag ist schon entschieden.", remedy="Bitte prüfen Sie den Stand.")
    return found


def _decide(found: ModelRelease, outcome: str, remark: str, person: Person, now: datetime) -> None:
    """Once: of two decisions at the same moment the second changes no row."""
    found.outcome, found.remark = outcome, remark
    found.decided_by_id, found.decided_name, found.decided_at = person.user_id, person.name, now
    changed = ModelRelease.objects.filter(pk=found.pk, outcome="").update(
        outcome=outcome,
        remark=remark,
        decided_by=person.user_id,
        decided_name=person.name,
        decided_at=now,
        link=_link_of(found),
    )
    if not changed:
        raise Conflict("Über diesen Antrag ist schon entschieden.", remedy="Bitte prüfen Sie den Stand.")
    log.info("model_decided", state=outcome, account=person.user_id)


def _link_of(row: ModelRelease) -> str:
    """SHA-256 over everything a decided row says, and the link before."""
    asked = (row.run_id, row.reason, row.asked_by_id, row.asked_name, f"{row.asked_at.timestamp():.6f}")
    moment = f"{row.decided_at.timestamp():.6f}" if row.decided_at else ""
    decided = (row.outcome, row.remark, row.decided_by_id, row.decided_name, moment)
    parts = (row.number, row.sha256, *asked, *decided, row.previous)
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def _reason(text: str) -> str:
    text = text.replace("\0", "").strip()
    if not text:
        raise BadInput("Die Begründung fehlt.", remedy="Bitte begründen Sie in einem Satz.")
    if len(text) > LONGEST_REASON:
        raise BadInput(f"Die Begründung ist zu lang (höchstens {LONGEST_REASON} Zeichen).")
    return text
