"""Files of master data, as finance systems write them and as nobody should."""

from decimal import Decimal

import pytest

from pipelines.master_data.entries import judge
from pipelines.master_data.fields import kind_of
from pipelines.master_data.tables import NAMESPACE, rows_of
from schemas.accounting import AccountingObject, Commitment, Creditor, MasterDataKind
from schemas.errors import BadInput
from schemas.master_data import MasterDataFile

CREDITORS, PRODUCTS, COMMITMENTS = MasterDataKind.CREDITORS, MasterDataKind.PRODUCTS, MasterDataKind.COMMITMENTS
EXEMPTIONS = MasterDataKind.EXEMPTIONS
IBAN, OTHER = "DE02120300000000202051", "DE75512108001245126199"


def read(kind: MasterDataKind, text: str | bytes, **headings: str) -> MasterDataFile:
    content = text.encode() if isinstance(text, str) else text
    return judge(kind, rows_of(content, kind, headings))


def only_creditor(text: str | bytes, **headings: str) -> Creditor:
    file = read(CREDITORS, text, **headings)
    assert file.faults == ()
    (found,) = file.entries
    assert isinstance(found, Creditor)
    return found


def test_a_creditor_with_everything() -> None:
    found = only_creditor(
        "Kreditornummer;Name;Straße;PLZ;Ort;USt-IdNr.;Steuernummer;IBAN;Telefon;E-Mail;Gesperrt\n"
        "70001;Bau Müller GmbH & Co. KG;Weg 1;58636;Iserlohn;DE 123 456 789;328/5001/0017;"
        f"{IBAN[:4]} {IBAN[4:]};02371 1;post@example.org;nein\n"
    )

    assert (found.number, found.name, found.street) == ("70001", "Bau Müller GmbH & Co. KG", "Weg 1")
    assert (found.vat_ids, found.tax_numbers, found.ibans) == (("DE123456789",), ("328/5001/0017",), (IBAN,))
    assert (found.phone, found.mail, found.blocked) == ("02371 1", "post@example.org", "")


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiter_encoding_and_line_ends_do_not_matter(delimiter: str, encoding: str, end: str) -> None:
    text = f'{end}Name{delimiter}KREDITOR_NUMMER{end}"Müller{delimiter} Bau"{delimiter}7{end}{end}'
    found = only_creditor(text.encode(encoding), number="Kreditor-Nummer")

    assert (found.number, found.name) == ("7", f"Müller{delimiter} Bau".replace("\t", ""))


def test_one_row_for_each_account_is_one_creditor() -> None:
    found = only_creditor(f"Kreditornummer;Name;IBAN\n7;Bau;{IBAN}\n7;Bau;{OTHER}\n")

    assert found.ibans == (IBAN, OTHER)


def test_the_same_number_for_two_creditors_is_a_fault() -> None:
    file = read(CREDITORS, "Kreditornummer;Name\n7;Bau\n7;Brot\n")

    assert file.faults == ("Zeile 3: 7 steht schon in Zeile 2, dort mit anderen Angaben.",)


def test_a_wrong_iban_is_left_out_and_pointed_out() -> None:
    file = read(CREDITORS, f"Kreditornummer;Name;IBAN\n7;Bau;{IBAN[:-1]}9, {OTHER}\n")

    (found,) = file.entries
    assert isinstance(found, Creditor)
    assert found.ibans == (OTHER,)
    assert file.faults == ()
    assert "Zeile 2" in file.hints[0]
    assert "Prüfziffern" in file.hints[0]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1.234,50", "1234.50"), ("1234,5", "1234.50"), ("1234.50", "1234.50"), ("-12,00 EUR", "-12.00"),
        ("12,00-", "-12.00"), ("1.234.567,89 €", "1234567.89"), ("0", "0.00"), ("1'000.00", "1000.00"),
    ],
)  # fmt: skip
def test_amounts_with_comma_and_point(text: str, amount: str) -> None:
    file = read(COMMITMENTS, f"Nummer;Haushaltsjahr;Betrag;Rest\nM1;2026;{text};{text}\n")

    (found,) = file.entries
    assert isinstance(found, Commitment)
    assert found.total == Decimal(amount)


