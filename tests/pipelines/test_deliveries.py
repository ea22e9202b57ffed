"""What lies in an inbox belongs together by its names, and nothing belongs to two."""

import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.intake.deliveries import Delivery, deliveries

FILE, FOLDER, LINK = stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK


def found(*names: str, folders: tuple[str, ...] = ()) -> list[tuple[str, bool, bool, list[str], list[str]]]:
    """Name, batch, marked, pages and what is beside, of every delivery."""
    modes = {Path(name): FOLDER if name in folders else FILE for name in (*names, *folders)}
    return [shown(one) for one in deliveries(modes)]


def shown(one: Delivery) -> tuple[str, bool, bool, list[str], list[str]]:
    return one.name, one.batch, one.marked, [path.name for path in one.pages], [path.name for path in one.beside]


def test_files_without_a_marker_are_single_files() -> None:
    assert found("a_0001.tif", "a_0002.tif", "brief.pdf", "brief.xml") == [
        (name, False, False, [name], []) for name in ("a_0001.tif", "a_0002.tif", "brief.pdf", "brief.xml")
    ]


@pytest.mark.parametrize("marker", ["brief.pdf.ready", "brief.pdf.ok", "brief.ok", "brief.END"])
def test_a_marker_of_one_file_makes_no_batch(marker: str) -> None:
    assert found("brief.pdf", marker) == [("brief.pdf", False, True, ["brief.pdf"], [marker])]


@pytest.mark.parametrize("marker", ["stapel.ok", "stapel.end", "stapel.DONE", "stapel.ready"])
def test_a_series_of_pages_with_one_marker_is_one_batch_in_natural_order(marker: str) -> None:
    assert found("stapel_10.tif", "stapel_2.tif", "stapel_1.tif", "stapel.xml", "stapelx_1.tif", marker) == [
        ("stapel", True, True, ["stapel_1.tif", "stapel_2.tif", "stapel_10.tif"], ["stapel.xml", marker]),
        ("stapelx_1.tif", False, False, ["stapelx_1.tif"], []),
    ]


@pytest.mark.parametrize("page", ["stapel0001.tif", "stapel-1.tif", "stapel 1.tif", "stapel.1.tif", "stapel_1.pdf"])
def test_pages_are_numbered_in_many_ways(page: str) -> None:
    assert found(page, "stapel.csv", "stapel.ok") == [("stapel", True, True, [page], ["stapel.csv", "stapel.ok"])]


def test_a_document_with_its_index_and_marker_is_a_batch() -> None:
    assert found("0815.pdf", "0815.xml", "0815.ok") == [("0815", True, True, ["0815.pdf"], ["0815.xml", "0815.ok"])]


def test_a_letter_with_its_marker_takes_no_other_letter_along() -> None:
    assert found("brief.pdf", "brief_2024.pdf", "brief.ok") == [
        ("brief.pdf", False, True, ["brief.pdf"], ["brief.ok"]),
        ("brief_2024.pdf", False, False, ["brief_2024.pdf"], []),
    ]


def test_a_folder_takes_its_index_and_marker_along() -> None:
    assert found("stapel.xml", "stapel.ok", "stapel.pdf", folders=("stapel",)) == [
        ("stapel", True, True, ["stapel"], ["stapel.xml", "stapel.ok"]),
        ("stapel.pdf", False, False, ["stapel.pdf"], []),
    ]


def test_a_folder_alone_is_a_batch() -> None:
    assert found(folders=("stapel",)) == [("stapel", True, False, ["stapel"], [])]


def test_a_marker_that_came_first_waits_for_its_pages() -> None:
    assert found("stapel.ok") == [("stapel", False, True, [], ["stapel.ok"])]


def test_links_never_belong_to_a_series() -> None:
    modes = {Path("s_1.tif"): FILE, Path("s_2.tif"): LINK, Path("s.ok"): FILE}
    assert [shown(one) for one in deliveries(modes)] == [
        ("s_1.tif", False, True, ["s_1.tif"], ["s.ok"]),
        ("s_2.tif", False, False, ["s_2.tif"], []),
    ]


NAMES = st.sampled_from(
    ["s", "s.ok", "s.xml", "s.ok.ok", "s_1.tif", "s_2.tif", "s_1.ok", "s_1.tif.end", "S.OK", "1", "_1", ".ok", "ok"]
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(NAMES.map(Path), st.sampled_from([FILE, FOLDER, LINK])))
def test_every_entry_is_in_exactly_one_delivery(modes: dict[Path, int]) -> None:
    held = [path for one in deliveries(modes) for path in (*one.pages, *one.beside)]
    assert sorted(held) == sorted(modes)
