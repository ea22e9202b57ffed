"""Taking files in (claim, hash, store, commit), beside plain copying with hash and fsync."""

import os
import tempfile
import time
from pathlib import Path

__all__ = ["bench_intake"]

_FILES = 2000
_BYTES = 200_000


def bench_intake() -> None:
    """Files a second of the watcher's way and of a bare durable copy, and their ratio (1.0: no overhead)."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ |= {"POSTEINGANG_VAR": str(folder / "var"), "POSTEINGANG_STABLE_SECONDS": "0"}
        from posteingang.installation import prepare_installation

        settings = prepare_installation("bench")
        from workers import watcher

        watcher.enqueue = lambda *_: None  # type: ignore[assignment]
        for number in range(_FILES):
            (settings.inbox / "scan" / f"{number}.pdf").write_bytes(b"%PDF-1.7\n" + os.urandom(_BYTES) + b"\n%%EOF\n")
        reference = _plain(settings.inbox / "scan", folder / "copy")
        began = time.perf_counter()
        taken = watcher.Watcher().round(time.monotonic())
        ours = time.perf_counter() - began
    assert taken == _FILES, f"{taken} of {_FILES} taken in"
    print(f"{'durable copy':20} {_FILES / reference:6.0f} files/s")
    print(f"{'intake':20} {_FILES / ours:6.0f} files/s")
    print(f"{'ratio':20} {reference / ours:6.2f}")


def _plain(source: Path, target: Path) -> float:
    import hashlib

    target.mkdir()
    began = time.perf_counter()
    for path in source.iterdir():
        content = path.read_bytes()
        hashlib.sha256(content)
        hashlib.sha512(content)
        with (target / path.name).open("wb") as writer:
            writer.write(content)
            writer.flush()
            os.fsync(writer.fileno())
    return time.perf_counter() - began
