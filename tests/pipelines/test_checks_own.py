"""All our own checks together: no invoice makes them fail, none of them says error, the samples are in order."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.settings import CODE_ROOT
from pipelines.invoice.checks.discount import cash_discounts
from pipelines.invoice.checks.own import findings_on_invoice, findings_on_pages, findings_on_pdf
from pipelines.invoice.checks.said import Context
from pipelines.invoice.checks.visible import check_visible
from pipelines.invoice.detect import look_into
from pipelines.invoice.read import read_invoice
from schemas.invoice import Invoice, Line, Syntax, Totals
from schemas.validation import Finding, Severity
from tests.pipelines.invoices import cii_invoice, ubl_credit_note, ubl_invoice
from tests.pipelines.invoices.change import read

TODAY = date(2026, 11, 24)
OWN = CODE_ROOT / "samples" / "rechnung"
PUBLIC = CODE_ROOT.parent / "shared" / "samples"
TERMS = st.none() | st.from_regex(r"#SKONTO#TAGE=[0-9]{1,7}#PROZENT=[0-9]{1,7}\.[0-9]{2}#(\nSkonto)?") | st.text()


def said(path: Path) -> list[Finding]:
    source = look_into(path)
    assert source is not None
    invoice = read_invoice(source.root)
    findings = findings_on_invoice(invoice, Context(TODAY))
    if source.embedded_name:
        findings += findings_on_pdf(path, source.embedded_name, source.profile) + findings_on_pages(path, invoice)
    return findings


def sound(finding: Finding) -> bool:
    """Never an error, a rule of ours, a message that can be written."""
    Finding.model_validate_json(finding.model_dump_json())
    return finding.severity is not Severity.ERROR and finding.rule.startswith("PE-") and len(finding.message) < 600


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.from_type(Invoice), st.dates())
def test_no_invoice_makes_a_check_fail(invoice: Invoice, today: date) -> None:
    assert all(map(sound, findings_on_invoice(invoice, Context(today))))
    assert all(map(sound, check_visible(invoice, "Rechnung")))


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.builds(
        Invoice,
        syntax=st.just(Syntax.CII),
        issued_on=st.none() | st.dates(),
        due_on=st.none() | st.dates(),
        payment_terms=TERMS,
        totals=st.builds(Totals, **{name: st.none() | st.decimals() for name in ("gross", "payable", "net", "tax")}),
        lines=st.lists(st.from_type(Line), max_size=2).map(tuple),
    )
)
def test_no_terms_of_payment_make_a_check_fail(invoice: Invoice) -> None:
    assert all(map(sound, findings_on_invoice(invoice, Context(TODAY))))
    for discount in cash_discounts(invoice):
        assert discount.until is None or (discount.until - (invoice.issued_on or date.max)).days == discount.days


@pytest.mark.parametrize("xml", [ubl_invoice(), ubl_credit_note(), cii_invoice()], ids=["UBL", "note", "CII"])
def test_nothing_is_said_of_the_complete_invoice(xml: bytes) -> None:
    assert findings_on_invoice(read(xml), Context(TODAY)) == []


@pytest.mark.parametrize(
    "name", ["xrechnung_ubl.xml", "xrechnung_cii.xml", "gutschrift_ubl.xml", "zugferd_en16931.pdf"]
)
def test_nothing_is_said_of_our_samples(name: str) -> None:
    assert said(OWN / name) == []


def test_the_sample_with_a_wrong_total_is_told_so_in_german() -> None:
    [finding] = said(OWN / "regelverstoss_ubl.xml")
    assert (finding.rule, finding.location) == ("PE-SUMMEN", "BT-112")


@pytest.mark.skipif(not PUBLIC.exists(), reason="the public collections are not here")
def test_public_invoices_make_no_check_fail() -> None:
    for path in (*PUBLIC.glob("xrechnung/*.xml"), *PUBLIC.glob("zugferd/*.pdf")):
        if look_into(path) is not None:
            assert all(map(sound, said(path))), path.name
