"""The transfer note as a page people can read, with what was said after it was sealed."""

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest

from config.load import city
from pipelines.scan.annex import annex_xml
from pipelines.scan.note import write_note
from records.models import Document
from schemas.annex import Annex, AnnexKind
from schemas.roles import Role
from schemas.states import FileRole, State
from schemas.values import DocumentFacts
from tests.pipelines.papers import Desk
from tests.pipelines.products import product_pdf, raw_scan
from tests.web.conftest import Arrive, Keep, SignIn, text_of
from web.evidence import object_store

pytestmark = pytest.mark.django_db


@pytest.fixture
def noted(arrive: Arrive, keep: Keep, tmp_path: Path) -> Document:
    """A letter with its note and one annex."""
    letter = arrive(State.NOTED, State.FILED)
    desk = Desk(tmp_path)
    desk.put(FileRole.ORIGINAL, raw_scan(), "brief.pdf")
    desk.put(FileRole.PRODUCT, product_pdf(), "brief.pdf")
    desk.put(FileRole.TEXT, b"Antrag", "brief.txt")
    work = replace(desk.work(DocumentFacts(page_count=1, document_type="sonstiges")), document_id=letter.id)
    files = {file.role: file.path.read_bytes() for file in write_note(work, city()).files}
    note = files[FileRole.TRANSFER_NOTE]
    keep(letter, FileRole.TRANSFER_NOTE, note, "brief.transfervermerk.xml")
    annex = Annex(
        annex_id=UUID(int=5),
        kind=AnnexKind.QUALITY,
        note_id=f"TV-{letter.id}",
        note_sha256=sha256(note).hexdigest(),
        person_mark="erika",
        person="Erika Beispiel",
        at=datetime(2026, 11, 24, 9, 0, tzinfo=UTC),
        statement="Das Prüflos hat die Stichprobe bestanden.",
        details={"Regel": "4 % <von> 7"},
    )
    keep(letter, FileRole.ANNEX, annex_xml(annex), "brief.anlage-1.xml")
    return letter


def test_the_note_is_read_as_a_page_with_its_annexes_below(sign_in: SignIn, noted: Document) -> None:
    mailroom = sign_in(Role.MAILROOM)
    assert f'href="/schriftstueck/{noted.id}/vermerk/"' in text_of(mailroom.get(f"/schriftstueck/{noted.id}/"))
    answer = mailroom.get(f"/schriftstueck/{noted.id}/vermerk/")
    page = text_of(answer)

    assert page.index("f) Bildliche und inhaltliche Übereinstimmung") < page.index("Anlage 1: Qualitätssicherung")
    assert "Das Prüflos hat die Stichprobe bestanden." in page
    assert "Erika Beispiel (Kennzeichen erika)" in page
    assert "24.11.2026, 10:00:00 Uhr" in page
    assert "4 % &lt;von&gt; 7" in page
    assert f'<a href="/schriftstueck/{noted.id}/">Zurück zum Schriftstück</a>' in page
    assert answer["Content-Security-Policy"].startswith("default-src 'none'; style-src 'unsafe-inline'")


def test_a_document_without_a_note_has_no_such_page(sign_in: SignIn, arrive: Arrive) -> None:
    letter = arrive(State.IDENTIFIED)
    mailroom = sign_in(Role.MAILROOM)
    assert mailroom.get(f"/schriftstueck/{letter.id}/vermerk/").status_code == 404
    assert "Transfervermerk lesen" not in text_of(mailroom.get(f"/schriftstueck/{letter.id}/"))


def test_only_who_sees_the_letter_sees_its_note(sign_in: SignIn, noted: Document) -> None:
    Document.objects.filter(id=noted.id).update(unit="51")
    for role, units, status in ((Role.UNIT, ("51",), 200), (Role.UNIT, ("22",), 404), (Role.ADMIN, (), 404)):
        assert sign_in(role, units=units).get(f"/schriftstueck/{noted.id}/vermerk/").status_code == status


def test_an_altered_note_is_not_shown_as_if_it_were_whole(sign_in: SignIn, noted: Document) -> None:
    path = object_store().path(noted.files.get(role=FileRole.TRANSFER_NOTE).content_id)
    path.chmod(0o640)
    path.write_bytes(b"<Transfervermerk/>")

    assert sign_in(Role.MAILROOM).get(f"/schriftstueck/{noted.id}/vermerk/").status_code == 503
