"""The verdict on a file: accept, reject, or not assessed; by which rules, and never accepted by default."""

import hashlib
from copy import deepcopy
from datetime import date
from pathlib import Path

import pytest
from lxml import etree

from pipelines.invoice import engine
from pipelines.invoice.scenarios import SCENARIOS
from pipelines.invoice.validate import validate_file
from schemas.invoice import Syntax
from schemas.validation import InvoiceKind, Severity, ValidationReport, Verdict
from tests.pipelines.edits import changed, doubled, removed
from tests.pipelines.invoices import cii_invoice, ubl_credit_note, ubl_invoice
from tests.pipelines.papers import carrying, pdf_bytes, typed

CORE = "urn:cen.eu:en16931:2017"
CIUS = f"{CORE}#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
EXTENSION = f"{CIUS}#conformant#urn:xeinkauf.de:kosit:extension:xrechnung_3.0"
UBL_PROFILE, CII_PROFILE = "cbc:CustomizationID", "ram:GuidelineSpecifiedDocumentContextParameter/ram:ID"
UBL, CREDIT_NOTE, CII = ubl_invoice(), ubl_credit_note(), cii_invoice()
TODAY = date(2026, 4, 1)
SAMPLES = Path(__file__).resolve().parents[2].parent / "shared" / "samples"

MINIMUM = b"""<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
 xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
 xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"><rsm:ExchangedDocumentContext>
<ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>urn:factur-x.eu:1p0:minimum</ram:ID>
</ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext><rsm:ExchangedDocument><ram:ID>R-1</ram:ID>
<ram:TypeCode>380</ram:TypeCode><ram:IssueDateTime><udt:DateTimeString format="102">20260302</udt:DateTimeString>
</ram:IssueDateTime></rsm:ExchangedDocument><rsm:SupplyChainTradeTransaction><ram:ApplicableHeaderTradeAgreement>
<ram:SellerTradeParty><ram:Name>Firma</ram:Name><ram:PostalTradeAddress><ram:CountryID>DE</ram:CountryID>
</ram:PostalTradeAddress><ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">DE123456789</ram:ID>
</ram:SpecifiedTaxRegistration></ram:SellerTradeParty><ram:BuyerTradeParty><ram:Name>Stadt</ram:Name></ram:BuyerTradeParty>
</ram:ApplicableHeaderTradeAgreement><ram:ApplicableHeaderTradeDelivery/><ram:ApplicableHeaderTradeSettlement>
<ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode><ram:SpecifiedTradeSettlementHeaderMonetarySummation>
<ram:TaxBasisTotalAmount>100.00</ram:TaxBasisTotalAmount><ram:TaxTotalAmount currencyID="EUR">19.00</ram:TaxTotalAmount>
<ram:GrandTotalAmount>119.00</ram:GrandTotalAmount><ram:DuePayableAmount>119.00</ram:DuePayableAmount>
</ram:SpecifiedTradeSettlementHeaderMonetarySummation></ram:ApplicableHeaderTradeSettlement>
</rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>"""
ZUGFERD_1 = b'<d:CrossIndustryDocument xmlns:d="urn:ferd:CrossIndustryDocument:invoice:1p0"/>'


def report_on(content: bytes, folder: Path, name: str = "rechnung") -> ValidationReport:
    path = folder / name
    path.write_bytes(content)
    return validate_file(path, today=TODAY)


def severities(report: ValidationReport) -> dict[str, Severity]:
    return {finding.rule: finding.severity for finding in report.findings}


@pytest.mark.parametrize(
    ("content", "syntax", "scenario"),
    [
        (UBL, Syntax.UBL_INVOICE, "EN16931 XRechnung (UBL Invoice)"),
        (CREDIT_NOTE, Syntax.UBL_CREDIT_NOTE, "EN16931 XRechnung (UBL CreditNote)"),
        (CII, Syntax.CII, "EN16931 XRechnung (CII)"),
        (changed(UBL, UBL_PROFILE, CORE), Syntax.UBL_INVOICE, "EN16931 (UBL Invoice)"),
        (changed(CII, CII_PROFILE, EXTENSION), Syntax.CII, "EN16931 XRechnung Extension (CII)"),
    ],
)
def test_a_valid_invoice_is_accepted_under_its_official_scenario(
    content: bytes, syntax: Syntax, scenario: str, tmp_path: Path
) -> None:
    report = report_on(content, tmp_path)
    assert (report.verdict, report.kind) == (Verdict.ACCEPT, InvoiceKind.E_RECHNUNG)
    assert (report.syntax, report.scenario, report.findings, report.reason) == (syntax, scenario, (), "")
    assert report.file == str(tmp_path / "rechnung")


