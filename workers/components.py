"""What one installation consists of: every child process, how it is started, and whether it answers."""

import os
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from urllib.error import URLError
from urllib.request import urlopen

from config.settings import Settings
from schemas.states import Queue

__all__ = ["Component", "components", "port_is_free"]


@dataclass(frozen=True, slots=True)
class Component:
    """One child: its command, and a check that says it is ready (None: ready when started)."""

    name: str
    command: tuple[str, ...]
    ready: Callable[[], bool] | None = None
    holds_leases: bool = False


def components(settings: Settings) -> list[Component]:
    """In the order they are started; stopped in the reverse order."""
    found: list[Component] = []
    if settings.private_redis:
        found.append(_redis(settings))
    if settings.mock_dms:
        found.append(
            Component(
                "dms-mock",
                _python(
                    "posteingang",
                    "dms",
                    "mock",
                    "--port",
                    str(settings.mock_port),
                    "--data",
                    str(settings.var / "dms-mock"),
                ),
                ready=lambda: _answers(f"http://127.0.0.1:{settings.mock_port}/"),
            )
        )
    found += [_worker(queue, settings) for queue in Queue]
    found.append(Component("beat", _python("celery", "-A", "workers.app", "beat", "-l", "warning", "--pidfile=")))
    found.append(Component("watcher", _python("workers")))
    found.append(
        Component(
            "web",
            _python("web"),
            ready=lambda: _answers(f"http://{settings.web_host}:{settings.web_port}/gesund"),
        )
    )
    return found


def port_is_free(host: str, port: int) -> bool:
    """True if a server could be started there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _worker(queue: Queue, settings: Settings) -> Component:
    processes = {Queue.OCR: settings.ocr_processes, Queue.FILING: settings.dms_parallel}.get(queue, 1)
    return Component(
        f"worker-{queue}",
        _python(
            *("celery", "-A", "workers.app", "worker", "-Q", queue.value, "-c", str(processes), "-P", "prefork"),
            *("-n", f"{queue}@%h", "-l", "warning", "--without-gossip", "--without-mingle", "--without-heartbeat"),
        ),
        holds_leases=True,
    )


def _redis(settings: Settings) -> Component:
    """A private broker on a unix socket; its append-only file survives a restart, its loss costs only time."""
    return Component(
        "redis",
        (
            *("redis-server", "--port", "0", "--unixsocket", str(settings.redis_socket), "--unixsocketperm", "600"),
            *("--dir", str(settings.run), "--appendonly", "yes", "--save", "", "--daemonize", "no"),
        ),
        ready=lambda: _redis_answers(settings),
    )


def _redis_answers(settings: Settings) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1)
        try:
            probe.connect(os.fspath(settings.redis_socket))
            probe.sendall(b"PING\r\n")
            return probe.recv(7).startswith(b"+PONG")
        except OSError:
            return False


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=2) as answer:  # noqa: S310 - our own loopback address
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _python(module: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", module, *arguments)
