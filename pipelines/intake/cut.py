"""Where a batch is cut: from what each image is to the documents they make. No image is lost or counted twice."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from schemas.batch import BatchImage, ImageKind, Part, Sheet, SheetType, Split

__all__ = ["Look", "cut"]


@dataclass(frozen=True, slots=True)
class Look:
    """What an image looks like: a separator sheet, blank, or a page."""

    sheet: Sheet | None = None
    blank: bool = False


@dataclass(slots=True)
class _Open:
    """The document that pages go to at the moment."""

    sheet: Sheet | None = None
    images: list[int] = field(default_factory=list)
    attachments: list[int] = field(default_factory=list)


def cut(looks: Sequence[Look], *, duplex: bool | None = None) -> Split:
    """The documents and what became of every image, in order.

    A document begins at DOC, BATCH and behind END; at ANLAGE an attachment within it. The blank image behind a
    separator is its back unless the batch was scanned on one side only (`duplex` False). A page that begins a document
    itself (kept) right behind a separator begins the same one: the separator goes before it where both say something.
    Of several covers the first counts; that something stays closed counts wherever it stands.
    """
    made = [_Open()]
    images: list[tuple[int, ImageKind, _Open | None, tuple[str, ...]]] = []
    cover: Sheet | None = None
    attachment_begins = back_follows = False
    for number, look in enumerate(looks, 1):
        sheet = look.sheet
        if sheet is not None and sheet.type is SheetType.ATTACHMENT:
            attachment_begins = True
            if sheet.confidential:
                made[-1].sheet = replace(made[-1].sheet or Sheet(SheetType.DOCUMENT), confidential=True)
        elif sheet is not None:
            begun = made.pop() if sheet.kept and not made[-1].images else _Open()
            both = begun.sheet.completed_by(sheet) if begun.sheet is not None else sheet
            made.append(_Open(both if sheet.type is SheetType.DOCUMENT else None))
            attachment_begins = False
        findings: tuple[str, ...] = ()
        if sheet is not None and sheet.type is SheetType.BATCH:
            findings = ("Zweites Stapeldeckblatt in derselben Datei.",) if cover is not None else ()
            cover = replace(cover or sheet, confidential=sheet.confidential or (cover or sheet).confidential)
        if sheet is not None and not sheet.kept:
            images.append((number, ImageKind.SEPARATOR, None, findings))
            back_follows = duplex is not False
            continue
        if look.blank and back_follows and sheet is None:
            images.append((number, ImageKind.SEPARATOR_BACK, None, ()))
            back_follows = False
            continue
        back_follows = False
        if attachment_begins:
            made[-1].attachments.append(number)
            attachment_begins = False
        made[-1].images.append(number)
        images.append((number, ImageKind.BLANK if look.blank else ImageKind.PAGE, made[-1], findings))
    kept = [one for one in made if one.images]
    return Split(
        parts=tuple(Part(tuple(one.images), one.sheet, tuple(one.attachments)) for one in kept),
        images=tuple(
            BatchImage(number, kind, None if home is None else _place(kept, home), findings)
            for number, kind, home, findings in images
        ),
        cover=cover,
    )


def _place(kept: Sequence[_Open], home: _Open) -> int:
    return next(place for place, one in enumerate(kept, 1) if one is home)
