"""Annexes are made and sealed by the worker, whatever the seal does; what is downloaded can be checked offline."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import transaction

from config.city_config import City
from config.load import read_city
from config.settings import CODE_ROOT
from pipelines.scan.note import write_note
from pipelines.scan.verify import Grade, verify
from records import annexes, audit, neighbours
from records.annexes import Asked, Speaker
from records.decisions import Chosen, hold, last_sequence
from records.models import Document, DocumentFile, LotDocument, NoteAnnex
from schemas.annex import AnnexKind
from schemas.roles import Action, Role
from schemas.seal import NO_SEAL, OTHER_TYPE, SealLevel
from schemas.states import FileRole, State
from schemas.values import DocumentFacts
from tests.pipelines.papers import Desk
from tests.pipelines.products import product_pdf, raw_scan
from tests.pipelines.seals import authority, seals, stamping
from tests.records.persons import make_person
from tests.workers.conftest import NOW, MakeDocument
from workers import tasks
from workers.annexes import NAME, ask_for_later_seals, round_of_annexes
from workers.targets import object_store
from workers.tasks import look_after_quality

pytestmark = pytest.mark.django_db
CITY = read_city(CODE_ROOT / "config" / "city")
ERIKA = Speaker("erika", "Erika Beispiel")
Noted = Callable[[City], Document]


@pytest.fixture
def noted(tmp_path: Path, make_document: MakeDocument) -> Noted:
    """A filed document with everything its note consists of, as written with these rules."""

    def make(city: City) -> Document:
        document = make_document(State.FILED, content=raw_scan(), document_type="sonstiges")
        audit.append(document, State.FILED, {}, NOW)
        desk = Desk(tmp_path)
        desk.put(FileRole.ORIGINAL, raw_scan(), "brief.pdf")
        desk.put(FileRole.PRODUCT, product_pdf(), "brief.pdf")
        desk.put(FileRole.TEXT, b"Antrag", "brief.txt")
        work = replace(desk.work(DocumentFacts(page_count=1, document_type="sonstiges")), document_id=document.id)
        result = write_note(work, city)
        for file in result.files:
            content = object_store().register(object_store().put(file.path), NOW)
            DocumentFile.objects.create(document=document, role=file.role, content=content, name=file.name)
        Document.objects.filter(id=document.id).update(destruction_lock=result.facts.destruction_lock)
        document.refresh_from_db()
        return document

    return make


def downloads(document: Document) -> dict[str, bytes]:
    """Every file of the document under the name it is downloaded by."""
    return {
        f"{file.role}/{file.name}": object_store().path(file.content_id).read_bytes() for file in document.files.all()
    }


def ask(document: Document, *kinds: AnnexKind) -> None:
    wanted = [Asked(document, kind, "Gesehen und in Ordnung.", {"Regel": "alle"}) for kind in kinds]
    with transaction.atomic():
        annexes.request_many(wanted, ERIKA, NOW)


def graded(document: Document) -> dict[Grade, list[str]]:
    root = x509.Certificate.load(authority().certificate.public_bytes(Encoding.DER))
    findings = verify(downloads(document), [root])
    return {grade: [f"{one.subject}: {one.sentence}" for one in findings if one.grade is grade] for grade in Grade}


def test_annexes_are_sealed_and_what_is_downloaded_fits_together(noted: Noted, tmp_path: Path) -> None:
    with stamping() as tsa:
        city = CITY.model_copy(update={"seals": seals(tmp_path, tsa=tsa)})
        document = noted(city)
        ask(document, AnnexKind.QUALITY, AnnexKind.AGREEMENT)
        round_of_annexes(city, object_store(), tmp_path / "scratch", seconds=30)

    names = sorted(document.files.filter(role__startswith="annex").values_list("name", flat=True))
    assert names == [
        "Brief vom Amt.anlage-1.xml",
        "Brief vom Amt.anlage-1.xml.p7s",
        "Brief vom Amt.anlage-2.xml",
        "Brief vom Amt.anlage-2.xml.p7s",
    ]
    found = graded(document)
    assert found[Grade.DIFFERS] == []
    assert found[Grade.OPEN] == []
    for number in (1, 2):
        assert any(f"Siegel über annex/Brief vom Amt.anlage-{number}.xml" in line for line in found[Grade.FITS])
    assert list(audit.verify()) == []


def test_without_a_seal_an_annex_is_a_file_all_the_same(noted: Noted, tmp_path: Path) -> None:
    document = noted(CITY)
    ask(document, AnnexKind.QUALITY)
    round_of_annexes(CITY, object_store(), tmp_path / "scratch", seconds=30)

    assert NoteAnnex.objects.filter(made_at=None).count() == 0
    assert graded(document)[Grade.DIFFERS] == []


def test_signs_that_xml_cannot_carry_hold_up_no_annex(noted: Noted, tmp_path: Path) -> None:
    document = noted(CITY)
    said = Asked(document, AnnexKind.CORRECTION, "Riss\x01 im Papier\r\n\ud800", {"Seiten": "2\x0b"})
    with transaction.atomic():
        annexes.request(said, Speaker("erika", "Erika\x1f Beispiel"), NOW)
    ask(document, AnnexKind.QUALITY)
    round_of_annexes(CITY, object_store(), tmp_path / "scratch", seconds=30)

    assert NoteAnnex.objects.filter(made_at=None).count() == 0
    assert NoteAnnex.objects.get(kind=AnnexKind.CORRECTION).statement == "Riss\ufffd im Papier\ufffd\n\ufffd"
    assert graded(document)[Grade.DIFFERS] == []


def test_while_the_authority_is_silent_annexes_wait_and_the_status_page_says_so(noted: Noted, tmp_path: Path) -> None:
    document = noted(CITY)
    ask(document, AnnexKind.QUALITY, AnnexKind.AGREEMENT)
    with stamping() as tsa:
        city = CITY.model_copy(update={"seals": seals(tmp_path, tsa=tsa)})
    round_of_annexes(city, object_store(), tmp_path / "scratch", seconds=30)

    assert NoteAnnex.objects.filter(made_at=None).count() == 2
    (look,) = [one for one in neighbours.seen(NOW) if one.name == NAME]
    assert not look.ok
    assert look.detail.startswith("2 warten.")

    NoteAnnex.objects.update(next_attempt_at=NOW - timedelta(days=1))
    with stamping() as tsa:
        city = CITY.model_copy(update={"seals": seals(tmp_path, tsa=tsa)})
        round_of_annexes(city, object_store(), tmp_path / "scratch", seconds=30)
    assert NoteAnnex.objects.filter(made_at=None).count() == 0
    assert [one for one in neighbours.seen(NOW) if one.name == NAME] == []


def test_a_note_that_had_to_do_without_the_seal_is_sealed_later_and_its_lock_falls(
    noted: Noted, tmp_path: Path
) -> None:
    away = seals(tmp_path, level=SealLevel.ADVANCED, patience_minutes=0)
    (tmp_path / "pin").write_text("falsch", encoding="utf-8")
    document = noted(CITY.model_copy(update={"seals": away}))
    assert (document.destruction_lock or "").startswith(NO_SEAL)

    city = CITY.model_copy(update={"seals": seals(tmp_path, level=SealLevel.ADVANCED)})
    for _ in range(2):
        ask_for_later_seals(city, object_store())
        round_of_annexes(city, object_store(), tmp_path / "scratch", seconds=30)

    document.refresh_from_db()
    assert document.destruction_lock is None
    annex = NoteAnnex.objects.get(document=document)
    assert (annex.kind, annex.person) == (AnnexKind.LATER_SEAL, "Maria Muster")
    found = graded(document)
    assert found[Grade.DIFFERS] == []
    assert any("Nachsiegelung: nennt das Manifest" in line for line in found[Grade.FITS])


def test_a_later_seal_too_weak_for_the_need_leaves_the_lock(noted: Noted, tmp_path: Path) -> None:
    away = seals(tmp_path, level=SealLevel.ADVANCED, patience_minutes=0)
    (tmp_path / "pin").write_text("falsch", encoding="utf-8")
    document = noted(CITY.model_copy(update={"seals": away}))
    Document.objects.filter(id=document.id).update(document_type="widerspruch")

    city = CITY.model_copy(update={"seals": seals(tmp_path, level=SealLevel.ADVANCED)})
    ask_for_later_seals(city, object_store())
    round_of_annexes(city, object_store(), tmp_path / "scratch", seconds=30)

    document.refresh_from_db()
    assert document.destruction_lock == "Schutzbedarf der Integrität „hoch“ verlangt ein qualifiziertes Siegel."


def test_another_type_with_a_higher_need_is_sealed_once_more_where_the_seal_is_qualified(
    noted: Noted, tmp_path: Path
) -> None:
    document = noted(CITY.model_copy(update={"seals": seals(tmp_path, level=SealLevel.ADVANCED)}))
    person = make_person(Role.MAILROOM)
    with hold(document.id, last_sequence(document.id)) as held:
        chosen = Chosen(document_type="widerspruch", unit="10/2")
        held.move(State.FILED, Action.REDIRECT, person, NOW, reason="Widerspruch", chosen=chosen)
    document.refresh_from_db()
    assert (document.destruction_lock or "").startswith(OTHER_TYPE)

    for level, lock in ((SealLevel.ADVANCED, document.destruction_lock), (SealLevel.QUALIFIED, None)):
        city = CITY.model_copy(update={"seals": seals(tmp_path, level=level)})
        ask_for_later_seals(city, object_store())
        round_of_annexes(city, object_store(), tmp_path / "scratch", seconds=30)
        document.refresh_from_db()
        assert document.destruction_lock == lock
    assert NoteAnnex.objects.get().statement.startswith("Nach dem Vermerk wurde die Dokumentart geändert")
    assert graded(document)[Grade.DIFFERS] == []


def test_a_note_that_is_missing_from_the_store_holds_up_no_annex(noted: Noted, tmp_path: Path) -> None:
    document, other = noted(CITY), noted(CITY)
    Document.objects.filter(id=document.id).update(destruction_lock=f"{NO_SEAL}Schlüssel fehlt.")
    object_store().path(document.files.get(role=FileRole.TRANSFER_NOTE).content_id).unlink()
    ask(other, AnnexKind.QUALITY)

    city = CITY.model_copy(update={"seals": seals(tmp_path, level=SealLevel.ADVANCED)})
    ask_for_later_seals(city, object_store())
    round_of_annexes(city, object_store(), tmp_path / "scratch", seconds=30)
    assert other.files.filter(role=FileRole.ANNEX).count() == 1


def test_the_round_by_the_clock_gathers_lots_and_makes_annexes(
    make_routed: MakeDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "close_old_connections", lambda: None)  # it would end the test's transaction
    document = make_routed()
    ask(document, AnnexKind.QUALITY)
    look_after_quality()

    assert LotDocument.objects.get().document == document
    assert document.files.filter(role=FileRole.ANNEX).count() == 1
