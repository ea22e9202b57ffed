"""A batch that came as a container on its way through the workers: every file of it arrives, once."""

import pytest

from records import audit
from records.models import Batch, Document
from schemas.states import FileRole, State
from tests.pipelines.containers import jpeg, pdf_scan, tiff, zipped
from tests.pipelines.papers import typed
from tests.workers.conftest import MakeDocument
from workers.step import run_step

pytestmark = pytest.mark.django_db

INDEX = b"Bediener;Kennung;Datei;Dokumentart;Einheit\nMaria Muster;scan-01;1.jpg;;\n;;2.tif;;14\n"


def children(container: Document) -> list[Document]:
    return list(Document.objects.filter(intake=container.intake, ordinal__gt=1).order_by("ordinal"))


def original(document: Document) -> str:
    return document.files.get(role=FileRole.ORIGINAL).name


def test_scans_are_cut_where_the_index_says_and_other_files_go_their_own_way(make_document: MakeDocument) -> None:
    files = {"1.jpg": jpeg("Hundesteuer"), "2.tif": tiff("Bewerbung", "Zeugnis"), "brief.pdf": typed("Widerspruch")}
    batch = make_document(content=zipped({**files, "stapel.csv": INDEX}))

    assert run_step(batch.id, "intake") is State.IDENTIFIED
    (letter,) = children(batch)
    assert (letter.state, letter.register_number, original(letter)) == ("received", None, "brief.pdf")
    assert run_step(batch.id, "ocr") is None

    batch.refresh_from_db()
    assert (batch.state, batch.register_number) == (State.SPLIT, None)
    assert [(one.ordinal, one.state, one.unit, one.page_count) for one in children(batch)] == [
        (2, "received", None, None),
        (3, "prepared", None, 1),
        (4, "prepared", "14", 2),
    ]
    assert run_step(letter.id, "intake") is State.IDENTIFIED
    assert run_step(letter.id, "ocr") is State.PREPARED
    kept = Batch.objects.get()
    assert (kept.name, kept.images.count(), kept.operator) == ("brief.pdf", 3, "Maria Muster"), "the batch stays"
    assert list(audit.verify()) == []


def test_a_file_out_of_a_batch_is_no_duplicate_of_its_batch_but_of_itself(make_document: MakeDocument) -> None:
    brief = typed("Brief")
    first = make_document(content=zipped({"a.pdf": brief, "b.pdf": brief}))
    assert run_step(first.id, "intake") is None
    first.refresh_from_db()
    assert first.state == State.SPLIT, first.reason
    for child in children(first):
        run_step(child.id, "intake")
    assert [(one.state, one.duplicate_of_id) for one in children(first)] == [
        ("identified", None),
        ("duplicate", children(first)[0].id),
    ]

    alone = make_document(content=brief)
    run_step(alone.id, "intake")
    alone.refresh_from_db()
    assert (alone.state, alone.duplicate_of_id) == (State.DUPLICATE, children(first)[0].id)


def test_the_same_batch_again_is_a_duplicate_as_a_whole(make_document: MakeDocument) -> None:
    content = zipped({"a.pdf": typed("Brief")})
    run_step(make_document(content=content).id, "intake")
    again = make_document(content=content)
    run_step(again.id, "intake")
    again.refresh_from_db()
    assert (again.state, children(again)) == (State.DUPLICATE, [])


def test_a_page_that_is_missing_brings_only_its_own_document_to_a_person(make_document: MakeDocument) -> None:
    files = {"1.jpg": jpeg("Hundesteuer"), "2.jpg": b"", "3.jpg": jpeg("Bewerbung")}
    index = b"Seiten;Barcode\n1-2;A\n3-3;B\n"
    batch = make_document(content=zipped({**files, "stapel.csv": index}))
    run_step(batch.id, "intake")
    run_step(batch.id, "ocr")

    first, second = children(batch)
    assert [(one.state, one.page_count) for one in (first, second)] == [("prepared", 2), ("prepared", 1)]
    assert first.anomalies[0].startswith("Bild 2 (2.jpg) ist nicht lesbar")
    assert second.anomalies == []
    for queue in ("ocr", "intake", "intake", "intake"):
        run_step(first.id, queue)
    first.refresh_from_db()
    assert first.state == State.CLEARING
    assert first.reason.startswith("Bild 2 (2.jpg) ist nicht lesbar")


def test_a_batch_killed_while_it_is_taken_apart_is_taken_apart_once(
    make_document: MakeDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*given: object, **named: object) -> None:
        raise SystemExit

    batch = make_document(content=zipped({"1.pdf": pdf_scan("a"), "brief.pdf": typed("Brief")}))
    with monkeypatch.context() as patched, pytest.raises(SystemExit):
        patched.setattr(audit, "append", dies)
        run_step(batch.id, "intake")
    assert children(batch) == []

    Document.objects.filter(id=batch.id).update(lease_until=None)
    run_step(batch.id, "intake")
    assert [original(one) for one in children(batch)] == ["brief.pdf"]
    assert set(batch.files.values_list("role", flat=True)) == {FileRole.ORIGINAL, FileRole.RAW_SCAN}
