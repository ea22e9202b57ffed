"""Invoices on paper: what was read, what was confirmed. Until a person has confirmed it, an entry holds what was read;
from then on the guard of the register holds as for every other entry.
"""

import importlib

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

register = importlib.import_module("records.migrations.0020_register")

TABLE, NAME = "records_registerentry", "records_register_update"
PAPER = "Papier oder PDF, abgelesen"
FIXED = ("number", "document_id", "legal_entity", "entered_at", "received_at", "syntax")


def loosen(apps, schema_editor):
    """What was read gives way to what a person confirms, once; number, document and times never change."""
    postgres = schema_editor.connection.vendor == "postgresql"
    differs = "IS DISTINCT FROM" if postgres else "IS NOT"
    fixed = " OR ".join(f"OLD.{name} {differs} NEW.{name}" for name in FIXED)
    others = " OR ".join(f"OLD.{name} {differs} NEW.{name}" for name in register.KEPT if name not in FIXED)
    open_still = f"OLD.confirmed_at IS NULL AND OLD.syntax = '{PAPER}'"
    twice = f"OLD.confirmed_at IS NOT NULL AND OLD.confirmed_at {differs} NEW.confirmed_at"
    changed = f"({fixed}) OR (({others}) AND NOT ({open_still})) OR ({twice})"
    _replaced(schema_editor, changed)


def restore(apps, schema_editor):
    differs = "IS DISTINCT FROM" if schema_editor.connection.vendor == "postgresql" else "IS NOT"
    _replaced(schema_editor, " OR ".join(f"OLD.{name} {differs} NEW.{name}" for name in register.KEPT))


def _replaced(schema_editor, changed):
    when = f"BEFORE UPDATE ON {TABLE} FOR EACH ROW WHEN ({changed})"
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP TRIGGER {NAME} ON {TABLE}")
        schema_editor.execute(f"CREATE TRIGGER {NAME} {when} EXECUTE FUNCTION records_register_kept()")
        return
    schema_editor.execute(f"DROP TRIGGER {NAME}")
    schema_editor.execute(f"CREATE TRIGGER {NAME} {when} BEGIN SELECT RAISE(ABORT, '{register.SAID}'); END")


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0023_finance"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PaperInvoiceData",
            fields=[
                (
                    "document",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="paper_invoice",
                        serialize=False,
                        to="records.document",
                    ),
                ),
                ("read", models.JSONField()),
                ("proven", models.JSONField(default=list)),
                ("confirmed", models.JSONField(null=True)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("name", models.CharField(blank=True, max_length=255)),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="confirmed_invoices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="registerentry",
            name="confirmed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="registerentry",
            name="no_invoice_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunPython(loosen, restore),
    ]
