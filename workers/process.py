"""Make a process ready: Django and logging. Imported before anything that needs the models."""

import logging
import os
import sys
from logging.handlers import WatchedFileHandler

import structlog

from config.settings import Settings, load_settings

__all__ = ["prepare_logging", "prepare_process"]


def prepare_process(name: str) -> None:
    """Django ready, JSON log lines to var/log/<name>.log, nothing on the console but errors."""
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
