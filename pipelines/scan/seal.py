"""Seal what must not change unnoticed: PAdES in the PDF (B-B, B-T, B-LT), CMS beside any other file."""

import asyncio
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from config.seal_config import HardwareKey, Seal, Seals
from pipelines.scan.embed import appending
from pipelines.scan.open_key import open_key
from pipelines.scan.seal_check import check_seal
from pipelines.scan.timestamp import TSA_FAILURES, authority, no_stamp, stamp
from schemas.errors import Unavailable
from schemas.seal import SealLevel

__all__ = ["FIELD", "UNSEALED", "Sealing", "pem_certificates", "seal_file", "seal_pdf", "sealing_of"]

FIELD = "Siegel"
_DIGEST = "sha512"
_PROBE = b"Probe"


@dataclass(frozen=True, slots=True)
class Sealing:
    """A key ready for use, and who gives time stamps. Without either: nothing is sealed, nothing is stamped."""

    signer: Any = None
    level: SealLevel = SealLevel.NONE
    stamper: Any = None
    stamp_level: SealLevel = SealLevel.NONE
    stamp_service: str = ""
    long_term: bool = False
    roots: Path | None = None

    @property
    def holder(self) -> str:
        """Who the certificate says the seal belongs to; empty without a seal."""
        if self.signer is None:
            return ""
        names = self.signer.signing_cert.subject.native
        return str(names.get("organization_name") or names.get("common_name") or "")

    @property
    def form(self) -> str:
        """The level of the seal in the PDF after ETSI EN 319 142; empty without a seal."""
        if self.signer is None:
            return ""
        return "PAdES B-LT" if self.long_term else "PAdES B-T" if self.stamper is not None else "PAdES B-B"

    def without_stamp(self) -> "Sealing":
        return replace(self, stamper=None, stamp_level=SealLevel.NONE, stamp_service="", long_term=False)


UNSEALED = Sealing()


def sealing_of(seals: Seals) -> Sealing:
    """As configured; the key is loaded once a process. Unavailable if the key cannot be had."""
    seal, stamps = seals.seal, seals.time_stamp
    return Sealing(
        signer=_signer(seal) if seal else None,
        level=seal.level if seal else SealLevel.NONE,
        stamper=authority(stamps) if stamps else None,
        stamp_level=stamps.level if stamps else SealLevel.NONE,
        stamp_service=stamps.url if stamps else "",
        long_term=bool(seal and seal.long_term),
        roots=seals.roots,
    )


def seal_pdf(source: Path, target: Path, sealing: Sealing) -> None:
    """The PDF with an invisible seal over everything in it, after which nothing may be changed any more.

    Unavailable if the key, the time stamp or (B-LT) the revocation data are not to be had.
    """
    from pyhanko.sign import fields, signers
    from pyhanko.sign.signers.pdf_signer import DSSContentSettings, SigDSSPlacementPreference

    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm=_DIGEST,
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        reason="Transfervermerk und Scanprodukt",
        embed_validation_info=sealing.long_term,
        validation_context=_context(sealing.roots) if sealing.long_term and sealing.roots else None,
        dss_settings=DSSContentSettings(include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE),
        signer_key_usage=set(),
    )
    signer = signers.PdfSigner(metadata, sealing.signer, timestamper=sealing.stamper)
    writer = appending(source.read_bytes())
    try:
        sealed = asyncio.run(signer.async_sign_pdf(writer))
    except _failures() as problem:
        raise _no_seal(problem) from problem
    target.write_bytes(sealed.getbuffer())


def seal_file(content: bytes, sealing: Sealing) -> tuple[bytes | None, bytes | None]:
    """A detached CMS seal (DER) with the time stamp inside; a bare time stamp token only where there is no seal.

    Unavailable as for a PDF.
    """
    if sealing.signer is None:
        return None, None if sealing.stamper is None else stamp(content, sealing.stamper)
    try:
        sealed = asyncio.run(
            sealing.signer.async_sign_general_data(
                content, _DIGEST, detached=True, use_cades=True, timestamper=sealing.stamper
            )
        )
    except _failures() as problem:
        raise _no_seal(problem) from problem
    return bytes(sealed.dump()), None


def pem_certificates(path: Path) -> list[Any]:
    """The certificates of a PEM file. OSError as from open, ValueError if there is something else in it."""
    from pyhanko.keys import load_certs_from_pemder

    return list(load_certs_from_pemder([str(path)]))


def _context(roots: Path) -> Any:
    from pyhanko_certvalidator import ValidationContext

    return ValidationContext(trust_roots=pem_certificates(roots), allow_fetching=True, revocation_mode="require")


def _failures() -> tuple[type[Exception], ...]:
    from pkcs11.exceptions import PKCS11Error
    from pyhanko.sign.general import SigningError
    from pyhanko_certvalidator.errors import PathError

    return (*TSA_FAILURES, SigningError, PathError, PKCS11Error)


def _no_seal(problem: Exception) -> Unavailable:
    from pyhanko.sign.timestamps.common_utils import TimestampRequestError

    if isinstance(problem, TimestampRequestError):
        return no_stamp(problem)
    _signer.cache_clear()  # a token that was pulled or restarted must be opened anew
    return Unavailable(
        f"Das Siegel lässt sich nicht anbringen ({type(problem).__name__}).",
        remedy="Bitte Schlüssel, Zertifikat und Sperrauskunft prüfen (seals.yaml).",
    )


@cache
def _signer(seal: Seal) -> Any:
    """The key of that configuration. A failure is not remembered: the token may be plugged in later.

    It seals something once, and that must hold: a key beside the wrong certificate seals without complaint.
    """
    try:
        pin = seal.pin_file.read_text(encoding="utf-8").strip()
        if seal.pkcs11 is not None:
            signer = _in_token(seal.pkcs11, pin)
        else:
            signer = open_key(seal.pkcs12, pin) if seal.pkcs12 is not None else None
    except _failures() as problem:
        raise _no_key(problem) from problem
    if signer is None:
        raise _no_key(ValueError("PKCS#12"))
    sealed, _ = seal_file(_PROBE, Sealing(signer))
    if sealed is None or check_seal(sealed, _PROBE, None).broken:
        raise _no_key(ValueError("certificate"))
    return signer


def _in_token(key: HardwareKey, pin: str) -> Any:
    from pyhanko.config.pkcs11 import TokenCriteria
    from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session

    session = open_pkcs11_session(str(key.module), token_criteria=TokenCriteria(label=key.token), user_pin=pin)
    signer = PKCS11Signer(session, cert_label=key.label, key_label=key.label)
    signer.signing_cert  # noqa: B018 - read now: a token without that certificate is found before a note names it
    return signer


def _no_key(problem: Exception) -> Unavailable:
    return Unavailable(
        f"Der Schlüssel des Siegels ist nicht zu öffnen ({type(problem).__name__}).",
        remedy="Bitte Datei oder Token, Kennwort oder PIN und ihre Rechte prüfen (seals.yaml).",
    )
