"""Make an installation ready: folders, rules, database; or say in one sentence what is missing."""

import os
import secrets
import shutil

from config.settings import Settings, load_settings
from schemas.errors import ConfigurationError, os_reason

__all__ = ["open_records", "prepare_installation", "set_up_django"]

_PROGRAMS = {"tesseract": "tesseract-ocr tesseract-ocr-deu", "redis-server": "redis-server"}


def prepare_installation(component: str) -> Settings:
    """Check everything that can be checked before the first child starts, and bring the database up to date.

    The rules come last: which of them are in force stands in the database.
    """
    settings = load_settings()
    _need_programs(settings)
    _make_folders(settings)
    os.umask(0o027)
    _keep_secret_key(settings)
    from workers.process import prepare_process

    prepare_process(component)
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    from records.procedure import rules_in_force

    rules_in_force()
    return settings


def open_records() -> Settings:
    """Django ready on the existing database; ConfigurationError if there is none yet."""
    settings = load_settings()
    set_up_django()
    if not settings.database_url and not (settings.var / "posteingang.sqlite3").exists():
        raise ConfigurationError(
            f"In {settings.var} gibt es noch keine Datenbank.",
            remedy="Zuerst ./run up starten oder POSTEINGANG_VAR auf den Datenordner setzen.",
        )
    return settings


def set_up_django() -> None:
    """Models and settings ready; the database is not touched."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.django_settings")
    import django

    django.setup()


def _need_programs(settings: Settings) -> None:
    for program, packages in _PROGRAMS.items():
        if program == "redis-server" and not settings.private_redis:
            continue
        if shutil.which(program) is None:
            raise ConfigurationError(f"Das Programm {program} fehlt.", remedy=f"apt-get install {packages}")


def _make_folders(settings: Settings) -> None:
    for folder in settings.folders():
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigurationError(
                f"Der Ordner {folder} lässt sich nicht anlegen ({os_reason(error)}).",
                remedy="Rechte prüfen oder POSTEINGANG_VAR auf einen beschreibbaren Ordner setzen.",
            ) from None
        if not os.access(folder, os.W_OK | os.X_OK):
            raise ConfigurationError(
                f"Der Ordner {folder} ist nicht beschreibbar.", remedy="Besitzer und Rechte des Ordners prüfen."
            )
    if len(os.fsencode(settings.redis_socket)) > 107 and settings.private_redis:
        raise ConfigurationError(
            f"Der Pfad {settings.redis_socket} ist für einen Unix-Socket zu lang.",
            remedy="POSTEINGANG_VAR auf einen kürzeren Pfad setzen.",
        )
    if settings.inbox.stat().st_dev != settings.spool.stat().st_dev:
        raise ConfigurationError(
            f"{settings.inbox} und {settings.spool} liegen auf verschiedenen Dateisystemen.",
            remedy="Beide auf dasselbe Dateisystem legen: die Übernahme ist ein Umbenennen.",
        )


def _keep_secret_key(settings: Settings) -> None:
    """A secret of this installation for sessions, readable by its owner only."""
    path = settings.var / "secret_key"
    if settings.secret_key.get_secret_value() or path.exists():
        return
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(secrets.token_urlsafe(64))
