"""Pictures of PDF pages for the screen, each drawn in a process of its own: the file may be hostile.

`python -m pipelines.scan.preview FILE PAGE WIDTH` is that process: it writes a PNG to its standard output, a pipe.
"""

import resource
import subprocess
import sys
from pathlib import Path

from config.settings import CODE_ROOT
from schemas.errors import BadInput

__all__ = ["WIDEST", "page_picture"]

WIDEST = 1200
_SECONDS = 10
"""Of the processor."""
_PATIENCE = 15.0
"""Seconds by the clock."""
_MEMORY = 1536 * 1024 * 1024
_TALLEST = 4
"""Times the width: a page as long as a street is drawn narrower."""


def page_picture(path: Path, page: int, width: int) -> bytes:
    """A PNG of that page (from 1), `width` pixels wide at most; BadInput if it cannot be drawn within the limits."""
    command = (sys.executable, "-m", "pipelines.scan.preview", str(path), str(page), str(min(width, WIDEST)))
    try:
        done = subprocess.run(
            command, cwd=CODE_ROOT, env={"LC_ALL": "C.UTF-8"}, capture_output=True, timeout=_PATIENCE, check=True
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise BadInput(f"Seite {page} lässt sich nicht als Bild zeigen ({type(error).__name__}).") from None
    return done.stdout


def _draw(path: Path, page: int, width: int) -> None:
    """Write the picture to standard output, under limits that end this process when it goes beyond them."""
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import pypdfium2

    with pypdfium2.PdfDocument(path) as pdf:
        shown = pdf[page - 1]
        across, down = shown.get_size()
        picture = shown.render(scale=min(width / across, width * _TALLEST / down)).to_pil()
    picture.save(sys.stdout.buffer, "PNG")


if __name__ == "__main__":
    _draw(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
