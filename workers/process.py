"""Make a process ready: Django and logging. Imported before anything that needs the models."""

import os

from config.logs import prepare_logging
from config.settings import load_settings
from schemas.lifeline import end_quickly

__all__ = ["prepare_process"]


def prepare_process(name: str) -> None:
    """Django ready, JSON log lines to var/log/<name>.log, nothing on the console."""
    import django

    end_quickly()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.django_settings")
    prepare_logging(name, load_settings())
    django.setup()
