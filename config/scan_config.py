"""How scans are judged and read (scan.yaml): what a page must be like, and when its text is unsure."""

from pydantic import Field

from config.values import Strict, Text

__all__ = ["ImageRules", "Reading", "ScanRules"]


class ImageRules(Strict):
    """Limits of image quality; a page beyond them is pointed out, never refused.

    Grey values are 0 (black) to 255 (white), lengths millimetres on paper. `sharpness`: steepest edge of the writing
    as a share of its contrast (1: from black to white within one pixel at 300 dpi). `edge_marks`: strokes that must
    touch one edge before the page counts as cut off.
    """

    minimum_dpi: int = Field(default=200, ge=72, le=600)
    sharpness: float = Field(default=0.12, ge=0, le=1)
    darkest_paper: int = Field(default=130, ge=0, le=255)
    lightest_ink: int = Field(default=150, ge=0, le=255)
    edge_marks: int = Field(default=4, ge=1)
    blank_contrast: int = Field(default=32, ge=8, le=200)
    blank_stroke: float = Field(default=2.5, gt=0, le=20)
    blank_margin: float = Field(default=4.0, ge=0, le=20)
    colour_profiles: tuple[Text, ...] = ()


class Reading(Strict):
    """When a page is read again in another way. Confidence 0..1; `seconds` bound one pass over one page.

    `pages_at_once`: so many pages of a long document are read before the next document gets its turn.
    """

    low_confidence: float = Field(default=0.7, ge=0, le=1)
    seconds: float = Field(default=120.0, gt=0, le=600)
    pages_at_once: int = Field(default=5, ge=1, le=1000)


class ScanRules(Strict):
    images: ImageRules = ImageRules()
    reading: Reading = Reading()
