"""Check seals and time stamps offline: in the PDF (PAdES), and beside a file (CMS, RFC 3161)."""

import asyncio
import hashlib
import io
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipelines.scan.cms_form import form_holds
from schemas.german_time import moment_in_germany

logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)

__all__ = ["SealFinding", "check_pdf", "check_seal", "check_stamp", "cms_of", "is_stamp"]


@dataclass(frozen=True, slots=True)
class SealFinding:
    """`broken` (German): what does not fit, empty if all does. `said`: who sealed it and when. `doubt`: not checked."""

    broken: str = ""
    said: str = ""
    doubt: str = ""


def check_pdf(content: bytes, roots: Sequence[Any] | None) -> list[SealFinding]:
    """One finding a seal of the PDF, in their order; empty if it has none."""
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        reader = PdfFileReader(io.BytesIO(content), strict=False)
        seals = list(reader.embedded_regular_signatures)
        return [_pdf_seal(seal, content, roots) for seal in seals]
    except Exception as problem:  # lint: broad - damaged bytes: the library may fail anywhere
        return [SealFinding(broken=f"Das Siegel im PDF ist nicht lesbar ({type(problem).__name__}).")]


def check_seal(seal: bytes, content: bytes, roots: Sequence[Any] | None) -> SealFinding:
    """The detached seal against the bytes it was made for."""
    from pyhanko.sign.validation import async_validate_detached_cms

    try:
        signed = _strict(seal, roots)
        moment = _stamped_at(signed)
        status = asyncio.run(
            async_validate_detached_cms(
                content,
                signed,
                signer_validation_context=_context(roots, moment),
                ts_validation_context=_context(roots, moment),
                key_usage_settings=_any_usage(),
            )
        )
    except Exception as problem:  # lint: broad - damaged bytes: the library may fail anywhere
        return SealFinding(broken=f"Das Siegel ist beschädigt ({type(problem).__name__}).")
    return _judged(status, roots)


def check_stamp(token: bytes, content: bytes, roots: Sequence[Any] | None) -> SealFinding:
    """The bare time stamp token against the bytes it was given for."""
    from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
    from pyhanko.sign.validation.status import TimestampSignatureStatus

    try:
        signed = _strict(token, roots)
        moment = signed["encap_content_info"]["content"].parsed["gen_time"].native
        status = TimestampSignatureStatus(
            **asyncio.run(
                validate_tst_signed_data(
                    signed, _context(roots, moment), lambda name: hashlib.new(name, content).digest()
                )
            )
        )
    except Exception as problem:  # lint: broad - damaged bytes: the library may fail anywhere
        return SealFinding(broken=f"Der Zeitstempel ist beschädigt ({type(problem).__name__}).")
    if not (status.intact and status.valid):
        return SealFinding(broken="Der Zeitstempel passt nicht zur Datei, oder er ist verändert.")
    if roots is not None and not status.trusted:
        return SealFinding(broken="Der Zeitstempel führt zu keiner Wurzel, der vertraut wird.")
    doubt = "" if roots is not None else _NO_ROOTS
    return SealFinding(said=f"Zeitstempel vom {moment_in_germany(moment)}, {_holder(status.signing_cert)}", doubt=doubt)


def cms_of(content: bytes) -> Any | None:
    """The CMS structure with signed data, or None if these bytes are none."""
    from asn1crypto import cms

    try:
        found = cms.ContentInfo.load(content)
        if found["content_type"].native != "signed_data" or not len(found["content"]["signer_infos"]):
            return None
        is_stamp(found)
    except (ValueError, TypeError, KeyError):
        return None
    return found


def is_stamp(found: Any) -> bool:
    """True for a time stamp token, False for a seal."""
    return str(found["content"]["encap_content_info"]["content_type"].native) == "tst_info"


