"""The rule sheets that judge the samples, and the samples as they lie in the folder."""

import importlib.util
from pathlib import Path

from facturx import get_xml_from_pdf
from lxml import etree
from saxonche import PySaxonProcessor, PyXsltExecutable

from config.settings import CODE_ROOT

__all__ = ["Judge", "content", "embedded"]

_INVOICES = CODE_ROOT / "samples" / "rechnung"
_SVRL = "{http://purl.oclc.org/dsdl/svrl}"


def content(name: str) -> bytes:
    """A sample invoice as it lies in the folder."""
    return (_INVOICES / name).read_bytes()


def embedded(name: str) -> bytes:
    """The XML inside a sample PDF."""
    _, xml = get_xml_from_pdf(content(name), check_xsd=False)
    return bytes(xml)


class Judge:
    """Runs schemas and rule sheets, each given as 'package:path below it'."""

    def __init__(self) -> None:
        self._processor = PySaxonProcessor(license=False)
        self._compiled: dict[str, PyXsltExecutable] = {}

    def broken(self, xml: bytes, schema: str, sheet: str) -> set[str]:
        """Identifiers of all rules that speak, whatever their level; 'schema' if already the schema is violated."""
        tree = etree.fromstring(xml)
        if not etree.XMLSchema(etree.parse(str(_located(schema)))).validate(tree):
            return {"schema"}
        node = self._processor.parse_xml(xml_text=etree.tostring(tree, encoding="unicode"))
        report = etree.fromstring(self._executable(sheet).transform_to_string(xdm_node=node).encode())
        assert report.find(f"{_SVRL}fired-rule") is not None, "no rule was tried"
        return {found.get("id", "") for found in report.iter(f"{_SVRL}failed-assert", f"{_SVRL}successful-report")}

    def _executable(self, sheet: str) -> PyXsltExecutable:
        if sheet not in self._compiled:
            compiler = self._processor.new_xslt30_processor()
            self._compiled[sheet] = compiler.compile_stylesheet(stylesheet_file=str(_located(sheet)))
        return self._compiled[sheet]


def _located(name: str) -> Path:
    """A file of the packages that carry rule sheets as data; the package is not imported."""
    package, _, rest = name.partition(":")
    spec = importlib.util.find_spec(package)
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent / rest
