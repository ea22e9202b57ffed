"""What every answer carries, and what happens when nobody is logged in."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware as DjangoLoginRequiredMiddleware
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect

__all__ = ["DOWNLOAD_POLICY", "NOTE_POLICY", "PAPER_POLICY", "ContentSecurityMiddleware", "LoginRequiredMiddleware"]

_PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-src 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
DOWNLOAD_POLICY = "sandbox; default-src 'none'"
"""For stored files, which anybody may have written."""
PAPER_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
"""For the readable invoice, shown inside a page: its own styles and pictures, nothing else."""

NOTE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
"""For the transfer note, a page with its own styles, written by this program from checked XML."""


class ContentSecurityMiddleware:
    """No scripts, nothing from elsewhere, and nothing kept by browsers or proxies unless the answer says otherwise."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        response.headers.setdefault("Content-Security-Policy", _PAGE_POLICY)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class LoginRequiredMiddleware(DjangoLoginRequiredMiddleware):
    """Leads to the login page; whoever sent a form is told that it was not taken."""

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., Any],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """Views for everybody do not even look for a session."""
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> HttpResponseRedirect:
        if request.method == "POST":
            messages.warning(
                request,
                "Ihre Sitzung ist abgelaufen. Die letzte Eingabe ist nicht gespeichert; bitte melden Sie sich an und "
                "wiederholen Sie sie.",
            )
        return super().handle_no_permission(request, view_func)
