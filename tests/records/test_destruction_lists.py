"""Paper is destroyed only over a list that one drew up, a second released and another carried out."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from records import audit
from records.approvals import withdraw
from records.boxes import content_of
from records.decisions import Conflict
from records.destruction_lists import (
    carry_out,
    discard,
    draw_up,
    file_of,
    keep_file,
    release,
    sheet_of,
    take_off,
)
from records.holds import lift, set_hold
from records.models import (
    DestructionApproval,
    DestructionList,
    Document,
    Hold,
    ListFile,
    NumberSeries,
    Original,
)
from records.objects import ObjectStore
from records.obstacles import due, obstacles_of
from schemas.destruction import ListState
from schemas.errors import BadInput
from schemas.originals import OriginalState
from schemas.roles import Person, Role
from tests.records.conftest import TakeIn
from tests.records.papers import BOX, DAYS, agree, allow_destruction, make_ready, paper_rules, release_procedure
from tests.records.persons import make_person

__all__ = ["paper_rules"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("paper_rules")]
FILED = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
NOW = FILED + timedelta(days=DAYS + 1)
Printed = Callable[[DestructionList], ListFile]


@pytest.fixture
def originals(take_in: TakeIn) -> list[Original]:
    """Two letters in one box whose paper may go."""
    allow_destruction(FILED)
    return [make_ready(take_in(), FILED) for _ in range(2)]


@pytest.fixture
def petra() -> Person:
    return make_person(Role.MAILROOM, name="Petra Post")


@pytest.fixture
def paul() -> Person:
    return make_person(Role.MAILROOM, name="Paul Post")


@pytest.fixture
def printed(store: ObjectStore, tmp_path: Path) -> Printed:
    """The list as it is, on paper: here any file does."""

    def make(found: DestructionList) -> ListFile:
        found.refresh_from_db()
        path = tmp_path / f"{found.number}-{found.version}.pdf"
        path.write_bytes(path.name.encode())
        kept = keep_file(found, path, store, NOW)
        assert kept is not None
        return kept

    return make


def draw(person: Person, now: datetime = NOW) -> DestructionList:
    return draw_up(BOX, content_of(BOX, now).mark, person, now)


def states() -> list[str]:
    return list(Original.objects.order_by("document__entry").values_list("state", flat=True))


def told(original: Original) -> dict[str, object]:
    return audit.history(original.document_id)[-1][2]


def test_a_list_goes_the_whole_way_and_every_chain_tells_it(
    originals: list[Original], petra: Person, paul: Person, printed: Printed
) -> None:
    made = draw(petra)
    assert (made.number, made.state, made.procedure_version) == ("VL-2026-000001", ListState.DRAWN_UP, 1)
    assert states() == [OriginalState.LISTED] * 2
    assert told(originals[0])["list"] == "VL-2026-000001"

    file = printed(made)
    assert release(made.id, 1, paul, NOW) == ()
    assert states() == [OriginalState.RELEASED] * 2
    assert (told(originals[0])["actor"], told(originals[0])["pdf_sha256"]) == ("Paul Post", file.content_id)

    assert carry_out(made.id, 1, petra, NOW + timedelta(hours=1)) == ()
    made.refresh_from_db()
    assert states() == [OriginalState.DESTROYED] * 2
    assert (made.drawn_up_by, made.released_by, made.carried_out_by) == ("Petra Post", "Paul Post", "Petra Post")
    assert (told(originals[1])["what"], told(originals[1])["pdf_sha256"]) == ("Original vernichtet", file.content_id)
    assert list(audit.verify()) == []


def test_two_persons_are_needed_at_each_stage(
    originals: list[Original], petra: Person, paul: Person, printed: Printed
) -> None:
    made = draw(petra)
    printed(made)
    with pytest.raises(BadInput, match="Wer die Liste aufgestellt hat"):
        release(made.id, 1, petra, NOW)
    release(made.id, 1, paul, NOW)
    with pytest.raises(BadInput, match="Wer die Liste freigegeben hat"):
        carry_out(made.id, 1, paul, NOW)
    assert states() == [OriginalState.RELEASED] * 2


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.MAILROOM])
def test_only_the_mailroom_draws_up_releases_and_carries_out(
    role: Role, originals: list[Original], petra: Person, printed: Printed
) -> None:
    stranger = make_person(role, units=("50",))
    with pytest.raises(BadInput, match="führt die Poststelle"):
        draw(stranger)
    made = draw(petra)
    printed(made)
    for act in (release, carry_out):
        with pytest.raises(BadInput, match="führt die Poststelle"):
            act(made.id, 1, stranger, NOW)
    assert states() == [OriginalState.LISTED] * 2


def test_nobody_releases_what_was_never_on_paper(originals: list[Original], petra: Person, paul: Person) -> None:
    made = draw(petra)
    with pytest.raises(Conflict, match="noch kein PDF"):
        release(made.id, 1, paul, NOW)


def test_a_hold_takes_the_paper_off_the_list_and_another_list_of_it_may_come_later(
    originals: list[Original], petra: Person, paul: Person, printed: Printed
) -> None:
    made, archive = draw(petra), make_person(Role.ARCHIVE, name="Arno Archiv")
    printed(made)
    release(made.id, 1, paul, NOW)
    hold = set_hold(originals[0].document_id, archive, NOW, seen=3, reason="Muster für die Sammlung.")

    assert states() == [OriginalState.KEPT, OriginalState.RELEASED]
    with pytest.raises(Conflict, match="inzwischen von anderer Stelle geändert"):
        carry_out(made.id, 1, petra, NOW)
    printed(made)
    assert carry_out(made.id, 2, petra, NOW) == ()
    assert states() == [OriginalState.KEPT, OriginalState.DESTROYED]
    assert file_of(made) is not None and made.files.count() == 2

    with pytest.raises(BadInput, match="nichts, das vernichtet werden darf"):
        draw(petra)
    seen = Original.objects.get(document_id=originals[0].document_id).version
    lift(hold.id, originals[0].document_id, archive, NOW, seen=seen, reason="Muster ist entnommen.")
    assert draw(petra).number == "VL-2026-000002"


@pytest.mark.parametrize("stage", ["release", "carry_out"])
def test_what_has_come_between_takes_paper_off_and_nothing_else_happens_then(
    stage: str, originals: list[Original], petra: Person, paul: Person, printed: Printed
) -> None:
    made = draw(petra)
    printed(made)
    if stage == "carry_out":
        release(made.id, 1, paul, NOW)
    Document.objects.filter(id=originals[1].document_id).update(needs_original=True)
    before = DestructionList.objects.get().state
    act, person = (release, paul) if stage == "release" else (carry_out, petra)

    taken = act(made.id, 1, person, NOW)

    number = originals[1].document.register_number
    assert taken == (f"{number}: Das Original wird als Papier gebraucht (besonderes Poststück).",)
    made.refresh_from_db()
    assert (made.state, made.version) == (before, 2)
    printed(made)
    assert act(made.id, 2, person, NOW) == ()
    assert states()[1] == OriginalState.KEPT


def test_an_agreement_that_is_withdrawn_stops_every_list(
    originals: list[Original], petra: Person, paul: Person, printed: Printed
) -> None:
    made = draw(petra)
    printed(made)
    release(made.id, 1, paul, NOW)
    found = DestructionApproval.objects.get(office="archiv")
    archive = make_person(Role.ARCHIVE)
    withdraw(found.id, archive, NOW, reason="Neue Bewertung.")

    taken = carry_out(made.id, 1, petra, NOW)

    assert len(taken) == 2 and all("Archiv" in line for line in taken)
    made.refresh_from_db()
    assert made.state == ListState.DISCARDED
    assert states() == [OriginalState.KEPT] * 2


def test_another_version_of_the_procedure_needs_new_agreements(originals: list[Original], petra: Person) -> None:
    version = release_procedure(NOW)
    assert content_of(BOX, NOW).listable == ()
    agree(version, NOW)
    assert len(content_of(BOX, NOW).listable) == 2


def test_a_list_that_is_given_up_leaves_its_number_and_its_paper(originals: list[Original], petra: Person) -> None:
    made = draw(petra)
    with pytest.raises(BadInput, match="Begründung"):
        discard(made.id, 1, petra, NOW, reason="")
    discard(made.id, 1, petra, NOW, reason="Falscher Karton.")
    made.refresh_from_db()
    assert (made.state, made.discarded_by, made.discard_reason) == (
        ListState.DISCARDED,
        "Petra Post",
        "Falscher Karton.",
    )
    assert states() == [OriginalState.KEPT] * 2
    assert draw(petra).number == "VL-2026-000002"


def test_one_original_less_and_the_last_one_ends_the_list(originals: list[Original], petra: Person) -> None:
    made = draw(petra)
    take_off(made.id, 1, originals[0].document_id, petra, NOW, reason="Liegt nicht im Karton.")
    assert states() == [OriginalState.KEPT, OriginalState.LISTED]
    with pytest.raises(BadInput, match="steht nicht auf der Liste"):
        take_off(made.id, 2, originals[0].document_id, petra, NOW, reason="Noch einmal.")
    take_off(made.id, 2, originals[1].document_id, petra, NOW, reason="Auch nicht.")
    made.refresh_from_db()
    assert made.state == ListState.DISCARDED


def test_a_list_is_drawn_up_of_what_was_shown(originals: list[Original], petra: Person) -> None:
    seen = content_of(BOX, NOW).mark
    set_hold(originals[0].document_id, make_person(Role.AUDIT), NOW, seen=1, reason="Prüfung.")
    with pytest.raises(Conflict, match="Inhalt des Kartons"):
        draw_up(BOX, seen, petra, NOW)
    assert not DestructionList.objects.exists()
    assert not NumberSeries.objects.filter(series="VL", last__gt=0).exists(), "no number is lost"


def test_nothing_destroyed_can_be_held_listed_or_taken_off(
    originals: list[Original], petra: Person, paul: Person, printed: Printed
) -> None:
    made = draw(petra)
    printed(made)
    release(made.id, 1, paul, NOW)
    carry_out(made.id, 1, petra, NOW)
    one = Original.objects.get(document_id=originals[0].document_id)
    with pytest.raises(BadInput, match="vernichtet"):
        set_hold(one.document_id, make_person(Role.AUDIT), NOW, seen=one.version, reason="Zu spät.")
    for act in (discard, take_off):
        with pytest.raises(Conflict):
            if act is discard:
                discard(made.id, 1, petra, NOW, reason="Doch nicht.")
            else:
                take_off(made.id, 1, one.document_id, petra, NOW, reason="Doch nicht.")


def test_the_sheet_names_what_goes_how_finely_and_what_stays_in_the_box(
    originals: list[Original], petra: Person, take_in: TakeIn
) -> None:
    other = make_ready(take_in(), FILED)
    Document.objects.filter(id=other.document_id).update(needs_original=True)
    sheet = sheet_of(draw(petra), NOW)
    assert [line.number for line in sheet.lines] == [original.document.register_number for original in originals]
    assert sheet.lines[0].product_sha256 == originals[0].document.intake.content_id
    assert sheet.security_level == "P-4", "Wohngeld is confidential"
    assert sheet.kept == (
        (other.document.register_number, "Das Original wird als Papier gebraucht (besonderes Poststück)."),
    )


def test_the_pdf_of_a_list_that_has_changed_meanwhile_is_not_kept(
    originals: list[Original], petra: Person, store: ObjectStore, tmp_path: Path
) -> None:
    shown = draw(petra)
    take_off(shown.id, 1, originals[0].document_id, petra, NOW, reason="Nicht da.")
    path = tmp_path / "liste.pdf"
    path.write_bytes(b"%PDF")
    assert keep_file(shown, path, store, NOW) is None


def test_the_pdf_of_a_list_is_a_use_of_its_object(originals: list[Original], petra: Person, printed: Printed) -> None:
    file = printed(draw(petra))
    with pytest.raises(Exception, match="protected"):
        file.content.delete()


@pytest.mark.parametrize(
    ("person", "seen", "sentence"),
    [
        ((Role.ACCOUNTING, ()), 1, "keine Sperre setzen"),
        ((Role.UNIT, ("51",)), 1, "keine Sperre setzen"),
        ((Role.AUDIT, ()), 7, "von anderer Stelle bewegt"),
    ],
)
def test_holds_are_set_by_those_who_may(
    person: tuple[Role, tuple[str, ...]], seen: int, sentence: str, originals: list[Original]
) -> None:
    role, units = person
    with pytest.raises(BadInput, match=sentence):
        set_hold(originals[0].document_id, make_person(role, units=units), NOW, seen=seen, reason="Prüfung.")
    assert not Hold.objects.exists()


def test_a_hold_is_lifted_by_its_own_office_with_a_reason(originals: list[Original]) -> None:
    one = originals[0].document_id
    unit, audit_office = make_person(Role.UNIT, units=("50",)), make_person(Role.AUDIT)
    hold = set_hold(one, unit, NOW, seen=1, reason="Widerspruch läuft.")
    assert hold.office == "Einheit 50"
    with pytest.raises(BadInput, match="nicht aufheben"):
        lift(hold.id, one, audit_office, NOW, seen=2, reason="Erledigt.")
    with pytest.raises(BadInput, match="Begründung"):
        lift(hold.id, one, unit, NOW, seen=2, reason="")
    assert obstacles_of([originals[0]], NOW)[one] == ("Vernichtungssperre: Einheit 50: Widerspruch läuft.",)
    lift(hold.id, one, unit, NOW, seen=2, reason="Erledigt.")
    assert obstacles_of([originals[0]], NOW)[one] == ()


def test_what_a_unit_holds_is_lifted_by_the_unit_whose_mail_it_is_by_now(originals: list[Original]) -> None:
    """After a redirection the former unit does not see the paper any more; nobody could let it go."""
    one = originals[0].document_id
    hold = set_hold(one, make_person(Role.UNIT, units=("50",)), NOW, seen=1, reason="Widerspruch läuft.")
    Document.objects.filter(id=one).update(unit="51")
    with pytest.raises(BadInput, match="nicht aufheben"):
        lift(hold.id, one, make_person(Role.UNIT, units=("50",)), NOW, seen=2, reason="Erledigt.")
    lift(hold.id, one, make_person(Role.UNIT, units=("51",)), NOW, seen=2, reason="Erledigt.")
    assert not Hold.objects.filter(lifted_at=None).exists()


def test_what_is_due(originals: list[Original], take_in: TakeIn) -> None:
    never = make_ready(take_in(), FILED)
    Document.objects.filter(id=never.document_id).update(document_type="widerspruch")
    assert not due(NOW - timedelta(days=1)).exists()
    assert {found.document_id for found in due(NOW)} == {original.document_id for original in originals}
