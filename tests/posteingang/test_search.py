"""`posteingang search reindex`: an old installation becomes searchable; nothing of the content is printed."""

import os
import subprocess
import sys
from pathlib import Path

from config.settings import CODE_ROOT

_OLD = """
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4
from posteingang.installation import prepare_installation
settings = prepare_installation("test")
from records.intake import Arrival, accept
from records.models import Document, DocumentFile
from records.objects import ObjectStore
now, store = datetime.now(UTC), ObjectStore(settings.objects)
for text in ("Hundesteuer", "Wohngeld"):
    path = settings.var / "brief"
    path.write_text(text)
    arrival = Arrival(uuid4(), "scan", "-", "-", "b.pdf", now, False)
    document = Document.objects.get(id=accept(arrival, path, store, now))
    DocumentFile.objects.create(document=document, role="text", content=store.register(store.put(path), now), name="t")
store.path(document.files.get(role="text").content_id).unlink()
"""


def _python(var: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key != "POSTEINGANG_DATABASE_URL"}
    return subprocess.run(
        (sys.executable, *arguments),
        cwd=CODE_ROOT,
        env=environment | {"POSTEINGANG_VAR": str(var)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_an_old_installation_is_indexed_with_progress_and_without_content(tmp_path: Path) -> None:
    made = _python(tmp_path / "v", "-c", _OLD)
    assert made.returncode == 0, made.stderr
    done = _python(tmp_path / "v", "-m", "posteingang", "search", "reindex")
    assert done.returncode == 0, done.stderr
    assert "2 von 2 Schriftstücken" in done.stderr
    assert done.stdout.splitlines() == [
        "Durchsuchbare Schriftstücke: 1.",
        "Ohne Text im Beleg-Speicher und deshalb nicht im Text zu finden: 1.",
    ]
    assert "Hundesteuer" not in done.stdout + done.stderr


def test_without_a_database_it_says_so(tmp_path: Path) -> None:
    done = _python(tmp_path / "leer", "-m", "posteingang", "search", "reindex")
    assert done.returncode == 2
    assert "keine Datenbank" in done.stderr
