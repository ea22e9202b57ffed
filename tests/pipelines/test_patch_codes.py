"""Patch codes are found however the sheet lies, and nowhere else."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from pipelines.intake.patch_codes import PATCHES, find_patches

_FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
_SEEN_AT = 150


def sheet(bars: str, dpi: int, *, length: float = 60.0, from_top: float = 15.0) -> Image.Image:
    """An A4 sheet with bars across, wide (5.08 mm) and narrow (2.03 mm), narrow spaces between."""
    mm = dpi / 25.4
    image = Image.new("L", (round(210 * mm), round(297 * mm)), 250)
    pen, top = ImageDraw.Draw(image), from_top * mm
    for bar in bars:
        depth = {"W": 5.08, "N": 2.03, "X": 9.0}[bar] * mm
        pen.rectangle((50 * mm, top, (50 + length) * mm, top + depth), fill=15)
        top += depth + 2.03 * mm
    return image


def seen(image: Image.Image, dpi: int) -> NDArray[np.uint8]:
    """The page as it is drawn for the search."""
    share = _SEEN_AT / dpi
    return np.asarray(image.convert("L").resize((round(image.width * share), round(image.height * share)), 4))


@pytest.mark.parametrize("name", PATCHES)
@settings(max_examples=10, deadline=None)
@given(
    dpi=st.sampled_from([200, 300, 400]),
    skew=st.floats(-3, 3),
    quarters=st.integers(0, 3),
    noise=st.sampled_from([0.0, 0.02]),
    bilevel=st.booleans(),
)
def test_a_patch_is_read_in_every_position(
    name: str, dpi: int, skew: float, quarters: int, noise: float, bilevel: bool
) -> None:
    image = sheet(PATCHES[name], dpi).rotate(skew, fillcolor=250).rotate(90 * quarters, expand=True)
    pixels = np.array(image)
    specks = np.random.default_rng(7).random(pixels.shape)
    pixels[specks < noise / 2] = 0
    pixels[specks > 1 - noise / 2] = 255
    image = Image.fromarray(np.where(pixels > 128, 255, 0).astype(np.uint8) if bilevel else pixels)
    assert find_patches(seen(image, dpi), _SEEN_AT) == {name}


@pytest.mark.parametrize("bars", ["WWWW", "NNNN", "WNN", "WNNWN", "XNNX", "WWWN"])
def test_other_bars_are_no_patch(bars: str) -> None:
    assert find_patches(seen(sheet(bars, 200), 200), _SEEN_AT) == frozenset()


def test_bars_too_short_or_far_from_every_edge_are_no_patch() -> None:
    assert find_patches(seen(sheet(PATCHES["T"], 200, length=10), 200), _SEEN_AT) == frozenset()
    assert find_patches(seen(sheet(PATCHES["T"], 200, from_top=138), 200), _SEEN_AT) == frozenset()


def test_a_letter_with_a_table_is_no_patch() -> None:
    image = Image.new("L", (1654, 2339), 250)
    pen, font = ImageDraw.Draw(image), ImageFont.truetype(_FONT, 24)
    for row in range(40):
        pen.text((150, 150 + row * 50), "Grundsteuer 2026  1.234,56 EUR  Aktenzeichen 20.21.03", font=font, fill=20)
        pen.line((140, 145 + row * 50, 1500, 145 + row * 50), fill=0, width=3)
        if row % 2:
            pen.rectangle((1100, 147 + row * 50, 1500, 190 + row * 50), fill=40)
    assert find_patches(seen(image, 200), _SEEN_AT) == frozenset()


def test_white_and_black_pages_are_no_patch() -> None:
    for shade in (0, 128, 255):
        assert find_patches(np.full((1754, 1240), shade, dtype=np.uint8), _SEEN_AT) == frozenset()
