"""The versions of the scanning procedure: proposed by one person, released by another, kept for ever.

The rules in force are those of the last released version, whatever lies in the city's folder (TR-03138 A.SC.4). Until
one is released the folder holds, and every transfer note says so.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

import structlog
from django.db import IntegrityError, transaction

from config.city_config import City
from config.city_files import CityFiles
from config.load import city, read_city
from config.released import GOVERNED, Released, difference, digest_of, read_released, write_released
from config.settings import load_settings
from records.decisions import Conflict
from records.models import ProcedureVersion
from records.numbers import PROCEDURE_VERSIONS, next_number
from schemas.chain import START
from schemas.errors import BadInput, ConfigurationError, Unavailable, os_reason
from schemas.roles import Person, Role

__all__ = [
    "LONGEST_REASON",
    "RELEASING",
    "Standing",
    "copy_problem",
    "in_force",
    "propose",
    "release",
    "released_version",
    "rules_in_force",
    "standing",
    "to_release",
    "verify",
    "withdraw",
    "write_copy",
]

log = structlog.get_logger()
RELEASING = frozenset({Role.MAILROOM, Role.ADMIN})
"""Who may propose and release a version."""

_RELEASED, _WITHDRAWN = "released", "withdrawn"
LONGEST_REASON = 2000


@dataclass(frozen=True, slots=True)
class Standing:
    """What is in force, what waits for a release, and what lies in the city's folder (None: `problem` says why)."""

    in_force: ProcedureVersion | None
    proposal: ProcedureVersion | None
    on_disk: Mapping[str, str] | None
    problem: str = ""

    @property
    def to_propose(self) -> bool:
        """True if the folder holds something that is neither in force nor proposed."""
        if self.on_disk is None or self.proposal is not None:
            return False
        return self.in_force is None or self.in_force.files != self.on_disk

    @property
    def settled(self) -> bool:
        """True if a version is in force, and the folder says the same."""
        return self.in_force is not None and self.proposal is None and not self.to_propose and not self.problem

    @property
    def change(self) -> tuple[str, ...]:
        """The difference (lines of a unified diff) that waits for a proposal or a release."""
        new = self.proposal.files if self.proposal else self.on_disk
        return difference(self.in_force.files, new) if self.in_force and new is not None else ()

    @property
    def sentence(self) -> str:
        """All that in German."""
        return " ".join([self._holds(), self._waits()]).strip()

    def _holds(self) -> str:
        if self.in_force is None:
            return "Noch keine Fassung des Scanverfahrens ist freigegeben; es gelten die Dateien der Installation."
        return f"Fassung {self.in_force.number} ist in Kraft."

    def _waits(self) -> str:
        if self.problem:
            return self.problem
        if self.proposal is not None:
            again = self.on_disk != self.proposal.files
            more = " Die Dateien sind seit dem Vorschlag noch einmal geändert worden." if again else ""
            what = "Änderung" if self.in_force else "Die erste Fassung"
            return f"{what} wartet auf Freigabe: Fassung {self.proposal.number}.{more}"
        if self.to_propose:
            return "Änderung wartet auf Vorschlag." if self.in_force else "Die erste Fassung wartet auf Vorschlag."
        return ""


def in_force() -> ProcedureVersion | None:
    """The version released last."""
    return ProcedureVersion.objects.filter(outcome=_RELEASED).order_by("-number").first()


def released_version() -> int | None:
    """Its number; None while nothing has been released."""
    found = in_force()
    return found.number if found else None


def standing() -> Standing:
    """How things are at present."""
    proposal = ProcedureVersion.objects.filter(outcome="").first()
    try:
        return Standing(in_force(), proposal, _on_disk())
    except ConfigurationError as problem:
        return Standing(in_force(), proposal, None, str(problem))


def to_release(person: Person) -> int:
    """How many proposals wait for that person to decide about them."""
    if not person.roles & RELEASING:
        return 0
    return ProcedureVersion.objects.filter(outcome="").exclude(proposed_by_id=person.user_id).count()


def rules_in_force() -> City:
    """The city's rules by the released version. A copy on the disk that says something else is written anew first."""
    write_copy()
    return city()


def copy_problem() -> str:
    """Why the copy on the disk is not what the records say (German); empty: it is."""
    folder = load_settings().procedure
    try:
        same = read_released(folder) == _released()
    except ConfigurationError as problem:
        return problem.sentence
    return "" if same else f"{folder} ist nicht auf dem Stand der Datenbank."


def write_copy() -> None:
    """Make the copy on the disk what the records say; Unavailable if the disk does not take it."""
    if not copy_problem():
        return
    folder = load_settings().procedure
    log.info("procedure_copy_written")
    try:
        write_released(folder, _released())
    except OSError as error:
        raise Unavailable(
            f"{folder} nimmt die freigegebene Fassung des Verfahrens nicht an ({os_reason(error)}).",
            remedy="Freien Platz und Rechte prüfen.",
        ) from error


