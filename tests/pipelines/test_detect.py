"""Is it an invoice with data? The content says so, never the name; what should be readable and is not, is said."""

import time
from pathlib import Path

import pikepdf
import pytest

from pipelines.invoice.detect import Source, is_pdf, is_xml, look_into
from schemas.errors import BadInput
from schemas.invoice import Syntax
from schemas.safe_xml import MAX_BYTES
from tests.pipelines.papers import carrying, pdf_bytes

UBL = "urn:oasis:names:specification:ubl:schema:xsd"
CII = "urn:un:unece:uncefact:data:standard"
ZUGFERD_1 = "urn:ferd:CrossIndustryDocument:invoice:1p0"


def ubl(kind: str = "Invoice", profile: str = "", more: str = "") -> bytes:
    customization = f'<b:CustomizationID xmlns:b="{UBL}:CommonBasicComponents-2">{profile}</b:CustomizationID>'
    return f'<{kind} xmlns="{UBL}:{kind}-2">{customization if profile else ""}{more}</{kind}>'.encode()


def cii(
    profile: str, *, namespace: str = f"{CII}:CrossIndustryInvoice:100", root: str = "CrossIndustryInvoice"
) -> bytes:
    return (
        f'<{root} xmlns="{namespace}" xmlns:r="{CII}:ReusableAggregateBusinessInformationEntity:100">'
        "<ExchangedDocumentContext><r:GuidelineSpecifiedDocumentContextParameter>"
        f"<r:ID>{profile}</r:ID></r:GuidelineSpecifiedDocumentContextParameter></ExchangedDocumentContext></{root}>"
    ).encode()


def seen_in(content: bytes, folder: Path, name: str = "datei") -> Source | None:
    path = folder / name
    path.write_bytes(content)
    return look_into(path)


def source_in(content: bytes, folder: Path, name: str = "datei") -> Source:
    found = seen_in(content, folder, name)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("content", "syntax"),
    [
        (ubl("Invoice"), Syntax.UBL_INVOICE),
        (ubl("CreditNote"), Syntax.UBL_CREDIT_NOTE),
        (cii("x"), Syntax.CII),
        (cii("x", namespace=ZUGFERD_1, root="CrossIndustryDocument"), Syntax.ZUGFERD_1),
    ],
    ids=["UBL invoice", "UBL credit note", "CII", "ZUGFeRD 1.0"],
)
def test_every_syntax_is_told_by_its_root_element_whatever_the_file_is_called(
    content: bytes, syntax: Syntax, tmp_path: Path
) -> None:
    found = source_in(content, tmp_path, "brief.pdf")
    assert (found.syntax, found.embedded, found.embedded_name, found.anomalies) == (syntax, None, None, ())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Sehr geehrte Damen und Herren",
        b"\xff\xd8\xff\xe0 JFIF",
        b"<html><body>Rechnung</body></html>",
        b'<Invoice xmlns="urn:andere"/>',
        b"<Invoice/>",
        ubl("Order"),
        pdf_bytes(),
        carrying(("notiz.txt", b"Rechnung")),
    ],
)
def test_what_is_no_invoice_is_none(content: bytes, tmp_path: Path) -> None:
    assert seen_in(content, tmp_path, "rechnung.xml") is None


@pytest.mark.parametrize("before", ["", "\n\n", "\ufeff", "\ufeff\r\n", '<?xml version="1.0"?>', "<!-- Rechnung -->"])
def test_marks_blanks_and_comments_before_it_do_not_hide_an_invoice(before: str, tmp_path: Path) -> None:
    assert source_in(before.encode() + ubl(), tmp_path).syntax is Syntax.UBL_INVOICE


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_seen_as_xml(codec: str, tmp_path: Path) -> None:
    text = '<?xml version="1.0" encoding="UTF-16"?>' + ubl().decode()
    assert source_in(text.encode(codec), tmp_path).syntax is Syntax.UBL_INVOICE


