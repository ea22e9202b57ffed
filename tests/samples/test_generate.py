"""The generator writes the committed files again, byte by byte, and sees every difference."""

from pathlib import Path

import pytest
import yaml

from posteingang.demo import Expected
from samples import generate


@pytest.fixture(scope="module")
def built() -> dict[str, bytes]:
    return generate.build()


@pytest.fixture
def folder(tmp_path: Path, built: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the samples in a folder of its own, just written."""
    monkeypatch.setattr(generate, "_HERE", tmp_path)
    monkeypatch.setattr(generate, "build", lambda: built)
    assert generate.main([]) == 0
    return tmp_path


def test_the_committed_files_are_the_generated_ones(built: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generate, "build", lambda: built)
    assert generate.main(["--check"]) == 0


def test_what_was_written_does_not_differ(folder: Path) -> None:
    assert generate.main(["--check"]) == 0


@pytest.mark.parametrize("name", ["scan/bewerbung.pdf", "rechnung/xrechnung_cii.xml", "expected.yaml"])
def test_a_changed_file_is_named(folder: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / name).write_bytes(b"other")
    assert generate.main(["--check"]) == 1
    assert capsys.readouterr().err == f"weicht ab: samples/{name}\n"


@pytest.mark.parametrize("inbox", ["scan", "rechnung"])
def test_a_file_nobody_generates_is_named(folder: Path, inbox: str, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / inbox / "fremd.pdf").touch()
    assert generate.main(["--check"]) == 1
    assert capsys.readouterr().err == f"weicht ab: samples/{inbox}/fremd.pdf\n"


def test_every_sample_is_expected_somewhere_and_has_a_name_of_its_own(built: dict[str, bytes]) -> None:
    listed = [Expected(**entry) for entry in yaml.safe_load(built["expected.yaml"])["samples"]]
    assert [sample.file for sample in listed] == [name for name in built if name != "expected.yaml"]
    assert len({sample.name for sample in listed}) == len(listed)
    assert all(sample.file == f"{sample.inbox}/{sample.name}" for sample in listed)
