from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0007_dms_operation'),
    ]

    operations = [
        migrations.AddField(
            model_name='document',
            name='case_reference',
            field=models.CharField(max_length=64, null=True),
        ),
        migrations.AddField(
            model_name='document',
            name='dossier',
            field=models.CharField(max_length=255, null=True),
        ),
        migrations.CreateModel(
            name='FilingNode',
            fields=[
                ('reference', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('target_id', models.CharField(blank=True, max_length=255)),
                ('known_since', models.DateTimeField(null=True)),
                ('unclear_since', models.DateTimeField(null=True)),
                ('calls', models.PositiveIntegerField(default=0)),
            ],
        ),
    ]
