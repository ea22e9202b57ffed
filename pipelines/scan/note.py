"""The transfer note (Transfervermerk, TR-03138 1.5 A.NB.4): proof of how the scan product came about.

Order, so that nothing names itself: the note names raw scan, image streams and product -> embedded in the product and
kept beside it -> both sealed -> manifest over the finished files -> manifest sealed. docs/decisions/0022 says why.
"""

import shutil
from dataclasses import replace
from pathlib import Path

from config.city_config import City
from pipelines.scan.blank_pages import without_blank_pages
from pipelines.scan.embed import embed_note, foreign_findings
from pipelines.scan.manifest import manifest_xml
from pipelines.scan.note_xml import NoteFacts, note_xml, validate_note
from pipelines.scan.seal import UNSEALED, Sealing, seal_file, seal_pdf, sealing_of
from schemas.digest import digest_of_file
from schemas.errors import BadInput, Unavailable
from schemas.seal import NO_SEAL, NO_STAMP, missing_for_destruction
from schemas.states import FileRole, State
from schemas.values import NewFile, StepResult, Work

__all__ = ["noted", "write_note"]

_NOT_EMBEDDED = "Der Transfervermerk ließ sich nicht in das Scanprodukt einbetten; er liegt als eigene Datei bei."


def write_note(work: Work, city: City) -> StepResult:
    """Note, seal and manifest of one document; BadInput without a named natural person.

    Unavailable while a configured seal or time stamp cannot be had; after `patience_minutes` the mail goes on with
    what there is, and the note says what is missing.
    """
    try:
        return noted(work, city, sealing_of(city.seals))
    except Unavailable as problem:
        if (work.now - work.scan.received_at).total_seconds() < city.seals.patience_minutes * 60:
            raise
        return _with_less(work, city, problem)


def _with_less(work: Work, city: City, problem: Unavailable) -> StepResult:
    """The seal without a time stamp if the key can be had, else nothing: said in the note, and the paper stays."""
    try:
        return noted(work, city, sealing_of(city.seals).without_stamp(), f"{NO_STAMP}{problem.sentence}")
    except Unavailable as again:
        return noted(work, city, UNSEALED, f"{NO_SEAL}{again.sentence}")


def noted(work: Work, city: City, sealing: Sealing, shortfall: str = "") -> StepResult:
    """The files of the note. `shortfall` (German): why the seal is less than what is configured."""
    need = city.protection(work.facts.document_type)
    lock = missing_for_destruction(need.integrity if need else None, sealing.level, sealing.stamp_level)
    found = (shortfall,) if shortfall else ()
    work, dropped = without_blank_pages(work, city)
    facts = NoteFacts((*work.facts.anomalies, *found), sealing, shortfall or lock, embedded=True, dropped=dropped)
    xml = note_xml(work, city, facts)
    validate_note(xml)
    try:
        carrying = _carrying(work, xml)
    except BadInput:
        facts = replace(facts, anomalies=(*facts.anomalies, _NOT_EMBEDDED), embedded=False)
        xml = note_xml(work, city, facts)
        carrying = work.file(FileRole.PRODUCT).path
    final = work.scratch / "scanprodukt.pdf"
    if facts.embedded and sealing.signer is not None:
        seal_pdf(carrying, final, sealing)
    else:
        shutil.copyfile(carrying, final)
    files = _files(work, final, xml, sealing)
    anomalies = replace(work.facts, anomalies=facts.anomalies, destruction_lock=facts.lock or None)
    return StepResult(State.NOTED, anomalies, _said(sealing, shortfall), files)


def _carrying(work: Work, xml: bytes) -> Path:
    """The product with the note in it. BadInput if it cannot carry one and stay the PDF/A it was proven to be."""
    product, target = work.file(FileRole.PRODUCT).path, work.scratch / "mit-vermerk.pdf"
    embed_note(product, xml, target)
    if foreign_findings(target) and not foreign_findings(product):
        raise BadInput("Mit dem Vermerk ist das Scanprodukt kein PDF/A mehr.")
    return target


def _files(work: Work, final: Path, xml: bytes, sealing: Sealing) -> tuple[NewFile, ...]:
    """Product and sidecar, the manifest over them and the raw scan, and what seals the manifest."""
    stem = Path(work.original_name).stem
    sidecar, manifest = work.scratch / "transfervermerk.xml", work.scratch / "manifest.xml"
    sidecar.write_bytes(xml)
    listed = manifest_xml(
        f"TV-{work.document_id}",
        product=digest_of_file(final),
        note=digest_of_file(sidecar),
        raw_scan=work.file(FileRole.ORIGINAL).digest,
    )
    manifest.write_bytes(listed)
    files = [
        NewFile(FileRole.PRODUCT, final, work.file(FileRole.PRODUCT).name),
        NewFile(FileRole.TRANSFER_NOTE, sidecar, f"{stem}.transfervermerk.xml"),
        NewFile(FileRole.MANIFEST, manifest, f"{stem}.manifest.xml"),
    ]
    sealed, stamped = seal_file(listed, sealing)
    for role, content, ending in (
        (FileRole.MANIFEST_SEAL, sealed, "p7s"),
        (FileRole.MANIFEST_STAMP, stamped, "tst"),
    ):
        if content is not None:
            path = work.scratch / f"manifest.{ending}"
            path.write_bytes(content)
            files.append(NewFile(role, path, f"{stem}.manifest.xml.{ending}"))
    return tuple(files)


def _said(sealing: Sealing, shortfall: str) -> str:
    seal = f"Siegel: {sealing.level}" if sealing.signer is not None else "kein Siegel"
    stamp = f", Zeitstempel: {sealing.stamp_level}" if sealing.stamper is not None else ""
    return f"Transfervermerk geschrieben, {seal}{stamp}. {shortfall}".strip()
