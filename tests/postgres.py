"""A PostgreSQL of the tests' own, from Debian's package: empty, on loopback, without waiting for the disk."""

import atexit
import os
import shutil
import socket
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from uuid import uuid4

import psycopg

__all__ = ["admin_url", "drop_database", "new_database", "wanted"]

_PROGRAMS = Path("/usr/lib/postgresql/15/bin")
_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")


def wanted() -> bool:
    """True if this run is to use PostgreSQL (`./run test --postgres`)."""
    return os.environ.get("TEST_DATABASE") == "postgresql"


@cache
def admin_url() -> str:
    """Address of the maintenance database; the server is started when first asked for and ends with the run."""
    folder = Path(tempfile.mkdtemp(prefix="pe-postgres-"))
    folder.chmod(0o755)
    data = folder / "data"
    data.mkdir(mode=0o700)
    prefix: tuple[str, ...] = ()
    if os.geteuid() == 0:
        shutil.chown(data, "postgres", "postgres")
        prefix = ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    options = [f"port={port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={data}", *_FAST]
    _run(*prefix, _PROGRAMS / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
    started = " ".join(f"-c {option}" for option in options)
    _run(*prefix, _PROGRAMS / "pg_ctl", "-D", data, "-l", data / "log", "-w", "-o", started, "start")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(_run, *prefix, _PROGRAMS / "pg_ctl", "-D", data, "-m", "immediate", "stop")
    return f"postgresql://postgres@127.0.0.1:{port}/postgres"


def new_database(template: str = "template1") -> str:
    """Address of a new database, a copy of that one."""
    name = f"pe_{uuid4().hex}"
    _execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return admin_url().rsplit("/", 1)[0] + f"/{name}"


def drop_database(url: str) -> None:
    """Remove it, whoever is still connected."""
    _execute(f'DROP DATABASE IF EXISTS "{url.rsplit("/", 1)[1]}" WITH (FORCE)')


def _execute(statement: str) -> None:
    with psycopg.connect(admin_url(), autocommit=True) as connection:
        connection.execute(statement.encode())


def _run(*command: str | Path) -> None:
    done = subprocess.run(
        [str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{command}: {done.stderr}")
