"""What is filed of a document: the main content on top, further papers under it, beside it, or not at all."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID, uuid5

from config.city_config import City
from config.dms_config import INVOICE_PAPERS, SCAN_PAPERS, PaperForm
from dms_connectors.port import Ability, Companion, FilingRequest
from schemas.copies import COPY
from schemas.german_time import day_in_germany
from schemas.parts import MAIN
from schemas.states import FileRole
from schemas.values import StoredFile, Work

__all__ = ["MAIN", "Filing", "copy_request", "filings_of", "tray_request"]

_ROLES = {
    "original": FileRole.ORIGINAL,
    "transfervermerk": FileRole.TRANSFER_NOTE,
    "manifest": FileRole.MANIFEST,
    "manifestsiegel": FileRole.MANIFEST_SEAL,
    "manifestzeitstempel": FileRole.MANIFEST_STAMP,
    "lesbar": FileRole.INVOICE_PDF,
    "pruefbericht": FileRole.REPORT_PDF,
    "freigabeprotokoll": FileRole.PROTOCOL,
    "freigabeprotokoll_xml": FileRole.PROTOCOL_XML,
}


@dataclass(frozen=True, slots=True)
class Filing:
    """One document of the target with its versions, the oldest first; the last one is what people see."""

    versions: tuple[FilingRequest, ...]

    @property
    def shown(self) -> FilingRequest:
        return self.versions[-1]

    @property
    def document_id(self) -> UUID:
        return self.shown.document_id


def filings_of(work: Work, city: City, abilities: frozenset[Ability], dossier: str = "") -> tuple[Filing, ...]:
    """The document and its papers as configured, the same at every try: fixed by what is committed.

    A paper that should be a version is a document of its own where the target has no versions, or cannot prove them.
    """
    invoice = _is_invoice(work, city)
    main = _invoice(work) if invoice else _scan(work)
    names = _invoice_papers(work) if invoice else SCAN_PAPERS
    beneath, beside = [], []
    for part in (name for name in names if _ROLES[name] in work.files):
        form = city.dms.form_of(part)
        if form is PaperForm.VERSION and {Ability.VERSIONS, Ability.PROOF} <= abilities:
            beneath.append(_paper(work, main, part, work.document_id))
        elif form is not PaperForm.NONE:
            beside.append(_paper(work, main, part, uuid5(work.document_id, part)))
    filings = [_different((*beneath, main)), *((paper,) for paper in beside)]
    return tuple(Filing(tuple(replace(version, dossier=dossier) for version in versions)) for versions in filings)


def tray_request(work: Work, part: str = MAIN) -> FilingRequest:
    """For an out-tray: the searchable document, with the original and all proof of the scan beside it."""
    number = work.register_number or ""
    companions = (
        Companion(file.path, f"{number}.{name}{_suffix(file)}")
        for name in SCAN_PAPERS
        if (file := work.files.get(_ROLES[name])) is not None
    )
    return replace(_scan(work), part=part, companions=tuple(companions))


def copy_request(work: Work) -> FilingRequest:
    """A copy for information: the searchable document alone, marked as a copy; `work` is that of the copy."""
    name = f"{work.register_number or ''} {COPY}.pdf"
    request = _request(work, COPY, work.document_id, name, work.file(FileRole.PRODUCT))
    return replace(request, page_count=work.facts.page_count)


def _is_invoice(work: Work, city: City) -> bool:
    """Entered in the register, and not found to be none by a person since."""
    types = (city.invoices.document_type, *city.invoices.paper_types)
    return work.entry is not None and (FileRole.PRODUCT not in work.files or work.facts.document_type in types)


def _invoice_papers(work: Work) -> tuple[str, ...]:
    """Those of an invoice; an invoice on paper has those of its scan, too."""
    return (*SCAN_PAPERS, *INVOICE_PAPERS) if FileRole.PRODUCT in work.files else INVOICE_PAPERS


def _scan(work: Work) -> FilingRequest:
    return replace(
        _request(work, MAIN, work.document_id, f"{work.register_number or ''}.pdf", work.file(FileRole.PRODUCT)),
        page_count=work.facts.page_count,
    )


def _invoice(work: Work) -> FilingRequest:
    """The invoice as received (of paper: the searchable scan), with what its own data say.

    BT-2, BT-27, BT-112; BT-1, BT-13, BT-10 as references.
    """
    if work.entry is None:
        raise AssertionError(f"{work.document_id} is filed as an invoice without an entry in the register")
    number, invoice = work.entry.number, work.entry.invoice
    scanned = FileRole.PRODUCT in work.files
    is_pdf = scanned or FileRole.INVOICE_XML in work.files
    file = work.file(FileRole.PRODUCT if scanned else FileRole.ORIGINAL)
    references = (invoice.number, invoice.order_reference, invoice.buyer_reference)
    return replace(
        _request(work, MAIN, work.document_id, f"{number}.{'pdf' if is_pdf else 'xml'}", file),
        invoice_register_number=number,
        amount="" if invoice.gross is None else f"{invoice.gross:.2f}",
        page_count=work.facts.page_count if is_pdf else None,
        document_date=invoice.issued_on,
        sender=invoice.seller_name or "",
        references=tuple(dict.fromkeys(reference for reference in references if reference)),
    )


def _paper(work: Work, main: FilingRequest, part: str, document_id: UUID) -> FilingRequest:
    """Named after the main document, and found by the same values."""
    file = work.file(_ROLES[part])
    number = main.invoice_register_number or main.register_number
    return replace(
        main,
        document_id=document_id,
        part=part,
        file_name=f"{number}.{part}{_suffix(file)}",
        content=file.path,
        digest=file.digest,
        page_count=None,
    )


def _request(work: Work, part: str, document_id: UUID, name: str, file: StoredFile) -> FilingRequest:
    return FilingRequest(
        document_id=document_id,
        part=part,
        register_number=work.register_number or "",
        document_type=work.facts.document_type or "",
        unit=work.facts.unit or "",
        received_on=day_in_germany(work.scan.received_at),
        file_name=name,
        content=file.path,
        digest=file.digest,
        case_reference=work.facts.case_reference or "",
    )


def _different(versions: Iterable[FilingRequest]) -> tuple[FilingRequest, ...]:
    """Each content once, the upper one: by its hash a version is told from the one under it."""
    kept: dict[str, FilingRequest] = {}
    for version in reversed(tuple(versions)):
        kept.setdefault(version.digest.sha256, version)
    return tuple(reversed(kept.values()))


def _suffix(file: StoredFile) -> str:
    return Path(file.name).suffix.lower() or ".bin"
