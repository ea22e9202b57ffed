import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0014_quality")]

    operations = [
        migrations.AddField("storedobject", "condemned_at", models.DateTimeField(null=True)),
        migrations.AddField("storedobject", "erased_at", models.DateTimeField(null=True)),
        migrations.CreateModel(
            name="RemovedFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("role", models.CharField(max_length=32)),
                ("removed_at", models.DateTimeField()),
                ("reason", models.TextField()),
                ("asked_by", models.CharField(blank=True, max_length=255)),
                ("confirmed_by", models.CharField(blank=True, max_length=255)),
                (
                    "content",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="removals",
                        to="records.storedobject",
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="removed_files",
                        to="records.document",
                    ),
                ),
            ],
        ),
    ]
