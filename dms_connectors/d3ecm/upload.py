"""Parts of a file on their way: read while they are sent, so that no part lies in memory whatever its size."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["FilePart", "parts"]

_BLOCK = 256 * 1024


@dataclass(frozen=True, slots=True)
class FilePart:
    """`size` bytes of the file from `start` on. It can be sent again: each pass reads anew."""

    path: Path
    start: int
    size: int

    def blocks(self) -> Iterator[bytes]:
        """The bytes in order; fewer than `size` if the file has become shorter, which breaks the request off."""
        left = self.size
        with self.path.open("rb") as file:
            file.seek(self.start)
            while left and (block := file.read(min(left, _BLOCK))):
                left -= len(block)
                yield block


def parts(path: Path, size: int) -> list[FilePart]:
    """The file in parts of `size` bytes; at least one, so that an empty file is uploaded too."""
    whole = path.stat().st_size
    return [FilePart(path, start, min(size, whole - start)) for start in range(0, max(whole, 1), size)]
