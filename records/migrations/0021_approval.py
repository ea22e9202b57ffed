import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def appoint_all(apps, schema_editor):
    """Whoever has a role or a unit today: since their account exists, as far as anybody knows."""
    appointment = apps.get_model("records", "Appointment")
    users = apps.get_model(settings.AUTH_USER_MODEL).objects.filter(is_active=True)
    for user in users.prefetch_related("groups", "memberships"):
        roles = [{"role": group.name} for group in user.groups.all()]
        units = [{"unit": row.unit} for row in user.memberships.all()]
        appointment.objects.bulk_create(
            appointment(user=user, since=user.date_joined, **what) for what in (*roles, *units)
        )


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("records", "0020_register"),
    ]

    operations = [
        migrations.CreateModel(
            name="ActProof",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("data_sha256", models.CharField(blank=True, max_length=64)),
                ("assignments_sha256", models.CharField(blank=True, max_length=64)),
                ("creditor_sha256", models.CharField(blank=True, max_length=64)),
                ("verdict", models.CharField(blank=True, max_length=16)),
                ("signature", models.CharField(max_length=16)),
                ("limit", models.CharField(blank=True, max_length=255)),
                (
                    "act",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="proof", to="records.act"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AmountLimit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.TextField()),
                ("proposed_name", models.CharField(max_length=255)),
                ("proposed_at", models.DateTimeField()),
                ("outcome", models.CharField(blank=True, max_length=16)),
                ("decided_name", models.CharField(blank=True, max_length=255)),
                ("decided_at", models.DateTimeField(null=True)),
                ("kind", models.CharField(max_length=16)),
                ("name", models.CharField(blank=True, max_length=255)),
                ("unit", models.CharField(max_length=16, null=True)),
                ("most", models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="limits",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Appointment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("role", models.CharField(blank=True, max_length=32)),
                ("unit", models.CharField(blank=True, max_length=16)),
                ("since", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appointments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DeclaredConflict",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=255)),
                ("at", models.DateTimeField()),
                ("reason", models.TextField()),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="conflicts", to="records.document"
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
            name="LimitEnd",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.TextField()),
                ("proposed_name", models.CharField(max_length=255)),
                ("proposed_at", models.DateTimeField()),
                ("outcome", models.CharField(blank=True, max_length=16)),
                ("decided_name", models.CharField(blank=True, max_length=255)),
                ("decided_at", models.DateTimeField(null=True)),
                ("last_day", models.DateField()),
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
                    "limit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="ends", to="records.amountlimit"
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="amountlimit",
            index=models.Index(fields=["outcome", "kind"], name="limit_by_kind"),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)), fields=("user", "role", "unit"), name="one_running_appointment"
            ),
        ),
        migrations.AddConstraint(
            model_name="declaredconflict",
            constraint=models.UniqueConstraint(fields=("document", "user"), name="one_conflict_per_person"),
        ),
        migrations.AddConstraint(
            model_name="limitend",
            constraint=models.UniqueConstraint(
                condition=models.Q(("outcome", "refused"), _negated=True), fields=("limit",), name="one_end_per_limit"
            ),
        ),
        migrations.RunPython(appoint_all, migrations.RunPython.noop),
    ]
