"""The register as an auditor gets it: every entry with all that belongs to it, the same in every format."""

import csv
import hashlib
import io
import json
import tracemalloc
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from lxml import etree

from pipelines.invoice.rebu.document import NAMESPACE, Header, write_json
from pipelines.invoice.rebu.formats import Format, write
from pipelines.invoice.rebu.tables import TABLES
from pipelines.invoice.rebu.titles import TITLES
from records import payment_terms
from records.models import Act, Document
from records.register_corrections import correct
from records.register_export import count_entries, exported
from records.register_likeness import judge, likenesses_of
from schemas.payment_terms import DiscountStep, DueSource, PaymentTerms
from schemas.rebu import ExportedEntry, InvoiceSaid, Preceding, Reduction, VatAmount
from schemas.roles import Action, Role
from tests.records.conftest import NOW, TakeIn
from tests.records.entries import make_entry
from tests.records.persons import make_person

pytestmark = pytest.mark.django_db
SCHEMAS = Path(__file__).parents[2] / "schemas" / "rebu"
HEADER = Header(date(2026, 11, 1), date(2026, 11, 30), NOW, "stadt")
SAID = InvoiceSaid(
    period_start=date(2026, 10, 1),
    payment_terms="=SUMME(A1)\n#SKONTO#TAGE=14#PROZENT=2.00#\n",
    vat=(VatAmount("S", Decimal(19), Decimal("100.00"), Decimal("19.00")),),
    reductions=(Reduction(False, Decimal("-5.00"), None, "Rabatt"),),
    preceding=(Preceding("R-1", date(2026, 1, 2)),),
    accounts=("DE02120300000000202051", "DE89370400440532013000"),
)


@pytest.fixture
def entries(take_in: TakeIn) -> list[ExportedEntry]:
    """A plain invoice, and one that has something of everything the register knows by itself."""
    clerk = make_person(Role.ACCOUNTING, name="Käthe Kämmerin")
    first = make_entry(take_in(), seller_name='Bau & "Söhne" \x01')
    second = make_entry(take_in(), SAID, seller_name="=HYPERLINK(1)", gross=Decimal("119.0000"))
    copy = take_in()
    Document.objects.filter(id=copy.id).update(duplicate_of=second.document, register_number="PE-2026-000009")
    correct(second, "due_on", "2026-12-24", "Zahlungsziel übersehen", clerk, NOW)
    judge(likenesses_of(second).get(), duplicate=False, reason="Zwei Lieferungen", person=clerk, now=NOW)
    Act.objects.create(
        document=second.document,
        sequence=99,
        action=Action.ACCEPT,
        user_id=clerk.user_id,
        name=clerk.name,
        at=NOW,
        wording="Sachlich richtig.",
    )
    assert first.number < second.number
    return list(exported(HEADER.first, HEADER.last))


def made(kind: Format, entries: Iterable[ExportedEntry], tmp_path: Path) -> bytes:
    stream = io.BytesIO()
    write(kind, entries, stream, HEADER, scratch=tmp_path, supplier="Stadt Iserlohn")
    return stream.getvalue()


def test_an_entry_comes_with_everything_that_belongs_to_it(entries: list[ExportedEntry]) -> None:
    _, entry = entries
    assert entry.number == "RE-2026-000002"
    assert entry.received is not None
    assert entry.received.said == SAID
    assert (entry.received.receipt.channel, entry.received.receipt.received_by) == ("scan", "Maria Muster")
    assert [(each.field, each.before, each.after, each.name) for each in entry.corrections] == [
        ("due_on", "", "2026-12-24", "Käthe Kämmerin")
    ]
    assert [each.register_number for each in entry.representations] == ["PE-2026-000009"]
    assert [(each.number, each.kind, each.duplicate) for each in entry.likely] == [
        ("RE-2026-000001", "same_amount", False)
    ]
    assert [each.wording for each in entry.signed] == ["Sachlich richtig."]


def test_its_payment_terms_say_where_the_due_day_comes_from_and_each_discount(take_in: TakeIn) -> None:
    entry, due = make_entry(take_in()), date(2026, 12, 20)
    step = DiscountStep(Decimal(2), Decimal("119.00"), Decimal("2.38"), date(2026, 12, 4))
    terms = PaymentTerms(
        NOW.date(), None, Decimal(119), "EUR", due, DueSource.TERMS, due, date(2027, 1, 20), discounts=(step,)
    )
    payment_terms.keep(entry.document, terms, NOW)
    (found,) = exported(HEADER.first, HEADER.last)
    assert found.terms is not None
    assert (found.terms.due_on, found.terms.basis) == (due, "aus den Zahlungsbedingungen (BT-20)")
    assert [json.loads(each)["amount"] for each in found.terms.discounts] == ["2.38"]


def test_only_what_was_received_in_these_days_and_for_that_mandant_is_handed_out(take_in: TakeIn) -> None:
    for moment in (datetime(2026, 10, 31, 22, 59, tzinfo=UTC), datetime(2026, 10, 31, 23, 0, tzinfo=UTC)):
        make_entry(take_in(received_at=moment))
    make_entry(take_in(received_at=datetime(2026, 11, 30, 22, 59, tzinfo=UTC)), legal_entity="sih", series="SIH")
    make_entry(take_in(received_at=datetime(2026, 11, 30, 23, 0, tzinfo=UTC)))

    days = (HEADER.first, HEADER.last)
    assert [entry.number for entry in exported(*days)] == ["RE-2026-000002", "SIH-2026-000001"]
    assert [entry.number for entry in exported(*days, "sih")] == ["SIH-2026-000001"]
    assert count_entries(*days) == 2