def test_the_data_in_a_pdf_are_accepted_whatever_the_pdf_around_them_says(tmp_path: Path) -> None:
    report = report_on(carrying(("factur-x.xml", changed(CII, CII_PROFILE, CORE))), tmp_path)
    assert (report.verdict, report.kind, report.scenario) == (
        Verdict.ACCEPT,
        InvoiceKind.E_RECHNUNG,
        "EN16931 (CII)",
    )
    assert severities(report) == {
        "PE-XMP": Severity.WARNING,
        "PE-AFREL": Severity.WARNING,
        "PE-PDFA3": Severity.WARNING,
        "PE-SICHTBAR": Severity.INFORMATION,
    }


def test_our_own_findings_follow_the_official_ones_and_change_no_verdict(tmp_path: Path) -> None:
    accepted = report_on(changed(UBL, "cbc:BuyerReference", "n/a"), tmp_path)
    assert (accepted.verdict, [*severities(accepted)]) == (Verdict.ACCEPT, ["PE-LEITWEG"])
    rejected = report_on(changed(UBL, "cac:LegalMonetaryTotal/cbc:PayableAmount", "1.00"), tmp_path)
    assert [finding.rule for finding in rejected.findings] == ["BR-CO-16", "PE-SUMMEN"]


def test_if_the_schema_is_violated_only_the_pdf_is_looked_at(tmp_path: Path) -> None:
    broken = removed(changed(CII, CII_PROFILE, CORE), "ram:ApplicableHeaderTradeSettlement")
    report = report_on(carrying(("factur-x.xml", broken)), tmp_path)
    assert report.verdict is Verdict.REJECT
    assert {finding.rule for finding in report.findings} == {"XSD", "PE-XMP", "PE-AFREL", "PE-PDFA3"}


def test_an_invoice_from_tomorrow_is_one_from_the_future(tmp_path: Path) -> None:
    path = tmp_path / "rechnung.xml"
    path.write_bytes(UBL)
    assert validate_file(path, today=date(2026, 3, 2)).findings == ()
    assert [finding.rule for finding in validate_file(path, today=date(2026, 3, 1)).findings] == ["PE-DATUM"]


def test_a_report_names_every_sheet_that_judged_with_version_and_hash(tmp_path: Path) -> None:
    schema, rules, *_ = report_on(UBL, tmp_path).rules
    assert (schema.name, schema.version) == ("UBL Invoice XSD", "2.1")
    assert (rules.name, rules.version.split(".")[:2]) == ("EN 16931 UBL", ["1", "3"])
    scenario = next(one for one in SCENARIOS if one.official == "EN16931 XRechnung (UBL Invoice)")
    files = [engine._path(resource).read_bytes() for resource in (scenario.schema, *scenario.sheets)]
    assert [sheet.sha256 for sheet in report_on(UBL, tmp_path).rules] == [
        hashlib.sha256(content).hexdigest() for content in files
    ]


@pytest.mark.parametrize(
    ("content", "path"),
    [(UBL, UBL_PROFILE), (CREDIT_NOTE, UBL_PROFILE), (CII, CII_PROFILE)],
    ids=["UBL", "note", "CII"],
)
@pytest.mark.parametrize("profile", [f"{CIUS} ", f"\n{CIUS}", f"{CORE}#compliant#urn:xeinkauf.de:kosit:xrechnung_2.3"])
def test_a_profile_that_is_not_exactly_known_is_judged_by_the_core_and_that_is_said(
    content: bytes, path: str, profile: str, tmp_path: Path
) -> None:
    report = report_on(changed(content, path, profile), tmp_path)
    assert (report.verdict, report.scenario, report.profile) == (Verdict.ACCEPT, None, profile)
    assert report.findings[0].rule == "PE-PROFIL"
    assert report.findings[0].severity is Severity.WARNING
    broken = changed(content, path, profile).replace(b"RECHNUNG-1", b" ", 1)
    assert severities(report_on(broken, tmp_path))["BR-02"] is Severity.ERROR, "the rules of the core were run"


def test_an_invoice_without_profile_is_told_so(tmp_path: Path) -> None:
    report = report_on(removed(UBL, UBL_PROFILE), tmp_path)
    assert (report.verdict, report.profile) == (Verdict.REJECT, None)
    assert "(BT-24) fehlt" in report.findings[0].message
    assert severities(report)["BR-01"] is Severity.ERROR


