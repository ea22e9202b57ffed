"""Who sees which documents: decided in the database, so that no list, file or search can show more."""

from datetime import UTC, datetime
from typing import TypeVar

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Model, Q, QuerySet

from records.deputies import stand_ins
from records.models import Document, MailCopy, UnitMembership
from schemas.copies import CopyState
from schemas.german_time import day_in_germany
from schemas.roles import Person, Role
from schemas.states import CLOSED, State

__all__ = [
    "closed_documents",
    "invoices_of_units",
    "known_documents",
    "of_visible_documents",
    "person_of",
    "visible_documents",
]


Row = TypeVar("Row", bound=Model)


def person_of(user: AbstractBaseUser | AnonymousUser) -> Person | None:
    """The person behind an account with its roles and units; None if nobody is logged in or the account is closed."""
    if isinstance(user, AnonymousUser) or not user.is_active:
        return None
    names = user.groups.values_list("name", flat=True)  # type: ignore[attr-defined]
    known = {role.value for role in Role}
    return Person(
        user_id=user.pk,
        name=user.get_full_name() or user.get_username(),  # type: ignore[attr-defined]
        roles=frozenset(Role(name) for name in names if name in known),
        units=frozenset(UnitMembership.objects.filter(user_id=user.pk).values_list("unit", flat=True)),
        account=user.get_username(),
        stands_in=stand_ins(user.pk, day_in_germany(datetime.now(UTC))),
    )


def visible_documents(person: Person) -> QuerySet[Document]:
    """The documents whose content that person may see.

    Rechnungsprüfung: all. Poststelle: all mail but entered invoices; those that turned out to be none are mail.
    Buchhaltung: entered invoices and their further representations. Bereich and Anordnung: what is assigned to an own
    unit or one they stand in for, and what it has a copy of. Archiv and Administration: no content.
    Nobody: closed mail, and files in which it is seen too (its duplicates, the batch it was cut out of).
    """
    return Document.objects.filter(_of(person)).exclude(_shows_closed_mail())


def of_visible_documents(rows: QuerySet[Row], person: Person) -> QuerySet[Row]:
    """Those of the rows whose `document` that person may see: the same rule, quick for long lists of rows."""
    hidden = Document.objects.filter(_shows_closed_mail())
    return rows.filter(_of(person, "document__")).exclude(document__in=hidden.values("pk"))


def invoices_of_units(person: Person) -> QuerySet[Document]:
    """What `visible_documents` shows of entered invoices by the person's units: none shows closed mail but itself."""
    if not person.roles & {Role.UNIT, Role.ORDERING}:
        return Document.objects.none()
    return Document.objects.filter(_of_units(person, None, "")).exclude(state__in=CLOSED)


def closed_documents(person: Person) -> QuerySet[Document]:
    """Closed mail of which that person may know number and standing, and nothing of what it is or says."""
    return Document.objects.filter(_closed_for(person))


def known_documents(person: Person) -> QuerySet[Document]:
    """The visible ones, and closed mail."""
    return Document.objects.filter((_of(person) & ~_shows_closed_mail()) | _closed_for(person))


def _closed_for(person: Person) -> Q:
    return Q(state__in=CLOSED) if person.roles & {Role.MAILROOM, Role.AUDIT} else Q(pk__in=[])


def _of(person: Person, at: str = "") -> Q:
    """`at`: the way from the row that is asked for to its document."""
    if Role.AUDIT in person.roles:
        return Q()
    seen = Q(pk__in=[])
    entered = Q(**{f"{at}invoice__isnull": False}) | Q(**{f"{at}duplicate_of__invoice__isnull": False})
    invoice = _invoice(f"{at}invoice__") | _invoice(f"{at}duplicate_of__invoice__")
    if Role.MAILROOM in person.roles:
        seen |= ~invoice
    if Role.ACCOUNTING in person.roles:
        seen |= entered
    if person.roles & {Role.UNIT, Role.ORDERING}:
        seen |= _of_units(person, invoice, at)
    return seen


def _invoice(entry: str) -> Q:
    """There is such an entry, and nobody has said that it is no invoice."""
    return Q(**{f"{entry}isnull": False, f"{entry}no_invoice_at__isnull": True})


def _of_units(person: Person, invoice: Q | None, at: str) -> Q:
    """What belongs to their units, what they look after as a deputy, and what their units have a copy of.

    `invoice`: what tells invoices from other mail; None: there are only invoices.
    """
    own = Q(**{f"{at}unit__in": person.units})
    copied = MailCopy.objects.filter(unit__in=person.mail_units, state=CopyState.DELIVERED)
    own |= Q(**{f"{at}pk__in": copied.values("document")})
    if person.stands_in:
        approved = Q(**{f"{at}unit__in": person.approval_units})
        own |= approved if invoice is None else invoice & approved
        if invoice is not None:
            own |= ~invoice & Q(**{f"{at}unit__in": person.mail_units})
    return own


def _shows_closed_mail() -> Q:
    """Closed mail itself, its duplicates, the batch it was cut out of and is still in, and duplicates of that batch."""
    closed = Document.objects.filter(state__in=CLOSED)
    still_there = closed.exclude(state=State.REMOVED)
    batches = Document.objects.filter(state=State.SPLIT, intake__in=closed.values("intake"))
    return (
        Q(state__in=CLOSED)
        | Q(duplicate_of__in=closed.values("pk"))
        | Q(duplicate_of__in=batches.values("pk"))
        | Q(state=State.SPLIT, intake__in=still_there.values("intake"))
    )
