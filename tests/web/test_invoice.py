"""The page of an invoice: what was sent, what the checks found, who signed which words."""

import pytest
from pytest_django import DjangoAssertNumQueries

from pipelines.invoice.bmf import classified
from schemas.roles import Role
from schemas.states import FileRole, State
from schemas.validation import Finding, InvoiceKind, Severity, ValidationReport, Verdict
from tests.pipelines.papers import pdf_bytes
from tests.web.conftest import Arrive, Enter, Keep, SignIn, text_of

pytestmark = pytest.mark.django_db


def report(*findings: Finding, verdict: Verdict = Verdict.REJECT, reason: str = "") -> bytes:
    return (
        ValidationReport(
            file="rechnung.xml",
            syntax="UBL Invoice",
            profile=None,
            verdict=verdict,
            kind=InvoiceKind.E_RECHNUNG,
            scenario=None,
            findings=findings,
            reason=reason,
        )
        .model_dump_json()
        .encode()
    )


def finding(severity: Severity, rule: str = "BR-CO-15") -> Finding:
    return Finding(rule=rule, severity=severity, location="/Invoice[1]", message=f"<Summe> {rule}")


def test_the_facts_are_written_as_germans_write_them(sign_in: SignIn, enter: Enter) -> None:
    entry = enter(account="DE02120300000000202051", buyer_reference="05962024-16001-58", seller_vat_id="DE999990019")
    page = text_of(sign_in(Role.ACCOUNTING).get(f"/rechnungen/{entry.number}/"))
    for shown in (
        "1.190,00 EUR",
        "16.12.2026",
        "DE02 1203 0000 0000 2020 51",
        "05962024-16001-58",
        "DE999990019",
        "E-Rechnung",
        entry.document.register_number,
    ):
        assert shown in page


def test_data_are_shown_as_the_readable_invoice_in_a_frame_without_rights(sign_in: SignIn, enter: Enter) -> None:
    entry = enter()
    page = text_of(sign_in(Role.ACCOUNTING).get(f"/rechnungen/{entry.number}/"))
    assert (
        f'<iframe sandbox title="Lesbare Rechnung {entry.number}" src="/rechnungen/{entry.number}/ansicht"></iframe>'
        in page
    )


def test_of_a_pdf_the_data_come_first_and_its_pages_beside_them(sign_in: SignIn, enter: Enter, keep: Keep) -> None:
    entry = enter()
    keep(entry.document, FileRole.PRODUCT, pdf_bytes(), "rechnung.pdf")
    page = text_of(sign_in(Role.ACCOUNTING).get(f"/rechnungen/{entry.number}/"))
    assert page.index(f'src="/rechnungen/{entry.number}/ansicht"') < page.index("/seite/1.png")
    assert "er ist maßgeblich" in page


def test_findings_come_errors_first_as_text(sign_in: SignIn, enter: Enter, keep: Keep) -> None:
    entry = enter(State.CLARIFICATION, verdict=Verdict.REJECT)
    sent = [finding(Severity.INFORMATION, "I-1"), finding(Severity.WARNING, "W-1"), finding(Severity.ERROR, "E-1")]
    keep(entry.document, FileRole.REPORT, report(*sent, reason="Beispiel."), "pruefbericht.json")
    page = text_of(sign_in(Role.ACCOUNTING).get(f"/rechnungen/{entry.number}/"))
    assert page.index("E-1") < page.index("W-1") < page.index("I-1")
    assert "<details open>\n  <summary>1 × Fehler</summary>" in page
    assert "<details>\n  <summary>1 × Warnung</summary>" in page
    assert "&lt;Summe&gt; E-1" in page
    assert "nicht bestanden" in page
    assert "Beispiel." in page


def test_danger_to_the_input_tax_is_said_beside_the_finding_and_once_above(
    sign_in: SignIn, enter: Enter, keep: Keep
) -> None:
    entry = enter(State.CLARIFICATION, verdict=Verdict.REJECT)
    sent = [finding(Severity.ERROR, "BR-02"), finding(Severity.ERROR, "BR-DE-6"), finding(Severity.WARNING, "BR-06")]
    keep(entry.document, FileRole.REPORT, report(*map(classified, sent)), "pruefbericht.json")
    page = text_of(sign_in(Role.ACCOUNTING).get(f"/rechnungen/{entry.number}/"))
    assert page.count("Vorsteuer gefährdet") == 2
    assert '<code>BR-02</code> <span class="state bad">Vorsteuer gefährdet</span>' in page
    assert '<code>BR-DE-6</code> <span class="state wait">Geschäftsregelfehler</span>' in page
    assert "Die Rechnungsnummer (BT-1) fehlt." in page


