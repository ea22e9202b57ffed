"""Addresses of the Rechnungsprüfung."""

from schemas.roles import Role
from web.pages import revision
from web.permissions import page

__all__ = ["revision_routes"]

_AUDIT = frozenset({Role.AUDIT})

revision_routes = (
    page("rechnungen/pruefung/", revision.samples, name="samples", roles=_AUDIT),
    page("rechnungen/pruefung/<int:sample_id>/", revision.sample, name="sample", roles=_AUDIT),
    page("rechnungen/<slug:number>/pruefvermerk/", revision.audit_mark, name="audit_mark", roles=_AUDIT),
)
