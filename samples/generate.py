"""Write the samples and what is expected of them, or compare: `python -m samples.generate [--check]`."""

import argparse
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import yaml

from samples.letters import LETTERS
from samples.render import FONTS, pdf_of, scanned_pages

__all__ = ["build", "main"]

_HERE = Path(__file__).resolve().parent
_INBOX = "scan"
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

    def add(name: str, content: bytes, outcome: _Expected) -> None:
        if len(content) > _LARGEST:
            raise ValueError(f"{name}: {len(content)} bytes, at most {_LARGEST} wanted")
        files[outcome.file] = content
        expected.append(outcome)

    for letter in LETTERS:
        name = f"{letter.stem}.pdf"
        outcome = _Expected(f"{_INBOX}/{name}", _INBOX, letter.state, letter.document_type, letter.unit)
        add(name, pdf_of(scanned_pages(letter)), outcome)

    first, *others = (f"{letter.stem}.pdf" for letter in LETTERS)
    copy = f"{LETTERS[0].stem}_kopie.pdf"
    again = _Expected(f"{_INBOX}/{copy}", _INBOX, "duplicate", duplicate_of=first)
    add(copy, files[f"{_INBOX}/{first}"], again)

    whole = files[f"{_INBOX}/{others[0]}"]
    broken = "abgebrochen.pdf"
    add(
        broken,
        whole[: int(len(whole) * _KEPT_OF_BROKEN)],
        _Expected(f"{_INBOX}/{broken}", _INBOX, "quarantined"),
    )
    files["expected.yaml"] = _listing(expected)
    return files


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
    present = {f"{_INBOX}/{path.name}" for path in (_HERE / _INBOX).glob("*")}
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
    (_HERE / _INBOX).mkdir(exist_ok=True)
    for name, content in files.items():
        (_HERE / name).write_bytes(content)
        print(f"{len(content):>8} Byte  samples/{name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
