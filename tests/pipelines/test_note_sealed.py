"""Note, seal and manifest of a scan: what is written, in which order, and what happens when no seal is to be had."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pikepdf
import pikepdf.pdfa
import pytest
from lxml import etree

from config.city_config import City
from config.seal_config import HardwareKey, Seal, Seals, TimeStamps
from pipelines.scan.embed import embedded_note, foreign_findings
from pipelines.scan.images import image_streams
from pipelines.scan.manifest import read_manifest
from pipelines.scan.note import write_note
from pipelines.scan.note_xml import NAMESPACE
from pipelines.scan.seal_check import check_pdf, check_seal, check_stamp
from schemas.batch import Capture
from schemas.batch_place import BatchPlace
from schemas.errors import BadInput, Unavailable
from schemas.seal import SealLevel, missing_for_destruction
from schemas.states import FileRole, State
from schemas.values import DocumentFacts, StepResult, Work
from tests.pipelines.papers import DOCUMENT_ID, Desk
from tests.pipelines.products import product_pdf, raw_scan
from tests.pipelines.seals import authority, issued, seals, stamping, token_with_key

NOWHERE = "http://127.0.0.1:9/"
FACTS = DocumentFacts(page_count=1, document_type="sonstiges")


@pytest.fixture
def work(desk: Desk) -> Work:
    desk.put(FileRole.ORIGINAL, raw_scan(), "Brief.pdf")
    desk.put(FileRole.PRODUCT, product_pdf(), "Brief.pdf")
    desk.put(FileRole.TEXT, b"Antrag auf Wohngeld", "Brief.txt")
    return desk.work(FACTS)


def with_seals(city: City, configured: Seals) -> City:
    return city.model_copy(update={"seals": configured})


def soon(work: Work) -> Work:
    """The same document, one minute after it came in."""
    return replace(work, now=work.scan.received_at + timedelta(minutes=1))


def content(result: StepResult, role: FileRole) -> bytes:
    return next(file for file in result.files if file.role is role).path.read_bytes()


def roles(result: StepResult) -> set[FileRole]:
    return {file.role for file in result.files}


def note(result: StepResult) -> etree._Element:
    return etree.fromstring(content(result, FileRole.TRANSFER_NOTE))


def said(result: StepResult, name: str, attribute: str) -> str | None:
    node = note(result).find(f".//{{{NAMESPACE}}}{name}")
    assert node is not None
    return node.get(attribute)


def roots() -> list[object]:
    from asn1crypto import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    return [x509.Certificate.load(authority().certificate.public_bytes(Encoding.DER))]


def test_without_a_seal_the_note_says_so_and_the_mail_goes_on(work: Work, iserlohn: City) -> None:
    result = write_note(work, iserlohn)
    assert result.state is State.NOTED
    assert roles(result) == {FileRole.PRODUCT, FileRole.TRANSFER_NOTE, FileRole.MANIFEST}
    assert said(result, "Siegel", "art") == "keines"
    assert "kein Siegel" in result.reason
    assert result.facts.anomalies == ()


def test_the_product_is_the_beginning_of_the_file_that_carries_its_note(work: Work, iserlohn: City) -> None:
    carrying = content(write_note(work, iserlohn), FileRole.PRODUCT)
    assert carrying[: len(product_pdf())] == product_pdf()
    assert said(write_note(work, iserlohn), "Scanprodukt", "groesse") == str(len(product_pdf()))


def test_the_embedded_note_is_the_sidecar_byte_for_byte(work: Work, iserlohn: City) -> None:
    result = write_note(work, iserlohn)
    assert embedded_note(content(result, FileRole.PRODUCT)) == content(result, FileRole.TRANSFER_NOTE)


def test_the_image_streams_are_named_and_are_those_of_the_raw_scan(work: Work, iserlohn: City, tmp_path: Path) -> None:
    result = write_note(work, iserlohn)
    listed = [node.get("sha256") for node in note(result).iterfind(f".//{{{NAMESPACE}}}Bild")]
    scan = tmp_path / "roh.pdf"
    scan.write_bytes(raw_scan())
    with pikepdf.open(scan) as pdf:
        (image,) = [pdf.pages[0].Resources.XObject[name] for name in pdf.pages[0].Resources.XObject.keys()]  # noqa: SIM118
        assert listed == [hashlib.sha256(image.read_raw_bytes()).hexdigest()]
    assert said(result, "Bildstroeme", "wieImRohscan") == "ja"
    (stream,) = image_streams(scan)
    assert (stream.compression, stream.colour, stream.dpi) == ("DCTDecode", "Graustufen", 200)


def test_other_images_than_the_scanned_ones_are_said(desk: Desk, work: Work, iserlohn: City) -> None:
    from tests.pipelines.papers import picture_of, scanned

    desk.put(FileRole.ORIGINAL, scanned(picture_of("ein anderer Brief")), "Brief.pdf")
    result = write_note(desk.work(FACTS), iserlohn)
    assert said(result, "Bildstroeme", "wieImRohscan") == "nein"


def test_the_product_stays_pdf_a_with_the_note_in_it(work: Work, iserlohn: City, tmp_path: Path) -> None:
    """The check knows no extension schemas: all it may object to is our one property and its description."""
    path = tmp_path / "produkt.pdf"
    path.write_bytes(product_pdf())
    assert pikepdf.pdfa.validate_written(path, "2b").passed
    path.write_bytes(content(write_note(work, iserlohn), FileRole.PRODUCT))
    assert foreign_findings(path) == []
    with pikepdf.open(path) as pdf:
        xmp = etree.fromstring(pdf.Root.Metadata.read_bytes())
    schema, prop = "{http://www.aiim.org/pdfa/ns/schema#}", "{http://www.aiim.org/pdfa/ns/property#}"
    described = {xmp.findtext(f".//{schema}namespaceURI"): xmp.findtext(f".//{prop}name")}
    used = [node for node in xmp.iter() if "urn:posteingang" in str(node.tag)]
    assert [{etree.QName(node).namespace: etree.QName(node).localname} for node in used] == [described]
    assert xmp.findtext(".//{http://www.aiim.org/pdfa/ns/id/}part") == "2"


def test_a_product_that_can_carry_nothing_keeps_its_note_beside_it(desk: Desk, work: Work, iserlohn: City) -> None:
    desk.put(FileRole.PRODUCT, b"kein PDF", "Brief.pdf")
    result = write_note(desk.work(FACTS), iserlohn)
    assert content(result, FileRole.PRODUCT) == b"kein PDF"
    assert note(result).get("bindung") == "beigefügt"
    assert any("nicht in das Scanprodukt einbetten" in anomaly for anomaly in result.facts.anomalies)


def test_the_manifest_holds_the_finished_files_and_the_raw_scan(work: Work, iserlohn: City) -> None:
    result = write_note(work, iserlohn)
    manifest = read_manifest(content(result, FileRole.MANIFEST))
    assert manifest.note_id == f"TV-{DOCUMENT_ID}"
    for role, data in (
        ("Scanprodukt", content(result, FileRole.PRODUCT)),
        ("Transfervermerk", content(result, FileRole.TRANSFER_NOTE)),
        ("Rohscan", raw_scan()),
    ):
        assert manifest.digests[role].sha256 == hashlib.sha256(data).hexdigest()
        assert manifest.digests[role].sha512 == hashlib.sha512(data).hexdigest()


def test_seal_and_time_stamp_cover_product_and_note_and_the_manifest(
    work: Work, iserlohn: City, tmp_path: Path
) -> None:
    with stamping() as tsa:
        result = write_note(work, with_seals(iserlohn, seals(tmp_path, tsa=tsa)))
    (found,) = check_pdf(content(result, FileRole.PRODUCT), roots())
    assert found.broken == ""
    assert "Stadt Teststadt (Test), Zeitstempel vom" in found.said
    manifest = content(result, FileRole.MANIFEST)
    assert check_seal(content(result, FileRole.MANIFEST_SEAL), manifest, roots()).broken == ""
    assert said(result, "Siegel", "form") == "PAdES B-T"
    assert (said(result, "Siegel", "art"), said(result, "Zeitstempel", "art")) == ("test", "test")


def test_a_long_term_seal_carries_the_revocation_data_it_was_checked_with(
    work: Work, iserlohn: City, tmp_path: Path
) -> None:
    with stamping() as tsa:
        result = write_note(work, with_seals(iserlohn, seals(tmp_path, tsa=tsa, long_term=True)))
    assert said(result, "Siegel", "form") == "PAdES B-LT"
    path = tmp_path / "gesiegelt.pdf"
    path.write_bytes(content(result, FileRole.PRODUCT))
    with pikepdf.open(path) as pdf:
        assert len(pdf.Root.DSS.CRLs) >= 1
    (found,) = check_pdf(path.read_bytes(), roots())
    assert (found.broken, found.doubt) == ("", "")


def test_without_revocation_data_a_long_term_seal_is_waited_for(work: Work, iserlohn: City, tmp_path: Path) -> None:
    with stamping() as tsa:
        configured = seals(tmp_path, tsa=tsa)
        assert configured.seal is not None
        wanted = configured.model_copy(update={"seal": configured.seal.model_copy(update={"long_term": True})})
        with pytest.raises(Unavailable, match="Sperrauskunft"):
            write_note(soon(work), with_seals(iserlohn, wanted))


def test_without_an_authority_the_seal_has_no_time_stamp(work: Work, iserlohn: City, tmp_path: Path) -> None:
    result = write_note(work, with_seals(iserlohn, seals(tmp_path)))
    (found,) = check_pdf(content(result, FileRole.PRODUCT), roots())
    assert (found.broken, found.said) == ("", "Stadt Teststadt (Test), ohne Zeitstempel")
    assert said(result, "Siegel", "form") == "PAdES B-B"


def test_a_time_stamp_alone_is_given_to_the_manifest(work: Work, iserlohn: City) -> None:
    with stamping() as tsa:
        only = Seals(time_stamp=TimeStamps(url=tsa, level=SealLevel.TEST))
        result = write_note(work, with_seals(iserlohn, only))
    token, manifest = content(result, FileRole.MANIFEST_STAMP), content(result, FileRole.MANIFEST)
    assert check_stamp(token, manifest, roots()).broken == ""
    assert check_stamp(token, manifest + b" ", roots()).broken != ""


def test_a_silent_authority_is_waited_for(work: Work, iserlohn: City, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="Zeitstempeldienst"):
        write_note(soon(work), with_seals(iserlohn, seals(tmp_path, tsa=NOWHERE)))


def test_but_not_for_ever(work: Work, iserlohn: City, tmp_path: Path) -> None:
    late = replace(work, now=work.scan.received_at + timedelta(minutes=31))
    result = write_note(late, with_seals(iserlohn, seals(tmp_path, tsa=NOWHERE, patience_minutes=30)))
    assert said(result, "Siegel", "art") == "test"
    assert said(result, "Zeitstempel", "art") == "keines"
    assert any(anomaly.startswith("Ohne Zeitstempel: ") for anomaly in result.facts.anomalies)
    assert result.facts.destruction_lock is not None


def test_a_key_that_cannot_be_opened_is_waited_for_and_then_done_without(
    work: Work, iserlohn: City, tmp_path: Path
) -> None:
    configured = seals(tmp_path)
    assert configured.seal is not None
    configured.seal.pin_file.write_text("falsch", encoding="utf-8")
    with pytest.raises(Unavailable, match="Schlüssel des Siegels"):
        write_note(soon(work), with_seals(iserlohn, configured))
    result = write_note(work, with_seals(iserlohn, configured))
    assert said(result, "Siegel", "art") == "keines"
    assert said(result, "Vernichtung", "gesperrt") == "true"


def test_a_key_beside_the_wrong_certificate_seals_nothing(
    work: Work, iserlohn: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = token_with_key(tmp_path, monkeypatch, key=issued("Fremde Stelle").key)
    configured = seals(tmp_path, token=token)
    with pytest.raises(Unavailable, match="Schlüssel des Siegels"):
        write_note(soon(work), with_seals(iserlohn, configured))


@pytest.mark.parametrize(
    ("integrity", "seal", "stamp", "locked"),
    [
        ("normal", SealLevel.NONE, SealLevel.NONE, False),
        ("hoch", SealLevel.NONE, SealLevel.NONE, True),
        ("hoch", SealLevel.ADVANCED, SealLevel.QUALIFIED, True),
        ("hoch", SealLevel.TEST, SealLevel.TEST, True),
        ("hoch", SealLevel.QUALIFIED, SealLevel.NONE, False),
        ("sehr hoch", SealLevel.QUALIFIED, SealLevel.NONE, True),
        ("sehr hoch", SealLevel.QUALIFIED, SealLevel.QUALIFIED, False),
        (None, SealLevel.QUALIFIED, SealLevel.QUALIFIED, True),
    ],
)
def test_the_protection_need_decides_which_seal_keeps_the_paper(
    integrity: str | None, seal: SealLevel, stamp: SealLevel, locked: bool
) -> None:
    assert bool(missing_for_destruction(integrity, seal, stamp)) is locked


def test_a_locked_destruction_stands_in_the_note_and_in_the_facts(desk: Desk, work: Work, iserlohn: City) -> None:
    result = write_note(desk.work(replace(FACTS, document_type="gerichtspost")), iserlohn)
    assert result.facts.destruction_lock == "Schutzbedarf der Integrität „hoch“ verlangt ein qualifiziertes Siegel."
    assert said(result, "Vernichtung", "gesperrt") == "true"
    assert write_note(work, iserlohn).facts.destruction_lock is None


@pytest.mark.parametrize("name", ["Zentrale Scan-Stelle", "Stadt Iserlohn", "Bereich Recht", "Scanteam"])
def test_an_organisation_is_no_person(name: str, work: Work, iserlohn: City) -> None:
    points = tuple(point.model_copy(update={"operator": name}) for point in iserlohn.intake_points)
    with pytest.raises(BadInput, match="keine natürliche Person"):
        write_note(work, iserlohn.model_copy(update={"intake_points": points}))


def test_the_batch_says_who_scanned_and_how_much(work: Work, iserlohn: City) -> None:
    told = Capture("Otto Beispiel", "scan-07", "Scanner 9", duplex=True, sheets_expected=101)
    place = BatchPlace("S-17", "Stapel 17", (5, 6), 201, True, (6,), told)
    result = write_note(replace(work, batch=place), iserlohn)
    assert (said(result, "Ersteller", "name"), said(result, "Ersteller", "kennzeichen")) == ("Otto Beispiel", "scan-07")
    assert (said(result, "Stapel", "bildVon"), said(result, "Stapel", "bilderGesamt")) == ("5", "201")
    assert said(result, "Vollstaendigkeit", "ergebnis") == "unvollständig"
    assert (said(result, "Stapel", "blaetterGezaehlt"), said(result, "Umgebung", "duplex")) == ("100", "ja")
    assert said(result, "Umgebung", "scanner") == "Scanner 9"
    assert said(result, "Leerseite", "bild") == "6"


@pytest.mark.parametrize(("images", "result"), [(200, "vollständig"), (201, "unvollständig"), (199, "unvollständig")])
def test_half_a_sheet_is_not_complete(images: int, result: str, work: Work, iserlohn: City) -> None:
    place = BatchPlace("S-17", "Stapel 17", (5, 6), images, capture=Capture(duplex=True, sheets_expected=100))
    assert said(write_note(replace(work, batch=place), iserlohn), "Vollstaendigkeit", "ergebnis") == result


def test_a_key_in_a_token_seals_as_well(
    work: Work, iserlohn: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token: HardwareKey = token_with_key(tmp_path, monkeypatch)
    result = write_note(work, with_seals(iserlohn, seals(tmp_path, token=token)))
    (found,) = check_pdf(content(result, FileRole.PRODUCT), roots())
    assert found.broken == ""
    manifest = content(result, FileRole.MANIFEST)
    assert check_seal(content(result, FileRole.MANIFEST_SEAL), manifest, roots()).broken == ""


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"pkcs12": None}, "genau eines"),
        ({"level": "keines"}, "level"),
        ({"pin_file": "pin"}, "vollständiger Pfad"),
    ],
)
def test_a_seal_that_is_half_configured_is_refused(changes: dict[str, object], complaint: str) -> None:
    whole = {"level": "test", "pin_file": "/etc/pin", "pkcs12": "/etc/siegel.p12"}
    Seal.model_validate(whole)
    with pytest.raises(ValueError, match=complaint):
        Seal.model_validate(whole | changes)
