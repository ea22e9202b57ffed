"""What separator sheets and the index say of a document: its unit and type, and what a person should doubt."""

from dataclasses import replace

from config.city_config import City
from config.organisation_config import OrgUnit
from config.routing_config import DocumentType
from pipelines.intake.names import first_of
from schemas.batch import ImageKind, Part, Sheet, SheetType, Split
from schemas.batch_index import IndexedDocument
from schemas.values import DocumentFacts

__all__ = ["as_sheet_says", "doubted", "index_says_otherwise", "replaced_by_sheet", "sheet_of", "told_of_file"]

_INDEX = "Index"
_NAMED = 5


def told_of_file(document: IndexedDocument, city: City) -> DocumentFacts:
    """What the index says of a file that is no scan and goes its own way."""
    return as_sheet_says(DocumentFacts(), Part((), replace(sheet_of(document), pages=None)), city)


def sheet_of(document: IndexedDocument) -> Sheet:
    return Sheet(
        SheetType.DOCUMENT,
        number=document.barcode,
        unit=document.unit,
        document_type=document.type,
        pages=document.pages,
        kept=True,
        source=_INDEX,
    )


def as_sheet_says(facts: DocumentFacts, part: Part, city: City) -> DocumentFacts:
    """With unit, type, reasons and doubts from the separator or the index."""
    reasons, doubts = _said(part, city)
    sheet = part.sheet or Sheet(SheetType.DOCUMENT)
    kind, unit = _kind(sheet, city), _unit(sheet, city)
    mismatch = _page_mismatch(part)
    return replace(
        facts,
        doubt=" ".join(why for why in (facts.doubt, mismatch) if why) or None,
        document_type=kind.key if kind else facts.document_type,
        unit=unit.number if unit else facts.unit,
        reasons=(*facts.reasons, *reasons),
        anomalies=tuple(dict.fromkeys((*facts.anomalies, *doubts, *([mismatch] if mismatch else [])))),
    )


def replaced_by_sheet(part: Part, city: City) -> tuple[str | None, str]:
    """The register number the separator says is scanned anew, and why a person must say so instead (German).

    A sheet without the city's mark may be a sender's: nobody outside replaces what is filed.
    """
    number = part.sheet.replaces if part.sheet else None
    if number is None or city.scan.separators.mark is not None:
        return number, ""
    return None, (
        f"Laut Trennblatt Nachscan von {number}; das Trennblatt trägt kein Kennwort der Stadt und könnte von einem "
        "Absender sein. Bitte den Nachscan bei der Qualitätssicherung eintragen."
    )


def _said(part: Part, city: City) -> tuple[list[str], list[str]]:
    """Reasons and anomalies of a document from its separator sheet (German)."""
    attached = [str(part.images.index(number) + 1) for number in part.attachments]
    reasons = [f"Anlage ab Seite {', '.join(attached)} (Trennblatt)."] if attached else []
    sheet = part.sheet
    if sheet is None:
        return reasons, []
    where = "Im Index" if sheet.source == _INDEX else "Auf dem Trennblatt"
    unit, kind = _unit(sheet, city), _kind(sheet, city)
    reasons += [f"{where}: {unit.number} {unit.name}."] if unit else []
    reasons += [f"{where}: {kind.name}."] if kind else []
    reasons += [f"{where}: vertraulich."] if sheet.confidential else []
    return reasons, _doubts(part, sheet, known_unit=unit is not None, known_type=kind is not None)


def _unit(sheet: Sheet, city: City) -> OrgUnit | None:
    """By its number, or by its name as an index may write it."""
    said = (sheet.unit or "").casefold()
    named = (unit for unit in city.organisation.units if said in (unit.number.casefold(), unit.name.casefold()))
    return next(named, None)


def _kind(sheet: Sheet, city: City) -> DocumentType | None:
    """By its key, or by its name as an index may write it."""
    said = (sheet.document_type or "").casefold()
    return next((kind for kind in city.document_types if said in (kind.key.casefold(), kind.name.casefold())), None)


def _doubts(part: Part, sheet: Sheet, *, known_unit: bool, known_type: bool) -> list[str]:
    doubts, source = [], "Der Index" if sheet.source == _INDEX else "Das Trennblatt"
    if sheet.unit and not known_unit:
        doubts.append(f"{source} nennt die Organisationseinheit {sheet.unit}, die es nicht gibt.")
    if sheet.document_type and not known_type:
        doubts.append(f"{source} nennt die Dokumentart „{sheet.document_type}“, die es nicht gibt.")
    return doubts


def _page_mismatch(part: Part) -> str | None:
    """Why a person must look (German): something of the document is missing, or something is too much."""
    sheet = part.sheet
    if sheet is None or sheet.pages in (None, len(part.images)):
        return None
    source = "Index" if sheet.source == _INDEX else "Trennblatt"
    return f"Laut {source} {sheet.pages} Seite(n), gezählt {len(part.images)}."


def index_says_otherwise(part: Part, found: Split, documents: tuple[IndexedDocument, ...]) -> str:
    """Why a person must look (German): files of the document did not come, or pages nobody told of are behind it."""
    told = [one for one in documents if one.first in part.images]
    lacking = [f"Im Index genannt, aber nicht geliefert: {name}." for one in told for name in one.missing]
    said = list(first_of(lacking, _NAMED, "Dateien nicht geliefert"))
    last = max((one.last or 0 for one in told), default=0)
    written = [image.number for image in found.images if image.kind is ImageKind.PAGE and image.number in part.images]
    if last and all(one.last for one in told) and written and written[-1] > last:
        said.append(f"Laut Index endet es mit Bild {last}, gezählt ist bis Bild {written[-1]}.")
    return " ".join(said)


def doubted(facts: DocumentFacts, why: str) -> DocumentFacts:
    """With one more reason why a person must look at it, if there is any."""
    if not why:
        return facts
    doubt, anomalies = f"{facts.doubt or ''} {why}".strip(), dict.fromkeys((*facts.anomalies, why))
    return replace(facts, doubt=doubt, anomalies=tuple(anomalies))
