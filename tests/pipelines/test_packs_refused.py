"""What is no rule pack, or a hostile one, is refused with its reason, and leaves nothing behind."""

import os
import stat
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.packs import store, unpack
from pipelines.packs.load import check_pack
from schemas.errors import BadInput
from tests.pipelines.packs import PARTS, XSD, pack_bytes, scenario, scenarios_xml, sheet

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
RULES, COMMON = "resources/ubl/2.1/xsl/rules.xsl", "resources/ubl/2.1/xsd/common/parts.xsd"
XSL = 'xmlns:xsl="http://www.w3.org/1999/XSL/Transform"'
Refusal = Callable[[bytes], str]


@pytest.fixture
def refusal(tmp_path: Path) -> Refusal:
    """Why this zip is refused; nothing of it is left, and nothing was written beside the folder."""

    def refused(content: bytes) -> str:
        source, packs = tmp_path / "in" / "boese.zip", tmp_path / "var" / "packs"
        source.parent.mkdir(exist_ok=True)
        source.write_bytes(content)
        with pytest.raises(BadInput) as problem:
            store.install(source, packs, now=NOW, compile_pack=check_pack)
        assert list((tmp_path / "var").rglob("*")) == [packs]
        assert {path.name for path in tmp_path.iterdir()} == {"in", "var"}
        return str(problem.value)

    return refused


def with_member(tmp_path: Path, name: str, content: bytes = b"x", mode: int = stat.S_IFREG | 0o644) -> bytes:
    """A good pack and one more member, named as it is."""
    path = tmp_path / "in" / "mehr.zip"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(pack_bytes())
    with zipfile.ZipFile(path, "a") as archive:
        member = zipfile.ZipInfo(name)
        member.external_attr = mode << 16
        archive.writestr(member, content)
    return path.read_bytes()


@pytest.mark.parametrize(
    "name", ["../weg.txt", "/etc/weg.txt", "resources/../../weg.txt", "..\\weg.txt", "C:/weg.txt", "a/../../../weg"]
)
def test_no_file_leaves_the_folder(name: str, refusal: Refusal, tmp_path: Path) -> None:
    assert "aus ihm hinausführt" in refusal(with_member(tmp_path, name))


@pytest.mark.parametrize("mode", [stat.S_IFLNK | 0o777, stat.S_IFIFO | 0o644, stat.S_IFCHR | 0o644])
def test_no_links_and_devices(mode: int, refusal: Refusal, tmp_path: Path) -> None:
    assert "Verknüpfung oder Sonderdatei" in refusal(with_member(tmp_path, "resources/x", b"/etc/passwd", mode))


@pytest.mark.parametrize("name", ["readme.MD", "resources/default-report.xsl/x"])
def test_no_file_twice_nor_in_the_place_of_another(name: str, refusal: Refusal, tmp_path: Path) -> None:
    assert "zweimal" in refusal(with_member(tmp_path, name))


def test_no_bomb_by_size_whatever_the_zip_says_of_it(
    refusal: Refusal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpack, "MOST_OF_ONE", 100_000)
    assert "zu groß (bei bombe)" in refusal(with_member(tmp_path, "bombe", bytes(100_001)))
    monkeypatch.setattr(unpack, "MOST_BYTES", 500)
    assert "zu groß" in refusal(pack_bytes())


def test_no_bomb_by_number(refusal: Refusal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "MOST_FILES", 6)
    assert "7 Dateien, erlaubt sind 6" in refusal(pack_bytes())


@pytest.mark.parametrize(
    "content", [b"", b"kein zip", pack_bytes()[:-30], pack_bytes()[:60]], ids=["empty", "text", "no end", "head only"]
)
def test_no_zip(content: bytes, refusal: Refusal) -> None:
    assert "kein lesbares Zip" in refusal(content)


def test_a_damaged_member_is_noticed(refusal: Refusal) -> None:
    content = bytearray(with_byte_flipped(pack_bytes()))
    assert "kein lesbares Zip" in refusal(bytes(content))


def with_byte_flipped(content: bytes) -> bytes:
    place = content.index(b"README.md") + len("README.md")
    return content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :]


def test_a_pipe_is_no_zip(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "rohr.zip")
    with pytest.raises(BadInput, match="keine gewöhnliche Datei"):
        store.install(tmp_path / "rohr.zip", tmp_path / "packs", now=NOW, compile_pack=check_pack)


def test_a_missing_zip_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="gibt es nicht"):
        store.install(tmp_path / "fehlt.zip", tmp_path / "packs", now=NOW, compile_pack=check_pack)


