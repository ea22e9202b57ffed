"""The learned model: the same from the same lessons, altered files refused, never sure of what it does not know."""

import shutil
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from config.live_model import SHIPPED
from pipelines.routing.features import word_key
from pipelines.routing.learn import Lesson, train
from pipelines.routing.model import NOBODY, Model, model_in
from pipelines.routing.rows import rows_of_text
from pipelines.routing.zones import Letter, letter_of
from schemas.errors import BadInput

_HELLO = (
    "Stadt Iserlohn\n58636 Iserlohn\n\n{}\n\nSehr geehrte Damen und Herren,\n{}\nMit freundlichen Grüßen\nErika Muster"
)
_MATTERS = {
    ("hundesteuer", "22"): ("Mein Hund", "bitte melden Sie den Hund an, er ist ein Dackel und braucht eine Marke"),
    ("bauantrag", None): ("Unser Haus", "wir bauen eine Garage und reichen Zeichnung, Lageplan und Grundriss ein"),
    ("bewerbung", "11"): ("Ihre Stelle", "ich bewerbe mich und lege Lebenslauf und Zeugnisse bei"),
}
_VOICES = ("gestern", "heute früh", "nach langem Überlegen", "kurz gesagt", "wie besprochen", "leider erst jetzt")


def letter(subject: str, text: str) -> Letter:
    return letter_of(rows_of_text(_HELLO.format(subject, text)), town="Iserlohn", address_rows=20)


def lessons() -> Iterator[Lesson]:
    for ((kind, unit), (subject, text)), voice in product(_MATTERS.items(), _VOICES):
        yield Lesson(letter(subject, f"{voice} schreibe ich Ihnen: {text}"), kind, unit, source=f"{kind} {voice}")


@pytest.fixture(scope="module")
def model() -> Model:
    return train(lessons())


def test_a_letter_is_told_by_its_words_and_the_words_are_named(model: Model) -> None:
    said = model.judge(letter("Anmeldung", "seit Mai haben wir einen Hund, einen Dackel. Wann kommt die Marke?"))
    assert (said.types[0].key, said.units[0].key) == ("hundesteuer", "22")
    assert {"Hund", "Dackel", "Marke"} & set(said.types[0].words)


def test_what_is_nobodys_is_told_as_that(model: Model) -> None:
    assert model.judge(letter("Garage", "Zeichnung und Lageplan liegen bei")).units[0].key == NOBODY


def test_probabilities_are_some_of_one(model: Model) -> None:
    said = model.judge(letter("Garage", "ein Hund, ein Lebenslauf, ein Lageplan"))
    assert sum(each.probability for each in said.types) == pytest.approx(1.0, abs=1e-5)
    assert said.types[0].probability < 0.95


@pytest.mark.parametrize("text", ["", "\f\f", "xqz zzqx", "😀 😀 😀", "a" * 50_000])
def test_of_what_it_does_not_know_it_says_nothing_for_certain(model: Model, text: str) -> None:
    empty = letter_of(rows_of_text(text), town="Iserlohn", address_rows=20)
    said = model.judge(empty)
    assert not said.types or said.types[0].probability < 0.9


def test_the_same_lessons_give_the_same_file(model: Model) -> None:
    assert train(lessons()).to_bytes() == model.to_bytes()


def test_the_file_gives_the_model_back(model: Model, tmp_path: Path) -> None:
    (tmp_path / "model.npz").write_bytes(model.to_bytes())
    again = model_in(tmp_path / "model.npz")
    asked = letter("Hund", "der Dackel braucht eine Marke")
    assert again.version == model.version
    assert again.judge(asked) == model.judge(asked)


def test_an_altered_file_is_refused(model: Model, tmp_path: Path) -> None:
    import numpy as np

    with np.load(SHIPPED, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    arrays["tbias"] = arrays["tbias"] + 1
    np.savez(tmp_path / "model.npz", allow_pickle=False, **arrays)
    with pytest.raises(BadInput, match="verändert"):
        model_in(tmp_path / "model.npz")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no zip", b"\x80\x04pickle"])
def test_what_is_no_model_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "model.npz").write_bytes(content)
    with pytest.raises(BadInput, match="kein gelerntes Modell"):
        model_in(tmp_path / "model.npz")


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="fehlt"):
        model_in(tmp_path / "none.npz")


def test_a_name_of_one_source_alone_is_not_learned() -> None:
    named = Lesson(letter("Hund", "Donaudampfschiff und Dackel"), "hundesteuer", "22", source="one")
    taught = train([*lessons(), named])
    assert word_key("Donaudampfschiff") not in taught.keys
    assert word_key("Dackel") in taught.keys


def test_one_source_is_no_school() -> None:
    with pytest.raises(ValueError, match="Absender"):
        train([Lesson(letter("Hund", "Marke"), "hundesteuer", "22", source="one")] * 9)


def test_thresholds_rise_with_the_precision_that_is_demanded() -> None:
    head = model_in(SHIPPED).units
    assert head.threshold(0.9) <= head.threshold(0.97) <= head.threshold(0.995)
    assert head.threshold(0.999999) > 1


def test_the_shipped_model_is_small_enough_to_be_carried_along(tmp_path: Path) -> None:
    assert SHIPPED.stat().st_size <= 3_000_000
    copied = Path(shutil.copy(SHIPPED, tmp_path / "model.npz"))
    assert model_in(copied).version == model_in(SHIPPED).version
