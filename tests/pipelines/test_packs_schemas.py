"""Schemas of a message standard are installed like rule packs, and compiled from nothing but their own files."""

import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from lxml import etree

from pipelines.packs import store
from pipelines.packs.load import check_pack
from pipelines.packs.message_schema import schema_of
from schemas.errors import BadInput, ConfigurationError
from schemas.rule_pack import PackKind
from schemas.safe_xml import parse_xml
from tests.pipelines.packs import pack_zip

NOW = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
XDOMEA = "urn:xoev-de:xdomea:schema:3.1.0"
CODE = "http://xoev.de/schemata/code/1_0"
BASIC = "http://xoev.de/schemata/basisdatentyp/1_1"


def schema(namespace: str, content: str, **prefixes: str) -> str:
    declared = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in prefixes.items())
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"{declared} '
        f'xmlns:xdomea="{namespace}" targetNamespace="{namespace}" elementFormDefault="qualified">{content}</xs:schema>'
    )


MAIN = schema(
    XDOMEA,
    '<xs:include schemaLocation="xdomea-Nachrichten.xsd"/><xs:element name="Gruss" type="xs:string"/>',
)
MESSAGES = schema(
    XDOMEA,
    f'<xs:import namespace="{CODE}" schemaLocation="xoev/xoev-code.xsd"/>'
    f'<xs:import namespace="{BASIC}" schemaLocation="http://xoev.de/schemata/basisdatentyp/1_1/xoev-basis%20daten.xsd"/>'
    '<xs:element name="Aussonderung.Aussonderung.0503"><xs:complexType><xs:sequence>'
    '<xs:element name="Nachrichtentyp" type="code:Code"/><xs:element name="ProzessID" type="basis:UUID"/>'
    "</xs:sequence></xs:complexType></xs:element>",
    code=CODE,
    basis=BASIC,
)
CODES = schema(
    CODE,
    '<xs:complexType name="Code"><xs:sequence><xs:element name="code" form="unqualified" type="xs:token"/>'
    "</xs:sequence></xs:complexType>",
)
BASICS = schema(
    BASIC,
    '<xs:simpleType name="UUID"><xs:restriction base="xs:token"><xs:pattern value="[0-9a-f-]{36}"/></xs:restriction>'
    "</xs:simpleType>",
)
FILES: dict[str, str | None] = {
    "xdomea.xsd": MAIN,
    "xdomea-Nachrichten.xsd": MESSAGES,
    "xoev/xoev-code.xsd": CODES,
    "xoev/xoev-basis daten.xsd": BASICS,
    "codelisten/xdomea.nachrichtentyp_2.0.xml": "<CodeList/>",
    "LIESMICH.txt": "Probe",
}
UUID = "3f6f3e0a-6a8f-4c8d-9c0b-1a2b3c4d5e6f"
Install = Callable[..., store.RulePack]


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    return tmp_path / "packs"


@pytest.fixture
def install(tmp_path: Path, packs: Path) -> Install:
    """Install a pack of these files, changed by those named."""

    def installed(changes: dict[str, str | None] | None = None, name: str = "xdomea-3.1.0", **options: object):  # type: ignore[no-untyped-def]
        path = tmp_path / f"{name}.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for place, content in (FILES | (changes or {})).items():
                if content is not None:
                    archive.writestr(place, content)
        return store.install(path, packs, now=NOW, compile_pack=check_pack, options=options)

    return installed


def message(version: str = "3.1.0", process: str = UUID) -> etree._Element:
    return parse_xml(
        f'<xdomea:Aussonderung.Aussonderung.0503 xmlns:xdomea="urn:xoev-de:xdomea:schema:{version}">'
        "<xdomea:Nachrichtentyp><code>0503</code></xdomea:Nachrichtentyp>"
        f"<xdomea:ProzessID>{process}</xdomea:ProzessID></xdomea:Aussonderung.Aussonderung.0503>".encode()
    )


def test_what_they_are_is_known_by_their_content(install: Install, packs: Path) -> None:
    record = install(name="irgendwas", valid_from=date(2026, 1, 1), source="https://www.xrepository.de/")
    assert (record.kind, record.standard, record.version) == (PackKind.SCHEMAS, "xdomea", "3.1.0")
    assert (record.valid_from, record.installed_at, record.source) == (
        date(2026, 1, 1), NOW, "https://www.xrepository.de/"
    )  # fmt: skip
    assert set(record.files) == set(FILES)
    assert store.installed(packs) == [record]
    assert store.damaged(packs / "irgendwas") == []


def test_without_a_date_of_their_own_they_are_valid_since_the_day_they_came(install: Install) -> None:
    assert install().valid_from == date(2026, 11, 25), "the German day"


def test_the_compiled_schema_is_there_for_whoever_writes_messages(install: Install, packs: Path) -> None:
    install()
    compiled = schema_of(packs, "xdomea", "3.1.0")
    assert compiled.validate(message())
    assert not compiled.validate(message(process="keine"))
    assert not compiled.validate(message(version="3.0.0"))
    assert schema_of(packs, "xdomea", "3.1.0") is compiled


def test_every_version_has_its_own(install: Install, packs: Path) -> None:
    older = {place: text and text.replace("3.1.0", "3.0.0") for place, text in FILES.items()}
    install()
    install(older, "xdomea-3.0.0")
    assert schema_of(packs, "xdomea", "3.0.0").validate(message("3.0.0"))
    assert schema_of(packs, "xdomea", "3.1.0").validate(message("3.1.0"))