@pytest.mark.parametrize("name", ["builtin", ".neu", "ä b", "-x", "n" * 101])
def test_a_name_that_is_no_name(name: str, tmp_path: Path) -> None:
    (tmp_path / f"{name}.zip").write_bytes(pack_bytes())
    with pytest.raises(BadInput, match="taugt nicht als Name"):
        store.install(tmp_path / f"{name}.zip", tmp_path / "packs", now=NOW, compile_pack=check_pack)


def with_scenarios(text: str) -> bytes:
    return pack_bytes(files={"scenarios.xml": text})


GOOD = scenarios_xml()
CUSTOM = "<customLevel level='error'>A B</customLevel><customLevel level='warning'>B</customLevel>"
SCENARIOS = {
    "missing": (pack_bytes(files={"scenarios.xml": None}), "fehlt scenarios.xml"),
    "in one folder of several": (
        pack_bytes(files={"scenarios.xml": None, "paket/scenarios.xml": GOOD}),
        "fehlt scenarios.xml",
    ),
    "DOCTYPE": (with_scenarios("<!DOCTYPE x>" + GOOD), "DOCTYPE"),
    "entity": (with_scenarios('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>' + GOOD), "DOCTYPE"),
    "not well-formed": (with_scenarios(GOOD[:-5]), "nicht wohlgeformt"),
    "framework 2": (with_scenarios(scenarios_xml(framework="2", version="2.0.0")), "Version 1 des Prüfrahmens"),
    "version 2": (with_scenarios(scenarios_xml(version="2.0.0")), "Version 2.0.0"),
    "no version": (with_scenarios(GOOD.replace("frameworkVersion", "x")), "Version fehlt"),
    "something else": (with_scenarios("<a/>"), "ohne Namensraum"),
    "no date": (with_scenarios(scenarios_xml(date="gestern")), "kein lesbares Datum"),
    "no scenario": (with_scenarios(GOOD.replace("<scenario>", "<x>").replace("</scenario>", "</x>")), "kein Szenario"),
    "acceptMatch of no report": (pack_bytes(scenario(report=False)), "nicht nach einem Bericht im Aufbau VARL 1"),
    "acceptMatch of raw results": (
        pack_bytes(scenario(accept="not(exists(//svrl:failed-assert))")),
        "http://purl.oclc.org/dsdl/svrl",
    ),
    "no schema": (with_scenarios(GOOD.replace("validateWithXmlSchema", "x")), "nennt kein Schema"),
    "empty schema": (with_scenarios(GOOD.replace("<resource>", "<x>").replace("</resource>", "</x>")), "keine Datei"),
    "no match": (pack_bytes(scenario(match=" ")), "fehlt match"),
    "broken match": (pack_bytes(scenario(match="((")), "fehlerhaften XPath"),
    "prefix": (pack_bytes(scenario(match="exists(/unbekannt:a)")), "fehlerhaften XPath"),
    "broken acceptMatch": (pack_bytes(scenario(accept="gibtesnicht()")), "fehlerhaften XPath"),
    "empty acceptMatch": (pack_bytes(scenario(accept=" ")), "fehlt acceptMatch"),
    "two levels": (pack_bytes(scenario(levels=CUSTOM)), "Die Regel B hat"),
    "unknown level": (pack_bytes(scenario(levels="<customLevel level='x'>A</customLevel>")), "unbekannte Stufe"),
}


@pytest.mark.parametrize(("content", "reason"), SCENARIOS.values(), ids=SCENARIOS)
def test_a_configuration_that_is_not_as_published_is_refused(content: bytes, reason: str, refusal: Refusal) -> None:
    assert reason in refusal(content)


@pytest.mark.parametrize(
    "place",
    [
        "/etc/x.xsl",
        "../x.xsl",
        "resources/../../x.xsl",
        "http://example.org/x.xsl",
        "file:///x.xsl",
        "%2e%2e/x.xsl",
        "a%252e/x",
        "a\\x",
    ],
)
def test_a_scenario_names_files_of_the_pack_only(place: str, refusal: Refusal) -> None:
    for content in (pack_bytes(scenario(sheets=(place,))), pack_bytes(scenario(schema=place))):
        assert "verweist aus dem Paket hinaus" in refusal(content)


def test_a_scenario_names_files_that_exist(refusal: Refusal) -> None:
    assert "die fehlt: resources/weg.xsl" in refusal(pack_bytes(scenario(sheets=("resources/weg.xsl",))))
    assert "fehlt: resources" in refusal(pack_bytes(scenario(sheets=("resources",))))


