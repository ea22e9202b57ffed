"""The pages about what was learned: senders and the model."""

from schemas.roles import Role
from web.pages import learned, senders
from web.permissions import page

__all__ = ["teaching_routes"]

_LEARNED = frozenset({Role.MAILROOM, Role.AUDIT})

teaching_routes = [
    page("absender/", senders.senders, name="senders", roles=_LEARNED),
    page("absender/neu/", senders.new_sender, name="new_sender", roles=frozenset({Role.MAILROOM})),
    page("absender/<int:sender_id>/", senders.sender, name="sender", roles=_LEARNED),
    page("modell/", learned.learned, name="learned", roles=_LEARNED),
]
