"""The scanned pages of a batch put together as one raw scan: image data as delivered, no number ever skipped."""

import html
import re
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pikepdf
import pypdfium2

from config.settings import load_settings
from pipelines.intake.container import ScannedFile
from pipelines.intake.pictures import AddedPicture, add_pictures, picture_findings
from pipelines.intake.raw_scan import save_untouched
from pipelines.invoice.detect import is_pdf
from pipelines.invoice.paper import pdf_of
from pipelines.scan.picture import can_be_decoded
from schemas.errors import BadInput

__all__ = ["PLACEHOLDER", "Joined", "doubt_about", "join", "unreadable_among", "unreadable_images"]

_AT_ONCE = 32
"""Files open at the same time, and pictures in memory."""
PLACEHOLDER = "an seiner Stelle steht ein Platzhalter"
"""How the anomaly says it by which later steps know that an image is missing."""
_NAMED = 5
_UNREADABLE = re.compile(r"Bild ([0-9]+) \(.*\) ist nicht lesbar")
_PAGE = """<html lang="de"><head><style>@page {{ size: A4; margin: 30mm 25mm }} body {{ font: 14pt sans-serif }}
h1 {{ font-size: 22pt }}</style></head><body><h1>Platzhalter</h1><p>Bild {number} dieses Stapels ist nicht lesbar.</p>
<p>Datei: {name}</p><p>{problem}</p><p>Bitte das Blatt neu scannen.</p></body></html>"""


@dataclass(frozen=True, slots=True)
class Joined:
    """How many pages the raw scan has, how many of them could be read, and what a person should know (German)."""

    images: int
    readable: int
    findings: tuple[str, ...]
    unreadable: tuple[str, ...]


@dataclass(slots=True)
class _Made:
    """What is put together so far; numbers are those of the images."""

    scratch: Path
    images: int = 0
    pictures: dict[int, AddedPicture] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)


def join(scans: Sequence[ScannedFile], target: Path, scratch: Path) -> Joined:
    """Write the images of all files, one a page, as the PDF `target`; the same files make the same bytes.

    At the place of an image that cannot be read stands a page that says so.
    """
    made = _Made(scratch)
    pieces = []
    for start in range(0, len(scans), _AT_ONCE):
        pieces.append(scratch / f"teil-{start:05}.pdf")
        with ExitStack() as sources, pikepdf.Pdf.new() as pdf:
            for scan in scans[start : start + _AT_ONCE]:
                _add(pdf, scan, made, sources)
            save_untouched(pdf, pieces[-1])
    with ExitStack() as sources, pikepdf.Pdf.new() as pdf:
        for piece in pieces:
            pdf.pages.extend(sources.enter_context(pikepdf.Pdf.open(piece)).pages)
        save_untouched(pdf, target)
    findings = picture_findings("des Stapels ", "Bild", made.pictures)
    return Joined(made.images, made.images - len(made.unreadable), findings, tuple(made.unreadable))


def unreadable_among(anomalies: Iterable[str], images: Iterable[int]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Of what was noticed of a batch: what is about none of its images or one of these, and which of these are missing.

    The second are part of the first.
    """
    wanted, kept, missing = frozenset(images), [], []
    for anomaly in anomalies:
        about = _UNREADABLE.match(anomaly)
        if about is None or int(about[1]) in wanted:
            kept.append(anomaly)
        if about is not None and int(about[1]) in wanted:
            missing.append(anomaly)
    return tuple(kept), tuple(missing)


def unreadable_images(anomalies: Iterable[str]) -> frozenset[int]:
    """Numbers of the images for which a placeholder stands."""
    return frozenset(int(about[1]) for anomaly in anomalies if (about := _UNREADABLE.match(anomaly)))


def doubt_about(unreadable: Sequence[str]) -> str | None:
    """Why a person must look at a document some images of which are missing; None if none is."""
    if not unreadable:
        return None
    more = f" Und {len(unreadable) - _NAMED} weitere." if len(unreadable) > _NAMED else ""
    return f"{' '.join(unreadable[:_NAMED])}{more} Bitte die Blätter neu scannen."


def _add(pdf: pikepdf.Pdf, scan: ScannedFile, made: _Made, sources: ExitStack) -> None:
    with scan.member.path.open("rb") as stream:
        a_pdf = is_pdf(stream.read(1024))
    if scan.problem:
        _add_placeholder(pdf, scan, scan.problem, made)
    elif a_pdf:
        _add_pages(pdf, scan, made, sources)
    else:
        _add_pictures(pdf, scan, made)


def _add_pages(pdf: pikepdf.Pdf, scan: ScannedFile, made: _Made, sources: ExitStack) -> None:
    """The pages as they are; one whose image is broken gives way to a placeholder, for nobody could read it."""
    source = sources.enter_context(pikepdf.Pdf.open(scan.member.path))
    with pypdfium2.PdfDocument(scan.member.path) as drawn:
        for page, shown in zip(source.pages, drawn, strict=True):
            if can_be_decoded(shown):
                pdf.pages.append(page)
                made.images += 1
            else:
                _add_placeholder(pdf, scan, "Das Bild im PDF ist beschädigt.", made)
            shown.close()


def _add_pictures(pdf: pikepdf.Pdf, scan: ScannedFile, made: _Made) -> None:
    """Picture after picture; behind a broken one it goes on with the next."""
    settings, done = load_settings(), 0
    while done < scan.images:
        problem = "Das Bild fehlt."
        try:
            for one in add_pictures(
                pdf,
                scan.member.path,
                first=done + 1,
                max_pages=settings.max_pages,
                max_megapixels=settings.max_page_megapixels,
            ):
                done, made.images = done + 1, made.images + 1
                made.pictures[made.images] = one
                if done == scan.images:
                    return
        except BadInput as broken:
            problem = broken.sentence
        _add_placeholder(pdf, scan, problem, made)
        done += 1


def _add_placeholder(pdf: pikepdf.Pdf, scan: ScannedFile, problem: str, made: _Made) -> None:
    made.images += 1
    number, name = made.images, scan.member.name
    page = made.scratch / f"platzhalter-{number:05}.pdf"
    words = {"number": number, "name": html.escape(name), "problem": html.escape(problem)}
    pdf_of(_PAGE.format(**words), page, title=f"Platzhalter für Bild {number}")
    with pikepdf.Pdf.open(page) as placeholder:
        pdf.pages.extend(placeholder.pages)
    made.unreadable.append(f"Bild {number} ({name}) ist nicht lesbar, {PLACEHOLDER}. {problem}")
