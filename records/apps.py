"""Django's registration of the room."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "records"
    verbose_name = "Register"
    default_auto_field = "django.db.models.BigAutoField"
