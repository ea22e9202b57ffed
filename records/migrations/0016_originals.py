import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0015_closed_mail"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="BackupRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("begun_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField()),
                ("name", models.CharField(max_length=255)),
                ("documents", models.PositiveBigIntegerField()),
                ("objects_held", models.PositiveBigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Original",
            fields=[
                (
                    "document",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="original",
                        serialize=False,
                        to="records.document",
                    ),
                ),
                ("box", models.CharField(db_index=True, max_length=100)),
                ("position", models.CharField(max_length=200)),
                ("scanned_on", models.DateField()),
                ("state", models.CharField(max_length=16)),
                ("state_since", models.DateTimeField()),
                ("version", models.PositiveIntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name="DestructionList",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("number", models.CharField(max_length=32, unique=True)),
                ("box", models.CharField(max_length=100)),
                ("state", models.CharField(max_length=16)),
                ("version", models.PositiveIntegerField(default=1)),
                ("procedure_version", models.PositiveIntegerField()),
                ("drawn_up_by", models.CharField(max_length=255)),
                ("drawn_up_at", models.DateTimeField()),
                ("released_by", models.CharField(blank=True, max_length=255)),
                ("released_at", models.DateTimeField(null=True)),
                ("carried_out_by", models.CharField(blank=True, max_length=255)),
                ("carried_out_at", models.DateTimeField(null=True)),
                ("discarded_by", models.CharField(blank=True, max_length=255)),
                ("discarded_at", models.DateTimeField(null=True)),
                ("discard_reason", models.TextField(blank=True)),
                (
                    "drawn_up_by_user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "released_by_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("office", models.CharField(max_length=100)),
                ("reason", models.TextField()),
                ("set_by", models.CharField(max_length=255)),
                ("set_at", models.DateTimeField()),
                ("lifted_by", models.CharField(blank=True, max_length=255)),
                ("lifted_at", models.DateTimeField(null=True)),
                ("lift_reason", models.TextField(blank=True)),
                (
                    "set_by_user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "original",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="holds", to="records.original"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RoutingSlip",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=32, unique=True)),
                ("unit", models.CharField(max_length=16)),
                ("instruction", models.TextField()),
                ("sent_by", models.CharField(max_length=255)),
                ("sent_at", models.DateTimeField()),
                ("receipt_due", models.DateField()),
                ("originals", models.ManyToManyField(related_name="slips", to="records.original")),
            ],
        ),
        migrations.AddField(
            model_name="original",
            name="slip",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.routingslip"
            ),
        ),
        migrations.CreateModel(
            name="DestructionApproval",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("office", models.CharField(max_length=32)),
                ("procedure_version", models.PositiveIntegerField()),
                ("reference", models.CharField(max_length=200)),
                ("dated", models.DateField()),
                ("person", models.CharField(max_length=255)),
                ("recorded_at", models.DateTimeField()),
                ("withdrawn_by", models.CharField(blank=True, max_length=255)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("withdrawn_reason", models.TextField(blank=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at", None)),
                        fields=("office", "procedure_version"),
                        name="one_approval_per_office",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ListFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField()),
                ("made_at", models.DateTimeField()),
                (
                    "content",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lists", to="records.storedobject"
                    ),
                ),
                (
                    "list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="files", to="records.destructionlist"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("list", "version"), name="one_file_per_list_version")],
            },
        ),
        migrations.CreateModel(
            name="ListItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("product_sha256", models.CharField(max_length=64)),
                ("taken_off_at", models.DateTimeField(null=True)),
                ("taken_off_reason", models.TextField(blank=True)),
                (
                    "list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="items", to="records.destructionlist"
                    ),
                ),
                (
                    "original",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="listed", to="records.original"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("taken_off_at", None)), fields=("original",), name="on_one_list_only"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="original",
            index=models.Index(fields=["state", "scanned_on"], name="records_ori_state_9105a1_idx"),
        ),
    ]
