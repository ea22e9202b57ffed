"""The package: a valid bag for us and for tools not ours, the same bytes at every try, and any change is found."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import bagit
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from config.city_config import Appraisal, City
from pipelines.archive import history, metadata
from pipelines.archive.bag import bag_files, write_bag
from pipelines.archive.check import findings
from pipelines.archive.package import _NAMES, package_name, write_package
from schemas.errors import BadInput
from schemas.states import ANNEX_ROLES, FileRole, State
from schemas.values import Work
from tests.pipelines.papers import DOCUMENT_ID, Desk
from tests.pipelines.parcels import KEPT, NAME, filed_invoice, filed_letter, past

TAGS = {
    "bagit.txt", "bag-info.txt", "manifest-sha256.txt", "manifest-sha512.txt", "tagmanifest-sha256.txt",
    "tagmanifest-sha512.txt",
}  # fmt: skip
OURS = {"p": metadata.NAMESPACE}


@pytest.fixture
def decision(iserlohn: City) -> Appraisal:
    found = iserlohn.kept_by_archive("rat_fraktion")
    assert found is not None
    return found


@pytest.fixture
def pack(tmp_path: Path, iserlohn: City, decision: Appraisal) -> Callable[..., Path]:
    def make(work: Work, name: str = NAME) -> Path:
        write_package(work, iserlohn, decision, tmp_path / "dips" / name)
        return tmp_path / "dips" / name

    return make


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory, iserlohn: City) -> Path:
    """A finished package that no test changes."""
    folder = tmp_path_factory.mktemp("sealed")
    found = iserlohn.kept_by_archive("rat_fraktion")
    assert found is not None
    write_package(filed_letter(Desk(folder)), iserlohn, found, folder / NAME)
    return folder / NAME


Pack = Callable[..., Path]


def described(package: Path) -> etree._Element:
    return etree.fromstring((package / "data" / metadata.NAME).read_bytes())


def reseal(package: Path) -> None:
    """Somebody changes the payload and makes the bag anew: only what the files say of each other tells."""
    info = dict(
        line.split(": ", 1) for line in (package / "bag-info.txt").read_text().splitlines() if "Oxum" not in line
    )
    for name in TAGS:
        (package / name).unlink()
    write_bag(package, info)


# What is inside


def test_a_letter_goes_with_everything_that_proves_it(desk: Desk, pack: Pack) -> None:
    package = pack(filed_letter(desk))
    assert {path.name for path in package.iterdir()} == TAGS | {"data"}
    assert {path.name for path in (package / "data").iterdir()} == {
        "original.pdf", "schriftstueck.pdf", "text.txt", "transfervermerk.xml", "metadaten.xml", "verlauf.json",
    }  # fmt: skip
    assert (package / "data" / "original.pdf").read_bytes() == b"Rohscan" * 50
    assert findings(package) == []


def test_an_invoice_goes_with_its_papers_and_its_number(desk: Desk, pack: Pack) -> None:
    package = pack(filed_invoice(desk))
    assert {path.name for path in (package / "data").iterdir()} == {
        "original.pdf", "rechnung.xml", "pruefbericht.json", "rechnung.html", "rechnung.pdf", "pruefbericht.pdf",
        "freigabeprotokoll.pdf", "metadaten.xml", "verlauf.json",
    }  # fmt: skip
    document = described(package).find("p:Schriftstueck", OURS)
    assert document is not None
    assert document.get("rechnungsnummer") == "RE-2026-000003"
    assert findings(package) == []


def test_every_kind_of_file_has_a_name_of_its_own_in_the_package() -> None:
    later = {*ANNEX_ROLES, FileRole.REMOVAL_NOTE}  # annexes come after it, and what is removed is never packed
    assert set(_NAMES) == set(FileRole) - later
    assert len({name for name, _ in _NAMES.values()}) == len(_NAMES)


def test_the_metadata_say_what_the_archive_must_know(desk: Desk, pack: Pack) -> None:
    root = described(pack(filed_letter(desk)))
    assert root.get("art") == "SIP in erster Form, für DiPS.kommunal vorbereitet"
    assert {node.tag.rpartition("}")[2]: dict(node.attrib) for node in root if len(node) == 0} == {
        "Schriftstueck": {
            "id": str(DOCUMENT_ID),
            "eingangsnummer": "PE-2026-000042",
            "eingegangenAm": "2026-04-01",
            "dokumentart": "rat_fraktion",
            "dokumentartName": "Schreiben an Rat / Fraktion",
            "einheit": "10/1",
            "einheitName": "Büro für Ratsangelegenheiten",
        },
        "Ablage": {"ziel": "DMS", "kennung": "P000000007"},
        "Bewertung": {
            "entscheidung": "A", "nummer": "Beispiel-1/2026", "datum": "2026-01-15", "durch": "Abteilung Archiv",
        },
        "Verlauf": {"eintraege": "5", "letztesGlied": past()[-1].link},
        "Herkunft": {
            "behoerde": "Stadt Iserlohn", "software": "Posteingang", "version": metadata.software_version(),
        },
    }  # fmt: skip


def test_the_metadata_carry_the_hashes_the_store_knows(desk: Desk, pack: Pack) -> None:
    work = filed_letter(desk)
    node = described(pack(work)).find("p:Dateien/p:Datei[@name='original.pdf']", OURS)
    stored = work.file(FileRole.ORIGINAL).digest
    assert node is not None
    assert [child.text for child in node] == [stored.sha256, stored.sha512]
    assert node.get("ursprungsname") == "Bürgerantrag/§ 24.PDF"


def test_the_bag_says_whose_it_is_what_it_is_and_no_more(desk: Desk, pack: Pack) -> None:
    info = bagit.Bag(str(pack(replace(filed_letter(desk), demo=True)))).info
    assert info["Source-Organization"] == "Stadt Iserlohn"
    assert info["External-Identifier"] == "PE-2026-000042"
    assert info["Internal-Sender-Description"] == (
        "SIP in erster Form, für DiPS.kommunal vorbereitet; Vorführung mit erfundenen Daten"
    )
    assert info["Bagging-Date"] == "2026-11-24", "the day in Berlin on which the document was given to this step"


def test_the_out_tray_of_a_unit_without_dms_is_named_as_such(desk: Desk, pack: Pack) -> None:
    tray = "30/PE-2026-000042_x"
    work = replace(filed_letter(desk), facts=replace(KEPT, unit="30", delivered_as=tray), tray=tray)
    node = described(pack(work)).find("p:Ablage", OURS)
    assert node is not None
    assert dict(node.attrib) == {"ziel": "Postfach", "kennung": "30/PE-2026-000042_x"}


@pytest.mark.parametrize(
    ("name", "inside"),
    [
        ("../../etc/passwd", "original.bin"),
        ("a.PDF", "original.pdf"),
        ("a.ü", "original.bin"),
        (".pdf", "original.bin"),
        ("nul\x00\n\x1b[31m\udce4.tif", "original.tif"),
        ("x." + "y" * 300, "original.bin"),
    ],
)
def test_whatever_the_original_was_called_the_name_inside_is_harmless(
    desk: Desk, pack: Pack, name: str, inside: str
) -> None:
    work = filed_letter(desk)
    files = work.files | {FileRole.ORIGINAL: replace(work.file(FileRole.ORIGINAL), name=name)}
    package = pack(replace(work, files=files))
    assert (package / "data" / inside).is_file()
    assert findings(package) == []


def test_the_packages_name_is_number_and_id(desk: Desk) -> None:
    assert package_name(filed_letter(desk)) == NAME
    assert NAME.isascii()


# The same at every try


def test_a_later_try_writes_the_same_bytes(desk: Desk, pack: Pack) -> None:
    work = filed_letter(desk)
    later = replace(
        work,
        now=work.now.replace(year=2027),
        scratch=Path("/anderswo"),
        unclear={"archive": 30.0},
        history=past(*(event.kind for event in work.history), State.CLEARING, State.APPRAISED),
    )
    assert bag_files(pack(work)) == bag_files(pack(later, "noch-einmal"))


# Judged by others


def test_the_bag_is_valid_for_the_command_line_of_the_library(sealed: Path) -> None:
    done = subprocess.run(
        (sys.executable, bagit.__file__, "--validate", str(sealed)), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("algorithm", ["sha256", "sha512"])
@pytest.mark.parametrize("kind", ["manifest", "tagmanifest"])
def test_the_manifests_are_right_for_coreutils(sealed: Path, kind: str, algorithm: str) -> None:
    done = subprocess.run(
        (f"{algorithm}sum", "--check", "--strict", f"{kind}-{algorithm}.txt"),
        cwd=sealed,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(shutil.which("xmllint") is None, reason="libxml2-utils is not installed")
def test_the_metadata_follow_the_schema_for_xmllint(sealed: Path) -> None:
    done = subprocess.run(
        ("xmllint", "--nonet", "--noout", "--schema", str(metadata.SCHEMA), str(sealed / "data" / metadata.NAME)),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


# What is wrong is found


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_one_changed_byte_anywhere_is_found(sealed: Path, data: st.DataObject) -> None:
    files = sorted(path for path in sealed.rglob("*") if path.is_file())
    path = data.draw(st.sampled_from(files))
    content = path.read_bytes()
    place = data.draw(st.integers(0, len(content) - 1))
    other = data.draw(st.integers(1, 255))
    path.write_bytes(content[:place] + bytes([content[place] ^ other]) + content[place + 1 :])
    try:
        assert findings(sealed) != []
    finally:
        path.write_bytes(content)


@pytest.mark.parametrize("name", [*sorted(TAGS), "data/original.pdf", "data/metadaten.xml", "data/verlauf.json"])
def test_a_missing_file_is_named(desk: Desk, pack: Pack, name: str) -> None:
    package = pack(filed_letter(desk))
    (package / name).unlink()
    assert any(name in finding for finding in findings(package))


@pytest.mark.parametrize("name", ["data/mehr.txt", "fetch.txt", "data/unter/ordner.txt"])
def test_a_file_too_many_is_named(desk: Desk, pack: Pack, name: str) -> None:
    package = pack(filed_letter(desk))
    (package / name).parent.mkdir(exist_ok=True)
    (package / name).write_text("x")
    assert any(name in finding for finding in findings(package))


def test_a_link_is_not_followed(desk: Desk, pack: Pack) -> None:
    package = pack(filed_letter(desk))
    (package / "data" / "original.pdf").unlink()
    (package / "data" / "original.pdf").symlink_to("/etc/hostname")
    assert findings(package) == ["data/original.pdf ist weder Datei noch Ordner."]


def test_a_pipe_is_not_read(desk: Desk, pack: Pack) -> None:
    package = pack(filed_letter(desk))
    os.mkfifo(package / "data" / "rohr")
    assert findings(package) == ["data/rohr ist weder Datei noch Ordner."]


def test_an_exchanged_file_in_a_bag_made_anew_is_found(desk: Desk, pack: Pack) -> None:
    package = pack(filed_letter(desk))
    (package / "data" / "schriftstueck.pdf").write_bytes(b"%PDF-1.7 etwas anderes")
    reseal(package)
    bagit.Bag(str(package)).validate()
    assert findings(package) == ["data/schriftstueck.pdf ist nicht so, wie metadaten.xml sagt."]


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('"art": "noted"', '"art": "filed"', "verlauf.json, Eintrag 3: Der Eintrag ist verändert."),
        ("Schritt 2", "Schritt zwei", "verlauf.json, Eintrag 2: Der Inhalt des Eintrags ist verändert."),
        ('"nummer": 4', '"nummer": 7', "verlauf.json, Eintrag 4: Eintrag 4 fehlt."),
        ('"nummer": 4', '"nummer": "vier"', "verlauf.json ist nicht lesbar (eintraege.3.nummer: int_type)."),
        ('"fassung": 1', '"fassung": 2', "verlauf.json ist nicht lesbar (fassung: literal_error)."),
        ("{", "[" * 100_000, "verlauf.json ist nicht lesbar (Datei: json_invalid)."),
        ("+00:00", "", "verlauf.json ist nicht lesbar (eintraege.0.zeit: timezone_aware)."),
    ],
)
def test_a_changed_history_in_a_bag_made_anew_is_found(
    desk: Desk, pack: Pack, old: str, new: str, complaint: str
) -> None:
    package = pack(filed_letter(desk))
    path = package / "data" / history.NAME
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    reseal(package)
    assert complaint in findings(package)


def test_a_history_that_lost_its_end_is_found(desk: Desk, pack: Pack) -> None:
    package = pack(filed_letter(desk))
    (package / "data" / history.NAME).write_bytes(history.history_json(DOCUMENT_ID, past()[:-1]))
    reseal(package)
    assert "verlauf.json endet nicht, wie metadaten.xml sagt." in findings(package)


def test_the_history_of_another_document_is_found(desk: Desk, pack: Pack) -> None:
    package = pack(filed_letter(desk))
    other = DOCUMENT_ID.__class__(int=1)
    (package / "data" / history.NAME).write_bytes(history.history_json(other, past(document_id=other)))
    reseal(package)
    assert "verlauf.json gehört zu einem anderen Schriftstück." in findings(package)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('entscheidung="A"', 'entscheidung="V"', "folgt nicht dem Schema"),
        ("für DiPS.kommunal vorbereitet", "DiPS-konform", "folgt nicht dem Schema"),
        ('name="text.txt"', 'name="../text.txt"', "folgt nicht dem Schema"),
        ("<Archivpaket", "<!DOCTYPE x><Archivpaket", "DOCTYPE"),
        ("</Archivpaket>", "", "nicht wohlgeformt"),
    ],
)
def test_changed_metadata_in_a_bag_made_anew_are_found(
    desk: Desk, pack: Pack, old: str, new: str, complaint: str
) -> None:
    package = pack(filed_letter(desk))
    path = package / "data" / metadata.NAME
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    reseal(package)
    assert any(complaint in finding for finding in findings(package))


def test_an_event_erased_as_planned_leaves_the_package_whole(desk: Desk, pack: Pack) -> None:
    package = pack(replace(filed_letter(desk), history=past(erased=3) + past(erased=3)[5:]))
    assert findings(package) == []
    assert '"geloescht": true' in (package / "data" / history.NAME).read_text(encoding="utf-8")


def test_an_object_the_store_no_longer_holds_as_it_was_is_not_packed(desk: Desk, pack: Pack) -> None:
    work = filed_letter(desk)
    work.file(FileRole.PRODUCT).path.write_bytes(b"faul")
    with pytest.raises(BadInput, match=r"ist verändert\. Mit 'posteingang store verify'"):
        pack(work)


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="kein Ordner"):
        findings(tmp_path / "nichts")


def test_half_a_package_is_told_what_it_lacks(tmp_path: Path) -> None:
    (tmp_path / "bag-info.txt").touch()
    found = findings(tmp_path)
    assert "bagit.txt fehlt." in found
    assert "data/metadaten.xml fehlt." in found


def test_a_folder_that_holds_nothing_of_a_package_is_none(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="kein Archivpaket"):
        findings(tmp_path)
