"""Django with the REST framework: alone, with simplejwt, with a gate.

Django has one project for a process, which is set up here unless there is one.
"""

from collections.abc import Mapping
from typing import Any

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import setting_changed

from benchmarks.apps.callers import Caller
from benchmarks.apps.calling import WSGIApp
from jwtgate import Gate
from jwtgate.wsgi import JWTGateMiddleware

__all__ = ["apps", "apps_behind", "apps_wrapped", "described"]


def described(caller: Caller) -> Mapping[str, Any]:
    """Describe the project that the apps need."""
    return {
        "ALLOWED_HOSTS": ["127.0.0.1"],
        "JWTGATE": None,
        "LOGGING_CONFIG": None,
        "MIDDLEWARE": [],
        "ROOT_URLCONF": "benchmarks.apps.drfviews",
        "SIMPLE_JWT": {
            "SIGNING_KEY": caller.material,
            # So that the token may have the same five claims.
            "JTI_CLAIM": None,
            "TOKEN_TYPE_CLAIM": None,
            "USER_ID_CLAIM": "sub",
        },
    }


def apps(caller: Caller) -> dict[str, WSGIApp]:
    """Give the project by what guards its view, with the gate as authentication."""
    _set_up(caller)
    handler = WSGIHandler()
    return {
        "nothing": _at("/open", handler),
        "peer": _at("/peer", handler),
        "cold": _under(caller.gate(memo=False), "/gate", handler),
        "repeated": _under(caller.gate(memo=True), "/gate", handler),
    }


def apps_behind(caller: Caller) -> dict[str, WSGIApp]:
    """Give the project by what guards it, with the gate as middleware of Django."""
    _set_up(caller)
    handler = WSGIHandler()
    chosen: Any = settings
    chosen.MIDDLEWARE = ["jwtgate.django.JWTGateMiddleware"]
    guarded = WSGIHandler()
    chosen.MIDDLEWARE = []
    return {
        "nothing": _at("/open", handler),
        "peer": _at("/peer", handler),
        "cold": _under(caller.gate(memo=False), "/open", guarded),
        "repeated": _under(caller.gate(memo=True), "/open", guarded),
    }


def apps_wrapped(caller: Caller) -> dict[str, WSGIApp]:
    """Give the project by what guards it, with the gate as WSGI middleware."""
    _set_up(caller)
    handler = WSGIHandler()
    opened = _at("/open", handler)
    return {
        "nothing": opened,
        "peer": _at("/peer", handler),
        "cold": JWTGateMiddleware(opened, caller.gate(memo=False)),
        "repeated": JWTGateMiddleware(opened, caller.gate(memo=True)),
    }


def _set_up(caller: Caller) -> None:
    if not settings.configured:
        settings.configure(
            SECRET_KEY=caller.material,
            INSTALLED_APPS=[
                "django.contrib.auth",
                "django.contrib.contenttypes",
                "rest_framework",
            ],
            **described(caller),
        )
        django.setup()


def _at(path: str, handler: WSGIHandler) -> WSGIApp:
    def app(environ: dict[str, Any], start_response: Any) -> Any:
        environ["PATH_INFO"] = path
        return handler(environ, start_response)

    return app


def _under(gate: Gate, path: str, handler: WSGIHandler) -> WSGIApp:
    chosen: Any = settings
    setting = {"GATE": gate}

    def app(environ: dict[str, Any], start_response: Any) -> Any:
        # The setting is one for the process: changed when the rows take turns.
        if chosen.JWTGATE is not setting:
            chosen.JWTGATE = setting
            setting_changed.send(app, setting="JWTGATE", value=setting, enter=True)
        environ["PATH_INFO"] = path
        return handler(environ, start_response)

    return app
