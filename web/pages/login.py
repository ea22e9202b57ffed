"""Logging in; whoever guesses passwords has to wait."""

import threading
import time
import unicodedata
from collections.abc import Callable

import structlog
from django.contrib.auth import views as auth
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse

__all__ = ["TRIES", "LoginView", "Tries"]

log = structlog.get_logger()


class Tries:
    """Wrong tries by name, in the memory of this process: after `most` of them a name is locked for `seconds`."""

    def __init__(self, most: int = 5, seconds: float = 30.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._seconds, self._clock = most, seconds, clock
        self._wrong: dict[str, tuple[int, float]] = {}
        self._lock = threading.Lock()

    def locked(self, name: str) -> bool:
        count, last = self._wrong.get(_key(name), (0, 0.0))
        return count >= self._most and self._clock() - last < self._seconds

    def wrong(self, name: str) -> None:
        """Count a wrong try; names whose last one is long ago are forgotten."""
        now = self._clock()
        with self._lock:
            self._wrong = {key: (n, at) for key, (n, at) in self._wrong.items() if now - at < 10 * self._seconds}
            self._wrong[_key(name)] = (self._wrong.get(_key(name), (0, 0.0))[0] + 1, now)

    def right(self, name: str) -> None:
        with self._lock:
            self._wrong.pop(_key(name), None)


def _key(name: str) -> str:
    """The name as the login form reads it: blanks and ways of writing a letter make no other account."""
    return unicodedata.normalize("NFKC", name).strip().casefold()[:150]


TRIES = Tries()
"""Of the login, and of every signature that asks for the password again."""


class LoginView(auth.LoginView):
    """The login page; a locked name is not even compared."""

    template_name = "web/login.html"
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if TRIES.locked(request.POST.get("username", "")):
            log.warning("login_locked")
            return self.render_to_response(self.get_context_data(locked=True), status=429)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        TRIES.right(form.cleaned_data["username"])
        log.info("login", account=form.get_user().pk)
        return super().form_valid(form)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        TRIES.wrong(form.data.get("username", ""))
        log.warning("login_failed")
        return super().form_invalid(form)
