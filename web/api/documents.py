"""Hand in a file and ask what became of it."""

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid5

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.urls import reverse
from django.utils.http import parse_header_parameters

from config.load import city
from config.settings import load_settings
from records.intake import Arrival
from records.models import Document
from records.recognised import current_values
from records.tokens import Token
from schemas.deadlines import DeadlineState
from schemas.errors import BadInput
from schemas.recognised import ValueState
from schemas.roles import Scope
from schemas.states import CLOSED
from web.api.contract import DeadlineAnswer, DocumentAnswer, Links, ValueAnswer
from web.api.problems import Problem, Trouble
from web.handing_in import EmptyFile, OtherContent, hand_in, storing
from web.outcome import outcome_of
from web.receiving import FolderUpload, Received, TooLarge, body_to_file, receiving_folder

__all__ = ["LONGEST_KEY", "SHORTEST_KEY", "create", "show"]

SHORTEST_KEY, LONGEST_KEY = 8, 200
_FORM_AROUND_A_FILE = 64 * 1024


def create(request: HttpRequest, token: Token) -> HttpResponse:
    """Take in one file; the same key once more answers with the same document."""
    claim_id, received_at = uuid5(token.id, _idempotency_key(request)), datetime.now(UTC)
    point = city().intake_point(token.inbox)
    if point is None:
        raise Problem(Trouble.INBOX_UNKNOWN, f"Den Eingang {token.inbox} dieses Schlüssels gibt es nicht mehr.")
    with storing(), receiving_folder() as folder:
        name, content = _receive(request, folder)
        arrival = Arrival(
            claim_id=claim_id,
            inbox=point.inbox,
            intake_point=point.name,
            operator=point.operator,
            original_name=name,
            received_at=received_at,
            demo=load_settings().demo,
            token_id=token.id,
        )
        try:
            handed_in = hand_in(arrival, content)
        except EmptyFile as problem:
            raise Problem(Trouble.FILE_EMPTY, str(problem)) from None
        except OtherContent:
            raise Problem(
                Trouble.KEY_REUSED,
                "Mit diesem Idempotency-Key kam schon eine andere Datei. Jede Datei braucht einen eigenen.",
            ) from None
    return _answer(Document.objects.get(id=handed_in.document_id), 201 if handed_in.new else 200)


def show(request: HttpRequest, token: Token, document_id: UUID) -> HttpResponse:
    """Where a document stands; only for the key that handed it in."""
    found = Document.objects.filter(id=document_id, intake__token_id=token.id).select_related("invoice").first()
    if found is None:
        raise Problem(Trouble.NOT_FOUND, "Mit diesem Schlüssel ist ein solches Schriftstück nicht eingeliefert worden.")
    return _answer(found, 200, with_content=Scope.READ_CONTENT in token.scopes)


def _answer(document: Document, status: int, *, with_content: bool = False) -> HttpResponse:
    outcome, own = outcome_of(document), reverse("api_document", kwargs={"document_id": document.id})
    told = DocumentAnswer(
        id=document.id,
        state=outcome.state,
        label=outcome.label,
        kind=outcome.kind,
        register_number=outcome.register_number,
        invoice_number=outcome.invoice_number,
        reason=outcome.reason,
        recognised=_values(document) if with_content else None,
        deadlines=_deadlines(document) if with_content else None,
        links=Links(self=own),
    )
    headers = {"Location": own} if status == 201 else {}
    body = told.model_dump_json(exclude=None if with_content else {"recognised", "deadlines"})
    return HttpResponse(body, status=status, content_type="application/json", headers=headers)


def _values(document: Document) -> tuple[ValueAnswer, ...]:
    """Of mail that is closed, nothing."""
    if document.state in CLOSED:
        return ()
    rows = current_values(document.id).exclude(state=ValueState.DISCARDED)
    return tuple(
        ValueAnswer(
            kind=row.kind,
            value=row.value,
            confidence=row.confidence if row.state == ValueState.PROPOSED else 1.0,
            page=row.page or 1,
            confirmed=row.state != ValueState.PROPOSED,
        )
        for row in rows
    )


def _deadlines(document: Document) -> tuple[DeadlineAnswer, ...]:
    if document.state in CLOSED:
        return ()
    rows = document.deadlines.exclude(state=DeadlineState.REPLACED).order_by("ends_on", "id")
    return tuple(
        DeadlineAnswer(ends_on=row.ends_on, warn_on=row.warn_on, basis=row.basis, state=DeadlineState(row.state))
        for row in rows
    )


def _idempotency_key(request: HttpRequest) -> str:
    key = request.headers.get("Idempotency-Key", "")
    if not (SHORTEST_KEY <= len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        raise Problem(
            Trouble.KEY_MISSING,
            f"Die Kopfzeile Idempotency-Key muss {SHORTEST_KEY} bis {LONGEST_KEY} druckbare ASCII-Zeichen haben.",
        )
    return key


def _receive(request: HttpRequest, folder: Path) -> tuple[str, Path]:
    """Name and place of the one file of the request: out of a form, or the body itself."""
    try:
        announced = int(request.headers.get("Content-Length") or 0)
        if announced > load_settings().upload_max_bytes + _FORM_AROUND_A_FILE:
            raise TooLarge
        form = request.content_type == "multipart/form-data"
        received = _from_form(request, folder) if form else body_to_file(request, folder, _file_name(request))
        if received.path is None:
            raise TooLarge
        return received.name, received.path
    except TooLarge as problem:
        raise Problem(Trouble.FILE_TOO_LARGE, str(problem)) from None
    except BadInput as problem:
        raise Problem(Trouble.BODY_BROKEN, str(problem)) from None
    except (UnreadablePostError, MultiPartParserError, SuspiciousOperation, ValueError):
        raise Problem(Trouble.BODY_BROKEN, "Die Anfrage ist unvollständig oder beschädigt.") from None


def _from_form(request: HttpRequest, folder: Path) -> Received:
    upload = FolderUpload(request, folder)
    request.upload_handlers = [upload]
    request.POST  # noqa: B018 - reads the form
    if len(upload.received) != 1 or upload.received[0].field != "file":
        raise Problem(
            Trouble.FILE_MISSING, "Das Formular muss genau eine Datei mit Dateinamen im Feld »file« enthalten."
        )
    return upload.received[0]


def _file_name(request: HttpRequest) -> str:
    """The file name of Content-Disposition (RFC 6266); empty if there is none. UTF-8 sent as it is is understood."""
    header = request.headers.get("Content-Disposition", "")
    with suppress(UnicodeError):
        header = header.encode("latin-1").decode()
    try:
        return str(parse_header_parameters(header)[1].get("filename", ""))
    except (LookupError, ValueError):
        return ""
