"""A scan batch as pages show it: its images in runs, its documents, and where in it a document stood."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from records.models import Batch, BatchImage, Document
from schemas.batch import ImageKind
from schemas.states import CLOSED, State

__all__ = ["CLOSED_FILE", "KINDS", "Run", "Stood", "closed_files", "runs_of", "stood_in"]

CLOSED_FILE = "verschlossene Post"
"""What a batch is called whose whole file is closed mail: its name may say what that is."""

KINDS = {
    ImageKind.PAGE: "Seite",
    ImageKind.BLANK: "leere Seite",
    ImageKind.SEPARATOR: "Trennblatt",
    ImageKind.SEPARATOR_BACK: "Rückseite eines Trennblatts",
    ImageKind.UNREADABLE: "nicht lesbar (Platzhalter)",
}


@dataclass(slots=True)
class Run:
    """Images behind each other that are the same to a person. `findings` are German."""

    first: int
    last: int
    kind: str
    document: Document | None
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stood:
    """The batch of a document, its first and last image there, and whether there is more in the batch than it."""

    batch: Batch
    first: int
    last: int
    cut_out: bool


def closed_files(batches: Iterable[Batch]) -> frozenset[UUID]:
    """Intakes of those batches whose whole file is closed mail, or the same as such a file."""
    files = Document.objects.filter(intake__in=[batch.intake_id for batch in batches], ordinal=1)
    closed = files.filter(Q(state__in=CLOSED) | Q(duplicate_of__state__in=CLOSED))
    return frozenset(closed.values_list("intake_id", flat=True))


def runs_of(images: QuerySet[BatchImage]) -> list[Run]:
    """The images in order, those of one kind and document together."""
    found: list[Run] = []
    for image in images.select_related("document").order_by("number"):
        kind, findings = KINDS[ImageKind(image.kind)], tuple(image.findings)
        last = found[-1] if found else None
        together = last is not None and (last.kind, last.document, last.findings) == (kind, image.document, findings)
        if last is not None and together and last.last + 1 == image.number:
            last.last = image.number
        else:
            found.append(Run(image.number, image.number, kind, image.document, findings))
    return found


def stood_in(document: Document) -> Stood | None:
    """Where the document stood in its batch; None if its images were never looked at, or it was cut itself."""
    numbers = list(document.images.order_by("number").values_list("number", flat=True))
    if not numbers or document.state == State.SPLIT:
        return None
    return Stood(document.intake.batch, numbers[0], numbers[-1], document.ordinal > 1)
