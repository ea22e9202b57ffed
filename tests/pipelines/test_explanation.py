"""What people read of a finding: German for every rule of the core and every usual violation of a schema."""

import re

import pytest
from lxml import etree

from pipelines.invoice.core_rules import demand
from pipelines.invoice.engine import SVRL, _path, schema_findings
from pipelines.invoice.explanation import in_words
from pipelines.invoice.scenarios import SCENARIOS, Resource, scenario_for
from schemas.invoice import Syntax
from schemas.safe_xml import parse_xml
from schemas.validation import Finding, Severity
from tests.pipelines.edits import changed, removed
from tests.pipelines.invoices import ubl_invoice
from tests.pipelines.invoices.change import at

UBL = ubl_invoice()
CORES = {sheet for scenario in SCENARIOS for sheet in scenario.sheets if sheet.name.startswith("EN 16931")}
NAMED = re.compile(r"\s*\[(BR-[A-Z0-9-]+)\]")
TERM = re.compile(r"B[TG]-[0-9]+")
MORE_EXACT = {"BR-CO-13": {"BT-106"}, "BR-51": {"BT-87"}}
"""Where the official words describe a term without its number, or with that of another one."""


def said(rule: str, message: str = "Official words.") -> tuple[str, str]:
    return in_words(Finding(rule=rule, severity=Severity.ERROR, location="/Invoice", message=message))


@pytest.mark.parametrize("sheet", sorted(CORES, key=str), ids=lambda sheet: sheet.name)
def test_every_business_rule_of_the_core_has_a_german_sentence_on_the_same_terms(sheet: Resource) -> None:
    texts = ("".join(map(str, text.itertext())) for text in etree.parse(str(_path(sheet))).iter(f"{SVRL}text"))
    official = {named[1]: set(TERM.findall(text)) for text in texts if (named := NAMED.match(text))}
    assert len(official) > 200
    ours = {rule: demand(rule) or "" for rule in official}
    assert [rule for rule, sentence in ours.items() if not sentence.endswith(".")] == []
    assert {
        rule: beyond
        for rule, sentence in ours.items()
        if official[rule] and (beyond := set(TERM.findall(sentence)) - official[rule] - MORE_EXACT.get(rule, set()))
    } == {}


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ("BR-S-05", "größer als 0"),
        ("BR-AF-06", "nicht negativ"),
        ("BR-Z-07", "muss 0 sein"),
        ("BR-O-05", "wegzulassen"),
        ("BR-S-10", "wegzulassen"),
        ("BR-E-10", "fehlt"),
        ("BR-AE-09", "muss 0 sein"),
        ("BR-S-09", "× Steuersatz (BT-119)"),
        ("BR-IC-03", "Steuerkategorie K (innergemeinschaftliche Lieferung) in einem Nachlass (BT-95)"),
        ("BR-AE-02", "Empfängers) in einer Position (BT-151)"),
        ("BR-O-02", "wegzulassen"),
    ],
)
def test_the_categories_of_vat_differ_where_the_standard_has_them_differ(rule: str, sentence: str) -> None:
    words, official = said(rule)
    assert sentence in words
    assert official == "Official words."


def broken(content: bytes) -> list[str]:
    scenario = scenario_for(Syntax.UBL_INVOICE, None)
    assert scenario is not None
    return [in_words(finding)[0] for finding in schema_findings(parse_xml(content), scenario.schema)]


def with_text(path: str, text: str) -> bytes:
    root = parse_xml(UBL)
    at(root, path).text = text
    return etree.tostring(root)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (removed(UBL, "cbc:IssueDate"), "Das Element DueDate steht hier falsch, oder davor fehlt etwas; erwartet wird"),
        (changed(UBL, "cbc:IssueDate", "gestern"), "Der Wert „gestern“ im Element IssueDate ist kein Datum der Form"),
        (changed(UBL, "cbc:ChargeIndicator", "ja"), "Der Wert „ja“ im Element ChargeIndicator ist weder true noch"),
        (changed(UBL, "cbc:PayableAmount", "1,5"), "Der Wert „1,5“ im Element PayableAmount hat nicht die Form"),
        (changed(UBL, "cbc:PayableAmount", art="x"), "Das Attribut art ist am Element PayableAmount nicht vorgesehen."),
        (with_text("cac:AccountingSupplierParty", "x"), "Im Element AccountingSupplierParty ist kein Text vorgesehen."),
        (
            re.sub(rb"<cac:InvoiceLine>.*</cac:InvoiceLine>", b"", UBL, flags=re.DOTALL),
            "Im Element Invoice fehlt am Ende etwas; erwartet wird noch: ",
        ),
        (re.sub(rb' currencyID="EUR"', b"", UBL, count=1), "fehlt das Attribut currencyID."),
        (UBL.replace(b"</cbc:ID>", b"<b/></cbc:ID>", 1), "Im Element ID sind keine weiteren Elemente vorgesehen."),
    ],
    ids=["missing", "date", "boolean", "number", "attribute", "text", "end", "no attribute", "elements"],
)
def test_a_violated_schema_is_said_in_german(content: bytes, sentence: str) -> None:
    (words,) = broken(content)
    assert sentence in words


def test_what_the_schema_does_not_foresee_at_all_stays_in_its_words() -> None:
    assert said("XSD", "Element 'a': Something new.") == ("Element 'a': Something new.", "")


@pytest.mark.parametrize(
    ("rule", "message", "sentence"),
    [
        ("CII-SR-013", "Name should not be present", "EN 16931 sieht „Name“ hier nicht vor. Bitte weglassen."),
        (
            "UBL-CR-646",
            "A UBL invoice should not include the InvoiceLine SubInvoiceLine",
            "„InvoiceLine SubInvoiceLine“",
        ),
        ("FX-ATTRIBUT", "Attribute @currencyID' marked as not used in the given context.", "dieses Attribut nicht vor"),
    ],
)
def test_what_is_not_foreseen_is_to_be_left_out(rule: str, message: str, sentence: str) -> None:
    words, official = said(rule, message)
    assert sentence in words
    assert official == message


def test_our_layer_of_the_xrechnung_has_english_words_beside_the_german() -> None:
    german = "Die Telefonnummer des Ansprechpartners (BT-42) fehlt."
    assert said("BR-DE-6", german) == (german, "The telephone number of the seller contact (BT-42) is missing.")


def test_the_words_of_an_installed_pack_and_our_own_checks_stand_alone() -> None:
    assert said("BR-DE-6", "Das Element muss übermittelt werden.") == ("Das Element muss übermittelt werden.", "")
    assert said("PE-SUMMEN", "Bitte prüfen.") == ("Bitte prüfen.", "")
