"""Who scanned a document, and that the same person does not check it where four eyes are demanded (A.AM.IN.SH.1).

A person's mark is the name of their account. Batches that carry another mark count by the name of the person.
"""

from django.contrib.auth import get_user_model

from config.city_config import City
from records.models import Document
from schemas.roles import Person

__all__ = ["objection", "scanned_by", "username_of"]


def scanned_by(document: Document, city: City) -> tuple[str, str]:
    """Mark and name: from the batch, else who answers for the intake point, as the transfer note names them."""
    batch = getattr(document.intake, "batch", None)
    if batch is not None and batch.operator:
        return batch.operator_id, batch.operator
    point = city.intake_point(document.intake.inbox)
    return (point.operator_id, point.operator) if point else ("", "")


def objection(document: Document, person: Person, city: City) -> str | None:
    """Why this person must not check that document (German); also if nobody can say who scanned it."""
    mark, name = scanned_by(document, city)
    if _same(mark, username_of(person)) or _same(name, person.name):
        return "Sie haben dieses Schriftstück gescannt; prüfen muss es hier eine andere Person (Vier-Augen-Prinzip)."
    if not _is_known(mark, name):
        who = f"{name or 'niemand'}, Kennzeichen {mark or 'keines'}"
        return (
            f"Hier gilt das Vier-Augen-Prinzip, und wer gescannt hat ({who}), hat kein Benutzerkonto: Ob Sie es waren, "
            "ist nicht feststellbar. Bitte lassen Sie das Kennzeichen in intake_points.yaml, auf dem Stapeldeckblatt "
            "oder im Index auf den Benutzernamen setzen."
        )
    return None


def username_of(person: Person) -> str:
    """The name of the account: the mark a person is known by."""
    return str(get_user_model().objects.get(pk=person.user_id).get_username())


def _is_known(mark: str, name: str) -> bool:
    accounts = get_user_model().objects.values_list("username", "first_name", "last_name")
    return any(_same(mark, user) or _same(name, f"{first} {last}") for user, first, last in accounts)


def _same(one: str, other: str) -> bool:
    return bool(one.strip()) and " ".join(one.split()).casefold() == " ".join(other.split()).casefold()
