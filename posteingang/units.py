"""What the beginning of a unit in the DMS means for its out-tray."""

from config.load import city
from schemas.errors import BadInput

__all__ = ["told_of_go_live"]


def told_of_go_live(number: str) -> list[str]:
    """The lines to print; BadInput if there is no such unit. Nothing is changed: the day in the file decides."""
    from workers.distribution import go_live

    unit, look = city().unit(number), go_live(number, city())
    if unit is None:
        raise BadInput(f"Die Einheit {number} gibt es nicht.", remedy="Die Nummern stehen in organisation.yaml.")
    if not unit.dms:
        begins = "Ein Beginn im DMS ist nicht eingetragen ('dms: true' und 'dms_from' in organisation.yaml)."
    elif look.begins is None:
        begins = "Die Einheit arbeitet im DMS."
    else:
        begins = f"Beginn im DMS: {look.begins:%d.%m.%Y}."
    return [
        f"{unit.number} {unit.name}. {begins}",
        f"Aus dem Postfach ins DMS ziehen um: {len(look.moving)}.",
        *(f"  {each}" for each in look.moving),
        f"Schon übernommen, bleiben bei der Einheit: {len(look.taken)}.",
    ]