def propose(reason: str, person: Person, now: datetime, *, seen: str | None = None) -> ProcedureVersion:
    """Propose what lies in the city's folder; `seen`: the hash of what the person was shown.

    BadInput if it is not allowed or changes nothing, ConfigurationError (file and line) if it does not fit the other
    rules, Conflict if something else waits already or the files are not those the person saw.
    """
    _may(person)
    files, reason = _on_disk(), _reason(reason)
    if seen is not None and seen != digest_of(files):
        raise Conflict("Die Dateien sind inzwischen geändert worden.", remedy="Bitte lesen Sie den Unterschied neu.")
    read_city(load_settings().city)
    current = in_force()
    if current is not None and current.files == files:
        raise BadInput(f"Die Dateien sagen dasselbe wie Fassung {current.number}; es gibt nichts vorzuschlagen.")
    try:
        with transaction.atomic():
            last = ProcedureVersion.objects.order_by("-number").first()
            if last is not None and not last.outcome:
                raise Conflict(f"Fassung {last.number} wartet noch.", remedy="Zuerst freigeben oder zurückziehen.")
            return ProcedureVersion.objects.create(
                number=_next_number(),
                files=files,
                sha256=digest_of(files),
                reason=reason,
                proposed_by_id=person.user_id,
                proposed_name=person.name,
                proposed_at=now,
                previous=last.link if last else START,
            )
    except IntegrityError:
        raise Conflict("Eben hat jemand anderes eine Fassung vorgeschlagen.") from None


def release(number: int, seen: str, person: Person, now: datetime) -> None:
    """Put that proposal in force; `seen`: the hash of what the person was shown. Nobody releases their own proposal.

    ConfigurationError if it does not fit the other rules any more, Conflict if it is not what waits.
    """
    _may(person)
    found = _waiting(number, seen)
    if found.proposed_by_id == person.user_id:
        raise BadInput(
            "Wer eine Fassung vorschlägt, gibt sie nicht frei.", remedy="Bitte lassen Sie eine zweite Person freigeben."
        )
    read_city(load_settings().city, Released(number, found.files))
    _decide(found, _RELEASED, "", person, now)


def withdraw(number: int, seen: str, reason: str, person: Person, now: datetime) -> None:
    """Take the proposal back or refuse it; it stays in the list. Whoever may release may do that too."""
    _may(person)
    _decide(_waiting(number, seen), _WITHDRAWN, _reason(reason), person, now)


def verify() -> Iterator[str]:
    """What does not hold in the chain of versions (German); nothing if all is well."""
    previous, rows = START, list(ProcedureVersion.objects.order_by("number"))
    for row in rows:
        about = f"Fassung {row.number} des Scanverfahrens"
        if row.previous != previous:
            yield f"{about}: Die Fassung davor fehlt, oder der Verweis auf sie stimmt nicht."
        if row.sha256 != digest_of(row.files):
            yield f"{about}: Die Dateien sind verändert."
        if row.outcome and row.link != _link_of(row):
            yield f"{about}: Der Eintrag ist verändert."
        if not row.outcome and row is not rows[-1]:
            yield f"{about}: Die Entscheidung fehlt."
        if row.outcome == _RELEASED and row.decided_by_id == row.proposed_by_id:
            yield f"{about}: Vorschlag und Freigabe sind von derselben Person."
        previous = row.link


def _released() -> Released | None:
    found = in_force()
    return Released(found.number, found.files) if found else None


def _on_disk() -> dict[str, str]:
    files = CityFiles(load_settings().city)
    return {name: files.text(name) for name in GOVERNED}


def _next_number() -> int:
    """Never one that was given before a restore: transfer notes name it."""
    return int(next_number(PROCEDURE_VERSIONS, 0, uuid4()).rpartition("-")[2])


def _waiting(number: int, seen: str) -> ProcedureVersion:
    found = ProcedureVersion.objects.filter(number=number, sha256=seen, outcome="").first()
    if found is None:
        raise Conflict("Über diese Fassung ist schon entschieden.", remedy="Bitte prüfen Sie den Stand.")
    return found


def _decide(found: ProcedureVersion, outcome: str, remark: str, person: Person, now: datetime) -> None:
    """Once: of two decisions at the same moment the second changes no row."""
    found.outcome, found.remark = outcome, remark
    found.decided_by_id, found.decided_name, found.decided_at = person.user_id, person.name, now
    changes = {"outcome": outcome, "remark": remark, "decided_by": person.user_id, "decided_name": person.name}
    with transaction.atomic():
        waiting = ProcedureVersion.objects.filter(pk=found.pk, sha256=found.sha256, outcome="")
        if not waiting.update(**changes, decided_at=now, link=_link_of(found)):
            raise Conflict("Über diese Fassung ist schon entschieden.", remedy="Bitte prüfen Sie den Stand.")
        transaction.on_commit(write_copy, robust=True)  # the next step writes it if the disk does not take it now
    log.info("procedure_decided", state=outcome, account=person.user_id)


def _link_of(row: ProcedureVersion) -> str:
    """SHA-256 over everything a decided row says, and the link before."""
    proposed = (row.reason, row.proposed_by_id, row.proposed_name, f"{row.proposed_at.timestamp():.6f}")
    moment = f"{row.decided_at.timestamp():.6f}" if row.decided_at else ""
    decided = (row.outcome, row.remark, row.decided_by_id, row.decided_name, moment)
    parts = (row.number, row.sha256, *proposed, *decided, row.previous)
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def _may(person: Person) -> None:
    if not person.roles & RELEASING:
        raise BadInput(
            f"{person.name} darf über das Scanverfahren nicht entscheiden.",
            remedy=f"Das dürfen: {', '.join(sorted(role.label for role in RELEASING))}.",
        )


def _reason(text: str) -> str:
    text = text.replace("\0", "").strip()
    if not text:
        raise BadInput("Die Begründung fehlt.", remedy="Bitte begründen Sie in einem Satz.")
    if len(text) > LONGEST_REASON:
        raise BadInput(f"Die Begründung ist zu lang (höchstens {LONGEST_REASON} Zeichen).")
    return text
