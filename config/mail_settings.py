"""How notices leave the house by e-mail; without a server they are kept and shown."""

import ssl
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings

from schemas.errors import ConfigurationError, os_reason

__all__ = ["MailSettings"]

_PORTS = {"starttls": 587, "ssl": 465, "none": 25}


class MailSettings(BaseSettings):
    """The mail server of the city (SMTP). Without `smtp_host` nothing is sent. `smtp_timeout`: seconds a call may take.

    `smtp_security`: STARTTLS, TLS from the first byte, or none (only where the network itself is trusted).
    """

    smtp_host: str = ""
    smtp_port: int | None = Field(default=None, ge=1, le=65535)
    smtp_security: Literal["starttls", "ssl", "none"] = "starttls"
    smtp_ca_bundle: Path | None = None
    smtp_user: str = ""
    smtp_password_file: Path | None = None
    smtp_from: str = ""
    smtp_timeout: float = Field(default=20.0, gt=0, le=120)
    notices_seconds: float = Field(default=60.0, gt=0)

    @model_validator(mode="after")
    def _mail_can_be_sent(self) -> Self:
        if self.smtp_host and "@" not in self.smtp_from:
            raise ValueError("SMTP_HOST braucht eine Absenderadresse (SMTP_FROM).")
        if bool(self.smtp_user) != (self.smtp_password_file is not None):
            raise ValueError("SMTP_USER und SMTP_PASSWORD_FILE gehören zusammen.")
        if self.smtp_user and self.smtp_security == "none":
            raise ValueError("Ein Kennwort geht nur verschlüsselt an den Mailserver (SMTP_SECURITY).")
        return self

    @property
    def mail_port(self) -> int:
        return self.smtp_port or _PORTS[self.smtp_security]

    def mail_password(self) -> str:
        """Read anew each time: it may be changed while the system runs. ConfigurationError if it cannot be read."""
        if self.smtp_password_file is None:
            return ""
        try:
            return self.smtp_password_file.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ConfigurationError(
                f"POSTEINGANG_SMTP_PASSWORD_FILE: {self.smtp_password_file} ist nicht lesbar ({os_reason(error)})."
            ) from None

    def mail_trust(self) -> ssl.SSLContext:
        """Whose certificates are believed: the given authorities, else those of the system."""
        try:
            return ssl.create_default_context(cafile=str(self.smtp_ca_bundle) if self.smtp_ca_bundle else None)
        except OSError as error:
            raise ConfigurationError(
                f"POSTEINGANG_SMTP_CA_BUNDLE: {self.smtp_ca_bundle} enthält keine lesbaren Zertifikate "
                f"({type(error).__name__})."
            ) from None
