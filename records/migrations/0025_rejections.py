import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0024_paper_invoices"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RejectionLetter",
            fields=[
                (
                    "document",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="rejection_letter",
                        serialize=False,
                        to="records.document",
                    ),
                ),
                ("subject", models.CharField(max_length=200)),
                ("text", models.TextField()),
                ("recipient", models.TextField(blank=True)),
                ("saved_at", models.DateTimeField()),
                ("name", models.CharField(max_length=255)),
                ("released_at", models.DateTimeField(null=True)),
                ("way", models.CharField(blank=True, max_length=8)),
                ("mail", models.CharField(blank=True, max_length=254)),
                ("message_id", models.CharField(blank=True, max_length=255)),
                ("sent_at", models.DateTimeField(null=True)),
                ("tries", models.PositiveIntegerField(default=0)),
                ("next_try_at", models.DateTimeField(null=True)),
                ("refused", models.BooleanField(default=False)),
                ("problem", models.TextField(blank=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["way", "sent_at", "next_try_at"], name="rejection_letters_due")],
            },
        ),
    ]
