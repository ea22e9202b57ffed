"""Every way in which data may arrive has a defined outcome, in plain words: envelopes, namespaces, encodings."""

from pathlib import Path

import pytest

from config.load import city
from pipelines.intake.identify import identify
from pipelines.invoice.detect import look_into, without_data
from pipelines.invoice.envelope import ENVELOPED
from pipelines.invoice.examine import validate
from pipelines.invoice.validate import validate_file
from schemas.safe_xml import parse_xml
from schemas.states import FileRole, State
from schemas.validation import InvoiceKind, Severity, ValidationReport, Verdict
from tests.pipelines.edits import changed
from tests.pipelines.invoices import cii_invoice, ubl_credit_note, ubl_invoice
from tests.pipelines.papers import Desk, carrying

SBDH = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
SOAP = "http://www.w3.org/2003/05/soap-envelope"
UBL, NOTE, CII = ubl_invoice(), ubl_credit_note(), cii_invoice()
BROKEN_SUM = changed(UBL, "cac:LegalMonetaryTotal/cbc:PayableAmount", "1.00")


def bare(document: bytes) -> bytes:
    """Without declaration, to be put into another document."""
    return document.partition(b"?>")[2] if document.startswith(b"<?xml") else document


def peppol(*documents: bytes) -> bytes:
    header = (
        b"<s:StandardBusinessDocumentHeader><s:HeaderVersion>1.0</s:HeaderVersion></s:StandardBusinessDocumentHeader>"
    )
    inside = b"".join(map(bare, documents))
    return b'<s:StandardBusinessDocument xmlns:s="%s">%s%s</s:StandardBusinessDocument>' % (
        SBDH.encode(), header, inside,
    )  # fmt: skip


def soap(document: bytes) -> bytes:
    return b'<e:Envelope xmlns:e="%s"><e:Body>%s</e:Body></e:Envelope>' % (SOAP.encode(), bare(document))


def report_on(content: bytes, folder: Path) -> ValidationReport:
    path = folder / "datei"
    path.write_bytes(content)
    return validate_file(path)


@pytest.mark.parametrize("document", [UBL, NOTE, CII], ids=["UBL", "note", "CII"])
def test_the_invoice_in_a_peppol_envelope_is_judged_and_that_is_said(document: bytes, tmp_path: Path) -> None:
    report, alone = report_on(peppol(document), tmp_path), report_on(document, tmp_path)
    (found,) = report.findings
    assert (found.rule, found.severity, found.message) == ("PE-FUNDORT", Severity.INFORMATION, ENVELOPED)
    assert report.model_copy(update={"findings": ()}) == alone
    assert report.verdict is Verdict.ACCEPT


def test_an_envelope_hides_no_error(tmp_path: Path) -> None:
    report = report_on(peppol(BROKEN_SUM), tmp_path)
    assert report.verdict is Verdict.REJECT
    assert [finding.rule for finding in report.findings] == ["PE-FUNDORT", "BR-CO-16", "PE-SUMMEN"]
    assert report.findings[1].location.startswith("/Invoice[1]/"), "the invoice is a document of its own"
    broken_schema = report_on(peppol(changed(UBL, "cbc:IssueDate", "gestern")), tmp_path)
    assert [finding.rule for finding in broken_schema.findings] == ["PE-FUNDORT", "XSD"]


def test_names_declared_on_the_envelope_are_kept(tmp_path: Path) -> None:
    declared = 'xmlns:egal="urn:x" xmlns:u="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"'
    content = f'<StandardBusinessDocument xmlns="{SBDH}" {declared}>\n<u:Invoice/> Rest</StandardBusinessDocument>'
    path = tmp_path / "datei"
    path.write_bytes(content.encode())
    found = look_into(path)
    assert found is not None
    assert found.root.getparent() is None
    assert found.embedded is not None
    assert parse_xml(found.embedded).tag == "{urn:oasis:names:specification:ubl:schema:xsd:Invoice-2}Invoice"
    assert (found.anomalies, found.several) == ((ENVELOPED,), False)


