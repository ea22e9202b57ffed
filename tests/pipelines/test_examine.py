"""Examined by a program, decided by people: what is in order goes on, everything else is said with its reason."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest

from config.city_config import City, Leitweg
from pipelines.invoice.examine import examine, read_report, validate
from pipelines.invoice.validator import own_validator
from schemas.invoice import Syntax
from schemas.states import FileRole, State
from schemas.validation import Finding, InvoiceKind, Severity, ValidationReport, Verdict
from schemas.values import Assessment, DocumentFacts, Entry, InvoiceFacts, StepResult
from tests.pipelines.edits import changed, removed
from tests.pipelines.invoices import cii_invoice, ubl_invoice
from tests.pipelines.papers import Desk, carrying

LEITWEG, UNIT = "05962024-16001-58", "16"
INVOICE = ubl_invoice().replace(b"05962024-TEST-31", LEITWEG.encode())
GOOD = ValidationReport(
    file="rechnung.xml",
    syntax=Syntax.UBL_INVOICE,
    profile="urn:x",
    verdict=Verdict.ACCEPT,
    kind=InvoiceKind.E_RECHNUNG,
    scenario="EN16931 XRechnung (UBL Invoice)",
)


def finding(rule: str, severity: Severity = Severity.ERROR) -> Finding:
    return Finding(rule=rule, severity=severity, location="/", message="falsch")


def examined(
    desk: Desk,
    city: City,
    *,
    content: bytes = INVOICE,
    report: ValidationReport = GOOD,
    facts: DocumentFacts | None = None,
    same_number: tuple[str, ...] = (),
) -> StepResult:
    desk.put(FileRole.ORIGINAL, content, "rechnung.xml")
    desk.put(FileRole.REPORT, report.model_dump_json().encode(), "pruefbericht.json")
    entry = Entry("RE-2026-000042", InvoiceFacts(Syntax.UBL_INVOICE))
    return examine(replace(desk.work(facts), entry=entry, same_number=same_number), city)


def test_an_invoice_in_order_goes_to_the_unit_of_its_leitweg_id(desk: Desk, iserlohn: City) -> None:
    result = examined(desk, iserlohn)
    assert (result.state, result.facts.unit) == (State.TO_CERTIFY_FACTUALLY, UNIT)
    assert result.reason == f"Leitweg-ID {LEITWEG} gehört zu 16 Bereich EDV."
    assert result.facts.reasons == (result.reason,)
    assert result.facts.anomalies == ()


@pytest.mark.parametrize("entry", [0, 1, 2, 3, 4])
def test_every_configured_leitweg_id_finds_its_unit(entry: int, desk: Desk, iserlohn: City) -> None:
    own = iserlohn.invoices.leitweg_ids[entry]
    assert examined(desk, iserlohn, content=changed(INVOICE, "cbc:BuyerReference", own.id)).facts.unit == own.unit


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("05962024-TEST-31", "Die Leitweg-ID 05962024-TEST-31 ist keine der Stadt."),
        ("05914-31001-55", "Die Leitweg-ID 05914-31001-55 ist keine der Stadt."),
        ("05962024-16001-59", "Die Prüfziffer der Leitweg-ID 05962024-16001-59 stimmt nicht."),
        ("5914-31001-55", "Die Leitweg-ID 5914-31001-55 beginnt mit keinem Landesschlüssel; fehlt vorn eine Null?"),
        ("Kostenstelle 16", "„Kostenstelle 16“ hat nicht die Form einer Leitweg-ID."),
        (None, "Die Rechnung nennt keine Leitweg-ID (BT-10)."),
        (" ", "Die Rechnung nennt keine Leitweg-ID (BT-10)."),
    ],
)
def test_without_a_leitweg_id_of_the_city_a_person_finds_the_unit(
    reference: str | None, reason: str, desk: Desk, iserlohn: City
) -> None:
    path = "cbc:BuyerReference"
    content = removed(INVOICE, path) if reference is None else changed(INVOICE, path, reference)
    result = examined(desk, iserlohn, content=content)
    assert (result.state, result.facts.unit, result.facts.reasons) == (State.CLARIFICATION, None, ())
    assert result.reason == f"{reason} Bitte die Organisationseinheit festlegen."


def test_a_leitweg_id_of_a_unit_that_is_gone_is_one_nobody_knows(desk: Desk, iserlohn: City) -> None:
    units = tuple(unit for unit in iserlohn.organisation.units if unit.number != UNIT)
    smaller = iserlohn.model_copy(update={"organisation": iserlohn.organisation.model_copy(update={"units": units})})
    result = examined(desk, smaller)
    assert (result.state, result.facts.unit) == (State.CLARIFICATION, None)


def test_a_rejected_invoice_is_clarified_and_the_violated_rules_are_named(desk: Desk, iserlohn: City) -> None:
    findings = [finding(f"BR-{number}") for number in (1, 2, 2, 3, 4, 5, 6, 7)] + [finding("W-1", Severity.WARNING)]
    report = GOOD.model_copy(update={"verdict": Verdict.REJECT, "findings": tuple(findings)})
    result = examined(desk, iserlohn, report=report)
    assert result.state is State.CLARIFICATION
    assert result.facts.unit == UNIT, "the unit is known and proposed all the same"
    assert result.reason == (
        "Formale Prüfung nicht bestanden: 8 × Fehler, 1 × Warnung. "
        "Verletzt: BR-1, BR-2, BR-3, BR-4, BR-5 und 2 weitere."
    )


@pytest.mark.parametrize("severity", [Severity.WARNING, Severity.INFORMATION])
def test_warnings_and_hints_keep_nothing_up(severity: Severity, desk: Desk, iserlohn: City) -> None:
    report = GOOD.model_copy(update={"findings": (finding("BR-CL-23", severity),) * 3})
    assert examined(desk, iserlohn, report=report).state is State.TO_CERTIFY_FACTUALLY


def test_an_invoice_its_sender_calls_a_test_is_clarified(desk: Desk, iserlohn: City) -> None:
    mark, context = (
        "<ram:TestIndicator><udt:Indicator>true</udt:Indicator></ram:TestIndicator>",
        "ExchangedDocumentContext>",
    )
    xml = cii_invoice().replace(b"05962024-TEST-31", LEITWEG.encode())
    result = examined(desk, iserlohn, content=xml.replace(context.encode(), (context + mark).encode(), 1))
    assert result.state is State.CLARIFICATION
    assert result.reason == "Der Rechnungssteller hat den Datensatz als Test gekennzeichnet."


@pytest.mark.parametrize(("said", "state"), [("true", State.CLARIFICATION), ("false", State.TO_CERTIFY_FACTUALLY)])
def test_an_invoice_its_sender_calls_a_copy_is_clarified(said: str, state: State, desk: Desk, iserlohn: City) -> None:
    mark = f"</cbc:ID><cbc:CopyIndicator>{said}</cbc:CopyIndicator>".encode()
    assert examined(desk, iserlohn, content=INVOICE.replace(b"</cbc:ID>", mark, 1)).state is state


def test_what_was_not_assessed_is_never_taken_for_good(desk: Desk, iserlohn: City) -> None:
    report = GOOD.model_copy(update={"verdict": Verdict.NOT_ASSESSED, "reason": "Das Prüfprogramm ist abgestürzt."})
    result = examined(desk, iserlohn, report=report)
    assert result.state is State.CLARIFICATION
    assert result.reason == "Nicht prüfbar: Das Prüfprogramm ist abgestürzt."


@pytest.mark.parametrize("kind", [kind for kind in InvoiceKind if kind is not InvoiceKind.E_RECHNUNG])
def test_a_data_set_that_is_no_whole_invoice_is_clarified_although_its_rules_accept(
    kind: InvoiceKind, desk: Desk, iserlohn: City
) -> None:
    result = examined(desk, iserlohn, report=GOOD.model_copy(update={"kind": kind}))
    assert result.state is State.CLARIFICATION
    assert result.reason == f"Der Datensatz ist {kind.label}, keine vollständige Rechnung."


def test_the_same_number_again_is_clarified_and_the_earlier_entries_are_named(desk: Desk, iserlohn: City) -> None:
    result = examined(desk, iserlohn, same_number=("RE-2026-000007", "RE-2026-000031"))
    assert result.state is State.CLARIFICATION
    assert "schon eingetragen: RE-2026-000007, RE-2026-000031." in result.reason


def beside(desk: Desk, city: City, own: InvoiceFacts, first: InvoiceFacts) -> StepResult:
    desk.put(FileRole.ORIGINAL, INVOICE, "rechnung.xml")
    desk.put(FileRole.REPORT, GOOD.model_dump_json().encode(), "pruefbericht.json")
    like, entry = (Entry("RE-2026-000007", first),), Entry("RE-2026-000042", own)
    return examine(replace(desk.work(), entry=entry, like=like, same_number=("RE-2026-000007",)), city)


def test_a_contradicting_representation_is_clarified_with_everything_that_differs(desk: Desk, iserlohn: City) -> None:
    first = InvoiceFacts(Syntax.UBL_INVOICE, type_code="380", gross=Decimal(119), account="DE02120300000000202051")
    result = beside(desk, iserlohn, replace(first, gross=Decimal(120), account="DE89370400440532013000"), first)
    assert result.state is State.CLARIFICATION
    assert result.reason == (
        "Abweichende Darstellung zu RE-2026-000007: Brutto 120,00 statt 119,00; "
        "Konto (IBAN) DE89 3704 0044 0532 0130 00 statt DE02 1203 0000 0000 2020 51. Bitte prüfen, welche gilt."
    )


@pytest.mark.parametrize("kind", ["381", "384"])
def test_a_credit_note_or_correction_under_the_number_is_pointed_out_and_no_duplicate(
    kind: str, desk: Desk, iserlohn: City
) -> None:
    first = InvoiceFacts(Syntax.UBL_INVOICE, type_code="380", gross=Decimal(119))
    result = beside(desk, iserlohn, replace(first, type_code=kind), first)
    assert result.state is State.TO_CERTIFY_FACTUALLY
    assert result.facts.anomalies == (
        "Unter derselben Nummer gibt es RE-2026-000007; eine von beiden ist eine Gutschrift oder Korrektur.",
    )


def test_an_invoice_to_somebody_else_is_clarified(desk: Desk, iserlohn: City) -> None:
    result = examined(desk, iserlohn, content=INVOICE.replace(b"Stadt Iserlohn", b"Stadt Hagen"))
    assert result.state is State.CLARIFICATION
    assert result.reason == "Unbekannter Rechtsträger: „Stadt Hagen“ als Empfänger ist keiner der Mandanten."


def test_a_leitweg_id_in_small_letters_is_the_same(desk: Desk, iserlohn: City) -> None:
    own = Leitweg(id="05962024-TEST-31", unit="22")
    city = iserlohn.model_copy(update={"invoices": iserlohn.invoices.model_copy(update={"leitweg_ids": (own,)})})
    result = examined(desk, city, content=changed(INVOICE, "cbc:BuyerReference", "05962024-test-31"))
    assert (result.state, result.facts.unit) == (State.TO_CERTIFY_FACTUALLY, "22")


def test_every_reason_is_given_at_once(desk: Desk, iserlohn: City) -> None:
    report = GOOD.model_copy(update={"verdict": Verdict.REJECT, "findings": (finding("BR-1"),)})
    content = removed(INVOICE, "cbc:BuyerReference")
    reason = examined(desk, iserlohn, content=content, report=report, same_number=("RE-2026-000007",)).reason
    for part in ("Verletzt: BR-1.", "RE-2026-000007", "keine Leitweg-ID"):
        assert part in reason


def test_what_could_not_be_read_is_noted_and_a_person_looks_at_it(desk: Desk, iserlohn: City) -> None:
    content = changed(INVOICE, "cbc:DueDate", "Ostern")
    result = examined(desk, iserlohn, content=content, facts=DocumentFacts(anomalies=("vorher",)))
    assert result.state is State.CLARIFICATION
    before, problem = result.facts.anomalies
    assert before == "vorher"
    assert "Ostern" in problem
    assert problem in result.reason


def test_two_data_sets_in_one_pdf_may_be_two_invoices(desk: Desk, iserlohn: City) -> None:
    other = changed(ubl_invoice(), "cbc:ID", "RECHNUNG-2")
    desk.put(FileRole.INVOICE_XML, INVOICE, "factur-x.xml")
    result = examined(desk, iserlohn, content=carrying(("factur-x.xml", INVOICE), ("zweite.xml", other)))
    assert result.state is State.CLARIFICATION
    assert "nicht zweite.xml" in result.reason
    desk.put(FileRole.INVOICE_XML, INVOICE, "factur-x.xml")
    assert examined(desk, iserlohn, content=carrying(("factur-x.xml", INVOICE))).state is State.TO_CERTIFY_FACTUALLY


@pytest.mark.parametrize("leitweg", [LEITWEG, "n/a"])
def test_the_readable_invoice_is_kept_whatever_comes_of_it(leitweg: str, desk: Desk, iserlohn: City) -> None:
    result = examined(desk, iserlohn, content=changed(INVOICE, "cbc:BuyerReference", leitweg))
    (file,) = result.files
    assert (file.role, file.name) == (FileRole.RENDERING, "rechnung.html")
    page = file.path.read_text(encoding="utf-8")
    assert "RE-2026-000042" in page
    assert "RECHNUNG-1" in page


def test_of_a_pdf_the_data_taken_out_of_it_are_examined(desk: Desk, iserlohn: City) -> None:
    data = changed(cii_invoice(), "ram:BuyerReference", "05962024-22001-03")
    desk.put(FileRole.INVOICE_XML, data, "factur-x.xml")
    assert examined(desk, iserlohn, content=carrying(("factur-x.xml", data))).facts.unit == "22"


@pytest.fixture(scope="module")
def at_the_end() -> Iterator[None]:
    yield
    own_validator().close()


def validated(desk: Desk, city: City) -> tuple[StepResult, ValidationReport]:
    result = validate(desk.work(), city)
    (file,) = result.files
    assert (result.state, file.role, file.name) == (State.VALIDATED, FileRole.REPORT, "pruefbericht.json")
    desk.put(FileRole.REPORT, file.path.read_bytes(), file.name)
    return result, read_report(desk.work())


@pytest.mark.usefixtures("at_the_end")
def test_the_validation_keeps_its_report_whatever_it_says(desk: Desk, iserlohn: City) -> None:
    desk.put(FileRole.ORIGINAL, INVOICE, "Rechnung März.xml")
    result, report = validated(desk, iserlohn)
    assert result.assessment == Assessment(Verdict.ACCEPT, InvoiceKind.E_RECHNUNG, GOOD.scenario)
    assert result.reason == "Formal geprüft: keine Beanstandung."
    assert report.file == "Rechnung März.xml", "not where our files lie"

    desk.put(FileRole.ORIGINAL, changed(INVOICE, "cac:LegalMonetaryTotal/cbc:PayableAmount", "1.00"), "falsch.xml")
    result, report = validated(desk, iserlohn)
    assert result.assessment == Assessment(Verdict.REJECT, InvoiceKind.E_RECHNUNG, GOOD.scenario)
    assert result.reason == "Nicht bestanden: 1 × Fehler, 1 × Warnung."
    assert [found.rule for found in report.findings] == ["BR-CO-16", "PE-SUMMEN"]

    desk.put(FileRole.ORIGINAL, changed(INVOICE, "cbc:BuyerReference", "992-90009-96"), "fremd.xml")
    _, report = validated(desk, iserlohn)
    assert [found.message for found in report.findings if "992-90009-96 ist keine der Stadt" in found.message]


@pytest.mark.usefixtures("at_the_end")
def test_of_a_pdf_the_data_taken_out_of_it_are_validated(desk: Desk, iserlohn: City) -> None:
    desk.put(FileRole.ORIGINAL, carrying(("factur-x.xml", cii_invoice())), "rechnung.pdf")
    desk.put(FileRole.INVOICE_XML, cii_invoice(), "factur-x.xml")
    result, report = validated(desk, iserlohn)
    assert report.file == "factur-x.xml"
    assert "PE-PDFA3" in {finding.rule for finding in report.findings}, "the PDF around them is looked at too"
    assert result.assessment is not None
    assert result.assessment.scenario == "EN16931 XRechnung (CII)"
