"""/metrics for Prometheus: read from the database when asked, so that no process has to count. Numbers only."""

import hmac
import ipaddress
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from config.settings import load_settings
from pipelines.flow import FLOW, automatic_states
from pipelines.routing.model import model_in_use
from records import neighbours
from records import status as numbers
from records.clock import database_now
from records.models_released import mark_problem
from schemas.states import Kind

__all__ = ["metrics"]

_FORWARDED = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_VIA")


@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For this machine, or for who has the token; for all others it does not exist."""
    if not (_has_token(request) or _from_this_machine(request)):
        raise Http404
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Records(datetime.now(UTC)))
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _has_token(request: HttpRequest) -> bool:
    token = load_settings().metrics_token.get_secret_value()
    sent = request.headers.get("Authorization", "")
    return bool(token) and hmac.compare_digest(sent.encode(), f"Bearer {token}".encode())


def _from_this_machine(request: HttpRequest) -> bool:
    """A reverse proxy on this machine asks from here too, but for somebody else: by another name, or saying so."""
    if any(name in request.META for name in _FORWARDED):
        return False
    name = request.get_host().rpartition(":")[0] or request.get_host()
    return _is_loopback(request.META.get("REMOTE_ADDR", "")) and (name == "localhost" or _is_loopback(name.strip("[]")))


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


class _Records(Collector):
    """What the status page says, as numbers for a machine."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield from self._documents()
        yield from self._backlog()
        yield from self._held_up_and_waiting()
        yield from self._neighbours()
        yield self._model()
        usage = shutil.disk_usage(load_settings().var)
        yield _one("posteingang_disk_free_bytes", "Free space on the disk of the data folder", usage.free)
        yield _one("posteingang_disk_total_bytes", "Size of the disk of the data folder", usage.total)

    def _documents(self) -> Iterator[GaugeMetricFamily]:
        counted = numbers.in_states()
        labels = ("state", "kind")
        count = GaugeMetricFamily("posteingang_documents", "Documents in each state", labels=labels)
        oldest = GaugeMetricFamily(
            "posteingang_oldest_document_seconds",
            "How long the oldest document has been in a state that is not final",
            labels=labels,
        )
        for stage in FLOW:
            found = counted.get(stage.state)
            count.add_metric((stage.state, stage.kind), found.count if found else 0)
            if stage.kind is not Kind.FINAL:
                oldest.add_metric((stage.state, stage.kind), self._age(found.since) if found else 0)
        yield count
        yield oldest

    def _backlog(self) -> Iterator[GaugeMetricFamily]:
        found = numbers.backlogs(automatic_states(), database_now()).values()
        for name, text, value in (
            ("working", "Documents a worker is busy with", sum(backlog.working for backlog in found)),
            ("due", "Documents whose step is due", sum(backlog.due for backlog in found)),
            ("overdue", "Documents whose step has been due for ten minutes", sum(backlog.overdue for backlog in found)),
            ("deferred", "Documents put off until later", sum(backlog.deferred for backlog in found)),
        ):
            yield _one(f"posteingang_documents_{name}", text, value)

    def _held_up_and_waiting(self) -> Iterator[GaugeMetricFamily]:
        yield _one("posteingang_held_up_documents", "Documents whose last try did not succeed", numbers.held_up_count())
        waiting = numbers.inbox()
        yield _one("posteingang_inbox_files", "Files that cannot be taken in yet", len(waiting))
        oldest = self._age(waiting[0].first_seen) if waiting else 0
        yield _one("posteingang_inbox_oldest_seconds", "Age of the oldest of these files", oldest)
        verdicts = GaugeMetricFamily(
            "posteingang_invoices", "Entries of the invoice register by verdict of the validation", labels=("verdict",)
        )
        for verdict, count in numbers.verdicts().items():
            verdicts.add_metric((verdict or "none",), count)
        yield verdicts

    def _neighbours(self) -> Iterator[GaugeMetricFamily]:
        fine = GaugeMetricFamily("posteingang_neighbour_ok", "1 if the last look found it well", labels=("neighbour",))
        age = GaugeMetricFamily(
            "posteingang_neighbour_checked_seconds", "Seconds since the last look", labels=("neighbour",)
        )
        for look in neighbours.seen(self._now):
            fine.add_metric((look.name,), float(look.ok))
            age.add_metric((look.name,), self._age(look.checked_at))
        yield fine
        yield age

    def _model(self) -> GaugeMetricFamily:
        """The version says which; 0: rules alone decide, or the released model cannot be used."""
        labels = ("version",)
        found = GaugeMetricFamily("posteingang_learned_model", "1 for the learned model in use", labels=labels)
        used = model_in_use()
        sound = used is not None and not mark_problem()
        found.add_metric((used.version if used else "none",), float(sound))
        return found

    def _age(self, since: datetime) -> float:
        return max(0.0, (self._now - since).total_seconds())


def _one(name: str, text: str, value: float) -> GaugeMetricFamily:
    """A metric of one number."""
    return GaugeMetricFamily(name, text, value=value)
