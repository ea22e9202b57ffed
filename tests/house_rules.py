"""House lints: what no general linter knows. Run by ./run check; a line may carry `# lint: <word> - why`."""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("schemas", "config", "pipelines", "dms_connectors", "records", "workers", "web", "posteingang", "bench")


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern that must not stand outside `allowed`; `word` is the escape comment's word."""

    word: str
    pattern: re.Pattern[str]
    why: str
    allowed: tuple[str, ...] = ()


RULES = (
    Rule(
        "unlink",
        re.compile(r"\.unlink\(|os\.remove\(|shutil\.rmtree\("),
        "Only intake and disposal remove files; evidence must not vanish elsewhere.",
        ("pipelines/intake/", "schemas/faults.py", "posteingang/demo.py"),
    ),
    Rule(
        "xml",
        re.compile(r"etree\.(parse|fromstring|XML|iterparse)\(|minidom|ElementTree"),
        "XML is parsed by the safe parser only (no DTD, no network, DOCTYPE refused).",
    ),
    Rule(
        "naive",
        re.compile(r"datetime\.(now|utcnow|fromtimestamp)\(\s*\)|datetime\.utcnow"),
        "Times are aware: datetime.now(UTC).",
    ),
    Rule(
        "personal",
        re.compile(r"\blog\.\w+\([^)]*\b(original_name|text|reason|sentence|iban|sender)\s*="),
        "Logs carry ids, never names, texts or reasons of a document.",
    ),
    Rule(
        "fstring", re.compile(r"\b(log|logger|logging)\.\w+\(f[\"']"), "No f-string in a log call: events have fields."
    ),
    Rule("broad", re.compile(r"except (Exception|BaseException)\b"), "A blind except needs its reason."),
    Rule("print", re.compile(r"^\s*print\("), "Only the command line prints.", ("posteingang/", "bench/")),
    Rule(
        "sleep",
        re.compile(r"time\.sleep\("),
        "No sleep as synchronisation.",
        ("workers/watcher.py", "workers/supervisor.py", "posteingang/demo.py"),
    ),
)
LONGEST_MODULE = 400


def complaints(root: Path = ROOT) -> list[str]:
    """Every violation as 'file:line: rule: why'."""
    found: list[str] = []
    for path in sorted(file for room in ROOMS for file in (root / room).rglob("*.py")):
        name = path.relative_to(root).as_posix()
        if "/migrations/" in name:
            continue
        lines = path.read_text(encoding="utf-8").splitlines()
        if len(lines) > LONGEST_MODULE:
            found.append(f"{name}:1: length: {len(lines)} lines; a module this long usually is two things.")
        for rule in RULES:
            if name.startswith(rule.allowed):
                continue
            found += [
                f"{name}:{number}: {rule.word}: {rule.why}"
                for number, line in enumerate(lines, 1)
                if rule.pattern.search(line) and f"lint: {rule.word}" not in line
            ]
    return found


def main() -> None:
    found = complaints()
    for line in found:
        sys.stdout.write(f"{line}\n")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
