import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0021_approval"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="AccountCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seller", models.CharField(db_index=True, max_length=64)),
                ("iban", models.CharField(max_length=64)),
                ("confirmed", models.BooleanField()),
                ("way", models.CharField(max_length=255)),
                ("called_on", models.DateField()),
                ("spoken_to", models.CharField(max_length=255)),
                ("name", models.CharField(max_length=255)),
                ("at", models.DateTimeField()),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="account_checks",
                        to="records.document",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Assignment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("name", models.CharField(max_length=255)),
                ("at", models.DateTimeField()),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="assignments", to="records.document"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AssignmentLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.PositiveIntegerField()),
                ("fiscal_year", models.PositiveIntegerField()),
                ("product", models.CharField(max_length=64)),
                ("account", models.CharField(max_length=64)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("cost_center", models.CharField(blank=True, max_length=64)),
                ("cost_object", models.CharField(blank=True, max_length=64)),
                ("investment", models.CharField(blank=True, max_length=64)),
                ("commitment", models.CharField(blank=True, max_length=64)),
                ("tax_code", models.CharField(blank=True, max_length=32)),
                ("business_share", models.DecimalField(decimal_places=4, default=0, max_digits=5)),
                ("text", models.CharField(blank=True, max_length=255)),
                (
                    "assignment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="records.assignment"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CreditorRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("note", models.TextField(blank=True)),
                ("name", models.CharField(max_length=255)),
                ("at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("answer", models.CharField(blank=True, max_length=255)),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="creditor_requests",
                        to="records.document",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Deduction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=16)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("until", models.DateField(db_index=True)),
                ("reason", models.CharField(max_length=255)),
                ("name", models.CharField(max_length=255)),
                ("at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                ("settled_by", models.CharField(blank=True, max_length=255)),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="deductions", to="records.document"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="EnteredRate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rate", models.DecimalField(decimal_places=6, max_digits=18)),
                ("source", models.CharField(max_length=255)),
                ("rate_on", models.DateField()),
                ("name", models.CharField(max_length=255)),
                ("at", models.DateTimeField()),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rates", to="records.document"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="MasterDataImport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=32)),
                ("generation", models.PositiveIntegerField(null=True)),
                ("file_name", models.CharField(max_length=255)),
                ("sha256", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=255)),
                ("rows", models.PositiveIntegerField(default=0)),
                ("added", models.PositiveIntegerField(default=0)),
                ("changed", models.PositiveIntegerField(default=0)),
                ("ended", models.PositiveIntegerField(default=0)),
                ("awaits", models.BooleanField(default=False)),
                ("complaints", models.JSONField(default=list)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "generation"), name="one_import_per_generation")
                ],
            },
        ),
        migrations.CreateModel(
            name="MasterRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=32)),
                ("key", models.CharField(max_length=64)),
                ("name", models.CharField(max_length=255)),
                ("data", models.JSONField()),
                (
                    "since",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="begun", to="records.masterdataimport"
                    ),
                ),
                (
                    "until",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ended_here",
                        to="records.masterdataimport",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="MasterKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=16)),
                ("value", models.CharField(max_length=255)),
                (
                    "record",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="keys", to="records.masterrecord"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CreditorChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("basis", models.TextField()),
                ("name", models.CharField(max_length=255)),
                ("at", models.DateTimeField()),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="creditor_choices",
                        to="records.document",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "creditor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="chosen", to="records.masterrecord"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.UniqueConstraint(fields=("document", "number"), name="one_assignment_per_number"),
        ),
        migrations.AddIndex(
            model_name="assignmentline",
            index=models.Index(fields=["commitment"], name="records_ass_commitm_f1def5_idx"),
        ),
        migrations.AddConstraint(
            model_name="assignmentline",
            constraint=models.UniqueConstraint(fields=("assignment", "line"), name="one_assignment_line_per_number"),
        ),
        migrations.AddConstraint(
            model_name="creditorrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("answered_at__isnull", True)),
                fields=("document",),
                name="one_open_creditor_request",
            ),
        ),
        migrations.AddIndex(
            model_name="masterrecord",
            index=models.Index(fields=["kind", "key"], name="records_mas_kind_2e8781_idx"),
        ),
        migrations.AddIndex(
            model_name="masterrecord",
            index=models.Index(fields=["kind", "name"], name="records_mas_kind_170d1d_idx"),
        ),
        migrations.AddConstraint(
            model_name="masterrecord",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until__isnull", True)), fields=("kind", "key"), name="one_present_entry_per_key"
            ),
        ),
        migrations.AddIndex(
            model_name="masterkey",
            index=models.Index(fields=["kind", "value"], name="records_mas_kind_74c50a_idx"),
        ),
        migrations.AddConstraint(
            model_name="creditorchoice",
            constraint=models.UniqueConstraint(fields=("document", "number"), name="one_creditor_choice_per_number"),
        ),
    ]
