"""Three offices agree upon one version of the procedure; each speaks for itself and can take it back."""

from datetime import UTC, date, datetime

import pytest

from records.approvals import approve, missing_offices, offices_of, suspend, withdraw
from records.decisions import Conflict
from records.models import DestructionApproval
from schemas.destruction import Office
from schemas.errors import BadInput
from schemas.roles import Role
from tests.records.papers import LEGAL, agree, release_procedure
from tests.records.persons import make_person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def test_all_three_are_needed_for_each_version() -> None:
    version = release_procedure(NOW)
    assert missing_offices(version) == tuple(Office)
    agree(version, NOW)
    assert missing_offices(version) == ()
    assert missing_offices(version + 1) == tuple(Office)


def test_who_speaks_for_which_office() -> None:
    assert offices_of(make_person(Role.AUDIT)) == (Office.AUDIT,)
    assert offices_of(make_person(Role.ARCHIVE)) == (Office.ARCHIVE,)
    assert offices_of(make_person(Role.UNIT, units=(LEGAL,))) == (Office.LEGAL,)
    assert offices_of(make_person(Role.UNIT, units=("50",))) == ()
    assert offices_of(make_person(Role.MAILROOM, Role.ADMIN, units=(LEGAL,))) == ()


@pytest.mark.parametrize("office", Office)
def test_nobody_agrees_for_another_office(office: Office) -> None:
    version = release_procedure(NOW)
    for person in (make_person(Role.MAILROOM), make_person(Role.UNIT, units=("50",)), make_person(Role.ADMIN)):
        with pytest.raises(BadInput, match="können Sie nichts eintragen"):
            approve(office, version, person, NOW, reference="1/26", dated=NOW.date())


def test_one_person_speaks_for_one_office_only() -> None:
    version = release_procedure(NOW)
    both = make_person(Role.AUDIT, Role.ARCHIVE, name="Berta Beides")
    made = approve(Office.AUDIT, version, both, NOW, reference="14/9", dated=NOW.date())
    with pytest.raises(BadInput, match="eine andere Person"):
        approve(Office.ARCHIVE, version, both, NOW, reference="41-2/17", dated=NOW.date())
    withdraw(made.pk, both, NOW, reason="Doch nicht.")
    approve(Office.ARCHIVE, version, both, NOW, reference="41-2/17", dated=NOW.date())


def test_an_agreement_names_its_letter_and_holds_for_the_version_that_is_in_force() -> None:
    archive, version = make_person(Role.ARCHIVE, name="Arno Archiv"), release_procedure(NOW)
    with pytest.raises(BadInput, match="Aktenzeichen fehlt"):
        approve(Office.ARCHIVE, version, archive, NOW, reference="", dated=NOW.date())
    with pytest.raises(Conflict, match="andere Fassung"):
        approve(Office.ARCHIVE, version + 1, archive, NOW, reference="1/26", dated=NOW.date())
    made = approve(Office.ARCHIVE, version, archive, NOW, reference="41-2/17", dated=date(2026, 11, 20))
    assert (made.person, made.reference, made.recorded_at) == ("Arno Archiv", "41-2/17", NOW)
    with pytest.raises(Conflict, match="schon eingetragen"):
        approve(Office.ARCHIVE, version, archive, NOW, reference="41-2/18", dated=NOW.date())


def test_an_agreement_can_be_withdrawn_once_with_a_reason_and_given_again() -> None:
    version = release_procedure(NOW)
    persons = agree(version, NOW)
    found, archive = DestructionApproval.objects.get(office=Office.ARCHIVE), persons[Office.ARCHIVE]
    with pytest.raises(BadInput, match="Begründung"):
        withdraw(found.id, archive, NOW, reason="")
    with pytest.raises(BadInput, match="können Sie nichts eintragen"):
        withdraw(found.id, persons[Office.AUDIT], NOW, reason="Nein.")
    withdraw(found.id, archive, NOW, reason="Neue Bewertung.")
    assert missing_offices(version) == (Office.ARCHIVE,)
    with pytest.raises(Conflict, match="schon widerrufen"):
        withdraw(found.id, archive, NOW, reason="Noch einmal.")
    approve(Office.ARCHIVE, version, archive, NOW, reference="41-2/19", dated=NOW.date())
    assert missing_offices(version) == ()
    assert DestructionApproval.objects.filter(office=Office.ARCHIVE).count() == 2, "the first one stays readable"


def test_after_a_restore_everybody_is_asked_again() -> None:
    """Holds and lists younger than the backup are forgotten: nothing may go until somebody has looked."""
    version = release_procedure(NOW)
    agree(version, NOW)
    assert suspend("Wiederhergestellt.", NOW) == 3
    assert missing_offices(version) == tuple(Office)
    assert suspend("Noch einmal.", NOW) == 0
    assert set(DestructionApproval.objects.values_list("withdrawn_reason", flat=True)) == {"Wiederhergestellt."}
