"""A package is checked standing alone, and what is staged is listed: sentences in German, exit codes 0, 1, 2."""

import shutil
from pathlib import Path

import pytest

from config.city_config import City
from config.load import read_city
from config.settings import CODE_ROOT
from pipelines.archive.package import write_package
from posteingang.archive import StagedPackage, staged_packages
from tests.pipelines.papers import Desk
from tests.pipelines.parcels import NAME, filed_letter
from tests.posteingang.test_commands import assert_one_sentence, run, run_here


@pytest.fixture(scope="module")
def iserlohn() -> City:
    return read_city(CODE_ROOT / "config" / "city")


@pytest.fixture
def package(tmp_path: Path, iserlohn: City) -> Path:
    decision = iserlohn.kept_by_archive("rat_fraktion")
    assert decision is not None
    write_package(filed_letter(Desk(tmp_path)), iserlohn, decision, tmp_path / NAME)
    return tmp_path / NAME


@pytest.mark.parametrize("command", ["archive", "archive check", "archive status"])
def test_the_commands_explain_themselves(command: str) -> None:
    done = run_here(*command.split(), "--help")
    assert done.returncode == 0
    assert "Usage: posteingang archive" in done.stdout


def test_a_whole_package_passes_without_any_database(package: Path, tmp_path: Path) -> None:
    done = run("archive", "check", str(package), POSTEINGANG_VAR=str(tmp_path / "leer"))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{NAME}: Das Paket ist unversehrt (BagIt, Schema, Prüfsummen, Protokollkette).\n"
    assert not (tmp_path / "leer").exists()


def test_a_package_elsewhere_under_another_name_passes_too(package: Path, tmp_path: Path) -> None:
    moved = Path(shutil.copytree(package, tmp_path / "Magazin 3" / "Zugang 17"))
    assert run_here("archive", "check", str(moved)).returncode == 0


def test_a_damaged_package_is_told_file_by_file(package: Path) -> None:
    (package / "data" / "original.pdf").write_bytes(b"anders")
    (package / "bag-info.txt").unlink()
    done = run_here("archive", "check", str(package))
    assert (done.returncode, done.stderr) == (1, "")
    lines = done.stdout.splitlines()
    assert all(line.startswith(f"{NAME}: ") for line in lines)
    assert f"{NAME}: bag-info.txt fehlt." in lines
    assert f"{NAME}: data/original.pdf ist nicht so, wie metadaten.xml sagt." in lines


def test_a_path_that_is_no_folder_is_one_sentence(tmp_path: Path) -> None:
    assert_one_sentence(run_here("archive", "check", str(tmp_path / "fehlt")), "fehlt ist kein Ordner")


def test_a_folder_that_is_no_package_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "brief.pdf").write_bytes(b"Brief")
    assert_one_sentence(run_here("archive", "check", str(tmp_path)), "ist kein Archivpaket")


def test_a_loop_of_links_is_named_and_not_followed(package: Path) -> None:
    (package / "data" / "schleife").symlink_to("schleife")
    done = run_here("archive", "check", str(package))
    assert (done.returncode, done.stdout) == (1, f"{NAME}: data/schleife ist weder Datei noch Ordner.\n")


def test_what_is_staged_is_listed_with_how_far_it_is(tmp_path: Path) -> None:
    for folder in ("A", "B", ".in-arbeit-C"):
        (tmp_path / folder).mkdir()
    for mark in ("A.ready", "D.ready"):
        (tmp_path / mark).touch()
    assert staged_packages(tmp_path) == [
        StagedPackage("C", "in Arbeit"),
        StagedPackage("A", "bereit zur Abholung"),
        StagedPackage("B", "noch ohne Bereitmeldung"),
        StagedPackage("D", "abgeholt, Bereitmeldung liegt noch"),
    ]


def test_the_list_ends_with_how_many_there_are(tmp_path: Path) -> None:
    var = tmp_path / "v"
    (var / "staging" / "dips" / NAME).mkdir(parents=True)
    done = run("archive", "status", POSTEINGANG_VAR=str(var))
    assert done.stdout == f"{NAME}: noch ohne Bereitmeldung\n1 Paket(e) in {var}/staging/dips.\n"
    done = run("archive", "status", POSTEINGANG_VAR=str(tmp_path / "leer"))
    assert done.stdout == f"0 Paket(e) in {tmp_path}/leer/staging/dips.\n"
