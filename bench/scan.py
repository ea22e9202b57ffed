"""From scanned PDF to searchable PDF/A, words and text, beside bare Tesseract and OCRmyPDF on the same pages.

Every reference runs on as many processes as we do: one a core. Files come one after the other, as a scanner drops them.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path
from statistics import median

from config.settings import CODE_ROOT

__all__ = ["Cost", "bare_tesserocr", "bench_scan", "in_processes", "letters_of"]

_LANGUAGE = "deu"
_ROUNDS = 2
_OURS, _OCRMYPDF = "recognition step", "ocrmypdf"
_LEAST_PAGES = 8


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds by the clock, and of the processor."""

    seconds: float
    processor: float


def bench_scan() -> None:
    """Pages a minute, grey and bilevel, and what share of bare tesserocr and which multiple of OCRmyPDF that is."""
    with tempfile.TemporaryDirectory() as name:
        for kind in ("grey", "bilevel"):
            folder = Path(name) / kind
            folder.mkdir()
            letters, images = letters_of(folder, kind)
            _report(kind, letters, images, folder)


def _report(kind: str, letters: Sequence[Path], images: Sequence[Path], folder: Path) -> None:
    processes = os.cpu_count() or 1
    ways: dict[str, Callable[[], Cost]] = {
        "bare tesserocr": lambda: in_processes(processes, bare_tesserocr, images),
        _OURS: lambda: in_processes(processes, _our_step, letters),
        "bare tesseract": lambda: in_processes(processes, _bare_tesseract, images),
        _OCRMYPDF: lambda: _one_by_one(letters, processes),
    }
    rounds = [{label: way() for label, way in ways.items()} for _ in range(_ROUNDS)]
    print(f"{kind}: {len(images)} pages A4, 300 dpi, {processes} processes, best of {_ROUNDS} alternating rounds")
    print(f"  {'':20} {'pages/min':>10} {'processor seconds a page':>26}")
    for label in ways:
        best = min(each[label].seconds for each in rounds)
        worked = min(each[label].processor for each in rounds) / len(images)
        print(f"  {label:20} {len(images) / best * 60:10.1f} {worked:26.2f}")
    _compare("of bare tesserocr", "bare tesserocr", rounds, "0.70")
    _compare("times ocrmypdf", _OCRMYPDF, rounds, "1.60")
    print(f"  {'character errors':20} {_differing(letters, images):10.2%} against bare tesserocr (aim 0.30 %)")


def _compare(label: str, reference: str, rounds: Sequence[dict[str, "Cost"]], aim: str) -> None:
    """Ratios within the rounds, the median: by the clock, and by processor time where the machine is shared."""
    clock = median(each[reference].seconds / each[_OURS].seconds for each in rounds)
    worked = median(each[reference].processor / each[_OURS].processor for each in rounds)
    print(f"  {label:20} {clock:10.2f} by the clock, {worked:.2f} by processor time (aim {aim})")


def letters_of(folder: Path, kind: str) -> tuple[list[Path], list[Path]]:
    """One-page scans made of the samples' pages, and the same pages as pictures."""
    import img2pdf  # type: ignore[import-untyped]
    import pypdfium2
    from PIL import Image

    pages: list[Image.Image] = []
    for letter in sorted((CODE_ROOT / "samples" / "scan").glob("*.pdf")):
        if letter.stem == "abgebrochen" or letter.stem.endswith("_kopie"):
            continue
        with pypdfium2.PdfDocument(letter) as pdf:
            pages += [page.render(scale=300 / 72, grayscale=True).to_pil().convert("L") for page in pdf]
    letters: list[Path] = []
    images: list[Path] = []
    for number in range(max(_LEAST_PAGES, len(pages))):
        page, picture = pages[number % len(pages)], folder / f"{number}.{'jpg' if kind == 'grey' else 'tif'}"
        if kind == "grey":
            page.save(picture, "JPEG", quality=80, dpi=(300, 300))
        else:
            page.point(lambda grey: 255 if grey > 160 else 0).convert("1").save(
                picture, "TIFF", compression="group4", dpi=(300, 300)
            )
        letter = folder / f"{number}.pdf"
        letter.write_bytes(bytes(img2pdf.convert(picture)))
        letters.append(letter)
        images.append(picture)
    return letters, images


