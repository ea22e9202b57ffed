"""Letters to suppliers whose invoices were not accepted: a person edits and releases them, nothing leaves by itself.

A mail goes to an address of the master data only. A crash after the server took it and before that was noted sends it
once more under the same Message-ID, which mail systems use to drop doubles.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F, Q, QuerySet

from records import audit
from records.creditors import present_creditor
from records.invoice_basis import basis_of
from records.models import Document, DocumentFile, RegisterEntry, RejectionLetter
from records.objects import ObjectStore
from records.upon import upon
from schemas.accounting import Creditor
from schemas.errors import BadInput, Conflict
from schemas.rejection import LetterWay
from schemas.roles import Person, Role
from schemas.states import FileRole, State
from schemas.values import FileDigest

__all__ = [
    "Addressee",
    "Draft",
    "addressee_of",
    "claim",
    "due",
    "letter_of",
    "may_write",
    "note_failed",
    "note_posted",
    "note_refused",
    "note_sent",
    "refused_without_letter",
    "release",
    "save",
]

_STATES = frozenset({State.REJECTED})
_LONGEST_SUBJECT, _LONGEST_TEXT, _LONGEST_RECIPIENT = 200, 20_000, 1_000
_CLAIM = timedelta(minutes=10)
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Addressee:
    """`creditor`: number in the master data, '' if unknown there. `mail`: from the master data only, '' if none."""

    creditor: str
    mail: str
    postal: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person has before them and may change. `subject` is one line."""

    subject: str
    text: str
    recipient: str


def may_write(person: Person) -> bool:
    """Buchhaltung alone writes to suppliers."""
    return Role.ACCOUNTING in person.roles


def letter_of(document_id: UUID) -> RejectionLetter | None:
    """The draft or the released letter; None if nobody has begun one."""
    return RejectionLetter.objects.filter(document_id=document_id).first()


def addressee_of(document: Document) -> Addressee:
    """Whom the letter is for: the creditor if the master data know it, else what the invoice says, on paper only."""
    basis = basis_of(document)
    if basis is None:
        return Addressee("", "", "")
    creditor = present_creditor(basis)
    if creditor is not None:
        return Addressee(creditor.number, _valid(creditor.mail), _postal(creditor))
    said = basis.said
    lines = (
        basis.entry.seller_name,
        said.seller_street,
        f"{said.seller_post_code or ''} {said.seller_city or ''}",
        said.seller_country if said.seller_country != "DE" else "",
    )
    return Addressee("", "", _lines(*lines))


def refused_without_letter() -> QuerySet[RegisterEntry]:
    """Rejected invoices whose supplier was not told yet, the oldest first."""
    told = RejectionLetter.objects.filter(sent_at__isnull=False)
    rows = RegisterEntry.objects.filter(document__state=State.REJECTED).exclude(document__in=told.values("document"))
    return rows.select_related("document__rejection_letter").order_by("document__state_since", "id")


def save(document_id: UUID, draft: Draft, person: Person, now: datetime, *, seen: int) -> None:
    """Keep the draft as the person has edited it. BadInput, Conflict among them."""
    _check(draft, person)
    with upon(document_id, seen, _STATES) as held:
        _keep(held.document, draft, person, now)
        digest = hashlib.sha256(draft.text.encode()).hexdigest()
        said: dict[str, object] = {"actor": person.name, "user_id": person.user_id, "text_sha256": digest}
        audit.remark(held.document, "Entwurf des Zurückweisungsschreibens gespeichert", said, now)


def release(
    document_id: UUID,
    draft: Draft,
    way: LetterWay,
    mail: str,
    paper: FileDigest,
    person: Person,
    now: datetime,
    *,
    seen: int,
    store: ObjectStore,
) -> None:
    """The letter leaves as it is: by mail with the next round, or on paper. It is never changed again.

    `mail`: the address the person saw; `paper`: the letter as PDF, already in the store. BadInput, Conflict among them.
    """
    _check(draft, person)
    if way is LetterWay.POST and not draft.recipient:
        raise BadInput(
            "Die Anschrift fehlt.", remedy="Bitte tragen Sie ein, wohin die Poststelle das Schreiben sendet."
        )
    with upon(document_id, seen, _STATES) as held:
        document = held.document
        if way is LetterWay.MAIL and (not mail or addressee_of(document).mail != mail):
            raise Conflict(
                "Diese E-Mail-Adresse steht nicht (mehr) in den Stammdaten des Kreditors.",
                remedy="Bitte prüfen Sie die Adresse oder senden Sie das Schreiben per Post.",
            )
        letter = _keep(document, draft, person, now)
        letter.released_at, letter.way = now, way
        letter.mail = mail if way is LetterWay.MAIL else ""
        letter.message_id = f"zurueckweisung.{document.id}.{paper.sha256[:16]}"
        letter.save()
        name = f"{document.invoice.number} Zurückweisung.pdf"
        content = store.register(paper, now)
        DocumentFile.objects.create(document=document, role=FileRole.REJECTION, content=content, name=name)
        said: dict[str, object] = {
            "actor": person.name,
            "user_id": person.user_id,
            "way": way,
            "to": letter.mail or letter.recipient,
            "sha256": paper.sha256,
        }
        audit.remark(document, f"Zurückweisungsschreiben freigegeben ({way.label})", said, now)


