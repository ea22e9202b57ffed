"""What the finance system does with an invoice moves it on; nothing moves but along the table."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from records import audit
from records.models import Document
from schemas.errors import Conflict
from schemas.states import State

__all__ = ["move"]


def move(
    document_id: UUID,
    to: State,
    payload: Mapping[str, object],
    now: datetime,
    *,
    allowed: Collection[State],
) -> Document:
    """The document, moved and with its event; Conflict if it is in none of the states the table leads from.

    `allowed`: those whose row in the table names `to`. `actor` and `reason` of the payload are shown to people.
    """
    with transaction.atomic():
        Document.objects.filter(id=document_id).update(reason=F("reason"))
        document = Document.objects.get(id=document_id)
        if document.state not in allowed:
            raise Conflict(f"{document.register_number}: aus {document.state} führt kein Weg nach {to}.")
        document.state, document.state_since = to, now
        document.reason = str(payload.get("reason", ""))
        document.attempts, document.deferrals, document.next_attempt_at, document.last_error = 0, 0, None, ""
        document.save()
        audit.append(document, to, payload, now)
    return document
