"""Rescans (Nachscan): which document was scanned anew for which, and what the transfer note of the old one is told."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from config.city_config import City
from records import annexes, audit
from records.annexes import Asked, Speaker
from records.decisions import Conflict
from records.lots import OUT, hold_lot, lot_for
from records.models import Document, Judgement, Lot, LotDocument
from records.operators import username_of
from records.quality import refuse_stale, settle
from schemas.annex import AnnexKind
from schemas.errors import BadInput
from schemas.quality import LotState
from schemas.roles import Person

__all__ = ["link", "named_by_separator"]


def link(
    old_id: UUID, number: str, pages: str, person: Person, city: City, now: datetime, *, seen: int | None = None
) -> Document:
    """A person says that the document of that register number replaces the old one; returns it.

    BadInput if there is no such document, or it cannot be the rescan; Conflict if it replaces another meanwhile, or the
    last judgement of the old one is not number `seen`.
    """
    with transaction.atomic():
        named = Document.objects.filter(register_number=number.strip().upper())
        lot = _hold_lots(old_id, named.values_list("id", flat=True).first())
        Document.objects.filter(id=old_id).update(reason=F("reason"))
        old, new = Document.objects.get(id=old_id), named.first()
        if seen is not None:
            refuse_stale(Judgement.objects.filter(subject__document=old).order_by("-number").first(), seen)
        if new is None:
            raise BadInput(
                f"Ein Schriftstück {number.strip() or 'ohne Nummer'} gibt es nicht.",
                remedy="Bitte tragen Sie die Eingangsnummer des Nachscans ein, etwa PE-2026-000123.",
            )
        if new.state in OUT:
            raise BadInput(f"{new.register_number} kann kein Nachscan sein: Davon gibt es keinen eigenen Scan.")
        if new.replaces_id == old.id:
            raise Conflict(f"{new.register_number} ist schon als Nachscan eingetragen.")
        if new.replaces_id is not None:
            raise Conflict(f"{new.register_number} ersetzt schon ein anderes Schriftstück.")
        if new.entry <= old.entry:
            raise BadInput(f"{new.register_number} ist nicht nach diesem Schriftstück eingegangen.")
        _replace(old, new, pages, Speaker(username_of(person), person.name), now)
        _look_at(new, now)
        if lot is not None:
            settle(lot, city, now)
        return new


def named_by_separator(new: Document, number: str, speaker: Speaker, now: datetime) -> str:
    """The separator sheet of a new document says which one it replaces; returns what is wrong with that (German)."""
    old = Document.objects.filter(register_number=number.strip().upper()).first()
    if old is None or old.entry >= new.entry:
        return f"Laut Trennblatt ersetzt dieses Schriftstück {number}; ein solches ist vorher nicht eingegangen."
    _replace(old, new, "", speaker, now)
    return ""


def _hold_lots(old_id: UUID, new_id: UUID | None) -> Lot | None:
    """That of the old document, and that of the new one, so that it neither is drawn nor passes meanwhile.

    The later one first: whoever judges a rescan holds its lot, and then the one of what it replaces.
    """
    lots = dict(LotDocument.objects.filter(document__in=[old_id, new_id]).values_list("document_id", "lot_id"))
    held = {lot_id: hold_lot(lot_id) for lot_id in sorted(set(lots.values()), reverse=True)}
    return held[lots[old_id]] if old_id in lots else None


def _replace(old: Document, new: Document, pages: str, speaker: Speaker, now: datetime) -> None:
    new.replaces = old
    Document.objects.filter(id=new.id).update(replaces=old)
    which = f"Seiten {pages}" if pages else "alle Seiten"
    details = {"Nachscan": new.register_number or "", "Kennung": str(new.id), "Ersetzte Seiten": which}
    statement = f"Dieses Scanprodukt ist durch einen Nachscan ersetzt ({which}); es bleibt als Beleg erhalten."
    annexes.request(Asked(old, AnnexKind.RESCAN, statement, details), speaker, now)
    said: dict[str, object] = {"actor": speaker.name, "pages": pages}
    audit.remark(old, f"Ersetzt durch Nachscan {new.register_number}", said | {"rescan": str(new.id)}, now)
    audit.remark(new, f"Nachscan zu {old.register_number}", said | {"replaces": str(old.id)}, now)


def _look_at(new: Document, now: datetime) -> None:
    """A rescan is always looked at: where its lot was drawn without it, and in a new lot if that has passed."""
    row = LotDocument.objects.select_related("lot").filter(document=new).exclude(drawn=None).first()
    if row is None or row.drawn:
        return
    if row.lot.state == LotState.PASSED:
        row.lot, row.drawn, row.rule = lot_for(new, now), None, ""
    else:
        row.drawn, row.rule = True, "Nachscan: wird immer geprüft"
    row.save()
