"""APISIX files as a parser gives them, read and loaded."""

import json
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, cast

import pytest

from jwtgate import ConfigurationError, Gate
from jwtgate.configs.apisix import read
from jwtgate.configs.context import Context
from jwtgate.secrets import References
from jwtgate.settings import Settings
from jwtgate.stores.fixed import FixedStore
from tests.kit import KEY, SECRET, Sent, clock, mint

FILE = Path("apisix.json")
HELLO = {"uri": "/hello", "plugins": {"jwt-auth": {}}}
"""A route that is guarded."""


def context(
    environ: Mapping[str, str] | None = None,
    *,
    allow_dropped: Collection[str] = (),
    strict: bool = False,
    quota_storage: str | None = None,
) -> Context:
    """Make what a reader is given beside the file."""
    environ = environ or {}
    return Context(
        references=References(Path(), environ),
        environ=environ,
        allow_dropped=frozenset(allow_dropped),
        strict=strict,
        quota_storage=quota_storage,
    )


def jwt_auth(**members: object) -> dict[str, object]:
    """Give the block of a consumer."""
    return {"key": KEY, "secret": SECRET, **members}


def jack(**members: object) -> dict[str, object]:
    """Give the consumer of most tests."""
    return {"username": "jack", "plugins": {"jwt-auth": jwt_auth()}, **members}


def settings_of(given: Context | None = None, /, **root: object) -> Settings:
    """Read a file with these lists."""
    text = json.dumps(root)
    return read(FILE, text, json.loads(text), given or context())


def gate_of(given: Context | None = None, /, **root: object) -> Gate:
    """Make a gate of a file with these lists."""
    return Gate.of(settings_of(given, **root), clock=clock)


def problems_of(given: Context | None = None, /, **root: object) -> tuple[str, ...]:
    """Give the problems of a file with these lists."""
    return told(lambda: settings_of(given, **root))


def told(act: Callable[[], object]) -> tuple[str, ...]:
    """Give the problems that something raises."""
    with pytest.raises(ConfigurationError) as caught:
        act()
    return caught.value.problems


def problems_in(given: Context) -> tuple[str, ...]:
    """Give the problems that were found so far; none if there are none."""
    return given.problems.error().problems if given.problems else ()


def notes_in(given: Context) -> list[str]:
    """Give the notes so far, each as a line."""
    return [str(note) for note in given.notes.report()]


def notes_of(given: Context | None = None, /, **root: object) -> list[str]:
    """Give the notes on a file with these lists."""
    return [str(note) for note in settings_of(given, **root).report]


def store_of(settings: Settings) -> FixedStore:
    """Give the store of settings."""
    return cast("FixedStore", settings.store)


def asked(claims: object = None, **fields: Any) -> Sent:
    """Make a request with a token of APISIX's kind."""
    more = fields.pop("token", {})
    token = mint({"key": KEY, "iss": None, **(claims or {}), **more})  # type: ignore[dict-item]
    return Sent.bearer(token, **{"path": "/hello", **fields})