@pytest.mark.parametrize("text", ["1.234", "abc", "NaN", "1e999", "1,234,5", "12,345", "", "Infinity", "٣"])
def test_an_amount_that_is_none_or_may_be_two_is_a_fault(text: str) -> None:
    file = read(COMMITMENTS, f"Nummer;Haushaltsjahr;Betrag;Rest\nM1;2026;{text};0\n")

    assert file.faults[0].startswith("Zeile 2: Betrag")


def test_days_of_certificates_in_both_spellings() -> None:
    head = "Nummer;Kreditornummer;Gültig von;Gültig bis\n"
    assert read(EXEMPTIONS, f"{head}F1;7;01.01.2026;2026-12-31\n").faults == ()
    assert read(EXEMPTIONS, f"{head}F1;7;31.02.2026;2026-12-31\n").faults[0].startswith("Zeile 2: GueltigVon")
    assert read(EXEMPTIONS, f"{head}F1;7;01.01.2027;2026-12-31\n").faults == (
        "Zeile 2: GueltigVon liegt nach GueltigBis.",
    )


def test_a_product_holds_in_its_years() -> None:
    (found,) = read(PRODUCTS, "Nummer;Bezeichnung;GueltigAb;GueltigBis\n11101;Rat;2020;31.12.2026\n").entries

    assert isinstance(found, AccountingObject)
    assert [found.holds_in(year) for year in (2019, 2020, 2026, 2027)] == [False, True, True, False]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "leer"),
        (b"\xef\xbb\xbf \n", "leer"),
        ("Kreditornummer;Ort\n7;Iserlohn\n", "Spalten fehlen: Name"),
        ("Kreditornummer;Name;NAME\n7;a;b\n", "steht zweimal"),
        ('Kreditornummer;Name\n7;"Bau\n8;Brot\n', "kein gültiges CSV"),
        (b"Kreditornummer;Name\n7;B\0u\n", "Nullzeichen"),
        (b"Kreditornummer;Name\n7;B\x81u\n", "Zeichenkodierung"),
        ("Kreditornummer;Name\n7;" + "x" * 3000 + "\n", "Zeile 2: ein Feld ist länger"),
        ("PK\x03\x04 Tabelle", "Spalten fehlen"),
        ("<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", "DOCTYPE"),
        ("<Stammdaten/>", "folgt nicht dem Schema"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(content: str | bytes, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        read(CREDITORS, content)


def test_a_file_of_headings_alone_is_a_fault() -> None:
    assert read(CREDITORS, "Kreditornummer;Name\n").faults == ("Die Datei enthält keinen Eintrag.",)


def test_thousands_of_faults_are_counted_not_listed() -> None:
    file = read(CREDITORS, "Kreditornummer;Name\n" + ";ohne Nummer\n" * 5000)

    assert len(file.faults) == 200
    assert file.hints == ("4800 weitere Meldungen sind nicht aufgeführt.",)


def test_the_same_in_xml() -> None:
    xml = (
        f'<Stammdaten xmlns="{NAMESPACE}" Art="kreditoren"><Kreditor><Kreditornummer>7</Kreditornummer>'
        f"<Name>Bau Müller</Name><IBAN>{IBAN}</IBAN><IBAN>{OTHER}</IBAN></Kreditor></Stammdaten>"
    )
    found = only_creditor(xml)

    assert (found.number, found.name, found.ibans) == ("7", "Bau Müller", (IBAN, OTHER))
    with pytest.raises(BadInput, match="enthält aber kreditoren"):
        read(PRODUCTS, xml)


def test_the_name_says_the_kind() -> None:
    assert kind_of("Kreditoren_2026-11-24.CSV") is CREDITORS
    assert kind_of("mittelbindungen.xml") is COMMITMENTS
    assert kind_of("kreditoren.xlsx") is None
    assert kind_of("alles.csv") is None
