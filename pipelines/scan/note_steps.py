"""What was done with a scan, step by step, as its transfer note tells it (TR-03138 A.NB.4)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from config.city_config import IntakePoint
from pipelines.intake.pictures import REPACKED
from pipelines.scan.blank_pages import DROPPING
from pipelines.scan.creator import Creator
from pipelines.scan.words import RECOGNITION, TURNING, post_processing
from schemas.batch_place import BatchPlace
from schemas.states import FileRole
from schemas.values import Work

__all__ = ["Step", "repacked", "scanned_at", "steps_of"]

_OURS = "Posteingang"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: who or what did it with which system, with which parameters (German), and when, if that is known.

    `post_processing`: it changes how the scan looks (A.NB.1).
    """

    name: str
    parameters: str
    by: str = _OURS
    system: str = _OURS
    at: datetime | None = None
    post_processing: bool = False


def steps_of(
    work: Work, creator: Creator, point: IntakePoint, place: BatchPlace, unchanged: str, dropped: tuple[int, ...]
) -> Iterator[Step]:
    """In order. `unchanged`: whether the images are those of the raw scan; `dropped`: images left out as blank."""
    told = place.capture
    scanner = f"{told.scanner or point.scanner}, {point.scan_software}"
    yield Step("Erfassung", told.profile or point.profile, creator.name, scanner, scanned_at(work, place))
    if said := repacked(work):
        yield Step("Umpacken", said)
    yield from _reading(work, unchanged)
    yield Step("Einordnung", work.facts.document_type or "keine Dokumentart", system="Regeln der Stadt")
    if dropped:
        images = ", ".join(map(str, dropped))
        yield Step(DROPPING, f"Bild {images} des Stapels; die übrigen Bilddaten unverändert", post_processing=True)
    yield Step("Transfervermerk", "Fassung 2", at=work.now)


def scanned_at(work: Work, place: BatchPlace) -> datetime:
    """As the index says; else when the scan came in."""
    return place.capture.scanned_at or work.scan.received_at


def repacked(work: Work) -> str:
    """What was said when the data of a delivered picture were packed anew; empty if they are as delivered."""
    return next((anomaly for anomaly in work.facts.anomalies if REPACKED in anomaly), "")


def _reading(work: Work, unchanged: str) -> Iterator[Step]:
    """The steps the words of the document tell of, those of recognition with what became of the images."""
    said = {"ja": "unverändert", "nein": "nicht alle wie im Rohscan", "unbekannt": "nicht vergleichbar"}
    images, changed = f"Bilddaten {said[unchanged]}", unchanged == "nein"
    words = work.files.get(FileRole.WORDS)
    if words is None:  # recognised before words were kept
        yield Step(RECOGNITION, images, system="OCRmyPDF/Tesseract", post_processing=changed)
        return
    for step in post_processing(words.path):
        recognition = step.name == RECOGNITION
        later = step.name == TURNING or (recognition and changed)
        parameters = f"{step.parameters}; {images}" if recognition else step.parameters
        yield Step(step.name, parameters, system=step.tool, post_processing=later)
