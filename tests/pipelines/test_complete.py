"""A file is taken only when it has arrived whole."""

import os
import struct
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from pipelines.intake.complete import Look, Verdict, is_marker, is_working_name, judge, look_at
from tests.pipelines.papers import pdf_bytes

STABLE, GRACE = 2.0, 600.0


def verdict_after(path: Path, seconds: float) -> Verdict:
    """The judgement if nothing about the file changed for so long."""
    look = look_at(path, look_at(path, None, 0.0), seconds)
    assert look is not None
    return judge(path, look, seconds, stable_seconds=STABLE, trailer_grace=GRACE)


def test_a_whole_pdf_that_stands_still_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "brief.pdf"
    path.write_bytes(pdf_bytes())
    assert verdict_after(path, STABLE) == Verdict(True)


def test_a_file_just_seen_is_not_taken_however_whole_it_looks(tmp_path: Path) -> None:
    path = tmp_path / "brief.pdf"
    path.write_bytes(pdf_bytes())
    assert verdict_after(path, STABLE - 0.1) == Verdict(False, "wird noch geschrieben")


def test_a_growing_file_starts_its_wait_anew_with_every_change(tmp_path: Path) -> None:
    path = tmp_path / "brief.pdf"
    whole = pdf_bytes()
    path.write_bytes(whole[:100])
    first = look_at(path, None, 0.0)
    path.write_bytes(whole)
    second = look_at(path, first, 10.0)
    assert second is not None
    assert second.since == 10.0
    assert judge(path, second, 11.0, stable_seconds=STABLE, trailer_grace=GRACE).complete is False
    assert judge(path, second, 12.0, stable_seconds=STABLE, trailer_grace=GRACE).complete is True


def test_a_file_rewritten_at_the_same_size_is_seen_by_its_time(tmp_path: Path) -> None:
    path = tmp_path / "brief.pdf"
    path.write_bytes(b"x" * 50)
    first = look_at(path, None, 0.0)
    os.utime(path, ns=(1, 1))
    second = look_at(path, first, 10.0)
    assert second is not None
    assert second.since == 10.0


def test_a_clock_set_back_does_not_hold_a_file_for_ever(tmp_path: Path) -> None:
    path = tmp_path / "brief.pdf"
    path.write_bytes(pdf_bytes())
    os.utime(path, (4_000_000_000, 4_000_000_000))
    assert verdict_after(path, STABLE).complete


def test_where_a_marker_is_wanted_nothing_else_makes_it_complete(tmp_path: Path) -> None:
    path = tmp_path / "brief.pdf"
    path.write_bytes(pdf_bytes())
    look = look_at(path, look_at(path, None, 0.0), 5000.0)
    assert look is not None
    found = judge(path, look, 5000.0, marker_wanted=True, stable_seconds=STABLE, trailer_grace=GRACE)
    assert found == Verdict(False, "wartet auf die Endemarke")


def test_a_pdf_without_end_is_waited_for_and_then_taken_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "brief.pdf"
    path.write_bytes(pdf_bytes()[:-10])
    waiting = verdict_after(path, GRACE - 1)
    assert not waiting.complete
    assert "PDF ohne Ende" in waiting.waiting_for
    assert verdict_after(path, GRACE).complete


XML = '<?xml version="1.0"?>\n<Rechnung>\n  <Nummer>1</Nummer>\n</Rechnung>'


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("blanks", ["", "\r\n", " \n\t\n"])
def test_an_xml_without_end_is_waited_for_and_a_whole_one_is_taken(tmp_path: Path, codec: str, blanks: str) -> None:
    path = tmp_path / "rechnung.xml"
    path.write_bytes((XML + blanks).encode(codec))
    assert verdict_after(path, STABLE) == Verdict(True)
    path.write_bytes(XML[:-1].encode(codec))
    assert verdict_after(path, GRACE - 1) == Verdict(False, "XML ohne Ende, vermutlich noch in Übertragung")
    assert verdict_after(path, GRACE).complete


