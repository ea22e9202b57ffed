"""Files: temporary uploads, and the content of stored documents.

An upload keeps its id when it becomes content, so a crash between moving the file and committing the
document can be undone at the next start: content nobody refers to becomes an upload again.
"""

import hashlib
import os
import re
import threading
from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

__all__ = ["NO_FILE", "BlobStore", "Measured"]

_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")


@dataclass(frozen=True, slots=True)
class Measured:
    """Size and hash of a file."""

    size: int
    sha256: str


NO_FILE = Measured(0, "")


class BlobStore:
    """Two folders on one file system: uploads and blobs."""

    def __init__(self, data: Path) -> None:
        self._uploads = data / "uploads"
        self._blobs = data / "blobs"
        self._receiving: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._uploads.mkdir(parents=True, exist_ok=True)
        self._blobs.mkdir(parents=True, exist_ok=True)

    def recover(self, used: Collection[str]) -> None:
        """Give content without a document back to the uploads."""
        for path in self._blobs.iterdir():
            if path.name not in used:
                path.rename(self._uploads / path.name)

    def new_id(self, now: datetime) -> str:
        """An id in the look of the documented ones."""
        return f"{now:%Y-%m-%d}_temp_master_file_mock_{uuid4().hex}"

    def has_upload(self, upload: str) -> bool:
        return bool(_ID.fullmatch(upload)) and (self._uploads / upload).is_file()

    async def receive(self, upload: str, stream: AsyncIterator[bytes], *, fresh: bool) -> None:
        """Write or append the bytes of a request; what arrived before the connection broke stays.

        Raises FileNotFoundError if there is no such upload to append to.
        """
        with self._lock:
            if not fresh and not self.has_upload(upload):
                raise FileNotFoundError(upload)
            self._receiving[upload] += 1
            file = (self._uploads / upload).open("ab")
        try:
            with file:
                async for block in stream:
                    file.write(block)
        finally:
            with self._lock:
                self._receiving[upload] -= 1

    @contextmanager
    def claimed(self, upload: str | None) -> Iterator[Measured]:
        """Turn the upload into content that cannot be used a second time, durable and measured.

        If the block fails the upload is given back. Raises FileNotFoundError if it is not there or still arriving.
        """
        if upload is None:
            yield NO_FILE
            return
        with self._lock:
            if self._receiving[upload] or not self.has_upload(upload):
                raise FileNotFoundError(upload)
            self._receiving.pop(upload, None)
            (self._uploads / upload).rename(self._blobs / upload)
        try:
            measured = _measure(self._blobs / upload)
            _sync_folder(self._blobs)
            yield measured
        except BaseException:  # lint: broad - whatever happened, the client may try again with its upload
            (self._blobs / upload).rename(self._uploads / upload)
            raise

    def path(self, blob: str) -> Path:
        """Where the content lies."""
        return self._blobs / blob


def _measure(path: Path) -> Measured:
    """Bring the file to the disk for good, and hash it block by block."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        digest = hashlib.file_digest(file, "sha256")
        return Measured(file.tell(), digest.hexdigest())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