def test_a_second_invoice_in_an_envelope_is_a_warning(tmp_path: Path) -> None:
    report = report_on(peppol(UBL, NOTE), tmp_path)
    assert report.syntax == "UBL Invoice"
    assert [finding.severity for finding in report.findings] == [Severity.WARNING, Severity.WARNING]
    assert "weitere Rechnungen" in report.findings[1].message


def test_different_data_in_one_pdf_are_a_warning_in_the_report_too(tmp_path: Path) -> None:
    report = report_on(carrying(("factur-x.xml", CII), ("xrechnung.xml", UBL)), tmp_path)
    assert (report.findings[0].rule, report.findings[0].severity) == ("PE-FUNDORT", Severity.WARNING)


NO_INVOICE = {
    "envelope of an order": (peppol(b"<bestellung/>"), "keine_rechnung", "Der Peppol-Umschlag (SBDH) enthält keine"),
    "empty envelope": (peppol(), "keine_rechnung", "Der Peppol-Umschlag (SBDH) enthält keine Rechnung."),
    "SOAP": (soap(UBL), "sonstige_rechnung", "(UBL Invoice) steckt in einem fremden Umschlag (Wurzelelement Envelope)"),
    "SOAP in the envelope": (peppol(soap(CII)), "sonstige_rechnung", "(UN/CEFACT CII) steckt in einem fremden"),
    "envelope in SOAP": (soap(peppol(NOTE)), "sonstige_rechnung", "steckt in einem fremden Umschlag"),
    "wrong namespace": (b'<Invoice xmlns="urn:a"/>', "keine_rechnung", "steht im unbekannten Namensraum „urn:a“."),
    "CII of 2008": (
        b'<x:CrossIndustryInvoice xmlns:x="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:1"/>',
        "keine_rechnung",
        "CrossIndustryInvoice steht im unbekannten Namensraum",
    ),
    "no namespace": (b"<CreditNote/>", "keine_rechnung", "Das Wurzelelement CreditNote steht ohne Namensraum."),
    "order": (b'<Order xmlns="urn:a"/>', "keine_rechnung", "Das XML ist keine Rechnung in UBL oder CII."),
    "PDF with an order": (
        carrying(("order-x.xml", b"<bestellung/>")),
        "sonstige_rechnung",
        "keinen strukturierten Datensatz; seine Anlage order-x.xml ist keine Rechnung oder nicht lesbar.",
    ),
    "PDF with half a file": (carrying(("daten.xml", CII[:500])), "sonstige_rechnung", "seine Anlage daten.xml ist"),
    "PDF with a picture": (carrying(("bild.png", b"\x89PNG")), "sonstige_rechnung", "keinen strukturierten Datensatz."),
}  # fmt: skip


@pytest.mark.parametrize(("content", "kind", "reason"), NO_INVOICE.values(), ids=NO_INVOICE)
def test_what_cannot_be_judged_says_why(content: bytes, kind: str, reason: str, tmp_path: Path) -> None:
    report = report_on(content, tmp_path)
    assert (report.verdict, report.kind) == (Verdict.NOT_ASSESSED, kind)
    assert reason in report.reason
    assert without_data(tmp_path / "datei") == (report.kind, report.reason)


def test_a_namespace_that_would_turn_the_sentence_around_is_shown_harmless(tmp_path: Path) -> None:
    report = report_on(f'<Invoice xmlns="urn:\u202egro{"x" * 500}"/>'.encode(), tmp_path)
    assert "\u202e" not in report.reason
    assert "\ufffdgro" in report.reason
    long = report_on(f'<Invoice xmlns="urn:{"x" * 5000}"/>'.encode(), tmp_path)
    assert len(report.reason) < 300 > len(long.reason)


