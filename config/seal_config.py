"""Which seal and time stamps the city has (seals.yaml). Without the file there are none, and every note says so."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from config.values import Strict, Text
from schemas.seal import SealLevel

__all__ = ["HardwareKey", "Seal", "Seals", "TimeStamps"]


def _is_absolute(path: Path) -> Path:
    if not path.is_absolute():
        raise ValueError("muss ein vollständiger Pfad sein (mit / am Anfang)")
    return path


AbsolutePath = Annotated[Path, AfterValidator(_is_absolute)]
WebAddress = Annotated[str, StringConstraints(pattern=r"^https?://\S+$")]


class HardwareKey(Strict):
    """A key in a token or HSM, reached over PKCS#11: the library, the token, the label of key and certificate."""

    module: AbsolutePath
    token: Text
    label: Text


class Seal(Strict):
    """The seal's key. `level` is what the certificate is in law; the program cannot know it, and never guesses more.

    `pin_file` holds the password of the PKCS#12 file or the PIN of the token. `long_term`: B-LT, with the revocation
    data, fetched from the addresses in the certificates.
    """

    level: SealLevel
    pin_file: AbsolutePath
    pkcs12: AbsolutePath | None = None
    pkcs11: HardwareKey | None = None
    long_term: bool = False

    @model_validator(mode="after")
    def _one_key(self) -> Self:
        if (self.pkcs12 is None) == (self.pkcs11 is None):
            raise ValueError("genau eines von 'pkcs12' und 'pkcs11' angeben")
        if self.level is SealLevel.NONE:
            raise ValueError("'level' sagt, was das Siegel ist: test, fortgeschritten oder qualifiziert")
        return self


class TimeStamps(Strict):
    """The time stamping authority (RFC 3161). `timeout` in seconds for one answer."""

    url: WebAddress
    level: SealLevel
    timeout: float = Field(default=20.0, gt=0, le=300)


class Seals(Strict):
    """`roots`: PEM file of the certificates trusted when notes are verified. `patience_minutes`: so long after its
    receipt a document waits for a seal or time stamp that cannot be had; then it goes on without."""

    seal: Seal | None = None
    time_stamp: TimeStamps | None = None
    roots: AbsolutePath | None = None
    patience_minutes: float = Field(default=30.0, ge=0, le=10_080)

    @model_validator(mode="after")
    def _long_term_needs_more(self) -> Self:
        if self.seal is not None and self.seal.long_term and (self.time_stamp is None or self.roots is None):
            raise ValueError("'long_term' braucht auch 'time_stamp' und 'roots'")
        return self
