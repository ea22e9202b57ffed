"""The structured data inside a PDF are found wherever a writer may have put them."""

import time
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, String

from pipelines.invoice.embedded import Embedded, embedded_invoice
from schemas.errors import BadInput
from schemas.invoice import Syntax
from tests.pipelines.papers import carrying, pdf_bytes, specification

Change = Callable[[pikepdf.Pdf], None]

CII = '<c:CrossIndustryInvoice xmlns:c="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100" n="{}"/>'
UBL = b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>'
ORDER = b'<SCRDMCCBDACIOMessageStructure xmlns="urn:un:unece:uncefact:data:SCRDMCCBDACIOMessageStructure:100"/>'
ONE, OTHER = CII.format("eins").encode(), CII.format("zwei").encode()


def found_in(content: bytes, folder: Path) -> Embedded | None:
    path = folder / "rechnung.pdf"
    path.write_bytes(content)
    return embedded_invoice(path)


def read_from(content: bytes, folder: Path) -> Embedded:
    found = found_in(content, folder)
    assert found is not None
    return found


def named(pdf: pikepdf.Pdf, tree: Dictionary) -> None:
    pdf.Root.Names = Dictionary(EmbeddedFiles=tree)


def only_associated(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AF = Array([specification(pdf, ONE, "factur-x.xml")])


def both(pdf: pikepdf.Pdf) -> None:
    file = specification(pdf, ONE, "factur-x.xml")
    named(pdf, Dictionary(Names=Array([String("factur-x.xml"), file])))
    pdf.Root.AF = Array([file])


def nested(pdf: pikepdf.Pdf) -> None:
    leaf = pdf.make_indirect(Dictionary(Names=Array([String("factur-x.xml"), specification(pdf, ONE, "factur-x.xml")])))
    branch = pdf.make_indirect(Dictionary(Kids=Array([leaf]), Limits=Array([String("a"), String("z")])))
    named(pdf, pdf.make_indirect(Dictionary(Kids=Array([branch]))))


def only_an_old_name(pdf: pikepdf.Pdf) -> None:
    file = specification(pdf, ONE, "factur-x.xml", UF=None)
    named(pdf, Dictionary(Names=Array([String("irgendwie"), file])))


def another_old_name(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AF = Array([specification(pdf, ONE, "factur-x.xml", F=String("FACTUR~1.XML"))])


def a_new_name_that_is_none(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AF = Array([specification(pdf, ONE, "factur-x.xml", UF=Dictionary())])


def stream_under_the_new_key_only(pdf: pikepdf.Pdf) -> None:
    file = specification(pdf, b"", "factur-x.xml", EF=Dictionary(UF=pdf.make_stream(ONE)))
    named(pdf, Dictionary(Names=Array([String("factur-x.xml"), file])))


def the_new_key_holds_no_stream(pdf: pikepdf.Pdf) -> None:
    file = specification(pdf, b"", "factur-x.xml", EF=Dictionary(UF=Dictionary(), F=pdf.make_stream(ONE)))
    named(pdf, Dictionary(Names=Array([String("factur-x.xml"), file])))


def written_directly(pdf: pikepdf.Pdf) -> None:
    file = Dictionary(F=String("factur-x.xml"), EF=Dictionary(F=pdf.make_stream(ONE)))
    named(pdf, Dictionary(Names=Array([String("factur-x.xml"), file])))


PLACES = [
    only_associated,
    both,
    nested,
    only_an_old_name,
    another_old_name,
    a_new_name_that_is_none,
    stream_under_the_new_key_only,
    the_new_key_holds_no_stream,
    written_directly,
]


@pytest.mark.parametrize("change", PLACES)
def test_the_data_are_found_wherever_a_writer_put_them(change: Change, tmp_path: Path) -> None:
    found = read_from(pdf_bytes(change), tmp_path)
    assert (found.content, found.syntax, found.name, found.anomalies) == (ONE, Syntax.CII, "factur-x.xml", ())
    assert found.root.tag == "{urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100}CrossIndustryInvoice"


@pytest.mark.parametrize("name", ["factur-x.xml", "ZUGFeRD-invoice.xml", "xrechnung.xml", "FACTUR-X.XML", "beleg.xml"])
@pytest.mark.parametrize(("content", "syntax"), [(ONE, Syntax.CII), (UBL, Syntax.UBL_INVOICE)])
def test_what_it_is_is_told_by_the_root_under_any_name(
    name: str, content: bytes, syntax: Syntax, tmp_path: Path
) -> None:
    assert read_from(carrying(("anlage.xml", b"<a/>"), (name, content)), tmp_path).syntax is syntax


@pytest.mark.parametrize(
    "files",
    [
        (),
        (("order-x.xml", ORDER),),
        (("daten.xml", b"<a/>"), ("liste.csv", b"a;b")),
        (("factur-x.xml.txt", ONE),),
        (("kaputt.xml", b"<a>"), ("bombe.xml", b"<!DOCTYPE a><a/>")),
    ],
)
def test_a_pdf_without_invoice_data_has_none(files: tuple[tuple[str, bytes], ...], tmp_path: Path) -> None:
    assert found_in(carrying(*files), tmp_path) is None


def test_of_several_the_one_with_the_usual_name_is_read_and_people_are_told(tmp_path: Path) -> None:
    found = read_from(carrying(("a.xml", UBL), ("xrechnung.xml", OTHER), ("factur-x.xml", ONE)), tmp_path)
    assert found.content == ONE
    assert found.anomalies == (
        "Das PDF enthält mehrere verschiedene Datensätze; gelesen wird factur-x.xml, nicht a.xml, xrechnung.xml.",
    )


def test_the_same_data_twice_are_no_reason_to_wonder(tmp_path: Path) -> None:
    found = read_from(carrying(("a.xml", ONE), ("factur-x.xml", ONE), ("b.xml", b"<a/>")), tmp_path)
    assert (found.content, found.anomalies) == (ONE, ())


@pytest.mark.parametrize("name", ["factur-x.xml", "Factur-X.xml", "xrechnung.xml"])
@pytest.mark.parametrize("content", [b"", b"<a>", b"<!DOCTYPE a><a/>", ONE[:-3]])
def test_broken_data_under_a_usual_name_are_said_not_skipped(name: str, content: bytes, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=f"^Der eingebettete Datensatz {name} ist nicht lesbar: "):
        found_in(carrying(("a.xml", ONE), (name, content)), tmp_path)


def test_a_broken_attachment_of_another_name_is_nobody_s_concern(tmp_path: Path) -> None:
    assert read_from(carrying(("a.xml", b"<a>"), ("factur-x.xml", ONE)), tmp_path).anomalies == ()


@pytest.mark.parametrize(
    "files", [None, Dictionary(), Dictionary(F=Dictionary()), Dictionary(F=String("x")), String("x"), Array([])]
)
def test_a_named_attachment_without_content_is_said(files: object, tmp_path: Path) -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.Root.AF = Array([specification(pdf, b"", "factur-x.xml", EF=files)])

    with pytest.raises(BadInput, match="Die Anlage hat keinen Inhalt"):
        found_in(pdf_bytes(change), tmp_path)


@pytest.mark.parametrize("value", [7, Array([]), Dictionary(), String(""), Array([1, String("a"), Array([])])])
@pytest.mark.parametrize("place", ["Names", "AF", "EmbeddedFiles", "leaves", "kids"])
def test_a_name_tree_that_is_none_holds_nothing(place: str, value: object, tmp_path: Path) -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        if place in ("Names", "AF"):
            pdf.Root[f"/{place}"] = value
        elif place == "EmbeddedFiles":
            pdf.Root.Names = Dictionary(EmbeddedFiles=value)
        else:
            named(pdf, Dictionary({"/Names" if place == "leaves" else "/Kids": value}))

    assert found_in(pdf_bytes(change), tmp_path) is None


def test_a_tree_that_leads_back_to_itself_many_times_over_is_walked_once(tmp_path: Path) -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        tree = pdf.make_indirect(Dictionary(Names=Array([String("a"), specification(pdf, ONE, "factur-x.xml")])))
        tree.Kids = Array([tree] * 50)
        named(pdf, tree)

    begun = time.monotonic()
    assert read_from(pdf_bytes(change), tmp_path).content == ONE
    assert time.monotonic() - begun < 10


def test_a_tree_of_a_thousand_levels_is_followed_as_far_as_any_writer_goes(tmp_path: Path) -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        tree = pdf.make_indirect(Dictionary(Names=Array([String("a"), specification(pdf, OTHER, "tief.xml")])))
        for _ in range(1_000):
            tree = pdf.make_indirect(Dictionary(Kids=Array([tree])))
        tree.Names = Array([String("a"), specification(pdf, ONE, "factur-x.xml")])
        named(pdf, tree)

    assert read_from(pdf_bytes(change), tmp_path).content == ONE


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/rechnung.xml", ".._.._etc_rechnung.xml"),
        ("C:\\Temp\\a.xml", "C:_Temp_a.xml"),
        ("a\nb\x00.xml", "a_b_.xml"),
        ("rechnung\u202elmx.exe.xml", "rechnung_lmx.exe.xml"),
        ("Rechnung März.xml", "Rechnung März.xml"),
        ("n" * 400 + ".xml", "n" * 116 + ".xml"),
    ],
)
def test_a_name_is_kept_only_as_far_as_it_is_harmless(name: str, kept: str, tmp_path: Path) -> None:
    assert read_from(carrying((name, ONE)), tmp_path).name == kept


def test_a_pdf_that_is_only_protected_against_changes_is_read(tmp_path: Path) -> None:
    content = carrying(("factur-x.xml", ONE), encryption=pikepdf.Encryption(owner="nur zum Ändern", user=""))
    assert read_from(content, tmp_path).content == ONE
