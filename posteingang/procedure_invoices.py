"""What `procedure export` says of invoices: their settings, limits of amount, who has which role, and rule packs."""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import datetime

from config.city_files import CityFiles
from posteingang.packs import listed
from schemas.german_time import day_in_germany, moment_in_germany

__all__ = ["invoice_files"]

_SETTINGS = ("accounting.yaml", "approval.yaml", "finance.yaml", "invoices.yaml", "legal_entities.yaml")
_LIMITS = ("Handlung", "Person", "Einheit", "höchstens Euro", "von", "bis", "Stand", "vorgeschlagen von",
           "vorgeschlagen am", "entschieden von", "entschieden am", "Grund")  # fmt: skip
_STANDINGS = {"": "wartet", "approved": "freigegeben", "refused": "abgelehnt"}


def invoice_files(city: CityFiles, now: datetime) -> Mapping[str, str]:
    """Text of each file by its name, as things are now; tables as CSV with semicolons."""
    packs = "\n".join(listed(day_in_germany(now))) or "Kein Paket installiert; es gelten die mitgelieferten Regeln."
    return {name: city.text(name) for name in _SETTINGS if city.has(name)} | {
        "betragsgrenzen.csv": _table(_LIMITS, _limits()),
        "rollen.csv": _table(("Person", "Konto", "Rolle", "Einheit", "seit", "bis"), _appointments()),
        "regelpakete.txt": packs + "\n",
    }


def _limits() -> Iterable[tuple[object, ...]]:
    """Every limit with who proposed and who approved it; a limit that was ended has a row for its end."""
    from records.models import AmountLimit

    for row in AmountLimit.objects.prefetch_related("ends").order_by("pk"):
        for limit_or_end, last in ((row, row.valid_to), *((end, end.last_day) for end in row.ends.all())):
            yield (
                row.kind,
                row.name or "alle der Einheit",
                row.unit or "jede",
                "ohne Grenze" if row.most is None else row.most,
                row.valid_from,
                last,
                _STANDINGS[limit_or_end.outcome],
                limit_or_end.proposed_name,
                moment_in_germany(limit_or_end.proposed_at),
                limit_or_end.decided_name,
                moment_in_germany(limit_or_end.decided_at) if limit_or_end.decided_at else "",
                limit_or_end.reason,
            )


def _appointments() -> Iterable[tuple[object, ...]]:
    from records.models import Appointment

    for row in Appointment.objects.select_related("user").order_by("since", "pk"):
        ended = moment_in_germany(row.ended_at) if row.ended_at else ""
        account = row.user.get_username()
        yield row.user.get_full_name() or account, account, row.role, row.unit, moment_in_germany(row.since), ended


def _table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    text = io.StringIO()
    table = csv.writer(text, delimiter=";", lineterminator="\n")
    table.writerow(head)
    table.writerows(rows)
    return text.getvalue()
