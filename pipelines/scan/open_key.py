"""A key from a PKCS#12 file that is opened and checked once; the library would do both again for every seal."""

from functools import cache, cached_property
from pathlib import Path
from typing import Any

__all__ = ["open_key"]


def open_key(path: Path, password: str) -> Any:
    """The signer with key and chain, or None if the password does not fit. OSError as from open."""
    from pyhanko.sign.signers import SimpleSigner

    read = SimpleSigner.load_pkcs12(str(path), passphrase=password.encode())
    return read and _kind()(read.signing_cert, read.signing_key, read.cert_registry)


@cache
def _kind() -> Any:
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
    from cryptography.hazmat.primitives.serialization import load_der_private_key
    from pyhanko.sign.signers import SimpleSigner
    from pyhanko_certvalidator.util import get_pyca_cryptography_hash

    class OpenKey(SimpleSigner):  # type: ignore[misc]
        @cached_property
        def _key(self) -> Any:
            return load_der_private_key(self.signing_key.dump(), password=None)

        async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
            """`dry_run`: only the length counts."""
            key = self._key
            mechanism = self.get_signature_mechanism_for_digest(digest_algorithm).signature_algo
            if isinstance(key, rsa.RSAPrivateKey) and dry_run:
                return bytes(key.key_size // 8)
            if isinstance(key, rsa.RSAPrivateKey) and mechanism == "rsassa_pkcs1v15":
                return key.sign(data, padding.PKCS1v15(), get_pyca_cryptography_hash(digest_algorithm))
            if isinstance(key, ec.EllipticCurvePrivateKey) and mechanism == "ecdsa":
                return key.sign(data, ec.ECDSA(get_pyca_cryptography_hash(digest_algorithm)))
            signed: bytes = self.sign_raw(data, digest_algorithm)
            return signed

    return OpenKey
