"""Tesseract with its models kept loaded in this process: pixels in, words with boxes and confidence out.

One engine a process, on one thread: OCR children are processes, and several threads in one Tesseract slow each other.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.scan.picture import Picture
from pipelines.scan.words import Block, Line, Word

os.environ["OMP_THREAD_LIMIT"] = "1"  # read once, when the library is loaded below

__all__ = ["Reading", "engine_version", "installed_languages", "orientation", "read"]

_PLACES = ("/usr/share/tesseract-ocr/5/tessdata", "/usr/share/tesseract-ocr/4.00/tessdata", "/usr/share/tessdata")
_SURE_ORIENTATION = 5.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What one pass over a page found. `finished` is False if it was given up for time."""

    blocks: tuple[Block, ...]
    finished: bool = True


def engine_version() -> str:
    """'tesseract 5.5.4', the one in this process."""
    import tesserocr

    return str(tesserocr.tesseract_version()).splitlines()[0].strip()


@cache
def installed_languages() -> frozenset[str]:
    """Models that are there: deu, eng, osd, ..."""
    return frozenset(path.stem for path in _tessdata().glob("*.traineddata"))


def read(picture: Picture, languages: str, *, seconds: float) -> Reading:
    """Words of the picture in reading order; what is found until then if it takes longer than `seconds`."""
    import tesserocr

    engine = _engine(languages)
    _show(engine, picture)
    finished = bool(engine.Recognize(timeout=int(seconds * 1000)))
    found = engine.GetIterator() if finished else None
    page = _Page()
    if found is not None:
        for item in tesserocr.iterate_level(found, tesserocr.RIL.WORD):
            page.add(item)
    engine.Clear()
    return Reading(page.blocks(), finished)


def orientation(picture: Picture) -> int | None:
    """Degrees clockwise (0, 90, 180, 270) by which the picture must be turned to be upright; None if it is not sure."""
    if "osd" not in installed_languages():
        return None
    engine = _orientation_engine()
    _show(engine, picture)
    found = engine.DetectOrientationScript()
    engine.Clear()
    if not found or found["orient_conf"] < _SURE_ORIENTATION:
        return None
    return (360 - int(found["orient_deg"])) % 360


def _show(engine: Any, picture: Picture) -> None:
    engine.SetImageBytes(picture.pixels.tobytes(), picture.width, picture.height, 1, picture.width)
    engine.SetSourceResolution(max(70, round(picture.dpi)))


@cache
def _tessdata() -> Path:
    """Where the models lie: TESSDATA_PREFIX, else where the distribution puts them."""
    places = [Path(place) for place in (os.environ.get("TESSDATA_PREFIX", ""), *_PLACES) if place]
    return next((place for place in places if any(place.glob("*.traineddata"))), Path(_PLACES[0]))


@cache
def _engine(languages: str) -> Any:
    """Loaded at first use, after the fork, and kept: loading takes longer than a short page."""
    import tesserocr

    return tesserocr.PyTessBaseAPI(path=f"{_tessdata()}/", lang=languages, psm=tesserocr.PSM.AUTO)


@cache
def _orientation_engine() -> Any:
    import tesserocr

    return tesserocr.PyTessBaseAPI(path=f"{_tessdata()}/", lang="osd", psm=tesserocr.PSM.OSD_ONLY)


@dataclass(slots=True)
class _Page:
    """Collects words into lines and blocks as the engine walks over them."""

    _blocks: list[list[list[Word]]] = field(default_factory=list)
    _bases: dict[int, tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=dict)

    def add(self, item: Any) -> None:
        import tesserocr

        level = tesserocr.RIL
        if item.IsAtBeginningOf(level.BLOCK) or not self._blocks:
            self._blocks.append([])
        if item.IsAtBeginningOf(level.TEXTLINE) or not self._blocks[-1]:
            self._blocks[-1].append([])
            base = item.Baseline(level.TEXTLINE)
            if base is not None:
                self._bases[id(self._blocks[-1][-1])] = base
        box = item.BoundingBox(level.WORD)
        text = "" if item.Empty(level.WORD) or box is None else str(item.GetUTF8Text(level.WORD)).strip()
        if text:
            sure = min(max(item.Confidence(level.WORD) / 100, 0.0), 1.0)
            left, top, right, bottom = box
            self._blocks[-1][-1].append(Word(text, left, top, right, bottom, round(sure, 2)))

    def blocks(self) -> tuple[Block, ...]:
        found = (Block(tuple(self._lines(lines))) for lines in self._blocks)
        return tuple(block for block in found if block.lines)

    def _lines(self, lines: list[list[Word]]) -> Iterator[Line]:
        for words in lines:
            if words:
                line = Line(tuple(words))
                base = self._bases.get(id(words))
                yield _on_base(line, base) if base is not None else line


def _on_base(line: Line, base: tuple[tuple[int, int], tuple[int, int]]) -> Line:
    (x1, y1), (x2, y2) = base
    left, _, _, bottom = line.box
    slope = (y2 - y1) / (x2 - x1) if x2 > x1 else 0.0
    return Line(line.words, slope, y1 + slope * (left - x1) - bottom)
