"""What the adapter is told about one installation of the DMS."""

from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["D3ecmSettings"]


@dataclass(frozen=True, slots=True)
class D3ecmSettings:
    """Address and key of the DMS, and how carefully it is called. Times in seconds, sizes in bytes.

    `timeout` is the longest silence while reading or writing; `direct_key` uses the key on every call instead of
    exchanging it for a session (both are seen in practice, facts section 2). `first_pause` is the first pause after
    429 without Retry-After, `key_pause` the first one after a rejected key; both double. After `breaker_failures`
    failures in succession the DMS is left alone for `breaker_seconds`, doubling as well.
    """

    address: str
    api_key: str = field(repr=False)
    repository: str
    timeout: float = 30.0
    connect_timeout: float = 10.0
    chunk_bytes: int = 4 * 1024 * 1024
    ca_bundle: Path | None = None
    proxy: str = field(default="", repr=False)
    direct_key: bool = False
    first_pause: float = 1.0
    key_pause: float = 60.0
    breaker_failures: int = 5
    breaker_seconds: float = 30.0
