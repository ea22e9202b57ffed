"""What is booked of one invoice: creditor, bank account, account assignment, deductions, rate. One form each."""

from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from config.load import city
from records.access import visible_documents
from records.accounting import assignments_of
from records.assignments import save
from records.bank_guard import Answer, confirm
from records.construction import deduct
from records.creditors import ask_for, choose
from records.decisions import Conflict, last_sequence
from records.invoice_basis import basis_of
from records.models import Document, RegisterEntry
from records.rates import enter_rate
from schemas.accounting import DeductionKind
from schemas.errors import BadInput
from schemas.roles import Person
from schemas.typed import read_amount
from web.accounting_view import AccountingView, accounting_view, choices_of
from web.assigning import GridLine, lines_in, sent_grid
from web.fields import kept, number_in, sent, status_of

__all__ = ["assignment"]

_KEPT = ("act", "creditor", "note", "iban", "way", "called_on", "spoken_to", "kind", "amount", "until", "reason")
_MORE = 3


@require_http_methods(["GET", "HEAD", "POST"])
def assignment(request: HttpRequest, person: Person, number: str) -> HttpResponse:
    """GET: the forms, as the invoice stands. POST: one of them; shown again with what is wrong and the input kept."""
    entries = RegisterEntry.objects.filter(document__in=visible_documents(person)).select_related("document__intake")
    entry = get_object_or_404(entries, number=number)
    document, problem = entry.document, None
    grid: tuple[GridLine, ...] = ()
    if request.method == "POST":
        try:
            grid = sent_grid(request.POST)
            if sent(request, "act") == "zeilen":
                grid = (*grid, *(GridLine(fiscal_year=grid[-1].fiscal_year if grid else "") for _ in range(_MORE)))
            else:
                messages.success(request, _done(request, document, grid, person))
                return redirect(request.path)
        except BadInput as refused:
            problem = refused
        document.refresh_from_db()
    seen = last_sequence(document.id)
    view = accounting_view(document, person)
    return render(
        request, "web/assignment.html", _shown(request, entry, view, grid, seen, problem), status=status_of(problem)
    )


def _shown(
    request: HttpRequest,
    entry: RegisterEntry,
    view: AccountingView | None,
    grid: tuple[GridLine, ...],
    seen: int,
    problem: BadInput | None,
) -> dict[str, object]:
    source = ""
    if view is not None and not grid:
        grid, source = view.grid()
    return {
        "entry": entry,
        "document": entry.document,
        "view": view,
        "grid": grid,
        "source": source,
        "choices": choices_of() if view and view.may_assign else (),
        "tax_codes": city().accounting.tax_codes,
        "kinds": list(DeductionKind),
        "seen": seen,
        "problem": problem,
        "entered": kept(request, *_KEPT) | kept(request, "rate", "source", "rate_on"),
    }


def _done(request: HttpRequest, document: Document, grid: tuple[GridLine, ...], person: Person) -> str:
    """The form that was sent, carried out once; what is said of it."""
    act, seen, now = sent(request, "act"), number_in(request, "seen"), datetime.now(UTC)
    if act == "kreditor":
        choose(document.id, sent(request, "creditor"), sent(request, "basis")[:255], person, now, seen=seen)
        return "Der Kreditor ist bestätigt."
    if act == "anfordern":
        ask_for(document.id, sent(request, "note"), person, now, seen=seen)
        return "Der Kreditor ist angefordert; er steht auf der Liste der Buchhaltung."
    if act == "rueckruf":
        confirm(document.id, _answer(request), person, now, seen=seen)
        return "Das Ergebnis des Rückrufs ist eingetragen."
    if act == "kontierung":
        return _assigned(document, grid, person, now, seen)
    if act == "einbehalt":
        kind = next((each for each in DeductionKind if each == sent(request, "kind")), None)
        if kind is None:
            raise BadInput("Die Art des Einbehalts fehlt.")
        amount, until = (
            _amount(request, "amount", "Betrag"),
            _day(request, "until", "Der Tag, bis zu dem einbehalten wird,"),
        )
        deduct(document.id, kind, amount, until, sent(request, "reason"), person, now, seen=seen)
        return "Der Einbehalt ist eingetragen."
    if act == "kurs":
        enter_rate(
            document.id, _rate(request), sent(request, "source"), _day(request, "rate_on", "Der Tag des Kurses"),
            person, now, seen=seen,
        )  # fmt: skip
        return "Der Kurs ist eingetragen."
    raise BadInput("Das ist mit dieser Rechnung nicht (mehr) möglich.", remedy="Bitte laden Sie die Seite neu.")


def _assigned(document: Document, grid: tuple[GridLine, ...], person: Person, now: datetime, seen: int) -> str:
    basis = basis_of(document)
    payable = basis.payable if basis else None
    lines = lines_in(grid, payable or Decimal(0))
    try:
        number = save(document.id, lines, person, now, seen=seen, rules=city().accounting)
    except Conflict:
        if assignments_of(document.id) == lines:
            return "Diese Kontierung ist bereits gespeichert."  # a double click
        raise
    return f"Die Kontierung ist als Fassung {number} gespeichert."


def _answer(request: HttpRequest) -> Answer:
    result = sent(request, "result")
    if result not in ("ja", "nein"):
        raise BadInput("Das Ergebnis des Rückrufs fehlt.", remedy="Bitte wählen Sie „richtig“ oder „falsch“.")
    called_on = _day(request, "called_on", "Der Tag des Rückrufs")
    return Answer(sent(request, "iban"), result == "ja", sent(request, "way"), called_on, sent(request, "spoken_to"))


def _day(request: HttpRequest, name: str, label: str) -> date:
    try:
        return date.fromisoformat(sent(request, name))
    except ValueError:
        raise BadInput(f"{label} fehlt oder ist kein Datum.") from None


def _amount(request: HttpRequest, name: str, label: str) -> Decimal:
    try:
        return read_amount(sent(request, name))
    except ValueError as error:
        raise BadInput(f"{label} {error}") from None


def _rate(request: HttpRequest) -> Decimal:
    text = sent(request, "rate").replace(",", ".")
    try:
        rate = Decimal(text) if text.isascii() else Decimal("NaN")
    except InvalidOperation:
        rate = Decimal("NaN")
    if not rate.is_finite():
        raise BadInput("Der Kurs ist keine Zahl.")
    return rate
