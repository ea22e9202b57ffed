from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("records", "0022_master_data")]

    operations = []
