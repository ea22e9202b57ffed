"""One round over the copies for information: each delivered exactly once, or taken back, whatever answers get lost."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import structlog

from config.city_config import City
from config.settings import load_settings
from dms_connectors.port import Ability, Connector
from pipelines.filing.deliver import damage
from pipelines.filing.once import Brought, bring
from pipelines.filing.papers import Filing, copy_request
from pipelines.filing.place import destination, goes_to_dms
from records import copies
from records.copies import CopyLease, CopyLost
from schemas.copies import COPY, CopyState
from schemas.errors import BadInput, PosteingangError, Rejected, Unavailable, UnclearOutcome
from schemas.faults import fault_point
from schemas.german_time import day_in_germany
from schemas.values import Work
from workers.recorded import RecordedConnector
from workers.targets import dms, object_store, out_trays

__all__ = ["round_of_copies"]

log = structlog.get_logger()
_MOST = 50
_SOON, _LATER = 60.0, 3600.0
_WITHDRAWN = "Kopie zur Kenntnis zurückgenommen"


@dataclass(frozen=True, slots=True)
class _Calls:
    """The intents of one copy, kept with it."""

    lease: CopyLease
    in_tray: bool

    @contextmanager
    def calling(self, part: str) -> Iterator[None]:
        copies.begin_call(self.lease, in_tray=self.in_tray)
        try:
            yield
        except UnclearOutcome:
            raise
        except PosteingangError:
            copies.call_refused(self.lease)
            raise
        fault_point("outbound.after_call")


def round_of_copies(city: City, now: datetime) -> int:
    """How many copies were looked after; trouble with one holds up no other."""
    done = 0
    for copy_id in copies.due(_MOST):
        lease = copies.take(copy_id, load_settings().lease_seconds)
        if lease is None:
            continue
        done += 1
        try:
            _look_after(lease, city, now)
        except CopyLost:
            log.warning("lease_lost")
        except Unavailable as problem:
            copies.defer(lease, str(problem), max(problem.retry_after or 0.0, _SOON))
        except (Rejected, BadInput) as problem:
            copies.defer(lease, str(problem), _LATER)
    return done


def _look_after(lease: CopyLease, city: City, now: datetime) -> None:
    root = load_settings().scratch
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root) as folder:
        work = copies.load(lease, object_store(), Path(folder), now)
        if lease.state is CopyState.WITHDRAWING:
            _take_back(lease, work)
        else:
            _deliver(lease, work, city)


def _deliver(lease: CopyLease, work: Work, city: City) -> None:
    """Where an earlier call may have laid it counts, even if the unit has changed to the DMS since."""
    in_tray = not goes_to_dms(lease.unit, city, day_in_germany(work.now))
    if lease.in_tray is not None and work.unclear:
        in_tray = lease.in_tray
    target: Connector = out_trays() if in_tray else dms()
    connector = RecordedConnector(target, _Calls(lease, in_tray))
    known: dict[str, str] = {}
    request = copy_request(work)
    if not in_tray:
        place = destination(work, city, connector)
        request, known = replace(request, dossier=place.dossier), dict(place.found)
    filing = Filing((request,))
    brought = Brought()
    problem = damage((filing,)) or bring(filing, work, connector, brought)
    if problem is not None:
        raise Rejected(problem)
    copies.delivered(lease, brought.ids, known, in_tray=in_tray, now=datetime.now(UTC))


def _take_back(lease: CopyLease, work: Work) -> None:
    """Gone when the target shows it no more; a call that was under way may still put it there."""
    wait = load_settings().dms_unclear_wait
    if (seconds := work.unclear.get(COPY)) is not None and seconds < wait:
        raise Unavailable("Eine Zustellung war noch unterwegs; es wird abgewartet.", retry_after=wait - seconds)
    said = _out_of_tray(lease) if lease.in_tray else _out_of_dms(lease, work)
    copies.gone(lease, said, datetime.now(UTC))


def _out_of_tray(lease: CopyLease) -> str:
    tray = out_trays()
    found = (lease.target_id,) if lease.target_id else tray.find(lease.copy_id)
    whole = [tray.take_out(target_id) for target_id in found]
    return "" if all(whole) else "Die Einheit hatte sie schon entnommen; bitte dort löschen."


def _out_of_dms(lease: CopyLease, work: Work) -> str:
    connector = dms()
    if Ability.PROOF not in connector.abilities():
        return f"Dem DMS-Import übergeben{f' als {lease.target_id}' if lease.target_id else ''}: bitte dort löschen."
    if Ability.DELETION in connector.abilities():
        for target_id in _shown(lease, connector):
            connector.delete(target_id, _WITHDRAWN)
    if left := _shown(lease, connector):
        raise Rejected(f"Die Kopie liegt im DMS noch als {', '.join(left)}: bitte dort mit Begründung löschen.")
    return ""


def _shown(lease: CopyLease, connector: Connector) -> tuple[str, ...]:
    """What the DMS holds of the copy: found by our id, or under the id we know while its search is behind."""
    found = connector.find(lease.copy_id)
    if lease.target_id and lease.target_id not in found:
        try:
            connector.read_back(lease.target_id)
        except Rejected:
            return found
        return (*found, lease.target_id)
    return found
