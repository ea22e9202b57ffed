"""The schema is read by the letter of the standard, where the library reads it otherwise: dates, base64."""

import pytest
from lxml import etree

from pipelines.invoice.engine import schema_findings
from pipelines.invoice.read import syntax_of
from pipelines.invoice.scenarios import scenario_for
from schemas.safe_xml import parse_xml
from tests.pipelines.xrechnung import Make, add, cii, drop, edited, put, ubl

DAY, TIME = "/*/cbc:IssueDate", "<cbc:IssueTime>{}</cbc:IssueTime>"
UBL_FILE, CII_FILE = "cbc:EmbeddedDocumentBinaryObject", "ram:AttachmentBinaryObject"


def lines(content: bytes) -> list[str]:
    """Where the schema is violated."""
    root = parse_xml(content)
    syntax = syntax_of(root)
    assert syntax is not None
    scenario = scenario_for(syntax, None)
    assert scenario is not None
    return [finding.location for finding in schema_findings(root, scenario.schema)]


@pytest.mark.parametrize("day", [" 2026-03-01", "2026-03-01 ", "\n\t2026-03-01\r\n", " 2026-03-01+01:00 "])
def test_blanks_around_a_date_belong_to_no_value(day: str) -> None:
    assert lines(edited(ubl(), put(DAY, day))) == []


@pytest.mark.parametrize("time", ["10:00:00 ", " 10:00:00.5Z\n"])
def test_blanks_around_a_time_belong_to_no_value(time: str) -> None:
    assert lines(edited(ubl(), add(DAY, TIME.format(time)))) == []


def test_blanks_around_a_date_with_its_time_belong_to_no_value() -> None:
    path = "ram:OccurrenceDateTime/udt:DateTimeString"
    moment = add(path, "<udt:DateTime> 2026-02-28T10:00:00Z\n</udt:DateTime>")
    assert lines(edited(cii(), moment, drop(path))) == []


@pytest.mark.parametrize(
    "day", ["", " ", " gestern ", " 2026-02-30 ", "2026 -03-01", "\u00a02026-03-01", "2026-03-0١ "]
)
def test_what_is_no_date_is_none_without_its_blanks(day: str) -> None:
    assert len(lines(edited(ubl(), put(DAY, day)))) == 1


def test_the_place_is_that_in_the_file_also_beside_blanks() -> None:
    content = edited(ubl(), put(DAY, " 2026-03-01 "), put("cac:LegalMonetaryTotal/cbc:PayableAmount", "viel"))
    amount = next(number for number, line in enumerate(content.split(b"\n"), 1) if b">viel<" in line)
    assert lines(content) == [f"Zeile {amount}"]


@pytest.mark.parametrize(("make", "path"), [(ubl, UBL_FILE), (cii, CII_FILE)])
@pytest.mark.parametrize(
    ("text", "good"),
    [("AAAA", True), (" AA\n== ", True), ("", True), ("###", False), ("AAAA!", False), ("äöü", False), ("AA", False)],
)
def test_base64_has_its_own_characters_and_no_others(make: Make, path: str, text: str, good: bool) -> None:
    assert (lines(edited(make(), put(path, text))) == []) is good


def test_a_comment_in_base64_is_no_character_of_it() -> None:
    def with_comment(root: etree._Element) -> None:
        next(root.iter("{*}EmbeddedDocumentBinaryObject")).append(etree.Comment("#"))

    assert lines(edited(ubl(), put(UBL_FILE, "AAAA"), with_comment)) == []