def test_the_json_is_valid_and_its_trailer_can_be_recomputed_from_its_lines(
    entries: list[ExportedEntry], tmp_path: Path
) -> None:
    content = made(Format.JSON, entries, tmp_path)
    document = json.loads(content)
    schema = json.loads((SCHEMAS / "rebu-1.0.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(document)
    lines = [line.rstrip(b",") + b"\n" for line in content.splitlines()[1:-1]]
    assert document["trailer"] == {"count": 2, "sha256": hashlib.sha256(b"".join(lines)).hexdigest()}


def test_the_xml_is_valid_and_every_format_has_the_same_trailer(entries: list[ExportedEntry], tmp_path: Path) -> None:
    trailers = {}
    for kind in Format:
        stream = io.BytesIO()
        trailers[kind] = write(kind, entries, stream, HEADER, scratch=tmp_path, supplier="Stadt")
    assert len(set(trailers.values())) == 1
    document = etree.fromstring(made(Format.XML, entries, tmp_path))
    etree.XMLSchema(etree.parse(str(SCHEMAS / "rebu-1.0.xsd"))).assertValid(document)
    trailer = document.find(f"{{{NAMESPACE}}}trailer")
    assert trailer is not None
    assert dict(trailer.attrib) == {"count": "2", "sha256": trailers[Format.XML].sha256}
    names = [each.text for each in document.iter(f"{{{NAMESPACE}}}seller_name")]
    assert names == ['Bau & "Söhne" �', "=HYPERLINK(1)"]


def test_the_schema_refuses_what_is_no_entry(entries: list[ExportedEntry], tmp_path: Path) -> None:
    document = json.loads(made(Format.JSON, entries, tmp_path))
    del document["entries"][0]["facts"]["gross"]
    schema = json.loads((SCHEMAS / "rebu-1.0.schema.json").read_text(encoding="utf-8"))
    assert not Draft202012Validator(schema).is_valid(document)


def test_the_csv_tables_are_as_index_xml_describes_them(entries: list[ExportedEntry], tmp_path: Path) -> None:
    with ZipFile(io.BytesIO(made(Format.CSV, entries, tmp_path))) as archive:
        index = etree.fromstring(
            archive.read("index.xml").replace(b'<!DOCTYPE DataSet SYSTEM "gdpdu-01-09-2004.dtd">', b"")
        )
        described = index.findall("Media/Table")
        assert {each.findtext("URL") for each in described} | {"index.xml", "abschluss.txt"} == set(archive.namelist())
        for table in described:
            rows = list(csv.reader(io.StringIO(archive.read(str(table.findtext("URL"))).decode()), delimiter=";"))
            columns = [
                each.text for each in table.findall("VariableLength/*/Name") if each.getparent().tag != "ForeignKey"
            ]
            assert rows[0] == columns
            assert {len(row) for row in rows} == {len(columns)}
            assert len(set(columns)) == len(columns), "IDEA knows a column by its name"
        main = list(csv.DictReader(io.StringIO(archive.read("rechnungen.csv").decode()), delimiter=";"))
    assert main[1]["Rechnungssteller"] == "'=HYPERLINK(1)", "no spreadsheet calculates it"
    assert (main[1]["Brutto"], main[1]["Rechnungsdatum"]) == ("119,0000", "02.11.2026")
    assert main[1]["Zahlungsbedingungen (BT-20)"] == "'=SUMME(A1) | #SKONTO#TAGE=14#PROZENT=2.00#"
    assert main[1]["Alle Konten"] == "DE02120300000000202051 | DE89370400440532013000"


def test_a_workbook_holds_texts_as_texts_and_never_a_formula(entries: list[ExportedEntry], tmp_path: Path) -> None:
    with ZipFile(io.BytesIO(made(Format.XLSX, entries, tmp_path))) as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/worksheets/")]
    assert len(sheets) == len(TABLES) + 1
    assert "=HYPERLINK(1)" in "".join(sheets)
    assert "<f>" not in "".join(sheets)


def test_every_field_has_a_title_of_its_table() -> None:
    for table in TABLES:
        titles = [column.title for column in table.columns]
        assert len(set(titles)) == len(titles), table.name
    assert all(TITLES.values())


def test_memory_does_not_grow_with_the_register(entries: list[ExportedEntry], tmp_path: Path) -> None:
    def many() -> Iterable[ExportedEntry]:
        return (replace(entries[1], number=f"RE-2026-{number:06d}") for number in range(2_000))

    peaks: dict[str, Any] = {}
    for kind in (Format.JSON, Format.XML):
        with (tmp_path / kind).open("wb") as stream:
            tracemalloc.start()
            write(kind, many(), stream, HEADER, scratch=tmp_path, supplier="Stadt")
            peaks[kind] = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
    assert max(peaks.values()) < 8_000_000
    assert (tmp_path / Format.XML).stat().st_size > 5_000_000


def test_an_empty_register_is_a_valid_document_too(tmp_path: Path) -> None:
    stream = io.BytesIO()
    trailer = write_json((), stream, HEADER)
    assert json.loads(stream.getvalue())["trailer"]["count"] == trailer.count == 0
