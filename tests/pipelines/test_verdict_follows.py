"""Whatever is missing, empty or doubled in an invoice: it is judged, and only errors reject."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path

import pytest
from lxml import etree

from pipelines.invoice.validate import validate_file
from schemas.safe_xml import parse_xml
from schemas.validation import Severity, Verdict
from tests.pipelines.xrechnung import Make, cii_cvd, cii_debit, note_of, ubl_cvd, ubl_extension

EVERY = 11
"""A prime, so that every kind of element has its turn in one of the documents."""


def note() -> bytes:
    return note_of(ubl_cvd)


def without(element: etree._Element) -> None:
    above = element.getparent()
    assert above is not None
    above.remove(element)


def emptied(element: etree._Element) -> None:
    for child in list(element):
        element.remove(child)
    element.text = None


def doubled(element: etree._Element) -> None:
    element.addnext(deepcopy(element))


def changed(content: bytes, change: Callable[[etree._Element], None]) -> Iterator[bytes]:
    """The document once for every eleventh element, with that one changed."""
    root = parse_xml(content)
    for number in range(1, len(list(root.iter(etree.Element))), EVERY):
        copy = deepcopy(root)
        change(list(copy.iter(etree.Element))[number])
        yield etree.tostring(copy)


@pytest.mark.parametrize("change", [without, emptied, doubled])
@pytest.mark.parametrize("make", [ubl_extension, note, cii_debit, cii_cvd])
def test_only_errors_reject_and_none_of_them_is_ours(
    make: Make, change: Callable[[etree._Element], None], tmp_path: Path
) -> None:
    path = tmp_path / "rechnung.xml"
    for content in changed(make(), change):
        path.write_bytes(content)
        report = validate_file(path)
        errors = {finding.rule for finding in report.findings if finding.severity is Severity.ERROR}
        assert not {rule for rule in errors if rule.startswith("PE-")}
        if report.verdict is Verdict.NOT_ASSESSED:
            assert report.reason.startswith("Die Prüfung wurde abgebrochen (EN 16931 "), "nothing else stops it"
        else:
            assert (report.verdict is Verdict.REJECT) == bool(errors)
        for finding in report.findings:
            classed = finding.severity is Severity.ERROR or finding.rule == "PE-SUMMEN"
            assert (finding.bmf is not None) == classed, "errors, and what says that the content is wrong"
