from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("records", "0021_approval"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = []
