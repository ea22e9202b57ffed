"""`posteingang master-data` as an operator types it."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from config.settings import CODE_ROOT
from posteingang import installation
from posteingang.master_data import master_data_app

pytestmark = pytest.mark.django_db
SAMPLES = CODE_ROOT / "samples" / "stammdaten"


@pytest.fixture(autouse=True)
def on_this_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = SimpleNamespace(master_data=tmp_path / "import" / "stammdaten")
    monkeypatch.setattr(installation, "open_records", lambda: settings)


def typed(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(master_data_app, list(words))
    return result.exit_code, result.output


def test_the_samples_are_taken_over_and_stand_in_the_status() -> None:
    code, said = typed("import", *(str(path) for path in sorted(SAMPLES.iterdir())))
    assert code == 0
    assert "kreditoren.csv: Stand 1, 5 Zeilen, 5 neu, 0 geändert, 0 weggefallen." in said

    _, status = typed("status")
    assert "kreditoren       Stand 1" in status
    assert "noch nicht eingelesen" not in status


def test_a_faulty_file_is_named_with_its_lines_and_exit_code_1(tmp_path: Path) -> None:
    path = tmp_path / "produkte.csv"
    path.write_text("Nummer;Bezeichnung\n1;Rat\n;ohne\n", encoding="utf-8")
    code, said = typed("import", str(path))

    assert code == 1
    assert "nicht übernommen" in said
    assert "Zeile 3: Nummer fehlt." in said


def test_without_a_file_the_folder_is_read() -> None:
    code, said = typed("import")

    assert code == 0
    assert "liegt keine fertige Datei" in said
