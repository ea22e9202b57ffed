"""The transfer note proves how the scan product came about; without a named person there is none."""

import hashlib
from dataclasses import replace

import pytest
from lxml import etree

from config.city_config import City
from pipelines.scan.note import write_note
from pipelines.scan.note_xml import NAMESPACE, SCHEMA, NoteFacts, note_xml, validate_note
from pipelines.scan.seal import UNSEALED
from pipelines.scan.words import RECOGNITION, TURNING, PostProcessing, alto
from schemas.errors import BadInput
from schemas.states import FileRole, State
from schemas.values import DocumentFacts, Work
from tests.pipelines.papers import CLAIM_ID, DOCUMENT_ID, Desk

CONTENTS = {FileRole.ORIGINAL: b"Rohscan", FileRole.PRODUCT: b"Produkt", FileRole.TEXT: "Text für alle".encode()}
FACTS = DocumentFacts(page_count=2, document_type="gerichtspost", anomalies=("Seite 2 <schief> & blass",))


@pytest.fixture
def work(desk: Desk) -> Work:
    for role, content in CONTENTS.items():
        desk.put(role, content, f"Brief & {role.value}.pdf")
    return desk.work(FACTS)


def xml_of(work: Work, city: City) -> bytes:
    return note_xml(work, city, NoteFacts(work.facts.anomalies, UNSEALED, "", embedded=True))


def note_of(work: Work, city: City) -> etree._Element:
    return etree.fromstring(xml_of(work, city))


def part(root: etree._Element, name: str) -> etree._Element:
    found = root.find(f".//{{{NAMESPACE}}}{name}")
    assert found is not None, f"{name} is missing"
    return found


def attributes(root: etree._Element, name: str) -> dict[str, str]:
    return {str(key): str(value) for key, value in part(root, name).attrib.items()}


def complaint(root: etree._Element) -> str:
    with pytest.raises(BadInput) as caught:
        validate_note(etree.tostring(root))
    return str(caught.value)


def test_the_step_writes_one_valid_note_named_after_the_original(work: Work, iserlohn: City) -> None:
    result = write_note(work, iserlohn)
    assert result.state is State.NOTED
    (note,) = (file for file in result.files if file.role is FileRole.TRANSFER_NOTE)
    assert (note.role, note.name) == (FileRole.TRANSFER_NOTE, "Brief vom Amt.transfervermerk.xml")
    schema = etree.XMLSchema(etree.parse(str(SCHEMA)))
    assert schema.validate(etree.parse(str(note.path)))


def test_document_and_note_are_tied_by_their_ids(work: Work, iserlohn: City) -> None:
    root = note_of(work, iserlohn)
    assert root.get("vermerkId") == f"TV-{DOCUMENT_ID}"
    assert attributes(root, "Dokument") == {
        "id": str(DOCUMENT_ID),
        "eingangsnummer": "PE-2026-000042",
        "erfassungsId": str(CLAIM_ID),
        "seiten": "2",
        "vorlageIstKopie": "unbekannt",
    }


@pytest.mark.parametrize(
    ("name", "role"),
    [("Rohscan", FileRole.ORIGINAL), ("Scanprodukt", FileRole.PRODUCT), ("Text", FileRole.TEXT)],
)
def test_the_hashes_are_those_of_the_files(name: str, role: FileRole, work: Work, iserlohn: City) -> None:
    node, content = part(note_of(work, iserlohn), name), CONTENTS[role]
    assert node.findtext(f"{{{NAMESPACE}}}SHA256") == hashlib.sha256(content).hexdigest()
    assert node.findtext(f"{{{NAMESPACE}}}SHA512") == hashlib.sha512(content).hexdigest()
    assert node.get("groesse") == str(len(content))
    assert node.get("name") == f"Brief & {role.value}.pdf"


def test_aspect_a_names_a_natural_person(work: Work, iserlohn: City) -> None:
    assert attributes(note_of(work, iserlohn), "Ersteller") == {
        "kennzeichen": "scan-01",
        "name": "Maria Muster",
        "eingangsstelle": "Zentrale Scan-Stelle",
    }


