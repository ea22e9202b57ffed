"""Addresses of what is written to suppliers whose invoices were not accepted."""

from schemas.roles import Role
from web.pages import rejection
from web.permissions import page

__all__ = ["rejection_routes"]

_READERS = frozenset({Role.ACCOUNTING, Role.AUDIT})

rejection_routes = (
    page("rechnungen/zurueckweisungen/", rejection.rejections, name="rejections", roles=_READERS),
    page("rechnungen/<slug:number>/zurueckweisung/", rejection.rejection, name="rejection", roles=_READERS),
)
