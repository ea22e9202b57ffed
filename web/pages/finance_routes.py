"""Routes about paying: deadlines, the hand-over to the finance system, notices to people."""

from django.urls import URLPattern

from schemas.roles import Role
from web.pages import handovers, notices, payment_deadlines
from web.permissions import page

__all__ = ["finance_routes"]

_INVOICES = frozenset({Role.ACCOUNTING, Role.UNIT, Role.ORDERING, Role.AUDIT})
_FINANCE = frozenset({Role.ACCOUNTING, Role.AUDIT})
_OPERATION = frozenset({Role.MAILROOM, Role.ACCOUNTING, Role.AUDIT, Role.ADMIN})

finance_routes: list[URLPattern] = [
    page("rechnungen/fristen/", payment_deadlines.payment_deadlines, name="payment_deadlines", roles=_INVOICES),
    page("rechnungen/uebergabe/", handovers.handovers, name="handovers", roles=_FINANCE),
    page("rechnungen/uebergabe/<slug:number>/", handovers.handover, name="handover", roles=_FINANCE),
    page(
        "rechnungen/uebergabe/<slug:number>/<str:name>", handovers.handover_file, name="handover_file", roles=_FINANCE
    ),
    page("hinweise/", notices.notices, name="notices", roles=_OPERATION),
]
