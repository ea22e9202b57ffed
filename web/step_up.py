"""The password asked for again with a signature: fresh, for this one act, limited like the login."""

import structlog
from django.contrib.auth import authenticate

from config.load import city
from pipelines.invoice.limits import amount_of
from records.models import Document
from records.register import entry_of
from schemas.errors import BadInput
from schemas.roles import SIGNED, Action, Person
from web.pages.login import TRIES

__all__ = ["asks_password", "signature_of"]

log = structlog.get_logger()


def asks_password(action: Action, document: Document) -> bool:
    """Whether this act needs it: by its amount, or always."""
    entry = entry_of(document)
    if action not in (*SIGNED, Action.CERTIFY_BOTH) or entry is None:
        return False
    amount = amount_of(entry.invoice)
    parts = (Action.CERTIFY_FACTUALLY, Action.CERTIFY_ARITHMETICALLY) if action is Action.CERTIFY_BOTH else (action,)
    return any(city().approval.asks_password(part, amount) for part in parts)


def signature_of(action: Action, document: Document, person: Person, password: str) -> str:
    """'password' if it was asked for and is right, 'account' if it is not asked for; BadInput if it is wrong."""
    if not asks_password(action, document):
        return "account"
    if not password:
        raise BadInput("Das Kennwort fehlt.", remedy="Ab diesem Betrag unterschreiben Sie mit Ihrem Kennwort.")
    if TRIES.locked(person.account):
        raise BadInput("Zu viele falsche Kennwörter.", remedy="Bitte warten Sie eine halbe Minute.")
    user = authenticate(username=person.account, password=password)
    if user is None or user.pk != person.user_id:
        TRIES.wrong(person.account)
        log.warning("signature_refused", account=person.user_id)
        raise BadInput("Das Kennwort stimmt nicht; es ist nichts unterschrieben.")
    TRIES.right(person.account)
    return "password"
