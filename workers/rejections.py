"""Mail released letters to suppliers, with the letter as PDF."""

import smtplib
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import urlsplit

from config.settings import Settings
from records import neighbours, rejections
from records.models import DocumentFile, RejectionLetter
from records.objects import ObjectStore
from schemas.errors import PosteingangError, Unavailable, os_reason
from schemas.states import FileRole
from workers.mail_server import MAIL_SERVER, hand_over, mail_session

__all__ = ["round_of_rejections"]


def round_of_rejections(settings: Settings, store: ObjectStore, now: datetime) -> int:
    """Send what is due; how many letters the server took. Without a server, or with nothing due, nothing happens."""
    due = rejections.due(now)
    if not settings.smtp_host or not due:
        return 0
    try:
        with mail_session(settings) as session:
            return sum(_send(letter, session, settings, store, now) for letter in due)
    except PosteingangError as problem:
        neighbours.note(MAIL_SERVER, False, str(problem), now)
        return 0


def _send(
    letter: RejectionLetter, session: smtplib.SMTP, settings: Settings, store: ObjectStore, now: datetime
) -> bool:
    if not rejections.claim(letter, now):
        return False
    try:
        refusal = hand_over(_message(letter, settings, store), settings.smtp_from, letter.mail, session)
    except Unavailable as problem:
        rejections.note_failed(letter, str(problem), now)
        raise
    if refusal is None:
        rejections.note_sent(letter, now)
    elif refusal.for_good:
        rejections.note_refused(letter, refusal.problem, now)
    else:
        rejections.note_failed(letter, refusal.problem, now)
    return refusal is None


def _message(letter: RejectionLetter, settings: Settings, store: ObjectStore) -> EmailMessage:
    """The same bytes at every try but for the border between text and letter."""
    paper = DocumentFile.objects.get(document_id=letter.document_id, role=FileRole.REJECTION)
    host = urlsplit(settings.page_address).hostname or "localhost"
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = settings.smtp_from, letter.mail, letter.subject
    message["Date"], message["Message-ID"] = letter.released_at, f"<{letter.message_id}@{host}>"
    message.set_content(letter.text)
    try:
        content = store.path(paper.content_id).read_bytes()
    except OSError as error:
        raise Unavailable(f"Das Schreiben {paper.name} ist nicht lesbar ({os_reason(error)}).") from error
    message.add_attachment(content, maintype="application", subtype="pdf", filename=paper.name)
    return message
