import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("records", "0016_originals"),
    ]

    operations = [
        migrations.CreateModel(
            name="Deadline",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("page", models.PositiveIntegerField(null=True)),
                ("line", models.PositiveIntegerField(null=True)),
                ("left", models.FloatField(null=True)),
                ("top", models.FloatField(null=True)),
                ("right", models.FloatField(null=True)),
                ("bottom", models.FloatField(null=True)),
                ("ends_on", models.DateField()),
                ("warn_on", models.DateField()),
                ("proposed_on", models.DateField(null=True)),
                ("basis", models.TextField()),
                ("state", models.CharField(max_length=16)),
                ("added_by", models.CharField(blank=True, max_length=255)),
                ("added_at", models.DateTimeField()),
                ("decided_by", models.CharField(blank=True, max_length=255)),
                ("decided_at", models.DateTimeField(null=True)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name="FoundValue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("page", models.PositiveIntegerField(null=True)),
                ("line", models.PositiveIntegerField(null=True)),
                ("left", models.FloatField(null=True)),
                ("top", models.FloatField(null=True)),
                ("right", models.FloatField(null=True)),
                ("bottom", models.FloatField(null=True)),
                ("reading", models.PositiveIntegerField()),
                ("kind", models.CharField(max_length=64)),
                ("proposed", models.CharField(max_length=255)),
                ("value", models.CharField(max_length=255)),
                ("folded", models.CharField(max_length=255)),
                ("confidence", models.FloatField()),
                ("zone", models.CharField(max_length=16)),
                ("state", models.CharField(max_length=16)),
                ("decided_by", models.CharField(blank=True, max_length=255)),
                ("decided_at", models.DateTimeField(null=True)),
                ("replaced_at", models.DateTimeField(null=True)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name="Reading",
            fields=[
                (
                    "document",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="reading",
                        serialize=False,
                        to="records.document",
                    ),
                ),
                ("number", models.PositiveIntegerField(default=1)),
                ("read_at", models.DateTimeField()),
                ("language", models.CharField(max_length=8, null=True)),
                ("dunning", models.BooleanField(default=False)),
                ("advertising", models.BooleanField(default=False)),
                ("evidence", models.CharField(max_length=16)),
                ("model", models.CharField(blank=True, max_length=64)),
                ("invoice", models.JSONField(null=True)),
                ("digest", models.CharField(max_length=64)),
            ],
        ),
        migrations.AddField(
            model_name="deadline",
            name="decided_by_user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="deadline",
            name="document",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="deadlines", to="records.document"
            ),
        ),
        migrations.AddField(
            model_name="foundvalue",
            name="decided_by_user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="foundvalue",
            name="document",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="found_values", to="records.document"
            ),
        ),
        migrations.AddIndex(
            model_name="deadline",
            index=models.Index(fields=["state", "ends_on"], name="deadlines_by_state"),
        ),
        migrations.AddIndex(
            model_name="deadline",
            index=models.Index(fields=["ends_on", "id"], name="letters_deadlines_by_day"),
        ),
        migrations.AddIndex(
            model_name="foundvalue",
            index=models.Index(
                condition=models.Q(("replaced_at", None)), fields=["kind", "folded"], name="values_by_kind"
            ),
        ),
    ]