def note_posted(document_id: UUID, person: Person, now: datetime, *, seen: int) -> None:
    """The paper was given to the Poststelle; also for a mail the server refused for good."""
    if not may_write(person):
        raise BadInput("Das dürfen Sie bei dieser Rechnung nicht.")
    with upon(document_id, seen, _STATES) as held:
        on_paper = Q(way=LetterWay.POST) | Q(refused=True)
        waiting = RejectionLetter.objects.filter(on_paper, document_id=document_id, sent_at=None)
        if not waiting.exclude(released_at=None).update(sent_at=now):
            raise Conflict("Für dieses Schreiben ist nichts mehr einzutragen.")
        said: dict[str, object] = {"actor": person.name, "user_id": person.user_id}
        audit.remark(held.document, "Zurückweisungsschreiben per Post versandt", said, now)


def due(now: datetime) -> tuple[RejectionLetter, ...]:
    """Released letters that are to be mailed now, the oldest first."""
    return tuple(_due(now).select_related("document__invoice").order_by("released_at")[:_AT_ONCE])


def claim(letter: RejectionLetter, now: datetime) -> bool:
    """The right to send it for the next minutes; False if another process has it."""
    return bool(_due(now).filter(pk=letter.pk).update(next_try_at=now + _CLAIM, tries=F("tries") + 1))


def note_sent(letter: RejectionLetter, now: datetime) -> None:
    """The server took it."""
    _note(letter, "Zurückweisungsschreiben per E-Mail versandt", {"to": letter.mail}, now, sent_at=now, problem="")


def note_failed(letter: RejectionLetter, problem: str, now: datetime) -> None:
    """It is tried again, ever more seldom but without end (German problem)."""
    tries = RejectionLetter.objects.values_list("tries", flat=True).get(pk=letter.pk)
    pause = min(_FIRST_PAUSE * 2 ** min(max(tries - 1, 0), 10), _LONGEST_PAUSE)
    RejectionLetter.objects.filter(pk=letter.pk).update(next_try_at=now + pause, problem=problem)


def note_refused(letter: RejectionLetter, problem: str, now: datetime) -> None:
    """The server will never take it for that address (German problem): it has to go on paper."""
    said: dict[str, object] = {"reason": problem}
    _note(letter, "Zurückweisungsschreiben vom Mailserver abgelehnt", said, now, refused=True, problem=problem)


def _note(letter: RejectionLetter, what: str, said: dict[str, object], now: datetime, **columns: object) -> None:
    """What became of a mail, in its row and in the chain of its invoice."""
    with transaction.atomic():
        Document.objects.filter(id=letter.document_id).update(reason=F("reason"))  # nobody else appends meanwhile
        RejectionLetter.objects.filter(pk=letter.pk).update(next_try_at=None, **columns)
        audit.remark(letter.document, what, said, now)


def _due(now: datetime) -> QuerySet[RejectionLetter]:
    time = Q(next_try_at=None) | Q(next_try_at__lte=now)
    return RejectionLetter.objects.filter(
        time, way=LetterWay.MAIL, released_at__isnull=False, sent_at=None, refused=False
    )


def _check(draft: Draft, person: Person) -> None:
    if not may_write(person):
        raise BadInput("Das dürfen Sie bei dieser Rechnung nicht.")
    if not draft.subject or not draft.text:
        raise BadInput("Betreff oder Text fehlt.", remedy="Bitte füllen Sie beide Felder aus.")
    fields = (
        ("Der Betreff", draft.subject, _LONGEST_SUBJECT),
        ("Der Text", draft.text, _LONGEST_TEXT),
        ("Die Anschrift", draft.recipient, _LONGEST_RECIPIENT),
    )
    for what, said, most in fields:
        if len(said) > most:
            raise BadInput(f"{what} ist zu lang (höchstens {most} Zeichen).")


def _keep(document: Document, draft: Draft, person: Person, now: datetime) -> RejectionLetter:
    letter = letter_of(document.id) or RejectionLetter(document=document)
    if letter.released_at is not None:
        raise Conflict("Das Schreiben ist schon freigegeben und wird nicht mehr geändert.")
    letter.subject, letter.text, letter.recipient = draft.subject, draft.text, draft.recipient
    letter.saved_at, letter.user_id, letter.name = now, person.user_id, person.name
    letter.save()
    return letter


def _valid(address: str) -> str:
    try:
        validate_email(address)
    except ValidationError:
        return ""
    return address


def _postal(creditor: Creditor) -> str:
    country = creditor.country if creditor.country != "DE" else ""
    return _lines(creditor.name, creditor.street, f"{creditor.post_code} {creditor.city}", country)


def _lines(*parts: str | None) -> str:
    return "\n".join(" ".join(part.split()) for part in parts if part and part.strip())
