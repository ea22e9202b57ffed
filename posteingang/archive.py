"""Packages for the archive: check one standing alone, list what is staged."""

from dataclasses import dataclass
from pathlib import Path

from config.settings import load_settings

__all__ = ["StagedPackage", "check_package", "print_staged", "staged_packages"]


@dataclass(frozen=True, slots=True)
class StagedPackage:
    """A package in the staging folder, and how far it has come (German)."""

    name: str
    standing: str


def check_package(folder: Path) -> bool:
    """Print everything that is wrong with the package; True if it is whole. No database is needed."""
    from pipelines.archive.check import findings

    found = findings(folder)
    for finding in found:
        print(f"{folder.name}: {finding}")
    if not found:
        print(f"{folder.name}: Das Paket ist unversehrt (BagIt, Schema, Prüfsummen, Protokollkette).")
    return not found


def staged_packages(root: Path) -> list[StagedPackage]:
    """Everything in the staging folder, by name; marks stand with their packages."""
    from pipelines.archive.stage import PENDING, READY

    names = sorted(path.name for path in root.iterdir()) if root.is_dir() else []
    found = []
    for name in names:
        if name.startswith(PENDING):
            found.append(StagedPackage(name.removeprefix(PENDING), "in Arbeit"))
        elif not name.endswith(READY):
            ready = f"{name}{READY}" in names
            found.append(StagedPackage(name, "bereit zur Abholung" if ready else "noch ohne Bereitmeldung"))
        elif name.removesuffix(READY) not in names:
            found.append(StagedPackage(name.removesuffix(READY), "abgeholt, Bereitmeldung liegt noch"))
    return found


def print_staged() -> None:
    """One line a package."""
    root = load_settings().staging
    found = staged_packages(root)
    for package in found:
        print(f"{package.name}: {package.standing}")
    print(f"{len(found)} Paket(e) in {root}.")
