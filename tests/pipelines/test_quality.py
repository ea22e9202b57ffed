"""Faults of a picture are seen, good letters are left in peace, and a paraph never makes a blank page."""

import math
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from config.scan_config import ImageRules
from pipelines.scan.picture import Grey, Picture, ScannedImage
from pipelines.scan.quality import Fault, faults_of, looks_blank, page_list, said

RULES = ImageRules()
FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
DPI = 200
ACROSS, DOWN = 1654, 2339  # A4


def shown(
    image: Image.Image, *, dpi: float = DPI, filters: tuple[str, ...] = ("DCTDecode",), **other: object
) -> Picture:
    facts = {"coloured": False, "bits": 8} | other
    return Picture(np.asarray(image.convert("L")), dpi, (ScannedImage(dpi, 1.0, filters, **facts),))  # type: ignore[arg-type]


def paper(brightness: int = 245, noise: int = 0, seed: int = 1) -> Image.Image:
    grey: Grey = np.full((DOWN, ACROSS), brightness, dtype=np.uint8)
    if noise:
        shift = np.random.default_rng(seed).normal(0, noise, grey.shape)
        grey = np.clip(grey + shift, 0, 255).astype(np.uint8)
    return Image.fromarray(grey)


def letter(ink: int = 20, brightness: int = 245) -> Image.Image:
    page = paper(brightness)
    draw, font = ImageDraw.Draw(page), ImageFont.truetype(FONT, 32)
    for row in range(20):
        draw.text((200, 300 + row * 60), "Sehr geehrte Damen und Herren, hiermit melde ich", font=font, fill=ink)
    return page


def faults(picture: Picture, *, colour_wanted: bool = False, blank: bool = False) -> tuple[Fault, ...]:
    return faults_of(picture, RULES, colour_wanted=colour_wanted, blank=blank)


def test_a_good_letter_has_no_fault_and_is_not_blank() -> None:
    assert faults(shown(letter())) == ()
    assert not looks_blank(shown(letter()), RULES)


def test_a_scan_below_the_demanded_resolution_is_coarse() -> None:
    assert faults(shown(letter(), dpi=150)) == (Fault.COARSE,)
    assert faults(shown(letter(), dpi=199.6)) == ()


def test_jbig2_is_named_whatever_else_is_fine() -> None:
    assert faults(shown(letter(), filters=("JBIG2Decode",))) == (Fault.JBIG2,)


def test_colour_is_missed_only_where_the_profile_demands_it() -> None:
    assert faults(shown(letter())) == ()
    assert faults(shown(letter()), colour_wanted=True) == (Fault.GREY,)
    assert faults(shown(letter(), coloured=True), colour_wanted=True) == ()


def test_a_page_without_a_scan_is_not_judged() -> None:
    born_digital = Picture(
        np.asarray(letter().convert("L")), 300.0, (ScannedImage(72.0, 0.02, ("DCTDecode",), True, 24),)
    )
    assert faults(born_digital, colour_wanted=True) == ()


def test_blur_is_seen() -> None:
    assert faults(shown(letter().filter(ImageFilter.GaussianBlur(1)))) == ()
    assert faults(shown(letter().filter(ImageFilter.GaussianBlur(4)))) == (Fault.BLURRED,)


def test_a_dark_page_and_a_pale_page_are_seen() -> None:
    assert Fault.DARK in faults(shown(letter(ink=20, brightness=110)))
    assert faults(shown(letter(ink=205))) == (Fault.PALE,)


def test_a_blank_page_is_not_called_pale() -> None:
    assert faults(shown(paper()), blank=True) == ()


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_writing_that_runs_off_one_edge_is_cut_off(turn: int) -> None:
    page = letter()
    shifted = Image.new("L", page.size, 245)
    shifted.paste(page, (-230, 0))
    assert faults(shown(shifted.rotate(turn, expand=True))) == (Fault.CUT_OFF,)


def test_a_bar_of_the_letterhead_at_the_edge_is_not_cut_off() -> None:
    page = letter()
    ImageDraw.Draw(page).rectangle((0, 0, ACROSS, 60), fill=30)
    assert faults(shown(page)) == ()


def test_the_shadow_of_the_sheet_s_edge_is_not_cut_off() -> None:
    page = letter()
    shadow = Random(5)
    for row in range(0, DOWN, 9):
        ImageDraw.Draw(page).rectangle((0, row, 4, row + shadow.randint(1, 8)), fill=160)
    assert faults(shown(page)) == ()


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    brightness=st.integers(190, 255),
    contrast=st.integers(70, 180),
    pen=st.sampled_from((0.3, 0.5, 0.8)),
    extent=st.floats(6.0, 20.0),
    noise=st.integers(0, 4),
)
def test_a_page_with_a_paraph_never_looks_blank(
    seed: int, brightness: int, contrast: int, pen: float, extent: float, noise: int
) -> None:
    page = paper(brightness, noise, seed)
    _paraph(page, Random(seed), brightness - contrast, pen, extent)
    assert not looks_blank(shown(page), RULES)


def _paraph(page: Image.Image, hand: Random, ink: int, pen: float, extent: float) -> None:
    """A flowing stroke of that extent (mm) anywhere on the page but its outermost margin."""
    pixels = DPI / 25.4
    x, y = hand.uniform(10, 200 - extent) * pixels, hand.uniform(20, 270) * pixels
    steps = 24
    stroke = [
        (x + extent * pixels * at / steps, y + math.sin(at * hand.uniform(0.6, 1.1)) * extent * pixels / 5)
        for at in range(steps + 1)
    ]
    ImageDraw.Draw(page).line(stroke, fill=max(0, ink), width=max(2, round(pen * pixels)), joint="curve")


@pytest.mark.parametrize("brightness", [180, 225, 255])
@pytest.mark.parametrize("noise", [0, 3])
def test_empty_paper_looks_blank(brightness: int, noise: int) -> None:
    assert looks_blank(shown(paper(brightness, noise)), RULES)


def test_specks_shading_and_what_shines_through_look_blank() -> None:
    page = paper(240, 2)
    specks = Random(3)
    for _ in range(40):
        x, y = specks.randint(60, ACROSS - 60), specks.randint(60, DOWN - 60)
        ImageDraw.Draw(page).ellipse((x, y, x + 2, y + 2), fill=120)
    through = letter(ink=225, brightness=240).transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    both = np.minimum(np.asarray(page), np.asarray(through)).astype(np.float32)
    both *= np.linspace(1.0, 0.88, ACROSS)[None, :]
    assert looks_blank(shown(Image.fromarray(both.astype(np.uint8))), RULES)


def test_a_black_area_and_a_black_page_do_not_look_blank() -> None:
    page = paper()
    ImageDraw.Draw(page).rectangle((400, 400, 1200, 1800), fill=0)
    assert not looks_blank(shown(page), RULES)
    assert not looks_blank(shown(paper(20)), RULES)


def test_sentences_name_every_kind_of_fault_once_with_all_pages() -> None:
    found = said(
        [(1, Fault.COARSE), (2, Fault.COARSE), (3, Fault.COARSE), (3, Fault.BLURRED), (7, Fault.COARSE)], RULES
    )
    assert found == ("Auflösung unter 200 dpi (Seite 1–3, 7).", "Unscharf (Seite 3).")


@given(pages=st.lists(st.integers(1, 60), min_size=1))
def test_a_list_of_pages_says_each_page_exactly_once(pages: list[int]) -> None:
    told: list[int] = []
    for part in page_list(pages).split(", "):
        first, _, last = part.partition("–")
        told += range(int(first), int(last or first) + 1)
    assert told == sorted(set(pages))
