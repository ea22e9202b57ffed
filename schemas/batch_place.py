"""Where in its scan batch a document stood: what the transfer note says about completeness."""

from dataclasses import dataclass

__all__ = ["BatchPlace", "BlankPage"]


@dataclass(frozen=True, slots=True)
class BlankPage:
    """A blank page of the batch that belongs to this document: its image number, and what was done with it."""

    image: int
    treatment: str
    method: str


@dataclass(frozen=True, slots=True)
class BatchPlace:
    """Images are counted from 1 over the whole batch. None means: nobody said or counted it.

    `operator`, `operator_id`, `scanner`, `workstation`, `profile`: from the cover sheet or index, where they differ
    from what is configured for the intake point.
    """

    batch_id: str
    name: str
    image_from: int
    image_to: int
    images_total: int
    sheets_expected: int | None = None
    sheets_counted: int | None = None
    duplex: bool | None = None
    blank_pages: tuple[BlankPage, ...] = ()
    operator: str = ""
    operator_id: str = ""
    scanner: str = ""
    workstation: str = ""
    profile: str = ""
