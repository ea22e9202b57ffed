"""What a person may do with a document now, and doing it: the page offers exactly what the decision allows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone

from config.load import city
from pipelines.flow import Choice, choice_of, stage_of
from pipelines.intake.hazards import SIGNED
from records.access import known_documents
from records.decisions import Chosen, Conflict, Held, acts_of, came_from, conflicted, hold, may_have_arrived
from records.models import Document
from records.register import is_invoice
from records.search import index_files
from records.trays import tray_of
from schemas.errors import BadInput
from schemas.roles import Action, Person
from schemas.states import State
from schemas.values import Act
from web import distributing, signing, step_up
from web.evidence import evidence_of, object_store, unaltered
from web.history import history_of
from web.read_again import recognise_again

__all__ = ["Entered", "Offer", "decide", "offers"]

LONGEST_REASON = 2000
LONGEST_REFERENCE = 64
_ASKS: dict[Action, frozenset[str]] = {
    Action.DECIDE: frozenset({"document_type", "unit", "needs_original", "case_reference", "copies"}),
    Action.REDIRECT: frozenset({"document_type", "unit", "case_reference", "cause", "copies"}),
    Action.ACCEPT: frozenset({"unit"}),
    Action.NO_INVOICE: frozenset({"document_type", "unit"}),
    Action.CUT: frozenset({"cut_at"}),
}
_MOST_CHANGES = 3
_YES_OR_NO = {"ja": True, "nein": False}


@dataclass(frozen=True, slots=True)
class Entered:
    """A filled-in form as it was sent. `seen` is the number of the event the person had before them.

    `shown`: the hashes of what was shown with what they sign (schemas.proof.Shown.token).
    """

    action: str
    seen: str
    reason: str = ""
    document_type: str = ""
    unit: str = ""
    needs_original: str = ""
    case_reference: str = ""
    cut_at: str = ""
    cause: str = ""
    copies: str = ""
    shown: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def of(cls, form: Mapping[str, str]) -> "Entered":
        """Only the known fields, without NUL (no database keeps it) and blanks around; the password as it is."""
        fields = {name: form.get(name, "").replace("\0", "").strip() for name in cls.__dataclass_fields__}
        several = form.getlist("copies") if isinstance(form, QueryDict) else [form.get("copies", "")]
        return cls(**fields | {"password": form.get("password", ""), "copies": ",".join(several)})


@dataclass(frozen=True, slots=True)
class Offer:
    """A choice as the page shows it: the words to be signed, what is asked, or everything that is against it."""

    choice: Choice
    wording: str
    against: tuple[str, ...]
    password: bool = False

    @property
    def asks(self) -> frozenset[str]:
        """The facts to be set with it, and whether the password is needed again."""
        return _ASKS.get(self.choice.action, frozenset()) | ({"password"} if self.password else frozenset())


def offers(document: Document, person: Person, now: datetime) -> tuple[Offer, ...]:
    """Everything this person can do with the document in its present state, signatures first."""
    found = []
    acts = acts_of(document.id)
    for action in dict.fromkeys(choice.action for choice in stage_of(State(document.state)).choices):
        choice = choice_of(State(document.state), action, person.roles, city().approval.variants)
        if choice is not None and _fits(choice, document, person):
            words = signing.wording(choice, signing.in_place_of(choice, document, person))
            against = _against(choice, document, person, acts, now)
            found.append(Offer(choice, words, against, step_up.asks_password(action, document)))
    return tuple(found)


def decide(document_id: UUID, entered: Entered, person: Person, now: datetime) -> Choice:
    """Do it, once and upon what the person has seen; BadInput (Conflict among them) says why not."""
    signature = _signature(document_id, entered, person)
    try:
        with hold(document_id, _number(entered.seen)) as held:
            get_object_or_404(known_documents(person), id=document_id)
            choice = _allowed(held, entered.action, person, now)
            if choice.action is Action.CONFIRM_DATA:
                raise BadInput("Die Angaben fehlen.", remedy="Bitte bestätigen Sie sie auf der Seite „Angaben“.")
            if choice.needs_reason and not entered.reason:
                raise BadInput("Die Begründung fehlt.", remedy="Bitte begründen Sie Ihre Entscheidung in einem Satz.")
            if len(entered.reason) > LONGEST_REASON:
                raise BadInput(f"Die Begründung ist zu lang (höchstens {LONGEST_REASON} Zeichen).")
            chosen = _chosen(choice, entered, held.document)
            _refuse_closed_type(chosen)
            _refuse_invoice(choice, chosen, held.document)
            if choice.action is Action.REDIRECT:
                _refuse_same_place(held.document, chosen)
            if choice.action is Action.DECLARE_CONFLICT:
                held.declare_conflict(person, entered.reason, now)
                return choice
            cause, copies = distributing.cause_of(choice, entered.cause), distributing.copies_of(choice, entered.copies)
            before = distributing.place_of(held.document)
            _move(held, choice, entered, person, now, chosen, signature)
            distributing.settle(held.document, before, cause, copies, person, now)
            if choice.action is Action.CONFIRM_OPENING:
                index_files(held.document, object_store())
                recognise_again(held.document, now)
            return choice
    except Conflict as conflict:
        raise (_done_already(document_id, entered, person) or _told(document_id, entered, conflict)) from None


def _move(
    held: Held, choice: Choice, entered: Entered, person: Person, now: datetime, chosen: Chosen, signature: str
) -> None:
    """Every act the choice consists of, with the words that were signed and what was shown."""
    place = signing.in_place_of(choice, held.document, person)
    document = held.document
    proof = signing.proof(choice, document, person, entered.shown, signature, now) if choice.signed else None
    steps = signing.parts(choice)
    for step in steps:
        to = (_led_to(choice, chosen) if step is steps[-1] else step.next) or held.back(choice.action)
        Held(document, State(document.state), held.acts).move(
            to,
            step.action,
            person,
            now,
            wording=signing.wording(step, place),
            reason=entered.reason,
            in_place_of=place,
            proof=proof,
            chosen=chosen,
        )


def _led_to(choice: Choice, chosen: Chosen) -> State | None:
    """What a person says is an invoice goes its own way, where the table has one for it."""
    is_invoice = chosen.document_type in city().invoices.paper_types
    return choice.for_invoice if is_invoice and choice.for_invoice is not None else choice.next


def _signature(document_id: UUID, entered: Entered, person: Person) -> str:
    """How it is signed, before the document is held: to compare a password takes its time."""
    action = next((each for each in Action if each == entered.action), None)
    document = known_documents(person).filter(id=document_id).first()
    if action is None or document is None:
        return "account"
    return step_up.signature_of(action, document, person, entered.password)


def _told(document_id: UUID, entered: Entered, conflict: Conflict) -> Conflict:
    """The same with what happened since the person looked: who did what."""
    later = history_of(document_id)[_number(entered.seen) :][-_MOST_CHANGES:]
    happened = (f"{each.what} ({each.person or 'System'})" for each in later)
    said = "; ".join(happened)
    return Conflict(conflict.sentence, remedy=f"{conflict.remedy} Seither: {said}." if said else conflict.remedy)


def _allowed(held: Held, action: str, person: Person, now: datetime) -> Choice:
    """The choice of the table for that action, if this person may take it now."""
    known = next((each for each in Action if each == action), None)
    choice = choice_of(held.state, known, person.roles, city().approval.variants) if known else None
    if choice is None or not _fits(choice, held.document, person):
        raise BadInput("Das ist mit diesem Schriftstück nicht (mehr) möglich.", remedy="Bitte prüfen Sie den Stand.")
    if against := _against(choice, held.document, person, held.acts, now):
        raise BadInput(" ".join(against))
    if choice.signed and any(unaltered(file.sha256) is None for file in evidence_of(held.document)):
        raise BadInput(
            "Ein Beleg dieser Rechnung fehlt oder ist verändert; so kann sie nicht unterschrieben werden.",
            remedy="Bitte verständigen Sie die IT (posteingang store verify).",
        )
    return choice


def _fits(choice: Choice, document: Document, person: Person) -> bool:
    invoice = is_invoice(document)
    own = not choice.own_unit or document.unit in (person.approval_units if invoice else person.mail_units)
    if choice.action is Action.DECLARE_CONFLICT and person.user_id in conflicted(document.id):
        return False
    if (choice.no_invoice and invoice) or (choice.whole and not _is_whole(document)):
        return False
    if choice.delivered is None:
        there = True
    elif choice.delivered:
        there = document.delivered_as is not None and document.delivered_as != tray_of(document.id)
    else:
        there = not may_have_arrived(document)
    if choice.in_tray and tray_of(document.id) is None:
        return False
    return own and there and (not choice.after or came_from(document) in choice.after)


def _is_whole(document: Document) -> bool:
    """It has several pages, is no part of another file, and no signature forbids to cut it."""
    return document.ordinal == 1 and (document.page_count or 0) > 1 and SIGNED not in document.anomalies


def _against(
    choice: Choice, document: Document, person: Person, acts: tuple[Act, ...], now: datetime
) -> tuple[str, ...]:
    if choice.four_eyes and acts and acts[-1].user_id == person.user_id:
        return ("Das haben Sie selbst beantragt; bestätigen muss es eine zweite Person.",)
    if not choice.signed and person.user_id in conflicted(document.id):
        return ("Sie haben sich für befangen erklärt; das muss eine andere Person tun.",)
    return signing.against(choice, document, person, acts, now)


def _chosen(choice: Choice, entered: Entered, document: Document) -> Chosen:
    """What the form sets; only what the choice asks for, and only what the city knows."""
    asked = _ASKS.get(choice.action, frozenset())
    document_type = unit = needs_original = case_reference = None
    if "document_type" in asked:
        document_type = entered.document_type
        if city().document_type(document_type) is None:
            raise BadInput("Die Dokumentart fehlt.", remedy="Bitte wählen Sie eine Dokumentart aus der Liste.")
    if "unit" in asked:
        unit = entered.unit
        if unit not in {each.number for each in city().units_on(timezone.localdate())}:
            raise BadInput("Die Einheit fehlt.", remedy="Bitte wählen Sie eine Organisationseinheit aus der Liste.")
    if "needs_original" in asked:
        needs_original = _YES_OR_NO.get(entered.needs_original)
        if needs_original is None:
            raise BadInput("Die Angabe zum Original fehlt.", remedy="Bitte wählen Sie „Ja“ oder „Nein“.")
    if "case_reference" in asked:
        case_reference = " ".join(entered.case_reference.split())
        if len(case_reference) > LONGEST_REFERENCE:
            raise BadInput(f"Das Aktenzeichen ist zu lang (höchstens {LONGEST_REFERENCE} Zeichen).")
    cut_at = _cuts(entered.cut_at, document.page_count or 0) if "cut_at" in asked else None
    return Chosen(document_type, unit, needs_original, case_reference, cut_at)


def _cuts(text: str, pages: int) -> tuple[int, ...]:
    """'4, 7': the pages at which a further document begins, in order."""
    numbers = [int(part) for part in re.split(r"[\s,;]+", text) if part.isascii() and part.isdigit() and len(part) < 6]
    if not numbers or len(numbers) != len([part for part in re.split(r"[\s,;]+", text) if part]):
        raise BadInput("Die Seite, ab der getrennt wird, fehlt.", remedy="Bitte so eintragen: 4 oder 4, 7.")
    if any(not 2 <= number <= pages for number in numbers):
        raise BadInput(f"Getrennt werden kann ab Seite 2 bis {pages}.", remedy="Bitte prüfen Sie die Seitenzahlen.")
    return tuple(sorted(set(numbers)))


def _refuse_closed_type(chosen: Chosen) -> None:
    if chosen.document_type is not None and city().procedure.rules_for(chosen.document_type).closed:
        raise BadInput(
            "Post dieser Dokumentart bleibt verschlossen.",
            remedy="Bitte wählen Sie stattdessen „Doch verschlossene Post“.",
        )


def _refuse_invoice(choice: Choice, chosen: Chosen, document: Document) -> None:
    """An entry is made once: what was said to be no invoice becomes one again only as a new piece of mail."""
    if chosen.document_type not in city().invoices.paper_types:
        return
    if hasattr(document, "invoice") and not is_invoice(document):
        raise BadInput(
            f"Dieses Schriftstück ist unter {document.invoice.number} als „Keine Rechnung“ ausgetragen.",
            remedy="Ist es doch eine Rechnung, geben Sie es bitte noch einmal in den Eingang.",
        )
    if choice.action is Action.NO_INVOICE:
        raise BadInput(
            "Das ist die Dokumentart einer Rechnung.", remedy="Bitte wählen Sie, was das Schriftstück stattdessen ist."
        )


def _refuse_same_place(document: Document, chosen: Chosen) -> None:
    now = (document.document_type, document.unit, document.case_reference or "")
    if (chosen.document_type, chosen.unit, chosen.case_reference) == now:
        raise BadInput(
            "Dort liegt das Schriftstück schon.",
            remedy="Bitte wählen Sie eine andere Einheit, Dokumentart oder Akte.",
        )


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise BadInput("Das Formular ist unvollständig.", remedy="Bitte laden Sie die Seite neu.")
    return int(text)


def _done_already(document_id: UUID, entered: Entered, person: Person) -> Conflict | None:
    """A double click or the back button: the same person has done the same upon the same event."""
    for act in acts_of(document_id):
        done = {act.action, Action.CERTIFY_BOTH} if act.action is Action.CERTIFY_FACTUALLY else {act.action}
        if (act.sequence, act.user_id) == (_number(entered.seen) + 1, person.user_id) and entered.action in done:
            return Conflict("Das haben Sie bereits eingetragen; die zweite Eingabe wird nicht gebraucht.")
    return None
