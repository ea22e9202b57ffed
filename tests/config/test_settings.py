"""Settings come from the environment and are refused loudly when they cannot be."""

import os
from pathlib import Path

import pytest

from config.settings import CODE_ROOT, Settings, load_settings, read_settings
from schemas.errors import ConfigurationError


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.upper().startswith("POSTEINGANG_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("POSTEINGANG_VAR", str(tmp_path / "var"))


def complaint() -> str:
    with pytest.raises(ConfigurationError) as caught:
        read_settings()
    return str(caught.value)


def test_an_installation_runs_without_any_setting_but_its_data_folder(tmp_path: Path) -> None:
    settings = read_settings()
    assert settings.var == tmp_path / "var"
    assert settings.database == f"sqlite://{tmp_path / 'var' / 'posteingang.sqlite3'}"
    assert settings.private_redis
    assert settings.broker_url == f"redis+socket://{tmp_path / 'var' / 'run' / 'redis.sock'}"
    assert settings.mock_dms
    assert settings.dms_address == "http://127.0.0.1:8810"
    assert settings.demo is False


def test_the_shipped_times_are_in_order() -> None:
    settings = read_settings()
    assert settings.step_time_limit < settings.lease_seconds < settings.visibility_timeout


def test_what_is_configured_replaces_what_would_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTEINGANG_DATABASE_URL", "postgresql://pe@db/pe")
    monkeypatch.setenv("POSTEINGANG_REDIS_URL", "redis://broker:6379/0")
    monkeypatch.setenv("POSTEINGANG_DMS_URL", "https://dms.example.org")
    settings = read_settings()
    assert settings.database == "postgresql://pe@db/pe"
    assert (settings.broker_url, settings.private_redis) == ("redis://broker:6379/0", False)
    assert (settings.dms_address, settings.mock_dms) == ("https://dms.example.org", False)


def test_a_file_import_needs_its_folder_and_starts_no_stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTEINGANG_DMS_ADAPTER", "hostimport")
    assert "HOSTIMPORT_FOLDER" in complaint()

    monkeypatch.setenv("POSTEINGANG_HOSTIMPORT_FOLDER", "/mnt/hostimp")
    assert not read_settings().mock_dms


def test_every_folder_lies_below_the_data_folder_and_the_spool_beside_the_inboxes(tmp_path: Path) -> None:
    settings = read_settings()
    assert all(folder.is_relative_to(tmp_path / "var") for folder in settings.folders())
    assert settings.spool.parent == settings.inbox.parent


@pytest.mark.parametrize(
    ("limit", "lease", "visibility"), [(1200, 1200, 3600), (1300, 1200, 3600), (900, 3600, 3600), (900, 4000, 3600)]
)
def test_times_out_of_order_are_refused_with_all_three_names(
    limit: int, lease: int, visibility: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POSTEINGANG_STEP_TIME_LIMIT", str(limit))
    monkeypatch.setenv("POSTEINGANG_LEASE_SECONDS", str(lease))
    monkeypatch.setenv("POSTEINGANG_VISIBILITY_TIMEOUT", str(visibility))
    message = complaint()
    assert "STEP_TIME_LIMIT < LEASE_SECONDS < VISIBILITY_TIMEOUT" in message
    assert f"(gefunden: {limit} / {lease} / {visibility})" in message


@pytest.mark.parametrize(
    ("variable", "value", "wrong"),
    [
        ("POSTEINGANG_WEB_PORT", "achtzig", "muss eine ganze Zahl sein (gefunden: 'achtzig')"),
        ("POSTEINGANG_WEB_PORT", "0", "muss mindestens 1 sein (gefunden: '0')"),
        ("POSTEINGANG_WEB_PORT", "70000", "darf höchstens 65535 sein (gefunden: '70000')"),
        ("POSTEINGANG_POLL_SECONDS", "0", "muss größer als 0 sein (gefunden: '0')"),
        ("POSTEINGANG_STABLE_SECONDS", "zwei", "muss eine Zahl sein (gefunden: 'zwei')"),
        ("POSTEINGANG_DEMO", "vielleicht", "muss true oder false sein (gefunden: 'vielleicht')"),
        ("POSTEINGANG_MAX_ATTEMPTS", "", "muss eine ganze Zahl sein (gefunden: '')"),
    ],
)
def test_a_wrong_value_is_told_with_its_variable_and_what_is_allowed(
    variable: str, value: str, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    assert complaint() == f"{variable}: {wrong}. Bitte die Umgebungsvariable korrigieren."


@pytest.mark.parametrize(
    ("value", "hosts"),
    [
        ("poststelle.iserlohn.de", ("poststelle.iserlohn.de",)),
        ("post.de, www.post.de ,", ("post.de", "www.post.de")),
        ('["post.de", "www.post.de"]', ("post.de", "www.post.de")),
    ],
)
def test_host_names_are_given_with_commas(value: str, hosts: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTEINGANG_ALLOWED_HOSTS", value)
    assert read_settings().allowed_hosts == hosts


@pytest.mark.parametrize("place", ["", "pipelines", "config/city", "web/static/daten", "tests", ".."])
def test_data_inside_the_code_is_refused(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTEINGANG_VAR", str(CODE_ROOT / place))
    message = complaint()
    assert "liegt im Programmcode" in message
    assert "POSTEINGANG_VAR" in message


def test_a_link_into_the_code_does_not_hide_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "daten").symlink_to(CODE_ROOT / "schemas")
    monkeypatch.setenv("POSTEINGANG_VAR", str(tmp_path / "daten"))
    assert "liegt im Programmcode" in complaint()


def test_the_default_data_folder_beside_the_rooms_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("POSTEINGANG_VAR")
    assert read_settings().var == CODE_ROOT / "var"


@pytest.fixture
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "city"
    folder.mkdir(mode=0o755)
    (folder / "routing.yaml").touch(mode=0o644)
    monkeypatch.setenv("POSTEINGANG_CITY", str(folder))
    return folder


def test_rules_only_their_owner_can_change_are_accepted(city: Path) -> None:
    assert read_settings().city == city


def test_rules_everybody_can_change_are_refused(city: Path) -> None:
    (city / "routing.yaml").chmod(0o646)
    message = complaint()
    assert "routing.yaml ist für alle beschreibbar" in message
    assert f"chmod o-w {city / 'routing.yaml'}" in message


def test_a_folder_of_rules_everybody_can_change_is_refused(city: Path) -> None:
    city.chmod(0o757)
    assert f"{city} ist für alle beschreibbar" in complaint()


def test_a_missing_folder_of_rules_is_told_with_its_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTEINGANG_CITY", str(tmp_path / "fehlt"))
    message = complaint()
    assert message.startswith(f"Der Konfigurationsordner {tmp_path / 'fehlt'} fehlt.")
    assert "POSTEINGANG_CITY" in message


def test_secrets_do_not_show_in_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTEINGANG_DMS_API_KEY", "hochgeheim")
    monkeypatch.setenv("POSTEINGANG_SECRET_KEY", "hochgeheim")
    assert "hochgeheim" not in repr(read_settings())


def test_settings_do_not_change_while_running() -> None:
    settings: Settings = read_settings()
    with pytest.raises(ValueError, match="frozen"):
        settings.demo = True  # type: ignore[misc]


def test_a_process_reads_its_settings_once(monkeypatch: pytest.MonkeyPatch) -> None:
    before = load_settings()
    monkeypatch.setenv("POSTEINGANG_WEB_PORT", "1234")
    assert load_settings() is before


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.1.2.3", "post.example.org", ""])
def test_plain_http_in_the_network_is_refused_with_what_to_do(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTEINGANG_WEB_HOST", host)
    message = complaint()
    assert message.startswith(f"POSTEINGANG_WEB_HOST={host}: die Seite wäre unverschlüsselt im Netz erreichbar.")
    assert "POSTEINGANG_BEHIND_TLS=true" in message


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.53", "::1", "localhost"])
def test_plain_http_on_this_machine_is_allowed(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTEINGANG_WEB_HOST", host)
    assert read_settings().behind_tls is False


def test_behind_a_proxy_with_tls_the_page_may_listen_in_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTEINGANG_WEB_HOST", "10.1.2.3")
    monkeypatch.setenv("POSTEINGANG_BEHIND_TLS", "true")
    assert read_settings().behind_tls is True


@pytest.mark.parametrize("proxy", ["proxy.example.org:3128", "socks5://proxy:1080", "http://", "ftp://x", "http://[x"])
def test_a_proxy_that_is_none_is_refused_without_showing_its_password(
    monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("POSTEINGANG_DMS_PROXY", proxy.replace("//", "//benutzer:geheim@"))

    with pytest.raises(ConfigurationError, match="POSTEINGANG_DMS_PROXY") as refused:
        read_settings()

    assert "geheim" not in str(refused.value)


def test_a_proxy_is_taken_and_stays_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTEINGANG_DMS_PROXY", "http://benutzer:geheim@proxy.example.org:3128")

    settings = read_settings()

    assert settings.dms_proxy.get_secret_value().endswith("@proxy.example.org:3128")
    assert "geheim" not in repr(settings)


@pytest.mark.parametrize("content", [None, b"", b"kein Zertifikat"])
def test_a_bundle_without_certificates_is_refused_at_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None
) -> None:
    bundle = tmp_path / "ca.pem"
    if content is not None:
        bundle.write_bytes(content)
    monkeypatch.setenv("POSTEINGANG_DMS_CA_BUNDLE", str(bundle))

    with pytest.raises(ConfigurationError, match=r"POSTEINGANG_DMS_CA_BUNDLE.*ca\.pem"):
        read_settings()
