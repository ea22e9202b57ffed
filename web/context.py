"""What every page shows about the installation."""

from django.http import HttpRequest

from config.load import city
from config.settings import load_settings

__all__ = ["installation"]


def installation(request: HttpRequest) -> dict[str, object]:
    """City name, and whether this is a demonstration with invented mail."""
    return {"city_name": city().organisation.city, "demo": load_settings().demo}
