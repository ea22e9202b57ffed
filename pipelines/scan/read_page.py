"""Read one page: as it lies; again cleaned, turned, straightened or in English where the first reading is not sure."""

from dataclasses import replace
from typing import Any

import numpy as np

from config.scan_config import Reading, ScanRules
from pipelines.scan.carried_text import carried_words
from pipelines.scan.ocr_engine import installed_languages, orientation, read
from pipelines.scan.picture import Picture, can_be_decoded, despeckled, picture_of, rotated, turned
from pipelines.scan.quality import faults_of, looks_blank
from pipelines.scan.words import Block, Line, PageWords, Word

__all__ = ["LANGUAGE", "read_page"]

LANGUAGE = "deu"
_FOREIGN = "eng"
_GERMAN_WORDS = frozenset({"der", "die", "das", "und", "ist", "nicht", "mit", "für", "den", "von", "zu", "ich", "wir"})
_ENGLISH_WORDS = frozenset({"the", "and", "of", "to", "is", "not", "with", "for", "that", "you", "this", "are", "we"})
_FEW = 3
_STEEPEST, _LEAST_SKEW = 15.0, 0.7


def read_page(
    page: Any, number: int, rules: ScanRules, *, most_megapixels: float, masked: bool, colour_wanted: bool
) -> PageWords:
    """One page of an open PdfDocument. A page that carries text is not recognised: its words are taken as they are."""
    carried = carried_words(page, number)
    if carried is not None:
        return carried
    picture = picture_of(page, most_megapixels=most_megapixels, masked=masked)
    words = _recognised(picture, number, rules)
    if not _has_words(words) and not words.gave_up and looks_blank(picture, rules.images):
        words = replace(words, blank=can_be_decoded(page))
    faults = faults_of(picture, rules.images, colour_wanted=colour_wanted, blank=words.blank)
    return replace(words, faults=tuple(fault.name for fault in faults))


def _recognised(picture: Picture, number: int, rules: ScanRules) -> PageWords:
    best = _pass(picture, number, LANGUAGE, rules.reading)
    if best.gave_up:
        return best
    if _is_unsure(best, picture, rules):
        again = _pass(despeckled(picture), number, LANGUAGE, rules.reading)
        if not again.gave_up and not _is_unsure(again, picture, rules):
            best = again
    if _lies_sideways(best) or _is_unsure(best, picture, rules):
        best = _best(best, _upright(picture, best, rules.reading))
        if _is_unsure(best, picture, rules):
            best = _best(best, _straightened(turned(picture, best.turned), best, rules.reading))
    if _is_english(best):
        shown = turned(picture, best.turned)
        best = _best(best, replace(_pass(shown, number, _FOREIGN, rules.reading), turned=best.turned))
    return best


def _pass(picture: Picture, number: int, language: str, rules: Reading) -> PageWords:
    found = read(picture, language, seconds=rules.seconds)
    return PageWords(
        number,
        picture.width,
        picture.height,
        picture.dpi,
        found.blocks,
        languages=language,
        gave_up=not found.finished,
    )


def _upright(picture: Picture, first: PageWords, rules: Reading) -> PageWords | None:
    """Read once more the right way up, if the orientation is found and another one."""
    angle = orientation(picture)
    if not angle:
        return None
    again = _pass(turned(picture, angle), first.number, LANGUAGE, rules)
    return replace(again, turned=angle)


def _straightened(picture: Picture, before: PageWords, rules: Reading) -> PageWords | None:
    """Read a copy that is turned straight; the boxes are put back to where the words stand on the page."""
    skew = _skew(picture)
    if abs(skew) < _LEAST_SKEW:
        return None
    again = _pass(rotated(picture, -skew), before.number, LANGUAGE, rules)
    return replace(_put_back(again, skew), turned=before.turned, deskewed=-skew)


def _best(before: PageWords, after: PageWords | None) -> PageWords:
    """The second reading only if it is surer by more than chance; a page read sideways is left for an upright one."""
    if after is None or after.gave_up:
        return before
    gain = _weight(after) - _weight(before)
    return after if gain > 0.02 or (_lies_sideways(before) and gain > -0.05) else before


def _weight(page: PageWords) -> float:
    return page.confidence or 0.0


def _is_unsure(page: PageWords, picture: Picture, rules: ScanRules) -> bool:
    """Not well guessed; or nothing is found although something stands there."""
    if page.confidence is None:
        return not looks_blank(picture, rules.images)
    return page.confidence < rules.reading.low_confidence


def _has_words(page: PageWords) -> bool:
    return any(
        sum(sign.isalnum() for sign in word.text) >= 2 and (word.confidence or 0.0) >= 0.5 for word in page.words()
    )


def _lies_sideways(page: PageWords) -> bool:
    """Most longer words stand taller than wide: they were read, but people would have to turn their heads."""
    longer = [word for word in page.words() if len(word.text) > _FEW]
    tall = sum(word.bottom - word.top > word.right - word.left for word in longer)
    return tall * 2 > len(longer)


def _is_english(page: PageWords) -> bool:
    """More common English words than German ones, and the model for it is there."""
    if _FOREIGN not in installed_languages():
        return False
    said = [word.text.casefold().strip(".,;:!?") for word in page.words()]
    english = sum(word in _ENGLISH_WORDS for word in said)
    return english > _FEW and english > 2 * sum(word in _GERMAN_WORDS for word in said)


def _skew(picture: Picture) -> float:
    """Degrees by which the lines of writing are turned clockwise: where their shadow on the side is most uneven."""
    from PIL import Image

    step = max(1, round(picture.dpi / 75))
    small = Image.fromarray(np.where(picture.pixels[::step, ::step] < 128, 255, 0).astype(np.uint8))

    def unevenness(angle: float) -> float:
        rows = np.asarray(small.rotate(angle, resample=Image.Resampling.NEAREST)).sum(axis=1, dtype=np.int64)
        return float(np.square(np.diff(rows)).sum())

    coarse = max(np.arange(-_STEEPEST, _STEEPEST + 0.5, 1.0), key=unevenness)
    return float(max(np.arange(coarse - 1.0, coarse + 1.01, 0.2), key=unevenness))


def _put_back(page: PageWords, clockwise: float) -> PageWords:
    """The boxes after the page is turned by that angle about its centre, as boxes again."""
    sine, cosine = float(np.sin(np.radians(clockwise))), float(np.cos(np.radians(clockwise)))
    middle_x, middle_y = page.width / 2, page.height / 2

    def moved(word: Word) -> Word:
        x, y = (word.left + word.right) / 2 - middle_x, (word.top + word.bottom) / 2 - middle_y
        x, y = middle_x + x * cosine - y * sine, middle_y + x * sine + y * cosine
        across, down = (word.right - word.left) / 2, (word.bottom - word.top) / 2
        left, top = max(0, round(x - across)), max(0, round(y - down))
        return replace(word, left=left, top=top, right=round(x + across), bottom=round(y + down))

    blocks = (
        Block(tuple(Line(tuple(moved(word) for word in line.words), sine / cosine) for line in block.lines))
        for block in page.blocks
    )
    return replace(page, blocks=tuple(blocks))
