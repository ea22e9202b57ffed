"""When a paper original may be destroyed (TR-03138 1.5 A.O.1, A.SC.8, A.T.4): every reason against it, by itself."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from schemas.originals import OriginalState
from schemas.values import aware

__all__ = ["DestructionFacts", "ListState", "Office", "obstacles", "period_ends"]


class Office(StrEnum):
    """Who must have agreed to the procedure before any paper is destroyed."""

    AUDIT = "rechnungspruefung"
    LEGAL = "rechtsamt"
    ARCHIVE = "archiv"

    @property
    def label(self) -> str:
        return {Office.AUDIT: "Rechnungsprüfung", Office.LEGAL: "Rechtsamt", Office.ARCHIVE: "Archiv"}[self]


class ListState(StrEnum):
    """Drawn up -> released by a second person -> carried out by one who has not released it; or discarded before."""

    DRAWN_UP = "drawn_up"
    RELEASED = "released"
    CARRIED_OUT = "carried_out"
    DISCARDED = "discarded"

    @property
    def label(self) -> str:
        return {
            ListState.DRAWN_UP: "aufgestellt",
            ListState.RELEASED: "freigegeben",
            ListState.CARRIED_OUT: "vernichtet",
            ListState.DISCARDED: "verworfen",
        }[self]


@dataclass(frozen=True, slots=True)
class DestructionFacts:
    """Everything that decides about one original on the day `today` (German calendar).

    `special`: to be kept as paper; None: nobody has decided. `unproven`: why it is not proven that the DMS holds what
    was scanned (German; empty: filed and read back). `filed_at`: by when that was in the database for certain.
    `backup_begun_at`: of the last finished backup. `kept_from`: the day of the scan, or of its receipt if that is
    later. `keep_days`: from procedure.yaml; None: nobody has decided.
    `holds`: who holds it, and why. `balanced`: the sheets of its batch are. `procedure_version` None: none is
    released. `missing_offices`: who has not agreed to that version.
    """

    state: OriginalState
    special: bool | None
    closed: bool
    replaced_by: str
    checked: bool
    unproven: str
    filed_at: datetime | None
    backup_begun_at: datetime | None
    kept_from: date
    keep_days: int | None
    today: date
    holds: tuple[str, ...]
    lock: str
    balanced: bool
    procedure_version: int | None
    missing_offices: tuple[Office, ...]

    def __post_init__(self) -> None:
        for moment in (self.filed_at, self.backup_begun_at):
            if moment is not None:
                aware(moment)


def obstacles(facts: DestructionFacts) -> tuple[str, ...]:
    """Why this original must not be destroyed now, one German sentence each; empty: it may stand on a list."""
    return (*_of_the_city(facts), *_of_the_paper(facts), *_of_the_scan(facts), *_of_time(facts))


def period_ends(kept_from: date, keep_days: int) -> date:
    """The last day on which the paper has to be kept; the first day does not count."""
    return kept_from + timedelta(days=keep_days)


def _of_the_city(facts: DestructionFacts) -> list[str]:
    """What the city has to decide before any paper goes."""
    if facts.procedure_version is None:
        return ["Es ist keine Fassung des Scanverfahrens freigegeben."]
    version = facts.procedure_version
    return [
        f"Die Zustimmung zur Vernichtung fehlt für Fassung {version} des Scanverfahrens: {office.label}."
        for office in facts.missing_offices
    ]


def _of_the_paper(facts: DestructionFacts) -> list[str]:
    """Where it is, and whether it is to be kept as paper."""
    found = []
    if facts.state is OriginalState.REQUESTED:
        found.append("Das Papier ist angefordert.")
    elif facts.state not in (OriginalState.KEPT, OriginalState.LISTED, OriginalState.RELEASED):
        found.append(f"Das Papier liegt nicht in der Scan-Stelle ({facts.state.label}).")
    if facts.special is None:
        found.append("Ob das Original als Papier gebraucht wird, ist nicht entschieden.")
    elif facts.special:
        found.append("Das Original wird als Papier gebraucht (besonderes Poststück).")
    if facts.closed:
        found.append("Es ist verschlossene Post.")
    found += [f"Vernichtungssperre: {reason}" for reason in facts.holds]
    if facts.lock:
        found.append(facts.lock)
    return found


def _of_the_scan(facts: DestructionFacts) -> list[str]:
    """Whether the scan product can stand in for the paper, and is safe where it belongs."""
    found = []
    if facts.replaced_by:
        found.append(f"Der Scan ist durch den Nachscan {facts.replaced_by} ersetzt; dieser entscheidet.")
    if not facts.checked:
        found.append("Die Qualitätssicherung ist nicht abgeschlossen.")
    if not facts.balanced:
        found.append("Der Blattabgleich des Stapels ist offen.")
    if facts.unproven:
        found.append(facts.unproven)
    elif facts.filed_at is None:
        found.append("Das Schriftstück ist noch nicht abgelegt.")
    elif facts.backup_begun_at is None or facts.backup_begun_at <= facts.filed_at:
        found.append("Seit der Ablage ist keine Sicherung gelaufen.")
    return found


def _of_time(facts: DestructionFacts) -> list[str]:
    if facts.keep_days is None:
        return ["Für die Dokumentart ist keine Frist festgelegt; das Papier bleibt."]
    last = period_ends(facts.kept_from, facts.keep_days)
    return [f"Die Frist läuft bis {last:%d.%m.%Y}."] if facts.today <= last else []
