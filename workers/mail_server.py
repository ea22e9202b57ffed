"""The mail server of the city: connected, secured, logged in, and handed one message after the other (RFC 5321)."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage

from config.settings import Settings
from schemas.errors import Unavailable

__all__ = ["MAIL_SERVER", "Refusal", "hand_over", "mail_session", "try_mail_server"]

MAIL_SERVER = "Mailserver"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the server did not take a message (German). `for_good`: it never will for that address."""

    problem: str
    for_good: bool


def try_mail_server(settings: Settings) -> str:
    """Connect, secure and log in, send nothing; what answered (German). Unavailable or ConfigurationError if not."""
    with mail_session(settings):
        secured = {"starttls": "STARTTLS", "ssl": "TLS", "none": "unverschlüsselt"}[settings.smtp_security]
        return f"{settings.smtp_host}:{settings.mail_port} antwortet ({secured})"


@contextmanager
def mail_session(settings: Settings) -> Iterator[smtplib.SMTP]:
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


def hand_over(message: EmailMessage, sender: str, address: str, session: smtplib.SMTP) -> Refusal | None:
    """None: the server took it. Unavailable if that is no fault of the message (its sender, a lost connection)."""
    try:
        session.send_message(message, sender, [address])
    except smtplib.SMTPRecipientsRefused as refusal:
        code, text = next(iter(refusal.recipients.values()))
        return _refusal(code, text)
    except smtplib.SMTPDataError as refusal:
        return _refusal(refusal.smtp_code, refusal.smtp_error)
    except smtplib.SMTPSenderRefused as refusal:
        raise Unavailable(f"Der Mailserver nimmt den Absender {sender} nicht an ({refusal.smtp_code}).") from refusal
    except (OSError, smtplib.SMTPException) as error:
        raise Unavailable(f"Der Mailserver hat die Verbindung abgebrochen ({_said(error)}).") from error
    return None


def _refusal(code: int, text: bytes | str) -> Refusal:
    """RFC 5321 section 4.2.1: 4yz may succeed later, 5yz never will."""
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return Refusal(f"Der Mailserver hat abgelehnt: {code} {' '.join(said.split())[:200]}", not 400 <= code < 500)


def _connected(settings: Settings, trust: object) -> smtplib.SMTP:
    host, port, timeout = settings.smtp_host, settings.mail_port, settings.smtp_timeout
    if settings.smtp_security == "ssl":
        return smtplib.SMTP_SSL(host, port, timeout=timeout, context=trust)  # type: ignore[arg-type]
    session = smtplib.SMTP(host, port, timeout=timeout)
    session.ehlo()
    return session


def _leave(session: smtplib.SMTP) -> None:
    try:
        session.quit()
    except (OSError, smtplib.SMTPException):
        session.close()


def _said(error: Exception) -> str:
    code = getattr(error, "smtp_code", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__
