import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0012_batch_facts"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="ProcedureVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(unique=True)),
                ("files", models.JSONField()),
                ("sha256", models.CharField(max_length=64)),
                ("reason", models.TextField()),
                ("proposed_name", models.CharField(max_length=255)),
                ("proposed_at", models.DateTimeField()),
                ("outcome", models.CharField(default="", max_length=16)),
                ("remark", models.TextField(default="")),
                ("decided_name", models.CharField(default="", max_length=255)),
                ("decided_at", models.DateTimeField(null=True)),
                ("previous", models.CharField(max_length=64)),
                ("link", models.CharField(default="", max_length=64)),
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
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposals",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
    ]
