"""The text of documents, and each database's index over it. Existing documents: `posteingang search reindex`.

On SQLite triggers keep the FTS5 table in step with records_searchtext. A later migration that alters SearchText makes
that table anew and loses them: it has to drop the index before and create it after.
"""

import django.db.models.deletion
from django.db import migrations, models

FTS5 = (
    "CREATE VIRTUAL TABLE records_search USING fts5("
    "folded, content='records_searchtext', content_rowid='document_id', tokenize='unicode61 remove_diacritics 2')",
    "CREATE TRIGGER records_search_insert AFTER INSERT ON records_searchtext BEGIN "
    "INSERT INTO records_search(rowid, folded) VALUES (new.document_id, new.folded); END",
    "CREATE TRIGGER records_search_delete AFTER DELETE ON records_searchtext BEGIN "
    "INSERT INTO records_search(records_search, rowid, folded) VALUES ('delete', old.document_id, old.folded); END",
    "CREATE TRIGGER records_search_update AFTER UPDATE ON records_searchtext BEGIN "
    "INSERT INTO records_search(records_search, rowid, folded) VALUES ('delete', old.document_id, old.folded); "
    "INSERT INTO records_search(rowid, folded) VALUES (new.document_id, new.folded); END",
)
TSVECTOR = (
    "ALTER TABLE records_searchtext ADD COLUMN words tsvector GENERATED ALWAYS AS ("
    "setweight(to_tsvector('pg_catalog.simple', folded), 'A') || "
    "setweight(to_tsvector('pg_catalog.german', folded), 'B')) STORED",
    "CREATE INDEX records_searchtext_words ON records_searchtext USING gin (words)",
)
CREATE = {"sqlite": FTS5, "postgresql": TSVECTOR}
DROP = {
    "sqlite": (
        "DROP TRIGGER records_search_insert",
        "DROP TRIGGER records_search_delete",
        "DROP TRIGGER records_search_update",
        "DROP TABLE records_search",
    ),
    "postgresql": ("ALTER TABLE records_searchtext DROP COLUMN words",),
}


def create_index(apps, schema_editor):
    for statement in CREATE[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def drop_index(apps, schema_editor):
    for statement in DROP[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0003_api_tokens'),
    ]

    operations = [
        migrations.CreateModel(
            name='SearchText',
            fields=[
                ('document', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='searchable', serialize=False, to='records.document', to_field='entry')),
                ('text', models.TextField()),
                ('folded', models.TextField()),
            ],
        ),
        migrations.RunPython(create_index, drop_index),
    ]
