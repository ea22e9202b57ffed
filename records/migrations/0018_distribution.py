import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0017_recognised"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="Deputy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("unit", models.CharField(max_length=16)),
                ("kind", models.CharField(max_length=16)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField()),
                ("limit", models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ("reason", models.TextField()),
                ("granted_by", models.CharField(max_length=255)),
                ("granted_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                ("revoked_by", models.CharField(blank=True, max_length=255)),
                ("revoke_reason", models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name="HandOver",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("unit", models.CharField(max_length=16)),
                ("unit_name", models.CharField(max_length=255)),
                ("target_id", models.CharField(max_length=255)),
                ("handed_over_at", models.DateTimeField()),
                ("taken_at", models.DateTimeField(null=True)),
                ("taken_by", models.CharField(blank=True, max_length=255)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_why", models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name="MailCopy",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("unit", models.CharField(max_length=16)),
                ("unit_name", models.CharField(max_length=255)),
                ("asked_at", models.DateTimeField()),
                ("asked_by", models.CharField(max_length=255)),
                ("state", models.CharField(max_length=16)),
                ("in_tray", models.BooleanField(null=True)),
                ("target_id", models.CharField(blank=True, max_length=255)),
                ("delivered_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("withdrawn_by", models.CharField(blank=True, max_length=255)),
                ("withdrawn_why", models.TextField(blank=True)),
                ("problem", models.TextField(blank=True)),
                ("unclear_since", models.DateTimeField(null=True)),
                ("calls", models.PositiveIntegerField(default=0)),
                ("next_attempt_at", models.DateTimeField(null=True)),
                ("lease_token", models.UUIDField(null=True)),
                ("lease_until", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Misdirection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_unit", models.CharField(blank=True, max_length=16)),
                ("to_unit", models.CharField(blank=True, max_length=16)),
                ("document_type", models.CharField(blank=True, max_length=64)),
                ("cause", models.CharField(max_length=64)),
                ("evidence", models.CharField(blank=True, max_length=16)),
                ("model", models.CharField(blank=True, max_length=64)),
                ("by_rule", models.BooleanField()),
            ],
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("occasion", models.CharField(max_length=16)),
                ("since", models.DateTimeField()),
                ("level", models.PositiveSmallIntegerField()),
                ("unit", models.CharField(blank=True, max_length=16)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="TrayList",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("number", models.CharField(max_length=32, unique=True)),
                ("unit", models.CharField(max_length=16)),
                ("unit_name", models.CharField(max_length=255)),
                ("day", models.DateField()),
                ("drawn_up_at", models.DateTimeField()),
                ("drawn_up_by", models.CharField(max_length=255)),
            ],
        ),
        migrations.AddField(
            model_name="act",
            name="in_place_of",
            field=models.CharField(blank=True, default="", max_length=255),
        ),
        migrations.AddField(
            model_name="deputy",
            name="deputy",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="stands_in", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="deputy",
            name="granted_by_user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="deputy",
            name="principal",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="document",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="hand_overs", to="records.document"
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="taken_by_user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="mailcopy",
            name="asked_by_user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="mailcopy",
            name="document",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="copies", to="records.document"
            ),
        ),
        migrations.AddField(
            model_name="misdirection",
            name="act",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="misdirection", to="records.act"
            ),
        ),
        migrations.AddField(
            model_name="reminder",
            name="document",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="reminders", to="records.document"
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="lists",
            field=models.ManyToManyField(related_name="hand_overs", to="records.traylist"),
        ),
        migrations.AddIndex(
            model_name="deputy",
            index=models.Index(fields=["deputy", "valid_from", "valid_to"], name="deputy_by_day"),
        ),
        migrations.AddConstraint(
            model_name="mailcopy",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at", None)), fields=("document", "unit"), name="one_copy_per_unit"
            ),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.UniqueConstraint(
                fields=("document", "occasion", "since", "level"), name="one_reminder_per_level"
            ),
        ),
        migrations.AddIndex(
            model_name="handover",
            index=models.Index(fields=["unit", "taken_at"], name="hand_over_open"),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)), fields=("document",), name="one_live_hand_over"
            ),
        ),
    ]
