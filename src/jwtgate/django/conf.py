"""The setting ``JWTGATE``, read once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import iscoroutinefunction
from threading import RLock
from typing import Any, TypeAlias, final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.dispatch import receiver
from django.http import HttpRequest

from jwtgate.django.gates import KEYS, Problems, gate_of, named
from jwtgate.errors import ConfigurationError
from jwtgate.gate import Gate
from jwtgate.outcome import Anonymous, Authenticated
from jwtgate.values import is_switch

__all__ = ["SETTING", "Conf", "FindUser", "current", "gate_for"]

SETTING = "JWTGATE"
"""The name of the setting."""

FindUser: TypeAlias = Callable[[Authenticated | Anonymous, HttpRequest], Any]
"""Gives the user of a caller, or None."""

_KEYS = (*KEYS, "GUARD_ALL", "USER")

_lock = RLock()
_built: dict[str, "Conf"] = {}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Conf:
    """What the setting says.

    Attributes:
        gate: Decides; None without the setting: then one further out does.
        guards_all: Whether every view demands a caller but those that are public.
        user: Gives the user of a caller, or None; None leaves ``request.user`` alone.
    """

    gate: Gate | None = None
    guards_all: bool = True
    user: FindUser | None = None


def current() -> Conf:
    """Give what the setting says; read once, and anew when a test overrides it.

    Raises:
        ConfigurationError: It cannot work; has every problem.
    """
    conf = _built.get(SETTING)
    if conf is None:
        with _lock:
            chosen = getattr(settings, SETTING, None)
            conf = _built.get(SETTING) or _built.setdefault(SETTING, _read(chosen))
    return conf


def gate_for(found: object) -> Gate:
    """Give the gate of the setting; without it, the one that decided further out.

    Args:
        found: What is on the request of an outcome.

    Raises:
        ImproperlyConfigured: There is neither.
    """
    gate = current().gate or getattr(found, "gate", None)
    if not isinstance(gate, Gate):
        raise ImproperlyConfigured(
            "there is no gate: set JWTGATE = {...}, or put the application behind "
            "jwtgate.wsgi.JWTGateMiddleware or jwtgate.asgi.JWTGateMiddleware"
        )
    return gate


@receiver(setting_changed)
def _forget(*, setting: str, **_: Any) -> None:
    if setting == SETTING:
        _built.clear()


def _read(chosen: object) -> Conf:
    if chosen is None:
        return Conf()
    if not isinstance(chosen, Mapping):
        raise ConfigurationError("JWTGATE must be a dict")
    problems = Problems(
        f"JWTGATE has no key {key!r}; expected one of: {', '.join(_KEYS)}"
        for key in chosen
        if key not in _KEYS
    )
    gate = gate_of(chosen, problems)
    guards_all = problems.of("GUARD_ALL", _switch, chosen.get("GUARD_ALL", True))
    user = problems.of("USER", _user, chosen.get("USER"))
    if problems:
        raise ConfigurationError(*problems)
    return Conf(gate=gate, guards_all=guards_all, user=user)


def _switch(value: object) -> object:
    if not is_switch(value):
        raise ConfigurationError("must be True or False")
    return value


def _user(value: object) -> object:
    find = named(value)
    # A coroutine is as true as any user.
    if find is not None and (not callable(find) or iscoroutinefunction(find)):
        raise ConfigurationError(
            "expected a function of outcome and request, not asynchronous, that "
            "returns a user or None, or its dotted path"
        )
    return find
