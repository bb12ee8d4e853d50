"""The app ``jwtgate.django.db``: tables, admin, commands."""

from django.apps import AppConfig

__all__ = ["JWTGateDBConfig"]


class JWTGateDBConfig(AppConfig):
    """Has the tables of consumers and credentials."""

    name = "jwtgate.django.db"
    label = "jwtgate_db"
    verbose_name = "jwtgate"
    default_auto_field = "django.db.models.BigAutoField"
