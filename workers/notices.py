"""Send what people are to be told, through the mail server of the city."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import urlsplit

from config.settings import Settings
from records import neighbours, notices
from records.notices import Mail
from schemas.errors import PosteingangError, Unavailable

__all__ = ["MAIL_SERVER", "round_of_notices", "try_mail_server"]

MAIL_SERVER = "Mailserver"


def round_of_notices(settings: Settings, now: datetime) -> int:
    """Compose and send what is due; how many mails were taken by the server. Without a server all stays open."""
    if not settings.smtp_host:
        neighbours.forget(MAIL_SERVER)
        return 0
    notices.compose(now, urlsplit(settings.page_address).hostname or "localhost")
    due = notices.due_mails(now)
    try:
        with _session(settings) as session:
            sent = sum(_send(mail, session, settings, now) for mail in due)
    except PosteingangError as problem:
        neighbours.note(MAIL_SERVER, False, str(problem), now)
        return 0
    neighbours.note(MAIL_SERVER, True, f"{settings.smtp_host}:{settings.mail_port} nimmt Hinweise an", now)
    return sent


def try_mail_server(settings: Settings) -> str:
    """Connect, secure and log in, send nothing; what answered (German). Unavailable or ConfigurationError if not."""
    with _session(settings):
        secured = {"starttls": "STARTTLS", "ssl": "TLS", "none": "unverschlüsselt"}[settings.smtp_security]
        return f"{settings.smtp_host}:{settings.mail_port} antwortet ({secured})"


@contextmanager
def _session(settings: Settings) -> Iterator[smtplib.SMTP]:
    """A connection that is secured and logged in; whatever hinders that is Unavailable."""
    trust, password = settings.mail_trust(), settings.mail_password()
    place = f"Der Mailserver {settings.smtp_host}:{settings.mail_port}"
    try:
        session = _connected(settings, trust)
    except (OSError, smtplib.SMTPException) as error:
        raise Unavailable(f"{place} antwortet nicht ({_said(error)}).", remedy="POSTEINGANG_SMTP_* prüfen.") from error
    try:
        if settings.smtp_security == "starttls":
            session.starttls(context=trust)
            session.ehlo()
        if settings.smtp_user:
            session.login(settings.smtp_user, password)
    except (OSError, smtplib.SMTPException) as error:
        session.close()
        raise Unavailable(
            f"{place} lässt uns nicht zu ({_said(error)}).", remedy="Verschlüsselung, Zertifikat, Anmeldung prüfen."
        ) from error
    try:
        yield session
    finally:
        _leave(session)


def _connected(settings: Settings, trust: object) -> smtplib.SMTP:
    host, port, timeout = settings.smtp_host, settings.mail_port, settings.smtp_timeout
    if settings.smtp_security == "ssl":
        return smtplib.SMTP_SSL(host, port, timeout=timeout, context=trust)  # type: ignore[arg-type]
    session = smtplib.SMTP(host, port, timeout=timeout)
    session.ehlo()
    return session


def _send(mail: Mail, session: smtplib.SMTP, settings: Settings, now: datetime) -> bool:
    """True if the server took it. A lost connection ends the round: Unavailable."""
    if not notices.claim(mail.mail_id, now):
        return False
    try:
        session.send_message(_message(mail, settings), settings.smtp_from, [mail.address])
    except smtplib.SMTPRecipientsRefused as refusal:
        code, text = next(iter(refusal.recipients.values()))
        _note_refusal(mail, code, text, now)
    except smtplib.SMTPDataError as refusal:
        _note_refusal(mail, refusal.smtp_code, refusal.smtp_error, now)
    except smtplib.SMTPSenderRefused as refusal:  # no fault of that mail
        notices.note_failed(mail.mail_id, f"Absender abgelehnt ({refusal.smtp_code}).", now)
        raise Unavailable(
            f"Der Mailserver nimmt den Absender {settings.smtp_from} nicht an ({refusal.smtp_code})."
        ) from refusal
    except (OSError, smtplib.SMTPException) as error:
        notices.note_failed(mail.mail_id, f"Verbindung abgebrochen ({_said(error)}).", now)
        raise Unavailable(f"Der Mailserver hat die Verbindung abgebrochen ({_said(error)}).") from error
    else:
        notices.note_sent(mail.mail_id, now)
        return True
    return False


def _note_refusal(mail: Mail, code: int, text: bytes | str, now: datetime) -> None:
    """RFC 5321 section 4.2.1: 4yz may succeed later, 5yz never will."""
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    problem = f"Der Mailserver hat abgelehnt: {code} {' '.join(said.split())[:200]}"
    if 400 <= code < 500:
        notices.note_failed(mail.mail_id, problem, now)
    else:
        notices.note_refused(mail.mail_id, problem)


def _message(mail: Mail, settings: Settings) -> EmailMessage:
    """The same bytes at every try. RFC 3834: nobody's automatic answer comes back."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = settings.smtp_from, mail.address, mail.subject
    message["Date"], message["Message-ID"] = mail.composed_at, mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    return message


def _leave(session: smtplib.SMTP) -> None:
    try:
        session.quit()
    except (OSError, smtplib.SMTPException):
        session.close()


def _said(error: Exception) -> str:
    code = getattr(error, "smtp_code", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__
