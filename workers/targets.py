"""The one place that knows concrete connectors: where documents go, and the evidence store."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from config.load import city
from config.settings import load_settings
from dms_connectors.port import Connector
from records.neighbours import note_pause
from records.objects import ObjectStore
from schemas.errors import Unavailable
from schemas.states import Target

if TYPE_CHECKING:
    from dms_connectors.folder import FolderConnector
    from dms_connectors.hostimport import HostimportConnector

__all__ = ["dms", "hostimport", "object_store", "out_trays", "target_for"]


@cache
def object_store() -> ObjectStore:
    """The evidence store of this installation."""
    return ObjectStore(load_settings().objects)


@cache
def dms() -> Connector:
    """The connector to the DMS of this process, as configured; discovery and session are kept."""
    settings, rules = load_settings(), city().dms
    if settings.dms_adapter == "hostimport":
        return hostimport()
    from dms_connectors.d3ecm import D3ecmConnector, D3ecmSettings

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
def hostimport() -> "HostimportConnector":
    """The file import of the DMS, asked also for what was handed to it before another adapter was configured."""
    from dms_connectors.hostimport import HostimportConnector, HostimportSettings

    settings = load_settings()
    if settings.hostimport_folder is None:
        raise Unavailable(
            "Der Importordner des DMS ist nicht eingestellt.", remedy="POSTEINGANG_HOSTIMPORT_FOLDER setzen."
        )
    return HostimportConnector(
        HostimportSettings(
            folder=settings.hostimport_folder,
            receipts=settings.receipts / "hostimport",
            errors=settings.hostimport_errors,
            updates=settings.hostimport_updates,
            encoding=settings.hostimport_encoding,
            state=settings.hostimport_state,
            editor=settings.hostimport_editor,
            settle=settings.hostimport_settle,
        ),
        city().dms,
    )


@cache
def out_trays() -> "FolderConnector":
    """The out-trays of units that do not work in the DMS."""
    from dms_connectors.folder import FolderConnector

    settings = load_settings()
    return FolderConnector(settings.out_trays, settings.receipts / "postfach")


def target_for(target: Target, unit: str | None, day: date) -> Connector:
    """The neighbour an outbound step talks to; the unit's own one depends on whether it works in the DMS that day."""
    from pipelines.filing.place import goes_to_dms

    if target is Target.TRAY:
        return out_trays()
    return dms() if target is Target.DMS or goes_to_dms(unit, city(), day) else out_trays()