def _pdf_seal(seal: Any, content: bytes, roots: Sequence[Any] | None) -> SealFinding:
    from pyhanko.sign.validation import async_validate_pdf_signature
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    if not form_holds(seal.signed_data, roots or ()) or not _gap_holds(seal, content):
        return SealFinding(broken="Das Siegel im PDF ist nicht mehr so, wie es geschrieben wurde.")
    moment = _stamped_at(seal.signed_data)
    status = asyncio.run(
        async_validate_pdf_signature(
            seal,
            signer_validation_context=_context(roots, moment),
            ts_validation_context=_context(roots, moment),
            key_usage_settings=_any_usage(),
        )
    )
    if status.coverage is not SignatureCoverageLevel.ENTIRE_FILE:
        return SealFinding(broken="Nach dem Siegel wurde etwas an das PDF angefügt.")
    if status.modification_level is not None and not status.docmdp_ok:
        return SealFinding(broken="Nach dem Siegel wurde das PDF geändert.")
    return _judged(status, roots)


def _gap_holds(seal: Any, content: bytes) -> bool:
    """What the seal leaves out is the seal itself, in hexadecimal digits and filled up with zeros, and nothing else."""
    start, length, end, _ = (int(number) for number in seal.byte_range)
    written = content[start + length : end]
    held = bytes(seal.pkcs7_content)
    der = _size_of(held)
    return written in (b"<" + held.hex().encode() + b">", b"<" + held.hex().upper().encode() + b">") and not any(
        held[der:]
    )


def _size_of(held: bytes) -> int:
    """Bytes of the DER structure at the beginning."""
    from asn1crypto import cms

    return len(cms.ContentInfo.load(held).dump())


def _judged(status: Any, roots: Sequence[Any] | None) -> SealFinding:
    stamp = status.timestamp_validity
    if not (status.intact and status.valid):
        return SealFinding(broken="Das Siegel passt nicht zum Inhalt: Er oder das Siegel wurde verändert.")
    if stamp is not None and not (stamp.intact and stamp.valid):
        return SealFinding(broken="Der Zeitstempel im Siegel passt nicht zu ihm.")
    if roots is not None and not status.trusted:
        return SealFinding(broken="Das Siegel führt zu keiner Wurzel, der vertraut wird.")
    if roots is not None and stamp is not None and not stamp.trusted:
        return SealFinding(broken="Der Zeitstempel führt zu keiner Wurzel, der vertraut wird.")
    when = f", Zeitstempel vom {moment_in_germany(stamp.timestamp)}" if stamp is not None else ", ohne Zeitstempel"
    return SealFinding(said=f"{_holder(status.signing_cert)}{when}", doubt="" if roots is not None else _NO_ROOTS)


_NO_ROOTS = "Wem das Siegel gehört, ist nicht geprüft: keine Wurzelzertifikate (roots in seals.yaml oder --roots)."


def _strict(content: bytes, roots: Sequence[Any] | None) -> Any:
    """The signed data, with nothing behind it, and in the form it was written. ValueError otherwise."""
    from asn1crypto import cms

    found = cms.ContentInfo.load(content, strict=True)
    if not form_holds(found["content"], roots or ()):
        raise ValueError("form")
    return found["content"]


def _stamped_at(signed: Any) -> datetime | None:
    """When the seal's time stamp says it was made; certificates are judged at that moment."""
    for attribute in signed["signer_infos"][0]["unsigned_attrs"]:
        if attribute["type"].native == "signature_time_stamp_token":
            token = attribute["values"][0]["content"]
            moment: datetime = token["encap_content_info"]["content"].parsed["gen_time"].native
            return moment
    return None


def _context(roots: Sequence[Any] | None, moment: datetime | None) -> Any:
    from pyhanko_certvalidator import ValidationContext

    return ValidationContext(
        trust_roots=list(roots or ()), moment=moment, allow_fetching=False, revocation_mode="soft-fail"
    )


def _any_usage() -> Any:
    from pyhanko.sign.validation.settings import KeyUsageConstraints

    return KeyUsageConstraints(key_usage=set())


def _holder(certificate: Any) -> str:
    names = certificate.subject.native
    return str(names.get("organization_name") or names.get("common_name") or "unbekannter Inhaber")
