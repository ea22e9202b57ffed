"""Papers and works as the tests need them: PDFs built in memory, documents as a step finds them."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import img2pdf  # type: ignore[import-untyped]
import pikepdf
from fpdf import FPDF
from pikepdf import Array, Dictionary, Name, String
from PIL import Image, ImageDraw, ImageFont

from pipelines.filing.papers import MAIN
from schemas.digest import digest_of_file
from schemas.states import FileRole
from schemas.values import DocumentFacts, ScanFacts, StoredFile, Work

__all__ = [
    "CLAIM_ID",
    "DOCUMENT_ID",
    "Desk",
    "attached",
    "carrying",
    "pdf_bytes",
    "picture_of",
    "scanned",
    "specification",
    "typed",
]

DOCUMENT_ID = UUID("6c338cb2-a348-4f6a-8f5c-fecbf751cafa")
CLAIM_ID = UUID("0b54ea6a-6a9a-4b3c-8d9e-3f1c6b1e7a11")
_FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"


def pdf_bytes(change: Callable[[pikepdf.Pdf], None] = lambda pdf: None, *, pages: int = 1, **save: object) -> bytes:
    """A small valid PDF, after `change` did to it what the test is about."""
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page(page_size=(200, 200))
        change(pdf)
        written = io.BytesIO()
        pdf.save(written, static_id=True, **save)  # type: ignore[arg-type]
    return written.getvalue()


def attached(pdf: pikepdf.Pdf, content: bytes, name: str) -> pikepdf.AttachedFileSpec:
    """A file to be embedded under that name."""
    return pikepdf.AttachedFileSpec(pdf, content, filename=name)  # type: ignore[call-arg]


def specification(pdf: pikepdf.Pdf, content: bytes, name: str, **changes: object) -> pikepdf.Object:
    """A file specification as writers of ZUGFeRD make it, before the test changes it; None takes an entry away."""
    stream = pdf.make_stream(content, Type=Name.EmbeddedFile)
    entries = {"/Type": Name.Filespec, "/F": String(name), "/UF": String(name), "/EF": Dictionary(F=stream)}
    entries |= {f"/{key}": value for key, value in changes.items()}
    return pdf.make_indirect(Dictionary({key: value for key, value in entries.items() if value is not None}))


def carrying(*files: tuple[str, bytes], **save: object) -> bytes:
    """A PDF with these files in its name tree, in this order."""

    def change(pdf: pikepdf.Pdf) -> None:
        pairs = [part for name, content in files for part in (String(name), specification(pdf, content, name))]
        pdf.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=Array(pairs)))

    return pdf_bytes(change, **save)


def typed(*pages: str) -> bytes:
    """A born-digital PDF with an embedded font, one text a page."""
    pdf = FPDF()
    pdf.add_font("DejaVu", fname=_FONT)
    for text in pages:
        pdf.add_page()
        pdf.set_font("DejaVu", size=12)
        pdf.multi_cell(0, 8, text)
    return bytes(pdf.output())


def picture_of(text: str) -> bytes:
    """A JPEG of printed text at 200 dpi, small enough to be recognised quickly."""
    image = Image.new("L", (800, 300), 255)
    ImageDraw.Draw(image).text((60, 110), text, font=ImageFont.truetype(_FONT, 48), fill=0)
    written = io.BytesIO()
    image.save(written, "JPEG", dpi=(200, 200), quality=85)
    return written.getvalue()


def scanned(picture: bytes) -> bytes:
    """The picture as a scanner would deliver it: one page, no text."""
    return bytes(img2pdf.convert(picture))


@dataclass
class Desk:
    """Builds the `Work` a step is given: files below one folder, everything else fixed."""

    folder: Path
    made: dict[FileRole, StoredFile] = field(default_factory=dict)

    def put(self, role: FileRole, content: bytes, name: str) -> StoredFile:
        """Store the bytes as the object of that role."""
        path = self.folder / f"{role.value}.object"
        path.write_bytes(content)
        self.made[role] = StoredFile(role, path, name, digest_of_file(path))
        return self.made[role]

    def work(
        self,
        facts: DocumentFacts | None = None,
        *,
        intake_point: str = "scan",
        duplicate_of: str | None = None,
        unclear_for: float | None = None,
        register_number: str | None = "PE-2026-000042",
        demo: bool = False,
    ) -> Work:
        scratch = self.folder / "scratch"
        scratch.mkdir(exist_ok=True)
        return Work(
            document_id=DOCUMENT_ID,
            register_number=register_number,
            original_name="Brief vom Amt.pdf",
            scan=ScanFacts(CLAIM_ID, intake_point, "Maria Muster", datetime(2026, 3, 31, 22, 30, tzinfo=UTC)),
            facts=facts or DocumentFacts(),
            files=dict(self.made),
            scratch=scratch,
            now=datetime(2026, 4, 1, 8, 0, tzinfo=UTC),
            duplicate_of=duplicate_of,
            unclear={} if unclear_for is None else {MAIN: unclear_for},
            demo=demo,
        )
