"""Addresses of master data and of what is booked of an invoice."""

from schemas.roles import Role
from web.pages import assignment, master_data
from web.permissions import page

__all__ = ["accounting_routes"]

_INVOICES = frozenset({Role.ACCOUNTING, Role.UNIT, Role.ORDERING, Role.AUDIT})
_MASTER_DATA = frozenset({Role.ACCOUNTING, Role.AUDIT})

accounting_routes = (
    page("rechnungen/<slug:number>/buchung/", assignment.assignment, name="assignment", roles=_INVOICES),
    page("stammdaten/", master_data.master_data, name="master_data", roles=_MASTER_DATA),
    page("stammdaten/anforderungen.csv", master_data.creditor_requests, name="creditor_requests", roles=_MASTER_DATA),
)
