"""Invoices at the door: told by their data, kept with them; what is broken or hostile goes where people look at it."""

import pikepdf
import pytest

from config.city_config import City
from pipelines.intake.identify import identify
from pipelines.invoice.enter import facts_of
from schemas.states import FileRole, State
from schemas.values import StepResult
from tests.pipelines.invoices import cii_invoice, ubl_credit_note, ubl_invoice
from tests.pipelines.invoices.change import read
from tests.pipelines.papers import Desk, attached, carrying, pdf_bytes, typed

UBL, CII = ubl_invoice(), cii_invoice()
IDENTITY = facts_of(read(UBL)).identity


def judged(content: bytes, desk: Desk, city: City, name: str = "rechnung.xml") -> StepResult:
    desk.put(FileRole.ORIGINAL, content, name)
    return identify(desk.work(), city)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (UBL, "E-Rechnung (UBL Invoice)."),
        (ubl_credit_note(), "E-Rechnung (UBL CreditNote)."),
        (CII, "E-Rechnung (UN/CEFACT CII)."),
        (b"\xef\xbb\xbf\r\n" + UBL.partition(b"?>\n")[2], "E-Rechnung (UBL Invoice)."),
        (
            b'<x:CrossIndustryDocument xmlns:x="urn:ferd:CrossIndustryDocument:invoice:1p0"/>',
            "E-Rechnung (ZUGFeRD 1.0).",
        ),
    ],
)
def test_an_xml_invoice_is_one_whatever_it_is_called(content: bytes, reason: str, desk: Desk, iserlohn: City) -> None:
    result = judged(content, desk, iserlohn, "brief.pdf")
    assert (result.state, result.reason, result.files) == (State.E_INVOICE, reason, ())
    facts = result.facts
    assert (facts.document_type, facts.confidence, facts.needs_original) == ("e_rechnung", 1.0, False)
    assert (facts.page_count, facts.anomalies) == (None, ())


def test_data_in_a_pdf_make_it_an_invoice_and_are_kept_as_a_file(desk: Desk, iserlohn: City) -> None:
    result = judged(carrying(("factur-x.xml", CII)), desk, iserlohn, "rechnung.pdf")
    assert (result.state, result.reason) == (State.E_INVOICE, "E-Rechnung (UN/CEFACT CII).")
    assert result.facts.page_count == 1
    (file,) = result.files
    assert (file.role, file.name) == (FileRole.INVOICE_XML, "factur-x.xml")
    assert file.path.read_bytes() == CII, "byte for byte as it came"


def test_every_form_of_one_invoice_has_the_same_identity(desk: Desk, iserlohn: City) -> None:
    forms = [UBL, CII, carrying(("factur-x.xml", CII)), carrying(("xrechnung.xml", UBL))]
    assert {judged(content, desk, iserlohn).facts.invoice_identity for content in forms} == {IDENTITY}
    assert IDENTITY is not None


