"""What is wrong with the picture of a page: judged on its pixels, said in German, never a reason to refuse it."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from config.scan_config import ImageRules
from pipelines.scan.picture import Grey, Picture

__all__ = ["Fault", "faults_of", "looks_blank", "page_list", "said"]

_MM = 25.4
_CELL = 0.25
"""Millimetres: side of the squares the page is looked at in when it might be blank."""
_TILE = 8.0
"""Millimetres: within these the paper is taken to be equally bright."""
_WINDOW = 6.0
"""Millimetres: a paraph is larger than this in no direction it would have to be to be missed."""
_MUCH_DARKER = 100
_INK = 0.6
"""Of the way from paper to ink: darker is writing, lighter may be the shadow of an edge."""
_SCAN = 0.5
"""Share of the page an image covers that makes the page a scan."""


class Fault(StrEnum):
    """One kind of finding, as people read it; the pages follow in brackets."""

    COARSE = "Auflösung unter {minimum_dpi} dpi"
    BLURRED = "Unscharf"
    CUT_OFF = "Schrift reicht bis an den Blattrand, möglicherweise abgeschnitten"
    DARK = "Zu dunkel"
    PALE = "Zu hell, kaum Kontrast"
    JBIG2 = "JBIG2-komprimiert: Zeichen können vertauscht sein (TR-03138 A.SC.12), neu scannen"
    GREY = "Ohne Farbe gescannt, das Scanprofil verlangt Farbe"


def faults_of(picture: Picture, rules: ImageRules, *, colour_wanted: bool, blank: bool) -> tuple[Fault, ...]:
    """Every fault of a scanned page; none for a page that is no scan (no image covers half of it)."""
    images = [image for image in picture.images if image.share >= _SCAN]
    found = [Fault.JBIG2] if any("JBIG2Decode" in image.filters for image in picture.images) else []
    if not images:
        return tuple(found)
    if min(image.dpi for image in images) < rules.minimum_dpi - 1:
        found.append(Fault.COARSE)
    if colour_wanted and not any(image.coloured for image in picture.images):
        found.append(Fault.GREY)
    paper, ink = np.percentile(picture.pixels[::4, ::4], (60, 0.5))
    if paper < rules.darkest_paper:
        found.append(Fault.DARK)
    elif not blank:
        if ink > rules.lightest_ink:
            found.append(Fault.PALE)
        elif max(image.bits for image in images) > 1 and _sharpness(picture, paper - ink) < rules.sharpness:
            found.append(Fault.BLURRED)
        if _is_cut_off(picture, paper - (paper - ink) * _INK, rules):
            found.append(Fault.CUT_OFF)
    return tuple(found)


def looks_blank(picture: Picture, rules: ImageRules) -> bool:
    """True if no stroke of `blank_stroke` millimetres stands anywhere inside the margin.

    Made so that a paraph in pencil is never taken for nothing; specks, noise, shading and what shines through are. A
    page that is dark all over is a failed scan, not a blank page.
    """
    cells = _darkest_cells(picture, rules.blank_margin)
    if cells.size == 0 or np.median(cells) < rules.darkest_paper:
        return False
    ink = cells < np.maximum(_paper(cells) - rules.blank_contrast, np.median(cells) - _MUCH_DARKER)
    together = ink & (_neighbours(ink) > 0)
    across = max(1, round(_WINDOW / _CELL))
    most = int(_window_sums(together, across).max(initial=0))
    return most < rules.blank_stroke / _CELL


def said(faults: Sequence[tuple[int, Fault]], rules: ImageRules) -> tuple[str, ...]:
    """One sentence a kind of fault with all its pages: 'Unscharf (Seite 2–4, 7).'"""
    found: list[str] = []
    for fault in Fault:
        if pages := [page for page, kind in faults if kind is fault]:
            found.append(f"{fault.format(minimum_dpi=rules.minimum_dpi)} (Seite {page_list(pages)}).")
    return tuple(found)


def page_list(pages: Iterable[int]) -> str:
    """'2–4, 7'"""
    runs = [
        [page for _, page in run]
        for _, run in groupby(enumerate(sorted(set(pages))), key=lambda place: place[1] - place[0])
    ]
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


def _darkest_cells(picture: Picture, margin: float) -> NDArray[np.int16]:
    """The page without its margin in squares of a quarter millimetre, each as dark as its darkest pixel."""
    edge = round(margin / _MM * picture.dpi)
    inner = picture.pixels[edge : picture.height - edge, edge : picture.width - edge]
    step = max(1, round(_CELL / _MM * picture.dpi))
    return np.asarray(_blocks(inner.astype(np.int16), step).min(axis=(1, 3)))


def _blocks(pixels: NDArray[np.int16], step: int) -> NDArray[np.int16]:
    """Cut into whole squares of that many pixels: rows, within, columns, within."""
    down, across = pixels.shape[0] // step, pixels.shape[1] // step
    return pixels[: down * step, : across * step].reshape(down, step, across, step)


def _paper(cells: NDArray[np.int16]) -> NDArray[np.int16]:
    """How bright the paper is around every cell: the median of its tile."""
    step = max(1, round(_TILE / _CELL))
    if min(cells.shape) < step:
        return np.full(cells.shape, np.median(cells), dtype=np.int16)
    tiles = np.median(_blocks(cells, step), axis=(1, 3)).astype(np.int16)
    rows = np.minimum(np.arange(cells.shape[0]) // step, tiles.shape[0] - 1)
    columns = np.minimum(np.arange(cells.shape[1]) // step, tiles.shape[1] - 1)
    return np.asarray(tiles[np.ix_(rows, columns)])


def _neighbours(ink: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """How many of the eight cells around each are ink."""
    padded = np.pad(ink.astype(np.uint8), 1)
    down, across = ink.shape
    around = [padded[y : y + down, x : x + across] for y in range(3) for x in range(3) if (y, x) != (1, 1)]
    return np.asarray(np.sum(around, axis=0, dtype=np.uint8))


def _window_sums(ink: NDArray[np.bool_], side: int) -> NDArray[np.int64]:
    """For every square window of that many cells, how many of them are ink."""
    total = np.pad(np.cumsum(np.cumsum(ink, axis=0, dtype=np.int64), axis=1), ((1, 0), (1, 0)))
    down, across = min(side, ink.shape[0]), min(side, ink.shape[1])
    return np.asarray(total[down:, across:] - total[:-down, across:] - total[down:, :-across] + total[:-down, :-across])


def _sharpness(picture: Picture, contrast: float) -> float:
    """The steepest edges as a share of the contrast, as they would be at 300 dpi."""
    if contrast <= 0:
        return 1.0
    rows = picture.pixels[::3].astype(np.int16)
    steps = np.abs(np.diff(rows, axis=1))
    steepest = float(np.percentile(steps, 99.8))
    return steepest / contrast * max(picture.dpi / 300.0, 1.0)


def _is_cut_off(picture: Picture, limit: float, rules: ImageRules) -> bool:
    """Several separate strokes touch one edge. One broad bar (letterhead, shadow of the lid) is no writing."""
    deep = max(1, round(0.3 / _MM * picture.dpi))
    pixels = picture.pixels
    edges = (pixels[:deep], pixels[-deep:], pixels[:, :deep].T, pixels[:, -deep:].T)
    return any(_strokes(edge, limit, picture.dpi) >= rules.edge_marks for edge in edges)


def _strokes(edge: Grey, limit: float, dpi: float) -> int:
    """Dark runs as broad as a stroke of writing (0.1 to 3 mm) that go through the whole depth of the strip."""
    dark = np.concatenate(([0], (edge.max(axis=0) < limit).astype(np.int8), [0]))
    starts, ends = np.flatnonzero(np.diff(dark) == 1), np.flatnonzero(np.diff(dark) == -1)
    lengths = (ends - starts) / dpi * _MM
    return int(np.count_nonzero((lengths >= 0.1) & (lengths <= 3.0)))
