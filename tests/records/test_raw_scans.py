"""Raw scans go when their class says so and quality assurance has passed; never before, and nothing else goes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from config.city_config import City
from config.procedure_config import ClassRules
from config.released import NOT_RELEASED
from records import audit
from records.lots import hold_lot
from records.models import Batch, BatchImage, Document, DocumentFile, Judgement, Lot, LotDocument
from records.objects import ObjectStore
from records.raw_scans import dispose
from records.removal import erase
from schemas.batch import ImageKind
from schemas.quality import LotState, Verdict
from schemas.roles import Role
from schemas.states import FileRole, State
from tests.records.conftest import NOW
from tests.records.persons import make_person
from tests.records.scans import CITY, NORMAL, batch_of, scan

pytestmark = pytest.mark.django_db

Product = Callable[[Document], Document]


def rules(raw_scan: str = "until_checked", version: str = "1") -> City:
    """The shipped rules, with that one for the raw scans of the normal type, as released."""
    classes = (ClassRules.model_validate({"document_type": NORMAL, "raw_scan": raw_scan}),)
    procedure = CITY.procedure.model_copy(update={"classes": classes})
    return CITY.model_copy(update={"procedure": procedure, "procedure_version": version})


@pytest.fixture
def with_product(store: ObjectStore, tmp_path: Path) -> Product:
    def make(document: Document) -> Document:
        path = tmp_path / f"produkt-{document.id}"
        path.write_text(str(document.id), encoding="utf-8")
        row = store.register(store.put(path), NOW)
        DocumentFile.objects.create(document=document, role=FileRole.PRODUCT, content=row, name="brief.pdf")
        return document

    return make


def checked(document: Document, state: LotState = LotState.PASSED) -> Document:
    lot = Lot.objects.create(inbox="scan", day=NOW.date(), number=document.entry, state=state, state_since=NOW)
    LotDocument.objects.create(lot=lot, document=document, drawn=False)
    return document


def roles(document: Document) -> set[str]:
    return set(document.files.values_list("role", flat=True))


def test_after_the_lot_has_passed_the_raw_scan_goes_and_product_and_note_stay(
    store: ObjectStore, tmp_path: Path, with_product: Product
) -> None:
    document = checked(with_product(scan(store, tmp_path, NOW)))
    raw = store.path(document.files.get(role=FileRole.ORIGINAL).content_id)

    assert dispose(rules(), NOW) == 1
    erase(store, NOW)

    assert roles(document) == {"product", "transfer_note"}
    assert not raw.exists()
    assert audit.history(document.id)[-1][2]["what"] == "Dateien planmäßig gelöscht"
    assert dispose(rules(), NOW) == 0
    assert list(audit.verify()) == list(store.verify()) == []


@pytest.mark.parametrize("lot", [LotState.OPEN, LotState.DRAWN, LotState.SET_BACK])
def test_never_before_quality_assurance_is_done(
    lot: LotState, store: ObjectStore, tmp_path: Path, with_product: Product
) -> None:
    document = checked(with_product(scan(store, tmp_path, NOW)), lot)
    assert dispose(rules(), NOW) == 0
    assert "original" in roles(document)


@pytest.mark.parametrize(
    "columns",
    [
        {"state": State.CLEARING},
        {"state": State.REDIRECTED},
        {"document_type": "bewerbung"},
        {"inbox": "rechnung"},
    ],
    ids=str,
)
def test_what_is_still_under_way_or_of_another_class_or_electronic_keeps_its_original(
    columns: dict[str, Any], store: ObjectStore, tmp_path: Path, with_product: Product
) -> None:
    document = checked(with_product(scan(store, tmp_path, NOW, **columns)))
    assert dispose(rules(), NOW) == 0
    assert "original" in roles(document)


def test_without_a_product_or_where_the_class_says_keep_nothing_goes(
    store: ObjectStore, tmp_path: Path, with_product: Product
) -> None:
    checked(scan(store, tmp_path, NOW))
    checked(with_product(scan(store, tmp_path, NOW)))
    assert dispose(rules("keep"), NOW) == 0
    assert dispose(rules(version=NOT_RELEASED), NOW) == 0, "nobody has released that rule"
    assert dispose(rules(), NOW) == 1, "only the one with a product"


def test_the_file_of_a_batch_goes_with_the_last_raw_scan_cut_out_of_it(
    store: ObjectStore, tmp_path: Path, with_product: Product
) -> None:
    delivered = {"delivered_as": "D1"}
    facts = {"sheets_expected": 2, "duplex": False}
    first, second = batch_of(store, tmp_path, NOW, delivered, delivered, **facts)
    batch = Document.objects.get(intake=first.intake, ordinal=1)
    row = Batch.objects.get()
    BatchImage.objects.create(batch=row, number=1, kind=ImageKind.PAGE, document=first)
    image = BatchImage.objects.create(batch=row, number=2, kind=ImageKind.PAGE)
    for child in (first, second):
        path = tmp_path / f"roh-{child.id}"
        path.write_text(f"roh {child.id}", encoding="utf-8")
        row = store.register(store.put(path), NOW)
        DocumentFile.objects.create(document=child, role=FileRole.ORIGINAL, content=row, name="brief.pdf")
        with_product(child)
    checked(first)
    dispose(rules(), NOW)
    assert (roles(first), "original" in roles(second), "original" in roles(batch)) == (
        {"product", "transfer_note"},
        True,
        True,
    )
    checked(second)
    dispose(rules(), NOW)
    assert "original" in roles(batch), "a page that belongs to no document is nowhere else"
    BatchImage.objects.filter(id=image.id).update(document=second)
    dispose(rules(), NOW)
    assert roles(batch) == set()


def test_a_fault_found_while_it_was_disposed_of_keeps_the_raw_scan(
    store: ObjectStore, tmp_path: Path, with_product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = checked(with_product(scan(store, tmp_path, NOW)))

    def set_back(lot_id: int) -> Lot:
        Lot.objects.filter(id=lot_id).update(state=LotState.SET_BACK)
        return hold_lot(lot_id)

    monkeypatch.setattr("records.raw_scans.hold_lot", set_back)
    assert dispose(rules(), NOW) == 0
    assert "original" in roles(document)


def test_documents_with_an_explained_fault_do_not_hold_up_the_others(
    store: ObjectStore, tmp_path: Path, with_product: Product
) -> None:
    explained, fine = (checked(with_product(scan(store, tmp_path, NOW))) for _ in range(2))
    subject = LotDocument.objects.get(document=explained)
    LotDocument.objects.filter(id=subject.id).update(drawn=True)
    person = make_person(Role.MAILROOM)
    Judgement.objects.create(
        subject=subject, number=1, verdict=Verdict.EXPLAINED, user_id=person.user_id, name=person.name, at=NOW
    )
    assert dispose(rules(), NOW, limit=1) == 1
    assert ("original" in roles(explained), "original" in roles(fine)) == (True, False)