def test_an_invoice_that_says_nothing_has_no_identity_and_is_still_an_invoice(desk: Desk, iserlohn: City) -> None:
    result = judged(b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>', desk, iserlohn)
    assert (result.state, result.facts.invoice_identity) == (State.E_INVOICE, None)


@pytest.mark.parametrize("content", [UBL, CII, carrying(("factur-x.xml", CII))], ids=["UBL", "CII", "PDF"])
def test_the_same_bytes_again_are_a_duplicate_before_anything_is_read(
    content: bytes, desk: Desk, iserlohn: City
) -> None:
    desk.put(FileRole.ORIGINAL, content, "rechnung")
    result = identify(desk.work(duplicate_of="PE-2026-000007"), iserlohn)
    assert (result.state, result.files, result.facts.invoice_identity) == (State.DUPLICATE, (), None)


NO_INVOICE = {
    "another XML": (b"<bestellung/>", "Das XML ist keine Rechnung in UBL oder CII."),
    "an order": (
        b'<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"/>',
        "Das XML ist keine Rechnung",
    ),
    "DOCTYPE": (b"<!DOCTYPE Invoice>" + UBL.partition(b"?>")[2], "Das XML enthält eine DOCTYPE-Angabe"),
    "truncated": (UBL[:-30], "Das XML ist nicht wohlgeformt"),
    "deep": (b"<a>" * 101 + b"</a>" * 101, "Das XML ist tiefer als 100 Ebenen verschachtelt."),
    "UTF-7": (b'<?xml version="1.0" encoding="UTF-7"?><a/>', "Die Zeichenkodierung 'utf-7' wird nicht angenommen."),
    "only a mark": (b"<", "Das XML beginnt mit keinem Element"),
}


@pytest.mark.parametrize(("content", "reason"), NO_INVOICE.values(), ids=NO_INVOICE)
def test_an_xml_that_is_no_invoice_or_cannot_be_read_is_quarantined(
    content: bytes, reason: str, desk: Desk, iserlohn: City
) -> None:
    result = judged(content, desk, iserlohn)
    assert result.state is State.QUARANTINED
    assert result.reason.startswith(reason)
    assert "Bitte" in result.reason, "people are told what to do"
    assert (result.files, result.facts.document_type) == ((), None)


@pytest.mark.parametrize("data", [CII[:-30], b"", b"<!DOCTYPE a><a/>"])
def test_a_pdf_with_broken_data_goes_on_as_a_letter_and_that_is_noted(data: bytes, desk: Desk, iserlohn: City) -> None:
    result = judged(carrying(("factur-x.xml", data)), desk, iserlohn)
    assert (result.state, result.files) == (State.IDENTIFIED, ())
    (anomaly,) = result.facts.anomalies
    assert anomaly.startswith("Der eingebettete Datensatz factur-x.xml ist nicht lesbar: ")


def test_two_different_data_sets_in_one_pdf_are_noted(desk: Desk, iserlohn: City) -> None:
    result = judged(carrying(("a.xml", UBL), ("factur-x.xml", CII)), desk, iserlohn)
    assert result.state is State.E_INVOICE
    (anomaly,) = result.facts.anomalies
    assert "mehrere verschiedene Datensätze" in anomaly


def test_a_pdf_with_other_attachments_is_a_letter(desk: Desk, iserlohn: City) -> None:
    result = judged(carrying(("order-x.xml", b"<bestellung/>"), ("notiz.txt", b"x")), desk, iserlohn)
    assert (result.state, result.facts.anomalies, result.files) == (State.IDENTIFIED, (), ())


def with_program(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["rechnung.exe"] = attached(pdf, b"MZ", "rechnung.exe")
    pdf.attachments["factur-x.xml"] = attached(pdf, CII, "factur-x.xml")


def test_what_makes_a_pdf_dangerous_is_looked_at_before_its_data(desk: Desk, iserlohn: City) -> None:
    result = judged(pdf_bytes(with_program), desk, iserlohn)
    assert result.state is State.QUARANTINED
    assert "eingebettetes Programm" in result.reason


def test_a_plain_pdf_invoice_is_a_letter_to_be_read(desk: Desk, iserlohn: City) -> None:
    result = judged(typed("Rechnung Nr. 7"), desk, iserlohn)
    assert (result.state, result.facts.document_type) == (State.IDENTIFIED, None)


def test_nothing_is_written_but_into_the_scratch_folder(desk: Desk, iserlohn: City) -> None:
    result = judged(carrying(("../../außerhalb.xml", CII)), desk, iserlohn)
    (file,) = result.files
    assert file.path.parent == desk.work().scratch
    assert "/" not in file.name


def test_a_file_that_is_both_is_taken_for_the_pdf_that_people_would_see(desk: Desk, iserlohn: City) -> None:
    result = judged(b"<!-- \n" + typed("Rechnung Nr. 7") + b"\n-->" + UBL.partition(b"?>")[2][:100], desk, iserlohn)
    assert (result.state, result.facts.page_count) == (State.IDENTIFIED, 1)