def in_processes(processes: int, work: Callable[[Path], object], paths: Sequence[Path]) -> Cost:
    """All of them in processes that have their models loaded already."""
    context = get_context("spawn")
    warm = context.Barrier(processes + 1)
    with ProcessPoolExecutor(processes, context, _warm_up, (work, paths[0], warm)) as pool:
        jobs = [pool.submit(_measured, work, path) for path in paths[:processes]]
        warm.wait()
        began = time.perf_counter()
        jobs += [pool.submit(_measured, work, path) for path in paths[processes:]]
        worked = sum(job.result() for job in jobs)
        return Cost(time.perf_counter() - began, worked)


def _warm_up(work: Callable[[Path], object], path: Path, warm: Barrier) -> None:
    work(path)
    warm.wait()


def _measured(work: Callable[[Path], object], path: Path) -> float:
    """Processor seconds, those of started programs with them."""
    before = os.times()
    work(path)
    return sum(os.times()[:4]) - sum(before[:4])


def bare_tesserocr(image: Path) -> str:
    from PIL import Image

    from pipelines.scan.ocr_engine import _engine

    engine = _engine(_LANGUAGE)
    with Image.open(image) as picture:
        engine.SetImage(picture.convert("L"))
    engine.SetSourceResolution(300)
    return str(engine.GetUTF8Text())


def _our_step(letter: Path) -> str:
    """All that the step does: read, judge, write product, words and text."""
    from datetime import UTC, datetime

    from config.load import city
    from pipelines.scan.recognise import recognise
    from schemas.states import FileRole

    with tempfile.TemporaryDirectory() as scratch:
        from posteingang.recognise import work_of

        result = recognise(work_of(letter, Path(scratch), datetime.now(UTC)), city())
        text = next(file.path for file in result.files if file.role is FileRole.TEXT)
        return text.read_text(encoding="utf-8")


def _bare_tesseract(image: Path) -> None:
    command = ("tesseract", str(image), str(image.with_suffix("")), "-l", _LANGUAGE)
    subprocess.run(command, check=True, capture_output=True, env=os.environ | {"OMP_THREAD_LIMIT": "1"})


def _one_by_one(letters: Sequence[Path], jobs: int) -> Cost:
    began, before = time.perf_counter(), os.times()
    for letter in letters:
        options = ("-l", _LANGUAGE, "-j", str(jobs), "--output-type", "pdfa", "--pdfa-backend", "internal", "-O0", "-q")
        target = letter.with_suffix(".ocrmypdf.pdf")
        subprocess.run((sys.executable, "-m", "ocrmypdf", *options, letter, target), check=True, capture_output=True)
    return Cost(time.perf_counter() - began, sum(os.times()[:4]) - sum(before[:4]))


def _differing(letters: Sequence[Path], images: Sequence[Path]) -> float:
    """Share of characters that differ between our text and that of the bare engine, white space apart."""
    wrong = total = 0
    for letter, image in list(zip(letters, images, strict=True))[:6]:
        ours, theirs = ("".join(text.split()) for text in (_our_step(letter), bare_tesserocr(image)))
        wrong += _distance(ours, theirs)
        total += len(theirs)
    return wrong / max(total, 1)


def _distance(one: str, other: str) -> int:
    """Levenshtein."""
    before = list(range(len(other) + 1))
    for row, mine in enumerate(one, 1):
        now = [row]
        for column, theirs in enumerate(other, 1):
            now.append(min(before[column] + 1, now[-1] + 1, before[column - 1] + (mine != theirs)))
        before = now
    return before[-1]
