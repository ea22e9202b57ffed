"""What people read when something is not there, not allowed, or broken."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from web.context import installation

__all__ = ["bad_request", "failure", "missing_file", "not_found", "stale_form"]


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The same for what does not exist and for what this person may not see."""
    return _notice(request, 404, "Nicht gefunden", "Diese Seite gibt es nicht, oder sie ist für Sie nicht freigegeben.")


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without the token of this session (CSRF)."""
    return _notice(
        request,
        403,
        "Das Formular ist abgelaufen",
        "Ihre Eingabe ist nicht gespeichert. Bitte öffnen Sie die Seite neu und geben Sie sie noch einmal ein. "
        "Der Browser muss Cookies dieser Seite annehmen.",
    )


def missing_file(request: HttpRequest) -> HttpResponse:
    """The records know the file, the evidence store does not give it."""
    return _notice(
        request,
        503,
        "Die Datei ist nicht lesbar",
        "Der Beleg-Speicher gibt diese Datei gerade nicht heraus. Bitte verständigen Sie die IT.",
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """An address or a form no browser sends by itself."""
    return _bare(request, 400, "Ungültige Anfrage", "Die Anfrage ist so nicht möglich. Bitte beginnen Sie neu.")


def failure(request: HttpRequest) -> HttpResponse:
    """A bug, or a database that is away: nothing may be looked up for this page."""
    return _bare(
        request,
        500,
        "Das hat nicht geklappt",
        "Im Programm ist ein Fehler aufgetreten. Ihre letzte Eingabe ist nicht gespeichert. Bitte versuchen Sie es "
        "noch einmal; bleibt es dabei, verständigen Sie bitte die IT.",
    )


def _notice(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    return render(request, "web/notice.html", {"title": title, "text": text}, status=status)


def _bare(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    """Without the person, whose look-up may be what fails."""
    context = {"title": title, "text": text} | installation(request)
    return HttpResponse(render_to_string("web/notice.html", context), status=status)