def including(what: str) -> str:
    return sheet().replace('<xsl:template match="/">', f'<xsl:include href="{what}"/><xsl:template match="/">', 1)


def schema_with(what: str) -> str:
    return PARTS.replace("<xs:complexType", f"{what}<xs:complexType", 1)


HOSTILE = {
    "sheet includes outside": ({RULES: including("../../../../../x.xsl")}, "verweist aus dem Paket hinaus"),
    "sheet includes absolute": ({RULES: including("/etc/x.xsl")}, "verweist aus dem Paket hinaus"),
    "sheet includes remote": ({RULES: including("http://example.org/x.xsl")}, "verweist aus dem Paket hinaus"),
    "sheet includes by file URI": ({RULES: including("file:///x.xsl")}, "verweist aus dem Paket hinaus"),
    "sheet includes what is missing": ({RULES: including("weg.xsl")}, "fehlt: weg.xsl"),
    "sheet includes what it computes": ({RULES: including("x").replace("href", "_href")}, "berechnet"),
    "sheet moves its base": (
        {
            RULES: including("x")
            .replace("<xsl:inc", '<xsl:inc xml:base="/etc/"', 1)
            .replace('<xsl:inc xml:base="/etc/"lude', '<xsl:include xml:base="/etc/"')
        },
        "xml:base",
    ),
    "included sheet is hostile": (
        {RULES: including("../b.xsl"), "resources/ubl/2.1/b.xsl": including("../../../../b.xsl")},
        "verweist aus dem Paket hinaus",
    ),
    "sheet writes": ({RULES: sheet('<xsl:result-document href="file:///tmp/x" ' + XSL + "/>")}, "result-document"),
    "sheet evaluates": ({RULES: sheet(f'<xsl:evaluate {XSL} xpath="1"/>')}, "xsl:evaluate"),
    "sheet has a DOCTYPE": ({RULES: "<!DOCTYPE x>" + sheet()}, "DOCTYPE"),
    "sheet is no stylesheet": ({RULES: "<a/>"}, "nicht übersetzen"),
    "sheet does not compile": ({RULES: sheet(f'<xsl:value-of {XSL} select="(("/>')}, "nicht übersetzen"),
    "sheet has a function of the machine": (
        {RULES: sheet(f'<xsl:value-of {XSL} select="r:exec(1)" xmlns:r="java:java.lang.Runtime"/>')},
        "nicht übersetzen",
    ),
    "schema includes outside": (
        {COMMON: schema_with('<xs:include schemaLocation="../../../../../../x.xsd"/>')},
        "verweist aus dem Paket hinaus",
    ),
    "schema imports remote": (
        {COMMON: schema_with('<xs:import namespace="urn:a" schemaLocation="http://example.org/a.xsd"/>')},
        "bindet ein Schema ein, das im Paket fehlt: http://example.org/a.xsd",
    ),
    "schema redefines what is missing": (
        {COMMON: schema_with('<xs:redefine schemaLocation="x.xsd"/>')},
        "fehlt: x.xsd",
    ),
    "schema loads an entity": (
        {COMMON: '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>' + PARTS},
        "äußere Entität",
    ),
    "schema is not well-formed": ({COMMON: PARTS[:-3]}, "kein wohlgeformtes Schema"),
    "schema is no schema": ({"resources/ubl/2.1/xsd/maindoc/Invoice.xsd": "<a/>"}, "kein brauchbares Schema"),
}


@pytest.mark.parametrize(("files", "reason"), HOSTILE.values(), ids=HOSTILE)
def test_files_that_reach_out_or_do_not_compile_are_refused(
    files: dict[str, str | None], reason: str, refusal: Refusal
) -> None:
    assert reason in refusal(pack_bytes(files=files))


def test_a_schema_may_have_a_doctype_of_its_own_as_published_ones_do(tmp_path: Path) -> None:
    (tmp_path / "gut.zip").write_bytes(pack_bytes(files={COMMON: '<!DOCTYPE xs:schema [<!ENTITY e "innen">]>' + PARTS}))
    store.install(tmp_path / "gut.zip", tmp_path / "packs", now=NOW, compile_pack=check_pack)


def test_a_schema_may_import_a_namespace_without_a_place(tmp_path: Path) -> None:
    schema = XSD.format(namespace="urn:a").replace("<xs:include", '<xs:import namespace="urn:b"/><xs:include', 1)
    (tmp_path / "gut.zip").write_bytes(pack_bytes(files={"resources/ubl/2.1/xsd/maindoc/Invoice.xsd": schema}))
    store.install(tmp_path / "gut.zip", tmp_path / "packs", now=NOW, compile_pack=check_pack)
