"""`posteingang routing`: every rule that spoke is shown, and the rules are held to their own examples."""

from datetime import date
from pathlib import Path

import pytest
import typer.testing

from config.city_config import City
from config.load import read_city
from config.settings import CODE_ROOT, Settings
from pipelines.routing.rows import rows_of_text
from pipelines.routing.senders import SenderIndex
from pipelines.routing.understand import letter_from
from posteingang.cli import app
from posteingang.routing import explained, failing_examples
from schemas.errors import BadInput
from schemas.senders import KnownSender, MarkKind, SenderMark, Senders

DAY = date(2026, 11, 16)
LETTER = """Erika Beispiel
58675 Hemer

Stadt Iserlohn
Bereich Steuern und Gebühren
58636 Iserlohn

Anmeldung meines Hundes

Guten Tag,
ich melde meinen Hund zur Hundesteuer an. Bitte antworten Sie bis zum 30.11.2026.

Mit freundlichen Grüßen
Erika Beispiel
"""


@pytest.fixture(scope="module")
def city() -> City:
    return read_city(CODE_ROOT / "config" / "city")


def test_the_explanation_names_zones_rules_values_and_the_decision(city: City) -> None:
    shown = "\n".join(explained(letter_from(rows_of_text(LETTER), city), city, DAY))
    for part in (
        "Anschrift     Bereich Steuern und Gebühren",
        "Betreff       „Anmeldung meines Hundes“",
        "Anschrift nennt: 22 („Bereich Steuern und Gebühren“)",
        "Frist 30.11.2026: Vorschlag: Frist laut Schreiben 30.11.2026.",
        "Hundesteuer An-/Abmeldung, 22 Bereich Steuern und Gebühren",
        "wird zugeleitet",
    ):
        assert part in shown


def test_the_register_of_senders_speaks_as_it_does_on_the_way_of_the_mail(city: City) -> None:
    letter = "Turnverein Letmathe e. V.\nHallenweg 1\n\n" + LETTER.replace("Bereich Steuern und Gebühren\n", "")
    marks = (SenderMark(MarkKind.NAME, "Turnverein Letmathe e. V."),)
    known = SenderIndex(Senders(1, (KnownSender(7, "Turnverein Letmathe e. V.", "52", None, marks),)))
    shown = "\n".join(explained(letter_from(rows_of_text(letter), city), city, DAY, senders=known))
    unit = city.unit("52")
    assert unit is not None
    assert f"Bekannter Absender: Turnverein Letmathe e. V. (Einheit 52 {unit.name})" in shown
    assert "Bekannter Absender: keiner" in "\n".join(explained(letter_from(rows_of_text(letter), city), city, DAY))


def test_of_closed_mail_nothing_is_read_and_the_reason_is_told(city: City) -> None:
    envelope = "Stadt Iserlohn\nPersonalrat\nSchillerplatz 7\n58636 Iserlohn"
    shown = "\n".join(explained(letter_from(rows_of_text(envelope), city), city, DAY))
    assert "Klärfall" in shown
    assert "Bleibt verschlossen" in shown
    assert "Dokumentarten:" not in shown


def test_the_shipped_rules_tell_all_their_own_examples(city: City) -> None:
    assert sum(len(rule.examples) for rule in (*city.document_types, *city.routing.topics)) > 40
    assert failing_examples(city, DAY) == []


def test_an_example_that_a_rule_no_longer_tells_is_named(city: City) -> None:
    types = tuple(
        kind.model_copy(update={"examples": ("Guten Tag,\nich melde ein Gewerbe an. Gewerbeanmeldung liegt bei.",)})
        if kind.key == "hundesteuer"
        else kind
        for kind in city.document_types
    )
    failing = failing_examples(city.model_copy(update={"document_types": types}), DAY)
    assert failing == ["Hundesteuer An-/Abmeldung, Beispiel 1: erkannt als Gewerbemeldung."]


def test_a_text_file_is_explained_without_records_too_and_a_missing_one_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POSTEINGANG_VAR", str(tmp_path / "leer"))
    monkeypatch.delenv("POSTEINGANG_DATABASE_URL", raising=False)
    monkeypatch.setattr("posteingang.installation.load_settings", Settings)
    path = tmp_path / "brief.txt"
    path.write_text(LETTER, encoding="utf-8")
    done = typer.testing.CliRunner().invoke(app, ["routing", "explain", str(path)])
    assert done.exit_code == 0
    assert "Entscheidung:" in done.stdout
    missing = typer.testing.CliRunner().invoke(app, ["routing", "explain", str(tmp_path / "fehlt.txt")])
    assert isinstance(missing.exception, BadInput)
    assert "nicht lesbar" in str(missing.exception)
