"""What crosses the border to the finance system: items of a batch, and the receipts it answers with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

__all__ = ["INVOICE_FIELDS", "ExportField", "ExportItem", "Receipt", "ReceiptKind", "Value"]


class ExportField(StrEnum):
    """A value a column of the export may have; the value is the key in finance.yaml and the element in XML."""

    BATCH = "uebergabe"
    KEY = "schluessel"
    NUMBER = "re_nummer"
    VERSION = "fassung"
    ENTITY = "mandant"
    RECEIVED_ON = "eingang"
    INVOICE_NUMBER = "rechnungsnummer"
    ISSUED_ON = "rechnungsdatum"
    TYPE = "rechnungsart"
    CREDITOR = "kreditor"
    SELLER = "rechnungssteller"
    VAT_ID = "ust_id"
    IBAN = "iban"
    CURRENCY = "waehrung"
    NET = "netto"
    TAX = "steuer"
    GROSS = "brutto"
    PAYABLE = "zahlbetrag"
    CONSTRUCTION_TAX = "bauabzugsteuer"
    SECURITY = "sicherheitseinbehalt"
    TO_PAY = "auszahlungsbetrag"
    DUE_ON = "faellig"
    DISCOUNT_UNTIL = "skonto_bis"
    DISCOUNT_AMOUNT = "skonto_betrag"
    ORDER = "bestellnummer"
    UNIT = "einheit"
    DMS = "dms"
    FILE = "datei"
    LINE = "position"
    FISCAL_YEAR = "haushaltsjahr"
    PRODUCT = "produkt"
    ACCOUNT = "sachkonto"
    COST_CENTER = "kostenstelle"
    COST_OBJECT = "kostentraeger"
    INVESTMENT = "investition"
    COMMITMENT = "mittelbindung"
    TAX_CODE = "steuerschluessel"
    BUSINESS_SHARE = "bga_anteil"
    AMOUNT = "betrag"
    TEXT = "text"


INVOICE_FIELDS = tuple(ExportField)[: tuple(ExportField).index(ExportField.LINE)]
"""Of the invoice; the others are of one line of its account assignment."""

Value = str | Decimal | date | int | None


@dataclass(frozen=True, slots=True)
class ExportItem:
    """One version of an invoice as it is handed over. `version` counts how often it is, from 1.

    `original`: SHA-256 of the invoice as received, if it is laid beside, and the name under which it came.
    """

    number: str
    version: int
    payable: Decimal
    currency: str
    values: Mapping[ExportField, Value]
    lines: tuple[Mapping[ExportField, Value], ...] = ()
    original: str | None = None
    original_name: str = ""

    @property
    def key(self) -> str:
        """What makes a second hand-over of the same version recognisable."""
        return f"{self.number}-v{self.version}"


class ReceiptKind(StrEnum):
    """What the finance system says of an item."""

    POSTED = "gebucht"
    PAID = "bezahlt"
    REFUSED = "abgelehnt"


@dataclass(frozen=True, slots=True)
class Receipt:
    """One line of a receipt file: `reference` is the document number in the finance system, `on` its day."""

    batch: str
    number: str
    version: int
    kind: ReceiptKind
    on: date
    reference: str = ""
    reason: str = ""
    place: str = ""
