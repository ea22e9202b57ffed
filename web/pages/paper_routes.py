"""The addresses of everything about paper originals, and the roles that may call them."""

from schemas.roles import Role
from web.pages import destruction, originals, slips
from web.permissions import page

__all__ = ["paper_routes"]

_PLACES = frozenset({Role.MAILROOM, Role.UNIT, Role.AUDIT, Role.ARCHIVE})
_SLIPS = frozenset({Role.MAILROOM, Role.UNIT, Role.AUDIT})
_SCAN_OFFICE = frozenset({Role.MAILROOM, Role.AUDIT})

paper_routes = [
    page("originale/", originals.originals, name="originals", roles=_PLACES),
    page("originale/karton/", originals.box, name="box", roles=_SCAN_OFFICE),
    page("originale/weiterleiten/", slips.forward, name="forward", roles=frozenset({Role.MAILROOM})),
    page("originale/laufzettel/", slips.slips, name="slips", roles=_SLIPS),
    page("originale/laufzettel/<slug:number>/", slips.slip, name="slip", roles=_SLIPS),
    page("originale/laufzettel/<slug:number>/pdf", slips.slip_file, name="slip_file", roles=_SLIPS),
    page("originale/vernichtung/", destruction.destruction, name="destruction", roles=_PLACES),
    page(
        "originale/vernichtung/<slug:number>/",
        destruction.destruction_list,
        name="destruction_list",
        roles=_SCAN_OFFICE,
    ),
    page(
        "originale/vernichtung/<slug:number>/stand/<int:version>",
        destruction.destruction_file,
        name="destruction_file",
        roles=_SCAN_OFFICE,
    ),
    page("originale/<uuid:document_id>/", originals.original, name="original", roles=_PLACES | {Role.ORDERING}),
]
