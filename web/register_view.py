"""What the page of an invoice says of its entry in the register: all that was received, likenesses, representations."""

from dataclasses import dataclass

from django.db.models import QuerySet

from pipelines.invoice.compare import is_correction
from records.models import Document, RegisterEntry
from records.register import like, received_of, value_of
from records.register_corrections import CORRECTABLE, corrections_of
from records.register_likeness import KINDS, likenesses_of
from schemas.rebu import Received

__all__ = ["Alike", "RegisterView", "register_view"]


@dataclass(frozen=True, slots=True)
class Alike:
    """Another entry of the register and why it is named beside this one (German)."""

    number: str
    why: str
    judged: str
    visible: bool


@dataclass(frozen=True, slots=True)
class RegisterView:
    """`received` is None for entries of old versions; `leading_number` that of the register of the finance system."""

    received: Received | None
    corrections: list[tuple[object, str]]
    alike: list[Alike]
    leading_number: str
    leading_status: str
    leading_message: str
    announced: bool


def register_view(entry: RegisterEntry, seen: QuerySet[Document]) -> RegisterView:
    """For a person who may see those documents: an entry they may not see is named, not linked."""
    told = getattr(entry, "announcement", None)
    return RegisterView(
        received=received_of(entry.document_id),
        corrections=[(each, CORRECTABLE.get(each.field, each.field)) for each in corrections_of(entry)],
        alike=[*_same_number(entry, seen), *_likely(entry, seen)],
        leading_number=told.leading_number if told else "",
        leading_status=told.status if told else "",
        leading_message=told.message if told else "",
        announced=told is not None,
    )


def _same_number(entry: RegisterEntry, seen: QuerySet[Document]) -> list[Alike]:
    found, own = [], value_of(entry).invoice
    for other in like(entry.document):
        if is_correction(own, other.invoice):
            why = "Gleiche Nummer desselben Rechnungsstellers: eine von beiden ist Gutschrift oder Korrektur"
        else:
            why = "Abweichende Darstellung: gleicher Rechnungssteller, gleiche Nummer"
        visible = RegisterEntry.objects.filter(number=other.number, document__in=seen).exists()
        found.append(Alike(other.number, why, "", visible))
    return found


def _likely(entry: RegisterEntry, seen: QuerySet[Document]) -> list[Alike]:
    found = []
    for each in likenesses_of(entry):
        other = each.other if each.entry_id == entry.id else each.entry
        judged = "" if each.decided_at is None else "Dublette" if each.duplicate else "keine Dublette"
        said = f"{judged}, {each.name}: {each.reason}" if judged else ""
        found.append(
            Alike(other.number, KINDS.get(each.kind, each.kind), said, seen.filter(pk=other.document_id).exists())
        )
    return found
