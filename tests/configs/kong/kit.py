"""Files of Kong's, as trees, and what is made of them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from jwtgate import ConfigurationError
from jwtgate.configs.context import Context
from jwtgate.configs.kong import read
from jwtgate.configs.problems import Problems
from jwtgate.secrets import References
from jwtgate.settings import Settings
from tests.kit import KEY, SECRET

FILE = Path("kong.json")
"""The name of every file here; none is looked at."""

ID = "3f1d7c1e-8b1f-4e1b-9f57-1a2b3c4d5e6f"
OTHER_ID = "7d9a2f80-4c1e-4f0a-8d6b-0c9e8f7a6b5c"


def context(environ: Mapping[str, str] | None = None, **fields: Any) -> Context:
    """Give what a reader is given beside a file."""
    environ = environ or {}
    references = References(Path("/nowhere"), environ)
    return Context(references=references, environ=environ, **fields)


def root(**members: object) -> dict[str, object]:
    """Give a file with these members."""
    return {"_format_version": "3.0", **members}


def made(given: Context | None = None, **members: object) -> Settings:
    """Make settings of a file with these members."""
    return read(FILE, "", root(**members), given or context())


def told(given: Context | None = None, **members: object) -> tuple[str, ...]:
    """Give the problems of a file with these members."""
    with pytest.raises(ConfigurationError) as caught:
        made(given, **members)
    return caught.value.problems


def noted(given: Context | None = None, **members: object) -> list[str]:
    """Give the notes of a file with these members."""
    return [str(note) for note in made(given, **members).report]


def plugin(name: str, config: object = None, **members: object) -> dict[str, object]:
    """Give a plugin."""
    table = {"name": name, **members}
    return table if config is None else {**table, "config": config}


def jwt(**config: object) -> dict[str, object]:
    """Give a jwt plugin."""
    return plugin("jwt", config)


def consumer(**members: object) -> dict[str, object]:
    """Give a consumer with a credential."""
    secrets = [{"key": KEY, "secret": SECRET}]
    return {"username": "jack", "jwt_secrets": secrets, **members}


def route(*paths: str, **members: object) -> dict[str, object]:
    """Give a route."""
    return {"paths": list(paths), **members} if paths else members


def sentences(problems: Problems) -> tuple[str, ...]:
    """Give what was reported."""
    return problems.error().problems
