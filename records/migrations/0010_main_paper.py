from django.db import migrations


def _rename(old, new):
    def run(apps, _):
        apps.get_model("records", "Outbound").objects.filter(kind=old).update(kind=new)

    return run


class Migration(migrations.Migration):
    """The main paper has the name people read in the DMS. Calls begun under the old one must not be forgotten."""

    dependencies = [
        ("records", "0009_destruction_lock"),
    ]

    operations = [
        migrations.RunPython(_rename("delivery", "hauptdokument"), _rename("hauptdokument", "delivery")),
    ]
