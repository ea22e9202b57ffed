from django.db import migrations, models
import django.db.models.deletion


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0004_search'),
    ]

    operations = [
        migrations.AddField(
            model_name='intake',
            name='token',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='records.apitoken'),
        ),
    ]
