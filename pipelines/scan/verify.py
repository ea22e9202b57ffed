"""Check transfer notes offline: which of the given files fit together, and what does not.

What a file is follows from its content; its name is for people only. A file that nothing vouches for does not fit.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from lxml import etree

from pipelines.scan.annex import ANNEX_NAMESPACE, read_annex
from pipelines.scan.embed import embedded_note, only_note_added
from pipelines.scan.images import image_hashes
from pipelines.scan.manifest import MANIFEST_NAMESPACE, NOTE, PRODUCT, RAW_SCAN, Manifest, read_manifest
from pipelines.scan.note_xml import NAMESPACE, NAMESPACE_1, validate_note
from pipelines.scan.seal_check import SealFinding, check_pdf, check_seal, check_stamp, cms_of, is_stamp
from schemas.annex import MANIFEST_SHA256, AnnexKind
from schemas.digest import digest_of_chunks
from schemas.errors import BadInput
from schemas.safe_xml import parse_xml
from schemas.values import FileDigest

__all__ = ["Finding", "Grade", "verify"]


_NAMES = {"Woerter": "Wörter mit Lage", "RohscanPdf": "Rohscan als PDF"}


class Grade(StrEnum):
    """Of one finding: it fits, it does not, or it could not be checked with what was given."""

    FITS = "passt"
    DIFFERS = "weicht ab"
    OPEN = "nicht geprüft"


@dataclass(frozen=True, slots=True)
class Finding:
    """One German sentence about one file (or about a note, by its id)."""

    grade: Grade
    subject: str
    sentence: str


@dataclass(slots=True)
class _Given:
    """A file with what it turned out to be. `vouched`: something has confirmed its content."""

    name: str
    content: bytes
    digest: FileDigest
    note: bytes | None = None
    note_root: Any = None
    manifest: Manifest | None = None
    annex: Any = None
    cms: Any = None
    broken: str = ""
    vouched: bool = False
    differs: list[str] = field(default_factory=list)

    @property
    def is_pdf(self) -> bool:
        return b"%PDF-" in self.content[:1024]

    @property
    def note_id(self) -> str:
        return "" if self.note_root is None else str(self.note_root.get("vermerkId", ""))


def verify(files: Mapping[str, bytes], roots: Sequence[Any] | None = None) -> list[Finding]:
    """Findings in the order of the checks. `roots`: certificates trusted; None: whose seal it is stays open.

    BadInput if there is neither a note nor a manifest among the files.
    """
    given = [_read(name, content) for name, content in files.items()]
    if not any(file.note is not None or file.manifest or file.annex is not None for file in given):
        raise BadInput(
            "Unter den Dateien ist kein Transfervermerk.",
            remedy="Bitte das Scanprodukt (PDF) oder den Vermerk (XML) mit angeben, dazu Manifest, Siegel und Rohscan.",
        )
    findings: list[Finding] = []
    for check in (_manifests, _notes, _annexes, _seals, _leftovers):
        findings += check(given, roots)
    return findings


def _read(name: str, content: bytes) -> _Given:
    file = _Given(name, content, digest_of_chunks((content,)))
    try:
        if file.is_pdf:
            file.note = embedded_note(content)
        elif content.lstrip()[:1] == b"<":
            _read_xml(file)
        else:
            file.cms = cms_of(content)
        if file.note is not None:
            validate_note(file.note)
            file.note_root = parse_xml(file.note)
            if file.note_id != f"TV-{_document_id(file.note_root)}":
                file.broken = "Der Vermerk nennt ein anderes Dokument als seine eigene Kennung."
    except BadInput as problem:
        file.broken = str(problem)
    return file


def _read_xml(file: _Given) -> None:
    namespace = etree.QName(parse_xml(file.content)).namespace
    if namespace in (NAMESPACE, NAMESPACE_1):
        file.note = file.content
    elif namespace == MANIFEST_NAMESPACE:
        file.manifest = read_manifest(file.content)
    elif namespace == ANNEX_NAMESPACE:
        file.annex = read_annex(file.content)


def _manifests(given: list[_Given], _roots: Sequence[Any] | None) -> Iterator[Finding]:
    """Every file a manifest lists, by its hashes; a manifest is vouched for by files that fit it."""
    for listing in (file for file in given if file.manifest is not None):
        manifest = listing.manifest
        assert manifest is not None
        present = 0
        for role, digest in manifest.digests.items():
            found = [file for file in given if file.digest == digest]
            for file in found:
                file.vouched = True
                present += 1
                yield Finding(Grade.FITS, file.name, f"{role}: beide Prüfsummen stimmen mit dem Manifest überein.")
                if file.note is not None and file.note_id != manifest.note_id:
                    listing.differs.append(f"Es nennt den Vermerk {manifest.note_id}, die Datei trägt {file.note_id}.")
            if found:
                continue
            near = [file for file in given if _could_be(file, role, manifest)]
            for file in near:
                file.differs.append(f"{role}: Die Prüfsummen weichen vom Manifest ab.")
            if not near:
                yield Finding(Grade.OPEN, manifest.note_id, f"{role} wurde nicht mit angegeben.")
        for file in (file for file in given if file.note_root is not None and file.note_id == manifest.note_id):
            if _digest_of(file.note_root, RAW_SCAN) != manifest.digests[RAW_SCAN]:
                listing.differs.append(f"Es nennt einen anderen Rohscan als der Vermerk in {file.name}.")
        listing.vouched = listing.vouched or (present > 0 and not listing.differs)


def _could_be(file: _Given, role: str, manifest: Manifest) -> bool:
    """The file that stands for that role, if its bytes are not the ones listed."""
    if role == PRODUCT:
        return file.is_pdf and file.note is not None and file.note_id == manifest.note_id
    return role == NOTE and not file.is_pdf and file.note is not None and file.note_id == manifest.note_id


def _notes(given: list[_Given], roots: Sequence[Any] | None) -> Iterator[Finding]:
    for file in (file for file in given if file.note_root is not None):
        if file.is_pdf:
            yield from _product(file, given, roots)
        else:
            yield from _sidecar(file, given)
        for label in (RAW_SCAN, "Text", "Woerter", "RohscanPdf", PRODUCT):
            named = _digest_of(file.note_root, label)
            for other in (other for other in given if other.digest == named and not other.vouched):
                other.vouched = True
                said = _NAMES.get(label, label)
                yield Finding(Grade.FITS, other.name, f"{said}: beide Prüfsummen stimmen mit dem Vermerk überein.")


def _product(file: _Given, given: list[_Given], roots: Sequence[Any] | None) -> Iterator[Finding]:
    """The PDF with the note inside: its beginning is the product the note names, its images the ones listed."""
    named = _digest_of(file.note_root, PRODUCT)
    if digest_of_chunks((file.content[: named.size],)) == named:
        if not _seal_form(file.note_root).startswith("PAdES") and not only_note_added(file.content, named.size):
            file.differs.append("Hinter dem Scanprodukt steht mehr als der Vermerk: Das PDF zeigt nicht mehr dasselbe.")
            return
        yield Finding(Grade.FITS, file.name, "Scanprodukt: unverändert, wie es der eingebettete Vermerk nennt.")
    else:
        file.differs.append("Das Scanprodukt ist nicht das, das sein Vermerk nennt.")
    listed = [image.get("sha256") for image in file.note_root.iterfind(f".//{{{NAMESPACE}}}Bild")]
    if listed and listed == image_hashes(file.content):
        yield Finding(Grade.FITS, file.name, f"{len(listed)} Bildstrom/Bildströme: unverändert.")
    elif listed:
        file.differs.append("Die Bildströme sind nicht die, die der Vermerk nennt.")
    wants_seal = _seal_form(file.note_root).startswith("PAdES")
    seals = check_pdf(file.content, roots)
    if wants_seal and not seals:
        file.differs.append("Der Vermerk nennt ein Siegel im PDF; es ist keines da.")
    yield from _sealed(file, seals, "Siegel im PDF")
    if not wants_seal and not file.vouched and not file.differs:
        file.vouched = True
        yield Finding(Grade.OPEN, file.name, "kein Siegel: Der Vermerk selbst ist nur mit dem Manifest prüfbar.")


def _sidecar(file: _Given, given: list[_Given]) -> Iterator[Finding]:
    """The note as a file of its own: the same bytes as in the PDF, if that was given too."""
    twins = [other for other in given if other.is_pdf and other.note is not None and other.note_id == file.note_id]
    for twin in twins:
        if twin.note == file.content:
            file.vouched = True
            yield Finding(Grade.FITS, file.name, f"Transfervermerk: derselbe wie in {twin.name}.")
        else:
            file.differs.append(f"Der Transfervermerk ist ein anderer als in {twin.name}.")
    if not twins and not file.vouched:
        file.vouched = True
        yield Finding(Grade.OPEN, file.name, "Transfervermerk: nur der Aufbau ist geprüft; Manifest oder PDF fehlen.")


def _annexes(given: list[_Given], _roots: Sequence[Any] | None) -> Iterator[Finding]:
    """An annex names its note by id and hash; nothing but its own seal vouches for itself."""
    notes = {hashlib.sha256(file.note).hexdigest() for file in given if file.note is not None}
    for file in (file for file in given if file.annex is not None):
        if file.annex.note_sha256 in notes:
            yield Finding(Grade.FITS, file.name, f"Anlage „{file.annex.kind}“: gehört zu {file.annex.note_id}.")
            if file.annex.kind is AnnexKind.LATER_SEAL:
                yield from _later_seal(file, given)
        elif any(other.note_id == file.annex.note_id for other in given):
            file.differs.append(f"Die Anlage nennt einen anderen Vermerk {file.annex.note_id} als den angegebenen.")
        else:
            yield Finding(Grade.OPEN, file.name, f"Der Vermerk {file.annex.note_id} wurde nicht mit angegeben.")


def _later_seal(file: _Given, given: list[_Given]) -> Iterator[Finding]:
    """It seals the manifest by its hash: the one given must be it."""
    named, note_id = file.annex.details.get(MANIFEST_SHA256), file.annex.note_id
    listings = [other for other in given if other.manifest is not None and other.manifest.note_id == note_id]
    for listing in listings:
        if listing.digest.sha256 == named:
            yield Finding(
                Grade.FITS, file.name, f"Nachsiegelung: nennt das Manifest {listing.name} mit seiner Prüfsumme."
            )
        else:
            file.differs.append(f"Die Nachsiegelung nennt ein anderes Manifest als {listing.name}.")
    if not listings:
        yield Finding(Grade.OPEN, file.name, "Das nachgesiegelte Manifest wurde nicht mit angegeben.")


def _seals(given: list[_Given], roots: Sequence[Any] | None) -> Iterator[Finding]:
    """Each seal and time stamp against the file it was made for."""
    sealable = [file for file in given if file.manifest is not None or file.annex is not None]
    covered: set[str] = set()
    for file in (file for file in given if file.cms is not None):
        check: Callable[..., SealFinding] = check_stamp if is_stamp(file.cms) else check_seal
        what = "Zeitstempel" if is_stamp(file.cms) else "Siegel"
        results = [(other, check(file.content, other.content, roots)) for other in sealable]
        fitting = [(other, found) for other, found in results if not found.broken]
        for other, found in fitting[:1]:
            file.vouched = other.vouched = True
            covered.add(other.name)
            yield Finding(Grade.FITS, file.name, f"{what} über {other.name}: unversehrt. {found.said}.")
            if found.doubt:
                yield Finding(Grade.OPEN, file.name, found.doubt)
        if not fitting:
            said = results[0][1].broken if len(results) == 1 else ""
            file.differs.append(f"{said} {what}: passt zu keiner der Dateien.".strip())
    for file in sealable:
        if file.name not in covered:
            file.vouched = True
            yield Finding(Grade.OPEN, file.name, "Es wurde kein Siegel dazu angegeben.")


def _leftovers(given: list[_Given], _roots: Sequence[Any] | None) -> Iterator[Finding]:
    """What differs, what is damaged, and what nobody vouches for."""
    for file in given:
        for sentence in dict.fromkeys(file.differs):
            yield Finding(Grade.DIFFERS, file.name, sentence)
        if file.broken:
            yield Finding(Grade.DIFFERS, file.name, file.broken)
        elif not file.vouched and not file.differs:
            yield Finding(Grade.DIFFERS, file.name, "Gehört zu keinem der Vermerke, oder wurde verändert.")


def _sealed(file: _Given, seals: list[SealFinding], what: str) -> Iterator[Finding]:
    for seal in seals:
        if seal.broken:
            file.differs.append(seal.broken)
            continue
        file.vouched = True
        yield Finding(Grade.FITS, file.name, f"{what}: unversehrt. {seal.said}.")
        if seal.doubt:
            yield Finding(Grade.OPEN, file.name, seal.doubt)


def _digest_of(root: Any, label: str) -> FileDigest:
    """What the note says of that file; a digest that fits nothing if it says nothing."""
    namespace = etree.QName(root).namespace
    node = root.find(f".//{{{namespace}}}{label}")
    if node is None:
        return FileDigest("", "", 0)
    texts = [node.findtext(f"{{{namespace}}}{name}") or "" for name in ("SHA256", "SHA512")]
    return FileDigest(texts[0], texts[1], int(node.get("groesse", "0")))


def _document_id(root: Any) -> str:
    node = root.find(f"{{{etree.QName(root).namespace}}}Dokument")
    return "" if node is None else str(node.get("id", ""))


def _seal_form(root: Any) -> str:
    node = root.find(f"{{{NAMESPACE}}}Siegel")
    return "" if node is None else str(node.get("form", ""))
