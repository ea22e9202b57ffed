"""Write the samples and what is expected of them, or compare: `python -m samples.generate [--check]`."""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from itertools import chain
from pathlib import Path

import yaml

from samples import cii, ubl, zugferd
from samples.billing import Form
from samples.invoices import BILLS
from samples.letters import LETTERS
from samples.render import FONTS, pdf_of, scanned_pages

__all__ = ["build", "main"]

_HERE = Path(__file__).resolve().parent
_SCAN, _INVOICE = "scan", "rechnung"
_WRITERS = {Form.UBL: ubl.written, Form.CII: cii.written, Form.ZUGFERD: zugferd.written, Form.PLAIN: zugferd.plain}
_LARGEST = 400_000
_KEPT_OF_BROKEN = 0.6
_HEAD = (
    "# Was die Poststelle aus jedem Beispiel machen muss, in der Reihenfolge des Einlegens.\n"
    "# Erzeugt von samples/generate.py; nicht von Hand ändern.\n"
)


@dataclass(frozen=True, slots=True)
class _Expected:
    """One entry of expected.yaml; the field names are its keys."""

    file: str
    inbox: str
    state: str
    document_type: str | None = None
    unit: str | None = None
    duplicate_of: str | None = None


def build() -> dict[str, bytes]:
    """Every generated file by its path below samples/, in the order of dropping; expected.yaml last."""
    files: dict[str, bytes] = {}
    expected: list[_Expected] = []
    for outcome, content in chain(_scans(), _invoices()):
        if len(content) > _LARGEST:
            raise ValueError(f"{outcome.file}: {len(content)} bytes, at most {_LARGEST} wanted")
        files[outcome.file] = content
        expected.append(outcome)
    files["expected.yaml"] = _listing(expected)
    return files


def _scans() -> Iterator[tuple[_Expected, bytes]]:
    """The letters, then the first of them once more, then the second one cut off."""
    pages = {letter.stem: pdf_of(scanned_pages(letter)) for letter in LETTERS}
    for letter in LETTERS:
        yield _outcome(_SCAN, f"{letter.stem}.pdf", letter.state, letter.document_type, letter.unit), pages[letter.stem]
    first, second, *_ = pages
    again = replace(_outcome(_SCAN, f"{first}_kopie.pdf", "duplicate"), duplicate_of=f"{first}.pdf")
    yield again, pages[first]
    whole = pages[second]
    yield _outcome(_SCAN, "abgebrochen.pdf", "quarantined"), whole[: int(len(whole) * _KEPT_OF_BROKEN)]


def _invoices() -> Iterator[tuple[_Expected, bytes]]:
    for bill in BILLS:
        yield _outcome(_INVOICE, bill.file, bill.state, bill.document_type, bill.unit), _WRITERS[bill.form](bill)


def _outcome(inbox: str, name: str, state: str, document_type: str | None = None, unit: str | None = None) -> _Expected:
    return _Expected(f"{inbox}/{name}", inbox, state, document_type, unit)


def _listing(expected: list[_Expected]) -> bytes:
    samples = {"samples": [asdict(entry) for entry in expected]}
    return (_HEAD + yaml.safe_dump(samples, sort_keys=False, allow_unicode=True)).encode()


def _differing(files: dict[str, bytes]) -> list[str]:
    """Names that are missing, differ, or lie in the folder though nobody generates them."""
    wrong = [
        name
        for name, content in files.items()
        if not (_HERE / name).is_file() or (_HERE / name).read_bytes() != content
    ]
    present = {f"{inbox}/{path.name}" for inbox in (_SCAN, _INVOICE) for path in (_HERE / inbox).glob("*")}
    return wrong + sorted(present - files.keys())


def main(arguments: list[str] | None = None) -> int:
    """0 if written or equal, 1 if the committed files differ, 2 if the fonts are missing."""
    parser = argparse.ArgumentParser(prog="python -m samples.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with the committed files only")
    check: bool = parser.parse_args(arguments).check
    if not FONTS.is_dir():
        print("Die Schriften fehlen: bitte das Paket fonts-dejavu-core installieren.", file=sys.stderr)
        return 2
    files = build()
    if check:
        wrong = _differing(files)
        for name in wrong:
            print(f"weicht ab: samples/{name}", file=sys.stderr)
        return 1 if wrong else 0
    for inbox in (_SCAN, _INVOICE):
        (_HERE / inbox).mkdir(exist_ok=True)
    for name, content in files.items():
        (_HERE / name).write_bytes(content)
        print(f"{len(content):>8} Byte  samples/{name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
