"""The balance follows the records: it is open until the last document is filed and read back."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from records import audit
from records.balance import balance_of, balances_of, count_by_hand, last_count
from records.batches import keep
from records.decisions import Conflict
from records.models import Act, Batch, BatchCount, Document
from schemas.balance import Balance
from schemas.batch import BatchImage, Capture, ImageKind
from schemas.errors import BadInput
from schemas.roles import Action, Role
from schemas.states import State
from schemas.values import BatchFacts
from tests.records.conftest import NOW, TakeIn
from tests.records.persons import make_person

pytestmark = pytest.mark.django_db

TOLD = Capture(duplex=False, sheets_expected=4, documents_expected=2)
IMAGES = (
    BatchImage(1, ImageKind.SEPARATOR),
    BatchImage(2, ImageKind.PAGE, 1),
    BatchImage(3, ImageKind.SEPARATOR),
    BatchImage(4, ImageKind.PAGE, 2),
)


def cut_out(container: Document, ordinal: int) -> Document:
    """A document of that batch, filed and read back."""
    return Document.objects.create(
        id=uuid4(),
        entry=1000 + ordinal,
        intake=container.intake,
        ordinal=ordinal,
        name=f"stapel-{ordinal}.pdf",
        state=State.FILED,
        state_since=NOW,
        delivered_as=f"P{ordinal}",
    )


@pytest.fixture
def batch(take_in: TakeIn) -> Batch:
    """Two documents of one page each, all filed, the sheets told."""
    container = take_in()
    Document.objects.filter(id=container.id).update(state=State.SPLIT)
    children = [cut_out(container, 2), cut_out(container, 3)]
    keep(container, BatchFacts("Montag", IMAGES, pages_expected=2, capture=TOLD), children)
    return Batch.objects.get()


def open_names(found: Balance) -> list[str]:
    return [line.name for line in found.open_lines]


def test_filed_and_read_back_it_is_zero(batch: Batch) -> None:
    assert balance_of(batch).zero


@pytest.mark.parametrize("state", [State.PREPARED, State.CLEARING, State.QUARANTINED, State.REDIRECTED, State.LOCKED])
def test_a_document_under_way_keeps_it_open(state: State, batch: Batch) -> None:
    Document.objects.filter(ordinal=2).update(state=state)
    assert open_names(balance_of(batch)) == ["Abgelegt", "Zurückgelesen"]


@pytest.mark.parametrize("state", [State.REMOVED, State.DUPLICATE])
def test_what_belongs_in_no_target_is_settled(state: State, batch: Batch) -> None:
    Document.objects.filter(ordinal=2).update(state=state, delivered_as=None)
    found = balance_of(batch)
    assert found.zero
    settled = "1 anders erledigt (Dublette, zurückgewiesen, entfernt)"
    assert found.lines[-1].said == f"{batch.intake.documents.count() - 1} Schriftstück(e), 1 am Ziel geprüft, {settled}"


def test_an_import_proves_nothing(batch: Batch) -> None:
    document = Document.objects.get(ordinal=2)
    audit.append(document, State.SUBMITTED, {}, NOW)
    Document.objects.filter(ordinal=2).update(state=State.HANDED_OVER)
    assert open_names(balance_of(batch)) == ["Zurückgelesen"]


def test_what_a_person_accepted_as_different_is_not_proven(batch: Batch) -> None:
    document, anna = Document.objects.get(ordinal=2), make_person(Role.MAILROOM)
    Act.objects.create(
        document=document, sequence=1, action=Action.CONFIRM, user_id=anna.user_id, name=anna.name, at=NOW
    )
    assert open_names(balance_of(batch)) == ["Zurückgelesen"]


def test_an_image_nobody_could_read_keeps_the_paper_until_it_is_scanned_anew(batch: Batch, take_in: TakeIn) -> None:
    document = Document.objects.get(ordinal=3)
    batch.images.filter(number=4).update(kind=ImageKind.UNREADABLE, document=document)
    assert open_names(balance_of(batch)) == ["Lesbar"], "filed with a placeholder is not filed"

    Document.objects.filter(id=take_in().id).update(replaces=document)
    assert balance_of(batch).zero


def test_a_file_that_was_not_cut_is_its_own_document(take_in: TakeIn) -> None:
    document = take_in()
    keep(document, BatchFacts("brief.pdf", (BatchImage(1, ImageKind.PAGE, 1),)), ())
    batch = Batch.objects.get()
    assert open_names(balance_of(batch)) == ["Blätter", "Abgelegt", "Zurückgelesen"]
    Document.objects.update(state=State.FILED, delivered_as="P1")
    count(batch.intake_id, 0, 1)
    assert balance_of(batch).zero


def test_many_batches_cost_no_more_queries_than_one(
    batch: Batch, take_in: TakeIn, django_assert_num_queries: object
) -> None:
    for number in range(3):
        keep(take_in(), BatchFacts(f"{number}.pdf", (BatchImage(1, ImageKind.PAGE, 1),)), ())
    with django_assert_num_queries(7):  # type: ignore[operator]
        assert len(balances_of(list(Batch.objects.all()))) == 4


def count(claim_id: UUID, seen: int, sheets: int, *, duplex: bool = False, name: str = "Anna Beispiel") -> BatchCount:
    person = make_person(Role.MAILROOM, name=name)
    return count_by_hand(claim_id, seen, sheets, person, NOW + timedelta(hours=1), duplex=duplex, reason="Nachgezählt.")


def test_a_count_by_hand_goes_before_what_was_told_and_stands_in_every_chain(batch: Batch) -> None:
    first = count(batch.intake_id, 0, 5)
    assert "5 von Hand gezählt (Anna Beispiel)" in balance_of(batch).lines[0].said
    assert not balance_of(batch).zero
    count(batch.intake_id, first.pk, 4)
    assert balance_of(batch).zero
    told = [payload["what"] for _, kind, payload in audit.history(Document.objects.get(ordinal=3).id)]
    assert told == [
        "Blätter des Stapels von Hand gezählt: 5, einseitig gescannt",
        "Blätter des Stapels von Hand gezählt: 4, einseitig gescannt",
    ]


def test_nobody_overwrites_a_count_they_have_not_seen(batch: Batch) -> None:
    count(batch.intake_id, 0, 4)
    with pytest.raises(Conflict, match="inzwischen jemand anders"):
        count(batch.intake_id, 0, 9)
    last = last_count(batch)
    assert last is not None
    assert last.sheets == 4


@pytest.mark.parametrize("sheets", [0, -1, 100_000])
def test_a_number_that_is_none_is_refused(sheets: int, batch: Batch) -> None:
    with pytest.raises(BadInput, match="Zahl der Blätter"):
        count(batch.intake_id, 0, sheets)
