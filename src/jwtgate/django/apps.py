"""The app ``jwtgate.django``: system checks of the setting ``JWTGATE``."""

from django.apps import AppConfig
from django.core.checks import Tags, register

__all__ = ["JWTGateConfig"]


class JWTGateConfig(AppConfig):
    """Registers the checks; it has no tables."""

    name = "jwtgate.django"
    label = "jwtgate"

    def ready(self) -> None:
        """Register the system checks."""
        # Imported here: a project that lacks the app need not load them.
        from jwtgate.django import checks  # noqa: PLC0415

        register(checks.check_setting, Tags.security)
        register(checks.check_middleware, Tags.security)
        register(checks.check_deployment, Tags.security, deploy=True)
