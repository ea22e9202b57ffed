"""Transfer notes are checked offline: what belongs together is told, and one changed byte anywhere is found."""

from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import pytest
from asn1crypto import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.load import read_city
from config.seal_config import Seals, TimeStamps
from config.settings import CODE_ROOT
from pipelines.scan.annex import annex_xml, read_annex
from pipelines.scan.embed import appending
from pipelines.scan.note import write_note
from pipelines.scan.seal import seal_file, sealing_of
from pipelines.scan.verify import Grade, verify
from pipelines.scan.words import alto
from schemas.annex import MANIFEST_SHA256, Annex, AnnexKind
from schemas.errors import BadInput
from schemas.seal import SealLevel
from schemas.states import FileRole
from schemas.values import DocumentFacts
from tests.pipelines.papers import Desk
from tests.pipelines.products import product_pdf, raw_scan
from tests.pipelines.seals import authority, issued, seals, stamping

TEXT = b"Antrag auf Wohngeld"
Files = dict[str, bytes]
NAMES = {
    FileRole.PRODUCT: "produkt.pdf",
    FileRole.TRANSFER_NOTE: "vermerk.xml",
    FileRole.MANIFEST: "manifest.xml",
    FileRole.MANIFEST_SEAL: "manifest.p7s",
    FileRole.MANIFEST_STAMP: "manifest.tst",
}


def files_with(configured: Seals, folder: Path, *, annex: bool = False) -> Files:
    """Everything of one note, as it would be handed to an auditor."""
    desk = Desk(folder)
    desk.put(FileRole.ORIGINAL, raw_scan(), "roh.pdf")
    desk.put(FileRole.PRODUCT, product_pdf(), "produkt.pdf")
    desk.put(FileRole.TEXT, TEXT, "text.txt")
    city = read_city(CODE_ROOT / "config" / "city").model_copy(update={"seals": configured})
    result = write_note(desk.work(DocumentFacts(page_count=1, document_type="sonstiges")), city)
    files = {NAMES[file.role]: file.path.read_bytes() for file in result.files} | {"roh.pdf": raw_scan()}
    if annex:
        content = annex_xml(annex_to(files["vermerk.xml"]))
        seal, _ = seal_file(content, sealing_of(configured))
        assert seal is not None
        files |= {"anlage.xml": content, "anlage.p7s": seal}
    return files


