"""What each kind of master data consists of, and what its columns and XML elements are called."""

from dataclasses import dataclass

from schemas.accounting import MasterDataKind

__all__ = ["FIELDS", "Field", "kind_of"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an entry; `several`: values parted by | (in XML: the element repeated)."""

    name: str
    heading: str
    required: bool = False
    several: bool = False


_OBJECT = (
    Field("number", "Nummer", required=True),
    Field("name", "Bezeichnung", required=True),
    Field("first_year", "GueltigAb"),
    Field("last_year", "GueltigBis"),
)

FIELDS: dict[MasterDataKind, tuple[Field, ...]] = {
    MasterDataKind.CREDITORS: (
        Field("number", "Kreditornummer", required=True),
        Field("name", "Name", required=True),
        Field("former_names", "WeitererName", several=True),
        Field("street", "Strasse"),
        Field("post_code", "PLZ"),
        Field("city", "Ort"),
        Field("country", "Land"),
        Field("vat_ids", "UStIdNr", several=True),
        Field("tax_numbers", "Steuernummer", several=True),
        Field("ibans", "IBAN", several=True),
        Field("phone", "Telefon"),
        Field("mail", "EMail"),
        Field("blocked", "Gesperrt"),
    ),
    MasterDataKind.PRODUCTS: _OBJECT,
    MasterDataKind.ACCOUNTS: _OBJECT,
    MasterDataKind.COST_CENTERS: _OBJECT,
    MasterDataKind.COST_OBJECTS: _OBJECT,
    MasterDataKind.INVESTMENTS: _OBJECT,
    MasterDataKind.COMMITMENTS: (
        Field("number", "Nummer", required=True),
        Field("creditor", "Kreditornummer"),
        Field("product", "Produkt"),
        Field("account", "Sachkonto"),
        Field("fiscal_year", "Haushaltsjahr", required=True),
        Field("total", "Betrag", required=True),
        Field("remaining", "Rest", required=True),
        Field("text", "Text"),
    ),
    MasterDataKind.EXEMPTIONS: (
        Field("number", "Nummer", required=True),
        Field("creditor", "Kreditornummer", required=True),
        Field("valid_from", "GueltigVon", required=True),
        Field("valid_to", "GueltigBis", required=True),
    ),
}


def kind_of(file_name: str) -> MasterDataKind | None:
    """'Kreditoren_2026-11.csv' holds creditors; None: the name begins with no kind, or ends otherwise."""
    lowered = file_name.lower()
    if not lowered.endswith((".csv", ".txt", ".xml")):
        return None
    return next((kind for kind in MasterDataKind if lowered.startswith(kind.value)), None)
