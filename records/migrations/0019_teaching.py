import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0018_distribution"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="TrainingRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(unique=True)),
                ("begun_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("outcome", models.CharField(default="", max_length=16)),
                ("detail", models.TextField(default="")),
                ("lessons", models.PositiveIntegerField(default=0)),
                ("corrections", models.PositiveIntegerField(default=0)),
                ("held_back", models.PositiveIntegerField(default=0)),
                ("sha256", models.CharField(default="", max_length=64)),
                ("against", models.CharField(default="", max_length=64)),
                ("figures", models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name="Sender",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200)),
                ("address", models.CharField(blank=True, default="", max_length=300)),
                ("unit", models.CharField(max_length=16, null=True)),
                ("document_type", models.CharField(max_length=64, null=True)),
                ("unit_since", models.DateTimeField(null=True)),
                ("state", models.CharField(max_length=16)),
                ("origin", models.CharField(max_length=16)),
                ("several", models.BooleanField(default=False)),
                ("proposed_unit", models.CharField(max_length=16, null=True)),
                ("proposed_type", models.CharField(max_length=64, null=True)),
                ("proposed_letters", models.PositiveIntegerField(default=0)),
                ("proposed_share", models.FloatField(default=0)),
                ("refused_unit", models.CharField(max_length=16, null=True)),
                ("created_at", models.DateTimeField()),
                (
                    "merged_into",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="records.sender",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SenderChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=255)),
                ("what", models.TextField()),
                (
                    "sender",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="changes", to="records.sender"
                    ),
                ),
                (
                    "user",
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
            name="SenderMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=16)),
                ("value", models.CharField(max_length=200)),
                ("key", models.CharField(max_length=200)),
                (
                    "sender",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="marks", to="records.sender"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SenderSighting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "document",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sighting", to="records.document"
                    ),
                ),
                (
                    "sender",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="sightings",
                        to="records.sender",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ModelRelease",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(unique=True)),
                ("sha256", models.CharField(blank=True, default="", max_length=64)),
                ("reason", models.TextField()),
                ("asked_name", models.CharField(max_length=255)),
                ("asked_at", models.DateTimeField()),
                ("outcome", models.CharField(default="", max_length=16)),
                ("remark", models.TextField(default="")),
                ("decided_name", models.CharField(default="", max_length=255)),
                ("decided_at", models.DateTimeField(null=True)),
                ("previous", models.CharField(max_length=64)),
                ("link", models.CharField(default="", max_length=64)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="releases",
                        to="records.trainingrun",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="sender",
            index=models.Index(fields=["state", "name"], name="records_sen_state_0286a2_idx"),
        ),
        migrations.AddConstraint(
            model_name="sendermark",
            constraint=models.UniqueConstraint(fields=("kind", "key"), name="a_mark_tells_one_sender"),
        ),
    ]
