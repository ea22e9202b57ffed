"""Who made the scan product: a natural person whom everybody can name at once (TR-03138 1.5 A.NB.4 a)."""

import re
from dataclasses import dataclass

from config.city_config import City, IntakePoint
from schemas.errors import BadInput
from schemas.safe_xml import parse_xml
from schemas.values import Work

__all__ = ["Creator", "creator_named", "creator_of"]

_NAME = re.compile(r"[^\W\d_][\w.'’-]*", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Creator:
    """The person's name, and the mark (pseudonym) the scan office knows them by."""

    mark: str
    name: str


def creator_of(work: Work, point: IntakePoint, city: City) -> Creator:
    """From the batch if it names somebody, else who answers for the intake point.

    BadInput if that is nobody, or only an organisation: a note without a person is no proof.
    """
    told = work.batch.capture if work.batch is not None else None
    mark, name = (told.operator_id, told.operator) if told and told.operator else (point.operator_id, point.operator)
    if not name.strip() or not mark.strip():
        raise BadInput(
            f"Für die Eingangsstelle {point.key!r} ist keine natürliche Person benannt.",
            remedy="In intake_points.yaml operator und operator_id eintragen.",
        )
    if _is_organisation(name, point, city) or len(_NAME.findall(name)) < 2:
        raise BadInput(
            f"„{name}“ ist keine natürliche Person mit Vor- und Nachnamen.",
            remedy="Der Transfervermerk muss eine Person nennen, nicht die Stelle (TR-03138 A.NB.4 a): operator in "
            "intake_points.yaml berichtigen.",
        )
    return Creator(mark.strip(), name.strip())


def creator_named(note: bytes) -> Creator:
    """Whom a finished note names. BadInput if it names nobody."""
    node = parse_xml(note).find("{*}Ersteller")
    if node is None or not node.get("name"):
        raise BadInput("Der Transfervermerk nennt keine Person.")
    return Creator(str(node.get("kennzeichen")), str(node.get("name")))


def _is_organisation(name: str, point: IntakePoint, city: City) -> bool:
    named = [city.organisation.city, point.name, point.key, point.scanner]
    for unit in city.organisation.units:
        named += [unit.number, unit.name, *unit.aliases]
    return " ".join(name.split()).casefold() in {" ".join(other.split()).casefold() for other in named}
