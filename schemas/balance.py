"""The balance of a scan batch: that every sheet put in became images, every image a page of a document, and every
document lies where it belongs. Paper may go only when every line holds (TR-03138 A.DV.2, A.SC.8)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from schemas.batch import ImageKind

__all__ = ["KEPT", "PAGES", "Balance", "Counted", "Line", "balance"]

_NAMES = {
    ImageKind.PAGE: ("Seite", "Seiten"),
    ImageKind.BLANK: ("leere Seite", "leere Seiten"),
    ImageKind.UNREADABLE: ("nicht lesbares Bild", "nicht lesbare Bilder"),
    ImageKind.SEPARATOR: ("Trennblatt", "Trennblätter"),
    ImageKind.SEPARATOR_BACK: ("Rückseite eines Trennblatts", "Rückseiten von Trennblättern"),
}
KEPT = frozenset({ImageKind.PAGE, ImageKind.BLANK, ImageKind.UNREADABLE})
"""Images that belong to a document."""
PAGES = frozenset({ImageKind.PAGE, ImageKind.BLANK, ImageKind.UNREADABLE})
"""Images that count as pages."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What is known of a batch. None: nobody said or counted it.

    `sheets`: as put into the scanner, separators among them; `sheets_by`: who said so (German). `images` by kind;
    `highest`: number of the last image; `homeless`: images that should belong to a document and do not; `unread`: those
    nobody could read and that were not scanned anew.
    `pages_expected`, `documents_expected`: as index or cover sheet say. `documents` came out of it; of these `arrived`
    are filed, handed over or `settled` otherwise, and `proven` as far as the target was asked and answered.
    """

    images: Mapping[ImageKind, int] = field(default_factory=dict)
    highest: int = 0
    homeless: int = 0
    unread: int = 0
    sheets: int | None = None
    sheets_by: str = ""
    duplex: bool | None = None
    pages_expected: int | None = None
    documents_expected: int | None = None
    documents: int = 0
    arrived: int = 0
    proven: int = 0
    settled: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what is compared, and how it stands (German)."""

    name: str
    said: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Balance:
    """All lines of a batch."""

    lines: tuple[Line, ...]

    @property
    def zero(self) -> bool:
        """True only if every line holds."""
        return bool(self.lines) and all(line.holds for line in self.lines)

    @property
    def open_lines(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if not line.holds)


def balance(counted: Counted) -> Balance:
    """The lines in the order of the way: sheets, images, pages, documents, filed, read back."""
    return Balance(tuple(_lines(counted)))


def _lines(counted: Counted) -> Iterator[Line]:
    total = sum(counted.images.values())
    yield _sheets(counted, total)
    yield _images(counted, total)
    if counted.unread:
        yield Line("Lesbar", f"{counted.unread} nicht lesbar und nicht nachgescannt", False)
    pages = sum(counted.images.get(kind, 0) for kind in PAGES)
    if counted.pages_expected is not None:
        yield _equal("Seiten", counted.pages_expected, "angegeben", pages, "gescannt")
    if counted.documents_expected is not None:
        yield _equal("Schriftstücke", counted.documents_expected, "angegeben", counted.documents, "getrennt")
    settled = f", {counted.settled} anders erledigt (Dublette, zurückgewiesen, entfernt)" if counted.settled else ""
    filed, read_back = counted.arrived - counted.settled, counted.proven - counted.settled
    said = f"{counted.documents} Schriftstück(e), {filed} abgelegt oder übergeben{settled}"
    yield Line("Abgelegt", said, counted.documents == counted.arrived > 0)
    said = f"{counted.documents} Schriftstück(e), {read_back} am Ziel geprüft{settled}"
    yield Line("Zurückgelesen", said, counted.documents == counted.proven)


def _sheets(counted: Counted, total: int) -> Line:
    name, sheets = "Blätter", counted.sheets
    if sheets is None:
        return Line(name, "nicht angegeben: bitte von Hand zählen", False)
    said = f"{sheets} {counted.sheets_by}".strip()
    if counted.duplex is None:
        return Line(name, f"{said}; ob beidseitig gescannt wurde, ist nicht angegeben", False)
    images = sheets * (2 if counted.duplex else 1)
    sides = "beidseitig" if counted.duplex else "einseitig"
    return Line(name, f"{said}, {sides}: {images} Bilder erwartet, {total} gescannt", images == total > 0)


def _images(counted: Counted, total: int) -> Line:
    found = [(counted.images.get(kind, 0), names) for kind, names in _NAMES.items()]
    parts = ", ".join(f"{count} {one if count == 1 else many}" for count, (one, many) in found if count)
    said = f"{total} = {parts}" if parts else "keine"
    if counted.highest != total:
        said += f"; das letzte trägt die Nummer {counted.highest}"
    if counted.homeless:
        said += f"; {counted.homeless} ohne Schriftstück"
    return Line("Bilder", said, total > 0 and counted.highest == total and not counted.homeless)


def _equal(name: str, expected: int, of_what: str, found: int, done: str) -> Line:
    return Line(name, f"{expected} {of_what}, {found} {done}", expected == found)
