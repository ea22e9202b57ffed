"""The parts of a CMS seal that its own signature does not cover: embedded certificates, and how the rest is written.

A library verifies a seal in which such a byte was changed, for it never looks at it. Here every one has the one value
that RFC 5652 allows, or follows from a part that is signed.
"""

from collections.abc import Sequence
from typing import Any

__all__ = ["form_holds"]


def form_holds(signed: Any, roots: Sequence[Any]) -> bool:
    """True if nothing in this SignedData (asn1crypto) is other than it was written. Raises ValueError and the like."""
    signer = signed["signer_infos"][0]
    kind = signed["encap_content_info"]["content_type"].native
    by_number = signer["sid"].name == "issuer_and_serial_number"
    return (
        len(signed["signer_infos"]) == 1
        and signed["version"].native == ("v1" if kind == "data" and by_number else "v3")
        and signer["version"].native == ("v1" if by_number else "v3")
        and [algorithm.dump() for algorithm in signed["digest_algorithms"]] == [signer["digest_algorithm"].dump()]
        and _plain(signer["digest_algorithm"])
        and signed["crls"].native is None
        and all(chosen.name == "certificate" for chosen in signed["certificates"])
        and _certificates_hold([chosen.chosen for chosen in signed["certificates"]], signer, roots)
        and (not by_number or _names_certificate(signer["sid"].chosen, signed["certificates"]))
        and _stamps_hold(signer["unsigned_attrs"], roots)
    )


def _plain(algorithm: Any) -> bool:
    """No parameters, or NULL: both are in use for hashes."""
    parameters = algorithm["parameters"]
    return bool(parameters.dump() in (b"", b"\x05\x00"))


def _stamps_hold(attributes: Any, roots: Sequence[Any]) -> bool:
    """Nothing but time stamps is outside the signature of a seal, and they are written as they must be."""
    for attribute in attributes:
        if attribute["type"].native != "signature_time_stamp_token" or len(attribute["values"]) != 1:
            return False
        token = attribute["values"][0]
        if token["content_type"].native != "signed_data" or not form_holds(token["content"], roots):
            return False
    return True


def _certificates_hold(certificates: list[Any], signer: Any, roots: Sequence[Any]) -> bool:
    """Each is signed by another one that is here, or is a trusted root itself, or (the signer's) named by its hash."""
    named = _named_by_signer(signer)
    return all(
        certificate["signature_algorithm"].dump() == certificate["tbs_certificate"]["signature"].dump()
        and (
            certificate.sha256 in named
            or any(root.dump() == certificate.dump() for root in roots)
            or any(_issued(certificate, by) for by in (*certificates, *roots))
        )
        for certificate in certificates
    )


def _names_certificate(sid: Any, certificates: Any) -> bool:
    """The signer's certificate is named exactly as it is written in it: comparing names would let case pass."""
    number, issuer = sid["serial_number"].native, sid["issuer"].dump()
    return any(
        chosen.chosen.serial_number == number and chosen.chosen.issuer.dump() == issuer for chosen in certificates
    )


def _named_by_signer(signer: Any) -> set[bytes]:
    """SHA-256 of the certificates which the signed attributes name (ESS signing-certificate-v2, RFC 5035)."""
    found: set[bytes] = set()
    for attribute in signer["signed_attrs"]:
        if attribute["type"].native == "signing_certificate_v2":
            for entry in attribute["values"][0]["certs"]:
                if entry["hash_algorithm"]["algorithm"].native == "sha256":
                    found.add(bytes(entry["cert_hash"].native))
    return found


def _issued(certificate: Any, by: Any) -> bool:
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

    if certificate.issuer != by.subject:
        return False
    try:
        x509.load_der_x509_certificate(certificate.dump()).verify_directly_issued_by(
            x509.load_der_x509_certificate(by.dump())
        )
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm, x509.InvalidVersion):
        return False
    return True
