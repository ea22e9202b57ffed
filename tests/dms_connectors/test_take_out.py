"""What was laid into a tray can be taken out again and laid anew; it is known if the unit was faster."""

import shutil
from pathlib import Path
from uuid import uuid4

import pytest

from dms_connectors.folder import FolderConnector
from schemas.errors import Rejected, Unavailable
from tests.dms_connectors.conftest import MakeRequest


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "trays"
    folder.mkdir()
    return folder


@pytest.fixture
def trays(root: Path, tmp_path: Path) -> FolderConnector:
    return FolderConnector(root, tmp_path / "receipts")


def test_it_is_out_at_once_and_may_be_laid_anew(trays: FolderConnector, root: Path, filing: MakeRequest) -> None:
    request = filing()
    target_id = trays.store(request)
    assert trays.take_out(target_id) is True
    assert not (root / target_id).exists()
    assert trays.find(request.document_id) == ()
    assert trays.take_out(target_id) is True, "a second try after a lost commit says the same"
    assert trays.store(request) == target_id


@pytest.mark.parametrize("part", ["all of it", "the document in it"])
def test_it_is_told_when_the_unit_was_faster(
    part: str, trays: FolderConnector, root: Path, filing: MakeRequest
) -> None:
    request = filing()
    target_id = trays.store(request)
    if part == "all of it":
        shutil.rmtree(root / target_id)
    else:
        (root / target_id / request.file_name).unlink()
    assert trays.take_out(target_id) is False
    assert list((root / target_id).parent.iterdir()) == []


@pytest.mark.parametrize("dies_at", ["withdraw", "rmtree"])
def test_a_crash_on_the_way_out_is_made_good_by_the_next_try(
    dies_at: str, trays: FolderConnector, root: Path, filing: MakeRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = filing()
    target_id = trays.store(request)

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    where = (
        "dms_connectors.folder.shutil.rmtree" if dies_at == "rmtree" else "dms_connectors.receipts.Receipts.withdraw"
    )
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(where, die)
        trays.take_out(target_id)
    assert not (root / target_id).exists(), "the unit does not see half of it"
    assert trays.take_out(target_id) is True
    assert list((root / target_id).parent.iterdir()) == []
    assert trays.find(request.document_id) == ()


def test_a_share_that_is_not_there_is_no_tray_that_is_empty(
    trays: FolderConnector, root: Path, filing: MakeRequest
) -> None:
    target_id = trays.store(filing())
    shutil.move(root / target_id.partition("/")[0], root / "abgehängt")
    with pytest.raises(Unavailable, match="nicht eingehängt"):
        trays.take_out(target_id)


def test_nothing_is_removed_that_was_not_laid_there_from_here(trays: FolderConnector, root: Path) -> None:
    foreign = root / "30" / f"PE-1_{uuid4()}x"
    foreign.mkdir(parents=True)
    with pytest.raises(Rejected):
        trays.take_out(f"30/{foreign.name}")
    assert foreign.is_dir()
