import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0013_procedure'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FullCheckOrder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('inbox', models.CharField(max_length=64)),
                ('since', models.DateTimeField()),
                ('reason', models.TextField()),
                ('lifted_at', models.DateTimeField(null=True)),
                ('lifted_name', models.CharField(blank=True, max_length=255)),
                ('lift_reason', models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name='Judgement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('verdict', models.CharField(max_length=16)),
                ('reason', models.TextField(blank=True)),
                ('pages', models.CharField(blank=True, max_length=200)),
                ('name', models.CharField(max_length=255)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Lot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('inbox', models.CharField(max_length=64)),
                ('day', models.DateField()),
                ('number', models.PositiveIntegerField(default=1)),
                ('state', models.CharField(max_length=16)),
                ('state_since', models.DateTimeField()),
                ('seed', models.CharField(blank=True, max_length=32)),
                ('procedure_version', models.CharField(blank=True, max_length=32)),
                ('whole', models.TextField(blank=True)),
                ('drawn_at', models.DateTimeField(null=True)),
                ('drawn_by', models.CharField(blank=True, max_length=255)),
                ('passed_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='LotDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('drawn', models.BooleanField(null=True)),
                ('rule', models.TextField(blank=True)),
                ('four_eyes', models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name='NoteAnnex',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField()),
                ('kind', models.CharField(max_length=32)),
                ('statement', models.TextField()),
                ('details', models.JSONField(default=dict)),
                ('person_mark', models.CharField(max_length=150)),
                ('person', models.CharField(max_length=255)),
                ('at', models.DateTimeField()),
                ('made_at', models.DateTimeField(null=True)),
                ('next_attempt_at', models.DateTimeField(null=True)),
                ('problem', models.TextField(blank=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='documentfile',
            name='one_file_per_role',
        ),
        migrations.AddField(
            model_name='document',
            name='replaces',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='records.document'),
        ),
        migrations.AddField(
            model_name='documentfile',
            name='number',
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddConstraint(
            model_name='documentfile',
            constraint=models.UniqueConstraint(fields=('document', 'role', 'number'), name='one_file_per_role'),
        ),
        migrations.AddField(
            model_name='fullcheckorder',
            name='lifted_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='judgement',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='judgements', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='lot',
            name='batch',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='lot', to='records.batch'),
        ),
        migrations.AddField(
            model_name='lotdocument',
            name='document',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='in_lot', to='records.document'),
        ),
        migrations.AddField(
            model_name='lotdocument',
            name='lot',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='records.lot'),
        ),
        migrations.AddField(
            model_name='judgement',
            name='subject',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='judgements', to='records.lotdocument'),
        ),
        migrations.AddField(
            model_name='noteannex',
            name='document',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='annexes', to='records.document'),
        ),
        migrations.AddConstraint(
            model_name='fullcheckorder',
            constraint=models.UniqueConstraint(condition=models.Q(('lifted_at', None)), fields=('inbox',), name='one_full_check_per_inbox'),
        ),
        migrations.AddIndex(
            model_name='lot',
            index=models.Index(fields=['state', '-day'], name='lots_by_state'),
        ),
        migrations.AddConstraint(
            model_name='lot',
            constraint=models.UniqueConstraint(condition=models.Q(('batch', None)), fields=('inbox', 'day', 'number'), name='one_lot_per_day_and_number'),
        ),
        migrations.AddConstraint(
            model_name='judgement',
            constraint=models.UniqueConstraint(fields=('subject', 'number'), name='one_judgement_per_number'),
        ),
        migrations.AddIndex(
            model_name='noteannex',
            index=models.Index(fields=['made_at', 'next_attempt_at'], name='annexes_to_make'),
        ),
        migrations.AddConstraint(
            model_name='noteannex',
            constraint=models.UniqueConstraint(fields=('document', 'number'), name='one_annex_per_number'),
        ),
    ]
