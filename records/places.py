"""Where in a document something stands: between the value a step gives and the columns of a row."""

from dataclasses import asdict

from records.models import Deadline, FoundValue
from schemas.recognised import Box, Place

__all__ = ["box_of", "place_columns"]


def place_columns(place: Place) -> dict[str, float | int | None]:
    """Page, line and box as columns of a row."""
    box = asdict(place.box) if place.box is not None else {}
    return {"page": place.page, "line": place.line, **box}


def box_of(row: FoundValue | Deadline) -> Box | None:
    """The box of the line it stands in; None if it is not known."""
    if row.left is None or row.top is None or row.right is None or row.bottom is None:
        return None
    return Box(row.left, row.top, row.right, row.bottom)
