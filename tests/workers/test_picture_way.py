"""A picture file in the records: the file as delivered, its raw PDF beside it, and both are there once."""

import io

import pytest
from PIL import Image, ImageDraw, ImageFont

from pipelines.scan.images import image_streams
from records import work
from records.models import Document
from schemas.states import FileRole, State
from tests.workers.conftest import MakeDocument
from workers.step import run_step
from workers.targets import object_store

pytestmark = pytest.mark.django_db


def letter() -> bytes:
    """A TIFF page in CCITT G4, as an office scanner writes it."""
    page, written = Image.new("1", (1000, 400), 1), io.BytesIO()
    font = ImageFont.truetype("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", 48)
    ImageDraw.Draw(page).text((60, 110), "Sehr geehrte Damen und Herren", font=font, fill=0)
    page.save(written, "TIFF", compression="group4", dpi=(200, 200))
    return written.getvalue()


def work_on(document: Document, queue: str) -> Document:
    Document.objects.filter(id=document.id).update(next_attempt_at=None)
    run_step(document.id, queue)
    document.refresh_from_db()
    return document


def stored(document: Document) -> dict[str, str]:
    return dict(document.files.values_list("role", "content_id"))


def test_a_tiff_is_read_from_its_raw_pdf_and_stays_as_delivered(make_document: MakeDocument) -> None:
    document = make_document(content=letter())
    delivered = stored(document)[FileRole.ORIGINAL]

    work_on(document, "intake")
    assert (document.state, document.page_count) == (State.IDENTIFIED, 1), document.reason
    assert set(stored(document)) == {FileRole.ORIGINAL, FileRole.RAW_SCAN}

    for _ in range(2):
        if document.state != State.RECOGNISED:
            work_on(document, "ocr")
    assert document.state == State.RECOGNISED, document.reason
    files = stored(document)
    assert files[FileRole.ORIGINAL] == delivered
    assert "Sehr geehrte Damen" in object_store().path(files[FileRole.TEXT]).read_text()
    raw, product = (image_streams(object_store().path(files[role])) for role in (FileRole.RAW_SCAN, FileRole.PRODUCT))
    assert [image.sha256 for image in raw] == [image.sha256 for image in product]


def test_a_death_before_the_commit_leaves_one_raw_pdf_and_the_same(
    make_document: MakeDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = make_document(content=letter())

    def dies(*given: object, **named: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patched, pytest.raises(SystemExit):
        patched.setattr(work.audit, "append", dies)
        run_step(document.id, "intake")
    assert set(stored(document)) == {FileRole.ORIGINAL}
    Document.objects.filter(id=document.id).update(lease_until=None)

    work_on(document, "intake")
    assert document.state == State.IDENTIFIED, document.reason
    assert set(stored(document)) == {FileRole.ORIGINAL, FileRole.RAW_SCAN}


def test_a_broken_picture_waits_in_quarantine_as_delivered(make_document: MakeDocument) -> None:
    document = work_on(make_document(content=letter()[:-300]), "intake")
    assert document.state == State.QUARANTINED
    assert document.reason.startswith("Das TIFF ist beschädigt")
    assert set(stored(document)) == {FileRole.ORIGINAL}