def test_a_format_error_is_explained(sign_in: SignIn, enter: Enter, keep: Keep) -> None:
    entry = enter(State.CLARIFICATION, verdict=Verdict.REJECT)
    keep(entry.document, FileRole.REPORT, report(classified(finding(Severity.ERROR, "XSD"))), "pruefbericht.json")
    page = text_of(sign_in(Role.ACCOUNTING).get(f"/rechnungen/{entry.number}/"))
    assert "<strong>Formatfehler.</strong> Die Datei hält das vorgeschriebene Format nicht ein" in page


def test_a_long_list_of_errors_is_folded(sign_in: SignIn, enter: Enter, keep: Keep) -> None:
    entry = enter(State.CLARIFICATION, verdict=Verdict.REJECT)
    keep(entry.document, FileRole.REPORT, report(*[finding(Severity.ERROR)] * 500), "pruefbericht.json")
    page = text_of(sign_in(Role.ACCOUNTING).get(f"/rechnungen/{entry.number}/"))
    assert "<details>\n  <summary>500 × Fehler</summary>" in page


def test_no_finding_says_what_was_checked_and_what_not(sign_in: SignIn, enter: Enter, keep: Keep) -> None:
    entry = enter()
    keep(entry.document, FileRole.REPORT, report(verdict=Verdict.ACCEPT), "pruefbericht.json")
    page = text_of(sign_in(Role.AUDIT).get(f"/rechnungen/{entry.number}/"))
    assert "Geprüft ist die Form, nicht der Inhalt." in page


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe", b"[1]"])
def test_a_report_that_cannot_be_read_is_said_and_no_failure(
    content: bytes, sign_in: SignIn, enter: Enter, keep: Keep
) -> None:
    entry = enter()
    keep(entry.document, FileRole.REPORT, content, "pruefbericht.json")
    assert "Prüfbericht ist nicht lesbar" in text_of(sign_in(Role.AUDIT).get(f"/rechnungen/{entry.number}/"))


def test_further_representations_are_linked(sign_in: SignIn, enter: Enter, arrive: Arrive) -> None:
    entry = enter()
    other = arrive(State.DUPLICATE, duplicate_of=entry.document, name="rechnung_als_pdf.pdf")
    page = text_of(sign_in(Role.ACCOUNTING).get(f"/rechnungen/{entry.number}/"))
    assert "Weitere Darstellungen" in page
    assert f"/schriftstueck/{other.id}/" in page
    assert "rechnung_als_pdf.pdf" in page


@pytest.mark.parametrize("number", ["RE-2026-999999", "RE-1", "..", "a%00b", "x" * 500])
def test_an_unknown_number_is_a_german_404(number: str, sign_in: SignIn) -> None:
    answer = sign_in(Role.ACCOUNTING).get(f"/rechnungen/{number}/")
    assert answer.status_code == 404
    assert "Nicht gefunden" in text_of(answer)


@pytest.mark.parametrize(
    "state",
    [
        State.ENTERED, State.VALIDATED, State.CLARIFICATION, State.TO_CERTIFY_FACTUALLY,
        State.TO_CERTIFY_ARITHMETICALLY, State.TO_ORDER, State.TO_RELEASE, State.RELEASED, State.PROTOCOLLED,
        State.REJECTED, State.CLEARING, State.FILED,
    ],
)  # fmt: skip
def test_an_invoice_in_every_state_can_be_shown_to_everybody_who_sees_it(
    state: State, sign_in: SignIn, enter: Enter
) -> None:
    entry = enter(state, unit="16")
    for role in (Role.ACCOUNTING, Role.UNIT, Role.ORDERING, Role.AUDIT):
        assert sign_in(role, units=("16",)).get(f"/rechnungen/{entry.number}/").status_code == 200


def test_one_page_takes_a_bounded_number_of_queries(
    sign_in: SignIn, enter: Enter, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    entry = enter(unit="16")
    client = sign_in(Role.UNIT, units=("16",))
    with django_assert_max_num_queries(75):
        client.get(f"/rechnungen/{entry.number}/")