@pytest.mark.parametrize("content", [UBL, CII], ids=["UBL", "CII"])
def test_an_empty_root_is_an_invoice_that_violates_its_schema(content: bytes, tmp_path: Path) -> None:
    root = parse_xml(content)
    report = report_on(
        f'<{parse_xml(content).tag.split("}")[1]} xmlns="{root.tag[1:].split("}")[0]}"/>'.encode(), tmp_path
    )
    assert (report.verdict, report.kind, report.profile) == (Verdict.REJECT, InvoiceKind.SONSTIGE_RECHNUNG, None)
    assert [finding.rule for finding in report.findings] == ["PE-PROFIL", "XSD"]


def written(codec: str, declared: str, version: str = "1.0") -> bytes:
    text = bare(UBL).decode().replace("Muster", "Müster")
    return f'<?xml version="{version}" encoding="{declared}"?>{text}'.encode(codec)


JUDGED = {
    "XML 1.1": written("utf-8", "UTF-8", "1.1"),
    "ISO-8859-1": written("iso-8859-1", "ISO-8859-1"),
    "ISO-8859-15": written("iso-8859-15", "ISO-8859-15"),
    "Windows-1252": written("cp1252", "windows-1252"),
    "ISO-8859-2": written("iso-8859-2", "ISO-8859-2"),
    "Windows-1250": written("cp1250", "cp1250"),
    "UTF-8 with mark": b"\xef\xbb\xbf" + written("utf-8", "UTF-8"),
    "UTF-16": written("utf-16", "UTF-16"),
    "UTF-16 without mark": written("utf-16-le", "UTF-16"),
    "UTF-16, big end first": b"\xfe\xff" + written("utf-16-be", "UTF-16"),
}


@pytest.mark.parametrize("content", JUDGED.values(), ids=JUDGED)
def test_an_invoice_in_a_common_encoding_is_judged_like_any_other(content: bytes, tmp_path: Path) -> None:
    report = report_on(content, tmp_path)
    assert (report.verdict, report.findings) == (Verdict.ACCEPT, ())
    found = look_into(tmp_path / "datei")
    assert found is not None
    assert "Müster" in "".join(str(text) for text in found.root.itertext())


REFUSED = {
    "XML 2.0": (written("utf-8", "UTF-8", "2.0"), "nicht wohlgeformt"),
    "control character of XML 1.1": (b'<?xml version="1.1"?><a>&#1;</a>', "nicht wohlgeformt"),
    "says UTF-8 and is ISO-8859-1": (written("iso-8859-1", "UTF-8"), "nicht wohlgeformt"),
    "says UTF-16 and is UTF-8": (written("utf-8", "UTF-16"), "nicht wohlgeformt"),
    "UTF-7": (written("utf-7", "UTF-7"), "Die Zeichenkodierung 'utf-7' wird nicht angenommen."),
    "EBCDIC": (written("utf-8", "IBM037"), "Die Zeichenkodierung 'ibm037' wird nicht angenommen."),
}


@pytest.mark.parametrize(("content", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_what_it_says_is_rejected_with_the_reason(content: bytes, reason: str, tmp_path: Path) -> None:
    report = report_on(content, tmp_path)
    assert (report.verdict, report.kind) == (Verdict.REJECT, InvoiceKind.KEINE_RECHNUNG)
    assert reason in report.reason


def test_the_mailroom_keeps_the_envelope_and_works_on_the_invoice(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.put(FileRole.ORIGINAL, peppol(UBL), "sbdh.xml")
    result = identify(desk.work(), city())
    assert (result.state, result.reason) == (State.E_INVOICE, "E-Rechnung (UBL Invoice).")
    assert result.facts.anomalies == (ENVELOPED,)
    (data,) = result.files
    assert (data.role, data.name) == (FileRole.INVOICE_XML, "rechnung.xml")
    desk.put(FileRole.INVOICE_XML, data.path.read_bytes(), data.name)
    report = validate(desk.work(), city())
    assert report.assessment is not None
    assert report.assessment.verdict is Verdict.ACCEPT


def test_the_mailroom_does_not_guess_what_is_in_a_foreign_envelope(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.put(FileRole.ORIGINAL, soap(UBL), "soap.xml")
    result = identify(desk.work(), city())
    assert result.state is State.QUARANTINED
    assert "fremden Umschlag" in result.reason
