"""Hash a stream of bytes once, with both algorithms the evidence uses."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from schemas.values import FileDigest

__all__ = ["digest_of_chunks", "digest_of_file"]


def digest_of_chunks(chunks: Iterable[bytes]) -> FileDigest:
    """SHA-256, SHA-512 and size (bytes) of the chunks, in constant memory."""
    sha256, sha512, size = hashlib.sha256(), hashlib.sha512(), 0
    for chunk in chunks:
        sha256.update(chunk)
        sha512.update(chunk)
        size += len(chunk)
    return FileDigest(sha256.hexdigest(), sha512.hexdigest(), size)


def digest_of_file(path: Path, chunk_bytes: int = 1024 * 1024) -> FileDigest:
    """Digest of a file's content; OSError as from open."""
    with path.open("rb") as stream:
        return digest_of_chunks(iter(lambda: stream.read(chunk_bytes), b""))
