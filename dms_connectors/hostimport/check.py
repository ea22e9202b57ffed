"""What of dms.yaml a file import can use. It answers nothing, so its own fields cannot be compared."""

from config.dms_config import DmsMapping, PropertySource
from dms_connectors.hostimport.settings import HostimportSettings
from dms_connectors.port import CheckResult

__all__ = ["check"]

_DATES = range(50, 60)
_SEVERAL = range(60, 70)
_MONEY = range(70, 80)
_NUMBERS = range(80, 90)
_USUAL = {
    PropertySource.RECEIVED_ON: _DATES,
    PropertySource.DOCUMENT_DATE: _DATES,
    PropertySource.REFERENCES: _SEVERAL,
    PropertySource.AMOUNT: _MONEY,
    PropertySource.PAGE_COUNT: _NUMBERS,
}
_TEXT = range(1, 50)


def check(settings: HostimportSettings, rules: DmsMapping) -> tuple[CheckResult, ...]:
    """One line a property, one for dates, categories and the error folder. Field ranges as inferred: only a hint."""
    lines = [_field(source, key) for source, key in rules.properties.items()]
    dated = "%d." in rules.spelling.date
    lines.append(
        CheckResult(
            dated,
            "Schreibweise Datum",
            "TT.MM.JJJJ" if dated else "der Import kennt nur TT.MM.JJJJ oder TT.MM.JJ (dms.yaml: spelling.date)",
        )
    )
    lines += [
        CheckResult(None, f"Kategorie {category}", "der Import gibt keine Auskunft")
        for category in rules.document_categories
    ]
    if settings.errors is None:
        lines.append(CheckResult(False, "Fehlerordner", "nicht eingestellt (POSTEINGANG_HOSTIMPORT_ERRORS)"))
    elif not settings.errors.is_dir():
        lines.append(CheckResult(False, "Fehlerordner", f"{settings.errors} gibt es nicht"))
    return tuple(lines)


def _field(source: PropertySource, key: str) -> CheckResult:
    what, usual = f"Eigenschaft {source.label}", _USUAL.get(source, _TEXT)
    if not key.isdecimal():
        return CheckResult(False, what, f"„{key}“ ist keine Feldnummer")
    if int(key) not in usual:
        return CheckResult(
            None, what, f"Feld {key}; üblich sind {usual.start} bis {usual.stop - 1}, am System des Kunden prüfen"
        )
    return CheckResult(None, what, f"Feld {key}; der Import gibt keine Auskunft")
