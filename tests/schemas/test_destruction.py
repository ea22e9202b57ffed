"""When paper may be destroyed: every reason against it, one by one, and that nothing else stands against it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from schemas.destruction import DestructionFacts, Office, obstacles, period_ends
from schemas.originals import OriginalState

FILED = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
READY = DestructionFacts(
    state=OriginalState.KEPT,
    special=False,
    closed=False,
    replaced_by="",
    checked=True,
    unproven="",
    filed_at=FILED,
    backup_begun_at=FILED + timedelta(hours=12),
    kept_from=date(2026, 5, 4),
    keep_days=180,
    today=date(2026, 11, 1),
    holds=(),
    lock="",
    balanced=True,
    procedure_version=3,
    missing_offices=(),
)


def test_where_nothing_stands_against_it_paper_may_go() -> None:
    assert obstacles(READY) == ()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"procedure_version": None}, "Es ist keine Fassung des Scanverfahrens freigegeben."),
        (
            {"missing_offices": (Office.ARCHIVE,)},
            "Die Zustimmung zur Vernichtung fehlt für Fassung 3 des Scanverfahrens: Archiv.",
        ),
        ({"special": True}, "Das Original wird als Papier gebraucht (besonderes Poststück)."),
        ({"special": None}, "Ob das Original als Papier gebraucht wird, ist nicht entschieden."),
        ({"closed": True}, "Es ist verschlossene Post."),
        ({"holds": ("Archiv: Muster.",)}, "Vernichtungssperre: Archiv: Muster."),
        ({"lock": "Ohne Siegel."}, "Ohne Siegel."),
        (
            {"replaced_by": "PE-2026-000009"},
            "Der Scan ist durch den Nachscan PE-2026-000009 ersetzt; dieser entscheidet.",
        ),
        ({"checked": False}, "Die Qualitätssicherung ist nicht abgeschlossen."),
        ({"balanced": False}, "Der Blattabgleich des Stapels ist offen."),
        ({"unproven": "Es ist dem DMS-Import übergeben.", "filed_at": None}, "Es ist dem DMS-Import übergeben."),
        ({"filed_at": None}, "Das Schriftstück ist noch nicht abgelegt."),
        ({"backup_begun_at": None}, "Seit der Ablage ist keine Sicherung gelaufen."),
        ({"backup_begun_at": FILED}, "Seit der Ablage ist keine Sicherung gelaufen."),
        ({"keep_days": None}, "Für die Dokumentart ist keine Frist festgelegt; das Papier bleibt."),
        ({"keep_days": 365}, "Die Frist läuft bis 04.05.2027."),
    ],
)
def test_each_reason_by_itself_keeps_the_paper_and_says_why(changed: dict[str, Any], sentence: str) -> None:
    assert obstacles(replace(READY, **changed)) == (sentence,)


@pytest.mark.parametrize("state", OriginalState)
def test_only_paper_in_the_scan_office_may_go(state: OriginalState) -> None:
    there = state in (OriginalState.KEPT, OriginalState.LISTED, OriginalState.RELEASED)
    told = () if there else (f"Das Papier liegt nicht in der Scan-Stelle ({state.label}).",)
    if state is OriginalState.REQUESTED:
        told = ("Das Papier ist angefordert.",)
    assert obstacles(replace(READY, state=state)) == told


def test_every_office_that_is_missing_is_named() -> None:
    told = obstacles(replace(READY, missing_offices=tuple(Office)))
    assert [line.rpartition(": ")[2] for line in told] == ["Rechnungsprüfung.", "Rechtsamt.", "Archiv."]


def test_all_reasons_are_told_together() -> None:
    told = obstacles(replace(READY, special=True, checked=False, keep_days=None, holds=("A: eins.", "B: zwei.")))
    assert len(told) == 5


def test_the_period_is_over_on_the_day_after_its_last() -> None:
    last = period_ends(READY.kept_from, 180)
    assert last == date(2026, 10, 31)
    assert obstacles(replace(READY, today=last)) == ("Die Frist läuft bis 31.10.2026.",)
    assert obstacles(replace(READY, today=last + timedelta(days=1))) == ()


def test_times_without_a_zone_are_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        replace(READY, filed_at=datetime(2026, 5, 4, 10, 0))
