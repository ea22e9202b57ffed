"""A folder of reports in VARL: `<name of the file>-report.xml`, as the official validator names them."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from lxml import etree

from pipelines.invoice.varl import varl_report
from schemas.errors import BadInput, os_reason
from schemas.validation import ValidationReport

__all__ = ["VarlFolder"]


class VarlFolder:
    """Where the reports go. Files of the same name get '-2', '-3' ...; no report ever replaces a file to be judged."""

    def __init__(self, folder: Path, files: list[Path]) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadInput(
                f"{folder}: lässt sich nicht anlegen ({os_reason(error)}).", remedy="Bitte den Pfad prüfen."
            ) from None
        self._folder = folder
        self._taken = {path.resolve() for path in files}

    def write(self, path: Path, report: ValidationReport) -> None:
        """Write the report on that file."""
        with path.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        root = varl_report(report, sha256=sha256, at=datetime.now(UTC))
        self._place(path.stem).write_bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True))

    def _place(self, stem: str) -> Path:
        place, number = self._folder / f"{stem}-report.xml", 1
        while place.resolve() in self._taken:
            number += 1
            place = self._folder / f"{stem}-report-{number}.xml"
        self._taken.add(place.resolve())
        return place
