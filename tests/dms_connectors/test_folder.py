"""The out-tray: complete or not there, indexed for people and programs, and never laid there a second time."""

import csv
import errno
import io
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from config.dms_config import PropertySource
from config.settings import CODE_ROOT
from dms_connectors import folder as module
from dms_connectors.folder import FolderConnector
from dms_connectors.port import Companion, own_properties
from schemas.errors import Rejected, Unavailable, UnclearOutcome
from tests.dms_connectors.conftest import MakeRequest


class PowerCut(BaseException):
    """The process is gone at this place."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "postfach").mkdir()
    return tmp_path / "postfach"


@pytest.fixture
def trays(root: Path, tmp_path: Path) -> FolderConnector:
    return FolderConnector(root, tmp_path / "uebergaben")


def lying(root: Path) -> list[str]:
    """Every file below the trays, hidden ones too."""
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def dies(*_: object) -> None:
    raise PowerCut


# What lies there


def test_document_companions_and_two_indexes_lie_together(
    trays: FolderConnector, root: Path, filing: MakeRequest
) -> None:
    request = filing()

    target_id = trays.store(request)

    assert target_id == f"22/PE-2026-000001_{request.document_id}"
    assert sorted(path.name for path in (root / target_id).iterdir()) == [
        "PE-2026-000001.pdf",
        "PE-2026-000001.transfervermerk.xml",
        "index.csv",
        "index.xml",
    ]
    assert (root / target_id / "PE-2026-000001.pdf").read_bytes() == request.content.read_bytes()


def test_the_xml_index_is_valid_and_carries_every_value(
    trays: FolderConnector, root: Path, filing: MakeRequest
) -> None:
    schema = etree.XMLSchema(etree.parse(str(CODE_ROOT / "schemas" / "uebergabe" / "uebergabe-1.xsd")))
    request = filing(references=("4711/26", "ü-9"), sender="Müller & Söhne <b>", amount="12.50", page_count=3)

    target_id = trays.store(request)

    schema.assertValid(etree.parse(str(root / target_id / "index.xml")))
    assert trays.read_back(target_id).properties == own_properties(request)


def test_the_csv_index_opens_in_a_spreadsheet_and_runs_nothing(
    trays: FolderConnector, root: Path, filing: MakeRequest
) -> None:
    request = filing(sender='=HYPERLINK("http://boese.example";"hier")', references=("a", "b"), case_reference="x;y")

    content = (root / trays.store(request) / "index.csv").read_bytes()

    assert content.startswith(b"\xef\xbb\xbf")
    headings, row = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
    shown = dict(zip(headings, row, strict=True))
    assert headings == ["Datei", "Anlagen", *(source.label for source in PropertySource)]
    assert shown["Datei"] == "PE-2026-000001.pdf"
    assert shown["Absender"] == '\'=HYPERLINK("http://boese.example";"hier")'
    assert (shown["Fremde Zeichen"], shown["Aktenzeichen"], shown["Betrag"]) == ("a | b", "x;y", "")


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("../../etc/passwd", ".._.._etc_passwd"),
        ('Brief: "wichtig"?.pdf', "Brief_ _wichtig__.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("Brief.pdf. ", "Brief.pdf"),
        ("a\x00b\u202egnp.pdf", "a_b_gnp.pdf"),
        ("ü" * 300 + ".pdf", "ü" * 125 + ".pdf"),
        ("Index.XML", "Index-2.XML"),
    ],
)
def test_a_name_that_some_system_does_not_take_is_made_safe(
    name: str, file: str, trays: FolderConnector, root: Path, filing: MakeRequest
) -> None:
    request = filing(file_name=name, companions=(), sender="x")
    if "\x00" in name:
        with pytest.raises(Rejected, match="Dateiname von PE-2026-000001 enthält ein Steuerzeichen"):
            trays.store(request)
        assert lying(root) == []
        return

    target_id = trays.store(request)

    assert sorted(path.name for path in (root / target_id).iterdir()) == sorted([file, "index.csv", "index.xml"])
    assert trays.read_back(target_id).digest == request.digest
    assert trays.read_back(target_id).properties["file_name"] == name


def test_names_that_differ_only_in_case_do_not_overwrite_each_other(
    trays: FolderConnector, root: Path, filing: MakeRequest, tmp_path: Path
) -> None:
    """Windows shares hold BRIEF.pdf and brief.PDF for the same file."""
    (tmp_path / "zweite").write_bytes(b"Original")
    request = filing(file_name="Brief.pdf", companions=(Companion(tmp_path / "zweite", "BRIEF.PDF"),))

    names = [path.name for path in (root / trays.store(request)).iterdir()]

    assert len({name.casefold() for name in names}) == len(names) == 4


@pytest.mark.parametrize("unit", ["..", "../11", "/etc", "a/../../b"])
def test_no_unit_leads_out_of_the_trays(unit: str, trays: FolderConnector, root: Path, filing: MakeRequest) -> None:
    target_id = trays.store(filing(unit=unit))

    assert (root / target_id).resolve().is_relative_to(root.resolve())
    assert len(Path(target_id).parts) == 2
    assert len(list(root.iterdir())) == 1


def test_a_tray_that_points_elsewhere_gets_nothing(
    trays: FolderConnector, root: Path, filing: MakeRequest, tmp_path: Path
) -> None:
    (tmp_path / "fremd").mkdir()
    (root / "22").symlink_to(tmp_path / "fremd")

    with pytest.raises(Rejected, match="Verweis"):
        trays.store(filing())

    assert list((tmp_path / "fremd").iterdir()) == []
    assert not trays.health().ok
    assert "22" in trays.health().detail


# Exactly once


@pytest.mark.parametrize("place", ["copy_durably", "write_durably"])
def test_a_full_disk_leaves_nothing_behind_and_is_tried_again(
    place: str, trays: FolderConnector, root: Path, filing: MakeRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = filing()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "voll")

    with monkeypatch.context() as broken:
        broken.setattr(module, place, full)
        with pytest.raises(Unavailable, match="kein Platz mehr"):
            trays.store(request)
    assert lying(root) == []
    assert trays.find(request.document_id) == ()

    assert trays.read_back(trays.store(request)).digest == request.digest


@pytest.fixture(params=["while copying", "before the receipt", "before the rename"])
def crash(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """The process dies at that place, until the patch is undone."""
    with monkeypatch.context() as broken:
        if request.param == "while copying":
            broken.setattr(module, "write_durably", dies)
        elif request.param == "before the receipt":
            broken.setattr(module.Receipts, "write", dies)
        else:
            broken.setattr(Path, "rename", dies)
        yield broken


def test_a_crash_before_the_unit_sees_it_is_made_good_by_the_next_try(
    crash: pytest.MonkeyPatch, trays: FolderConnector, root: Path, filing: MakeRequest, tmp_path: Path
) -> None:
    request = filing()
    with pytest.raises(PowerCut):
        trays.store(request)
    crash.undo()
    reborn = FolderConnector(root, tmp_path / "uebergaben")

    assert reborn.find(request.document_id) == ()
    target_id = reborn.store(request)

    assert reborn.find(request.document_id) == (target_id,)
    assert reborn.read_back(target_id).digest == request.digest
    assert [path.name for path in (root / "22").iterdir()] == [Path(target_id).name]


def test_a_second_crash_while_clearing_up_the_first_does_not_lose_the_document(
    trays: FolderConnector, root: Path, filing: MakeRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The receipt of the first try must not survive what it speaks of."""
    request = filing()
    with monkeypatch.context() as broken, pytest.raises(PowerCut):
        broken.setattr(Path, "rename", dies)
        trays.store(request)
    with monkeypatch.context() as broken, pytest.raises(PowerCut):
        broken.setattr(module, "copy_durably", dies)
        trays.store(request)

    assert trays.find(request.document_id) == ()
    assert trays.read_back(trays.store(request)).digest == request.digest


