"""Log lines as JSON in var/log/<component>.log: ids, codes and times, never content (see config/masking.py).

All processes of a component write to one file, each line as one append. None of them rotates: the supervisor renames
the file, and whoever writes next finds it gone and opens a new one. A line written meanwhile is in the renamed file.
"""

import logging
import os
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog

from config.masking import current_exception, masked_event, told_exception
from config.settings import Settings

__all__ = ["LineFile", "prepare_logging"]

_MODE = 0o640
_KNOW_IDS_ONLY = ("celery", "kombu")
_NOISY = ("celery", "kombu", "httpx", "httpcore", "ocrmypdf", "pikepdf", "fontTools", "pdfminer", "img2pdf")


class LineFile:
    """Appends whole lines to whatever file has that name now."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None
        self._file: tuple[int, int] | None = None

    def write(self, line: str) -> None:
        """One write a line, so that lines of several processes do not mix."""
        os.write(self._opened(), f"{line}\n".encode("utf-8", "backslashreplace"))

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _opened(self) -> int:
        try:
            now = self._path.stat()
            current = (now.st_dev, now.st_ino)
        except FileNotFoundError:
            current = None
        if self._descriptor is None or current is None or current != self._file:
            self.close()
            self._descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, _MODE)
            opened = os.fstat(self._descriptor)
            self._file = (opened.st_dev, opened.st_ino)
        return self._descriptor


class _ToFile(logging.Handler):
    def __init__(self, path: Path) -> None:
        super().__init__()
        self._file = LineFile(path)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._file.write(self.format(record))
        except Exception as problem:  # lint: broad - a full disk must not stop the work; the base prints arguments
            sys.stderr.write(f"Protokollzeile verloren ({type(problem).__name__}).\n")


def prepare_logging(name: str, settings: Settings) -> None:
    """structlog over the standard library, for all loggers of this process and for what nobody caught."""
    settings.logs.mkdir(parents=True, exist_ok=True)
    handler = _ToFile(settings.logs / f"{name}.log")
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.contextvars.merge_contextvars, structlog.stdlib.add_log_level, _foreign],
            processors=[
                _exception,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                lambda _, __, event: masked_event(event),
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            use_get_message=False,
            pass_foreign_args=True,
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for noisy in _NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING if noisy in _KNOW_IDS_ONLY else logging.ERROR)
    logging.captureWarnings(True)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    _tell_what_nobody_caught()


def _foreign(_: Any, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """A library's message: which logger, where in its code, and the template without the values put into it.

    A message without values may have them put in already: it is told only where a library knows nothing but ids.
    """
    record: logging.LogRecord = event["_record"]
    values, message = event.pop("positional_args", None), event["event"]
    told = bool(values) or record.name.partition(".")[0] in _KNOW_IDS_ONLY
    place = f"{Path(record.pathname).name}:{record.lineno}"
    event.update(event="foreign", logger=record.name, place=place, template=message if told else None)
    return event


def _exception(_: Any, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    error = current_exception(event.pop("exc_info", None))
    event.pop("stack_info", None)
    if error is not None:
        event["exception"] = told_exception(error)
    return event


def _tell_what_nobody_caught() -> None:
    """Python would print the message of an uncaught exception; ours goes to the log without it.

    Whoever else listens already (a test runner) is left alone.
    """
    log = structlog.get_logger()

    def uncaught(kind: type[BaseException], error: BaseException, tail: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        log.critical("uncaught", exc_info=error)
        sys.stderr.write(f"Unerwarteter Fehler ({kind.__name__}); Einzelheiten im Protokoll.\n")

    if sys.excepthook is sys.__excepthook__:
        sys.excepthook = uncaught
    if threading.excepthook is threading.__excepthook__:
        threading.excepthook = lambda told: log.critical("uncaught_in_thread", exc_info=told.exc_value)
    if sys.unraisablehook is sys.__unraisablehook__:
        sys.unraisablehook = lambda told: log.error("unraisable", exc_info=told.exc_value)
