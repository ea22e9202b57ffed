"""Notices: what people are told once, by mail if there is a server, and always on the page.

A mail is composed and kept before it is sent, one to a person with all that is new for them. A crash after the server
took it and before that was noted sends it once more under the same Message-ID, which mail systems use to drop doubles.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from records.models import Deputy, Notice, NoticeMail
from schemas.roles import Role

__all__ = [
    "Mail",
    "Standing",
    "claim",
    "compose",
    "due_mails",
    "note_failed",
    "note_refused",
    "note_sent",
    "notify",
    "standing",
]

_OF_A_UNIT = frozenset({Role.UNIT, Role.ORDERING})
_CLAIM = timedelta(minutes=10)
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
_AT_ONCE = 200
_Recipients: TypeAlias = list[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as it is to be sent."""

    mail_id: int
    message_id: str
    address: str
    subject: str
    text: str
    composed_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """`open`: notices that reach nobody yet, because no account with that role has an address."""

    open: int
    waiting: int
    refused: int


def notify(key: str, *, unit: str | None, roles: frozenset[Role], subject: str, text: str, now: datetime) -> bool:
    """Keep a notice for everybody with one of the roles; False if that key was notified before.

    `unit` limits Bereich and Anordnung to that unit; other roles get it whatever their unit. German, and nothing of
    what mail or invoices say: numbers, days, addresses of pages. May be part of the caller's transaction.
    """
    _, created = Notice.objects.get_or_create(
        key=key,
        defaults={
            "unit": unit,
            "roles": sorted(roles),
            "subject": " ".join(subject.split())[:200],
            "text": text.strip(),
            "created_at": now,
        },
    )
    return created


def compose(now: datetime, host: str) -> int:
    """Put new notices into one mail a person; how many mails. `host` ends their Message-IDs.

    Who gets one is decided now; what reaches nobody yet holds up nothing behind it. A mail that was refused is tried
    again when the account has another address.
    """
    with transaction.atomic():
        for_whom: dict[int, list[Notice]] = {}
        addresses: dict[int, str] = {}
        for notice, recipients in _new_ones():
            for user_id, address in recipients:
                addresses[user_id] = address
                for_whom.setdefault(user_id, []).append(notice)
        for user_id, notices in for_whom.items():
            mail = NoticeMail.objects.create(
                message_id=_message_id(user_id, notices, host),
                user_id=user_id,
                address=addresses[user_id],
                composed_at=now,
            )
            mail.notices.set(notices)
        reached = {notice.pk for notices in for_whom.values() for notice in notices}
        Notice.objects.filter(pk__in=reached).update(mailed_at=now)
        _try_changed_addresses()
    return len(for_whom)


def due_mails(now: datetime) -> tuple[Mail, ...]:
    """What is to be sent now, the oldest first."""
    due = Q(next_try_at=None) | Q(next_try_at__lte=now)
    rows = NoticeMail.objects.filter(due, sent_at=None, refused=False).order_by("composed_at", "id")[:_AT_ONCE]
    return tuple(_mail(row) for row in rows.prefetch_related("notices").select_related("user"))


def claim(mail_id: int, now: datetime) -> bool:
    """The right to send that mail for the next minutes; False if another process has it."""
    due = Q(next_try_at=None) | Q(next_try_at__lte=now)
    mine = NoticeMail.objects.filter(due, pk=mail_id, sent_at=None, refused=False)
    return bool(mine.update(next_try_at=now + _CLAIM, tries=F("tries") + 1))


def note_sent(mail_id: int, now: datetime) -> None:
    NoticeMail.objects.filter(pk=mail_id).update(sent_at=now, next_try_at=None, problem="")


def note_failed(mail_id: int, problem: str, now: datetime) -> None:
    """It is tried again, ever more seldom but without end (German problem)."""
    tries = NoticeMail.objects.values_list("tries", flat=True).get(pk=mail_id)
    pause = min(_FIRST_PAUSE * 2 ** min(max(tries - 1, 0), 10), _LONGEST_PAUSE)
    NoticeMail.objects.filter(pk=mail_id).update(next_try_at=now + pause, problem=problem)


def note_refused(mail_id: int, problem: str) -> None:
    """The server will never take it for that address (German problem)."""
    NoticeMail.objects.filter(pk=mail_id).update(refused=True, next_try_at=None, problem=problem)


def standing() -> Standing:
    unsent = NoticeMail.objects.filter(sent_at=None)
    return Standing(
        open=Notice.objects.filter(mailed_at=None).count(),
        waiting=unsent.filter(refused=False).count(),
        refused=unsent.filter(refused=True).count(),
    )


def _new_ones() -> list[tuple[Notice, _Recipients]]:
    """The oldest that reach somebody, locked, with whom they reach; at most so many."""
    known: dict[tuple[str | None, tuple[str, ...]], _Recipients] = {}
    found: dict[int, _Recipients] = {}
    for notice in Notice.objects.filter(mailed_at=None).order_by("created_at", "id").iterator():
        meant = (notice.unit, tuple(notice.roles))
        if meant not in known:
            known[meant] = _recipients(notice)
        if known[meant]:
            found[notice.pk] = known[meant]
        if len(found) == _AT_ONCE:
            break
    locked = Notice.objects.select_for_update().filter(pk__in=found, mailed_at=None)
    return [(notice, found[notice.pk]) for notice in locked.order_by("created_at", "id")]


def _recipients(notice: Notice) -> _Recipients:
    """Id and address of every open account that has an address and is meant; of a unit also who stands in there."""
    limited = [role for role in notice.roles if notice.unit is not None and role in _OF_A_UNIT]
    everywhere = [role for role in notice.roles if role not in limited]
    meant = Q(groups__name__in=everywhere)
    if limited:
        today = timezone.localdate()
        standing_in = Deputy.objects.filter(
            unit=notice.unit, revoked_at=None, valid_from__lte=today, valid_to__gte=today
        ).values("deputy")
        meant |= Q(groups__name__in=limited) & (Q(memberships__unit=notice.unit) | Q(pk__in=standing_in))
    users = get_user_model().objects.filter(meant, is_active=True).exclude(email="")
    return list(users.order_by("pk").distinct().values_list("pk", "email"))


def _try_changed_addresses() -> None:
    refused = NoticeMail.objects.filter(sent_at=None, refused=True, user__is_active=True)
    for row in refused.exclude(address=F("user__email")).exclude(user__email="").select_related("user"):
        NoticeMail.objects.filter(pk=row.pk).update(address=row.user.email, refused=False, next_try_at=None)


def _message_id(user_id: int, notices: Sequence[Notice], host: str) -> str:
    keys = "\n".join([str(user_id), *(notice.key for notice in notices)])
    return f"<{hashlib.sha256(keys.encode()).hexdigest()[:40]}@{host}>"


def _mail(row: NoticeMail) -> Mail:
    notices = sorted(row.notices.all(), key=lambda notice: (notice.created_at, notice.pk))
    parts = [f"{notice.subject}\n{notice.text}" for notice in notices]
    greeting = f"Guten Tag {row.user.get_full_name()}".strip() + ","
    closing = "Diese Nachricht hat der Posteingang automatisch erstellt. Bitte antworten Sie nicht darauf."
    return Mail(
        mail_id=row.pk,
        message_id=row.message_id,
        address=row.address,
        subject=notices[0].subject if len(notices) == 1 else f"Posteingang: {len(notices)} Hinweise",
        text="\n\n".join([greeting, *parts, closing]) + "\n",
        composed_at=row.composed_at,
    )
