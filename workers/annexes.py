"""Make the annexes that people asked for: XML, seal, store. A seal that cannot be had is tried again without end."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog
from django.db import transaction

from config.city_config import City
from pipelines.scan.annex import annex_xml
from pipelines.scan.creator import creator_named
from pipelines.scan.seal import Sealing, seal_file, sealing_of
from records import annexes, neighbours
from records.annexes import Asked, Due, Speaker
from records.document_facts import facts_of
from records.objects import ObjectStore
from schemas.annex import MANIFEST_SHA256, AnnexKind
from schemas.errors import BadInput, Unavailable, os_reason
from schemas.seal import OTHER_TYPE, SealLevel, missing_for_destruction
from schemas.states import FileRole
from schemas.values import NewFile

__all__ = ["NAME", "ask_for_later_seals", "round_of_annexes"]

log = structlog.get_logger()
NAME = "Anlagen zu Vermerken"
_MOST = 50
_AGAIN = timedelta(minutes=2)
_AFTER_REFUSAL = timedelta(hours=6)
_NOT_TO_BE_HAD = "Als der Vermerk geschrieben wurde, war das eingerichtete Siegel oder der Zeitstempel nicht zu haben."
_RETYPED = "Nach dem Vermerk wurde die Dokumentart geändert; der Schutzbedarf der Integrität ist jetzt höher."


def round_of_annexes(city: City, store: ObjectStore, scratch: Path, *, seconds: float) -> None:
    """What is due, for so long; the first silence of key or time stamping authority ends the round."""
    until = time.monotonic() + seconds
    scratch.mkdir(parents=True, exist_ok=True)
    try:
        while time.monotonic() < until and (waiting := annexes.due(datetime.now(UTC), _MOST)):
            sealing = sealing_of(city.seals)
            for one in waiting:
                with TemporaryDirectory(dir=scratch) as folder:
                    _make(one, city, sealing, store, Path(folder))
    except Unavailable as problem:
        annexes.later(str(problem), datetime.now(UTC) + _AGAIN)
        log.warning("annexes_deferred", code=problem.code)
    _tell()


def ask_for_later_seals(city: City, store: ObjectStore) -> None:
    """An annex for every document whose note could not get the seal or time stamp the city has, or needs more now."""
    if city.seals.seal is None:
        return
    level = city.seals.seal.level
    for unsealed in annexes.without_seal(_MOST, qualified=level is SealLevel.QUALIFIED):
        try:
            creator = creator_named(store.path(unsealed.note).read_bytes())
        except OSError as problem:  # `store verify` tells of it; the others go on
            log.warning("annexes_deferred", document=str(unsealed.document.id), code=os_reason(problem))
            continue
        why = _RETYPED if unsealed.lock.startswith(OTHER_TYPE) else _NOT_TO_BE_HAD
        statement = f"{why} Das Siegel dieser Anlage ({level}) gilt über die Prüfsumme auch dem Manifest."
        asked = Asked(unsealed.document, AnnexKind.LATER_SEAL, statement, {MANIFEST_SHA256: unsealed.manifest})
        with transaction.atomic():
            annexes.request(asked, Speaker(creator.mark, creator.name), datetime.now(UTC))


def _make(one: Due, city: City, sealing: Sealing, store: ObjectStore, folder: Path) -> None:
    try:
        content = annex_xml(one.annex)
    except BadInput as problem:  # no seal helps it: the status page says what is wrong
        annexes.later(str(problem), datetime.now(UTC) + _AFTER_REFUSAL, one)
        return
    if one.annex.kind is AnnexKind.LATER_SEAL and sealing.signer is None:
        annexes.later("Es ist kein Siegel eingerichtet.", datetime.now(UTC) + _AFTER_REFUSAL, one)
        return
    sealed, stamped = seal_file(content, sealing)
    parts = {FileRole.ANNEX: content, FileRole.ANNEX_SEAL: sealed, FileRole.ANNEX_STAMP: stamped}
    lock = _remaining_lock(one, city, sealing) if one.annex.kind is AnnexKind.LATER_SEAL else None
    if not annexes.keep(one, _files(one, parts, folder), store, datetime.now(UTC), lock):
        annexes.later("Das Schriftstück ist gerade in Arbeit.", datetime.now(UTC) + _AGAIN, one)


def _remaining_lock(one: Due, city: City, sealing: Sealing) -> str | None:
    need = city.protection(facts_of(one.document_id).document_type)
    return missing_for_destruction(need.integrity if need else None, sealing.level, sealing.stamp_level) or None


def _files(one: Due, parts: dict[FileRole, bytes | None], folder: Path) -> Iterator[NewFile]:
    for role, content in parts.items():
        if content is not None:
            path = folder / role
            path.write_bytes(content)
            yield NewFile(role, path, one.names[role])


def _tell() -> None:
    """The status page tells of annexes only while some cannot be made."""
    waiting, problem = annexes.counts()
    if problem:
        neighbours.note(NAME, False, f"{waiting} warten. {problem}", datetime.now(UTC))
    else:
        neighbours.forget(NAME)