@pytest.mark.parametrize("taken", ["folder", "document", "index"])
def test_what_the_unit_has_taken_already_is_handed_over_unconfirmed_and_not_laid_there_again(
    taken: str, trays: FolderConnector, root: Path, filing: MakeRequest, tmp_path: Path
) -> None:
    """The unit takes it between our rename and our commit; the next try finds the receipt."""
    request = filing()
    target_id = trays.store(request)
    if taken == "folder":
        shutil.rmtree(root / target_id)
    else:
        (root / target_id / {"document": "PE-2026-000001.pdf", "index": "index.xml"}[taken]).unlink()
    reborn = FolderConnector(root, tmp_path / "uebergaben")

    assert reborn.find(request.document_id) == (target_id,)
    filed = reborn.read_back(target_id)

    assert (filed.document_id, filed.digest) == (request.document_id, None)
    with pytest.raises(Rejected, match="liegt schon"):
        reborn.store(request)


def test_a_tray_that_is_not_mounted_is_no_tray_that_was_emptied(
    trays: FolderConnector, root: Path, filing: MakeRequest
) -> None:
    target_id = trays.store(filing())
    (root / "22").rename(root.parent / "woanders")

    with pytest.raises(Unavailable, match="nicht eingehängt"):
        trays.read_back(target_id)


def test_a_rename_without_an_answer_is_looked_after_before_anything_is_written_again(
    trays: FolderConnector, root: Path, filing: MakeRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = filing()
    real = os.rename

    def renames_and_fails(self: Path, target: Path) -> None:
        real(self, target)
        raise OSError(errno.EIO, "Netz weg")

    with monkeypatch.context() as broken, pytest.raises(UnclearOutcome):
        broken.setattr(Path, "rename", renames_and_fails)
        trays.store(request)

    (target_id,) = trays.find(request.document_id)
    assert trays.read_back(target_id).digest == request.digest


def test_a_changed_document_in_the_tray_is_seen(trays: FolderConnector, root: Path, filing: MakeRequest) -> None:
    request = filing()
    target_id = trays.store(request)
    (root / target_id / "PE-2026-000001.pdf").write_bytes(b"anderer Inhalt")

    digest = trays.read_back(target_id).digest

    assert digest is not None
    assert digest.sha256 != request.digest.sha256


def test_a_damaged_index_is_told_and_nothing_is_guessed(
    trays: FolderConnector, root: Path, filing: MakeRequest
) -> None:
    target_id = trays.store(filing())
    (root / target_id / "index.xml").write_bytes(b"<Uebergabe/>")

    with pytest.raises(Rejected, match="nicht lesbar"):
        trays.read_back(target_id)


def test_a_damaged_receipt_is_never_taken_for_none(trays: FolderConnector, filing: MakeRequest, tmp_path: Path) -> None:
    request = filing()
    trays.store(request)
    (receipt,) = (tmp_path / "uebergaben").rglob("*.json")
    receipt.write_bytes(b"{")

    with pytest.raises(Unavailable, match="beschädigt"):
        trays.find(request.document_id)


def test_what_was_laid_there_before_there_were_receipts_is_found(
    trays: FolderConnector, filing: MakeRequest, tmp_path: Path
) -> None:
    request = filing()
    target_id = trays.store(request)
    shutil.rmtree(tmp_path / "uebergaben")

    assert trays.find(request.document_id) == (target_id,)
