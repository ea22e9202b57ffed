"""Addresses of the approval: limits of amount, and who may sign."""

from schemas.roles import Role
from web.pages import limits
from web.permissions import page

__all__ = ["approval_routes"]

_LIMITS = frozenset({Role.ADMIN, Role.ACCOUNTING, Role.AUDIT})
_INVOICES = frozenset({Role.ACCOUNTING, Role.UNIT, Role.ORDERING, Role.AUDIT})

approval_routes = [
    page("rechnungen/grenzen/", limits.limits, name="limits", roles=_LIMITS),
    page("rechnungen/<slug:number>/befugte/", limits.who_may, name="who_may", roles=_INVOICES),
]
