"""The form of a page: taken and led on, or shown again with what is wrong and the input kept."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import format_html

from config.distribution_config import Cause
from config.load import city
from config.organisation_config import OrgUnit
from config.routing_config import DocumentType
from pipelines.flow import stage_of
from records.access import known_documents
from records.decisions import Conflict, last_sequence
from records.models import Document
from records.shown import shown_of
from schemas.errors import BadInput
from schemas.roles import Action, Person
from schemas.states import Kind, State
from web.deciding import LONGEST_REASON, LONGEST_REFERENCE, Entered, Offer, decide, offers

__all__ = ["Form", "act"]

_BESIDE = frozenset(
    {
        Action.CUT,
        Action.QUERY,
        Action.RETRY,
        Action.CONFIRM,
        Action.REDIRECT,
        Action.MISDIRECT,
        Action.RETURN_TO_FACTUAL,
        Action.RETURN_TO_ARITHMETICAL,
        Action.RETURN_TO_ORDER,
        Action.REFUSE_CANCELLATION,
        Action.ASK_OPENING,
        Action.KEEP_LOCKED,
    }
)
_APART = frozenset({Action.REDIRECT, Action.SEND_BACK, Action.LOCK, Action.ASK_CANCELLATION, Action.DECLARE_CONFLICT})
"""Ways out that are no task: never the usual one, even if there is no other."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One offer with what stands in its fields: what the person entered, else what is proposed.

    `folded`: a way out beside the usual one, opened by those who need it.
    """

    offer: Offer
    folded: bool
    document_type: str
    unit: str
    needs_original: str
    case_reference: str
    reason: str
    cut_at: str = ""
    cause: str = ""
    copies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """What the page offers upon event number `seen`, and why what was sent last was not taken."""

    sheets: tuple[Sheet, ...]
    seen: int
    problem: BadInput | None = None
    shown: str = ""

    @property
    def status(self) -> int:
        if self.problem is None:
            return 200
        return 409 if isinstance(self.problem, Conflict) else 400

    @property
    def longest_reason(self) -> int:
        return LONGEST_REASON

    @property
    def longest_reference(self) -> int:
        return LONGEST_REFERENCE

    @property
    def document_types(self) -> tuple[DocumentType, ...]:
        return city().document_types

    @property
    def causes(self) -> tuple[Cause, ...]:
        return city().distribution.all_causes

    @property
    def units(self) -> tuple[OrgUnit, ...]:
        return city().units_on(timezone.localdate())


def act(request: HttpRequest, person: Person, document: Document) -> Form | HttpResponse:
    """GET: the form. POST: the decision, and on to where something is left to do; or the form again.

    The document is read anew after the number of its newest event: a person never decides upon more than was shown.
    """
    entered = problem = None
    if request.method == "POST":
        entered = Entered.of(request.POST)
        try:
            choice = decide(document.id, entered, person, datetime.now(UTC))
        except BadInput as refused:
            problem = refused
        else:
            if choice.action is Action.REJECT:
                return redirect("rejection", document.invoice.number)
            return _onward(request, person, document, choice.label)
    seen = last_sequence(document.id)
    document.refresh_from_db()
    found = offers(document, person, datetime.now(UTC))
    usual = [offer for offer in found if offer.choice.action not in _APART]
    sheets = tuple(_sheet(offer, document, entered, alone=len(usual) == 1) for offer in found)
    signing = any(offer.choice.signed and not offer.against for offer in found)
    return Form(sheets, seen, problem, shown_of(document).token if signing else "")


def _sheet(offer: Offer, document: Document, entered: Entered | None, *, alone: bool) -> Sheet:
    if entered is not None and entered.action == offer.choice.action:
        kept = (entered.document_type, entered.unit, entered.needs_original, entered.case_reference)
        return Sheet(
            offer, False, *kept, entered.reason, entered.cut_at, entered.cause, tuple(entered.copies.split(","))
        )
    original = {True: "ja", False: "nein", None: ""}[document.needs_original]
    action = offer.choice.action
    at_rest = stage_of(State(document.state)).kind is Kind.FINAL
    folded = at_rest or action in _APART or (action in _BESIDE and not alone)
    wrong = action is Action.REDIRECT or document.state == State.MISDIRECTED
    unit = "" if wrong else document.unit or ""
    cut_at = ", ".join(map(str, document.cut_at))
    return Sheet(offer, folded, document.document_type or "", unit, original, document.case_reference or "", "", cut_at)


def _onward(request: HttpRequest, person: Person, document: Document, done: str) -> HttpResponse:
    """To the same page if the person can do more there, else to the remaining tasks."""
    document.refresh_from_db()
    number = document.invoice.number if hasattr(document, "invoice") else document.register_number
    seen = known_documents(person).filter(id=document.id).exists()  # a redirected one may be another unit's now
    form = '<a href="{}">{}</a>: „{}“ ist eingetragen.' if seen else "{1}: „{2}“ ist eingetragen."
    text = format_html(form, request.path, number or "Schriftstück", done)
    messages.success(request, text)
    return redirect(request.path if seen and offers(document, person, datetime.now(UTC)) else "start")
