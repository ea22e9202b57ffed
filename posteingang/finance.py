"""The hand-over to the finance system on the command line."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from posteingang.installation import open_records
from schemas.errors import BadInput

__all__ = ["finance_app"]

finance_app = typer.Typer(help="Übergabe an das Finanzwesen.", no_args_is_help=True)


@finance_app.command("export")
def finance_export() -> None:
    """Übergibt jetzt, was freigegeben ist, und schreibt, was noch nicht sicher geschrieben ist."""
    settings = open_records()
    from config.load import city
    from workers.finance import hand_over
    from workers.targets import object_store

    rules = city()
    if rules.finance.handover == "none":
        raise BadInput("Die Übergabe ist nicht eingerichtet.", remedy="handover: files in finance.yaml setzen.")
    numbers = hand_over(settings, rules, object_store(), datetime.now(UTC))
    print("\n".join(f"Übergeben: {number}" for number in numbers) or "Nichts wartet auf eine Übergabe.")


@finance_app.command("receipts")
def finance_receipts() -> None:
    """Übernimmt jetzt die Quittungen. 1: eine wurde nicht übernommen."""
    settings = open_records()
    from workers.finance import take_receipts
    from workers.targets import object_store

    taken, refused = take_receipts(settings, object_store(), datetime.now(UTC))
    print(f"Übernommen: {taken}, nicht übernommen: {refused}.")
    if refused:
        print(f"Berichte: {settings.finance_in / 'abgelehnt'}")
        raise typer.Exit(1)


@finance_app.command("status")
def finance_status(as_json: Annotated[bool, typer.Option("--json", help="Ausgabe als JSON.")] = False) -> None:
    """Zeigt, was wartet, welche Übergaben ohne Antwort sind und welche Quittungen nicht übernommen wurden."""
    open_records()
    found = _standing()
    if as_json:
        from posteingang.cli import print_json

        print_json(found)
        return
    print(f"Warten auf Übergabe: {found['waiting']}")
    print(f"Noch nicht sicher geschrieben: {', '.join(found['unwritten']) or 'keine'}")
    print(f"Ohne Antwort seit mehr als {found['days']} Tagen: {', '.join(found['unanswered']) or 'keine'}")
    print(f"Nicht übernommene Quittungen: {found['refused']}")
    print(f"Meldungen, die nicht zusammenpassen: {found['disputed']}")


def _standing() -> dict[str, Any]:
    from config.load import city
    from records.finance import waiting
    from records.finance_receipts import unanswered
    from records.models import FinanceBatch, FinanceReceipt, ReceiptFile

    days = city().finance.export.receipts_after_days
    return {
        "waiting": waiting(),
        "unwritten": list(FinanceBatch.objects.filter(written_at=None).values_list("number", flat=True)),
        "days": days,
        "unanswered": [batch.number for batch in unanswered(datetime.now(UTC), days)],
        "refused": ReceiptFile.objects.filter(accepted=False).count(),
        "disputed": FinanceReceipt.objects.filter(disputed=True).count(),
    }
