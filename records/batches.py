"""Batches, their images, and the documents cut out of them; called inside the transaction of the step."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from uuid import UUID, uuid5

from django.db.models import Max

from records import audit
from records.annexes import Speaker
from records.intake import next_entry
from records.models import Batch, BatchImage, Document, DocumentFile, StoredObject
from records.numbers import MAIL_REGISTER, next_number
from records.rescans import named_by_separator
from schemas.batch import Capture, ImageKind
from schemas.batch_place import BatchPlace
from schemas.states import FileRole, State
from schemas.values import BatchFacts, NewDocument

__all__ = ["capture_of", "cut_out_of", "keep", "next_ordinal", "place_of", "take_out", "tell_replaced"]


def take_out(
    container: Document,
    ordinal: int,
    child: NewDocument,
    original: StoredObject,
    now: datetime,
    registered: Collection[State],
    year: int,
) -> Document:
    """A document of the same intake with its number, original and first event.

    Its id follows from the container's: cut again after a restore it is the same document, under the same number.
    """
    document_id = uuid5(container.id, str(ordinal))
    document = Document.objects.create(
        id=document_id,
        entry=next_entry(),
        intake=container.intake,
        ordinal=ordinal,
        name=child.original.name,
        register_number=next_number(MAIL_REGISTER, year, document_id) if child.state in registered else None,
        state=child.state,
        state_since=now,
        reason=child.reason,
        page_count=child.facts.page_count,
        document_type=child.facts.document_type,
        unit=child.facts.unit,
        doubt=child.facts.doubt,
        reasons=list(child.facts.reasons),
        anomalies=list(child.facts.anomalies),
    )
    DocumentFile.objects.create(document=document, role=FileRole.ORIGINAL, content=original, name=child.original.name)
    payload: dict[str, object] = {
        "reason": child.reason,
        "register_number": document.register_number,
        "cut_out_of": str(container.id),
        "ordinal": ordinal,
        "sha256": original.sha256,
        "sha512": original.sha512,
        "size": original.size,
        "document_type": child.facts.document_type,
        "unit": child.facts.unit,
    }
    audit.append(document, child.state, payload, now)
    return document


def cut_out_of(container_id: UUID) -> list[tuple[UUID, State]]:
    """The documents that came out of a container or batch by its last step, with their states."""
    taken_apart = Document.objects.filter(id=container_id, ordinal=1, state__in=(State.IDENTIFIED, State.SPLIT))
    rows = Document.objects.filter(intake__in=taken_apart.values("intake"), ordinal__gt=1).order_by("ordinal")
    return [(document_id, State(state)) for document_id, state in rows.values_list("id", "state")]


def tell_replaced(children: Sequence[Document], cut: Sequence[NewDocument], facts: BatchFacts, now: datetime) -> None:
    """Join rescans to the documents their separators say they replace; what cannot be is pointed out."""
    for document, child in zip(children, cut, strict=True):
        if child.replaces is None:
            continue
        name = facts.capture.operator or document.intake.operator
        speaker = Speaker(facts.capture.operator_id or name, name)
        if wrong := named_by_separator(document, child.replaces, speaker, now):
            document.anomalies = [*document.anomalies, wrong]
            document.save()


def next_ordinal(container: Document) -> int:
    """The place of the next document out of that file: its identification may have taken some out already."""
    taken = Document.objects.filter(intake=container.intake_id).aggregate(highest=Max("ordinal"))
    return int(taken["highest"]) + 1


def keep(container: Document, facts: BatchFacts, children: Sequence[Document]) -> None:
    """What became of every image; of a file that was not cut they all went to itself. A second time replaces it."""
    batch, _ = Batch.objects.update_or_create(
        intake=container.intake,
        defaults={
            "name": facts.name,
            "pages_expected": facts.pages_expected,
            "findings": list(facts.findings),
            **asdict(facts.capture),
        },
    )
    batch.images.all().delete()
    parts = list(children) or [container]
    BatchImage.objects.bulk_create(
        BatchImage(
            batch=batch,
            number=image.number,
            kind=image.kind,
            document=None if image.part is None else parts[image.part - 1],
            findings=list(image.findings),
        )
        for image in facts.images
    )


def place_of(document: Document) -> BatchPlace | None:
    """Where in its batch the document stood; None if its images were never looked at."""
    images = document.images.order_by("number").values_list("number", "kind")
    if not images:
        return None
    batch = document.intake.batch
    return BatchPlace(
        batch_id=str(document.intake_id),
        name=batch.name,
        images=tuple(number for number, _ in images),
        images_total=batch.images.count(),
        cut_out=document.ordinal > 1,
        blank_images=tuple(number for number, kind in images if kind == ImageKind.BLANK),
        capture=capture_of(batch),
    )


def capture_of(batch: Batch) -> Capture:
    """How that batch was scanned, as far as it was told."""
    said = {each.name: getattr(batch, each.name) for each in fields(Capture)}
    return Capture(**said | {"unknown": tuple(batch.unknown)})
