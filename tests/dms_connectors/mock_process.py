"""The stand-in d.3ecm as a process of its own, to be killed and started again."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["free_port", "process"]


@contextmanager
def process(port: int, data: Path) -> Iterator[subprocess.Popen[str]]:
    """The mock as its own process; it says on its log when it can be called."""
    code = (
        "import logging, sys\nfrom pathlib import Path\nfrom dms_connectors.mock.server import serve\n"
        "logging.basicConfig(level='INFO', stream=sys.stdout)\n"
        f"serve('127.0.0.1', {port}, None, Path({str(data)!r}))\n"
    )
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout is not None
        assert "Testsystem" in child.stdout.readline()
        yield child
    finally:
        child.kill()
        child.communicate()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
