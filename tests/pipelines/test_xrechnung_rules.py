"""The XRechnung layer as a whole: every rule is there, at its level, with its texts, and only where it belongs."""

import re
import time
from copy import deepcopy
from pathlib import Path

import pytest
from lxml import etree

from config.settings import CODE_ROOT
from pipelines.invoice.scenarios import SCENARIOS
from pipelines.invoice.validate import validate_file
from schemas.safe_xml import parse_xml
from schemas.validation import Severity, Verdict
from tests.pipelines.test_xrechnung_rules_cii import CASES as CII_CASES
from tests.pipelines.test_xrechnung_rules_extension import CASES as EXTENSION_CASES
from tests.pipelines.test_xrechnung_rules_extension import CII as CII_EXTENSION_CASES
from tests.pipelines.test_xrechnung_rules_extension import UBL as UBL_EXTENSION_CASES
from tests.pipelines.test_xrechnung_rules_ubl import CASES as UBL_CASES
from tests.pipelines.xrechnung import (
    Case,
    Make,
    cii,
    cii_debit,
    cii_extension,
    drop,
    edited,
    findings,
    fits_schema,
    note_of,
    put,
    said,
    ubl,
    ubl_debit,
    ubl_extension,
)

SAMPLES = CODE_ROOT.parent / "shared" / "samples" / "xrechnung"
RULES = etree.parse(str(CODE_ROOT / "schemas" / "xrechnung" / "rules.xml")).getroot()


def _ids(prefix: str, numbers: str) -> set[str]:
    return {prefix + number for number in numbers.split()}


BOTH = (
    _ids("BR-DE-", "1 2 3 4 5 6 7 8 9 10 11 14 15 16 17 18 19 20 21 22 23-a 23-b 24-a 24-b 25-a 25-b 26 27 28 30 31")
    | {"BR-DE-TMP-32", "BR-TMP-2", "BR-TMP-CVD-01"}
    | _ids("BR-DEX-", "01 04 05 06 07 08")
    | _ids("BR-DE-CVD-", "01 02 03 04 05 06-a 06-b")
    | _ids("PEPPOL-EN16931-R", "001 005 008 010 020 040 041 042 044 046 053 054 055 061 101 110 111 120 121 130")
)
IN_UBL = BOTH | {"PEPPOL-EN16931-R043"} | _ids("BR-DEX-", "02 03 09 10 11 12 13 14")
IN_CII = BOTH | {"PEPPOL-EN16931-R043-1", "PEPPOL-EN16931-R043-2", "BR-TMP-3", "BR-DEX-15"}
WARNINGS = _ids("BR-DE-", "17 19 20 21 26 27 28") | {"BR-TMP-2", "PEPPOL-EN16931-R120"} | _ids("BR-DEX-", "02 15")


def level(rule: str) -> Severity:
    if rule == "BR-DE-TMP-32":
        return Severity.INFORMATION
    return Severity.WARNING if rule in WARNINGS else Severity.ERROR


def test_every_rule_of_the_facts_has_its_case_in_every_syntax() -> None:
    assert (len(IN_UBL), len(IN_CII), len(IN_UBL | IN_CII)) == (76, 71, 80)
    assert {case.rule for case in (*UBL_CASES, *UBL_EXTENSION_CASES)} == IN_UBL
    assert {case.rule for case in (*CII_CASES, *CII_EXTENSION_CASES)} == IN_CII
    assert {rule.get("id") for rule in RULES} == IN_UBL | IN_CII


@pytest.mark.parametrize("case", [*UBL_CASES, *CII_CASES, *EXTENSION_CASES], ids=str)
def test_every_rule_speaks_at_its_official_level_in_german(case: Case) -> None:
    found = [finding for finding in findings(case.edited()) if finding.rule == case.rule]
    assert {finding.severity for finding in found} == {level(case.rule)}
    assert {finding.message for finding in found} == {RULES.findtext(f"rule[@id='{case.rule}']/de")}
    assert all(re.match(r"/\w+\[1\]", finding.location) for finding in found)


@pytest.mark.parametrize("rule", list(RULES), ids=lambda rule: rule.get("id"))
def test_texts_in_both_languages_name_the_same_business_terms(rule: etree._Element) -> None:
    german, english = rule.findtext("de") or "", rule.findtext("en") or ""
    assert german != english
    assert german.endswith(".")
    assert english.endswith(".")
    terms = [sorted(re.findall(r"B[TG]-(?:DEX-)?\d+", text)) for text in (german, english)]
    assert terms[0] == terms[1]
    assert terms[0] or rule.get("id") == "PEPPOL-EN16931-R008", "an element of whatever term"


