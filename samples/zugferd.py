"""Invoices as PDF: ZUGFeRD (PDF/A-3 with the invoice as XML inside), and a plain one with nothing inside."""

import io
import re
from datetime import datetime

import pikepdf
from facturx import generate_from_binary  # type: ignore[import-untyped, unused-ignore]

from samples import cii
from samples.billing import Bill
from samples.page import Style, invoice_page, moment

__all__ = ["plain", "written"]

_HYBRID = Style("DejaVuSans", (24, 84, 92), level="PDF/A-3B")
_PLAIN = Style("DejaVuSerif", (104, 62, 38))
_PROGRAM = "Rechnungsprogramm 1"


def plain(bill: Bill) -> bytes:
    """A PDF as an ordinary program exports it: no XML, no PDF/A."""
    return invoice_page(bill, _PLAIN)


def written(bill: Bill) -> bytes:
    """ZUGFeRD in the profile EN 16931: the visible page and the XML say the same, both come from the bill."""
    hybrid: bytes = generate_from_binary(
        invoice_page(bill, _HYBRID),
        cii.written(bill),
        flavor="factur-x",
        level="en16931",
        lang="de-DE",
        afrelationship="alternative",
        pdf_metadata={
            "author": bill.seller.address.name,
            "keywords": "Rechnung, ZUGFeRD",
            "title": f"{bill.seller.address.name}: Rechnung {bill.number}",
            "subject": f"Rechnung {bill.number} an die Stadt Iserlohn",
        },
    )
    return _timeless(hybrid, moment(bill))


def _timeless(content: bytes, when: datetime) -> bytes:
    """The same file with fixed dates, program and identifiers, told by the XMP alone."""
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        del pdf.docinfo
        del pdf.trailer.ID  # a new one is computed from the content
        xmp = _timeless_xmp(pdf.Root.Metadata.read_bytes().decode(), when)
        pdf.Root.Metadata = pdf.make_stream(xmp.encode(), Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML)
        for attached in pdf.Root.AF:
            attached.EF.F.Params.ModDate = f"{when:D:%Y%m%d%H%M%S}+00'00'"
        pdf.save(target, deterministic_id=True)
    return target.getvalue()


def _timeless_xmp(xmp: str, when: datetime) -> str:
    for name, value in (
        ("xmp:CreateDate", when.isoformat()),
        ("xmp:ModifyDate", when.isoformat()),
        ("xmp:CreatorTool", _PROGRAM),
        ("pdf:Producer", _PROGRAM),
    ):
        xmp = re.sub(rf"(?<=<{name}>)[^<]+", value, xmp)
    return xmp
