import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def _name_what_was_cut_out(apps, _):
    """What was cut out before has the name of its own file."""
    documents = apps.get_model("records", "Document").objects.filter(ordinal__gt=1)
    for document in documents.prefetch_related("files").iterator(500):
        document.name = next((file.name for file in document.files.all() if file.role == "original"), "")
        document.save(update_fields=["name"])


def _batch(name, field):
    return migrations.AddField(model_name="batch", name=name, field=field)


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0011_batches"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("document", "name", models.CharField(blank=True, default="", max_length=1024)),
        migrations.AddField("document", "doubt", models.TextField(null=True)),
        migrations.AddField("document", "cut_at", models.JSONField(default=list)),
        migrations.RunPython(_name_what_was_cut_out, migrations.RunPython.noop),
        _batch("operator", models.CharField(default="", max_length=200)),
        _batch("operator_id", models.CharField(db_index=True, default="", max_length=64)),
        _batch("scanner", models.CharField(default="", max_length=200)),
        _batch("workstation", models.CharField(default="", max_length=200)),
        _batch("profile", models.CharField(default="", max_length=100)),
        _batch("box", models.CharField(db_index=True, default="", max_length=64)),
        _batch("duplex", models.BooleanField(null=True)),
        _batch("sheets_expected", models.PositiveIntegerField(null=True)),
        _batch("documents_expected", models.PositiveIntegerField(null=True)),
        _batch("scanned_at", models.DateTimeField(null=True)),
        _batch("unknown", models.JSONField(default=list)),
        migrations.CreateModel(
            name="BatchCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sheets", models.PositiveIntegerField()),
                ("duplex", models.BooleanField()),
                ("name", models.CharField(max_length=255)),
                ("at", models.DateTimeField()),
                ("reason", models.TextField(blank=True)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="counts", to="records.batch"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="batch_counts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
    ]
