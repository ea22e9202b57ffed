"""What capture software writes beside its pages is understood however it is written, and nothing of it is lost."""

import zipfile
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.intake.index import parse_index, read_index
from schemas.batch_index import BatchIndex, IndexedDocument

BERLIN = ZoneInfo("Europe/Berlin")


def index_of(text: str, name: str = "stapel.csv", encoding: str = "utf-8") -> BatchIndex:
    found = parse_index(text.encode(encoding), name)
    assert found is not None
    return found


GERMAN = """<?xml version="1.0" encoding="{encoding}"?>
<Stapel>
  <Bediener>Jörg Müller</Bediener><Bedienerkennung>scan-02</Bedienerkennung><Scanner>Kodak i4250</Scanner>
  <Arbeitsplatz>PC-17</Arbeitsplatz><Profil>grau-300-duplex</Profil><Eingangsstelle>Rathaus I</Eingangsstelle>
  <Karton>2026-05-04/3</Karton><Duplex>ja</Duplex><Scandatum>04.05.2026 09:12:30</Scandatum>
  <Blätter>12</Blätter><Seiten>24,0</Seiten><Dokumente>2</Dokumente>
  <Dokument><Dokumentart>Widerspruch</Dokumentart><Einheit>32</Einheit><Seiten>1-10</Seiten></Dokument>
  <Dokument><Barcode>4711</Barcode><Seite_von>11</Seite_von><Seite_bis>24</Seite_bis></Dokument>
</Stapel>"""

ENGLISH = """<batch operator="Jörg Müller" operatorId="scan-02" scanner="Kodak i4250" duplex="true">
  <field name="Workstation">PC-17</field><field name="Profile" value="grau-300-duplex"/>
  <IntakePoint>Rathaus I</IntakePoint><Box>2026-05-04/3</Box><ScannedAt>2026-05-04T07:12:30Z</ScannedAt>
  <Sheets>12</Sheets><PageCount>24</PageCount><DocumentCount>2</DocumentCount>
  <documents>
    <document type="Widerspruch" unit="32" firstPage="1" lastPage="10"/>
    <document><barcode>4711</barcode><pageRange>11 - 24</pageRange></document>
  </documents>
</batch>"""

WANTED = BatchIndex(
    operator="Jörg Müller",
    operator_id="scan-02",
    scanner="Kodak i4250",
    workstation="PC-17",
    profile="grau-300-duplex",
    intake_point="Rathaus I",
    box="2026-05-04/3",
    duplex=True,
    scanned_at=datetime(2026, 5, 4, 9, 12, 30, tzinfo=BERLIN),
    sheets=12,
    pages=24,
    documents_expected=2,
    documents=(
        IndexedDocument(first=1, last=10, type="Widerspruch", unit="32"),
        IndexedDocument(first=11, last=24, barcode="4711"),
    ),
)


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1252", "ISO-8859-1", "utf-16"])
def test_a_german_xml_says_who_scanned_what(encoding: str) -> None:
    text = GERMAN.format(encoding=encoding)
    assert parse_index(text.encode(encoding), "stapel.xml") == WANTED


def test_an_english_xml_with_attributes_says_the_same() -> None:
    assert index_of(ENGLISH, "batch.xml") == WANTED


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_csv_is_read_whatever_parts_its_cells_and_however_it_is_encoded(separator: str, encoding: str) -> None:
    rows = (
        ("Bediener", "Blätter", "Datei", "Dokumentart", "Einheit"),
        ("Jörg Müller", "3", "a.pdf", '"Bescheid; Anlage, alt"', "32"),
        ("Jörg Müller", "3", "b.pdf", "Brief", "50/1"),
    )
    found = index_of("\r\n".join(separator.join(row) for row in rows), encoding=encoding)
    assert (found.operator, found.sheets, found.unknown, found.findings) == ("Jörg Müller", 3, (), ())
    assert found.documents == (
        IndexedDocument(type="Bescheid; Anlage, alt", unit="32", files=("a.pdf",)),
        IndexedDocument(type="Brief", unit="50/1", files=("b.pdf",)),
    )


