"""Everything an installation decides, from environment variables POSTEINGANG_*; validated once at start."""

import ipaddress
import os
import ssl
import stat
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import quote, urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from config.german import complaint
from config.mail_settings import MailSettings
from schemas.errors import ConfigurationError

__all__ = ["CODE_ROOT", "Settings", "load_settings", "read_settings"]

CODE_ROOT = Path(__file__).resolve().parent.parent
_CODE_ROOMS = (
    "bench",
    "config",
    "dms_connectors",
    "docs",
    "pipelines",
    "posteingang",
    "records",
    "samples",
    "schemas",
    "tests",
    "web",
    "workers",
)


class Settings(MailSettings):
    """One installation. Times are seconds unless the name says otherwise."""

    model_config = SettingsConfigDict(env_prefix="POSTEINGANG_", frozen=True, extra="ignore")

    var: Path = CODE_ROOT / "var"
    city: Path = CODE_ROOT / "config" / "city"
    database_url: str = ""
    redis_url: str = ""
    dms_adapter: Literal["d3ecm", "hostimport"] = "d3ecm"
    dms_url: str = ""
    dms_api_key: SecretStr = SecretStr("")
    dms_ca_bundle: Path | None = None
    dms_proxy: SecretStr = SecretStr("")
    dms_direct_key: bool = False
    hostimport_folder: Path | None = None
    hostimport_errors: Path | None = None
    hostimport_updates: Path | None = None
    hostimport_encoding: Literal["cp1252", "iso-8859-15", "utf-8", "utf-8-sig"] = "cp1252"
    hostimport_state: Literal["Be", "Fr"] = "Fr"
    hostimport_editor: str = ""
    hostimport_settle: float = Field(default=300.0, ge=0)
    journal: Path | None = None
    secret_key: SecretStr = SecretStr("")
    demo: bool = False
    web_host: str = "127.0.0.1"
    web_port: int = Field(default=8800, ge=1, le=65535)
    behind_tls: bool = False
    public_url: str = ""
    mock_port: int = Field(default=8810, ge=1, le=65535)
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = ("127.0.0.1", "localhost")

    stable_seconds: float = Field(default=2.0, ge=0)
    trailer_grace: float = Field(default=600.0, ge=0)
    batch_stable_seconds: float = Field(default=30.0, ge=0)
    batch_max_files: int = Field(default=5000, ge=1, le=50_000)
    batch_max_mb: int = Field(default=2000, ge=1, le=2000)
    poll_seconds: float = Field(default=1.0, gt=0)
    sweep_seconds: float = Field(default=5.0, gt=0)
    neighbours_seconds: float = Field(default=30.0, gt=0)
    dms_tasks_seconds: float = Field(default=60.0, gt=0, le=60)
    finance_seconds: float = Field(default=30.0, gt=0)
    spool_sweep_seconds: float = Field(default=30.0, gt=0)
    step_time_limit: int = Field(default=900, gt=0)
    lease_seconds: int = Field(default=1200, gt=0)
    visibility_timeout: int = Field(default=3600, gt=0)
    max_attempts: int = Field(default=3, ge=1)
    retry_first: float = Field(default=2.0, gt=0)
    retry_longest: float = Field(default=600.0, gt=0)
    dms_timeout: float = Field(default=30.0, gt=0)
    dms_connect_timeout: float = Field(default=10.0, gt=0)
    dms_parallel: int = Field(default=2, ge=1, le=16)
    dms_first_pause: float = Field(default=1.0, ge=0)
    dms_key_pause: float = Field(default=60.0, ge=0)
    dms_breaker_failures: int = Field(default=5, ge=1)
    dms_breaker_seconds: float = Field(default=30.0, ge=0)
    dms_chunk_bytes: int = Field(default=4 * 1024 * 1024, gt=0)
    dms_unclear_wait: float = Field(default=60.0, ge=0)
    ocr_processes: int = Field(default=os.cpu_count() or 1, ge=1)
    max_pages: int = Field(default=1000, ge=1)
    max_page_megapixels: int = Field(default=120, ge=1)
    ocr_memory_mb: int = Field(default=4096, ge=256)
    invoice_time_limit: float = Field(default=60.0, gt=0)
    invoice_memory_mb: int = Field(default=4096, ge=512)
    upload_max_mb: int = Field(default=200, ge=1, le=1000)
    log_days: int = Field(default=30, ge=1)
    log_megabytes: int = Field(default=500, ge=10)
    metrics_token: SecretStr = SecretStr("")

    @field_validator("var", "city")
    @classmethod
    def _absolute(cls, folder: Path) -> Path:
        """Relative to where this process starts, whatever folder is current later."""
        return folder.absolute()

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def _names_with_commas(cls, value: object) -> object:
        """'post.example.org, www.example.org'; brackets and quotes of a JSON list do no harm."""
        if not isinstance(value, str):
            return value
        return tuple(name for part in value.split(",") if (name := part.strip(" []\"'")))

    @field_validator("public_url")
    @classmethod
    def _a_web_address(cls, address: str) -> str:
        """Without the slash at the end; empty: the page's own address."""
        if address and not address.startswith(("http://", "https://")):
            raise ValueError("muss mit https:// oder http:// beginnen")
        return address.rstrip("/")

    @model_validator(mode="after")
    def _import_has_a_folder(self) -> Self:
        if self.dms_adapter == "hostimport" and self.hostimport_folder is None:
            raise ValueError("DMS_ADAPTER=hostimport braucht den Importordner (HOSTIMPORT_FOLDER).")
        return self

    @model_validator(mode="after")
    def _times_fit(self) -> Self:
        if not self.step_time_limit < self.lease_seconds < self.visibility_timeout:
            raise ValueError(
                "Es muss gelten: STEP_TIME_LIMIT < LEASE_SECONDS < VISIBILITY_TIMEOUT "
                f"(gefunden: {self.step_time_limit} / {self.lease_seconds} / {self.visibility_timeout})."
            )
        return self

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite://{quote(str(self.var / 'posteingang.sqlite3'))}"

    @property
    def broker_url(self) -> str:
        return self.redis_url or f"redis+socket://{self.redis_socket}"

    @property
    def private_redis(self) -> bool:
        """True if `up` starts its own Redis on a unix socket under var/."""
        return not self.redis_url

    @property
    def mock_dms(self) -> bool:
        """True if `up` starts the mock d.3ecm because no real one is configured."""
        return not self.dms_url and self.dms_adapter == "d3ecm"

    @property
    def dms_address(self) -> str:
        return self.dms_url or f"http://127.0.0.1:{self.mock_port}"

    @property
    def page_address(self) -> str:
        """Where people reach our pages; links in other systems begin with it."""
        return self.public_url or f"http://{self.web_host}:{self.web_port}"

    @property
    def upload_max_bytes(self) -> int:
        """Largest file that may be handed in through the page or the interface."""
        return self.upload_max_mb * 1000**2

    @property
    def batch_max_bytes(self) -> int:
        """Most that a batch in a folder or zip may hold, unpacked; from 2 GiB on a zip has another form."""
        return self.batch_max_mb * 1000**2

    @property
    def redis_socket(self) -> Path:
        return self.var / "run" / "redis.sock"

    @property
    def inbox(self) -> Path:
        return self.var / "inbox"

    @property
    def spool(self) -> Path:
        """Beside the inboxes on purpose: a claim is a rename and must not cross file systems."""
        return self.var / "spool"

    @property
    def objects(self) -> Path:
        return self.var / "objects"

    @property
    def journal_folder(self) -> Path:
        """Numbers given and mail taken in; best on another disk than the database."""
        return self.journal or self.var / "journal"

    @property
    def out_trays(self) -> Path:
        return self.var / "postfach"

    @property
    def receipts(self) -> Path:
        """What was handed over to out-trays and the DMS import."""
        return self.var / "uebergaben"

    @property
    def staging(self) -> Path:
        """Where the archive fetches its packages."""
        return self.var / "staging" / "dips"

    @property
    def finance_out(self) -> Path:
        """Where the finance system fetches batches of released invoices."""
        return self.var / "export" / "finanz"

    @property
    def finance_in(self) -> Path:
        """Where the finance system lays its receipts."""
        return self.var / "import" / "finanz"

    @property
    def rebu_out(self) -> Path:
        """Where the register of the finance system fetches what it is told, if it leads."""
        return self.var / "export" / "rebu"

    @property
    def rebu_in(self) -> Path:
        """Where it lays its answers."""
        return self.var / "import" / "rebu"

    @property
    def packs(self) -> Path:
        """Installed rule packs for invoices."""
        return self.var / "packs"

    @property
    def procedure(self) -> Path:
        """The released version of the scanning procedure, as the records wrote it here."""
        return self.var / "procedure"

    @property
    def master_data(self) -> Path:
        """Where the finance system drops its master data (Stammdaten)."""
        return self.var / "import" / "stammdaten"

    @property
    def models(self) -> Path:
        """Learned models, each named by its SHA-256, and which of them is in use."""
        return self.var / "models"

    @property
    def scratch(self) -> Path:
        return self.var / "scratch"

    @property
    def logs(self) -> Path:
        return self.var / "log"

    @property
    def run(self) -> Path:
        return self.var / "run"

    def folders(self) -> tuple[Path, ...]:
        """Every folder the system writes to."""
        return (
            self.inbox / "scan",
            self.inbox / "rechnung",
            self.spool,
            self.objects,
            self.journal_folder,
            self.out_trays,
            self.receipts,
            self.staging,
            self.finance_out,
            self.finance_in,
            self.rebu_out,
            self.rebu_in,
            self.packs,
            self.procedure,
            self.master_data,
            self.models,
            self.scratch,
            self.logs,
            self.run,
        )


