"""Mail that was locked and opened again: what was recognised of it was forgotten, so it is read once more."""

from datetime import datetime

from config.load import city
from pipelines.routing.classify import read_again
from records import audit
from records.models import Document
from records.recognised import keep
from schemas.german_time import day_in_germany
from schemas.states import FileRole, State
from web.evidence import unaltered

__all__ = ["recognise_again"]

_READ_BY_THE_STEP = (State.PREPARED, State.RECOGNISED)


def recognise_again(document: Document, now: datetime) -> None:
    """Keep values and deadlines anew, as proposals; in the transaction that opens the document."""
    files = {file.role: unaltered(file.content_id) for file in document.files.all()}
    text = files.get(FileRole.TEXT)
    if document.state in _READ_BY_THE_STEP or text is None:
        return
    received_on = day_in_germany(document.intake.received_at)
    found = read_again(text, files.get(FileRole.WORDS), city(), received_on)
    told = {"recognised": keep(document, found, now)}
    audit.remark(document, "Angaben und Fristen neu gelesen, als Vorschläge", told, now)
