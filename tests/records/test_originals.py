"""Every scan has its paper: where it lies, and that it moves only as the table says, upon what was seen."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from records import audit
from records.batches import keep
from records.decisions import Conflict, came_from
from records.models import Document, DocumentFile, Original
from records.originals import Spot, move, place_missing, visible_originals
from schemas.batch import BatchImage, Capture, ImageKind
from schemas.errors import BadInput
from schemas.originals import OriginalState, PaperAct
from schemas.roles import Role
from schemas.states import FileRole, State
from schemas.values import BatchFacts
from tests.records.conftest import NOW, TakeIn
from tests.records.papers import LEGAL, make_ready
from tests.records.persons import make_person

pytestmark = pytest.mark.django_db
SPOT = Spot("K-99", "ganz oben")


def note(document: Document) -> None:
    """The document is scanned and has its transfer note."""
    content = document.intake.content
    DocumentFile.objects.create(document=document, role=FileRole.TRANSFER_NOTE, content=content, name="v.xml")


@pytest.fixture
def original(take_in: TakeIn) -> Original:
    return make_ready(take_in(), NOW)


def test_a_noted_scan_has_its_paper_in_the_day_box_of_its_scanner(take_in: TakeIn) -> None:
    note(take_in())
    assert place_missing(NOW) == 1
    found = Original.objects.get()
    assert (found.box, found.position) == ("Zentrale Scan-Stelle, 23.11.2026", "eingegangen um 10:30:00 Uhr")
    assert (found.state, str(found.scanned_on)) == (OriginalState.KEPT, "2026-11-23")
    assert place_missing(NOW) == 0, "once"


def test_electronic_mail_and_what_is_not_noted_has_no_paper(take_in: TakeIn) -> None:
    note(take_in(inbox="rechnung"))
    take_in()
    assert place_missing(NOW) == 0
    assert not Original.objects.exists()


def test_mail_that_was_locked_before_it_was_noted_has_paper_that_goes_to_its_recipient(take_in: TakeIn) -> None:
    document = take_in()
    Document.objects.filter(id=document.id).update(state=State.LOCKED)
    assert place_missing(NOW) == 1
    assert Original.objects.get().document_id == document.id


def test_a_document_of_a_batch_lies_in_its_box_where_its_images_were(take_in: TakeIn) -> None:
    container, child = take_in(), take_in()
    Document.objects.filter(id=child.id).update(intake=container.intake, ordinal=2)
    child.refresh_from_db()
    images = (BatchImage(1, ImageKind.SEPARATOR), *(BatchImage(number, ImageKind.PAGE, 1) for number in (2, 3)))
    scanned = datetime.fromisoformat("2026-11-20T23:30:00+00:00")
    keep(container, BatchFacts("Montag", images, capture=Capture(box="K-17", scanned_at=scanned)), [child])
    note(child)
    place_missing(NOW)
    found = Original.objects.get()
    assert (found.box, found.position) == ("K-17", "Montag, Bild 2 bis 3")
    assert str(found.scanned_on) == "2026-11-21", "the German day of the scan"


def test_every_move_is_in_the_chain_with_person_reason_and_place(original: Original) -> None:
    person = make_person(Role.MAILROOM, name="Petra Post")
    move(original.document_id, PaperAct.PLACE, person, NOW, seen=1, reason="Falscher Karton.", spot=SPOT)
    original.refresh_from_db()
    assert (original.box, original.position, original.version) == ("K-99", "ganz oben", 2)
    _, kind, told = audit.history(original.document_id)[-1]
    assert kind == audit.REMARK
    assert (told["what"], told["actor"], told["reason"]) == (
        "Ort des Originals berichtigt",
        "Petra Post",
        "Falscher Karton.",
    )
    assert (told["box"], told["before"]) == ("K-99", {"box": "K-17", "position": "eingegangen um 10:30:00 Uhr"})
    assert list(audit.verify()) == [], "the document stays in its state"


def test_nobody_moves_paper_upon_what_is_no_longer_so(original: Original) -> None:
    person = make_person(Role.MAILROOM)
    move(original.document_id, PaperAct.LEND, person, NOW, seen=1, reason="An Einheit 50.")
    with pytest.raises(Conflict, match="inzwischen von anderer Stelle bewegt"):
        move(original.document_id, PaperAct.MISS, person, NOW, seen=1, reason="Nicht da.")
    original.refresh_from_db()
    assert original.state == OriginalState.LENT


@pytest.mark.parametrize(
    ("act", "reason", "spot", "sentence"),
    [
        (PaperAct.LEND, "", None, "Begründung fehlt"),
        (PaperAct.PLACE, "Umgeräumt.", None, "Karton fehlt"),
        (PaperAct.PLACE, "Umgeräumt.", Spot("", "oben"), "Karton fehlt"),
        (PaperAct.TAKE_BACK, "Zurück.", SPOT, "nicht (mehr) möglich"),
        (PaperAct.DESTROY, "Weg damit.", None, "nicht (mehr) möglich"),
        (PaperAct.LIST, "Weg damit.", None, "nicht (mehr) möglich"),
    ],
)
def test_what_is_not_in_the_table_or_not_complete_changes_nothing(
    act: PaperAct, reason: str, spot: Spot | None, sentence: str, original: Original
) -> None:
    with pytest.raises(BadInput, match=sentence.replace("(", r"\(").replace(")", r"\)")):
        move(original.document_id, act, make_person(Role.MAILROOM), NOW, seen=1, reason=reason, spot=spot)
    original.refresh_from_db()
    assert (original.state, original.version) == (OriginalState.KEPT, 1)


def test_a_unit_asks_for_its_paper_gets_it_and_gives_it_back(original: Original) -> None:
    unit, mailroom = make_person(Role.UNIT, units=("50",)), make_person(Role.MAILROOM)
    stranger = make_person(Role.UNIT, units=("51",))
    with pytest.raises(BadInput):
        move(original.document_id, PaperAct.REQUEST, stranger, NOW, seen=1, reason="Neugier.")
    acts = ((PaperAct.REQUEST, unit), (PaperAct.LEND, mailroom), (PaperAct.TAKE_BACK, mailroom))
    for seen, (act, person) in enumerate(acts, 1):
        move(original.document_id, act, person, NOW, seen=seen, reason="Unterschrift prüfen.", spot=SPOT)
    original.refresh_from_db()
    assert (original.state, original.box) == (OriginalState.KEPT, "K-99")


def test_where_a_document_came_from_is_not_changed_by_what_happens_to_its_paper(original: Original) -> None:
    document = original.document
    audit.append(document, State.CLEARING, {}, NOW)
    Document.objects.filter(id=document.id).update(state=State.CLEARING)
    move(document.id, PaperAct.MISS, make_person(Role.MAILROOM), NOW + timedelta(hours=1), seen=1, reason="Weg.")
    document.refresh_from_db()
    assert came_from(document) is State.FILED


def test_who_knows_where_paper_lies(original: Original) -> None:
    def sees(*roles: Role, units: tuple[str, ...] = ()) -> list[UUID]:
        return [found.document_id for found in visible_originals(make_person(*roles, units=units))]

    here = [original.document_id]
    for role in (Role.MAILROOM, Role.AUDIT, Role.ARCHIVE):
        assert sees(role) == here
    assert sees(Role.UNIT, units=("50",)) == sees(Role.UNIT, units=(LEGAL,)) == here
    assert sees(Role.UNIT, units=("51",)) == sees(Role.ACCOUNTING) == sees(Role.ADMIN) == []
    Document.objects.filter(id=original.document_id).update(state=State.LOCKED)
    assert sees(Role.MAILROOM) == here
    assert sees(Role.ARCHIVE) == sees(Role.UNIT, units=(LEGAL,)) == sees(Role.UNIT, units=("50",)) == []


def test_what_is_cut_after_it_was_noted_leaves_its_paper_to_its_parts(original: Original, take_in: TakeIn) -> None:
    parent, part = original.document, take_in()
    Document.objects.filter(id=parent.id).update(state=State.SPLIT)
    audit.append(parent, State.SPLIT, {}, NOW)
    Document.objects.filter(id=part.id).update(intake=parent.intake, ordinal=2)
    part.refresh_from_db()
    note(part)

    assert place_missing(NOW) == 1

    original.refresh_from_db()
    assert original.state == OriginalState.WITHOUT
    assert Original.objects.get(document=part).state == OriginalState.KEPT
    _, _, told = audit.history(parent.id)[-1]
    assert (told["what"], told["actor"]) == ("Es gibt kein Papieroriginal", None)
    assert place_missing(NOW) == 0
    assert list(audit.verify()) == []