def _broken(make: Make) -> bytes:
    """Without buyer reference, contact and date: three levels would speak."""
    names = ("cbc:BuyerReference", "cac:AccountingSupplierParty//cac:Contact", "cbc:ActualDeliveryDate")
    return edited(
        make(),
        drop(*names, "/*/cac:InvoicePeriod") if make is ubl else drop("ram:BuyerReference", "ram:DefinedTradeContact"),
    )


UBL_PROFILE, CII_PROFILE = "cbc:CustomizationID", "ram:GuidelineSpecifiedDocumentContextParameter/ram:ID"
CORE, OLD = "urn:cen.eu:en16931:2017", "urn:cen.eu:en16931:2017#compliant#urn:xoev-de:kosit:standard:xrechnung_2.2"


@pytest.mark.parametrize(("make", "path"), [(ubl, UBL_PROFILE), (cii, CII_PROFILE)])
def test_the_layer_is_silent_for_plain_en_16931_and_only_a_hint_for_foreign_profiles(
    make: Make, path: str, tmp_path: Path
) -> None:
    def rules(profile: str) -> tuple[Verdict, dict[str, Severity]]:
        file = tmp_path / "rechnung.xml"
        file.write_bytes(edited(_broken(make), put(path, profile)))
        report = validate_file(file)
        return report.verdict, {one.rule: one.severity for one in report.findings if one.rule in IN_UBL}

    assert rules(CORE) == (Verdict.ACCEPT, {})
    verdict, hints = rules(OLD)
    assert verdict is Verdict.ACCEPT
    assert {"BR-DE-2", "BR-DE-15"} <= set(hints)
    assert set(hints.values()) == {Severity.INFORMATION}
    assert "BR-DE-21" not in hints, "said once, of the profile"


@pytest.mark.parametrize("make", [ubl_debit, ubl_extension, cii_debit, cii_extension])
def test_no_element_that_the_schema_lets_be_repeated_makes_the_layer_abort(make: Make) -> None:
    root = parse_xml(make())
    everything = [element for element in root.iter(etree.Element) if element is not root]
    for element in everything:
        element.addnext(deepcopy(element))
        content = etree.tostring(root)
        if fits_schema(content):
            said(content)
        again = element.getnext()
        assert again is not None
        root_of = again.getparent()
        assert root_of is not None
        root_of.remove(again)


def test_an_empty_document_is_told_everything_and_does_not_abort() -> None:
    told = said(b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>')
    assert {"BR-DE-1", "BR-DE-2", "BR-DE-15", "BR-DE-21", "PEPPOL-EN16931-R001"} <= told


@pytest.mark.parametrize(("make", "line"), [(ubl, "{*}InvoiceLine"), (cii, "{*}IncludedSupplyChainTradeLineItem")])
def test_ten_thousand_lines_take_seconds(make: Make, line: str) -> None:
    def seconds(lines: int) -> float:
        root = parse_xml(make())
        first = next(root.iter(line))
        for _ in range(lines):
            first.addnext(deepcopy(first))
        began = time.perf_counter()
        assert said(etree.tostring(root)) == set()
        return time.perf_counter() - began

    seconds(1)
    assert seconds(10_000) < 30, "about three on an idle core; a quadratic rule takes minutes"


EXPLAINED = {"BR-DE-TMP-32"}
"""Several public instances name no date of supply."""


@pytest.mark.skipif(not SAMPLES.exists(), reason="the public collection is not here")
def test_public_instances_raise_no_more_than_can_be_explained() -> None:
    for path in sorted(SAMPLES.glob("*.xml")):
        assert said(path.read_bytes()) <= EXPLAINED, path.name


def test_every_xrechnung_scenario_has_the_layer_and_no_other_has() -> None:
    layered = {one.official for one in SCENARIOS if any(sheet.name.startswith("XRechnung") for sheet in one.sheets)}
    assert layered == {one.official for one in SCENARIOS if one.official and "XRechnung" in one.official}
    assert len(layered) == 8


def test_a_credit_note_is_judged_as_an_invoice_is() -> None:
    assert said(note_of(ubl)) == set()
    assert said(edited(note_of(ubl), drop("cbc:BuyerReference"))) == {"BR-DE-15"}
