"""Packs as the command line serves them: install through the validator process, list, change, verify, compare."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from config.settings import load_settings
from pipelines.invoice.validator import Validator
from pipelines.packs import store
from posteingang.validate import judged
from schemas.errors import BadInput
from schemas.german_time import BERLIN, day_in_germany
from schemas.rule_pack import BUILTIN, PackKind, RulePack, judging
from schemas.validation import Finding, ValidationReport, name_of

__all__ = [
    "change_pack",
    "differences",
    "in_folder",
    "install_pack",
    "listed",
    "received_in",
    "remove_pack",
    "verify_packs",
]


def install_pack(source: Path, options: Mapping[str, object] | None = None) -> list[str]:
    """Install the zip; what is there now, and which packs it stands beside or replaces."""
    settings = load_settings()
    before = store.installed(settings.packs)
    with Validator(settings.invoice_time_limit, settings.invoice_memory_mb) as validator:
        pack = store.install(
            source, settings.packs, now=datetime.now(UTC), compile_pack=validator.compile_pack, options=options
        )
    said = [f"Installiert: {_described(pack)}"]
    if pack.kind is PackKind.CONFIGURATION and pack.active:
        said += [told for one in before if (told := _beside(pack, one))]
    return said


def _beside(pack: RulePack, other: RulePack) -> str:
    """What becomes of another configuration beside this one (German); empty if nothing is to be said of it."""
    over = other.valid_until is not None and other.valid_until < pack.valid_from
    if other.kind is not pack.kind or not other.active or over:
        return ""
    if other.standard != pack.standard:
        return f"Daneben prüft {other.name} ({other.standard})."
    return f"Ab {pack.valid_from:%d.%m.%Y} an Stelle von {other.name}." if other.age < pack.age else ""


def change_pack(name: str, options: Mapping[str, object]) -> str:
    """What the pack is now. BadInput if nothing is to be changed."""
    if not options:
        raise BadInput("Es ist nicht angegeben, was sich ändern soll.", remedy="Möglich sind die Angaben aus --help.")
    return f"Geändert: {_described(store.change(load_settings().packs, name, options))}"


def listed(day: date) -> list[str]:
    """Every pack in a line; those that judge what is issued and received on that day are marked."""
    packs = store.installed(load_settings().packs)
    valid = (pack for pack in packs if pack.kind is PackKind.CONFIGURATION and pack.valid_on(day))
    names = {pack.name for pack in judging(valid, day)}
    return [f"{'* ' if pack.name in names else '  '}{_described(pack)}" for pack in packs]


def remove_pack(name: str, *, force: bool = False) -> None:
    """BadInput if there is none of that name, or it may be needed to repeat what it judged."""
    store.remove(load_settings().packs, name, today=day_in_germany(datetime.now(UTC)), force=force)


def verify_packs() -> Iterator[tuple[str, list[str]]]:
    """The name of each pack and what is wrong with its files."""
    packs = load_settings().packs
    for pack in store.installed(packs):
        yield pack.name, store.damaged(packs / pack.name)


def in_folder(folder: Path) -> dict[Path, str]:
    """Every file in the folder. BadInput if it is none."""
    if not folder.is_dir():
        raise BadInput(f"{folder} ist kein Ordner.", remedy="Bitte den Pfad prüfen.")
    return {path: str(path) for path in sorted(folder.rglob("*")) if path.is_file()}


def received_in(month: date) -> dict[Path, str]:
    """The originals of all invoices received in the month of that day that are still kept, with their numbers."""
    from posteingang.installation import open_records

    settings = open_records()
    from records.objects import ObjectStore
    from records.register import originals_received

    objects = ObjectStore(settings.objects)
    first = month.replace(day=1)
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    begin, end = (datetime(day.year, day.month, 1, tzinfo=BERLIN) for day in (first, after))
    found = {objects.path(sha256): number for number, sha256 in originals_received(begin, end)}
    return {path: number for path, number in found.items() if path.is_file()}


def differences(name: str, against: str, invoices: Mapping[Path, str]) -> list[str]:
    """A line for every verdict and rule that differs. `invoices` are files and what to call them."""
    packs = load_settings().packs
    one = (_configuration(packs, name),)
    other = () if against == BUILTIN else (_configuration(packs, against),)
    if not invoices:
        return []
    files = list(invoices)
    pairs = zip(judged(files, one), judged(files, other), strict=True)
    return [
        f"{new.file.replace(name_of(path), invoices[path])}: {line}"
        for (path, new), (_, old) in pairs
        for line in _differing(new, old, name, against)
    ]


def _configuration(packs: Path, name: str) -> Path:
    folder = store.folder_of(packs, name)
    if store.recorded(folder).kind is not PackKind.CONFIGURATION:
        raise BadInput(f"{name} enthält Schemas und prüft keine Rechnungen.", remedy="Verglichen werden Regelpakete.")
    return folder


def _differing(new: ValidationReport, old: ValidationReport, name: str, against: str) -> Iterator[str]:
    if new.verdict is not old.verdict:
        yield f"{name} {new.verdict.label}, {against} {old.verdict.label}"
    ours, theirs = _rules(new.findings), _rules(old.findings)
    for rule in sorted(ours.keys() | theirs.keys()):
        if ours.get(rule) != theirs.get(rule):
            yield f"{rule}: {name} {ours.get(rule, '–')}, {against} {theirs.get(rule, '–')}"


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
    edition = f", Stand {pack.date:%d.%m.%Y}" if pack.kind is PackKind.CONFIGURATION else ""
    return (
        f"{pack.name}: {pack.kind.label} {pack.standard} {pack.version}{edition}, "
        f"gültig ab {pack.valid_from:%d.%m.%Y} {until}{state}, Platz {pack.place}, "
        f"installiert {pack.installed_at.astimezone(BERLIN):%d.%m.%Y %H:%M} aus {pack.source}, SHA-256 {pack.sha256}"
    )