def test_a_csv_of_two_columns_is_a_list_of_fields() -> None:
    found = index_of("Operator;Eva Beispiel\nScanner;Fujitsu\nAnzahl Blätter;7\nBeidseitig;nein\n")
    assert found == BatchIndex(operator="Eva Beispiel", scanner="Fujitsu", sheets=7, duplex=False)


def test_rows_of_one_document_number_are_one_document() -> None:
    found = index_of("Dokument;Datei;Dokumentart\n1;s_1.tif;Brief\n1;s_2.tif;Brief\n2;s_3.tif;Antrag\n")
    assert found.documents == (
        IndexedDocument(type="Brief", files=("s_1.tif", "s_2.tif")),
        IndexedDocument(type="Antrag", files=("s_3.tif",)),
    )


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("04.05.2026 07:08", datetime(2026, 5, 4, 7, 8, tzinfo=BERLIN)),
        ("4.5.2026, 07:08:09 Uhr", datetime(2026, 5, 4, 7, 8, 9, tzinfo=BERLIN)),
        ("04.05.2026", datetime(2026, 5, 4, tzinfo=BERLIN)),
        ("2026-05-04T07:08:09+02:00", datetime(2026, 5, 4, 7, 8, 9, tzinfo=BERLIN)),
        ("2026-05-04 07:08:09", datetime(2026, 5, 4, 7, 8, 9, tzinfo=BERLIN)),
        ("20260504T070809", datetime(2026, 5, 4, 7, 8, 9, tzinfo=BERLIN)),
    ],
)
def test_german_and_iso_dates_are_moments_in_german_time(written: str, moment: datetime) -> None:
    assert index_of(f"Bediener;Gescannt am\nEva;{written}").scanned_at == moment


def test_day_and_time_may_stand_in_two_fields() -> None:
    found = index_of("Scandatum;Uhrzeit\n04.05.2026;07:08")
    assert found.scanned_at == datetime(2026, 5, 4, 7, 8, tzinfo=BERLIN)


def test_the_date_of_a_letter_is_not_the_day_of_its_scanning() -> None:
    found = index_of("Bediener;Datei;Datum\nEva;a.pdf;01.02.2020\n")
    assert (found.scanned_at, found.unknown) == (None, ("Datum = 01.02.2020",))


def test_what_nobody_knows_is_listed_and_not_lost() -> None:
    found = index_of("Bediener;Mandant;Datei;Zeichen\nEva;KIM;a.pdf;32.1\nEva;KIM;b.pdf;50.2\n")
    assert found.unknown == ("Mandant = KIM", "Zeichen = 32.1", "Zeichen = 50.2")


@pytest.mark.parametrize(
    ("row", "finding"),
    [
        ("zwölf;ja;04.05.2026", "Index: „zwölf“ bei „Blätter“ ist nicht eine Zahl."),
        ("12;vielleicht;04.05.2026", "Index: „vielleicht“ bei „Duplex“ ist nicht ja oder nein."),
        ("12;ja;31.02.2026", "Index: „31.02.2026“ bei „Scandatum“ ist nicht ein Datum."),
    ],
)
def test_a_value_that_is_none_is_a_finding_and_the_others_count(row: str, finding: str) -> None:
    found = index_of(f"Blätter;Duplex;Scandatum\n{row}")
    assert found.findings == (finding,)
    assert len(found.unknown) == 1
    assert [found.sheets, found.duplex, found.scanned_at].count(None) == 1


@pytest.mark.parametrize(
    ("content", "name", "why"),
    [
        (b"<Stapel><Bediener>Eva", "stapel.xml", "Das XML ist nicht wohlgeformt"),
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><Stapel><Bediener>&a;</Bediener></Stapel>", "stapel.xml", "DOCTYPE"),
        (b"kein XML", "stapel.xml", "sie ist kein XML"),
        (b"a;b;c\n1;2;3\n", "stapel.csv", "keine Spalte ist bekannt"),
        (b"\0\xff\x00\x81", "stapel.csv", "keine Spalte ist bekannt"),
    ],
)
def test_a_broken_index_is_a_finding(content: bytes, name: str, why: str) -> None:
    found = parse_index(content, name)
    assert found is not None
    assert found.findings[0].startswith(f"Indexdatei {name} nicht ausgewertet: ")
    assert why in found.findings[0]
    assert found == BatchIndex(findings=found.findings)


