"""Who sent a letter, as its page says, and what of it is proposed for the register."""

from dataclasses import dataclass

from config.load import city
from pipelines.routing.rows import rows_of_pages, rows_of_text
from pipelines.routing.senders import index_of, organisation_in
from pipelines.routing.understand import letter_from
from pipelines.routing.zones import Letter
from pipelines.scan.words import read_words
from records.models import Document, Sender
from records.senders import EDITING, Entry, senders_now
from schemas.errors import BadInput
from schemas.roles import Person, Role
from schemas.senders import MarkKind, SenderMark
from schemas.states import FileRole
from web.evidence import unaltered

__all__ = ["SenderFacts", "entry_from_letter", "sender_facts"]


@dataclass(frozen=True, slots=True)
class SenderFacts:
    """The known sender of a letter, if there is one; `linked`: the person may open it, `may_add`: enter a new one."""

    sender: Sender | None
    linked: bool
    may_add: bool


def sender_facts(document: Document, person: Person) -> SenderFacts:
    """As the register knows it today."""
    letter = _letter(document)
    known = index_of(senders_now()).known(letter) if letter is not None else None
    sender = Sender.objects.filter(id=known.id).first() if known else None
    linked = bool(person.roles & {Role.MAILROOM, Role.AUDIT})
    return SenderFacts(sender, linked, may_add=sender is None and letter is not None and bool(person.roles & EDITING))


def entry_from_letter(document: Document | None) -> Entry | None:
    """The organisation whose letterhead it is, with the unit the letter went to; None where a person writes."""
    letter = _letter(document) if document is not None else None
    found = organisation_in(letter, city().organisation.city) if letter is not None else None
    if document is None or found is None:
        return None
    own_name = SenderMark(MarkKind.NAME, found.name).key
    marks = tuple(mark for mark in found.marks if mark.key != own_name)
    return Entry(found.name, "", document.unit, None, marks)


def _letter(document: Document) -> Letter | None:
    """The letter of the recognised words, else of the text; None if it was not read, or its file is altered."""
    files = {file.role: file for file in document.files.filter(role__in=(FileRole.WORDS, FileRole.TEXT))}
    file = files.get(FileRole.WORDS) or files.get(FileRole.TEXT)
    path = unaltered(file.content_id) if file is not None else None
    if file is None or path is None:
        return None
    try:
        if file.role == FileRole.WORDS:
            return letter_from(rows_of_pages(read_words(path)), city())
        return letter_from(rows_of_text(path.read_text(encoding="utf-8")), city())
    except BadInput:
        return None
