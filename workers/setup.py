"""Wire one process: Django, logging, and the choice of adapters. The one place that knows concrete connectors."""

import logging
import sys
from functools import cache
from logging.handlers import WatchedFileHandler

import structlog

from config.load import city
from config.settings import Settings, load_settings
from dms_connectors.port import Connector
from records.objects import ObjectStore

__all__ = ["object_store", "prepare_process", "target_for"]


def prepare_process(name: str) -> None:
    """Django ready, JSON log lines to var/log/<name>.log, nothing on the console but errors."""
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.django_settings")
    prepare_logging(name, load_settings())
    django.setup()


def prepare_logging(name: str, settings: Settings) -> None:
    """structlog over the standard library: one JSON object a line, ids only, never content."""
    settings.logs.mkdir(parents=True, exist_ok=True)
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared, processor=structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    to_file = WatchedFileHandler(settings.logs / f"{name}.log", encoding="utf-8")
    to_file.setFormatter(formatter)
    to_console = logging.StreamHandler(sys.stderr)
    to_console.setLevel(logging.CRITICAL)
    root = logging.getLogger()
    root.handlers = [to_file, to_console]
    root.setLevel(logging.INFO)
    for noisy in ("httpx", "httpcore", "ocrmypdf", "pikepdf", "fontTools", "pdfminer", "img2pdf"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


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
            chunk_bytes=settings.dms_chunk_bytes,
            ca_bundle=settings.dms_ca_bundle,
        ),
        rules,
    )


@cache
def out_trays() -> Connector:
    """The out-trays of units that do not work in the DMS."""
    from dms_connectors.folder import FolderConnector

    return FolderConnector(load_settings().out_trays)


def target_for(unit: str | None) -> Connector:
    """Where documents of that unit go."""
    from pipelines.filing.deliver import goes_to_dms

    return dms() if goes_to_dms(unit, city()) else out_trays()
