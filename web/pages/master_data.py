"""Master data as they were taken over, creditors that are asked for, and securities whose time has come."""

import csv
import io
from datetime import UTC, datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from records.construction import due_deductions, settle
from records.creditors import open_requests
from records.master_data import newest_imports, present, search
from records.models import MasterDataImport
from schemas.accounting import MasterDataKind
from schemas.errors import BadInput
from schemas.german_time import day_in_germany
from schemas.roles import Person, Role
from web.fields import number_in, status_of
from web.pages.lists import asked, paged

__all__ = ["creditor_requests", "master_data"]

_LAST_IMPORTS = 15
_SOON = timedelta(days=30)
_LABELS = {
    MasterDataKind.CREDITORS: "Kreditoren",
    MasterDataKind.PRODUCTS: "Produkte",
    MasterDataKind.ACCOUNTS: "Sachkonten",
    MasterDataKind.COST_CENTERS: "Kostenstellen",
    MasterDataKind.COST_OBJECTS: "Kostenträger",
    MasterDataKind.INVESTMENTS: "Investitionen",
    MasterDataKind.COMMITMENTS: "Mittelbindungen",
    MasterDataKind.EXEMPTIONS: "Freistellungsbescheinigungen",
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@require_http_methods(["GET", "HEAD", "POST"])
def master_data(request: HttpRequest, person: Person) -> HttpResponse:
    """By kind (`art`) and words (`suche`). POST: a security was paid out."""
    problem = None
    if request.method == "POST":
        try:
            done = settle(number_in(request, "deduction"), person, datetime.now(UTC))
        except BadInput as refused:
            problem = refused
        else:
            messages.success(request, f"Die Auszahlung von {done.amount} € ist eingetragen.")
            return redirect(request.path)
    kind = next((each for each in MasterDataKind if each == asked(request, "art")), MasterDataKind.CREDITORS)
    words = asked(request, "suche")
    newest = {row.kind: row for row in newest_imports()}
    context = {
        "page": paged(request, search(kind, words)),
        "kind": kind,
        "label": _LABELS[kind],
        "words": words,
        "kinds": [(each, label, newest.get(each), present(each).count()) for each, label in _LABELS.items()],
        "imports": [(row, _LABELS[MasterDataKind(row.kind)]) for row in _last_imports()],
        "requests": open_requests(),
        "due": due_deductions(day_in_germany(datetime.now(UTC)) + _SOON),
        "settles": Role.ACCOUNTING in person.roles,
        "problem": problem,
    }
    return render(request, "web/master_data.html", context, status=status_of(problem))


@require_safe
def creditor_requests(request: HttpRequest, person: Person) -> HttpResponse:
    """The creditors that are to be made in the finance system, as CSV (UTF-8 with mark, semicolons)."""
    text = io.StringIO()
    table = csv.writer(text, delimiter=";")
    table.writerow(("Rechnung", "Name", "UStIdNr", "Steuernummer", "IBAN", "Angefordert von", "am", "Hinweis"))
    for asked_for in open_requests():
        entry = asked_for.document.invoice
        said = (entry.number, entry.seller_name, entry.seller_vat_id, entry.seller_tax_number, entry.account)
        day = f"{day_in_germany(asked_for.at):%d.%m.%Y}"
        table.writerow(_plain(value) for value in (*said, asked_for.name, day, asked_for.note))
    answer = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="kreditor-anforderungen.csv"'
    return answer


def _last_imports() -> list[MasterDataImport]:
    return list(MasterDataImport.objects.order_by("-id")[:_LAST_IMPORTS])


def _plain(value: str | None) -> str:
    """A cell that no spreadsheet takes for a formula, for an invoice is written by strangers."""
    text = " ".join((value or "").split())
    return f"'{text}" if text.startswith(_FORMULA) else text
