"""A rule pack ready to judge: its files as they were installed, compiled once, with no way to read anything else.

Only the validator process does this.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from lxml import etree

from pipelines.packs.configuration import (
    Configuration,
    PackResource,
    PackScenario,
    read_configuration,
)
from pipelines.packs.message_schema import compiled_pack
from pipelines.packs.schemas import compiled
from pipelines.packs.store import FILES, recorded, whole
from pipelines.packs.stylesheets import check_stylesheets
from pipelines.packs.unpack import refused
from schemas.rule_pack import PackKind, RulePack

__all__ = ["LoadedPack", "check_pack", "load_pack"]

_PROTOCOLS = "http://saxon.sf.net/feature/allowedProtocols"
_READ_WHEN_COMPILING = "http://saxon.sf.net/feature/preEvaluateDocFunction"
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


def check_pack(folder: Path) -> None:
    """Compile whatever is in the pack. ConfigurationError if it cannot be used."""
    if recorded(folder).kind is PackKind.SCHEMAS:
        compiled_pack(folder)
    else:
        load_pack(folder)


def load_pack(folder: Path) -> LoadedPack:
    """The validator configuration in that folder, kept by its hash. ConfigurationError if it is damaged or broken."""
    return _loaded(folder, recorded(folder).sha256)


@lru_cache(maxsize=6)
def _loaded(folder: Path, sha256: str) -> LoadedPack:
    record, files = whole(folder), folder / FILES
    configuration = read_configuration(files)
    literal = check_stylesheets(files, (files / sheet.location for sheet in configuration.sheets()))
    import saxonche

    processor = saxonche.PySaxonProcessor(license=False)
    processor.set_configuration_property(_READ_WHEN_COMPILING, "true" if literal else "false")
    processor.set_configuration_property(_NO_FUNCTIONS, "false")
    processor.set_configuration_property(_PROTOCOLS, "file")
    sheets = {sheet: _stylesheet(processor, files, sheet) for sheet in configuration.sheets()}
    processor.set_configuration_property(_PROTOCOLS, "")
    schemas = {
        scenario.schemas: compiled(files, [files / schema.location for schema in scenario.schemas])
        for scenario in configuration.scenarios
    }
    pack = LoadedPack(record, configuration, schemas, sheets, processor)
    for scenario in configuration.scenarios:
        _check_expressions(pack, scenario)
    return pack


def _stylesheet(processor: Any, files: Path, sheet: PackResource) -> Any:
    import saxonche

    try:
        return processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(files / sheet.location))
    except saxonche.PySaxonApiError as error:
        said = " ".join(str(error).split()).replace(f"{files.resolve().as_uri()[len('file://') :]}/", "")
        raise refused(f"{sheet.location} lässt sich nicht übersetzen: {said[:200]}") from None


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
