"""The formats in which the register is handed out."""

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from pipelines.invoice.rebu.csv_archive import write_csv
from pipelines.invoice.rebu.document import Header, Trailer, write_json, write_xml
from pipelines.invoice.rebu.workbook import write_workbook
from schemas.rebu import ExportedEntry

__all__ = ["Format", "write"]


class Format(StrEnum):
    """CSV is a ZIP of tables with index.xml."""

    CSV = "csv"
    JSON = "json"
    XML = "xml"
    XLSX = "xlsx"

    @property
    def ending(self) -> str:
        return "zip" if self is Format.CSV else self.value


def write(
    kind: Format, entries: Iterable[ExportedEntry], stream: BinaryIO, header: Header, *, scratch: Path, supplier: str
) -> Trailer:
    """Every entry into the stream, one after the other; `supplier` is whose register it is."""
    match kind:
        case Format.JSON:
            return write_json(entries, stream, header)
        case Format.XML:
            return write_xml(entries, stream, header)
        case Format.XLSX:
            return write_workbook(entries, stream, header, scratch)
        case Format.CSV:
            return write_csv(entries, stream, header, scratch, supplier)
