"""One foreground process keeps all others alive: what dies is started again, said so, and its leases are freed."""

import fcntl
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO

import structlog

from config.logs import LineFile
from config.masking import masked_text
from config.settings import CODE_ROOT, Settings
from schemas.errors import ConfigurationError
from schemas.lifeline import die_with_parent
from workers.components import Component, components, port_is_free
from workers.rotation import Rotation
from workers.systemd import tell_systemd

__all__ = ["Supervisor"]

log = structlog.get_logger()
_READY_WITHIN = 60.0
_STOP_WITHIN = 20.0
_QUICK_DEATH = 5.0
_LOOK_AT_LOGS = 10.0
_LONGEST_LINE = 65536


@dataclass(slots=True)
class _Child:
    component: Component
    process: subprocess.Popen[str]
    output: threading.Thread
    started: float
    restart_at: float | None = None
    deaths: int = 0


class Supervisor:
    """Starts, watches and stops the components. `say` shows a German line to a person, `hints` once it is ready.

    `once_ready` runs beside the watching and may take its time.
    """

    def __init__(
        self,
        settings: Settings,
        say: Callable[[str], None],
        *,
        hints: tuple[str, ...] = (),
        once_ready: Callable[[], None] = lambda: None,
    ) -> None:
        self._settings = settings
        self._say = say
        self._hints = hints
        self._once_ready = once_ready
        self._children: list[_Child] = []
        self._stop = False
        self._woken = threading.Event()
        self._lock: IO[str] | None = None
        self._rotation = Rotation(settings.logs, days=settings.log_days, total=settings.log_megabytes * 1024 * 1024)
        self._logs_due = 0.0

    def run(self) -> None:
        """Until SIGINT or SIGTERM. ConfigurationError if the machine is not ready; nothing is left running."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._asked_to_stop)
        self._lock_folder()
        self._check_ports()
        self._tidy()
        try:
            servers = [component for component in components(self._settings) if component.ready is not None]
            workers = [component for component in components(self._settings) if component.ready is None]
            for group in (servers, workers):
                self._start_all(group)
            if not self._stop:
                self._say(f"Bereit: http://{self._settings.web_host}:{self._settings.web_port}/")
                tell_systemd("READY=1")
                for hint in self._hints:
                    self._say(hint)
                threading.Thread(target=self._once_ready, daemon=True).start()
            while not self._stop:
                self._look_after_children()
                self._look_after_logs()
                tell_systemd("WATCHDOG=1")
                self._woken.wait(0.5)
        finally:
            self._stop_all()

    def _start_all(self, group: list[Component]) -> None:
        """Start the group at once, then wait until each of it answers; servers come before who needs them."""
        if self._stop:
            return
        for component in group:
            self._free(component)
            self._children.append(self._start(component))
        for child in self._children:
            self._wait_until_ready(child)

    def _asked_to_stop(self, number: int, frame: object) -> None:
        self._stop = True
        self._woken.set()

    def _lock_folder(self) -> None:
        """One supervisor a data folder: two would both believe that the leases are theirs."""
        path = self._settings.run / "supervisor.lock"
        self._lock = path.open("a")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigurationError(
                f"Der Posteingang läuft schon mit dem Datenordner {self._settings.var}.",
                remedy="Den laufenden Posteingang beenden oder POSTEINGANG_VAR ändern.",
            ) from None

    def _check_ports(self) -> None:
        wanted = [("POSTEINGANG_WEB_PORT", self._settings.web_host, self._settings.web_port)]
        if self._settings.mock_dms:
            wanted.append(("POSTEINGANG_MOCK_PORT", "127.0.0.1", self._settings.mock_port))
        for variable, host, port in wanted:
            if not port_is_free(host, port):
                raise ConfigurationError(
                    f"Port {port} auf {host} ist schon belegt.",
                    remedy=f"Das andere Programm beenden oder {variable} auf einen freien Port setzen.",
                )

    def _tidy(self) -> None:
        """Remove half-made files of a crash; nobody else is running (the lock says so)."""
        from records.objects import ObjectStore

        ObjectStore(self._settings.objects).discard_pending()
        for leftover in self._settings.scratch.iterdir():
            shutil.rmtree(leftover, ignore_errors=True)  # lint: unlink - scratch of dead steps
        self._settings.redis_socket.unlink(missing_ok=True)  # lint: unlink - a dead socket

    def _start(self, component: Component) -> _Child:
        ours = {"POSTEINGANG_COMPONENT": component.name, "TMPDIR": str(self._settings.scratch.resolve())}
        try:
            process = subprocess.Popen(
                component.command,
                cwd=CODE_ROOT,
                env=os.environ | ours,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,
                preexec_fn=_prepare_child,
            )
        except FileNotFoundError:
            raise ConfigurationError(
                f"Das Programm {component.command[0]} fehlt.", remedy=f"apt-get install {component.command[0]}"
            ) from None
        assert process.stdout is not None
        file = LineFile(self._settings.logs / f"{component.name}.out")
        output = threading.Thread(target=_keep_output, args=(process.stdout, file), daemon=True)
        output.start()
        return _Child(component, process, output, time.monotonic())

    def _wait_until_ready(self, child: _Child) -> None:
        if child.component.ready is None:
            return
        end = time.monotonic() + _READY_WITHIN
        pause = 0.05
        while not self._stop and not child.component.ready():
            if child.process.poll() is not None or time.monotonic() > end:
                raise ConfigurationError(
                    f"{child.component.name} ist nicht gestartet.", remedy=f"Grund: {self._last_words(child)}"
                )
            time.sleep(pause)

    def _last_words(self, child: _Child) -> str:
        path = self._settings.logs / f"{child.component.name}.out"
        if child.process.poll() is not None:
            child.output.join(timeout=2)
        text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
        lines = text.strip().splitlines() or ["keine Ausgabe"]
        return f"{lines[-1]} (siehe {path})"

    def _look_after_children(self) -> None:
        """Reap, free leases, start again; who dies quickly waits longer each time."""
        now = time.monotonic()
        for child in self._children:
            if child.restart_at is not None:
                if now >= child.restart_at:
                    anew = self._start(child.component)
                    child.process, child.output = anew.process, anew.output
                    child.started, child.restart_at = now, None
                continue
            status = child.process.poll()
            if status is None:
                continue
            child.deaths = child.deaths + 1 if now - child.started < _QUICK_DEATH else 0
            pause = min(30.0, 0.5 * 2.0**child.deaths)
            child.restart_at = now + pause
            freed = self._free(child.component)
            self._say(
                f"{child.component.name} ist beendet ({_cause(status)}); Neustart in {pause:.1f} s, "
                f"{freed} Bearbeitung(en) freigegeben."
            )
            log.warning("child_died", component=child.component.name, status=status, freed=freed)

    def _look_after_logs(self) -> None:
        if time.monotonic() < self._logs_due:
            return
        self._logs_due = time.monotonic() + _LOOK_AT_LOGS
        try:
            self._rotation.look(datetime.now(UTC))
        except OSError:
            log.exception("rotation_failed")

    def _free(self, component: Component) -> int:
        from django.db import DatabaseError, close_old_connections

        from records.work import free_leases

        if not component.holds_leases:
            return 0
        close_old_connections()
        try:
            return free_leases(f"{component.name}:")
        except DatabaseError:
            log.exception("free_leases_failed", component=component.name)
            return 0

    def _stop_all(self) -> None:
        """Ask all to finish in reverse order, wait bounded, then kill the process group of who stays."""
        tell_systemd("STOPPING=1")
        running = [child for child in reversed(self._children) if child.process.poll() is None]
        if running:
            self._say("Wird beendet ...")
        workers, broker = _split(running)
        self._stop_these(workers)
        self._stop_these(broker)

    def _stop_these(self, children: list[_Child]) -> None:
        for child in children:
            child.process.terminate()
        end = time.monotonic() + _STOP_WITHIN
        for child in children:
            try:
                child.process.wait(timeout=max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                _kill_group(child.process.pid)
                child.process.wait()


def _split(children: list[_Child]) -> tuple[list[_Child], list[_Child]]:
    """The broker goes last: a worker that cannot reach it any more would not stop cleanly."""
    broker = [child for child in children if child.component.name == "redis"]
    return [child for child in children if child not in broker], broker


def _keep_output(stream: IO[str], file: LineFile) -> None:
    """What a child prints goes to its .out file, masked. Reading never stops, or the child would."""
    with stream:
        for line in iter(lambda: stream.readline(_LONGEST_LINE), ""):
            try:
                file.write(masked_text(line.rstrip("\n")))
            except OSError:
                continue
    file.close()


def _prepare_child() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    die_with_parent()


def _kill_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _cause(status: int) -> str:
    return f"Signal {-status}" if status < 0 else f"Status {status}"
