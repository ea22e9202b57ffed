"""`posteingang register export`: a whole file or none, and mistakes in one German sentence."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from posteingang import installation
from posteingang.cli import app
from schemas.errors import BadInput
from tests.records.conftest import TakeIn, store, take_in
from tests.records.entries import make_entry

__all__ = ["store", "take_in"]
pytestmark = pytest.mark.django_db
PERIOD = ("--from", "2026-11-01", "--to", "30.11.2026")


@pytest.fixture(autouse=True)
def in_this_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation, "open_records", lambda: None)


def export(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["register", "export", *PERIOD, *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize("kind", ["csv", "json", "xml", "xlsx"])
def test_the_register_is_written_whole_and_its_trailer_is_said(kind: str, take_in: TakeIn, tmp_path: Path) -> None:
    make_entry(take_in())
    target = tmp_path / "ausgabe"
    said = export("--format", kind, "--out", str(target))
    assert "1 Rechnung(en), SHA-256" in said
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith(("claimed", "objects"))] == ["ausgabe"]
    assert target.stat().st_size > 500


def test_one_mandant_alone(take_in: TakeIn, tmp_path: Path) -> None:
    make_entry(take_in())
    make_entry(take_in(), legal_entity="sih", series="SIH")
    export("--format", "json", "--legal-entity", "stadt", "--out", str(tmp_path / "a.json"))
    document = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert [entry["number"] for entry in document["entries"]] == ["RE-2026-000001"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--legal-entity", "niemand"), "Den Mandanten 'niemand' gibt es nicht. Bekannt: stadt."),
        (("--to", "2026-10-01"), "--to liegt vor --from."),
        (("--out", "/gibt/es/nicht.zip"), "/gibt/es/nicht.zip: gibt es nicht."),
    ],
)
def test_a_mistake_is_one_sentence(arguments: tuple[str, ...], said: str) -> None:
    with pytest.raises(BadInput) as problem:
        export(*arguments)
    assert str(problem.value).startswith(said)
