"""What Django is told follows from our settings."""

import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from config.django_settings import _database, _secret_key
from config.settings import CODE_ROOT, Settings, load_settings
from schemas.errors import ConfigurationError


@pytest.mark.parametrize("slashes", ["///", "////"])
def test_the_path_of_a_sqlite_database_is_absolute_however_many_slashes(slashes: str) -> None:
    assert _database(f"sqlite:{slashes}var/lib/pe.sqlite3")["NAME"] == "/var/lib/pe.sqlite3"


@pytest.mark.parametrize("name", ["daten", "post eingang", "50%20voll", "fach#1", "was?", "Größe"])
def test_the_database_lies_in_the_data_folder_whatever_that_is_called(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in (tmp_path / name, Path(name)):
        assert _database(Settings(var=folder).database)["NAME"] == str(tmp_path / name / "posteingang.sqlite3")


def test_sqlite_writes_are_immediate_durable_and_checked() -> None:
    database = _database("sqlite:////var/lib/post%20eingang/pe.sqlite3")
    assert database["NAME"] == "/var/lib/post eingang/pe.sqlite3"
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "synchronous=FULL" in database["OPTIONS"]["init_command"]
    assert "foreign_keys=ON" in database["OPTIONS"]["init_command"]


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_a_postgresql_address_is_taken_apart_with_odd_signs_in_the_password(scheme: str) -> None:
    database = _database(f"{scheme}://pe:p%40ss%2Fwort@db.example.org:5433/post%20eingang")
    assert database == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "post eingang",
        "USER": "pe",
        "PASSWORD": "p@ss/wort",
        "HOST": "db.example.org",
        "PORT": "5433",
    }


def test_an_unknown_database_is_refused_without_showing_the_password() -> None:
    with pytest.raises(ConfigurationError) as caught:
        _database("mysql://pe:geheim@db/pe")
    assert "POSTEINGANG_DATABASE_URL: unbekannte Datenbankart 'mysql'" in str(caught.value)
    assert "sqlite:///" in str(caught.value)
    assert "geheim" not in str(caught.value)


def test_the_configured_key_wins_over_the_kept_one(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("aufbewahrt")
    assert _secret_key(Settings(var=tmp_path)) == "aufbewahrt"
    assert _secret_key(Settings(var=tmp_path, secret_key=SecretStr("eingestellt"))) == "eingestellt"


def test_two_installations_never_share_a_key_before_their_first_start(tmp_path: Path) -> None:
    keys = {_secret_key(Settings(var=tmp_path / name)) for name in ("a", "b")}
    assert len(keys) == 2


@pytest.fixture
def django_is_told(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Django's settings, made anew from these variables."""

    def make(**variables: str) -> dict[str, Any]:
        for name, value in variables.items():
            monkeypatch.setenv(f"POSTEINGANG_{name.upper()}", value)
        load_settings.cache_clear()
        return runpy.run_path(str(CODE_ROOT / "config" / "django_settings.py"))

    yield make
    monkeypatch.undo()
    load_settings.cache_clear()


def test_behind_tls_cookies_are_secure_and_browsers_stay_with_https(django_is_told: Any) -> None:
    told = django_is_told(behind_tls="true", allowed_hosts="post.iserlohn.de, .example.org")
    assert told["SESSION_COOKIE_SECURE"] is True
    assert told["CSRF_COOKIE_SECURE"] is True
    assert told["SECURE_HSTS_SECONDS"] == 31_536_000
    assert told["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")
    assert told["CSRF_TRUSTED_ORIGINS"] == ["https://post.iserlohn.de", "https://*.example.org"]


def test_on_this_machine_no_header_of_a_proxy_is_believed(django_is_told: Any) -> None:
    told = django_is_told(behind_tls="false")
    assert told["SESSION_COOKIE_SECURE"] is False
    assert not {"SECURE_PROXY_SSL_HEADER", "SECURE_HSTS_SECONDS", "CSRF_TRUSTED_ORIGINS"} & set(told)


def test_the_supervisor_reaches_the_page_whatever_names_are_allowed(django_is_told: Any) -> None:
    assert django_is_told(allowed_hosts="post.iserlohn.de")["ALLOWED_HOSTS"] == ["post.iserlohn.de", "127.0.0.1"]
