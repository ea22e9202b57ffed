"""Keys, certificates and a time stamping authority of our own for tests: they prove integrity, and nothing in law."""

import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import uuid4

import pytest
from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from config.seal_config import HardwareKey, Seal, Seals, TimeStamps
from schemas.seal import SealLevel

__all__ = ["PIN", "Issued", "authority", "issued", "pkcs12_file", "roots_file", "seals", "stamping", "token_with_key"]

PIN = "Testsiegel-1"
Key = rsa.RSAPrivateKey


@dataclass(frozen=True)
class Issued:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: Key


@cache
def authority() -> Issued:
    """The root of the test: signs itself."""
    return _issue("Test-CA", None)


@cache
def issued(name: str, *, stamps: bool = False, crl: str = "") -> Issued:
    """A certificate of the test root, for sealing or for time stamps. `crl`: where its revocation list is."""
    return _issue(name, authority(), stamps=stamps, crl=crl)


def pkcs12_file(folder: Path, name: str = "Stadt Teststadt", *, crl: str = "") -> Path:
    """The seal as a PKCS#12 file with the chain, locked with PIN."""
    made = issued(name, crl=crl)
    path = folder / "siegel.p12"
    lock = serialization.BestAvailableEncryption(PIN.encode())
    path.write_bytes(
        pkcs12.serialize_key_and_certificates(b"siegel", made.key, made.certificate, [authority().certificate], lock)
    )
    return path


def roots_file(folder: Path) -> Path:
    """The test root as PEM."""
    path = folder / "wurzeln.pem"
    path.write_bytes(authority().certificate.public_bytes(serialization.Encoding.PEM))
    return path


def seals(
    folder: Path,
    *,
    tsa: str = "",
    level: SealLevel = SealLevel.TEST,
    token: HardwareKey | None = None,
    patience_minutes: float = 30,
    long_term: bool = False,
) -> Seals:
    """As seals.yaml would say it."""
    pin = folder / "pin"
    pin.write_text(PIN + "\n", encoding="utf-8")
    key = None if token is not None else pkcs12_file(folder, crl=f"{tsa}{_LIST}" if long_term else "")
    return Seals(
        seal=Seal(level=level, pin_file=pin, pkcs12=key, pkcs11=token, long_term=long_term),
        time_stamp=TimeStamps(url=f"{tsa}{_LISTED}" if long_term else tsa, level=level, timeout=5) if tsa else None,
        roots=roots_file(folder),
        patience_minutes=patience_minutes,
    )


@contextmanager
def stamping() -> Iterator[str]:
    """A time stamping authority on loopback: the address, while it answers."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Authority)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Authority(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        request = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
        here = f"http://{self.headers['Host']}/"
        stamper = _stamper(f"{here}{_LIST}" if self.path == f"/{_LISTED}" else "")
        self._answer("application/timestamp-reply", stamper.request_tsa_response(request).dump())

    def do_GET(self) -> None:
        self._answer("application/pkix-crl", _revocation_list())

    def _answer(self, kind: str, answer: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        """Nobody wants to read it."""


_LIST, _LISTED = "sperrliste.crl", "mit-sperrliste"


@cache
def _revocation_list() -> bytes:
    """Nothing is revoked."""
    now = datetime.now(UTC)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority().certificate.subject)
        .last_update(now - timedelta(hours=1))
        .next_update(now + timedelta(days=30))
    )
    return builder.sign(authority().key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


class _Stamper:
    def __init__(self, crl: str) -> None:
        from asn1crypto import keys
        from asn1crypto import x509 as asn1_x509
        from pyhanko.sign.timestamps import DummyTimeStamper
        from pyhanko_certvalidator.registry import SimpleCertificateStore

        made = issued("Test-Zeitstempel", stamps=True, crl=crl)
        root = asn1_x509.Certificate.load(authority().certificate.public_bytes(serialization.Encoding.DER))
        store = SimpleCertificateStore()
        store.register(root)
        plain = made.key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        self._stamper = DummyTimeStamper(
            asn1_x509.Certificate.load(made.certificate.public_bytes(serialization.Encoding.DER)),
            keys.PrivateKeyInfo.load(plain),
            certs_to_embed=store,
        )

    def request_tsa_response(self, request: tsp.TimeStampReq) -> tsp.TimeStampResp:
        return self._stamper.request_tsa_response(request)


@cache
def _stamper(crl: str) -> _Stamper:
    return _Stamper(crl)


def _issue(name: str, by: Issued | None, *, stamps: bool = False, crl: str = "") -> Issued:
    key = rsa.generate_private_key(65537, 2048)
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, f"{name} (Test)"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{name} (Test)"),
        ]
    )
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365))
        .add_extension(x509.BasicConstraints(by is None, None), True)
        .add_extension(_usage(ca=by is None), True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
    )
    if crl:
        place = x509.DistributionPoint([x509.UniformResourceIdentifier(crl)], None, None, None)
        builder = builder.add_extension(x509.CRLDistributionPoints([place]), False)
    if stamps:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True)
    return Issued(builder.sign(by.key if by else key, hashes.SHA256()), key)


def _usage(*, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca,
        content_commitment=not ca,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )


def token_with_key(folder: Path, monkeypatch: pytest.MonkeyPatch, *, key: Key | None = None) -> HardwareKey:
    """A software token (SoftHSM 2) with key and certificate of the seal; skips the test where it is not installed.

    `key`: another one than the certificate's.
    """
    module = next((path for path in _SOFTHSM if path.is_file()), None)
    if module is None or shutil.which("softhsm2-util") is None:
        pytest.skip("softhsm2 ist nicht installiert")
    tokens = folder / "tokens"
    tokens.mkdir()
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(settings))
    name = f"siegel-{uuid4().hex[:8]}"
    start = ["softhsm2-util", "--init-token", "--free", "--label", name, "--pin", PIN, "--so-pin", PIN]
    subprocess.run(start, check=True, capture_output=True)
    _fill(module, name, key or issued("Stadt Teststadt").key)
    return HardwareKey(module=module, token=name, label="siegel")


_SOFTHSM = (Path("/usr/lib/softhsm/libsofthsm2.so"), Path("/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"))


def _fill(module: Path, name: str, private: Key) -> None:
    import pkcs11
    from pkcs11.util.rsa import decode_rsa_private_key
    from pkcs11.util.x509 import decode_x509_certificate

    made = issued("Stadt Teststadt")
    key = private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    certificate = made.certificate.public_bytes(serialization.Encoding.DER)
    library = pkcs11.lib(str(module))
    library.reinitialize()
    with library.get_token(token_label=name).open(user_pin=PIN, rw=True) as session:
        session.create_object(
            decode_rsa_private_key(key)
            | {pkcs11.Attribute.LABEL: "siegel", pkcs11.Attribute.TOKEN: True, pkcs11.Attribute.ID: b"1"}
        )
        session.create_object(
            decode_x509_certificate(certificate)
            | {pkcs11.Attribute.LABEL: "siegel", pkcs11.Attribute.TOKEN: True, pkcs11.Attribute.ID: b"1"}
        )