def test_the_end_of_an_xml_is_looked_for_in_its_last_bytes_only(tmp_path: Path) -> None:
    path = tmp_path / "rechnung.xml"
    path.write_bytes(XML.encode() + b" " * 100_000 + b"<noch ein Anfang")
    assert verdict_after(path, GRACE - 1).complete is False


def test_an_end_followed_by_padding_is_an_end(tmp_path: Path) -> None:
    path = tmp_path / "brief.pdf"
    path.write_bytes(pdf_bytes() + b"\0" * 1000)
    assert verdict_after(path, STABLE).complete


def test_an_empty_file_may_be_just_begun_and_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "brief.pdf"
    path.touch()
    assert verdict_after(path, GRACE - 1) == Verdict(False, "ist noch leer")
    assert verdict_after(path, GRACE).complete


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF"])
def test_a_picture_without_end_is_waited_for_and_a_whole_one_is_taken(tmp_path: Path, form: str) -> None:
    path = tmp_path / "bild"
    Image.new("L", (40, 40), 128).save(path, form, **({"compression": "tiff_lzw"} if form == "TIFF" else {}))
    whole = path.read_bytes()
    assert verdict_after(path, STABLE) == Verdict(True)
    path.write_bytes(whole[: struct.unpack_from("<I", whole, 4)[0]] if form == "TIFF" else whole[:-8])
    assert verdict_after(path, GRACE - 1) == Verdict(False, f"{form} ohne Ende, vermutlich noch in Übertragung")
    assert verdict_after(path, GRACE).complete


def test_a_file_of_another_kind_needs_no_end(tmp_path: Path) -> None:
    path = tmp_path / "notiz.txt"
    path.write_bytes(b"Sehr geehrte Damen und")
    assert verdict_after(path, STABLE).complete


def test_a_name_as_long_as_the_file_system_allows_is_judged_like_any_other(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 251 + ".pdf")
    path.write_bytes(pdf_bytes())
    assert verdict_after(path, STABLE).complete


@pytest.mark.parametrize("name", ["verweis.pdf", "tot.pdf"])
def test_a_symbolic_link_is_never_followed(tmp_path: Path, name: str) -> None:
    (tmp_path / "geheim").write_bytes(pdf_bytes())
    (tmp_path / "verweis.pdf").symlink_to(tmp_path / "geheim")
    (tmp_path / "tot.pdf").symlink_to(tmp_path / "gibt-es-nicht")
    assert look_at(tmp_path / name, None, 0.0) is None


def test_folders_and_pipes_are_no_mail(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "rohr.pdf")
    assert look_at(tmp_path, None, 0.0) is None
    assert look_at(tmp_path / "rohr.pdf", None, 0.0) is None


def test_a_vanished_file_is_no_file_whatever_was_seen_before(tmp_path: Path) -> None:
    assert look_at(tmp_path / "weg.pdf", Look(10, 10, 0.0), 1.0) is None


@pytest.mark.parametrize(
    "name", ["brief.pdf.part", "BRIEF.TMP", "a.filepart", "a.crdownload", "a.pdf.writing", ".versteckt.pdf", "~$a.pdf"]
)
def test_names_used_while_writing_are_left_alone(name: str) -> None:
    assert is_working_name(name)


@pytest.mark.parametrize("name", ["brief.pdf.ready", "stapel.ok", "STAPEL.END", "x.done"])
def test_a_marker_is_told_by_its_ending(name: str) -> None:
    assert is_marker(name)
    assert not is_working_name(name)


def test_a_zip_without_its_directory_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "stapel.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("1.tif", b"x" * 5000)
    assert verdict_after(path, STABLE) == Verdict(True)
    path.write_bytes(path.read_bytes()[:-60])
    assert verdict_after(path, GRACE - 1) == Verdict(False, "ZIP ohne Ende, vermutlich noch in Übertragung")
    assert verdict_after(path, GRACE).complete


@pytest.mark.parametrize("name", ["brief.pdf", "part.pdf", "tmp", "Entwurf.part.pdf", "ready.pdf", "ok"])
def test_ordinary_names_are_taken(name: str) -> None:
    assert not is_working_name(name)
    assert not is_marker(name)
