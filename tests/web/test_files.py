"""Stored files leave as downloads nobody can be attacked with, pages as pictures, the invoice for its frame."""

import threading
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from records.models import Document
from schemas.roles import Role
from schemas.states import FileRole, State
from tests.pipelines.papers import pdf_bytes, typed
from tests.web.conftest import HTML, Arrive, Enter, Keep, SignIn, text_of
from web.evidence import evidence_of, object_store, safe_name
from web.pages import files

pytestmark = pytest.mark.django_db


def download(client: Client, document: Document, role: str = "original") -> Any:
    return client.get(f"/schriftstueck/{document.id}/datei/{role}")


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


@pytest.fixture
def mailroom(sign_in: SignIn) -> Client:
    return sign_in(Role.MAILROOM)


def test_a_download_is_the_stored_bytes_and_carries_every_guard(mailroom: Client, arrive: Arrive) -> None:
    content = pdf_bytes(pages=2)
    answer = download(mailroom, arrive(content=content, name="Brief.pdf"))
    assert body(answer) == content
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Length"] == str(len(content))
    assert answer["Content-Disposition"] == 'attachment; filename="Brief.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("Bürgerbüro & Co.pdf", "attachment; filename*=utf-8''B%C3%BCrgerb%C3%BCro%20%26%20Co.pdf"),
        ('a"b;c.pdf', 'attachment; filename="a_b;c.pdf"'),
        ("../../etc/passwd", 'attachment; filename="_.._etc_passwd"'),
        ("C:\\Windows\\evil.pdf", 'attachment; filename="C__Windows_evil.pdf"'),
        ("rechnung\u202efdp.exe", 'attachment; filename="rechnungfdp.exe"'),
        ("zeile\r\nSet-Cookie: x=1.pdf", 'attachment; filename="zeileSet-Cookie_ x=1.pdf"'),
        ("\x07\x1b", 'attachment; filename="datei"'),
        ("...", 'attachment; filename="datei"'),
        ("ohne endung", 'attachment; filename="ohne endung"'),
    ],
)
def test_a_hostile_name_does_no_harm(name: str, header: str, mailroom: Client, arrive: Arrive) -> None:
    assert download(mailroom, arrive(name=name))["Content-Disposition"] == header


@pytest.mark.parametrize("name", ["x" * 300 + ".pdf", "x." + "y" * 300, "." * 500, "ä" * 400])
def test_a_name_never_gets_too_long(name: str) -> None:
    assert 0 < len(safe_name(name)) <= 151


@pytest.mark.parametrize(
    ("role", "content", "kind"),
    [
        (FileRole.PRODUCT, pdf_bytes(), "application/pdf"),
        (FileRole.TEXT, b"Text", "text/plain; charset=utf-8"),
        (FileRole.TRANSFER_NOTE, b"<a/>", "application/xml"),
        (FileRole.INVOICE_XML, b"<a/>", "application/xml"),
        (FileRole.REPORT, b"{}", "application/json"),
        (FileRole.RENDERING, b"<p>", "text/html; charset=utf-8"),
        (FileRole.PROTOCOL, pdf_bytes(), "application/pdf"),
    ],
)
def test_each_kind_of_file_has_its_type(
    role: FileRole, content: bytes, kind: str, mailroom: Client, arrive: Arrive, keep: Keep
) -> None:
    document = arrive(State.IDENTIFIED)
    keep(document, role, content, "datei")
    assert download(mailroom, document, role)["Content-Type"] == kind


def test_what_is_not_known_for_certain_is_only_bytes(mailroom: Client, arrive: Arrive) -> None:
    document = arrive(content=b"<html><script>alert(1)</script></html>", name="brief.html")
    answer = download(mailroom, document)
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("role", ["product", "erfunden", "ORIGINAL"])
def test_a_file_the_document_does_not_have_is_a_404(role: str, mailroom: Client, arrive: Arrive) -> None:
    assert download(mailroom, arrive(), role).status_code == 404


