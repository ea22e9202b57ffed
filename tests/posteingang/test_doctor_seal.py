"""What the doctor says of the seal: none, good, or a key that cannot be opened."""

import shutil
from pathlib import Path

import pytest

from config.settings import CODE_ROOT, load_settings
from posteingang import doctor
from tests.pipelines.seals import PIN, pkcs12_file


def said(folder: Path, pin: str) -> doctor.Check:
    """The check, with a city that has a seal whose PIN file says `pin`; without a seal if it is empty."""
    city = folder / "stadt"
    shutil.copytree(CODE_ROOT / "config" / "city", city)
    if pin:
        (folder / "pin").write_text(pin, encoding="utf-8")
        seal = f"seal: {{level: test, pin_file: {folder / 'pin'}, pkcs12: {pkcs12_file(folder)}}}\n"
        (city / "seals.yaml").write_text(seal, encoding="utf-8")
    return doctor._seal(load_settings().model_copy(update={"city": city}))


@pytest.mark.parametrize(
    ("pin", "good", "detail"),
    [
        ("", True, "kein Siegel eingerichtet, ohne Zeitstempel"),
        (PIN, True, "test, Stadt Teststadt (Test), gültig bis"),
        ("falsch", False, "Der Schlüssel des Siegels ist nicht zu öffnen"),
    ],
    ids=["none", "good", "wrong PIN"],
)
def test_the_seal_is_looked_at(pin: str, good: bool, detail: str, tmp_path: Path) -> None:
    found = said(tmp_path, pin)
    assert found.ok is good
    assert detail in found.detail
    assert (found.remedy == "") is good
