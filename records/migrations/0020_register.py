"""Everything the register needs for an audit. What was received is kept by the database itself.

Triggers refuse to change or delete it. SQLite makes a table anew, and loses its triggers, when a column is altered: a
later migration that alters records_registerentry, records_registerreceived or records_registercorrection has to
drop them before and create them after.
"""

import datetime
from decimal import Decimal

import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

KEPT = (
    "number",
    "document_id",
    "legal_entity",
    "entered_at",
    "received_at",
    "number_key",
    "seller_key",
    "syntax",
    "profile",
    "invoice_number",
    "issued_on",
    "type_code",
    "currency",
    "net",
    "tax",
    "gross",
    "payable",
    "due_on",
    "buyer_reference",
    "order_reference",
    "seller_name",
    "seller_vat_id",
    "seller_tax_number",
    "account",
)
ONCE = ("records_registerreceived", "records_registercorrection")
SAID = "Das Rechnungseingangsbuch wird nicht geaendert und nicht geloescht; Berichtigungen sind neue Eintraege."


def create_triggers(apps, schema_editor):
    """The guard in the words of each database."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE FUNCTION records_register_kept() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION USING MESSAGE = '{SAID}', ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        changed = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in KEPT)
        for name, when, table in _triggers(changed):
            schema_editor.execute(
                f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION records_register_kept()"
            )
        return
    changed = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in KEPT)
    for name, when, table in _triggers(changed):
        schema_editor.execute(f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, '{SAID}'); END")


def drop_triggers(apps, schema_editor):
    postgres = schema_editor.connection.vendor == "postgresql"
    for name, _, table in _triggers("TRUE"):
        schema_editor.execute(f"DROP TRIGGER {name} ON {table}" if postgres else f"DROP TRIGGER {name}")
    if postgres:
        schema_editor.execute("DROP FUNCTION records_register_kept()")


def _triggers(changed):
    """(name, when, table) of every trigger."""
    table = "records_registerentry"
    yield "records_register_update", f"BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({changed})", table
    yield "records_register_delete", f"BEFORE DELETE ON {table} FOR EACH ROW", table
    for once in ONCE:
        yield f"{once}_update", f"BEFORE UPDATE ON {once} FOR EACH ROW", once
        yield f"{once}_delete", f"BEFORE DELETE ON {once} FOR EACH ROW", once


RECEIVED_AT = (
    "UPDATE records_registerentry SET received_at = (SELECT i.received_at FROM records_document d "
    "JOIN records_intake i ON i.claim_id = d.intake_id WHERE d.id = records_registerentry.document_id)"
)


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0019_teaching"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="document",
            index=models.Index(fields=["unit", "state"], name="documents_of_unit"),
        ),
        migrations.AddField(
            model_name="document", name="invoice_number_key", field=models.CharField(max_length=64, null=True)
        ),
        migrations.AddField(
            model_name="registerentry", name="legal_entity", field=models.CharField(default="stadt", max_length=32)
        ),
        migrations.AddField(model_name="registerentry", name="received_at", field=models.DateTimeField(null=True)),
        migrations.AddField(
            model_name="registerentry", name="seller_key", field=models.CharField(max_length=64, null=True)
        ),
        migrations.RunSQL(RECEIVED_AT, migrations.RunSQL.noop),
        migrations.AddField(
            model_name="registerentry",
            name="due_sorted",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.comparison.Coalesce("due_on", datetime.date(9999, 12, 31)),
                output_field=models.DateField(),
            ),
        ),
        migrations.AddField(
            model_name="registerentry",
            name="amount_sorted",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.comparison.Coalesce("payable", Decimal("0")),
                output_field=models.DecimalField(decimal_places=4, max_digits=18),
            ),
        ),
        migrations.AddField(
            model_name="registerentry",
            name="seller_sorted",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.text.Lower(
                    django.db.models.functions.comparison.Coalesce("seller_name", models.Value(""))
                ),
                output_field=models.CharField(max_length=255),
            ),
        ),
        migrations.AddIndex(
            model_name="registerentry",
            index=models.Index(fields=["due_sorted", "id"], name="register_by_due"),
        ),
        migrations.AddIndex(
            model_name="registerentry",
            index=models.Index(fields=["amount_sorted", "id"], name="register_by_amount"),
        ),
        migrations.AddIndex(
            model_name="registerentry",
            index=models.Index(fields=["seller_sorted", "id"], name="register_by_seller"),
        ),
        migrations.AddIndex(
            model_name="registerentry",
            index=models.Index(fields=["received_at"], name="register_by_receipt"),
        ),
        migrations.AddIndex(
            model_name="registerentry",
            index=models.Index(fields=["verdict", "id"], name="register_by_verdict"),
        ),
        migrations.AddIndex(
            model_name="registerentry",
            index=models.Index(fields=["legal_entity", "id"], name="register_by_entity"),
        ),
        migrations.AddIndex(
            model_name="registerentry",
            index=models.Index(fields=["seller_key", "issued_on"], name="register_same_seller"),
        ),
        migrations.AddIndex(
            model_name="registerentry",
            index=models.Index(fields=["order_reference"], name="register_same_order"),
        ),
        migrations.AddIndex(
            model_name="registerentry",
            index=models.Index(fields=["account", "gross"], name="register_same_account"),
        ),
        migrations.CreateModel(
            name="RegisterReceived",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="received",
                        serialize=False,
                        to="records.registerentry",
                    ),
                ),
                ("text", models.TextField()),
                ("sha256", models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="RegisterCorrection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("field", models.CharField(max_length=32)),
                ("before", models.CharField(blank=True, max_length=255)),
                ("after", models.CharField(blank=True, max_length=255)),
                ("reason", models.TextField()),
                ("name", models.CharField(max_length=255)),
                ("entry", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="corrections", to="records.registerentry")),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="register_corrections", to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name="Likeness",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=32)),
                ("found_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("duplicate", models.BooleanField(null=True)),
                ("reason", models.TextField(blank=True)),
                ("name", models.CharField(blank=True, max_length=255)),
                ("entry", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="likenesses", to="records.registerentry")),
                ("other", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="later_likenesses", to="records.registerentry")),
                ("user", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="judged_likenesses", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("entry", "other", "kind"), name="one_likeness_per_kind")
                ],
            },
        ),
        migrations.CreateModel(
            name="Announcement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1)),
                ("told", models.CharField(db_index=True, max_length=16)),
                ("written_at", models.DateTimeField(null=True)),
                ("status", models.CharField(blank=True, max_length=16)),
                ("leading_number", models.CharField(blank=True, max_length=64)),
                ("message", models.CharField(blank=True, max_length=500)),
                ("answered_at", models.DateTimeField(null=True)),
                ("answer", models.CharField(blank=True, max_length=64)),
                ("entry", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="announcement", to="records.registerentry")),
            ],
        ),
        migrations.RunPython(create_triggers, drop_triggers),
    ]
