"""Separator sheets and what became of every image of a scan batch."""

from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum

__all__ = ["BatchImage", "Capture", "ImageKind", "Part", "Sheet", "SheetType", "Split"]


class SheetType(StrEnum):
    """What a separator sheet begins (or, END, ends)."""

    DOCUMENT = "DOC"
    BATCH = "BATCH"
    ATTACHMENT = "ANLAGE"
    END = "END"


class ImageKind(StrEnum):
    """What an image of a batch is; every image is exactly one of these. UNREADABLE: a placeholder stands for it."""

    PAGE = "page"
    BLANK = "blank"
    SEPARATOR = "separator"
    SEPARATOR_BACK = "separator_back"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a separator or batch cover sheet says; None: it does not say so.

    `pages`: of the document behind it, or of the whole batch on a cover sheet. `sheets`, `documents`, `operator`,
    `scanner`, `profile`, `box`, `duplex`: of the batch, on its cover sheet. `replaces`: the register number of the
    document that is scanned anew. `kept`: the page is itself part of the document (Patch 2). `source`: how it was
    read, for people.
    """

    type: SheetType
    batch: str | None = None
    number: str | None = None
    unit: str | None = None
    document_type: str | None = None
    confidential: bool = False
    pages: int | None = None
    sheets: int | None = None
    documents: int | None = None
    operator: str | None = None
    scanner: str | None = None
    profile: str | None = None
    box: str | None = None
    duplex: bool | None = None
    replaces: str | None = None
    kept: bool = False
    source: str = ""

    def completed_by(self, other: "Sheet") -> "Sheet":
        """This sheet, with what the other one says where this one says nothing."""
        silent = [each.name for each in fields(self) if getattr(self, each.name) is None]
        return replace(self, **{name: getattr(other, name) for name in silent})


@dataclass(frozen=True, slots=True)
class Capture:
    """Who scanned a batch, how, and how much it should be: from its index or cover sheet.

    Empty or None: it does not say so. `operator` is the natural person, `operator_id` the mark they are known by.
    `sheets_expected`: as put into the scanner, separators among them. `scanned_at` is aware. `unknown`: what else the
    index says, as it stands there.
    """

    operator: str = ""
    operator_id: str = ""
    scanner: str = ""
    workstation: str = ""
    profile: str = ""
    box: str = ""
    duplex: bool | None = None
    sheets_expected: int | None = None
    documents_expected: int | None = None
    scanned_at: datetime | None = None
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BatchImage:
    """One image of a batch, counted from 1. `part`: which document it went to, from 1; None: to none.

    `findings`: what a person should know (German).
    """

    number: int
    kind: ImageKind
    part: int | None = None
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One document of a batch: its images, what its separator says, and the images at which attachments begin."""

    images: tuple[int, ...]
    sheet: Sheet | None = None
    attachments: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Split:
    """A batch cut at its separators. Every image is in `images` once; `cover` is the batch cover sheet, if any."""

    parts: tuple[Part, ...]
    images: tuple[BatchImage, ...]
    cover: Sheet | None = None

    @property
    def separated(self) -> bool:
        """False: nothing was cut and nothing taken out; the file is the document."""
        return len(self.parts) > 1 or any(image.kind is ImageKind.SEPARATOR for image in self.images)