INVOICE = b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"><ID>1</ID></Invoice>'


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (INVOICE, "rechnung.xml"),
        (b"<Brief><Anrede>Hallo</Anrede></Brief>", "brief.xml"),
        (b"Sehr geehrte Damen und Herren,\nanbei", "brief.txt"),
        (b"Bediener;Scanner\nEva;Kodak", "brief.pdf"),
    ],
)
def test_what_is_no_index_is_left_to_others(content: bytes, name: str) -> None:
    assert parse_index(content, name) is None


def container(folder: Path, **files: bytes) -> Path:
    path = folder / "stapel.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_DOT_", "."), content)
    return path


def test_several_index_files_are_one_and_those_named_like_a_page_are_about_it(tmp_path: Path) -> None:
    path = container(
        tmp_path,
        stapel_DOT_xml=b"<Stapel><Bediener>Eva</Bediener><Karton>3</Karton></Stapel>",
        s__1_DOT_pdf=b"%PDF",
        s__1_DOT_xml=b"<Index><Dokumentart>Brief</Dokumentart><Bediener>Ute</Bediener></Index>",
        s__2_DOT_pdf=b"%PDF",
    )
    found = read_index(path)
    assert found is not None
    assert (found.operator, found.box) == ("Ute", "3"), "the first file in natural order counts"
    assert found.unknown == ("operator = Eva",)
    assert found.documents == (IndexedDocument(type="Brief", files=("s/1.pdf",)),)


def test_without_an_index_or_a_container_there_is_none(tmp_path: Path) -> None:
    assert read_index(container(tmp_path, s_DOT_pdf=b"%PDF", e_DOT_xml=INVOICE)) is None
    (tmp_path / "brief.pdf").write_bytes(b"%PDF-1.7")
    assert read_index(tmp_path / "brief.pdf") is None


CELLS = st.text(alphabet=st.characters(codec="utf-8", categories=["L", "N", "P"]), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=5), separator=st.sampled_from(";,\t"))
def test_no_cell_of_a_table_is_lost(rows: list[tuple[str, str, str]], separator: str) -> None:
    lines = [separator.join(f'"{cell.replace(chr(34), 2 * chr(34))}"' for cell in row) for row in rows]
    found = index_of("\n".join((separator.join(("Bediener", "Mandant", "Datei")), *lines)))
    said = {found.operator, *(line.partition(" = ")[2] for line in found.unknown)}
    said |= {file for document in found.documents for file in document.files}
    assert {cell for row in rows for cell in row} <= said


@settings(max_examples=100, deadline=None)
@given(
    content=st.binary(max_size=200) | st.text(max_size=100).map(str.encode), name=st.sampled_from(["a.csv", "a.xml"])
)
def test_whatever_is_in_the_file_it_stops_nobody(content: bytes, name: str) -> None:
    assert parse_index(content, name) is None or isinstance(parse_index(content, name), BatchIndex)


def test_what_no_database_and_no_note_could_keep_does_not_come_in() -> None:
    found = index_of("Bediener;Karton;Scanner;Scandatum\nEva\x01;K\x081;Fuji\x1f7;01.01.0001\n")
    assert (found.operator, found.box, found.scanner, found.scanned_at) == ("Eva�", "K�1", "Fuji 7", None)
    assert found.findings == ("Index: „01.01.0001“ bei „Scandatum“ ist nicht ein Datum.",)


def test_an_index_of_something_else_does_not_bury_the_batch(tmp_path: Path) -> None:
    rows = "".join(f"b{number}.tif;viele{number}\n" for number in range(1000))
    with zipfile.ZipFile(tmp_path / "stapel.zip", "w") as archive:
        archive.writestr("index.csv", f"Datei;Seitenvon\n{rows}")
    found = read_index(tmp_path / "stapel.zip")
    assert found is not None
    assert len(found.findings) == 51
    assert found.findings[-1] == "Und 950 weitere Auffälligkeiten im Index."