def read_settings() -> Settings:
    """The settings of this process; ConfigurationError names the variable and what is allowed."""
    try:
        settings = Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"])
        variable = f"POSTEINGANG_{name.upper()}" if name else "Die Einstellungen"
        raise ConfigurationError(
            f"{variable}: {complaint(first).rstrip('.')}.",
            remedy="Bitte die Umgebungsvariable korrigieren.",
        ) from None
    _refuse_data_inside_code(settings.var)
    _refuse_open_configuration(settings.city)
    _refuse_open_transport(settings)
    _refuse_no_way_to_dms(settings)
    return settings


@cache
def load_settings() -> Settings:
    """The settings, read once a process."""
    return read_settings()


def _refuse_data_inside_code(var: Path) -> None:
    place = var.resolve()
    rooms = [CODE_ROOT / room for room in _CODE_ROOMS]
    if place == CODE_ROOT or any(place.is_relative_to(room) for room in rooms) or CODE_ROOT.is_relative_to(place):
        raise ConfigurationError(
            f"Der Datenordner {place} liegt im Programmcode.",
            remedy="POSTEINGANG_VAR auf einen eigenen Ordner setzen, z. B. /var/lib/posteingang.",
        )


def _refuse_open_configuration(city: Path) -> None:
    if not city.is_dir():
        raise ConfigurationError(
            f"Der Konfigurationsordner {city} fehlt.",
            remedy="POSTEINGANG_CITY auf den Ordner mit den YAML-Dateien setzen.",
        )
    for path in (city, *city.glob("*.yaml")):
        if path.stat().st_mode & stat.S_IWOTH:
            raise ConfigurationError(
                f"{path} ist für alle beschreibbar; jeder könnte die Regeln ändern.",
                remedy=f"chmod o-w {path}",
            )