def test_aspect_b_describes_the_environment(work: Work, iserlohn: City) -> None:
    root = note_of(work, iserlohn)
    assert attributes(root, "Umgebung") == {
        "behoerde": "Stadt Iserlohn",
        "verfahrensdokumentation": "VD-SCAN",
        "version": "nicht freigegeben",
        "scanner": "Dokumentenscanner 1",
        "arbeitsplatz": "unbekannt",
        "scansoftware": "Erfassungssoftware laut Verfahrensdokumentation",
        "profil": "grau-300-duplex",
        "aufloesung": "keine Bilder",
        "farbe": "keine Bilder",
        "kompression": "keine Bilder",
        "duplex": "unbekannt",
    }
    steps = [step.get("name") for step in root.iterfind(f".//{{{NAMESPACE}}}Schritt")]
    assert steps == ["Erfassung", "Texterkennung", "Einordnung", "Transfervermerk"]


def test_the_note_names_the_released_version_of_the_procedure(work: Work, iserlohn: City) -> None:
    released = iserlohn.model_copy(update={"procedure_version": "3"})
    assert attributes(note_of(work, released), "Umgebung")["version"] == "3"


def test_the_steps_of_reading_are_told_as_they_were_done(desk: Desk, work: Work, iserlohn: City) -> None:
    done = (
        PostProcessing(RECOGNITION, "Tesseract 5.5.4", "Sprache deu+eng; Seite 1"),
        PostProcessing(TURNING, "Posteingang", "Seite 1 um 90 Grad"),
        PostProcessing("Ausrichtung der Lesekopie", "Posteingang", "Seite 1 um 0.7 Grad (nur zum Lesen)"),
    )
    desk.put(FileRole.WORDS, alto((), done, "Brief.pdf", None), "Brief.alto.xml")
    root = note_of(replace(work, files=desk.work(FACTS).files), iserlohn)
    read = root.findall(f".//{{{NAMESPACE}}}Schritt")[1:-2]
    assert [(step.get("name"), step.get("system"), step.get("nachbearbeitung")) for step in read] == [
        (RECOGNITION, "Tesseract 5.5.4", "false"),
        (TURNING, "Posteingang", "true"),
        ("Ausrichtung der Lesekopie", "Posteingang", "false"),
    ]
    assert str(read[0].get("parameter")).startswith("Sprache deu+eng; Seite 1; Bilddaten ")
    validate_note(etree.tostring(root))


def test_aspect_c_lists_every_anomaly_as_it_was_said(work: Work, iserlohn: City) -> None:
    assert part(note_of(work, iserlohn), "Auffaelligkeit").text == "Seite 2 <schief> & blass"
    clean = note_of(replace(work, facts=replace(FACTS, anomalies=())), iserlohn)
    assert len(part(clean, "Auffaelligkeiten")) == 0


def test_aspect_d_says_when_with_the_time_zone(work: Work, iserlohn: City) -> None:
    assert attributes(note_of(work, iserlohn), "Zeiten") == {
        "erfasst": "2026-03-31T22:30:00+00:00",
        "vermerk": "2026-04-01T08:00:00+00:00",
    }


def test_aspects_e_and_f_claim_nothing_that_has_not_been_checked(work: Work, iserlohn: City) -> None:
    root = note_of(work, iserlohn)
    assert attributes(root, "Qualitaetssicherung") == {
        "art": "nicht geprüft",
        "ergebnis": "offen",
    }
    assert part(root, "Vollstaendigkeit").get("ergebnis") == "offen"
    assert part(root, "Uebereinstimmung").get("bestaetigt") == "false"


def test_an_unsealed_note_says_so(work: Work, iserlohn: City) -> None:
    assert part(note_of(work, iserlohn), "Siegel").get("art") == "keines"


def test_the_protection_need_is_that_of_the_document_type(work: Work, iserlohn: City) -> None:
    assert attributes(note_of(work, iserlohn), "Schutzbedarf") == {
        "dokumentart": "gerichtspost",
        "integritaet": "hoch",
        "vertraulichkeit": "hoch",
        "verfuegbarkeit": "hoch",
    }


def test_without_a_type_no_protection_need_is_made_up(work: Work, iserlohn: City) -> None:
    root = note_of(replace(work, facts=replace(FACTS, document_type=None)), iserlohn)
    assert attributes(root, "Schutzbedarf") == {"dokumentart": "unbekannt"}
    validate_note(etree.tostring(root))


@pytest.mark.parametrize("demo", [True, False])
def test_a_demonstration_is_marked_as_one(demo: bool, work: Work, iserlohn: City) -> None:
    assert note_of(replace(work, demo=demo), iserlohn).get("demo") == ("true" if demo else "false")


