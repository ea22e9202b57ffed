"""What a long invoice costs, stage by stage: each should grow with the number of lines and no faster."""

import copy
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TypeVar

from lxml import etree

__all__ = ["by_lines"]

Answer = TypeVar("Answer")
_DAY = date(2026, 3, 2)
_LINES = (500, 1000, 2000, 5000, 10_000)
_LINE = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}InvoiceLine"
_ID = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}ID"


def by_lines(sample: Path) -> None:
    """Milliseconds a stage for that UBL invoice with its first line repeated; the ratio is whole to bare transforms."""
    for number in _LINES:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "lang.xml"
            path.write_bytes(_long(sample, number))
            stages = dict(_stages(path))
        bare = sum(took for name, took in stages.items() if name in ("EN 16931 UBL", "XRechnung UBL"))
        whole = stages["whole"]
        said = ", ".join(f"{name} {took:.0f}" for name, took in stages.items())
        print(
            f"{f'{number:,} lines':14} {said} ms   ratio {whole / bare:.2f}, {whole / number:.2f} ms/line", flush=True
        )


def _stages(path: Path) -> Iterator[tuple[str, float]]:
    """Each stage of a validation by itself, then the whole; the sheets are compiled before."""
    from pipelines.invoice.checks.own import findings_on_invoice
    from pipelines.invoice.checks.said import Context
    from pipelines.invoice.detect import look_into
    from pipelines.invoice.engine import run_sheet, schema_findings
    from pipelines.invoice.read import read_invoice
    from pipelines.invoice.scenarios import scenario_for
    from pipelines.invoice.validate import validate_file
    from schemas.safe_xml import serialised

    source, took = _timed(lambda: look_into(path))
    assert source is not None
    yield "parse", took
    scenario = scenario_for(source.syntax, source.profile)
    assert scenario is not None
    yield "schema", _timed(lambda: schema_findings(source.root, scenario.schema))[1]
    document = serialised(source.root)
    for sheet in scenario.sheets:
        yield sheet.name, _timed(lambda sheet=sheet: run_sheet(document, sheet))[1]
    invoice, took = _timed(lambda: read_invoice(source.root))
    yield "model", took
    yield "own checks", _timed(lambda: findings_on_invoice(invoice, Context(_DAY)))[1]
    report, took = _timed(lambda: validate_file(path))
    yield "report", _timed(report.model_dump_json)[1]
    yield "whole", took


def _timed(call: Callable[[], Answer]) -> tuple[Answer, float]:
    """What it answers, and how many milliseconds it took."""
    began = time.perf_counter()
    answer = call()
    return answer, (time.perf_counter() - began) * 1000


def _long(sample: Path, number: int) -> bytes:
    root = etree.parse(sample).getroot()  # lint: xml - our own sample
    lines = root.findall(_LINE)
    for line in lines[1:]:
        root.remove(line)
    for position in range(2, number + 1):
        line = copy.deepcopy(lines[0])
        identifier = line.find(_ID)
        assert identifier is not None
        identifier.text = str(position)
        root.append(line)
    return etree.tostring(root)
