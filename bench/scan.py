"""From scanned PDF to searchable PDF/A and text, beside bare tesseract on the same pages, on one core."""

import subprocess
import tempfile
import time
from pathlib import Path

from config.settings import CODE_ROOT

__all__ = ["bench_scan"]


def bench_scan() -> None:
    """Pages a minute of the recognition step and of bare tesseract, and their ratio (1.0: no overhead)."""
    import pypdfium2

    from pipelines.scan.recognise import make_product

    letters = [path for path in sorted((CODE_ROOT / "samples" / "scan").glob("*.pdf")) if path.stem != "abgebrochen"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pages: list[Path] = []
        for letter in letters:
            with pypdfium2.PdfDocument(letter) as pdf:
                for number, page in enumerate(pdf):
                    image = folder / f"{letter.stem}-{number}.png"
                    page.render(scale=300 / 72, grayscale=True).to_pil().save(image, dpi=(300, 300))
                    pages.append(image)
        began = time.perf_counter()
        for image in pages:
            command = ("tesseract", str(image), str(image.with_suffix("")), "-l", "deu")
            subprocess.run(command, check=True, capture_output=True, env={"OMP_THREAD_LIMIT": "1", "PATH": "/usr/bin"})
        reference = time.perf_counter() - began
        began = time.perf_counter()
        for letter in letters:
            make_product(letter, folder / f"{letter.stem}.pdf")
        ours = time.perf_counter() - began
    for label, seconds in (("bare tesseract", reference), ("recognition step", ours)):
        print(f"{label:20} {len(pages) / seconds * 60:6.1f} pages/min")
    print(f"{'ratio':20} {reference / ours:6.2f}")
