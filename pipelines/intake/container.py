"""What a container holds: scanned pages in their order, and files that are mail of their own."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

import pikepdf
import pypdfium2

from config.settings import Settings, load_settings
from pipelines.intake.hazards import SIGNED
from pipelines.intake.index import may_be_index, parse_index, read_index
from pipelines.intake.inspect import inspect_pdf
from pipelines.intake.names import first_of
from pipelines.intake.pictures import count_pictures, picture_form
from pipelines.intake.unpack import Member, is_container, unpack
from pipelines.invoice.detect import is_pdf, is_xml
from schemas.batch_index import BatchIndex, IndexedDocument
from schemas.errors import BadInput

__all__ = ["Contents", "ScannedFile", "borders", "contents_of"]

_PAGE_ENDINGS = (".tif", ".tiff", ".jpg", ".jpeg", ".jp2", ".png", ".pdf")
_MOST_NAMED = 20
_LARGE_SHARE = 0.5
"""Of the page: an image that covers so much of it makes it a scan."""


@dataclass(frozen=True, slots=True)
class ScannedFile:
    """A file whose pictures are pages of the batch. `images` counts them; `problem`: why none of it can be read."""

    member: Member
    images: int
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Contents:
    """A container taken apart. Every file but index, markers and leftovers is in `scans` or `others`, once.

    `others` are no scans and go their own way. `documents`: where index or files let documents begin. `findings`:
    where the index and the files do not fit (German). `doubt`: why a person must see where documents begin.
    """

    scans: tuple[ScannedFile, ...]
    others: tuple[Member, ...]
    documents: tuple[IndexedDocument, ...] = ()
    findings: tuple[str, ...] = ()
    index: BatchIndex | None = None
    doubt: str = ""

    def told_of(self, member: Member) -> IndexedDocument | None:
        """What the index says of that file; None: nothing."""
        listed = self.index.documents if self.index else ()
        return next((one for one in listed if member.name in one.files), None)

    @property
    def supported(self) -> bool:
        """False if nothing in it is anything we know."""
        return bool(self.scans) or any(_is_known(other) for other in self.others)


def borders(container: Path) -> tuple[IndexedDocument, ...]:
    """The documents that index or files begin, by their first images; none if they say nothing, or it is no container.

    The same bytes give the same answer as at the identification, which has made the pages they count.
    """
    with container.open("rb") as stream:
        if not is_container(stream.read(4)):
            return ()
    scratch = load_settings().scratch
    scratch.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=scratch) as folder:
        return contents_of(container, Path(folder)).documents


def contents_of(container: Path, folder: Path) -> Contents:
    """Take the container apart into the empty folder; BadInput (German) if nobody should."""
    settings = load_settings()
    members = unpack(container, folder, max_files=settings.batch_max_files, max_bytes=settings.batch_max_bytes)
    members = _with_short_names([member for member in members if not _is_index(member)])
    index = _with_names_of(members, read_index(container))
    ordered, missing = _in_order(members, index)
    scans, others = _sorted_out(ordered, settings)
    if sum(scan.images for scan in scans) > settings.max_pages or len(others) > settings.max_pages:
        raise BadInput(
            f"Der Stapel hat mehr als {settings.max_pages} Bilder.", remedy="Bitte in mehrere Stapel teilen."
        )
    documents, findings = _documents(scans, index, {member.name for member in members})
    return Contents(scans, others, documents, (*missing, *findings), index, " ".join(findings))


def _with_short_names(members: list[Member]) -> tuple[Member, ...]:
    """Without their folders, where no other file is called the same."""
    called = Counter(PurePosixPath(member.name).name for member in members)
    names = [PurePosixPath(member.name).name for member in members]
    return tuple(
        replace(member, name=name) if called[name] == 1 else member for member, name in zip(members, names, strict=True)
    )


def _is_index(member: Member) -> bool:
    if not may_be_index(member.name, member.path.stat().st_size):
        return False
    return parse_index(member.path.read_bytes(), member.name) is not None


def _in_order(members: tuple[Member, ...], index: BatchIndex | None) -> tuple[list[Member], list[str]]:
    """As the index lists the files, what it does not list behind them; and what it lists that is not there."""
    listed = list(dict.fromkeys(file for one in (index.documents if index else ()) for file in one.files))
    place = {name: number for number, name in enumerate(listed)}
    there = {member.name for member in members}
    missing = [f"Im Index genannt, aber nicht geliefert: {name}." for name in listed if name not in there]
    missing = list(first_of(missing, _MOST_NAMED, "Dateien nicht geliefert"))
    if listed:
        besides = [f"Nicht im Index: {member.name}." for member in members if member.name not in place]
        missing += first_of(besides, _MOST_NAMED, "Dateien nicht im Index")
    return sorted(members, key=lambda member: place.get(member.name, len(place))), missing


def _with_names_of(members: tuple[Member, ...], index: BatchIndex | None) -> BatchIndex | None:
    """The index with its files called as they are here: it writes full paths of its own machine, in any case.

    The longest end of a path that some file has counts; if several have it, it stays as written: nobody knows which.
    """
    if index is None:
        return None
    ends: dict[tuple[str, ...], list[str]] = {}
    for member in members:
        for end in _ends(member.name):
            ends.setdefault(end, []).append(member.name)

    def named(file: str) -> str:
        found: list[str] = next((ends[end] for end in _ends(file) if end in ends), [])
        return found[0] if len(found) == 1 else file

    return replace(index, documents=tuple(replace(one, files=tuple(map(named, one.files))) for one in index.documents))


def _ends(name: str) -> Iterator[tuple[str, ...]]:
    """The path as compared, and every end of it, the longest first."""
    parts = PurePosixPath(name.replace("\\", "/").casefold()).parts
    for first in range(len(parts)):
        yield parts[first:]


def _sorted_out(members: list[Member], settings: Settings) -> tuple[tuple[ScannedFile, ...], tuple[Member, ...]]:
    """Scans, and what is no scan. What is broken keeps its place as a page only among files of one page each."""
    looks = [(member, _look(member)) for member in members]
    counts = [look for _, look in looks if isinstance(look, int)]
    pages_only = max(counts, default=1) == 1
    scans: list[ScannedFile] = []
    others: list[Member] = []
    for member, look in looks:
        if isinstance(look, int):
            scans.append(ScannedFile(member, look))
        elif look and pages_only:
            scans.append(ScannedFile(member, 1, look))
        else:
            others.append(member)
    return tuple(scans), tuple(others)


def _look(member: Member) -> int | str:
    """How many scanned images the file holds; why it holds none that can be read; or empty if it is no scan."""
    head = _head(member)
    a_pdf, a_picture = is_pdf(head), picture_form(head) is not None
    if not (a_pdf or a_picture or member.name.lower().endswith(_PAGE_ENDINGS)):
        return ""
    if member.damaged:
        return "Die Datei ist in der ZIP-Datei beschädigt."
    if a_pdf:
        return _look_into_pdf(member.path)
    if a_picture:
        return count_pictures(member.path)
    return "Der Inhalt ist weder Bild noch PDF." if head else "Die Datei ist leer (0 Byte)."


def _look_into_pdf(path: Path) -> int | str:
    """Only scans are put together: what is signed, carries files or was never paper keeps its own nature."""
    try:
        facts = inspect_pdf(path)
    except BadInput as problem:
        return problem.sentence
    if SIGNED in facts.anomalies or _carries_files(path) or not _is_scanned(path):
        return ""
    return facts.page_count or 0


def _carries_files(path: Path) -> bool:
    with pikepdf.Pdf.open(path) as pdf:
        return any(isinstance(item, pikepdf.Dictionary) and "/EF" in item for item in pdf.objects)


def _is_scanned(path: Path) -> bool:
    """True if an image covers most of every page."""
    import pypdfium2.raw as raw

    try:
        with pypdfium2.PdfDocument(path) as pdf:
            for page in pdf:
                across, down = page.get_size()
                items = page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3)
                boxes = [item.get_bounds() for item in items]
                shares = [(right - left) * (top - bottom) for left, bottom, right, top in boxes]
                page.close()
                if max(shares, default=0.0) < _LARGE_SHARE * across * down:
                    return False
    except pypdfium2.PdfiumError:
        return False
    return True


def _is_known(member: Member) -> bool:
    head = _head(member)
    return is_pdf(head) or is_xml(head)


def _head(member: Member) -> bytes:
    with member.path.open("rb") as stream:
        return stream.read(1024)


def _documents(
    scans: tuple[ScannedFile, ...], index: BatchIndex | None, there: set[str]
) -> tuple[tuple[IndexedDocument, ...], tuple[str, ...]]:
    """Where documents begin: as the index says, else with every file if several of them have several pages."""
    told = [one for one in index.documents if not _says_only_the_order(one)] if index else []
    spans = {scan.member.name: span for scan, span in _spans(scans)}
    total = sum(scan.images for scan in scans)
    if any(one.files for one in told):
        found = [_with_span(one, [spans[file] for file in one.files if file in spans]) for one in told]
        there_are = sorted((one for one in found if one.first), key=lambda one: one.first or 0)
        return tuple(_lacking(one, there) for one in there_are), ()
    if told:
        placed = _placed(told, total)
        if placed is None:
            return (), ("Der Index nennt Seitenbereiche, die nicht zu den Bildern passen; sie sind nicht beachtet.",)
        return placed, ()
    if sum(scan.images > 1 for scan in scans) < 2:
        return (), ()
    return tuple(IndexedDocument(first, last, files=(name,)) for name, first, last in _named(scans)), ()


def _says_only_the_order(one: IndexedDocument) -> bool:
    return len(one.files) == 1 and one == IndexedDocument(files=one.files)


def _spans(scans: tuple[ScannedFile, ...]) -> Iterator[tuple[ScannedFile, tuple[int, int]]]:
    """Every file with its first and last image."""
    first = 1
    for scan in scans:
        yield scan, (first, first + scan.images - 1)
        first += scan.images


def _named(scans: tuple[ScannedFile, ...]) -> Iterator[tuple[str, int, int]]:
    for scan, (first, last) in _spans(scans):
        yield scan.member.name, first, last


def _with_span(one: IndexedDocument, spans: list[tuple[int, int]]) -> IndexedDocument:
    if not spans:
        return replace(one, first=None, last=None)
    return replace(one, first=min(first for first, _ in spans), last=max(last for _, last in spans))


def _lacking(one: IndexedDocument, there: set[str]) -> IndexedDocument:
    """The document with those of its files that the container does not have."""
    return replace(one, missing=tuple(file for file in one.files if file not in there))


def _placed(told: list[IndexedDocument], total: int) -> tuple[IndexedDocument, ...] | None:
    """The documents at their images, by number or one after the other by their pages; None if that does not fit."""
    if len(told) == 1 and told[0].first is None:
        return (replace(told[0], first=1, last=total),)
    if all(one.first is None and one.pages for one in told):
        placed, first = [], 1
        for one in told:
            placed.append(replace(one, first=first, last=first + (one.pages or 0) - 1))
            first += one.pages or 0
        return tuple(placed) if first == total + 1 else None
    starts = [one.first for one in told if one.first is not None]
    ends = [one.last or one.first or 0 for one in told]
    fits = len(starts) == len(told) and starts == sorted(set(starts)) and starts[0] >= 1 and max(ends) <= total
    return tuple(told) if fits else None
