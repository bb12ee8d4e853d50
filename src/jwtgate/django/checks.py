"""System checks of ``JWTGATE``, as ``docs/frameworks/django.md`` lists them."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.core import checks
from django.utils.module_loading import import_string

from jwtgate.django import conf
from jwtgate.django.conf import Conf
from jwtgate.errors import ConfigurationError
from jwtgate.policy import Policy

__all__ = ["check_deployment", "check_middleware", "check_setting"]

_OURS = "jwtgate.django.middleware.JWTGateMiddleware"
_AUTHENTICATION = "django.contrib.auth.middleware.AuthenticationMiddleware"
_LOGIN_REQUIRED = "django.contrib.auth.middleware.LoginRequiredMiddleware"

_WARNINGS = (
    checks.Warning(
        "JWTGATE is set, and MIDDLEWARE lacks jwtgate.django.JWTGateMiddleware.",
        hint="Without it, views that are not decorated are open, and they see identity "
        "headers that a client forged.",
        id="jwtgate.W001",
    ),
    checks.Warning(
        "JWTGateMiddleware is in MIDDLEWARE, and JWTGATE is not set.",
        hint="Set it, unless a gate in front of Django decides on every request: "
        "without either, every request fails.",
        id="jwtgate.W002",
    ),
    checks.Warning(
        "JWTGateMiddleware comes before AuthenticationMiddleware.",
        hint="That overwrites the request.user which JWTGATE['USER'] gives; put it "
        "first.",
        id="jwtgate.W003",
    ),
    checks.Warning(
        "LoginRequiredMiddleware knows no caller, as JWTGATE['USER'] is not set.",
        hint="It sends every caller without a session to the login page; set USER, "
        "such as to 'jwtgate.django.by_username'.",
        id="jwtgate.W004",
    ),
    checks.Warning(
        "A policy is in report mode: what it would refuse passes.",
        hint="Set mode to 'enforce' when the log tells of nobody who is left out.",
        id="jwtgate.W011",
    ),
    checks.Warning(
        "A policy takes tokens from the query.",
        hint="URLs end up in logs and histories (RFC 6750 section 5.3); set "
        "query_names to [].",
        id="jwtgate.W012",
    ),
    checks.Warning(
        "A policy takes tokens from cookies, and csrf is off.",
        hint="Other sites can make a browser send them; set csrf to True.",
        id="jwtgate.W013",
    ),
    checks.Warning(
        "A policy trusts an origin that is not HTTPS.",
        hint="Whoever is on the way can speak for it; name it with https://.",
        id="jwtgate.W014",
    ),
)
_DEPLOYMENT: Mapping[str, Callable[[Policy], bool]] = MappingProxyType(
    {
        "W011": lambda policy: policy.mode == "report",
        "W012": lambda policy: bool(policy.query_names),
        "W013": lambda policy: bool(policy.cookie_names) and not policy.csrf,
        "W014": lambda policy: any(
            origin.startswith("http://") for origin in policy.trusted_origins
        ),
    }
)


def check_setting(**_: Any) -> list[checks.CheckMessage]:
    """See that ``JWTGATE`` can work: ``jwtgate.E001`` for each problem."""
    try:
        conf.current()
    except ConfigurationError as error:
        hint = "The keys of JWTGATE are in docs/frameworks/django.md."
        return [
            checks.Error(each, hint=hint, id="jwtgate.E001") for each in error.problems
        ]
    return []


def check_middleware(**_: Any) -> list[checks.CheckMessage]:
    """See that the middleware is there, and that it is where it works."""
    kinds = [_kinds_of(path) for path in settings.MIDDLEWARE]
    is_set = getattr(settings, conf.SETTING, None) is not None
    ours = _place(_OURS, kinds)
    if ours is None:
        return [_warning("W001")] if is_set else []
    if not is_set:
        return [_warning("W002")]
    if (chosen := _conf()) is None:
        return []
    is_mapped, found = chosen.user is not None, []
    if is_mapped and ours < (_place(_AUTHENTICATION, kinds) or 0):
        found.append(_warning("W003"))
    if not is_mapped and _place(_LOGIN_REQUIRED, kinds) is not None:
        found.append(_warning("W004"))
    return found


def check_deployment(**_: Any) -> list[checks.CheckMessage]:
    """See that no policy is what only a project under development may have."""
    gate = getattr(_conf(), "gate", None)
    if gate is None:
        return []
    routes = (route.policy for route in gate.settings.routes if not route.public)
    policies = [gate.policy, *(each for each in routes if each is not None)]
    return [
        _warning(id_) for id_, is_so in _DEPLOYMENT.items() if any(map(is_so, policies))
    ]


def _conf() -> Conf | None:
    try:
        return conf.current()
    except ConfigurationError:
        return None  # of which check_setting tells


def _warning(number: str) -> checks.CheckMessage:
    return next(each for each in _WARNINGS if each.id == f"jwtgate.{number}")


def _kinds_of(path: str) -> set[str]:
    # By name: the middleware of an app that is not installed cannot be imported.
    try:
        kinds = getattr(import_string(path), "__mro__", ())
    except ImportError:
        return set()  # of which Django tells
    return {f"{each.__module__}.{each.__qualname__}" for each in kinds}


def _place(kind: str, kinds: Sequence[set[str]]) -> int | None:
    return next((place for place, each in enumerate(kinds) if kind in each), None)
