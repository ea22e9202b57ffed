"""All our own checks in their order, and what each of them is given."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pikepdf

from pipelines.invoice.checks.accounts import check_accounts
from pipelines.invoice.checks.attachments import check_attachments
from pipelines.invoice.checks.container import check_container, container_of
from pipelines.invoice.checks.dates import check_dates, check_due_date
from pipelines.invoice.checks.discount import check_discounts
from pipelines.invoice.checks.recipient import check_leitweg
from pipelines.invoice.checks.said import Context
from pipelines.invoice.checks.sums import check_sums
from pipelines.invoice.checks.tax_ids import check_tax_number, check_vat_ids
from pipelines.invoice.checks.visible import check_visible, visible_text
from pipelines.invoice.detect import Source
from pipelines.invoice.read import read_invoice
from schemas.invoice import Invoice
from schemas.validation import Finding

__all__ = ["CHECKS", "findings_on_invoice", "findings_on_pages", "findings_on_pdf", "own_findings"]

Check = Callable[[Invoice, Context], Iterator[Finding]]
CHECKS: tuple[Check, ...] = (
    check_leitweg,
    check_accounts,
    check_vat_ids,
    check_tax_number,
    check_discounts,
    check_due_date,
    check_sums,
    check_dates,
    check_attachments,
)


def own_findings(path: Path, source: Source, context: Context, *, valid: bool) -> list[Finding]:
    """Everything our checks say of a file; of a document that is not `valid` by its schema, the PDF around it only."""
    name = source.embedded_name
    around = [] if name is None else findings_on_pdf(path, name, source.profile)
    if not valid:
        return around
    invoice = read_invoice(source.root)
    pages = [] if name is None else findings_on_pages(path, invoice)
    return [*findings_on_invoice(invoice, context), *around, *pages]


def findings_on_invoice(invoice: Invoice, context: Context) -> list[Finding]:
    """What our checks say of the content."""
    return [finding for check in CHECKS for finding in check(invoice, context)]


def findings_on_pdf(path: Path, name: str, profile: str | None) -> list[Finding]:
    """What they say of the PDF the data came out of; `name` of the embedded file, `profile` of its XML."""
    with pikepdf.Pdf.open(path) as pdf:
        return list(check_container(container_of(pdf), name, profile))


def findings_on_pages(path: Path, invoice: Invoice) -> list[Finding]:
    """What they say of the pages beside the data; nothing if the pages cannot be read."""
    text = visible_text(path)
    return [] if text is None else list(check_visible(invoice, text))
