"""What lies in an inbox belongs together: a file, a folder with its index, or the pages of a series with one marker."""

import re
import stat
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipelines.intake.complete import is_marker
from pipelines.intake.unpack import natural

__all__ = ["Delivery", "deliveries"]

_INDEX = frozenset({".xml", ".csv"})
_COUNTER = re.compile(r"[ ._-]?[0-9]+$")


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is claimed together. `pages`: the file, the folder, or the files of a series; `beside`: index and markers.

    `batch`: it becomes one container, else it is a single file. `marked`: a marker says that it is whole.
    """

    name: str
    pages: tuple[Path, ...]
    beside: tuple[Path, ...] = ()
    batch: bool = False
    marked: bool = False


def deliveries(modes: Mapping[Path, int]) -> list[Delivery]:
    """Every entry of an inbox (with its mode) is in exactly one delivery, in the order of its first entry.

    A marker NAME.ok belongs to the file or folder NAME, else to NAME.*, else to NAME_0001.* and all its numbers, with
    the index NAME.xml. A marker for which nothing is there yet is a delivery without pages. Links and pipes are never
    part of a batch.
    """
    by_name = {path.name: path for path in modes}
    by_stem = _by_stem(path for path, mode in modes.items() if stat.S_ISREG(mode))
    made: list[Delivery] = []
    taken: set[Path] = set()
    for path in (path for path, mode in modes.items() if stat.S_ISDIR(mode)):
        near = [other for other in by_stem.get(path.name, ()) if _stem(other) == path.name]
        beside = [other for other in near if is_marker(other.name) or other.suffix.lower() in _INDEX]
        marked = any(is_marker(other.name) for other in beside)
        made.append(Delivery(path.name, (path,), tuple(beside), batch=True, marked=marked))
        taken.update((path, *beside))
    for marker in (path for path, mode in modes.items() if is_marker(path.name) and stat.S_ISREG(mode)):
        if marker in taken:
            continue
        named = by_name.get(_stem(marker), marker)
        near = [named] if named != marker else by_stem.get(_stem(marker), [])
        free = [path for path in near if path not in taken and (path == named or not is_marker(path.name))]
        made.append(_marked(_stem(marker), [path for path in free if path != marker], marker))
        taken.update((*made[-1].pages, *made[-1].beside))
    made += [Delivery(path.name, (path,)) for path in modes if path not in taken]
    place = {path: number for number, path in enumerate(modes)}
    return sorted(made, key=lambda one: place[min((*one.pages, *one.beside), key=place.__getitem__)])


def _marked(name: str, files: list[Path], marker: Path) -> Delivery:
    """The files a marker stands for: one alone is no batch, but one with its index is."""
    own = [path for path in files if _stem(path) == name or path.name == name]
    index = [path for path in own if path.suffix.lower() in _INDEX]
    exact = [path for path in own if path not in index]
    numbered = sorted((path for path in files if path not in own), key=lambda path: natural(path.name))
    pages = tuple(exact or numbered or index)
    beside = tuple(index) if exact or numbered else ()
    batch = len(pages) + len(beside) > 1
    return Delivery(pages[0].name if pages and not batch else name, pages, (*beside, marker), batch, marked=True)


def _by_stem(files: Iterable[Path]) -> dict[str, list[Path]]:
    """Files by their name without ending, and by that without a number behind it: 'stapel' for stapel_0001.tif."""
    found: defaultdict[str, list[Path]] = defaultdict(list)
    for path in files:
        stem = _stem(path)
        for key in {stem, _COUNTER.sub("", stem)}:
            found[key].append(path)
    return found


def _stem(path: Path) -> str:
    return path.name[: -len(path.suffix)] if path.suffix else path.name
