"""config/city/dms.yaml as typed values: where a document goes in the repository, and how values are spelled there."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from config.values import Key, Level, Strict, Text, UnitNumber

__all__ = [
    "INVOICE_PAPERS",
    "SCAN_PAPERS",
    "DmsMapping",
    "Dossiers",
    "Inbox",
    "PaperForm",
    "PaperRule",
    "PropertySource",
    "Spelling",
    "Tasks",
]

SCAN_PAPERS = ("original", "transfervermerk", "manifest", "manifestsiegel", "manifestzeitstempel")
INVOICE_PAPERS = ("lesbar", "pruefbericht", "freigabeprotokoll", "freigabeprotokoll_xml")
"""Names of the further papers of a scan and of an invoice; the main document is no paper."""


class PropertySource(StrEnum):
    """What of ours can be written into a DMS property."""

    DOCUMENT_ID = "document_id"
    REGISTER_NUMBER = "register_number"
    DOCUMENT_TYPE = "document_type"
    UNIT = "unit"
    RECEIVED_ON = "received_on"
    FILE_NAME = "file_name"
    SHA256 = "sha256"
    INVOICE_REGISTER_NUMBER = "invoice_register_number"
    AMOUNT = "amount"
    CASE_REFERENCE = "case_reference"
    PART = "part"
    PAGE_COUNT = "page_count"
    DOCUMENT_DATE = "document_date"
    SENDER = "sender"
    REFERENCES = "references"

    @property
    def label(self) -> str:
        """What people call it (German)."""
        return _LABELS[self]


_LABELS = {
    PropertySource.DOCUMENT_ID: "Dokument-ID",
    PropertySource.REGISTER_NUMBER: "Eingangsnummer",
    PropertySource.DOCUMENT_TYPE: "Dokumentart",
    PropertySource.UNIT: "Organisationseinheit",
    PropertySource.RECEIVED_ON: "Eingangsdatum",
    PropertySource.FILE_NAME: "Dateiname",
    PropertySource.SHA256: "SHA-256",
    PropertySource.INVOICE_REGISTER_NUMBER: "RE-Nummer",
    PropertySource.AMOUNT: "Betrag",
    PropertySource.CASE_REFERENCE: "Aktenzeichen",
    PropertySource.PART: "Papierart",
    PropertySource.PAGE_COUNT: "Seitenzahl",
    PropertySource.DOCUMENT_DATE: "Schriftstückdatum",
    PropertySource.SENDER: "Absender",
    PropertySource.REFERENCES: "Fremde Zeichen",
}


class Spelling(Strict):
    """How the repository spells values (open until seen on the customer's system): strftime for dates.

    `multi`: several values as an array, or joined by `separator` into one.
    """

    date: Literal["%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y"] = "%Y-%m-%d"
    decimal: Literal[".", ","] = "."
    multi: Literal["array", "joined"] = "array"
    separator: Annotated[str, StringConstraints(min_length=1)] = "; "
    longest: int = Field(default=255, ge=1)  # bytes of UTF-8 a value

    def written_date(self, iso: str) -> str:
        """'2026-11-24' as the repository spells it."""
        return date.fromisoformat(iso).strftime(self.date)


class Dossiers(Strict):
    """Case files (Akten) and nodes of the filing plan: their category and the properties that name them.

    `create`: a missing inbox node is created; case files never are, they are made by the unit that leads them.
    """

    category: Text
    reference: Text
    title: Text
    unit: Text | None = None
    state: Text | None = None
    closed: tuple[Text, ...] = ()
    create: bool = True


class Inbox(Strict):
    """Where a unit's mail goes by default: a node of the filing plan, and the DMS group that takes it on."""

    node: Annotated[Text, StringConstraints(max_length=64)] | None = None
    title: Text | None = None
    group: Text | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.node is None and self.group is None:
            raise ValueError("'node' (Knoten im Aktenplan) oder 'group' (Gruppe im DMS) angeben")
        return self


class PaperForm(StrEnum):
    """How a further paper is filed: as a document of its own, as a version under the main content, or not at all."""

    DOCUMENT = "document"
    VERSION = "version"
    NONE = "none"


class PaperRule(Strict):
    """One further paper. `category`: only for documents of its own; default is the category of the main document."""

    form: PaperForm
    category: Text | None = None


class Tasks(Strict):
    """Tasks in the DMS beside our own lists; a group id each, none: no task."""

    filed: bool = False  # to the group of the unit's inbox, for every document filed there
    clearing: Text | None = None
    approval: bool = False  # to the group of the unit's inbox, for every invoice that waits for the unit
    due_days: int = Field(default=7, ge=1)


class DmsMapping(Strict):
    """Where a document goes in the repository: category by document type, property key by our value.

    `papers`: an unnamed paper of a scan is not filed, one of an invoice is a document of its own.
    `delete_redirected`: what was filed by mistake and belongs to a unit without DMS is deleted in the DMS.
    """

    repository: Text
    default_category: Text
    categories: dict[Key, Text] = {}
    properties: dict[PropertySource, Text]
    spelling: Spelling = Spelling()
    dossiers: Dossiers | None = None
    inboxes: dict[UnitNumber, Inbox] = {}
    papers: dict[Key, PaperRule] = {}
    delete_redirected: bool = False
    tasks: Tasks = Tasks()
    readers: dict[Text, Level] = {}  # category -> highest confidentiality it is narrow enough for

    @model_validator(mode="after")
    def _own_id_is_mapped(self) -> Self:
        if PropertySource.DOCUMENT_ID not in self.properties:
            raise ValueError("'properties' braucht 'document_id': daran wird erkannt, was schon abgelegt ist")
        return self

    @model_validator(mode="after")
    def _nodes_need_dossiers(self) -> Self:
        if self.dossiers is None and any(inbox.node for inbox in self.inboxes.values()):
            raise ValueError("'inboxes' nennt Knoten im Aktenplan; dafür braucht es 'dossiers'")
        return self

    @property
    def document_categories(self) -> tuple[str, ...]:
        """Every category documents are filed into, each once."""
        papers = (rule.category for rule in self.papers.values() if rule.category is not None)
        return tuple(dict.fromkeys((self.default_category, *self.categories.values(), *papers)))

    def category_of(self, document_type: str, part: str = "") -> str:
        """The category of that class of ours; a further paper (`part`) that is a document of its own may have another.

        Papers that are versions lie under the main document and share its category.
        """
        paper = self.papers.get(part)
        own = paper.category if paper is not None and paper.form is PaperForm.DOCUMENT else None
        return own or self.categories.get(document_type, self.default_category)

    def form_of(self, part: str) -> PaperForm:
        """How that further paper is filed."""
        paper = self.papers.get(part)
        if paper is not None:
            return paper.form
        return PaperForm.DOCUMENT if part in INVOICE_PAPERS else PaperForm.NONE
