"""PE-ANLAGE: attached documents are what they say they are, or that they are not is said."""

import io
import zipfile
from dataclasses import replace
from datetime import date

import pikepdf
import pytest
from pikepdf import Dictionary, Name, String

from pipelines.invoice.checks import attachments
from pipelines.invoice.checks.attachments import check_attachments
from pipelines.invoice.checks.said import Context
from schemas.invoice import Attachment, Invoice, Syntax
from schemas.validation import Severity
from tests.pipelines.papers import pdf_bytes, specification

CONTEXT = Context(date(2026, 3, 31))
PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PICTURE, PHOTO = b"\x89PNG\r\n\x1a\n...", b"\xff\xd8\xff\xe0..."
EXTENSION = "urn:cen.eu:en16931:2017#x#conformant#urn:xeinkauf.de:kosit:extension:xrechnung_3.0"


def a_zip() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("content.xml", "<x/>")
    return written.getvalue()


def attached(content: bytes | None, mime: str | None = PDF, name: str | None = "beleg.bin") -> Attachment:
    return Attachment(reference="A-1", file_name=name, mime_type=mime, content=content)


def said(*attached: Attachment, specification: str | None = None) -> list[str]:
    invoice = Invoice(Syntax.UBL_INVOICE, attachments=attached, specification=specification)
    findings = list(check_attachments(invoice, CONTEXT))
    assert {(one.rule, one.severity, one.location) for one in findings} <= {("PE-ANLAGE", Severity.WARNING, "BG-24")}
    return [finding.message for finding in findings]


@pytest.mark.parametrize(
    ("content", "mime"),
    [
        (pdf_bytes(), PDF),
        (b"\n\n" + pdf_bytes(), PDF),
        (PICTURE, PNG),
        (PHOTO, JPEG),
        (b"Tag;Stunden\n", "text/csv"),
        (a_zip(), ODS),
        (a_zip(), XLSX),
        (PICTURE, " IMAGE/PNG "),
        (None, None),
    ],
)
def test_an_attachment_that_is_what_it_says_is_not_mentioned(content: bytes | None, mime: str | None) -> None:
    assert said(attached(content, mime)) == []


@pytest.mark.parametrize(
    ("content", "mime"),
    [
        (PICTURE, PDF),
        (PHOTO, PNG),
        (b"%PDF-1.4", JPEG),
        (b"%PDF-1.4", XLSX),
        (a_zip(), "text/csv"),
        (b"\0\1", "text/csv"),
    ],
)
def test_an_attachment_that_is_something_else_is_found(content: bytes, mime: str) -> None:
    [message] = said(attached(content, mime))
    assert "ist nicht, was sie zu sein angibt" in message
    assert "„beleg.bin“" in message


@pytest.mark.parametrize("mime", ["application/zip", "text/html", "", None])
def test_a_type_that_is_not_allowed_is_found(mime: str | None) -> None:
    [message] = said(attached(b"abc", mime))
    assert "nicht erlaubt" in message


def test_xml_is_allowed_by_the_extension_only() -> None:
    xml = attached(b" <aufmass/>", "application/xml")
    assert said(xml, specification=EXTENSION) == []
    assert len(said(xml)) == 1
    assert "zu sein angibt" in said(replace(xml, content=b"abc"), specification=EXTENSION)[0]


def test_nothing_and_too_much_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "ist leer" in said(attached(b""))[0]
    monkeypatch.setattr(attachments, "_LARGEST", 10)
    assert said(attached(b"1234567890", "text/csv")) == []
    assert "größer als 10 Byte" in said(attached(b"12345678901", "text/csv"))[0]


@pytest.mark.parametrize("content", [b"MZ\x90\0", b"\x7fELF\2", b"#!/bin/sh\n"])
def test_a_program_is_found_whatever_it_is_called(content: bytes) -> None:
    assert "ist ein Programm" in said(attached(content, "text/csv", "zahlen.csv"))[0]


@pytest.mark.parametrize("name", ["Rechnung.pdf.exe", "a.JS", "b.scr "])
def test_the_name_of_a_program_is_found_also_without_content(name: str) -> None:
    assert "Namen eines Programms" in said(attached(None, None, name))[0]


def test_names_are_compared_without_case() -> None:
    one, other = attached(b"a", "text/csv", "A.csv"), attached(b"b", "text/csv", "a.CSV")
    assert said(one, replace(other, file_name="b.csv")) == []
    [message] = said(one, other, replace(one, file_name=None))
    assert "Mehrere Anlagen" in message
    assert said(one, replace(other, content=None)) == [], "a reference is no second file"


def with_script(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def with_program(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Extra = specification(pdf, b"MZ", "setup.exe")


@pytest.mark.parametrize(("change", "what"), [(with_script, "JavaScript"), (with_program, "setup.exe")])
@pytest.mark.parametrize("mode", [pikepdf.ObjectStreamMode.disable, pikepdf.ObjectStreamMode.generate])
def test_a_pdf_that_would_run_something_is_found(change, what, mode) -> None:  # type: ignore[no-untyped-def]
    [message] = said(attached(pdf_bytes(change, object_stream_mode=mode)))
    assert "ist bedenklich" in message
    assert what in message


def test_a_large_pdf_is_not_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    content = pdf_bytes(with_script)
    monkeypatch.setattr(attachments, "_LARGEST_OPENED", len(content) - 1)
    assert said(attached(content)) == []


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7", pdf_bytes()[:150], pdf_bytes(encryption=pikepdf.Encryption(user="x"))]
)
def test_a_damaged_or_locked_pdf_says_nothing_about_what_it_would_run(content: bytes) -> None:
    assert said(attached(content)) == []


def test_at_most_fifty_findings() -> None:
    assert len(said(*[attached(b"")] * 100)) == 50
