"""Files out of a request: written to a folder as they come, never held in memory, never larger than allowed."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from config.settings import load_settings
from pipelines.intake.names import printable, without_folders
from schemas.errors import BadInput

__all__ = ["LARGEST_REQUEST", "FolderUpload", "Received", "TooLarge", "body_to_file", "receiving_folder"]

LARGEST_REQUEST = 1000**3
"""All files of one form together; the server takes no more."""
_CHUNK = 64 * 1024


class TooLarge(BadInput):
    """A file above the limit."""

    code = "zu_gross"

    def __init__(self) -> None:
        super().__init__(
            f"Die Datei ist größer als {load_settings().upload_max_mb} MB.", remedy="Bitte teilen Sie sie."
        )


@dataclass(frozen=True, slots=True)
class Received:
    """One file of a request. `path` is None if it was too large to be kept."""

    field: str
    name: str
    path: Path | None


@contextmanager
def receiving_folder() -> Iterator[Path]:
    """A folder for the files of one request; gone afterwards, and after a crash with the next start."""
    root = load_settings().scratch
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="annahme-", dir=root) as folder:
        yield Path(folder)


class FolderUpload(FileUploadHandler):
    """Writes the files of a form into a folder and lists them in `received`, in the order of the form."""

    def __init__(self, request: HttpRequest, folder: Path) -> None:
        super().__init__(request)
        self.received: list[Received] = []
        self._folder, self._most = folder, load_settings().upload_max_bytes

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._path = self._folder / str(len(self.received))
        self.file: BinaryIO = self._path.open("wb")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > self._most:
            self.received.append(Received(self.field_name or "", printable(self.file_name or ""), None))
            self.file.close()
            self._path.write_bytes(b"")
            raise SkipFile
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> None:
        self.file.close()
        self.received.append(Received(self.field_name or "", printable(self.file_name or ""), self._path))


def body_to_file(request: HttpRequest, folder: Path, name: str) -> Received:
    """The body as it is. TooLarge; BadInput if the name is none or less arrived than was announced."""
    kept = printable(without_folders(name))
    if not kept:
        raise BadInput("Der Dateiname fehlt.", remedy='Bitte Content-Disposition: attachment; filename="..." angeben.')
    path, most, size = folder / "0", load_settings().upload_max_bytes, 0
    with path.open("xb") as writer:
        while chunk := request.read(_CHUNK):
            size += len(chunk)
            if size > most:
                raise TooLarge
            writer.write(chunk)
    if size != int(request.headers.get("Content-Length") or 0):
        raise BadInput("Die Übertragung ist abgebrochen.", remedy="Bitte wiederholen.")
    return Received("", kept, path)
