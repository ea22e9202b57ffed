"""Make a change of a folder survive a power cut."""

import os
from pathlib import Path

__all__ = ["fsync_file", "fsync_folder"]


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