def test_a_violated_rule_rejects_with_rule_place_and_message(tmp_path: Path) -> None:
    report = report_on(changed(UBL, "cac:LegalMonetaryTotal/cbc:PayableAmount", "1.00"), tmp_path)
    assert report.verdict is Verdict.REJECT
    found = next(finding for finding in report.findings if finding.rule == "BR-CO-16")
    assert found.severity is Severity.ERROR
    assert found.location == "/Invoice[1]/LegalMonetaryTotal[1]", "without namespaces"
    assert found.message.startswith("Amount due for payment (BT-115)"), "without the rule's name before it"


def test_a_violated_schema_rejects_and_no_rule_is_run(tmp_path: Path) -> None:
    rule_broken = changed(UBL, "cac:LegalMonetaryTotal/cbc:PayableAmount", "1.00")
    report = report_on(changed(rule_broken, "cbc:IssueDate", "2026-13-01"), tmp_path)
    assert (report.verdict, report.kind) == (Verdict.REJECT, InvoiceKind.SONSTIGE_RECHNUNG)
    assert {finding.rule for finding in report.findings} == {"XSD"}
    assert report.findings[0].location == "Zeile 5", "of the file"
    assert "'2026-13-01'" in report.findings[0].message
    assert [sheet.name for sheet in report.rules] == ["UBL Invoice XSD"]
    assert "nicht geprüft" in report.reason


def test_a_foreign_profile_is_also_named_when_the_schema_is_violated(tmp_path: Path) -> None:
    report = report_on(changed(changed(UBL, UBL_PROFILE, "urn:x"), "cbc:IssueDate", "gestern"), tmp_path)
    assert [finding.rule for finding in report.findings] == ["PE-PROFIL", "XSD"]


def test_at_most_a_hundred_violations_of_the_schema_are_listed(tmp_path: Path) -> None:
    root = etree.fromstring(changed(UBL, "cbc:InvoicedQuantity", "viel" * 1000))
    line = next(root.iter("{*}InvoiceLine"))
    for _ in range(150):
        line.addnext(deepcopy(line))
    findings = report_on(etree.tostring(root), tmp_path).findings
    assert len(findings) == 100
    assert all(len(finding.message) <= 500 for finding in findings)


UNIT, LINE_IN_LINE = {"unitCode": "QQQ1"}, "UBL-CR-646"


@pytest.mark.parametrize(
    ("content", "path", "quantity", "bases"),
    [
        (UBL, UBL_PROFILE, "cbc:InvoicedQuantity", ("cbc:BaseQuantity",)),
        (
            CII,
            CII_PROFILE,
            "ram:BilledQuantity",
            ("ram:GrossPriceProductTradePrice/ram:BasisQuantity", "ram:NetPriceProductTradePrice/ram:BasisQuantity"),
        ),
    ],
    ids=["UBL", "CII"],
)
@pytest.mark.parametrize(
    ("profile", "severity", "verdict"),
    [
        (CORE, Severity.ERROR, Verdict.REJECT),
        (CIUS, Severity.WARNING, Verdict.ACCEPT),
        (EXTENSION, Severity.WARNING, Verdict.ACCEPT),
        ("urn:unbekannt", Severity.ERROR, Verdict.REJECT),
    ],
)
def test_a_scenario_makes_a_warning_of_an_error_and_warnings_do_not_reject(
    content: bytes,
    path: str,
    quantity: str,
    bases: tuple[str, ...],
    profile: str,
    severity: Severity,
    verdict: Verdict,
    tmp_path: Path,
) -> None:
    content = changed(changed(content, quantity, **UNIT), path, profile)
    for base in bases:
        content = changed(content, base, **UNIT)
    report = report_on(content, tmp_path)
    assert severities(report)["BR-CL-23"] is severity
    assert report.verdict is verdict


@pytest.mark.parametrize(
    ("profile", "severity", "verdict"),
    [
        (CORE, Severity.WARNING, Verdict.ACCEPT),
        (CIUS, Severity.ERROR, Verdict.REJECT),
        (EXTENSION, Severity.INFORMATION, Verdict.ACCEPT),
    ],
)
def test_a_scenario_makes_an_error_or_a_hint_of_a_warning(
    profile: str, severity: Severity, verdict: Verdict, tmp_path: Path
) -> None:
    root = etree.fromstring(changed(UBL, UBL_PROFILE, profile))
    line = next(root.iter("{*}InvoiceLine"))
    inner = etree.fromstring(etree.tostring(line))
    inner.tag = str(inner.tag).replace("InvoiceLine", "SubInvoiceLine")
    line.append(inner)
    report = report_on(etree.tostring(root), tmp_path)
    assert severities(report)[LINE_IN_LINE] is severity
    assert report.verdict is verdict


