"""A rule pack ready to judge: its files as they were installed, compiled once, with no way to read anything else.

Only the validator process does this.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from lxml import etree

from pipelines.invoice.packs.configuration import (
    Configuration,
    PackResource,
    PackScenario,
    read_configuration,
    refused,
)
from pipelines.invoice.packs.references import check_references
from pipelines.invoice.packs.store import FILES, damaged
from schemas.errors import ConfigurationError
from schemas.rule_pack import RulePack, record_of
from schemas.safe_xml import parse_xml

__all__ = ["LoadedPack", "load_pack"]

_NO_READING = "http://saxon.sf.net/feature/allowedProtocols"
_NO_FUNCTIONS = "http://saxon.sf.net/feature/allow-external-functions"


@dataclass(frozen=True, slots=True)
class LoadedPack:
    """Everything of one pack, on a Saxon processor of its own: its locks must not hold for other sheets."""

    record: RulePack
    configuration: Configuration
    schemas: dict[tuple[PackResource, ...], etree.XMLSchema]
    sheets: dict[PackResource, Any]
    processor: Any

    def parsed(self, document: str) -> Any:
        """A re-serialised document as Saxon holds it."""
        return self.processor.parse_xml(xml_text=document)

    def is_true(self, scenario: PackScenario, expression: str, document: Any) -> bool:
        """The expression's truth on the document, with the scenario's prefixes. ValueError if it cannot be told."""
        import saxonche

        xpath = self.processor.new_xpath_processor()
        for prefix, uri in scenario.namespaces:
            xpath.declare_namespace(prefix, uri)
        xpath.set_context(xdm_item=document)
        try:
            return bool(xpath.effective_boolean_value(expression))
        except saxonche.PySaxonApiError as error:
            raise ValueError(" ".join(str(error).split())[:300]) from None


def load_pack(folder: Path) -> LoadedPack:
    """The pack in that folder, kept by its hash. ConfigurationError if it is damaged or does not compile."""
    try:
        record = record_of(folder)
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"Das Regelpaket {folder.name} ist nicht lesbar ({type(error).__name__}).") from None
    return _loaded(folder, record.sha256)


@lru_cache(maxsize=2)
def _loaded(folder: Path, sha256: str) -> LoadedPack:
    if changes := damaged(folder):
        raise ConfigurationError(
            f"Das Regelpaket {folder.name} ist verändert: {changes[0]}",
            remedy="Das Paket entfernen und neu installieren (docs/regelpakete.md).",
        )
    files = folder / FILES
    configuration = read_configuration(files)
    check_references(files, configuration)
    import saxonche

    processor = saxonche.PySaxonProcessor(license=False)
    sheets = {sheet: _stylesheet(processor, files, sheet) for sheet in configuration.sheets()}
    for report in configuration.reports():
        _stylesheet(processor, files, report)
    processor.set_configuration_property(_NO_FUNCTIONS, "false")
    processor.set_configuration_property(_NO_READING, "")
    schemas = {scenario.schemas: _schema(files, scenario.schemas) for scenario in configuration.scenarios}
    pack = LoadedPack(record_of(folder), configuration, schemas, sheets, processor)
    for scenario in configuration.scenarios:
        _check_expressions(pack, scenario)
    return pack


def _stylesheet(processor: Any, files: Path, sheet: PackResource) -> Any:
    import saxonche

    try:
        return processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(files / sheet.location))
    except saxonche.PySaxonApiError as error:
        raise refused(f"{sheet.location} lässt sich nicht übersetzen: {' '.join(str(error).split())[:200]}") from None


def _schema(files: Path, schemas: tuple[PackResource, ...]) -> etree.XMLSchema:
    """One schema of all the files a scenario names."""
    names = ", ".join(schema.location for schema in schemas)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    paths = [str(files / schema.location) for schema in schemas]
    try:
        trees = [etree.parse(path, parser) for path in paths]  # lint: xml - installed rule files, checked before
        return etree.XMLSchema(trees[0] if len(trees) == 1 else _together(trees))
    except (OSError, etree.LxmlError) as error:
        raise refused(f"{names} ist kein brauchbares Schema: {str(error)[:200]}") from None


def _together(trees: list[Any]) -> etree._Element:
    xs = "http://www.w3.org/2001/XMLSchema"
    whole = etree.Element(f"{{{xs}}}schema", nsmap={"xs": xs})
    for tree in trees:
        target = tree.getroot().get("targetNamespace")
        attributes = {"schemaLocation": Path(tree.docinfo.URL).as_uri()}
        etree.SubElement(whole, f"{{{xs}}}import", attributes | ({"namespace": target} if target else {}))
    return parse_xml(etree.tostring(whole))


def _check_expressions(pack: LoadedPack, scenario: PackScenario) -> None:
    """Only what is wrong whatever the document; an error on a certain document is none of the pack."""
    nothing = pack.parsed("<leer/>")
    for expression in (scenario.match, scenario.accept_match):
        if expression is None:
            continue
        try:
            pack.is_true(scenario, f"if (false()) then ({expression}) else false()", nothing)
        except ValueError as error:
            raise refused(f"Das Szenario „{scenario.name}“ hat einen fehlerhaften XPath: {error}") from None
