"""PE-XMP, PE-AFREL, PE-PDFA3, PE-DATEINAME, PE-SICHTBAR: the PDF around the data, and what its pages show."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from config.settings import CODE_ROOT
from pipelines.invoice.checks import visible
from pipelines.invoice.checks.container import Container, check_container, container_of
from pipelines.invoice.checks.own import findings_on_pages, findings_on_pdf
from pipelines.invoice.checks.visible import check_visible, visible_text
from schemas.invoice import Invoice, Syntax, Totals
from schemas.payment import CreditTransfer, PaymentMeans
from schemas.validation import Severity
from tests.pipelines.papers import pdf_bytes, picture_of, scanned, typed

SAMPLE = CODE_ROOT / "samples" / "rechnung" / "zugferd_en16931.pdf"
CORE = "urn:cen.eu:en16931:2017"
NAME = "factur-x.xml"
GOOD = Container(
    has_xmp=True,
    xmp={"ConformanceLevel": "EN 16931", "DocumentFileName": NAME, "part": "3"},
    relations={NAME: "Alternative"},
)
INVOICE = Invoice(
    Syntax.CII,
    number="R 2026/17",
    totals=Totals(gross=Decimal("1234.50")),
    payment=(PaymentMeans(transfers=(CreditTransfer("DE02120300000000202051"), CreditTransfer("4711"))),),
)


def found(container: Container, name: str = NAME, profile: str | None = CORE) -> list[tuple[str, Severity]]:
    return [(finding.rule, finding.severity) for finding in check_container(container, name, profile)]


def with_xmp(**said: str) -> Container:
    return replace(GOOD, xmp=dict(GOOD.xmp) | said)


def test_the_sample_is_in_order() -> None:
    assert findings_on_pdf(SAMPLE, NAME, CORE) == []


@pytest.mark.parametrize(
    ("level", "profile", "agree"),
    [
        ("EN 16931", CORE, True),
        ("en16931", CORE, True),
        ("BASIC", CORE, False),
        ("BASIC WL", "urn:factur-x.eu:1p0:basicwl", True),
        ("XRECHNUNG", f"{CORE}#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0", True),
        ("EN 16931", f"{CORE}#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0", False),
        ("EXTENDED", f"{CORE}#conformant#urn:factur-x.eu:1p0:extended", True),
        ("EXTENDED", "urn:unbekannt", True),
        ("EXTENDED", None, True),
    ],
)
def test_the_profile_of_the_pdf_is_that_of_the_xml(level: str, profile: str | None, agree: bool) -> None:
    assert found(with_xmp(ConformanceLevel=level), profile=profile) == ([] if agree else [("PE-XMP", Severity.WARNING)])


def test_a_missing_word_about_the_invoice_is_told_from_missing_metadata() -> None:
    silent, none = replace(GOOD, xmp={"part": "3"}), replace(GOOD, has_xmp=False, xmp={"part": "3"})
    messages = [finding.message for each in (silent, none) for finding in check_container(each, NAME, CORE)]
    assert ["nennt kein Profil" in message for message in messages] == [True, False]
    assert ["fehlt oder ist nicht lesbar" in message for message in messages] == [False, True]


def test_another_file_named_in_the_metadata_is_a_hint() -> None:
    assert found(with_xmp(DocumentFileName="andere.xml")) == [("PE-XMP", Severity.INFORMATION)]


@pytest.mark.parametrize(
    ("relation", "profile", "severity"),
    [
        ("Alternative", CORE, None),
        ("Source", CORE, None),
        ("Data", CORE, Severity.INFORMATION),
        ("Supplement", CORE, Severity.WARNING),
        ("", CORE, Severity.WARNING),
    ],
)
def test_the_relation_of_the_data(relation: str, profile: str, severity: Severity | None) -> None:
    expected = [("PE-AFREL", severity)] if severity else []
    assert found(replace(GOOD, relations={NAME: relation}), profile=profile) == expected


def test_booking_aids_are_data() -> None:
    container = replace(with_xmp(ConformanceLevel="MINIMUM"), relations={NAME: "Data"})
    assert found(container, profile="urn:factur-x.eu:1p0:minimum") == []


def test_data_that_are_not_associated_are_found() -> None:
    assert found(replace(GOOD, relations={"andere.xml": "Alternative"})) == [("PE-AFREL", Severity.WARNING)]


@pytest.mark.parametrize("part", ["1", "2", "4", ""])
def test_the_pdf_says_it_is_pdf_a_3(part: str) -> None:
    assert found(with_xmp(part=part)) == [("PE-PDFA3", Severity.WARNING)]


def test_an_unusual_name_is_found() -> None:
    unusual = replace(with_xmp(DocumentFileName="rechnung.xml"), relations={"rechnung.xml": "Alternative"})
    assert found(unusual, name="rechnung.xml") == [("PE-DATEINAME", Severity.WARNING)]


def strange_metadata(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Metadata = pdf.make_stream(b"<!DOCTYPE x><x/>")
    pdf.Root.AF = Array([1, Dictionary(F=String("a.xml"), AFRelationship=String("Data")), Array([])])


def packed_metadata(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Metadata = pdf.make_stream(b"no zlib", Filter=Name.FlateDecode)
    pdf.Root.AF = Dictionary()


def foreign_packing(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Metadata = pdf.make_stream(b"<x/>", Filter=Array([Name.LZWDecode]))


def no_stream(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Metadata = Dictionary()


@pytest.mark.parametrize("change", [lambda pdf: None, strange_metadata, packed_metadata, foreign_packing, no_stream])
def test_a_pdf_that_says_nothing_legible_lacks_everything(
    change: Callable[[pikepdf.Pdf], None], tmp_path: Path
) -> None:
    path = tmp_path / "rechnung.pdf"
    path.write_bytes(pdf_bytes(change, fix_metadata_version=False))
    with pikepdf.Pdf.open(path) as pdf:
        container = container_of(pdf)
    assert (container.has_xmp, dict(container.xmp)) == (False, {})
    assert [rule for rule, _ in found(container)] == ["PE-XMP", "PE-AFREL", "PE-PDFA3"]


@pytest.mark.parametrize(
    "text",
    [
        "Rechnung R 2026/17 Summe 1.234,50 EUR IBAN DE02 1203 0000 0000 2020 51",
        "r2026/17 1234,50 de02120300000000202051",
        "R\n2026/17 EUR 1,234.50 DE02\u00a01203\u202f0000 0000 2020 51",
        "R 2026/17 1 234,50 DE02120300000000202051",
        "R 2026/17 1'234.50 DE02120300000000202051",
        "R 2026/17 1\u2019234,50 DE02120300000000202051",
    ],
)
def test_values_are_seen_however_they_are_written(text: str) -> None:
    assert list(check_visible(INVOICE, text)) == []


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("R 2026/18 1.234,50 DE02120300000000202051", ["BT-1"]),
        ("R 2026/17 1.234,51 DE02120300000000202051", ["BT-112"]),
        ("R 2026/17 1.234,50 DE02500105170137075030", ["BT-84"]),
        ("Lieferschein", ["BT-1", "BT-112", "BT-84"]),
    ],
)
def test_a_value_the_pages_do_not_show_is_a_hint(text: str, terms: list[str]) -> None:
    findings = list(check_visible(INVOICE, text))
    assert [finding.location for finding in findings] == terms
    assert {(finding.rule, finding.severity) for finding in findings} == {("PE-SICHTBAR", Severity.INFORMATION)}


def test_an_invoice_that_says_nothing_looks_for_nothing() -> None:
    assert list(check_visible(Invoice(Syntax.CII, number=" "), "Text")) == []
    assert list(check_visible(Invoice(Syntax.CII, totals=Totals(gross=Decimal("1E+999999"))), "Text")) == []


def test_pages_without_text_say_so_once(tmp_path: Path) -> None:
    path = tmp_path / "bild.pdf"
    path.write_bytes(scanned(picture_of("R 2026/17")))
    [finding] = findings_on_pages(path, INVOICE)
    assert "keinen Text" in finding.message
    assert finding.severity is Severity.INFORMATION


def test_only_the_first_pages_and_so_much_text_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "lang.pdf"
    path.write_bytes(typed("eins", "zwei", "drei"))
    monkeypatch.setattr(visible, "_MOST_PAGES", 2)
    assert (visible_text(path) or "").split() == ["eins", "zwei"]
    monkeypatch.setattr(visible, "_MOST_TEXT", 4)
    assert (visible_text(path) or "").split() == ["eins"]


def test_pages_that_cannot_be_read_say_nothing(tmp_path: Path) -> None:
    path = tmp_path / "kaputt.pdf"
    path.write_bytes(b"%PDF-1.7 kaputt")
    assert visible_text(path) is None
    assert findings_on_pages(path, INVOICE) == []
