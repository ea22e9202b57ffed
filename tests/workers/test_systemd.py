"""What systemd is told, and that the shipped units are ones systemd understands."""

import re
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from config.settings import CODE_ROOT, Settings
from workers.systemd import tell_systemd

UNITS = CODE_ROOT / "config" / "systemd"


@pytest.mark.parametrize("abstract", [False, True], ids=["a file", "an abstract name"])
def test_systemd_hears_the_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, abstract: bool) -> None:
    name = f"@{tmp_path}" if abstract else str(tmp_path / "notify")
    monkeypatch.setenv("NOTIFY_SOCKET", name)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(f"\0{name[1:]}" if abstract else name)
        systemd.settimeout(5)
        tell_systemd("READY=1")
        tell_systemd("WATCHDOG=1")
        assert (systemd.recv(100), systemd.recv(100)) == (b"READY=1", b"WATCHDOG=1")


def test_nobody_listening_is_no_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    tell_systemd("READY=1")
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "niemand"))
    tell_systemd("READY=1")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_finds_no_mistake_in_the_units(tmp_path: Path) -> None:
    """On copies whose programs exist here: the checkout of this test does not lie in /opt."""
    for unit in UNITS.glob("posteingang*.*"):
        if unit.suffix in {".service", ".timer"}:
            text = unit.read_text(encoding="utf-8").replace("/opt/posteingang/.venv/bin/posteingang", "/bin/true")
            (tmp_path / unit.name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        ("systemd-analyze", "verify", "--man=no", *map(str, sorted(tmp_path.iterdir()))),
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if "posteingang" in line]
    assert (done.returncode, ours) == (0, [])


def test_the_example_names_only_settings_that_exist() -> None:
    text = (UNITS / "posteingang.env.example").read_text(encoding="utf-8")
    named = set(re.findall(r"^#?POSTEINGANG_([A-Z_]+)=", text, re.MULTILINE))
    assert len(named) > 10
    assert named <= {name.upper() for name in Settings.model_fields}


def test_the_example_is_accepted_with_every_line_switched_on(monkeypatch: pytest.MonkeyPatch) -> None:
    text = (UNITS / "posteingang.env.example").read_text(encoding="utf-8")
    for name, value in re.findall(r"^#?(POSTEINGANG_[A-Z_]+)=(.*)$", text, re.MULTILINE):
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert settings.behind_tls
    assert settings.allowed_hosts == ("posteingang.example.org",)
    assert settings.log_days == 30
