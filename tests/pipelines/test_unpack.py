"""A zip from outside is opened by nobody who has not made sure what it does."""

import io
import stat
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.intake.unpack import Member, is_left_out, natural, unpack
from schemas.errors import BadInput
from tests.pipelines.containers import zipped

LIMITS = {"max_files": 20, "max_bytes": 100_000}


def unpacked(content: bytes, folder: Path, **limits: int) -> tuple[Member, ...]:
    source, target = folder / "stapel.zip", folder / "heraus"
    source.write_bytes(content)
    target.mkdir()
    return unpack(source, target, **(LIMITS | limits))


def entry(name: str, *, mode: int = 0, **fields: object) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo("x")
    made.filename, made.external_attr = name, mode << 16
    for field, value in fields.items():
        setattr(made, field, value)
    return made


def holding(*entries: tuple[zipfile.ZipInfo, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for info, content in entries:
            archive.writestr(info, content)
    return written.getvalue()


def encrypted() -> bytes:
    content = bytearray(zipped({"1.tif": b"geheim"}))
    content[6] |= 1
    directory = content.index(b"PK\x01\x02")
    content[directory + 8] |= 1
    return bytes(content)


def lying_about_its_size() -> bytes:
    content = bytearray(zipped({"1.tif": bytes(5_000_000)}, zipfile.ZIP_DEFLATED))
    directory = content.index(b"PK\x01\x02")
    struct.pack_into("<L", content, directory + 24, 10)
    struct.pack_into("<L", content, 22, 10)
    return bytes(content)


def with_many_entries() -> bytes:
    return zipped({f"{number}.tif": b"" for number in range(21)})


def claiming_a_directory_of(size: int) -> bytes:
    content = bytearray(zipped({"1.tif": b"x"}))
    struct.pack_into("<L", content, content.rindex(b"PK\x05\x06") + 12, size)
    return bytes(content)


HOSTILE = {
    "a path upwards": (holding((entry("../../etc/passwd"), b"x")), "einen Pfad, der aus ihr hinausführt"),
    "an absolute path": (holding((entry("/etc/passwd"), b"x")), "einen Pfad, der aus ihr hinausführt"),
    "a path of Windows upwards": (holding((entry("..\\..\\x.tif"), b"x")), "einen Pfad, der aus ihr hinausführt"),
    "a drive": (holding((entry("C:x.tif"), b"x")), "einen Pfad, der aus ihr hinausführt"),
    "a hidden path upwards": (holding((entry(".x/../../x"), b"x")), "einen Pfad, der aus ihr hinausführt"),
    "a link": (holding((entry("1.tif", mode=stat.S_IFLNK | 0o777), b"/etc/passwd")), "eine Verknüpfung"),
    "a pipe": (holding((entry("1.tif", mode=stat.S_IFIFO), b"")), "eine Verknüpfung"),
    "an endless name": (holding((entry("n" * 300), b"x")), "einen unmöglichen Dateinamen"),
    "an endless name in two bytes a sign": (holding((entry("ü" * 200), b"x")), "einen unmöglichen Dateinamen"),
    "a name with a zero byte": (
        zipped({"1.tifX.exe": b"x"}).replace(b"1.tifX.exe", b"1.tif\0.exe"),
        "einen unmöglichen Dateinamen",
    ),
    "folders without end": (holding((entry("a/b/c/d.tif"), b"x")), "zu tief in Ordner geschachtelt"),
    "one name twice": (zipped({"1.tif": b"a", "2.tif": b"b"}).replace(b"2.tif", b"1.tif"), "„1.tif“ zweimal"),
    "a password": (encrypted(), "ist mit einem Kennwort verschlüsselt"),
    "a zip in a zip": (zipped({"a.zip": zipped({"1.tif": b"x"})}), "eine weitere ZIP-Datei: „a.zip“"),
    "a zip in a zip by another name": (zipped({"1.tif": zipped({"1.tif": b"x"})}), "eine weitere ZIP-Datei: „1.tif“"),
    "too many files": (with_many_entries(), "mehr als 20 Dateien"),
    "a bomb": (zipped({"1.tif": bytes(5_000_000)}, zipfile.ZIP_DEFLATED), "ist entpackt größer als erlaubt"),
    "a bomb in many pieces": (
        zipped({f"{number}.tif": bytes(30_000) for number in range(5)}, zipfile.ZIP_DEFLATED),
        "ist entpackt größer als erlaubt",
    ),
    "a directory nobody could read": (claiming_a_directory_of(0xFFFFFFF0), "mehr als 20 Dateien"),
    "a directory larger than the file": (claiming_a_directory_of(5000), "ihr Verzeichnis ist größer als sie selbst"),
    "an office document": (zipped({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}), "Office-Dokument"),
    "no directory": (zipped({"1.tif": b"x"})[:-30], "ist abgeschnitten: ihr Verzeichnis fehlt"),
    "a broken directory": (zipped({"1.tif": b"x"}).replace(b"PK\x01\x02", b"PK\x09\x09"), "ist beschädigt"),
}


@pytest.mark.parametrize(("content", "why"), HOSTILE.values(), ids=HOSTILE)
def test_what_nobody_should_open_is_refused_in_german(content: bytes, why: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refused:
        unpacked(content, tmp_path)
    assert why in refused.value.sentence
    assert refused.value.remedy.startswith("Bitte ")
    assert {path.name for path in tmp_path.iterdir()} == {"stapel.zip", "heraus"}, "nothing was written elsewhere"


@pytest.mark.parametrize(
    "content", [lying_about_its_size(), zipped({"1.tif": b"x" * 900}).replace(b"1.tif", b"2.tif", 1)]
)
def test_an_entry_that_is_not_what_the_directory_says_is_damaged(content: bytes, tmp_path: Path) -> None:
    (member,) = unpacked(content, tmp_path)
    assert member.damaged
    assert member.path.stat().st_size <= LIMITS["max_bytes"]


def test_a_damaged_entry_leaves_the_others_alone(tmp_path: Path) -> None:
    content = bytearray(zipped({"1.tif": b"a" * 500, "2.tif": b"b" * 500, "3.tif": b"c" * 500}))
    content[content.index(b"bbb") + 100] = 0
    found = unpacked(bytes(content), tmp_path)
    assert [(member.name, member.damaged) for member in found] == [("1.tif", False), ("2.tif", True), ("3.tif", False)]


def test_an_office_document_among_pages_says_itself_what_it_is(tmp_path: Path) -> None:
    office = zipped({"[Content_Types].xml": b"<x/>"})
    assert [member.name for member in unpacked(zipped({"brief.docx": office, "1.tif": b"x"}), tmp_path)] == [
        "1.tif",
        "brief.docx",
    ]


def test_files_come_in_natural_order_under_names_that_can_be_shown(tmp_path: Path) -> None:
    names = ["b/10.tif", "b/9.tif", "B/1.tif", "a.tif", "Straße ü.tif", "rechts\u202egnp.tif"]
    found = unpacked(zipped(dict.fromkeys(names, b"x")), tmp_path)
    assert [member.name for member in found] == [
        "a.tif",
        "B/1.tif",
        "b/9.tif",
        "b/10.tif",
        "rechts\ufffdgnp.tif",
        "Straße ü.tif",
    ]


@pytest.mark.parametrize(
    "name", [".x.tif", "a/.b/1.tif", "__MACOSX/1.tif", "Thumbs.db", "a/desktop.INI", "s.ok", "~$x"]
)
def test_what_systems_leave_behind_is_left_out(name: str) -> None:
    assert is_left_out(name)


@settings(max_examples=50)
@given(st.lists(st.text(alphabet="a1Ü/_²٣ ", min_size=1), max_size=6))
def test_any_names_can_be_put_in_order(names: list[str]) -> None:
    assert len(sorted(names, key=natural)) == len(names)


WHOLE = zipped({"1.tif": b"a" * 300, "s.csv": b"Bediener;Scanner\n", "b/2.pdf": b"%PDF-1.7"})


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=6),
    keep=st.floats(0, 1),
)
def test_a_zip_damaged_anywhere_is_read_or_refused(
    changes: list[tuple[int, int]], keep: float, tmp_path_factory: pytest.TempPathFactory
) -> None:
    content = bytearray(WHOLE)
    for at, value in changes:
        content[at] = value
    if keep < 0.5:
        content = content[: int(len(content) * 2 * keep)]
    try:
        found = unpacked(bytes(content), tmp_path_factory.mktemp("zip"))
    except BadInput:
        return
    assert all(member.path.exists() for member in found)
