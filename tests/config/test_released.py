"""The released version on the disk: whole, known by one hash, noticed by every process, readable for ever."""

import hashlib
import shutil
from pathlib import Path

import pytest

from config.load import read_city
from config.released import GOVERNED, Released, difference, digest_of, mark, read_released, write_released
from config.settings import CODE_ROOT
from schemas.errors import ConfigurationError

SHIPPED = CODE_ROOT / "config" / "city"
FILES = {name: (SHIPPED / name).read_text(encoding="utf-8") for name in GOVERNED}
FIRST_RELEASES = {
    "procedure.yaml": """
profiles:
  - {key: grau-300-duplex, name: Graustufen, dpi: 300, colour: graustufen, duplex: true, compression: JPEG}
  - {key: elektronisch, name: Elektronischer Eingang, colour: keine}
sampling: {normal: {share: 0.04}, hoch: {share: 1.0}, sehr hoch: {share: 1.0, four_eyes: true}}
originals: {din_66399: {normal: P-3, hoch: P-4, sehr hoch: P-5}}
""",
    "scan.yaml": "images: {minimum_dpi: 200}\n",
}
"""The least that the first program took; whatever is released with it must load for ever."""


def test_what_was_released_with_the_first_program_is_still_read() -> None:
    assert read_city(SHIPPED, Released(1, FIRST_RELEASES)).procedure_version == "1"


def test_what_is_written_is_read(tmp_path: Path) -> None:
    write_released(tmp_path / "procedure", Released(3, FILES))
    assert read_released(tmp_path / "procedure") == Released(3, FILES)


def test_nothing_is_in_force_where_nothing_was_written_or_it_was_taken_away(tmp_path: Path) -> None:
    assert (read_released(tmp_path), mark(tmp_path)) == (None, None)
    write_released(tmp_path, Released(3, FILES))
    write_released(tmp_path, None)
    assert (read_released(tmp_path), mark(tmp_path)) == (None, None)


def test_another_version_has_another_mark(tmp_path: Path) -> None:
    write_released(tmp_path, Released(1, FILES))
    first = mark(tmp_path)
    assert mark(tmp_path) == first
    write_released(tmp_path, Released(2, FILES))
    assert mark(tmp_path) != first


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"number": 1, "files": [], "sha256": ""}', '"x"', "\xff"])
def test_a_copy_that_is_none_is_said_and_never_taken(content: str, tmp_path: Path) -> None:
    write_released(tmp_path, Released(1, FILES))
    (tmp_path / "current.json").write_bytes(content.encode("latin-1"))
    with pytest.raises(ConfigurationError, match="verändert oder unlesbar"):
        read_released(tmp_path)


def test_the_hash_is_that_of_what_sha256sum_prints() -> None:
    lines = "".join(f"{hashlib.sha256((SHIPPED / name).read_bytes()).hexdigest()}  {name}\n" for name in GOVERNED)
    assert digest_of(FILES) == hashlib.sha256(lines.encode()).hexdigest()


def test_the_difference_names_the_file_and_only_what_is_around() -> None:
    changed = {**FILES, "scan.yaml": FILES["scan.yaml"].replace("minimum_dpi: 200", "minimum_dpi: 300")}
    lines = difference(FILES, changed)
    assert lines[:2] == ("--- scan.yaml", "+++ scan.yaml")
    assert [line for line in lines[2:] if line[0] in "+-"] == ["-  minimum_dpi: 200", "+  minimum_dpi: 300"]
    assert difference(FILES, dict(FILES)) == ()


def test_files_a_version_does_not_have_are_those_of_the_folder(tmp_path: Path) -> None:
    city = Path(shutil.copytree(SHIPPED, tmp_path / "city"))
    only = Released(1, {"procedure.yaml": FILES["procedure.yaml"]})
    assert read_city(city, only).scan == read_city(city).scan
