"""Text of control files (.jpl) and change files (.upd), as far as their form is known (facts section 8).

Quotes inside a value become apostrophes, line breaks and control characters blanks: the form has no way to write them.
"""

import unicodedata
from collections.abc import Iterator, Mapping

from config.dms_config import DmsMapping, PropertySource
from dms_connectors.d3ecm.values import written
from dms_connectors.hostimport.settings import HostimportSettings
from dms_connectors.port import FilingRequest, Value, own_properties
from schemas.errors import Rejected

__all__ = ["change_file", "control_file"]


def control_file(request: FilingRequest, category: str, rules: DmsMapping, settings: HostimportSettings) -> bytes:
    """The .jpl of a document. Rejected, naming value and document, if the encoding or the mapping cannot carry it."""
    values = {PropertySource(name): value for name, value in own_properties(request).items()}
    lines = [("dokuart", "Dokumentart", category), ("logi_verzeichnis", "Zielstatus", settings.state)]
    if settings.editor:
        lines.append(("bearbeiter", "Bearbeiter", settings.editor))
    lines += [
        (f"dok_dat_feld_{number}{index}" if index else f"dok_dat_feld[{number}]", source.label, part)
        for source, number, index, part in _fields(values, rules, request.register_number)
    ]
    return _text(lines, request.register_number, settings.encoding)


def change_file(
    document: str,
    category: str,
    values: Mapping[PropertySource, Value],
    rules: DmsMapping,
    settings: HostimportSettings,
) -> bytes:
    """The .upd that gives the document with our id new values; an empty value clears the property."""
    own_id = rules.properties[PropertySource.DOCUMENT_ID]
    lines = [("o_dokuart", "Dokumentart", category), (f"o_dok_dat_feld_{own_id}", "Dokument-ID", document)]
    lines += [
        (f"n_dok_dat_feld_{number}{index}", source.label, part)
        for source, number, index, part in _fields(values, rules, document)
    ]
    return _text(lines, document, settings.encoding)


def _fields(
    values: Mapping[PropertySource, Value], rules: DmsMapping, document: str
) -> Iterator[tuple[PropertySource, int, str, str]]:
    """Every mapped value with its field number. Several values are counted from 1 (spelling.multi: array).

    That notation is unverified: dok_dat_feld_60[1].
    """
    for source, value in values.items():
        if source not in rules.properties:
            continue
        key = rules.properties[source]
        if not key.isdecimal():
            raise Rejected(
                f"{source.label} von {document}: Der DMS-Import braucht eine Feldnummer, dms.yaml nennt „{key}“.",
                remedy="Bitte die IT verständigen (posteingang dms check).",
            )
        parts = written(source, value, rules.spelling)
        several = isinstance(value, tuple) and rules.spelling.multi == "array"
        for place, part in enumerate(parts, 1):
            yield source, int(key), f"[{place}]" if several else "", part


def _text(lines: list[tuple[str, str, str]], document: str, encoding: str) -> bytes:
    """One assignment a line, as Windows ends them."""
    content = b"\xef\xbb\xbf" if encoding == "utf-8-sig" else b""
    for key, label, value in lines:
        try:
            content += f'{key} = "{_plain(value)}"\r\n'.encode(encoding.removesuffix("-sig"))
        except UnicodeEncodeError as error:
            strange = error.object[error.start : error.end]
            raise Rejected(
                f"{label} von {document} enthält „{strange}“; das Zeichen gibt es in der Zeichenkodierung des "
                f"DMS-Imports ({encoding}) nicht.",
                remedy="Bitte den Wert berichtigen, oder die IT verständigen (POSTEINGANG_HOSTIMPORT_ENCODING).",
            ) from None
    return content


def _plain(value: str) -> str:
    composed = unicodedata.normalize("NFC", value).replace('"', "'")
    return "".join(" " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char for char in composed)
