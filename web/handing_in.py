"""Hand in a file by other ways than the folder: exactly once per claim, durable before anybody is told."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from django.db import IntegrityError

from records.intake import Arrival, accept
from records.models import Document, Intake
from schemas.digest import digest_of_file
from schemas.errors import BadInput, Unavailable
from web.evidence import object_store

__all__ = ["EmptyFile", "HandedIn", "OtherContent", "StorageFull", "hand_in", "storing"]


class EmptyFile(BadInput):
    code = "leer"


class OtherContent(BadInput):
    """The claim is known with other bytes: whoever hands in means two files by one name."""

    code = "anderer_inhalt"


class StorageFull(Unavailable):
    code = "kein_platz"


@dataclass(frozen=True, slots=True)
class HandedIn:
    """The document of that claim; `new` is False if an earlier request has taken it in."""

    document_id: UUID
    new: bool


def hand_in(arrival: Arrival, content: Path) -> HandedIn:
    """Take the file in, or find what the same claim took in before: after a crash, a double click, at the same time."""
    if content.stat().st_size == 0:
        raise EmptyFile("Die Datei ist leer (0 Byte).")
    if (earlier := _earlier(arrival.claim_id, content)) is not None:
        return earlier
    try:
        return HandedIn(accept(arrival, content, object_store(), datetime.now(UTC)), new=True)
    except IntegrityError:
        if (winner := _earlier(arrival.claim_id, content)) is not None:
            return winner
        raise


@contextmanager
def storing() -> Iterator[None]:
    """A full disk is said as such, wherever it is met."""
    try:
        yield
    except (OSError, Unavailable) as problem:
        cause = problem if isinstance(problem, OSError) else problem.__cause__
        if isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull(
                "Es ist kein Platz mehr für die Datei; sie ist nicht angenommen.",
                remedy="Bitte verständigen Sie die IT.",
            ) from problem
        raise


def _earlier(claim_id: UUID, content: Path) -> HandedIn | None:
    intake = Intake.objects.filter(claim_id=claim_id).first()
    if intake is None:
        return None
    if intake.content_id != digest_of_file(content).sha256:
        raise OtherContent("Unter derselben Kennung ist schon eine andere Datei angenommen.")
    return HandedIn(Document.objects.filter(intake=intake).order_by("entry").values_list("id", flat=True)[0], new=False)
