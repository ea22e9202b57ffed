"""Pictures of PDF pages for the screen, each drawn in a process of its own: the file may be hostile.

`python -m pipelines.scan.preview FILE PAGE WIDTH [LEFT TOP RIGHT BOTTOM]` is that process: it writes a PNG to its
standard output, a pipe; with a frame (millimetres from the upper left corner of the page) around a place.
"""

import resource
import subprocess
import sys
from pathlib import Path

from config.settings import CODE_ROOT
from schemas.errors import BadInput
from schemas.recognised import Box

__all__ = ["WIDEST", "page_picture"]

WIDEST = 1200
_SECONDS = 10
"""Of the processor."""
_PATIENCE = 15.0
"""Seconds by the clock."""
_MEMORY = 1536 * 1024 * 1024
_POINTS = 72 / 25.4
"""In a millimetre."""
_AROUND, _RED = 6, (156, 31, 25)
_TALLEST = 4
"""Times the width: a page as long as a street is drawn narrower."""


def page_picture(path: Path, page: int, width: int, frame: Box | None = None) -> bytes:
    """A PNG of that page (from 1), `width` pixels wide at most; BadInput if it cannot be drawn within the limits."""
    sides = (frame.left, frame.top, frame.right, frame.bottom) if frame is not None else ()
    asked = (str(path), str(page), str(min(width, WIDEST)), *map(str, sides))
    command = (sys.executable, "-m", "pipelines.scan.preview", *asked)
    try:
        done = subprocess.run(
            command, cwd=CODE_ROOT, env={"LC_ALL": "C.UTF-8"}, capture_output=True, timeout=_PATIENCE, check=True
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise BadInput(f"Seite {page} lässt sich nicht als Bild zeigen ({type(error).__name__}).") from None
    return done.stdout


def _draw(path: Path, page: int, width: int, frame: tuple[float, ...]) -> None:
    """Write the picture to standard output, under limits that end this process when it goes beyond them."""
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import pypdfium2

    with pypdfium2.PdfDocument(path) as pdf:
        shown = pdf[page - 1]
        across, down = shown.get_size()
        scale = min(width / across, width * _TALLEST / down)
        picture = shown.render(scale=scale).to_pil()
    if frame:
        from PIL import ImageDraw

        picture = picture.convert("RGB")
        left, top, right, bottom = (side * _POINTS * scale for side in frame)
        around = (left - _AROUND, top - _AROUND, max(left, right) + _AROUND, max(top, bottom) + _AROUND)
        ImageDraw.Draw(picture).rectangle(around, outline=_RED, width=4)
    picture.save(sys.stdout.buffer, "PNG")


if __name__ == "__main__":
    _draw(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), tuple(map(float, sys.argv[4:8])))