def test_an_object_that_is_gone_is_said_and_no_failure(mailroom: Client, sign_in: SignIn, enter: Enter) -> None:
    entry = enter()
    for file in entry.document.files.all():
        object_store().path(file.content_id).unlink()
    accounting = sign_in(Role.ACCOUNTING)
    for answer in (
        download(accounting, entry.document),
        accounting.get(f"/rechnungen/{entry.number}/ansicht"),
    ):
        assert answer.status_code == 503
        assert "Beleg-Speicher gibt diese Datei gerade nicht heraus" in text_of(answer)
    assert accounting.get(f"/rechnungen/{entry.number}/").status_code == 200


def test_every_role_of_a_file_has_a_name_for_people(arrive: Arrive, keep: Keep) -> None:
    document = arrive()
    for role in FileRole:
        if role is not FileRole.ORIGINAL:
            keep(document, role, role.encode(), role)
    assert [file.role for file in evidence_of(document)] == list(FileRole)
    assert all(file.label and file.label != file.role for file in evidence_of(document))


def test_a_page_is_a_picture_of_the_searchable_file(mailroom: Client, arrive: Arrive, keep: Keep) -> None:
    document = arrive(State.RECOGNISED, page_count=2, content=b"%PDF-1.7 kaputt")
    keep(document, FileRole.PRODUCT, typed("Eins", "Zwei"), "brief.pdf")
    answer = mailroom.get(f"/schriftstueck/{document.id}/seite/2.png")
    assert answer["Content-Type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"


@pytest.mark.parametrize("number", [0, 3, 10**9])
def test_a_page_the_document_does_not_have_is_a_404(number: int, mailroom: Client, arrive: Arrive) -> None:
    document = arrive(State.IDENTIFIED, page_count=2)
    assert mailroom.get(f"/schriftstueck/{document.id}/seite/{number}.png").status_code == 404


def test_a_broken_page_is_a_picture_that_says_so(mailroom: Client, arrive: Arrive) -> None:
    document = arrive(State.QUARANTINED, content=b"%PDF-1.7 abgeschnitten")
    answer = mailroom.get(f"/schriftstueck/{document.id}/seite/1.png")
    assert (answer.status_code, answer["location"]) == (302, "/static/web/ohne-bild.svg")
    picture = Path(files.__file__).parent.parent / "static" / "web" / "ohne-bild.svg"
    assert "lässt sich gerade nicht als Bild zeigen" in picture.read_text(encoding="utf-8")


def test_only_so_many_pages_are_drawn_at_once(
    mailroom: Client, arrive: Arrive, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = arrive(State.IDENTIFIED)
    monkeypatch.setattr(files, "_DRAWING", threading.BoundedSemaphore(1))
    monkeypatch.setattr(files, "_PATIENCE", 0.01)
    address = f"/schriftstueck/{document.id}/seite/1.png"
    with files._DRAWING:
        assert mailroom.get(address).status_code == 302
    assert mailroom.get(address).status_code == 200
    assert mailroom.get(address).status_code == 200, "the place is given back"


def test_the_readable_invoice_has_no_rights_and_stays_in_our_frame(sign_in: SignIn, enter: Enter) -> None:
    answer = sign_in(Role.ACCOUNTING).get(f"/rechnungen/{enter().number}/ansicht")
    assert body(answer) == HTML.encode()
    assert answer["Content-Type"] == "text/html; charset=utf-8"
    assert answer["Content-Security-Policy"] == (
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
    )
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"


def test_an_invoice_that_is_not_readable_yet_has_no_view(sign_in: SignIn, enter: Enter) -> None:
    entry = enter(State.ENTERED)
    entry.document.files.filter(role=FileRole.RENDERING).delete()
    client = sign_in(Role.ACCOUNTING)
    assert client.get(f"/rechnungen/{entry.number}/ansicht").status_code == 404
    assert "wird noch erstellt" in text_of(client.get(f"/rechnungen/{entry.number}/"))


def test_files_are_only_read(mailroom: Client, sign_in: SignIn, arrive: Arrive, enter: Enter) -> None:
    document = arrive(State.IDENTIFIED)
    for address in (f"/schriftstueck/{document.id}/datei/original", f"/schriftstueck/{document.id}/seite/1.png"):
        assert mailroom.post(address).status_code == 405
    assert sign_in(Role.ACCOUNTING).post(f"/rechnungen/{enter().number}/ansicht").status_code == 405
