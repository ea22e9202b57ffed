"""Who sees which documents: decided in the database, so that no list, file or search can show more."""

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Q, QuerySet

from records.models import Document, UnitMembership
from schemas.roles import Person, Role

__all__ = ["person_of", "visible_documents"]


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
    )


def visible_documents(person: Person) -> QuerySet[Document]:
    """The documents whose content that person may see.

    Rechnungsprüfung: all. Poststelle: all mail but entered invoices. Buchhaltung: entered invoices and their further
    representations. Bereich and Anordnung: what is assigned to an own unit. Archiv and Administration: no content.
    """
    documents = Document.objects.all()
    if Role.AUDIT in person.roles:
        return documents
    seen = Q(pk__in=[])
    invoice = Q(invoice__isnull=False) | Q(duplicate_of__invoice__isnull=False)
    if Role.MAILROOM in person.roles:
        seen |= ~invoice
    if Role.ACCOUNTING in person.roles:
        seen |= invoice
    if person.roles & {Role.UNIT, Role.ORDERING}:
        seen |= Q(unit__in=person.units)
    return documents.filter(seen)
