"""Make a change of a folder survive a power cut."""

import os
import shutil
from pathlib import Path

__all__ = ["copy_durably", "fsync_file", "fsync_folder", "write_durably"]


def fsync_folder(folder: Path) -> None:
    """Flush the folder's entries (creations, renames, removals) to the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def fsync_file(path: Path) -> None:
    """Flush an already written file to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def copy_durably(source: Path, target: Path) -> None:
    """Copy into a new file and flush it; FileExistsError if there is one. Its folder is flushed by the caller."""
    with source.open("rb") as reader, target.open("xb") as writer:
        shutil.copyfileobj(reader, writer, 1024 * 1024)
        writer.flush()
        os.fsync(writer.fileno())


def write_durably(content: bytes, target: Path) -> None:
    """Write a new file and flush it; FileExistsError if there is one. Its folder is flushed by the caller."""
    with target.open("xb") as writer:
        writer.write(content)
        writer.flush()
        os.fsync(writer.fileno())
