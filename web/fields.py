"""The fields of small forms as they were sent, and the status of an answer that refuses them."""

from django.http import HttpRequest

from records.decisions import Conflict
from schemas.errors import BadInput

__all__ = ["kept", "number_in", "sent", "status_of"]

_LONGEST = 2000


def sent(request: HttpRequest, name: str) -> str:
    """A field without NUL (no database keeps it) and blanks around; BadInput if it is endlessly long."""
    text = request.POST.get(name, "").replace("\0", "").strip()
    if len(text) > _LONGEST:
        raise BadInput(f"Die Eingabe ist zu lang (höchstens {_LONGEST} Zeichen).")
    return text


def kept(request: HttpRequest, *names: str) -> dict[str, str]:
    """What stood in these fields, to be shown again beside what is wrong."""
    return {name: request.POST.get(name, "")[:_LONGEST] for name in names}


def number_in(request: HttpRequest, name: str) -> int:
    """A hidden number of the form; BadInput if it is none."""
    text = request.POST.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise BadInput("Das Formular ist unvollständig.", remedy="Bitte laden Sie die Seite neu.")
    return int(text)


def status_of(problem: BadInput | None) -> int:
    """Conflict: the state has changed meanwhile (409); else the form is wrong (400)."""
    if problem is None:
        return 200
    return 409 if isinstance(problem, Conflict) else 400