@pytest.mark.parametrize(("profile", "verdict"), [(CORE, Verdict.ACCEPT), (CIUS, Verdict.REJECT)])
def test_terms_of_payment_given_twice_are_an_error_under_xrechnung_only(
    profile: str, verdict: Verdict, tmp_path: Path
) -> None:
    twice = changed(doubled(CII, "ram:SpecifiedTradePaymentTerms"), CII_PROFILE, profile)
    assert "CII-SR-452" in severities(report_on(twice, tmp_path))
    assert report_on(twice, tmp_path).verdict is verdict


def test_a_booking_aid_may_pass_its_rules_and_is_still_no_invoice(tmp_path: Path) -> None:
    report = report_on(MINIMUM, tmp_path)
    assert (report.verdict, report.kind, report.scenario) == (Verdict.ACCEPT, InvoiceKind.BUCHUNGSHILFE, None)
    assert [sheet.name for sheet in report.rules] == ["Factur-X MINIMUM XSD", "Factur-X MINIMUM"]


def test_factur_x_extended_is_an_invoice_by_rules_of_its_own(tmp_path: Path) -> None:
    report = report_on(changed(CII, CII_PROFILE, f"{CORE}#conformant#urn:factur-x.eu:1p0:extended"), tmp_path)
    assert (report.verdict, report.kind) == (Verdict.ACCEPT, InvoiceKind.E_RECHNUNG)
    assert report.rules[1].name == "Factur-X EXTENDED"


NO_RULES = {
    "ZUGFeRD 1.0": (ZUGFERD_1, InvoiceKind.SONSTIGE_RECHNUNG, "gibt es keine Prüfregeln"),
    "plain PDF": (typed("Rechnung"), InvoiceKind.SONSTIGE_RECHNUNG, "keinen strukturierten Datensatz"),
    "foreign XML": (b"<bestellung/>", InvoiceKind.KEINE_RECHNUNG, "keine Rechnung in UBL oder CII"),
    "text": (b"Rechnung Nr. 7", InvoiceKind.KEINE_RECHNUNG, "weder XML noch PDF"),
    "nothing": (b"", InvoiceKind.KEINE_RECHNUNG, "Die Datei ist leer."),
    "archive": (b"PK\x03\x04xml", InvoiceKind.KEINE_RECHNUNG, "weder XML noch PDF, sondern ein Archiv oder Office"),
    "Outlook": (b"\xd0\xcf\x11\xe0\xa1", InvoiceKind.KEINE_RECHNUNG, "bitte als .eml oder PDF speichern."),
    "picture": (b"MM\0*....", InvoiceKind.KEINE_RECHNUNG, "weder XML noch PDF, sondern ein Bild (TIFF)."),
    "blanks": (b" \n\t", InvoiceKind.KEINE_RECHNUNG, "Die Datei ist leer."),
}


@pytest.mark.parametrize(("content", "kind", "reason"), NO_RULES.values(), ids=NO_RULES)
def test_what_no_rule_judges_is_not_assessed_with_the_reason(
    content: bytes, kind: InvoiceKind, reason: str, tmp_path: Path
) -> None:
    report = report_on(content, tmp_path)
    assert (report.verdict, report.kind, report.scenario) == (Verdict.NOT_ASSESSED, kind, None)
    assert reason in report.reason
    assert (report.findings, report.rules) == ((), ())


UNREADABLE = {
    "truncated": UBL[:-20],
    "DOCTYPE": b"<!DOCTYPE Invoice>" + UBL[UBL.index(b"?>") + 2 :],
    "broken data in a PDF": carrying(("factur-x.xml", CII[:-20])),
    "damaged PDF": pdf_bytes()[:200],
}


@pytest.mark.parametrize("content", UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_is_rejected_as_no_invoice(content: bytes, tmp_path: Path) -> None:
    report = report_on(content, tmp_path)
    assert (report.verdict, report.kind) == (Verdict.REJECT, InvoiceKind.KEINE_RECHNUNG)
    assert [(finding.rule, finding.severity) for finding in report.findings] == [("PE-LESBAR", Severity.ERROR)]
    assert report.reason


@pytest.mark.skipif(not SAMPLES.exists(), reason="the public collections are not here")
def test_public_instances_are_accepted_and_no_public_pdf_is_too_much() -> None:
    instances = sorted((SAMPLES / "xrechnung").glob("*.xml"))
    assert len(instances) == 14
    assert {path.name: validate_file(path).verdict for path in instances} == dict.fromkeys(
        (path.name for path in instances), Verdict.ACCEPT
    )
    for path in (SAMPLES / "zugferd").glob("*.pdf"):
        assert validate_file(path).verdict in Verdict
