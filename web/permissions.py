"""Who may call which page: every route is made here, with its roles, or is public on purpose."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import URLPattern, path

from records.access import person_of
from schemas.roles import Person, Role

__all__ = ["EVERYBODY", "ROLES", "page", "person_behind"]

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Person, P], HttpResponseBase]

EVERYBODY: frozenset[Role] = frozenset()
"""Whoever is logged in, even without a role."""

ROLES: dict[str, frozenset[Role]] = {}
"""Name of the route -> the roles that may call it."""


def page(address: str, view: View[P], *, name: str, roles: frozenset[Role]) -> URLPattern:
    """A route for persons with one of these roles; for others it does not exist."""
    ROLES[name] = roles

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        person = person_behind(request)
        if person is None or (roles and not person.roles & roles):
            raise Http404
        return view(request, person, *args, **kwargs)

    return path(address, guarded, name=name)


def person_behind(request: HttpRequest) -> Person | None:
    """The person who sent this request, looked up once."""
    kept: Any = request
    if not hasattr(kept, "_person"):
        kept._person = person_of(request.user)
    return kept._person  # type: ignore[no-any-return]
