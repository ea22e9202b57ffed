"""Time stamps after RFC 3161: who gives them, and one over any bytes."""

import asyncio
import hashlib
from functools import cache
from typing import Any

from config.seal_config import TimeStamps
from schemas.errors import Unavailable

__all__ = ["TSA_FAILURES", "authority", "no_stamp", "stamp"]

TSA_FAILURES: tuple[type[Exception], ...] = (OSError, ValueError, TypeError, KeyError)
"""What the library raises if the authority does not answer, refuses, or answers with something else."""


@cache
def authority(configured: TimeStamps) -> Any:
    """The client of the time stamping authority. One a process: it remembers how long the answers are."""
    from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper

    return RequestsHTTPTimeStamper(configured.url, timeout=configured.timeout)


def stamp(content: bytes, stamper: Any) -> bytes:
    """A time stamp token (DER) over these bytes. Unavailable if none is to be had."""
    try:
        token = asyncio.run(stamper.async_timestamp(hashlib.sha512(content).digest(), "sha512"))
    except TSA_FAILURES as problem:
        raise no_stamp(problem) from problem
    return bytes(token.dump())


def no_stamp(problem: Exception) -> Unavailable:
    return Unavailable(
        f"Der Zeitstempeldienst antwortet nicht, wie er soll ({type(problem).__name__}).",
        remedy="Bitte seine Adresse in seals.yaml und den Weg dorthin prüfen.",
    )