def annex_to(note: bytes, **changes: object) -> Annex:
    from datetime import UTC, datetime
    from hashlib import sha256

    whole = Annex(
        annex_id=UUID("5d3c0a7e-54a8-4b60-9a53-0f1f1d1c8e21"),
        kind=AnnexKind.AGREEMENT,
        note_id="TV-6c338cb2-a348-4f6a-8f5c-fecbf751cafa",
        note_sha256=sha256(note).hexdigest(),
        person_mark="scan-02",
        person="Otto Beispiel",
        at=datetime(2026, 4, 2, 9, 0, tzinfo=UTC),
        statement="Das Scanprodukt stimmt bildlich und inhaltlich mit dem Papier überein.",
        details={"Prüfung": "Stichprobe", "Regel": "3 % je Stapel"},
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


@cache
def sealed() -> Files:
    with TemporaryDirectory() as folder, stamping() as tsa:
        return files_with(seals(Path(folder), tsa=tsa), Path(folder), annex=True)


@cache
def unsealed() -> Files:
    with TemporaryDirectory() as folder:
        return files_with(Seals(), Path(folder))


@cache
def stamped() -> Files:
    with TemporaryDirectory() as folder, stamping() as tsa:
        return files_with(Seals(time_stamp=TimeStamps(url=tsa, level=SealLevel.TEST)), Path(folder))


def roots(name: str = "") -> list[object]:
    made = issued(name) if name else authority()
    return [x509.Certificate.load(made.certificate.public_bytes(Encoding.DER))]


def grades(files: Files, trusted: list[object] | None = None) -> dict[Grade, list[str]]:
    found = verify(files, trusted)
    return {grade: [f"{one.subject}: {one.sentence}" for one in found if one.grade is grade] for grade in Grade}


def differing(files: Files) -> str:
    return "\n".join(grades(files, roots())[Grade.DIFFERS])


def refused_or_differing(files: Files) -> bool:
    """Also where no note can be found any more: that is said as well."""
    try:
        return differing(files) != ""
    except BadInput:
        return True


@pytest.mark.parametrize("whole", [sealed, unsealed, stamped], ids=["sealed", "unsealed", "stamped"])
def test_everything_together_fits(whole: object) -> None:
    found = grades(whole(), roots())  # type: ignore[operator]
    assert found[Grade.DIFFERS] == []
    assert any("produkt.pdf: Scanprodukt: unverändert" in line for line in found[Grade.FITS])


def test_who_sealed_it_and_when_is_said() -> None:
    found = grades(sealed(), roots())
    assert found[Grade.OPEN] == []
    assert any(
        "Siegel im PDF: unversehrt. Stadt Teststadt (Test), Zeitstempel vom" in line for line in found[Grade.FITS]
    )
    assert any("Siegel über anlage.xml" in line for line in found[Grade.FITS])


def test_without_roots_whose_seal_it_is_stays_open() -> None:
    found = grades(sealed(), None)
    assert found[Grade.DIFFERS] == []
    assert any("keine Wurzelzertifikate" in line for line in found[Grade.OPEN])


def test_a_seal_of_somebody_else_is_not_trusted() -> None:
    found = grades(sealed(), roots("Fremde Stelle"))
    assert any("keiner Wurzel, der vertraut wird" in line for line in found[Grade.DIFFERS])


def test_the_names_of_the_files_do_not_matter() -> None:
    renamed = {f"{place}.dat": content for place, content in enumerate(sealed().values())}
    assert grades(renamed, roots())[Grade.DIFFERS] == []


def test_the_sealed_pdf_alone_is_checked() -> None:
    found = grades({"a.pdf": sealed()["produkt.pdf"]}, roots())
    assert (found[Grade.DIFFERS], found[Grade.OPEN]) == ([], [])


def test_the_unsealed_pdf_alone_is_checked_as_far_as_it_goes() -> None:
    found = grades({"a.pdf": unsealed()["produkt.pdf"]}, roots())
    assert found[Grade.DIFFERS] == []
    assert found[Grade.OPEN] == ["a.pdf: kein Siegel: Der Vermerk selbst ist nur mit dem Manifest prüfbar."]


def test_what_is_missing_is_named_and_no_mistake() -> None:
    files = {name: content for name, content in sealed().items() if name != "roh.pdf"}
    found = grades(files, roots())
    assert found[Grade.DIFFERS] == []
    assert any("Rohscan wurde nicht mit angegeben" in line for line in found[Grade.OPEN])


def test_the_text_is_known_by_its_hash() -> None:
    assert differing(sealed() | {"text.txt": TEXT}) == ""
    assert "text.txt: Gehört zu keinem der Vermerke" in differing(sealed() | {"text.txt": TEXT + b"."})


def test_a_strange_file_belongs_to_nothing() -> None:
    assert "fremd.bin: Gehört zu keinem der Vermerke" in differing(sealed() | {"fremd.bin": b"\x00\x01"})


def test_files_of_two_notes_do_not_mix() -> None:
    mixed = sealed() | {"manifest.xml": unsealed()["manifest.xml"]}
    assert "Scanprodukt: Die Prüfsummen weichen vom Manifest ab" in differing(mixed)


def test_something_appended_after_the_seal_is_found() -> None:
    longer = sealed()["produkt.pdf"] + b"\n% danach\n"
    assert "Nach dem Siegel wurde etwas an das PDF angefügt" in differing({"a.pdf": longer})


def test_a_seal_that_was_cut_off_is_missed() -> None:
    """The note inside says that the PDF is sealed: without the last part it is not."""
    whole = sealed()["produkt.pdf"]
    cut = whole[: whole.rindex(b"%%EOF", 0, whole.rindex(b"%%EOF")) + 6]
    assert "Der Vermerk nennt ein Siegel im PDF; es ist keines da." in differing({"a.pdf": cut})


def test_files_without_any_note_cannot_be_checked() -> None:
    with pytest.raises(BadInput, match="kein Transfervermerk"):
        verify({"roh.pdf": raw_scan(), "leer": b""})


def test_everything_a_document_has_is_vouched_for_also_words_and_the_scan_as_pdf(tmp_path: Path) -> None:
    words = alto((), (), "Brief.pdf", None)
    desk = Desk(tmp_path)
    desk.put(FileRole.ORIGINAL, b"II*\0 ein TIFF", "Brief.tif")
    desk.put(FileRole.RAW_SCAN, raw_scan(), "Brief.pdf")
    desk.put(FileRole.PRODUCT, product_pdf(), "Brief.pdf")
    desk.put(FileRole.TEXT, TEXT, "Brief.txt")
    desk.put(FileRole.WORDS, words, "Brief.alto.xml")
    city = read_city(CODE_ROOT / "config" / "city")
    result = write_note(desk.work(DocumentFacts(page_count=1, document_type="sonstiges")), city)
    files = {NAMES[file.role]: file.path.read_bytes() for file in result.files}
    files |= {"Brief.tif": b"II*\0 ein TIFF", "Brief-roh.pdf": raw_scan(), "Brief.txt": TEXT, "Brief.alto.xml": words}

    assert differing(files) == ""
    assert "Wörter mit Lage" in str([one.sentence for one in verify(files) if one.subject == "Brief.alto.xml"])
    assert "Gehört zu keinem" in differing(files | {"Brief.alto.xml": words + b" "})


def test_an_annex_of_another_note_is_found() -> None:
    other = annex_xml(annex_to(b"ein anderer Vermerk"))
    assert "Die Anlage nennt einen anderen Vermerk" in differing(unsealed() | {"anlage.xml": other})


def later_seal(manifest: bytes) -> bytes:
    """The annex that seals a manifest of which only the hash is known."""
    from hashlib import sha256

    named = {MANIFEST_SHA256: sha256(manifest).hexdigest()}
    return annex_xml(annex_to(unsealed()["vermerk.xml"], kind=AnnexKind.LATER_SEAL, details=named))


def test_a_later_seal_vouches_for_the_manifest_it_names() -> None:
    files = unsealed()
    found = {
        finding.sentence: finding.grade
        for finding in verify(files | {"anlage.xml": later_seal(files["manifest.xml"])})
        if finding.subject == "anlage.xml"
    }
    assert found["Nachsiegelung: nennt das Manifest manifest.xml mit seiner Prüfsumme."] is Grade.FITS


def test_a_later_seal_over_another_manifest_is_found() -> None:
    files = unsealed() | {"anlage.xml": later_seal(b"ein anderes Manifest")}
    assert "Die Nachsiegelung nennt ein anderes Manifest" in differing(files)


def test_an_annex_without_a_person_is_refused() -> None:
    with pytest.raises(BadInput, match="nicht schemakonform"):
        annex_xml(annex_to(b"", person=" "))


@pytest.mark.parametrize("kind", list(AnnexKind))
def test_an_annex_is_read_as_it_was_written(kind: AnnexKind) -> None:
    annex = annex_to(b"Vermerk", kind=kind)
    assert read_annex(annex_xml(annex)) == annex


@st.composite
def changed(draw: st.DrawFn) -> tuple[str, int, int]:
    """Which set, which byte of all its files, and the bits to turn in it."""
    which = draw(st.sampled_from(["sealed", "unsealed", "stamped"]))
    files = {"sealed": sealed, "unsealed": unsealed, "stamped": stamped}[which]()
    name = draw(st.sampled_from(sorted(files)))
    return f"{which}/{name}", draw(st.integers(0, len(files[name]) - 1)), draw(st.integers(1, 255))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(changed())
def test_one_changed_byte_anywhere_is_found(change: tuple[str, int, int]) -> None:
    place, position, bits = change
    which, name = place.split("/")
    files = dict({"sealed": sealed, "unsealed": unsealed, "stamped": stamped}[which]())
    content = bytearray(files[name])
    content[position] ^= bits
    files[name] = bytes(content)
    assert grades(files, roots())[Grade.DIFFERS] != []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_one_changed_byte_of_the_sealed_pdf_is_found_without_any_other_file(data: st.DataObject) -> None:
    content = bytearray(sealed()["produkt.pdf"])
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    assert refused_or_differing({"a.pdf": bytes(content)})


def test_what_is_laid_over_the_pages_of_an_unsealed_product_is_found() -> None:
    """The product is still the beginning of the file, and its images are the same: it only shows something else."""
    from pyhanko.pdf_utils import generic

    whole = unsealed()["produkt.pdf"]
    writer = appending(whole)
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    white = writer.add_object(generic.StreamObject(stream_data=b"1 1 1 rg 0 0 600 900 re f"))
    page["/Contents"] = generic.ArrayObject([page.raw_get("/Contents"), white])
    writer.update_container(page)
    overlaid = BytesIO()
    writer.write(overlaid)

    assert differing({"produkt.pdf": whole}) == ""
    assert "zeigt nicht mehr dasselbe" in differing({"produkt.pdf": overlaid.getvalue()})
