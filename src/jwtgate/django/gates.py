"""From the keys of the setting ``JWTGATE`` to a gate."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from os import PathLike
from types import MappingProxyType
from typing import Any

from django.utils.module_loading import import_string

from jwtgate.configs import load
from jwtgate.django.policies import policy_of, routes_of
from jwtgate.errors import ConfigurationError
from jwtgate.events import Events
from jwtgate.gate import Gate
from jwtgate.memo import DEFAULT_MEMO
from jwtgate.settings import Settings
from jwtgate.store import AsyncCredentialStore, CredentialStore
from jwtgate.values import is_switch

__all__ = ["KEYS", "Problems", "gate_of", "named"]

# What a gate may come from, each with the keys that say more of it.
_SOURCES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "GATE": (),
        "CONFIG": ("WATCH", "FORMAT", "DENYLIST", "MEMO", "EVENTS"),
        "STORE": ("POLICY", "DIALECT", "ROUTES", "DENYLIST", "MEMO", "EVENTS"),
    }
)
KEYS = tuple(
    dict.fromkeys(key for source, more in _SOURCES.items() for key in (source, *more))
)
"""The keys that say what the gate is."""


class Problems(list[str]):
    """What is wrong with the setting, found together."""

    def of(self, key: str, read: Callable[..., Any], *values: object) -> Any:
        """Read the value of a key; give None where that cannot work."""
        try:
            return read(*values)
        except ConfigurationError as error:
            self += [f"JWTGATE[{key!r}]: {each}" for each in error.problems]
            return None


def gate_of(chosen: Mapping[str, Any], problems: Problems) -> Gate | None:
    """Make the gate that a setting describes; None if there are problems.

    Args:
        chosen: The setting.
        problems: Gets what is wrong with it.
    """
    if misplaced := list(_misplaced(chosen)):
        problems += misplaced
        return None
    made: Gate | None
    if "GATE" in chosen:
        made = problems.of("GATE", _gate, chosen["GATE"])
    elif "CONFIG" in chosen:
        made = problems.of("CONFIG", _loaded, chosen)
    else:
        made = _over_store(chosen, problems)
    return made


def named(value: object) -> Any:
    """Import what a dotted path names; anything else is given back.

    Raises:
        ConfigurationError: It cannot be imported.
    """
    if not isinstance(value, str):
        return value
    try:
        return import_string(value)
    except ImportError as error:
        raise ConfigurationError(f"{value!r} cannot be imported: {error}") from error


def _misplaced(chosen: Mapping[str, Any]) -> Iterator[str]:
    if len(chosen.keys() & _SOURCES.keys()) != 1:
        yield f"JWTGATE needs exactly one of: {', '.join(_SOURCES)}"
    for key in KEYS:
        sources = [source for source, keys in _SOURCES.items() if key in keys]
        if sources and key in chosen and chosen.keys().isdisjoint(sources):
            yield f"JWTGATE[{key!r}] goes with {' or '.join(sources)} only"


def _gate(value: object) -> Gate:
    gate = named(value)
    if not isinstance(gate, Gate) and callable(gate):
        gate = gate()
    if not isinstance(gate, Gate):
        raise ConfigurationError(
            "expected a Gate, a function that returns one, or the dotted path of either"
        )
    return gate


def _loaded(chosen: Mapping[str, Any]) -> Gate:
    path, watch = chosen["CONFIG"], chosen.get("WATCH", False)
    if not isinstance(path, str | PathLike):
        raise ConfigurationError("expected the path of a file")
    if not is_switch(watch):
        raise ConfigurationError("WATCH must be True or False")
    return load(
        path,
        format=chosen.get("FORMAT"),
        watch=watch,
        denylist=named(chosen.get("DENYLIST")),
        memo=chosen.get("MEMO", DEFAULT_MEMO),
        events=_events(chosen),
    )


def _over_store(chosen: Mapping[str, Any], problems: Problems) -> Gate | None:
    before = len(problems)
    dialect = chosen.get("DIALECT")
    store = problems.of("STORE", _store, chosen["STORE"])
    policy = problems.of("POLICY", policy_of, chosen.get("POLICY", {}), dialect)
    routes = problems.of("ROUTES", routes_of, chosen.get("ROUTES", ()), dialect)
    denylist = problems.of("DENYLIST", named, chosen.get("DENYLIST"))
    events = problems.of("EVENTS", _events, chosen)
    if len(problems) > before:
        return None
    described = Settings(store=store, policy=policy, routes=routes, denylist=denylist)
    memo = chosen.get("MEMO", DEFAULT_MEMO)
    make = partial(Gate.of, memo=memo, events=events)
    made: Gate | None = problems.of("STORE", make, described)
    return made


def _events(chosen: Mapping[str, Any]) -> Events | None:
    events = named(chosen.get("EVENTS"))
    if not (events is None or isinstance(events, Events)):
        raise ConfigurationError("EVENTS must be Events, or the dotted path of some")
    return events


def _store(value: object) -> CredentialStore | AsyncCredentialStore:
    store = named(value)
    kinds = CredentialStore | AsyncCredentialStore
    if isinstance(store, type) or (not isinstance(store, kinds) and callable(store)):
        store = store()
    if not isinstance(store, kinds):
        raise ConfigurationError(
            "expected a store, with find(key, kid=None) or 'async def afind(key, "
            "kid=None)', a class or function that makes one, or the dotted path of any"
        )
    return store
