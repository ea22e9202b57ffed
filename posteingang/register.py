"""`posteingang register export`: the register of invoices for an audit, as a file that is whole or not there."""

import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pipelines.invoice.rebu.formats import Format
from schemas.errors import BadInput, os_reason

__all__ = ["register_app"]

register_app = typer.Typer(help="Rechnungseingangsbuch.", no_args_is_help=True)


@register_app.callback()
def register() -> None:
    """Rechnungseingangsbuch."""


@register_app.command("export")
def export(
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d", "%d.%m.%Y"], metavar="DATUM")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d", "%d.%m.%Y"], metavar="DATUM")],
    kind: Annotated[Format, typer.Option("--format", help="csv ist eine ZIP-Datei mit index.xml.")] = Format.CSV,
    legal_entity: Annotated[str, typer.Option("--legal-entity", metavar="MANDANT")] = "",
    out: Annotated[Path | None, typer.Option("--out", metavar="DATEI", help="Sonst im aktuellen Ordner.")] = None,
) -> None:
    """Gibt jede Rechnung mit Eingang in dieser Zeit heraus, mit allem, was dazu gehört."""
    if last < first:
        raise BadInput("--to liegt vor --from.", remedy="Bitte beide Tage prüfen.")
    from posteingang.installation import open_records

    open_records()
    from config.load import city
    from pipelines.invoice.rebu.document import Header
    from pipelines.invoice.rebu.formats import write
    from records.register_export import exported

    rules = city()
    if legal_entity and rules.invoice_register.entity(legal_entity) is None:
        known = ", ".join(entity.key for entity in rules.invoice_register.legal_entities)
        raise BadInput(f"Den Mandanten {legal_entity!r} gibt es nicht.", remedy=f"Bekannt: {known}.")
    header = Header(first.date(), last.date(), datetime.now(UTC), legal_entity)
    name = f"rechnungseingangsbuch-{header.first}-{header.last}{'-' if legal_entity else ''}{legal_entity}"
    target = out or Path(f"{name}.{kind.ending}")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".export-") as folder:
            pending = Path(folder) / "ausgabe"
            with pending.open("wb") as stream:
                entries = exported(header.first, header.last, legal_entity or None)
                trailer = write(kind, entries, stream, header, scratch=Path(folder), supplier=rules.organisation.city)
            pending.replace(target)
    except OSError as error:
        raise BadInput(f"{target}: {os_reason(error)}.", remedy="Bitte einen beschreibbaren Ordner nennen.") from None
    print(f"{target}: {trailer.count} Rechnung(en), SHA-256 der Einträge {trailer.sha256}.", file=sys.stderr)
