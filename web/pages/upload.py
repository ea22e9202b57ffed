"""Hand in files by hand: choose the inbox and the files, then see what became of each."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4, uuid5

from django.core.exceptions import TooManyFilesSent
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from config.city_config import IntakePoint
from config.load import city
from config.settings import load_settings
from records.access import visible_documents
from records.intake import Arrival
from records.models import Document
from schemas.errors import BadInput, PosteingangError
from schemas.roles import Person, Role
from web.handing_in import OtherContent, StorageFull, hand_in, storing
from web.outcome import Outcome, outcome_of
from web.receiving import LARGEST_REQUEST, FolderUpload, Received, TooLarge, receiving_folder

__all__ = ["handed_in", "upload"]

_MOST_FILES = 100
_KEPT_FORMS = 10
_SESSION_KEY = "eingelegt"


@dataclass(frozen=True, slots=True)
class Line:
    """One file of a form: its document with its outcome, or why it was not taken in; `link` if the person sees it."""

    name: str
    note: str
    document: Document | None
    outcome: Outcome | None
    link: bool


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest, person: Person) -> HttpResponse:
    """The form, or its files taken in. The files are put on the disk before the form's token can be looked at."""
    if request.method != "POST":
        return _form(request, person)
    try:
        with storing(), receiving_folder() as folder:
            received = FolderUpload(request, folder)
            request.upload_handlers = [received]
            request.POST  # noqa: B018 - reads the form
            return _taken(request, person, received.received)
    except TooManyFilesSent:
        return _form(
            request, person, problem=f"Das sind zu viele Dateien; höchstens {_MOST_FILES} auf einmal.", status=413
        )
    except BadInput as problem:
        return _form(request, person, problem=str(problem), status=400)
    except StorageFull as problem:
        return _form(request, person, problem=str(problem), status=507)


@require_safe
def handed_in(request: HttpRequest, person: Person, form_id: UUID) -> HttpResponse:
    """What became of the files of that form, which this session has sent."""
    kept = request.session.get(_SESSION_KEY, {}).get(str(form_id))
    if kept is None:
        raise Http404
    ids = [document_id for _, document_id, _ in kept if document_id]
    documents = {str(each.id): each for each in Document.objects.filter(id__in=ids).select_related("invoice")}
    seen = {str(each) for each in visible_documents(person).filter(id__in=ids).values_list("id", flat=True)}
    lines = []
    for name, document_id, note in kept:
        document = documents.get(document_id)
        lines.append(Line(name, note, document, outcome_of(document) if document else None, document_id in seen))
    return render(request, "web/handed_in.html", {"lines": lines})


@csrf_protect
def _taken(request: HttpRequest, person: Person, files: list[Received]) -> HttpResponse:
    """Take the files in and lead to what became of them. A file of the same name in the same form is the same claim."""
    form_id, point = _form_id(request), _point(request, person)
    if not files:
        raise BadInput("Es ist keine Datei dabei.", remedy="Bitte wählen Sie mindestens eine Datei.")
    names: Counter[str] = Counter()
    lines = []
    for file in files:
        claim_id = uuid5(form_id, f"{person.user_id}:{names[file.name]}:{file.name}")
        lines.append(_line(person, point, claim_id, file))
        names[file.name] += 1
    kept = request.session.get(_SESSION_KEY, {})
    kept.pop(str(form_id), None)
    request.session[_SESSION_KEY] = dict([*kept.items(), (str(form_id), lines)][-_KEPT_FORMS:])
    return redirect("handed_in", form_id)


def _line(person: Person, point: IntakePoint, claim_id: UUID, file: Received) -> tuple[str, str, str]:
    """Name, document and a note for people."""
    arrival = Arrival(
        claim_id=claim_id,
        inbox=point.inbox,
        intake_point=point.name,
        operator=person.name,
        original_name=file.name,
        received_at=datetime.now(UTC),
        demo=load_settings().demo,
    )
    try:
        if file.path is None:
            raise TooLarge
        with storing():
            done = hand_in(arrival, file.path)
    except OtherContent:
        return file.name, "", "Mit diesem Formular kam schon eine andere Datei dieses Namens."
    except PosteingangError as problem:
        return file.name, "", str(problem)
    return file.name, str(done.document_id), "" if done.new else "War mit diesem Formular schon eingelegt."


def _form(request: HttpRequest, person: Person, *, problem: str = "", status: int = 200) -> HttpResponse:
    context = {
        "problem": problem,
        "points": _points(person),
        "chosen": request.POST.get("inbox", "") if status == 400 else "",
        "form_id": uuid4(),
        "largest_file": load_settings().upload_max_bytes,
        "largest_form": LARGEST_REQUEST,
        "most_files": _MOST_FILES,
    }
    return render(request, "web/upload.html", context, status=status)


def _points(person: Person) -> list[IntakePoint]:
    """Where this person may hand in: the mailroom everywhere, accounting where invoices come in."""
    return [point for point in city().intake_points if point.invoices or Role.MAILROOM in person.roles]


def _point(request: HttpRequest, person: Person) -> IntakePoint:
    chosen = request.POST.get("inbox", "")
    for point in _points(person):
        if point.inbox == chosen:
            return point
    raise BadInput("Der Eingang fehlt.", remedy="Bitte wählen Sie einen Eingang und die Dateien noch einmal.")


def _form_id(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("form", ""))
    except ValueError:
        raise BadInput("Das Formular ist unvollständig.", remedy="Bitte wählen Sie die Dateien noch einmal.") from None
