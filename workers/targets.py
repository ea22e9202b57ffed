"""The one place that knows concrete connectors: where documents go, and the evidence store."""

from datetime import UTC, datetime, timedelta
from functools import cache

from config.load import city
from config.settings import load_settings
from dms_connectors.port import Connector
from records.neighbours import note_pause
from records.objects import ObjectStore
from schemas.states import Target

__all__ = ["dms", "object_store", "out_trays", "target_for"]


@cache
def object_store() -> ObjectStore:
    """The evidence store of this installation."""
    return ObjectStore(load_settings().objects)


@cache
def dms() -> Connector:
    """The d.3ecm connector of this process; discovery and session are kept."""
    from dms_connectors.d3ecm import D3ecmConnector, D3ecmSettings

    settings, rules = load_settings(), city().dms
    key = settings.dms_api_key.get_secret_value() or ("test-key" if settings.mock_dms else "")
    return D3ecmConnector(
        D3ecmSettings(
            address=settings.dms_address,
            api_key=key,
            repository=rules.repository,
            timeout=settings.dms_timeout,
            connect_timeout=settings.dms_connect_timeout,
            chunk_bytes=settings.dms_chunk_bytes,
            ca_bundle=settings.dms_ca_bundle,
            proxy=settings.dms_proxy.get_secret_value(),
            direct_key=settings.dms_direct_key,
            first_pause=settings.dms_first_pause,
            key_pause=settings.dms_key_pause,
            breaker_failures=settings.dms_breaker_failures,
            breaker_seconds=settings.dms_breaker_seconds,
        ),
        rules,
        paused=_note_pause,
    )


def _note_pause(reason: str, seconds: float) -> None:
    """On the status page at once, from whichever process."""
    now = datetime.now(UTC)
    note_pause("DMS", reason, now + timedelta(seconds=seconds), now)


@cache
def out_trays() -> Connector:
    """The out-trays of units that do not work in the DMS."""
    from dms_connectors.folder import FolderConnector

    return FolderConnector(load_settings().out_trays)


def target_for(target: Target, unit: str | None) -> Connector:
    """The neighbour an outbound step talks to; the unit's own one depends on whether it works in the DMS."""
    from pipelines.filing.place import goes_to_dms

    return dms() if target is Target.DMS or goes_to_dms(unit, city()) else out_trays()
