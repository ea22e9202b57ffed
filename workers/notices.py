"""Send what people are to be told, through the mail server of the city."""

import smtplib
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import urlsplit

from config.settings import Settings
from records import neighbours, notices
from records.notices import Mail
from schemas.errors import PosteingangError, Unavailable
from workers.mail_server import MAIL_SERVER, hand_over, mail_session

__all__ = ["round_of_notices"]


def round_of_notices(settings: Settings, now: datetime) -> int:
    """Compose and send what is due; how many mails were taken by the server. Without a server all stays open."""
    if not settings.smtp_host:
        neighbours.forget(MAIL_SERVER)
        return 0
    notices.compose(now, urlsplit(settings.page_address).hostname or "localhost")
    due = notices.due_mails(now)
    try:
        with mail_session(settings) as session:
            sent = sum(_send(mail, session, settings, now) for mail in due)
    except PosteingangError as problem:
        neighbours.note(MAIL_SERVER, False, str(problem), now)
        return 0
    neighbours.note(MAIL_SERVER, True, f"{settings.smtp_host}:{settings.mail_port} nimmt Hinweise an", now)
    return sent


def _send(mail: Mail, session: smtplib.SMTP, settings: Settings, now: datetime) -> bool:
    """True if the server took it. A lost connection ends the round: Unavailable."""
    if not notices.claim(mail.mail_id, now):
        return False
    try:
        refusal = hand_over(_message(mail, settings), settings.smtp_from, mail.address, session)
    except Unavailable as problem:
        notices.note_failed(mail.mail_id, str(problem), now)
        raise
    if refusal is None:
        notices.note_sent(mail.mail_id, now)
    elif refusal.for_good:
        notices.note_refused(mail.mail_id, refusal.problem)
    else:
        notices.note_failed(mail.mail_id, refusal.problem, now)
    return refusal is None


def _message(mail: Mail, settings: Settings) -> EmailMessage:
    """The same bytes at every try. RFC 3834: nobody's automatic answer comes back."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = settings.smtp_from, mail.address, mail.subject
    message["Date"], message["Message-ID"] = mail.composed_at, mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    return message