def test_the_same_facts_give_the_same_note_byte_for_byte(work: Work, iserlohn: City) -> None:
    assert xml_of(work, iserlohn) == xml_of(work, iserlohn)


def test_without_a_named_person_there_is_no_note(work: Work, iserlohn: City) -> None:
    points = tuple(point.model_copy(update={"operator": "  "}) for point in iserlohn.intake_points)
    nobody = iserlohn.model_copy(update={"intake_points": points})
    with pytest.raises(BadInput, match=r"keine natürliche Person benannt.*operator"):
        write_note(work, nobody)
    assert list(work.scratch.iterdir()) == []


def test_an_intake_point_nobody_configured_has_no_person(desk: Desk, work: Work, iserlohn: City) -> None:
    with pytest.raises(BadInput, match="'keller'"):
        write_note(desk.work(FACTS, intake_point="keller"), iserlohn)


@pytest.mark.parametrize(
    ("changed", "complaint_about"),
    [({"register_number": None}, "eingangsnummer"), ({"facts": DocumentFacts()}, "seiten")],
    ids=["no register number", "no page count"],
)
def test_a_note_with_a_gap_is_refused_not_written(
    changed: dict[str, object], complaint_about: str, work: Work, iserlohn: City
) -> None:
    with pytest.raises(BadInput, match=complaint_about):
        write_note(replace(work, **changed), iserlohn)  # type: ignore[arg-type]
    assert list(work.scratch.iterdir()) == []


REQUIRED = [
    (".", "vermerkId"),
    (".", "version"),
    (".", "demo"),
    ("Dokument", "id"),
    ("Dokument", "eingangsnummer"),
    ("Dokument", "erfassungsId"),
    ("Dokument", "seiten"),
    ("Rohscan", "name"),
    ("Scanprodukt", "groesse"),
    ("Ersteller", "kennzeichen"),
    ("Ersteller", "name"),
    ("Ersteller", "eingangsstelle"),
    ("Umgebung", "scanner"),
    ("Umgebung", "verfahrensdokumentation"),
    ("Zeiten", "erfasst"),
    ("Zeiten", "vermerk"),
    ("Qualitaetssicherung", "ergebnis"),
    ("Vollstaendigkeit", "ergebnis"),
    ("Uebereinstimmung", "bestaetigt"),
    ("Schutzbedarf", "dokumentart"),
    ("Siegel", "art"),
]


@pytest.mark.parametrize(("name", "attribute"), REQUIRED, ids=[f"{name}/{key}" for name, key in REQUIRED])
def test_every_required_attribute_is_required(name: str, attribute: str, work: Work, iserlohn: City) -> None:
    root = note_of(work, iserlohn)
    node = root if name == "." else part(root, name)
    del node.attrib[attribute]
    assert f"'{attribute}' is required but missing" in complaint(root)


WRONG = [
    ("Ersteller", "name", " "),
    ("Dokument", "id", "42"),
    ("Dokument", "seiten", "0"),
    ("Rohscan", "groesse", "-1"),
    ("Zeiten", "erfasst", "2026-03-31T22:30:00"),
    ("Zeiten", "vermerk", "01.04.2026"),
    ("Qualitaetssicherung", "ergebnis", "bestens"),
    ("Uebereinstimmung", "bestaetigt", "vielleicht"),
    ("Schutzbedarf", "integritaet", "mittel"),
    ("Siegel", "art", "Stempel"),
]


@pytest.mark.parametrize(("name", "attribute", "value"), WRONG, ids=[f"{name}/{key}" for name, key, _ in WRONG])
def test_a_value_that_says_nothing_is_refused(
    name: str, attribute: str, value: str, work: Work, iserlohn: City
) -> None:
    root = note_of(work, iserlohn)
    part(root, name).set(attribute, value)
    assert attribute in complaint(root)


@pytest.mark.parametrize(
    "name",
    ["Dokument", "Ersteller", "Umgebung", "Auffaelligkeiten", "Zeiten", "Qualitaetssicherung", "Uebereinstimmung"],
)
def test_no_aspect_may_be_missing(name: str, work: Work, iserlohn: City) -> None:
    root = note_of(work, iserlohn)
    root.remove(part(root, name))
    assert "nicht schemakonform" in complaint(root)


def test_a_hash_of_the_wrong_length_is_refused(work: Work, iserlohn: City) -> None:
    root = note_of(work, iserlohn)
    part(root, "SHA256").text = "abc"
    assert "SHA256" in complaint(root)
