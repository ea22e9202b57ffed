"""Where in its scan batch a document stood: what the transfer note says about completeness."""

from dataclasses import dataclass, field

from schemas.batch import Capture

__all__ = ["BatchPlace"]


@dataclass(frozen=True, slots=True)
class BatchPlace:
    """`images`: those of the document, counted from 1 over the whole batch. `cut_out`: it is not all of the batch.

    `blank_images`: those of the document on which nothing stands. `capture`: who scanned the batch and how, where that
    was told.
    """

    batch_id: str
    name: str
    images: tuple[int, ...]
    images_total: int
    cut_out: bool = False
    blank_images: tuple[int, ...] = ()
    capture: Capture = field(default_factory=Capture)

    @property
    def sheets_counted(self) -> int | None:
        """Whole sheets that came, separators among them; None if nobody said how many sides were scanned."""
        duplex = self.capture.duplex
        return None if duplex is None else self.images_total // (2 if duplex else 1)

    @property
    def whole_sheets(self) -> bool:
        """False if one side of a sheet is missing, or is too much."""
        return not (self.capture.duplex and self.images_total % 2)
