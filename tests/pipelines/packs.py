"""A small rule pack of the published layout, made here: its sheets say what they are told."""

import io
import zipfile
from pathlib import Path

__all__ = ["ACCEPT", "CATCH_ALL", "pack_bytes", "pack_zip", "says", "scenario", "scenarios_xml", "sheet"]

INVOICE = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
ACCEPT = "exists(/rep:report/rep:assessment[1]/rep:accept[1])"
CATCH_ALL = "exists(/ubl:Invoice)"
_XSL = (
    '<xsl:stylesheet version="2.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"'
    ' xmlns:svrl="http://purl.oclc.org/dsdl/svrl">{}</xsl:stylesheet>'
)
XSD = (
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:x" targetNamespace="{namespace}"'
    ' elementFormDefault="qualified"><xs:include schemaLocation="../common/parts.xsd"/>'
    '<xs:element name="Invoice" type="any" xmlns="{namespace}"/></xs:schema>'
)
PARTS = (
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:complexType name="any"><xs:sequence>'
    '<xs:any maxOccurs="unbounded" processContents="skip"/></xs:sequence></xs:complexType></xs:schema>'
)
STUB = _XSL.format('<xsl:template match="/"><stub/></xsl:template>')
IMPORTING = _XSL.format('<xsl:import href="./default-report.xsl"/>')


def says(
    rule: str = "T-1", flag: str = "fatal", kind: str = "failed-assert", text: str = "[T-1]-falsch", test: str = "x"
) -> str:
    """What a sheet answers: one finding."""
    return (
        f'<svrl:{kind} id="{rule}" flag="{flag}" location="/*:Invoice[1]" test="{test}">'
        f"<svrl:text>{text}</svrl:text></svrl:{kind}>"
    )


def sheet(*findings: str) -> str:
    """A rule sheet that answers every document with these findings (or whatever else stands in them)."""
    body = f"<svrl:schematron-output>{''.join(findings)}</svrl:schematron-output>"
    return _XSL.format(f'<xsl:template match="/">{body}</xsl:template>')


def scenario(
    name: str = "Probe (UBL Invoice)",
    match: str = CATCH_ALL,
    *,
    levels: str = "",
    accept: str | None = ACCEPT,
    sheets: tuple[str, ...] = ("resources/ubl/2.1/xsl/rules.xsl",),
    schema: str = "resources/ubl/2.1/xsd/maindoc/Invoice.xsd",
    report: bool = True,
) -> str:
    """One scenario element. `levels` are customLevel elements; without `report` it has no createReport."""
    judged = "".join(
        f"<validateWithSchematron><resource><name>Regeln {number}</name><location>{place}</location></resource>"
        "</validateWithSchematron>"
        for number, place in enumerate(sheets, 1)
    )
    created = (
        "<createReport><resource><name>Bericht</name><location>resources/xrechnung-report.xsl</location></resource>"
        f"{levels}</createReport>"
    )
    return (
        f"<scenario><name>{name}</name><description><p>Für die Probe</p></description>"
        f"<namespace prefix='ubl'>{INVOICE}</namespace>"
        "<namespace prefix='svrl'>http://purl.oclc.org/dsdl/svrl</namespace>"
        "<namespace prefix='rep'> http://www.xoev.de/de/validator/varl/1 </namespace>"
        f"<match>{match}</match><validateWithXmlSchema><resource><name>Schema</name><location>{schema}</location>"
        f"</resource></validateWithXmlSchema>{judged}{created if report else ''}"
        f"{'' if accept is None else f'<acceptMatch>{accept}</acceptMatch>'}</scenario>"
    )


def scenarios_xml(
    *scenarios: str,
    date: str = "2026-08-31",
    version: str = "1.0.0",
    framework: str = "1",
    title: str = "Probe",
) -> str:
    """The whole scenarios.xml."""
    return (
        f'<scenarios xmlns="http://www.xoev.de/de/validator/framework/{framework}/scenarios"'
        f' frameworkVersion="{version}"><name>{title}</name><date>{date}</date><description><p>Test</p></description>'
        f"{''.join(scenarios or (scenario(),))}<noScenarioReport><resource><name>Bericht</name>"
        "<location>resources/default-report.xsl</location></resource></noScenarioReport></scenarios>"
    )


def pack_bytes(*scenarios: str, files: dict[str, str | None] | None = None, **options: str) -> bytes:
    """The zip; `files` replace or add (None: leave out) what a pack of these scenarios has."""
    whole: dict[str, str | None] = {
        "scenarios.xml": scenarios_xml(*scenarios, **options),
        "README.md": "Probe",
        "resources/default-report.xsl": STUB,
        "resources/xrechnung-report.xsl": IMPORTING,
        "resources/ubl/2.1/xsd/maindoc/Invoice.xsd": XSD.format(namespace=INVOICE),
        "resources/ubl/2.1/xsd/common/parts.xsd": PARTS,
        "resources/ubl/2.1/xsl/rules.xsl": sheet(),
        **(files or {}),
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in whole.items():
            if content is not None:
                archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def pack_zip(folder: Path, *scenarios: str, name: str = "probe", **options: object) -> Path:
    """The zip as a file."""
    path = folder / f"{name}.zip"
    path.write_bytes(pack_bytes(*scenarios, **options))  # type: ignore[arg-type]
    return path
