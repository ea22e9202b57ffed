"""How scans are judged and read (scan.yaml): what a page must be like, and when its text is unsure."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from config.values import Key, Strict, Text, UnitNumber
from schemas.batch import SheetType

__all__ = ["ImageRules", "PatchMeaning", "PlainSheet", "Reading", "ScanRules", "Separators"]


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


class Reading(Strict):
    """When a page is read again in another way. Confidence 0..1; `seconds` bound one pass over one page.

    `pages_at_once`: so many pages of a long document are read before the next document gets its turn.
    """

    low_confidence: float = Field(default=0.7, ge=0, le=1)
    seconds: float = Field(default=120.0, gt=0, le=600)
    pages_at_once: int = Field(default=5, ge=1, le=1000)


class PatchMeaning(Strict):
    """What a patch code stands for; `kept`: the page it is on belongs to the document."""

    type: SheetType
    kept: bool = False


class PlainSheet(Strict):
    """A code with exactly this content is a separator sheet."""

    content: Text
    type: SheetType
    unit: UnitNumber | None = None
    document_type: Key | None = None


class Separators(Strict):
    """What counts as a separator sheet besides the codes this city prints itself. A patch not named is none.

    `mark`: a word of the city's own that its printed codes must carry, so that nobody outside can print one.
    """

    mark: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{4,64}$")] | None = None
    patches: dict[Literal["1", "2", "3", "4", "6", "T"], PatchMeaning] = {}
    contents: tuple[PlainSheet, ...] = ()


class ScanRules(Strict):
    images: ImageRules = ImageRules()
    separators: Separators = Separators()
    reading: Reading = Reading()
