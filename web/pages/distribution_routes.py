"""The addresses of everything about mail on its way to the units, and the roles that may call them."""

from schemas.roles import Role
from web.pages import distribution
from web.permissions import page

__all__ = ["distribution_routes"]

_UNITS = frozenset({Role.MAILROOM, Role.UNIT, Role.AUDIT})

distribution_routes = [
    page("verteilung/", distribution.distribution, name="distribution", roles=_UNITS),
    page(
        "verteilung/irrlaeufer/",
        distribution.misdirected,
        name="misdirected",
        roles=frozenset({Role.MAILROOM, Role.AUDIT}),
    ),
    page("verteilung/liste/<slug:number>/pdf", distribution.tray_list, name="tray_list", roles=_UNITS),
    page("vertretungen/", distribution.standing_in, name="standing_in", roles=_UNITS | {Role.ADMIN}),
    page(
        "schriftstueck/<uuid:document_id>/kopie/<uuid:copy_id>/",
        distribution.copy_withdrawn,
        name="copy_withdrawn",
        roles=frozenset({Role.MAILROOM, Role.UNIT}),
    ),
]
