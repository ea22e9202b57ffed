"""Patch codes: four thick bars, two of them wide, that a scanner's separator sheet carries. They hold no data.

Geometry after Kodak A-61599: wide bars 0.20 inch, narrow bars and spaces 0.08 inch, so every patch is 0.80 inch deep;
bars at least 0.75 inch long, within 3.75 inches of the leading edge, first bar nearest to it. Turned by half a circle
T reads like 3 and 1 like 6: the edge the patch lies at says from where to read.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["PATCHES", "find_patches"]

Picture = NDArray[np.uint8]

PATCHES = {"1": "WWNN", "2": "WNNW", "3": "WNWN", "4": "NWWN", "6": "NNWW", "T": "NWNW"}
"""Which bars are wide, counted from the edge of the sheet."""

_NAMES = {bars: name for name, bars in PATCHES.items()}
_DEPTH = 20.3
"""Millimetres over all bars and spaces: ten times a narrow one."""
_SCALE = 0.15
"""Print and scan may shrink or stretch a patch by that share."""
_LONG_ENOUGH = 17.0
_FROM_EDGE = 110.0
_LINE_EVERY = 1.0
_SLOPE = 0.12
"""Millimetres a bar may wander per millimetre: a sheet askew by almost seven degrees."""
_SPECK = 60.0
"""Dots per inch for each pixel of blur that takes dirt away: half a millimetre, a quarter of a narrow bar."""
_MISSED = 4
"""Scan lines in a row that dirt may spoil."""


@dataclass(frozen=True, slots=True)
class _Crossing:
    """One scan line that crosses four bars: which line, where the first bar begins (both pixels), wide or narrow."""

    line: int
    start: int
    bars: str


def find_patches(picture: Picture, dpi: float) -> frozenset[str]:
    """Names (keys of PATCHES) of the patches on a page, drawn in grey at `dpi`; bars may lie in either direction."""
    from PIL import Image, ImageFilter

    smooth = np.asarray(Image.fromarray(picture).filter(ImageFilter.BoxBlur(dpi / _SPECK)))
    dark = smooth < _threshold(smooth)
    return frozenset(_found(dark.T, dpi) | _found(dark, dpi))


def _threshold(picture: Picture) -> float:
    """Half way between paper and ink; a page without thick black bars gives nothing to find anyway."""
    darkest, lightest = np.percentile(picture[::4, ::4], (0.5, 90))
    return (float(darkest) + float(lightest)) / 2


def _found(lines: NDArray[np.bool_], dpi: float) -> set[str]:
    """Patches whose bars are crossed by the rows of `lines`."""
    pixels = dpi / 25.4
    step = max(1, round(pixels * _LINE_EVERY))
    crossings = _crossings(lines[::step], pixels)
    length = lines.shape[1]
    found = set()
    for bars, start in _stripes(crossings, pixels, step):
        middle = start + _DEPTH * pixels / 2
        near_start = middle <= length / 2
        if min(middle, length - middle) <= _FROM_EDGE * pixels:
            found.add(_NAMES[bars if near_start else bars[::-1]])
    return found


def _crossings(lines: NDArray[np.bool_], pixels: float) -> list[_Crossing]:
    """Every place where a line runs over four bars with narrow spaces between and white on both sides."""
    count, length = lines.shape
    white = int(pixels * _DEPTH)
    width = length + 2 * white
    padded = np.zeros((count, width), dtype=np.int8)
    padded[:, white : white + length] = lines
    edges = np.flatnonzero(np.diff(padded.ravel()))
    if len(edges) < 8:
        return []
    runs = np.diff(edges)
    # From a black run on: bar, space, bar, space, bar, space, bar; even places are black, lines begin and end white.
    first = np.arange(0, len(runs) - 6, 2)
    window = runs[first[:, None] + np.arange(7)[None, :]]
    depth = window.sum(axis=1)
    narrow = depth / 10
    right_size = np.abs(depth / (pixels * _DEPTH) - 1) <= _SCALE
    share = window / narrow[:, None]
    spaces = ((share[:, 1::2] > 0.5) & (share[:, 1::2] < 1.6)).all(axis=1)
    bars = share[:, 0::2]
    is_wide = bars > 1.75
    clear = (((bars > 0.5) & (bars < 1.5)) | ((bars > 2.0) & (bars < 3.1))).all(axis=1)
    # White before and after: no bar code, no table, no hatching goes on there.
    before = np.where(first > 0, runs[np.maximum(first - 1, 0)], white)
    after = np.where(first + 7 < len(runs), runs[np.minimum(first + 7, len(runs) - 1)], white)
    alone = (before > 1.5 * narrow) & (after > 1.5 * narrow)
    good = right_size & spaces & clear & alone & (is_wide.sum(axis=1) == 2)
    return [
        _Crossing(
            line=int(edges[first[index]] // width),
            start=int(edges[first[index]] % width) + 1 - white,
            bars="".join("W" if wide else "N" for wide in is_wide[index]),
        )
        for index in np.flatnonzero(good)
    ]


def _stripes(crossings: list[_Crossing], pixels: float, step: int) -> list[tuple[str, float]]:
    """The same bars on neighbouring lines for long enough: (bars, where they begin)."""
    wander = _SLOPE * step + 0.5 * pixels
    wanted = _LONG_ENOUGH * pixels / step
    open_ones: list[list[_Crossing]] = []
    for crossing in sorted(crossings, key=lambda one: one.line):
        for stripe in open_ones:
            last = stripe[-1]
            gap = crossing.line - last.line
            if (
                crossing.bars == last.bars
                and 0 < gap <= _MISSED + 1
                and abs(crossing.start - last.start) <= gap * wander
            ):
                stripe.append(crossing)
                break
        else:
            open_ones.append([crossing])
    return [
        (stripe[0].bars, sum(one.start for one in stripe) / len(stripe))
        for stripe in open_ones
        if stripe[-1].line - stripe[0].line + 1 >= wanted and len(stripe) >= 0.7 * wanted
    ]
