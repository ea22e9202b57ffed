import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0022_master_data"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="KeptTerms",
            fields=[
                (
                    "document",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="payment_terms",
                        serialize=False,
                        to="records.document",
                    ),
                ),
                ("due_on", models.DateField(null=True)),
                ("act_by", models.DateField(null=True)),
                ("default_from", models.DateField(null=True)),
                ("terms", models.JSONField()),
                ("computed_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="FinanceBatch",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("number", models.CharField(max_length=32, unique=True)),
                ("created_at", models.DateTimeField()),
                ("count", models.PositiveIntegerField()),
                ("total", models.DecimalField(decimal_places=2, max_digits=18)),
                ("currency", models.CharField(blank=True, max_length=16)),
                ("sha256", models.CharField(max_length=64)),
                ("placed_at", models.DateTimeField(null=True)),
                ("written_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["written_at"], name="finance_batches_open")],
            },
        ),
        migrations.CreateModel(
            name="FinanceItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=32)),
                ("version", models.PositiveIntegerField()),
                ("amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("currency", models.CharField(max_length=16)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="items", to="records.financebatch"
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="finance_items", to="records.document"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=200, unique=True)),
                ("unit", models.CharField(max_length=16, null=True)),
                ("roles", models.JSONField(default=list)),
                ("subject", models.CharField(max_length=200)),
                ("text", models.TextField()),
                ("created_at", models.DateTimeField()),
                ("mailed_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["mailed_at", "created_at"], name="notices_open")],
            },
        ),
        migrations.CreateModel(
            name="NoticeMail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("message_id", models.CharField(max_length=255, unique=True)),
                ("address", models.CharField(max_length=254)),
                ("composed_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("tries", models.PositiveIntegerField(default=0)),
                ("next_try_at", models.DateTimeField(null=True)),
                ("refused", models.BooleanField(default=False)),
                ("problem", models.TextField(blank=True)),
                ("notices", models.ManyToManyField(related_name="mails", to="records.notice")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notice_mails",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PaymentDeadline",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ordinal", models.PositiveIntegerField()),
                ("kind", models.CharField(max_length=16)),
                ("after", models.DateField()),
                ("until", models.DateField()),
                ("act_by", models.DateField()),
                ("last_day", models.DateField()),
                ("amount", models.DecimalField(decimal_places=2, max_digits=18)),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payment_deadlines",
                        to="records.document",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReceiptFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("name", models.CharField(max_length=255)),
                ("taken_at", models.DateTimeField()),
                ("accepted", models.BooleanField()),
                ("problem", models.TextField(blank=True)),
                (
                    "content",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipt_files",
                        to="records.storedobject",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FinanceReceipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=16)),
                ("reference", models.CharField(blank=True, max_length=64)),
                ("on", models.DateField()),
                ("reason", models.TextField(blank=True)),
                ("received_at", models.DateTimeField()),
                ("moved_to", models.CharField(blank=True, max_length=32)),
                ("outcome", models.TextField(blank=True)),
                ("disputed", models.BooleanField(default=False)),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="receipts", to="records.financeitem"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="receipts", to="records.receiptfile"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FinanceFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ordinal", models.PositiveIntegerField()),
                ("name", models.CharField(max_length=255)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="files", to="records.financebatch"
                    ),
                ),
                (
                    "content",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handed_over",
                        to="records.storedobject",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("batch", "name"), name="one_file_per_batch_and_name")],
            },
        ),
        migrations.AddConstraint(
            model_name="financeitem",
            constraint=models.UniqueConstraint(
                fields=("document", "version"), name="one_item_per_document_and_version"
            ),
        ),
        migrations.AddConstraint(
            model_name="financeitem",
            constraint=models.UniqueConstraint(fields=("number", "version"), name="one_item_per_number_and_version"),
        ),
        migrations.AddIndex(
            model_name="noticemail",
            index=models.Index(fields=["sent_at", "refused", "next_try_at"], name="notice_mails_due"),
        ),
        migrations.AddIndex(
            model_name="paymentdeadline",
            index=models.Index(fields=["act_by", "document"], name="deadlines_by_day"),
        ),
        migrations.AddConstraint(
            model_name="paymentdeadline",
            constraint=models.UniqueConstraint(fields=("document", "ordinal"), name="one_deadline_per_ordinal"),
        ),
        migrations.AddConstraint(
            model_name="financereceipt",
            constraint=models.UniqueConstraint(fields=("item", "kind"), name="one_receipt_per_item_and_kind"),
        ),
    ]
