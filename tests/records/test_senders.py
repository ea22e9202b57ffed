"""The register of senders is changed by persons only, upon what they saw, and remembers who did what."""

from datetime import UTC, datetime, timedelta

import pytest

from records.decisions import Conflict
from records.models import Sender, SenderChange
from records.senders import (
    Entry,
    accept,
    add,
    change,
    entry_of,
    found,
    merge,
    refuse,
    senders_now,
    switch,
    version_of,
)
from schemas.errors import BadInput
from schemas.roles import Person, Role
from schemas.senders import NOBODY, MarkKind, SenderMark, SenderState
from tests.records.persons import make_person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
DOMAIN = SenderMark(MarkKind.DOMAIN, "stadtwerke-muster.de")
WORKS = Entry("Stadtwerke Musterstadt GmbH", "Wasserweg 1, 58636 Iserlohn", "61", None, (DOMAIN,))


@pytest.fixture(autouse=True)
def nothing_read_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database of every test begins with the same version."""
    monkeypatch.setattr("records.senders._cached", NOBODY)


@pytest.fixture
def post() -> Person:
    return make_person(Role.MAILROOM, name="Petra Post")


def proposed(sender: Sender, unit: str = "61") -> Sender:
    """What the decisions said of it."""
    Sender.objects.filter(id=sender.id).update(proposed_unit=unit, proposed_letters=7, proposed_share=1.0)
    sender.refresh_from_db()
    return sender


def history(sender: Sender) -> list[tuple[str, str]]:
    return list(sender.changes.order_by("id").values_list("actor", "what"))


def test_what_is_entered_counts_at_once_and_says_who_entered_it(post: Person) -> None:
    sender = add(WORKS, post, NOW)
    (known,) = senders_now().known
    assert (known.name, known.unit) == ("Stadtwerke Musterstadt GmbH", "61")
    assert {mark.kind for mark in known.marks} == {MarkKind.NAME, MarkKind.DOMAIN}
    assert history(sender)[0][0] == "Petra Post"
    assert "stadtwerke-muster.de" in history(sender)[0][1]


def test_the_register_is_the_same_object_until_something_changes(post: Person) -> None:
    sender = add(WORKS, post, NOW)
    before = senders_now()
    assert senders_now() is before
    switch(sender.id, version_of(sender), post, NOW, on=False)
    assert senders_now().known == ()


@pytest.mark.parametrize("name", ["Erika Beispiel", "Familie Muster", "Dr. Anton Schule"])
def test_a_persons_name_is_refused_and_nothing_of_it_is_kept(name: str, post: Person) -> None:
    with pytest.raises(BadInput, match="Privatpersonen"):
        add(Entry(name), post, NOW)
    assert not Sender.objects.exists()
    assert not SenderChange.objects.exists()


def test_a_business_under_a_persons_name_is_told_by_its_vat_id(post: Person) -> None:
    add(Entry("Malerbetrieb Erika Beispiel", marks=(SenderMark(MarkKind.VAT_ID, "DE 123 456 789"),)), post, NOW)
    assert senders_now().known[0].name == "Malerbetrieb Erika Beispiel"


@pytest.mark.parametrize(
    ("mark", "problem"),
    [
        (SenderMark(MarkKind.IBAN, "DE02 1203 0000 0000 2020 52"), "Prüfziffern"),
        (SenderMark(MarkKind.DOMAIN, "t-online.de"), "hat jeder eine Adresse"),
        (SenderMark(MarkKind.DOMAIN, "keine domain"), "Domain"),
        (SenderMark(MarkKind.PHONE, "12"), "Vorwahl"),
        (SenderMark(MarkKind.VAT_ID, "4711"), "DE123456789"),
    ],
)
def test_a_mark_that_tells_nobody_is_refused(mark: SenderMark, problem: str, post: Person) -> None:
    with pytest.raises(BadInput, match=problem):
        add(Entry("Stadtwerke Musterstadt GmbH", marks=(mark,)), post, NOW)


def test_no_mark_tells_two_senders(post: Person) -> None:
    add(WORKS, post, NOW)
    with pytest.raises(BadInput, match="gehört schon zu Stadtwerke Musterstadt GmbH"):
        add(Entry("Netzgesellschaft Musterstadt mbH", marks=(DOMAIN,)), post, NOW)
    with pytest.raises(BadInput, match="gehört schon zu"):
        add(Entry("STADTWERKE Mustcrstadt GmbH".replace("c", "e")), post, NOW)


def test_a_change_says_what_was_and_what_is(post: Person) -> None:
    sender = add(WORKS, post, NOW)
    other = SenderMark(MarkKind.PHONE, "02371 123456")
    change(sender.id, version_of(sender), Entry(WORKS.name, WORKS.address, "66", None, (other,)), post, NOW)
    said = history(sender)[-1][1]
    assert "Einheit „61“ → „66“" in said
    assert "+ Telefon 02371 123456" in said
    assert "- Internet- oder Mail-Domain stadtwerke-muster.de" in said
    sender.refresh_from_db()
    assert entry_of(sender).marks == (other,)


def test_a_change_upon_an_old_state_is_a_conflict_and_changes_nothing(post: Person) -> None:
    sender = add(WORKS, post, NOW)
    seen = version_of(sender)
    switch(sender.id, seen, post, NOW, on=False)
    for act in (
        lambda: switch(sender.id, seen, post, NOW, on=True),
        lambda: change(sender.id, seen, Entry("Stadtwerke Hagen GmbH"), post, NOW),
        lambda: accept(sender.id, seen, post, NOW),
    ):
        with pytest.raises(Conflict):
            act()
    sender.refresh_from_db()
    assert (sender.state, sender.name) == (SenderState.OFF, WORKS.name)


def test_a_proposal_counts_only_when_a_person_accepts_it(post: Person) -> None:
    sender = proposed(add(Entry("Stadtwerke Musterstadt GmbH"), post, NOW))
    assert senders_now().known[0].unit is None
    assert accept(sender.id, version_of(sender), post, NOW + timedelta(days=1)) == "61"
    assert senders_now().known[0].unit == "61"
    sender.refresh_from_db()
    assert sender.unit_since == NOW + timedelta(days=1)
    with pytest.raises(Conflict):
        accept(sender.id, version_of(sender), post, NOW)


def test_what_was_refused_is_remembered(post: Person) -> None:
    sender = proposed(add(Entry("Stadtwerke Musterstadt GmbH"), post, NOW))
    refuse(sender.id, version_of(sender), post, NOW)
    sender.refresh_from_db()
    assert (sender.unit, sender.proposed_unit, sender.refused_unit) == (None, None, "61")


def test_a_sender_that_writes_to_several_units_tells_none_until_a_person_confirms(post: Person) -> None:
    sender = add(WORKS, post, NOW)
    Sender.objects.filter(id=sender.id).update(several=True)
    SenderChange.objects.create(sender=sender, at=NOW, actor="Posteingang", what="Mehrere Einheiten.")
    assert senders_now().known[0].unit is None
    change(sender.id, version_of(sender), WORKS, post, NOW)
    assert senders_now().known[0].unit == "61"


def test_merged_senders_are_one_with_all_their_marks(post: Person) -> None:
    works = add(WORKS, post, NOW)
    double = add(Entry("SW Musterstadt AG", marks=(SenderMark(MarkKind.PHONE, "02371 123456"),)), post, NOW)
    merge(double.id, version_of(double), works.id, post, NOW)
    (known,) = senders_now().known
    assert known.id == works.id
    assert {mark.value for mark in known.marks} >= {"SW Musterstadt AG", "02371 123456", "stadtwerke-muster.de"}
    assert [sender.id for sender in found()] == [works.id]
    with pytest.raises(Conflict):
        switch(double.id, version_of(double), post, NOW, on=True)


def test_a_sender_is_found_by_its_name_as_misread_and_by_its_marks(post: Person) -> None:
    sender = add(WORKS, post, NOW)
    add(Entry("Turnverein Letmathe e. V."), post, NOW)
    for words in ("musterstadt", "Stadtwerke Muster5tadt", "stadtwerke-muster"):
        assert [row.id for row in found(words)] == [sender.id], words


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.MAILROOM])
def test_nobody_but_the_mailroom_changes_the_register(role: Role) -> None:
    with pytest.raises(BadInput, match="darf das Verzeichnis"):
        add(WORKS, make_person(role), NOW)


def test_a_change_that_is_committed_after_a_later_one_counts_too(post: Person) -> None:
    sender = add(WORKS, post, NOW)
    first = SenderChange.objects.get()
    SenderChange.objects.filter(id=first.id).update(id=first.id + 100)  # PostgreSQL gives numbers before the commit
    assert senders_now().known[0].unit == "61"
    SenderChange.objects.create(sender=sender, at=NOW, actor="Anna", what="Geändert.")
    Sender.objects.filter(id=sender.id).update(unit="22")
    assert SenderChange.objects.count() == 2
    assert senders_now().known[0].unit == "22"


def test_many_words_are_looked_for_one_by_one(post: Person) -> None:
    marks = tuple(SenderMark(MarkKind.DOMAIN, f"stadtwerke-muster{number}.de") for number in range(20))
    add(Entry(WORKS.name, marks=marks), post, NOW)
    assert [one.name for one in found("stadtwerke " * 9)] == [WORKS.name]