def _refuse_open_transport(settings: Settings) -> None:
    """Passwords and mail cross a network only through a reverse proxy that speaks TLS."""
    if settings.behind_tls or _is_loopback(settings.web_host):
        return
    raise ConfigurationError(
        f"POSTEINGANG_WEB_HOST={settings.web_host}: die Seite wäre unverschlüsselt im Netz erreichbar.",
        remedy="127.0.0.1 verwenden, oder einen Reverse-Proxy mit TLS davorstellen und POSTEINGANG_BEHIND_TLS=true "
        "setzen (siehe docs/betrieb.md).",
    )


def _refuse_no_way_to_dms(settings: Settings) -> None:
    """What would fail at the first document is said at the start."""
    proxy = settings.dms_proxy.get_secret_value()
    if proxy and not _is_http_address(proxy):
        raise ConfigurationError(
            "POSTEINGANG_DMS_PROXY ist keine Adresse eines Proxys.",
            remedy="Erwartet wird http://RECHNER:PORT, mit Anmeldung http://BENUTZER:KENNWORT@RECHNER:PORT.",
        )
    bundle = settings.dms_ca_bundle
    if bundle is None:
        return
    try:
        ssl.create_default_context(cafile=str(bundle))
    except OSError as error:  # no such file, no rights; ssl.SSLError is one too: no certificate in it
        raise ConfigurationError(
            f"POSTEINGANG_DMS_CA_BUNDLE: {bundle} enthält keine lesbaren Zertifikate ({type(error).__name__}).",
            remedy="Erwartet wird eine PEM-Datei mit den Zertifikaten der Zertifizierungsstelle.",
        ) from None


def _is_http_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
