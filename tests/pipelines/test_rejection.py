"""The letter proposed for an invoice that is not accepted: violated rules with their fields, and errors alone."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pypdfium2

from pipelines.invoice.paper import pdf_of
from pipelines.invoice.rejection import Refused, proposed_subject, proposed_text
from pipelines.invoice.render import rejection_html
from pipelines.invoice.term_names import term_names
from schemas.rejection import RejectionLetterSheet
from schemas.validation import Finding, InvoiceKind, Severity, ValidationReport, Verdict

ERROR, WARNING = Severity.ERROR, Severity.WARNING


def report(*findings: Finding) -> ValidationReport:
    return ValidationReport(
        file="rechnung.xml",
        syntax="UBL Invoice",
        profile=None,
        verdict=Verdict.REJECT,
        kind=InvoiceKind.E_RECHNUNG,
        scenario=None,
        reason="",
        findings=findings,
        rules=(),
    )


def fault(rule: str, severity: Severity = ERROR, location: str = "/Invoice", message: str = "") -> Finding:
    return Finding(rule=rule, severity=severity, location=location, message=message or f"[{rule}] official words")


REFUSED = Refused(
    number="RE-2026-000007",
    received_at=datetime(2026, 11, 23, 9, 30, tzinfo=UTC),
    channel="E-Mail",
    file_name="rechnung.xml",
    invoice_number="2026-17",
    issued_on=date(2026, 11, 16),
    reason="",
    report=report(fault("BR-02"), fault("BR-05", WARNING), fault("BR-25", location="/Invoice/Line[1]")),
)


def text_of(refused: Refused) -> str:
    return proposed_text(refused, city="Stadt Iserlohn", clerk="Änne Öztürk")


def test_the_supplier_reads_what_came_when_and_under_which_number() -> None:
    text = text_of(REFUSED)
    assert "am 23.11.2026, 10:30 Uhr" in text.replace(" um ", ", ")
    assert "Rechnung 2026-17 vom 16.11.2026, Datei „rechnung.xml“ (E-Mail)" in text
    assert "RE-2026-000007" in text
    assert text.endswith("Änne Öztürk\nStadt Iserlohn")
    assert (
        proposed_subject(REFUSED) == "Rechnung 2026-17 vom 16.11.2026 nicht angenommen – unser Zeichen RE-2026-000007"
    )


def test_every_violated_rule_is_named_with_the_field_to_correct() -> None:
    text = text_of(REFUSED)
    assert "1. Die Rechnungsnummer (BT-1) fehlt. (Regel BR-02)\nZu berichtigen: Rechnungsnummer (BT-1)" in text
    assert (
        "(Regel BR-25)\nZu berichtigen: Bezeichnung der Ware oder Leistung (BT-153)\nStelle: /Invoice/Line[1]" in text
    )
    assert "gilt damit nicht als eingegangene E-Rechnung" in text
    assert "Leitweg-ID in der Käuferreferenz (BT-10)" in text


def test_warnings_are_no_reason_to_reject_and_are_not_in_the_letter() -> None:
    assert "BR-05" not in text_of(REFUSED)
    only_warned = replace(REFUSED, reason="Doppelt gestellt.", report=report(fault("BR-05", WARNING)))
    text = text_of(only_warned)
    assert "nicht annehmen. Grund: Doppelt gestellt." in text
    assert "gilt damit nicht als eingegangene E-Rechnung" not in text


def test_a_rule_broken_ten_thousand_times_is_one_sentence() -> None:
    many = tuple(fault("BR-25", location=f"/Invoice/Line[{n}]") for n in range(1, 10_001))
    text = text_of(replace(REFUSED, report=report(*many)))
    assert text.count("Regel BR-25") == 1
    assert "Stelle: /Invoice/Line[1] und an 9999 weiteren Stellen" in text


def test_thousands_of_different_faults_still_make_a_letter_that_says_how_many_are_left_out() -> None:
    many = tuple(fault("XSD", message=f"Strange fault {n}") for n in range(3000))
    text = text_of(replace(REFUSED, report=report(*many)))
    assert len(text) < 20_000
    listed = text.count("(Regel XSD)")
    assert f"noch {3000 - listed} weitere Regeln" in text


def test_terms_without_a_name_keep_their_number() -> None:
    assert term_names("BT-1 und BT-999", "BT-1") == ("Rechnungsnummer (BT-1)", "BT-999")


def test_the_letter_on_paper_shows_text_of_strangers_as_text(tmp_path: Path) -> None:
    sheet = RejectionLetterSheet(
        city="Stadt Iserlohn",
        number="RE-2026-000007",
        recipient=("Bau <b>Müller</b> GmbH", "58636 Iserlohn"),
        subject="Rechnung nicht angenommen",
        text="Guten Tag,\n\n<script>x</script>",
        released_on=date(2026, 11, 23),
    )
    pdf_of(rejection_html(sheet), tmp_path / "schreiben.pdf", title="Zurückweisung")
    with pypdfium2.PdfDocument(tmp_path / "schreiben.pdf") as pdf:
        said = pdf[0].get_textpage().get_text_bounded()
    for part in ("Bau <b>Müller</b> GmbH", "58636 Iserlohn", "<script>x</script>", "23.11.2026", "RE-2026-000007"):
        assert part in said