def test_several_main_files_are_one_schema(install: Install, packs: Path) -> None:
    install({"zweite.xsd": schema(XDOMEA, '<xs:element name="Zweite" type="xs:string"/>')})
    compiled = schema_of(packs, "xdomea", "3.1.0")
    assert compiled.validate(message())
    assert compiled.validate(parse_xml(f'<Zweite xmlns="{XDOMEA}">x</Zweite>'.encode()))


def test_xdomea_2_named_its_schemas_in_another_way(install: Install, packs: Path) -> None:
    old = "http://www.xdomea.de/V2.2.0"
    record = install({place: text and text.replace(XDOMEA, old) for place, text in FILES.items()}, "alt")
    assert (record.standard, record.version) == ("xdomea", "2.2.0")


def test_a_standard_that_is_not_there_or_not_active_is_said(install: Install, packs: Path) -> None:
    with pytest.raises(BadInput, match=r"xdomea 3\.1\.0 sind nicht installiert.*packs install"):
        schema_of(packs, "xdomea", "3.1.0")
    install(active=False)
    with pytest.raises(BadInput, match=r"xdomea 3\.1\.0 sind nicht installiert"):
        schema_of(packs, "xdomea", "3.1.0")


def test_a_changed_byte_is_noticed(install: Install, packs: Path) -> None:
    install(name="veraendert")
    path = packs / "veraendert" / store.FILES / "xdomea.xsd"
    path.write_text(MAIN.replace("Gruss", "Gruzz"))
    assert store.damaged(packs / "veraendert") == ["xdomea.xsd ist verändert."]
    with pytest.raises(ConfigurationError, match=r"xdomea\.xsd ist verändert.*neu installieren"):
        schema_of(packs, "xdomea", "3.1.0")


def test_they_judge_no_invoice(install: Install, packs: Path, tmp_path: Path) -> None:
    install()
    assert store.packs_for(packs, date(2026, 12, 1)) == ()
    store.install(pack_zip(tmp_path), packs, now=NOW, compile_pack=check_pack)
    assert store.packs_for(packs, date(2026, 12, 1)) == (packs / "probe",)


def test_they_may_be_removed_at_any_time(install: Install, packs: Path) -> None:
    install()
    store.remove(packs, "xdomea-3.1.0", today=date(2026, 12, 1))
    assert store.installed(packs) == []


INSIDE = f'<xs:import namespace="{CODE}" schemaLocation="xoev/xoev-code.xsd"/>'
REFUSED: dict[str, tuple[dict[str, str | None], str]] = {
    "an import is missing": ({"xoev/xoev-code.xsd": None}, "die fehlt: xoev/xoev-code.xsd"),
    "an import from the net is missing": (
        {"xoev/xoev-basis daten.xsd": None},
        "ein Schema ein, das im Paket fehlt: http://xoev.de/schemata/basisdatentyp/1_1/xoev-basis%20daten.xsd",
    ),
    "a file of that name with another namespace": (
        {"xoev/xoev-basis daten.xsd": BASICS.replace(BASIC, "urn:anders")},
        "das im Paket fehlt: http://xoev.de",
    ),
    "an import leaves the pack": (
        {"xdomea-Nachrichten.xsd": MESSAGES.replace(INSIDE, INSIDE.replace("xoev/", "../../../"))},
        "verweist aus dem Paket hinaus",
    ),
    "an absolute import": (
        {"xdomea-Nachrichten.xsd": MESSAGES.replace("xoev/xoev-code.xsd", "/etc/xoev-code.xsd")},
        "verweist aus dem Paket hinaus",
    ),
    "a file URI": (
        {"xdomea-Nachrichten.xsd": MESSAGES.replace("xoev/xoev-code.xsd", "file:///etc/xoev-code.xsd")},
        "verweist aus dem Paket hinaus",
    ),
    "an entity": (
        {"xdomea.xsd": MAIN.replace("?>\n", '?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>')},
        "äußere Entität",
    ),
    "not well-formed": ({"xdomea.xsd": MAIN[:-4]}, "kein wohlgeformtes Schema"),
    "no schema": ({"xdomea.xsd": MAIN.replace("xs:string", "xs:gibtesnicht")}, "kein brauchbares Schema"),
    "a type that is nowhere": (
        {"xoev/xoev-code.xsd": CODES.replace('name="Code"', 'name="Anders"')},
        "kein brauchbares Schema",
    ),
    "two versions": (
        {"andere.xsd": schema("urn:xoev-de:xdomea:schema:3.0.0", "")},
        "mehrerer Standards oder Fassungen: xdomea 3.0.0, xdomea 3.1.0",
    ),
    "an unknown standard": (
        {place: text and text.replace(XDOMEA, "urn:beispiel") for place, text in FILES.items()},
        "Schemas eines bekannten Standards",
    ),
    "no schemas": (dict.fromkeys(FILES) | {"LIESMICH.txt": "nur Text"}, "fehlt scenarios.xml"),
}


@pytest.mark.parametrize(("changes", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_complete_in_itself_is_refused(
    changes: dict[str, str | None], reason: str, install: Install, packs: Path
) -> None:
    with pytest.raises(BadInput) as problem:
        install(changes)
    assert reason in str(problem.value)
    assert list(packs.iterdir()) == []