def test_the_first_kilobyte_says_what_a_file_is() -> None:
    assert is_pdf(b"x" * 1019 + b"%PDF-1.7")
    assert not is_pdf(b"x" * 1020 + b"%PDF-1.7")
    assert is_xml(b" \t\r\n<a/>")
    assert not is_xml(b"a < b")


PROFILE = "urn:cen.eu:en16931:2017"


@pytest.mark.parametrize(
    ("content", "profile"),
    [
        (ubl(profile=PROFILE), PROFILE),
        (ubl("CreditNote", profile=f" {PROFILE}\n"), f" {PROFILE}\n"),
        (ubl(profile="a<!-- kein Teil des Wertes -->b"), "ab"),
        (ubl(), None),
        (ubl(more=cii(PROFILE).decode()), None),
        (cii(PROFILE), PROFILE),
        (cii(f"{PROFILE} "), f"{PROFILE} "),
        (cii("x", namespace=ZUGFERD_1, root="CrossIndustryDocument"), "x"),
        (b'<CrossIndustryInvoice xmlns="%s:CrossIndustryInvoice:100"/>' % CII.encode(), None),
    ],
)
def test_the_profile_is_what_the_invoice_says_untrimmed(content: bytes, profile: str | None, tmp_path: Path) -> None:
    """Which official scenario matches is decided by the exact text."""
    assert source_in(content, tmp_path).profile == profile


def test_data_out_of_a_pdf_come_with_their_bytes_their_name_and_what_is_odd_about_them(tmp_path: Path) -> None:
    found = source_in(carrying(("xrechnung.xml", ubl()), ("factur-x.xml", cii(PROFILE))), tmp_path)
    assert (found.syntax, found.profile) == (Syntax.CII, PROFILE)
    assert (found.embedded, found.embedded_name) == (cii(PROFILE), "factur-x.xml")
    assert len(found.anomalies) == 1


BROKEN = {
    "truncated XML": (ubl()[:-5], "Das XML ist nicht wohlgeformt"),
    "DOCTYPE": (b"<!DOCTYPE a>" + ubl(), "DOCTYPE"),
    "encoding": (b'<?xml version="1.0" encoding="UTF-7"?>' + ubl(), "Zeichenkodierung"),
    "password": (
        carrying(("factur-x.xml", cii(PROFILE)), encryption=pikepdf.Encryption(owner="o", user="geheim")),
        "mit einem Kennwort verschlüsselt",
    ),
    "no PDF at all": (b"%PDF-1.7\n%%EOF\n", "Das PDF ist beschädigt"),
    "broken data in a PDF": (carrying(("factur-x.xml", ubl()[:-5])), "Der eingebettete Datensatz factur-x.xml"),
}


@pytest.mark.parametrize(("content", "sentence"), BROKEN.values(), ids=BROKEN)
def test_what_should_be_readable_and_is_not_is_said(content: bytes, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        seen_in(content, tmp_path)
    assert sentence in caught.value.sentence
    assert str(tmp_path) not in str(caught.value), "the sentence does not show where our files lie"


def test_a_file_larger_than_any_invoice_is_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "gross.xml"
    with path.open("wb") as stream:
        stream.write(b"<a>")
        stream.truncate(100 * 2**30)
    assert path.stat().st_size > MAX_BYTES
    begun = time.monotonic()
    with pytest.raises(BadInput, match="größer als 64 MB"):
        look_into(path)
    assert time.monotonic() - begun < 5


def test_a_missing_file_is_not_mistaken_for_a_bad_one(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        look_into(tmp_path / "fehlt.xml")


def test_a_zip_is_no_pdf_although_one_shows_through_it() -> None:
    assert is_pdf(b"\xef\xbb\xbf\r\n%PDF-1.7\n")
    assert not is_pdf(b"PK\x03\x04 brief.pdf %PDF-1.7\n")
