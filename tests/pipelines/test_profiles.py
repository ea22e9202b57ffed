"""Which scenario an identifier (BT-24) leads to, and what is said of one that leads to none."""

from pathlib import Path

import pytest

from pipelines.invoice.profiles import CIUS, CORE, CVD, EXTENSION, outdated_zugferd, unknown_profile
from pipelines.invoice.scenarios import scenario_for
from pipelines.invoice.validate import validate_file
from schemas.invoice import Syntax
from schemas.validation import InvoiceKind, Severity, ValidationReport, Verdict
from tests.pipelines.edits import changed
from tests.pipelines.invoices import cii_invoice, ubl_credit_note, ubl_invoice

INVOICE, NOTE, CII = Syntax.UBL_INVOICE, Syntax.UBL_CREDIT_NOTE, Syntax.CII
OFFICIAL = {
    (INVOICE, CORE): "EN16931 (UBL Invoice)",
    (INVOICE, CIUS): "EN16931 XRechnung (UBL Invoice)",
    (INVOICE, EXTENSION): "EN16931 XRechnung Extension (UBL Invoice)",
    (INVOICE, CVD): "EN16931 XRechnung CVD (UBL Invoice)",
    (NOTE, CORE): "EN16931 (UBL CreditNote)",
    (NOTE, CIUS): "EN16931 XRechnung (UBL CreditNote)",
    (NOTE, CVD): "EN16931 XRechnung CVD (UBL CreditNote)",
    (CII, CORE): "EN16931 (CII)",
    (CII, CIUS): "EN16931 XRechnung (CII)",
    (CII, EXTENSION): "EN16931 XRechnung Extension (CII)",
    (CII, CVD): "EN16931 XRechnung CVD (CII)",
}
OLD = f"{CORE}#compliant#urn:xoev-de:kosit:standard:xrechnung_"
PEPPOL = f"{CORE}#compliant#urn:fdc:peppol.eu:2017:poacc:"
FRENCH = f"{CORE}#conformant#urn.cpro.gouv.fr:1p0:extended-ctc-fr"
SAID = {
    None: "(BT-24) fehlt; geprüft wird",
    " ": "(BT-24) fehlt; geprüft wird",
    **dict.fromkeys((f"{OLD}1.1", f"{OLD}1.2", f"{OLD}2.0", f"{OLD}2.3"), "abgelaufenen Fassung der XRechnung"),
    f"{OLD}2.2#conformant#urn:xoev-de:kosit:extension:xrechnung_2.2": "abgelaufenen Fassung der XRechnung",
    f"{PEPPOL}billing:3.0": "gehört zu Peppol",
    f"{PEPPOL}selfbilling:3.0": "gehört zu Peppol",
    f"{CIUS} ": "Leerraum",
    f"\n{CORE}\n": "Leerraum",
    CIUS.upper(): "Groß- und Kleinschreibung",
    f"{CORE}#compliant#urn:fdc:nen.nl:nlcius:v1.0": "weder die der XRechnung noch",
    f"{CORE}#compliant#urn:xeinkauf.de:kosit:xrechnung_3.1": "weder die der XRechnung noch",
}


def report_on(content: bytes, folder: Path) -> ValidationReport:
    path = folder / "rechnung.xml"
    path.write_bytes(content)
    return validate_file(path)


@pytest.mark.parametrize("syntax", [INVOICE, NOTE, CII])
@pytest.mark.parametrize("profile", [CORE, CIUS, EXTENSION, CVD, *SAID, FRENCH, "urn:factur-x.eu:1p0:minimum"])
def test_only_the_published_identifiers_have_the_published_names(syntax: Syntax, profile: str | None) -> None:
    scenario = scenario_for(syntax, profile)
    assert scenario is not None
    assert scenario.official == OFFICIAL.get((syntax, profile or ""))


@pytest.mark.parametrize(("profile", "said"), SAID.items(), ids=map(repr, SAID))
def test_why_it_is_judged_by_the_core_alone_is_said(profile: str | None, said: str) -> None:
    for syntax in (INVOICE, NOTE, CII):
        sentence = unknown_profile(profile, syntax)
        assert said in sentence
        assert sentence.endswith("geprüft wird nach EN 16931.")


def test_there_is_no_extension_for_credit_notes(tmp_path: Path) -> None:
    report = report_on(changed(ubl_credit_note(), "cbc:CustomizationID", EXTENSION), tmp_path)
    assert (report.verdict, report.scenario) == (Verdict.ACCEPT, None)
    assert "gibt es für Gutschriften (UBL CreditNote) nicht" in report.findings[0].message


def test_a_long_identifier_is_cut() -> None:
    assert len(unknown_profile("urn:" + "x" * 5000, CII)) < 300


@pytest.mark.parametrize("blanks", ["{}\n", " {}"])
def test_our_own_scenarios_pass_over_blanks(blanks: str) -> None:
    scenario = scenario_for(CII, blanks.format("urn:factur-x.eu:1p0:minimum"))
    assert scenario is not None
    assert scenario.kind is InvoiceKind.BUCHUNGSHILFE


@pytest.mark.parametrize(
    ("content", "path", "due"),
    [
        (ubl_invoice(), "cbc:CustomizationID", "cac:LegalMonetaryTotal/cbc:PayableAmount"),
        (ubl_credit_note(), "cbc:CustomizationID", "cac:LegalMonetaryTotal/cbc:PayableAmount"),
        (cii_invoice(), "ram:GuidelineSpecifiedDocumentContextParameter/ram:ID", "ram:DuePayableAmount"),
    ],
    ids=["UBL", "note", "CII"],
)
def test_the_french_extension_has_its_own_rules(content: bytes, path: str, due: str, tmp_path: Path) -> None:
    french = changed(content, path, FRENCH)
    report = report_on(french, tmp_path)
    assert (report.verdict, report.kind) == (Verdict.ACCEPT, InvoiceKind.E_RECHNUNG)
    assert "EXTENDED-CTC-FR" in [sheet.name for sheet in report.rules]
    assert report_on(changed(french, due, "1.00"), tmp_path).verdict is Verdict.REJECT


def test_profiles_of_zugferd_2_0_are_judged_by_what_is_in_force_and_that_is_said(tmp_path: Path) -> None:
    profile = f"{CORE}#conformant#urn:zugferd.de:2p0:extended"
    path = "ram:GuidelineSpecifiedDocumentContextParameter/ram:ID"
    report = report_on(changed(cii_invoice(), path, profile), tmp_path)
    assert report.verdict is Verdict.ACCEPT
    said = [finding for finding in report.findings if finding.rule == "PE-PROFIL"]
    assert [finding.severity for finding in said] == [Severity.WARNING]
    assert "ZUGFeRD 2.0" in said[0].message
    assert outdated_zugferd("urn:factur-x.eu:1p0:minimum") is None
