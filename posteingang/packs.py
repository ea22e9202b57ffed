"""Rule packs as the command line serves them: install through the validator process, list, verify, compare."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from config.settings import load_settings
from pipelines.invoice.packs import store
from pipelines.invoice.validator import Validator
from posteingang.validate import judged
from schemas.errors import BadInput
from schemas.rule_pack import BUILTIN, RulePack
from schemas.validation import Finding, ValidationReport

__all__ = ["differences", "install_pack", "listed", "remove_pack", "verify_packs"]


def install_pack(
    source: Path, *, valid_from: date | None = None, valid_until: date | None = None, active: bool | None = None
) -> str:
    """Install the zip and say what is there now."""
    settings = load_settings()
    with Validator(settings.invoice_time_limit) as validator:
        pack, new = store.install(
            source,
            settings.packs,
            now=datetime.now(UTC),
            compile_pack=validator.compile_pack,
            valid_from=valid_from,
            valid_until=valid_until,
            active=active,
        )
    return f"{'Installiert' if new else 'Schon installiert'}: {_described(pack)}"


def listed(day: date) -> list[str]:
    """Every pack in a line; the one that judges what is received on that day is marked."""
    packs = store.installed(load_settings().packs)
    judging = next((pack for pack in packs if pack.valid_on(day)), None)
    return [f"{'* ' if pack is judging else '  '}{_described(pack)}" for pack in packs]


def remove_pack(name: str) -> None:
    """BadInput if there is none of that name."""
    store.remove(load_settings().packs, name)


def verify_packs() -> Iterator[tuple[str, list[str]]]:
    """The name of each pack and what is wrong with its files."""
    packs = load_settings().packs
    for pack in store.installed(packs):
        yield pack.name, store.damaged(packs / pack.name)


def differences(name: str, against: str, folder: Path) -> tuple[int, list[str]]:
    """How many files of the folder were judged by both, and a line for every verdict and rule that differs."""
    packs = load_settings().packs
    one = store.folder_of(packs, name)
    other = None if against == BUILTIN else store.folder_of(packs, against)
    if not folder.is_dir():
        raise BadInput(f"{folder} ist kein Ordner.", remedy="Bitte den Pfad prüfen.")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines: list[str] = []
    if files:
        pairs = zip(judged(files, one), judged(files, other), strict=True)
        lines = [line for (_, new), (_, old) in pairs for line in _differing(new, old, name, against)]
    return len(files), lines


def _differing(new: ValidationReport, old: ValidationReport, name: str, against: str) -> Iterator[str]:
    if new.verdict is not old.verdict:
        yield f"{new.file}: {name} {new.verdict.label}, {against} {old.verdict.label}"
    ours, theirs = _rules(new.findings), _rules(old.findings)
    for rule in sorted(ours.keys() | theirs.keys()):
        if ours.get(rule) != theirs.get(rule):
            yield f"{new.file}: {rule}: {name} {ours.get(rule, '–')}, {against} {theirs.get(rule, '–')}"


def _rules(findings: tuple[Finding, ...]) -> dict[str, str]:
    """Each rule that spoke, with its severities and how often."""
    counts: dict[str, dict[str, int]] = {}
    for finding in findings:
        levels = counts.setdefault(finding.rule, {})
        levels[finding.severity.label] = levels.get(finding.severity.label, 0) + 1
    return {
        rule: ", ".join(f"{count} × {level}" for level, count in sorted(levels.items()))
        for rule, levels in counts.items()
    }


def _described(pack: RulePack) -> str:
    until = f"bis {pack.valid_until:%d.%m.%Y}" if pack.valid_until else "ohne Ende"
    state = "" if pack.active else ", nicht aktiv"
    return (
        f"{pack.name}: {pack.title}, Stand {pack.date:%d.%m.%Y}, gültig ab {pack.valid_from:%d.%m.%Y} {until}{state}, "
        f"SHA-256 {pack.sha256}"
    )
