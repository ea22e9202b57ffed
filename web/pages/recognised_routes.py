"""The addresses of everything about recognised values and deadlines, and the roles that may call them."""

from schemas.roles import Role
from web.pages import deadlines, recognised
from web.permissions import page

__all__ = ["recognised_routes"]

_MAIL = frozenset({Role.MAILROOM, Role.UNIT, Role.ORDERING, Role.AUDIT})
_WORKING = frozenset({Role.MAILROOM, Role.UNIT})

recognised_routes = [
    page("fristen/", deadlines.deadlines, name="deadlines", roles=_MAIL),
    page("fristen/fristen.csv", deadlines.deadlines_csv, name="deadlines_csv", roles=_MAIL),
    page("fristen/fristen.ics", deadlines.deadlines_calendar, name="deadlines_calendar", roles=_MAIL),
    page("fristen/<int:deadline_id>/", recognised.deadline, name="deadline", roles=_MAIL),
    page("schriftstueck/<uuid:document_id>/frist/", recognised.add_deadline, name="add_deadline", roles=_WORKING),
    page("schriftstueck/<uuid:document_id>/angabe/<int:value_id>/", recognised.value, name="value", roles=_WORKING),
]
