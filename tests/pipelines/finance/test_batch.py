"""The files of a batch: complete, the same for the same items, and harmless in a spreadsheet."""

import csv
import hashlib
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from config.finance_config import Column, ExportRules
from pipelines.finance.batch import END, BatchFile, files_of, original_name
from schemas.finance import ExportField, ExportItem

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
NUMBER = "FB-2026-000007"
SCHEMA = Path(__file__).parents[3] / "schemas" / "finanz" / "uebergabe-1.xsd"


def item(
    number: str = "RE-2026-000042", version: int = 1, seller: str = "Bürobedarf Schmidt", lines: int = 2
) -> ExportItem:
    return ExportItem(
        number=number,
        version=version,
        payable=Decimal("1190.00"),
        currency="EUR",
        values={
            ExportField.NUMBER: number,
            ExportField.VERSION: version,
            ExportField.RECEIVED_ON: date(2026, 11, 18),
            ExportField.SELLER: seller,
            ExportField.PAYABLE: Decimal("1190.00"),
            ExportField.TAX: Decimal("-190.5"),
        },
        lines=tuple(
            {
                ExportField.LINE: at,
                ExportField.FISCAL_YEAR: 2026,
                ExportField.ACCOUNT: f"52{at:02}",
                ExportField.AMOUNT: Decimal("595.00"),
                ExportField.TEXT: seller,
            }
            for at in range(1, lines + 1)
        ),
    )


def made(*items: ExportItem, **rules: object) -> dict[str, bytes]:
    return {file.name: file.content for file in files_of(NUMBER, NOW, items, ExportRules.model_validate(rules))}


def rows_in(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_a_batch_is_xml_and_csv_for_invoices_and_their_assignment() -> None:
    files = made(item(), item("RE-2026-000043"))
    assert list(files) == [f"{NUMBER}.xml", f"{NUMBER}_rechnungen.csv", f"{NUMBER}_kontierung.csv"]
    assert len(rows_in(files[f"{NUMBER}_rechnungen.csv"])) == 1 + 2 + 1
    assert len(rows_in(files[f"{NUMBER}_kontierung.csv"])) == 1 + 4 + 1


def test_or_one_file_with_a_line_for_each_line_of_assignment() -> None:
    files = made(item(), item("RE-2026-000043", lines=0), form="eine_datei")
    head, *rows, _ = rows_in(files[f"{NUMBER}.csv"])
    numbers = [row[head.index("re_nummer")] for row in rows]
    assert numbers == ["RE-2026-000042", "RE-2026-000042", "RE-2026-000043"], "none is lost that has no assignment"
    assert [row[head.index("sachkonto")] for row in rows] == ["5201", "5202", ""]


def test_the_last_line_counts_and_hashes_what_stands_before_it() -> None:
    content = made(item())[f"{NUMBER}_rechnungen.csv"]
    body, _, last = content.rpartition(f"{END};".encode())
    number, count, total, sha256 = last.decode().strip().split(";")
    assert (number, count, total) == (NUMBER, "1", "1190,00")
    assert sha256 == hashlib.sha256(body).hexdigest()


def test_columns_are_what_the_city_says() -> None:
    columns = [
        Column(header="Buchungskreis", value="1000"),
        Column(header="Belegnr", field=ExportField.KEY),
        Column(header="Datum", field=ExportField.RECEIVED_ON),
        Column(header="Steuer", field=ExportField.TAX),
        Column(header="Kreditor", field=ExportField.CREDITOR),
    ]
    german = rows_in(made(item(), columns=columns)[f"{NUMBER}_rechnungen.csv"])
    assert german[0] == ["Buchungskreis", "Belegnr", "Datum", "Steuer", "Kreditor"]
    assert german[1] == ["1000", "RE-2026-000042-v1", "18.11.2026", "-190,5", ""]
    plain = made(item(), columns=columns, bom=False, decimal_comma=False, dates="ISO")[f"{NUMBER}_rechnungen.csv"]
    assert rows_in(plain)[1] == ["1000", "RE-2026-000042-v1", "2026-11-18", "-190.5", ""]
    assert not plain.startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("name", ["=1+1", "+49", "-2", "@SUM(A1)", "\t=1", "\r=cmd"])
def test_no_name_is_a_formula(name: str) -> None:
    head, row, *_ = rows_in(made(item(seller=name))[f"{NUMBER}_rechnungen.csv"])
    assert not row[head.index("rechnungssteller")].startswith(("=", "+", "-", "@", "\t", "\r"))


@given(st.text(max_size=60))
def test_any_name_stays_in_its_cell_and_makes_valid_xml(name: str) -> None:
    files = made(item(seller=name))
    rows = rows_in(files[f"{NUMBER}_rechnungen.csv"])
    assert [len(row) for row in rows] == [28, 28, 5]
    schema(files[f"{NUMBER}.xml"])


def schema(content: bytes) -> None:
    etree.XMLSchema(etree.parse(str(SCHEMA))).assertValid(etree.fromstring(content))


def test_the_xml_says_everything_and_fits_its_schema() -> None:
    content = made(item(version=3))[f"{NUMBER}.xml"]
    schema(content)
    root = etree.fromstring(content)
    assert root.get("nummer") == NUMBER
    assert root[0].get("schluessel") == "RE-2026-000042-v3"
    assert [line.get("position") for line in root[0].iterchildren("{*}Kontierung")] == ["1", "2"]
    assert dict(root[-1].attrib) == {"anzahl": "1", "summe": "1190.00", "waehrung": "EUR"}


def test_the_same_version_twice_does_not_fit_the_schema() -> None:
    with pytest.raises(etree.DocumentInvalid):
        schema(made(item(), item())[f"{NUMBER}.xml"])


def test_the_same_items_make_the_same_bytes() -> None:
    first: tuple[BatchFile, ...] = files_of(NUMBER, NOW, [item()], ExportRules())
    assert first == files_of(NUMBER, NOW, [item()], ExportRules())


@pytest.mark.parametrize(
    ("received", "name"), [("a.XML", "K-v1.xml"), ("b.pdf", "K-v1.pdf"), ("c.exe", "K-v1.bin"), ("ohne", "K-v1.bin")]
)
def test_the_original_is_named_by_its_key_and_never_by_its_sender(received: str, name: str) -> None:
    assert original_name("K-v1", received) == name
