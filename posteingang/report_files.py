"""Files beside the answer of `posteingang validate`: reports as pages, in VARL, and what the rule sheets wrote."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from pipelines.invoice.names import file_name
from schemas.errors import BadInput, os_reason
from schemas.validation import ValidationReport

__all__ = ["ReportFolder", "write_page", "write_varl"]


class ReportFolder:
    """A folder for a report a file. Files of the same name get '-2', '-3' ...; none ever replaces a file to be judged.

    BadInput if it cannot be made.
    """

    def __init__(self, folder: Path, files: list[Path]) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadInput(
                f"{folder}: lässt sich nicht anlegen ({os_reason(error)}).", remedy="Bitte den Pfad prüfen."
            ) from None
        self._folder = folder
        self._taken = {path.resolve() for path in files}

    def place(self, path: Path, ending: str) -> Path:
        """Where the next report on that file goes: its name, in a form any system takes, and the ending."""
        stem = file_name(path.stem, "rechnung")
        place, number = self._folder / f"{stem}{ending}", 1
        while place.resolve() in self._taken:
            number += 1
            name = Path(ending)
            place = self._folder / f"{stem}{name.stem}-{number}{name.suffix}"
        self._taken.add(place.resolve())
        return place


def write_page(folder: ReportFolder, path: Path, report: ValidationReport) -> None:
    """The report on that file as a page for people: `<name of the file>-report.html`."""
    from pipelines.invoice.render import report_html

    folder.place(path, "-report.html").write_text(report_html(report), encoding="utf-8")


def write_varl(folder: ReportFolder, path: Path, report: ValidationReport) -> None:
    """The report on that file in VARL: `<name of the file>-report.xml`, as the official validator names it."""
    from lxml import etree

    from pipelines.invoice.varl import varl_report

    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    root = varl_report(report, sha256=sha256, at=datetime.now(UTC))
    folder.place(path, "-report.xml").write_bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True))
