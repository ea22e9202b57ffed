"""Notices: kept once by their key, put into one mail a person, tried again without end unless refused."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model

from records import notices
from records.models import Notice, NoticeMail
from records.notices import notify
from schemas.roles import Role
from tests.records.persons import make_person

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def with_address(*roles: Role, address: str = "amt@example.org", units: tuple[str, ...] = ()) -> int:
    """The account of a new person with that address."""
    person = make_person(*roles, units=units)
    get_user_model().objects.filter(pk=person.user_id).update(email=address)
    return person.user_id


def tell(key: str, *roles: Role, unit: str | None = None, subject: str = "Erinnerung", text: str = "RE 1.") -> bool:
    return notify(key, unit=unit, roles=frozenset(roles), subject=subject, text=text, now=NOW)


def addresses() -> list[str]:
    return sorted(NoticeMail.objects.values_list("address", flat=True))


def test_a_key_is_notified_once() -> None:
    assert tell("frist:1", Role.ACCOUNTING)
    assert not tell("frist:1", Role.ACCOUNTING, text="anders")
    assert Notice.objects.get().text == "RE 1."


def test_a_subject_is_one_line_whatever_it_was_made_of() -> None:
    tell("a", Role.ACCOUNTING, subject="Erinnerung\r\nBcc: alle@example.org")
    assert Notice.objects.get().subject == "Erinnerung Bcc: alle@example.org"


def test_everybody_with_the_role_gets_it_and_nobody_else() -> None:
    with_address(Role.ACCOUNTING, address="buch@example.org")
    with_address(Role.MAILROOM, address="post@example.org")
    tell("a", Role.ACCOUNTING)
    notices.compose(NOW, "stadt.example")
    assert addresses() == ["buch@example.org"]


def test_the_unit_limits_the_unit_and_not_the_accounting() -> None:
    with_address(Role.UNIT, address="16@example.org", units=("16",))
    with_address(Role.UNIT, address="22@example.org", units=("22",))
    with_address(Role.ACCOUNTING, address="buch@example.org")
    tell("a", Role.UNIT, Role.ACCOUNTING, unit="16")
    notices.compose(NOW, "stadt.example")
    assert addresses() == ["16@example.org", "buch@example.org"]


def test_a_person_with_two_of_the_roles_gets_one_mail_with_everything_new() -> None:
    with_address(Role.ACCOUNTING, Role.MAILROOM)
    for number in range(3):
        tell(f"a{number}", Role.ACCOUNTING, Role.MAILROOM, text=f"RE {number}.")
    assert notices.compose(NOW, "stadt.example") == 1
    (mail,) = notices.due_mails(NOW)
    assert mail.subject == "Posteingang: 3 Hinweise"
    assert [f"RE {number}." in mail.text for number in range(3)] == [True] * 3


def test_many_notices_that_reach_nobody_do_not_hold_up_what_is_newer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "_AT_ONCE", 3)
    with_address(Role.ACCOUNTING)
    for number in range(5):
        tell(f"einheit:{number}", Role.UNIT, unit="22")
    tell("buch", Role.ACCOUNTING)
    assert notices.compose(NOW, "stadt.example") == 1
    assert (notices.standing().open, notices.standing().waiting) == (5, 1)


def test_a_notice_without_anybody_to_tell_waits_for_somebody() -> None:
    with_address(Role.ACCOUNTING, address="")
    tell("a", Role.ACCOUNTING)
    assert notices.compose(NOW, "stadt.example") == 0
    assert notices.standing().open == 1
    with_address(Role.ACCOUNTING)
    assert notices.compose(NOW, "stadt.example") == 1
    assert notices.standing().open == 0


def test_a_closed_account_is_told_nothing() -> None:
    account = with_address(Role.ACCOUNTING)
    get_user_model().objects.filter(pk=account).update(is_active=False)
    tell("a", Role.ACCOUNTING)
    assert notices.compose(NOW, "stadt.example") == 0


def test_what_is_composed_is_not_composed_again() -> None:
    with_address(Role.ACCOUNTING)
    tell("a", Role.ACCOUNTING)
    notices.compose(NOW, "stadt.example")
    assert notices.compose(NOW, "stadt.example") == 0
    assert len(notices.due_mails(NOW)) == 1


def test_one_process_at_a_time_sends_a_mail() -> None:
    with_address(Role.ACCOUNTING)
    tell("a", Role.ACCOUNTING)
    notices.compose(NOW, "stadt.example")
    (mail,) = notices.due_mails(NOW)
    assert notices.claim(mail.mail_id, NOW)
    assert not notices.claim(mail.mail_id, NOW)
    assert notices.claim(mail.mail_id, NOW + timedelta(minutes=11)), "the process that had it died"


def test_a_failed_mail_is_tried_again_ever_more_seldom() -> None:
    with_address(Role.ACCOUNTING)
    tell("a", Role.ACCOUNTING)
    notices.compose(NOW, "stadt.example")
    (mail,) = notices.due_mails(NOW)
    pauses = []
    moment = NOW
    for _ in range(9):
        assert notices.claim(mail.mail_id, moment)
        notices.note_failed(mail.mail_id, "Keine Antwort.", moment)
        again = NoticeMail.objects.get().next_try_at
        assert again is not None
        pauses.append(again - moment)
        moment = again
    assert pauses == sorted(pauses)
    assert pauses[0] == timedelta(minutes=1) and pauses[-1] == timedelta(hours=1)


def test_a_refused_mail_goes_to_the_new_address_of_the_account() -> None:
    account = with_address(Role.ACCOUNTING, address="falsch@example.org")
    tell("a", Role.ACCOUNTING)
    notices.compose(NOW, "stadt.example")
    (mail,) = notices.due_mails(NOW)
    notices.note_refused(mail.mail_id, "550 unbekannt")
    assert not notices.due_mails(NOW) and notices.standing().refused == 1
    get_user_model().objects.filter(pk=account).update(email="richtig@example.org")
    notices.compose(NOW, "stadt.example")
    assert [mail.address for mail in notices.due_mails(NOW)] == ["richtig@example.org"]
