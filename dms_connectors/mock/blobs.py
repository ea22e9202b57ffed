"""Files: temporary uploads, and the content of stored documents.

An upload keeps its id when it becomes content, so a crash between moving the file and committing the
document can be undone at the next start: content nobody refers to becomes an upload again.
"""

import hashlib
import os
import re
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

__all__ = ["BlobStore", "Measured"]

_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Measured:
    """Size and hash of a file."""

    size: int
    sha256: str


class BlobStore:
    """Two folders on one file system: uploads and blobs."""

    def __init__(self, data: Path) -> None:
        self._uploads = data / "uploads"
        self._blobs = data / "blobs"
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

    async def receive(self, upload: str, stream: AsyncIterator[bytes]) -> None:
        """Append the bytes of a request; what arrived before the connection broke stays."""
        with (self._uploads / upload).open("ab") as file:
            async for block in stream:
                file.write(block)

    def measure(self, upload: str) -> Measured:
        """Bring the upload to the disk for good, and hash it block by block."""
        digest = hashlib.sha256()
        size = 0
        with (self._uploads / upload).open("rb") as file:
            os.fsync(file.fileno())
            while block := file.read(_BLOCK):
                digest.update(block)
                size += len(block)
        return Measured(size, digest.hexdigest())

    def adopt(self, upload: str) -> None:
        """Turn the upload into content; it cannot be used a second time. Raises FileNotFoundError."""
        (self._uploads / upload).rename(self._blobs / upload)
        _sync_folder(self._blobs)
        _sync_folder(self._uploads)

    def path(self, blob: str) -> Path:
        """Where the content lies."""
        return self._blobs / blob


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
