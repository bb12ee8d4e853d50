"""Trees as a parser gives them, built and loaded."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from jwtgate import ConfigurationError, Gate
from jwtgate.configs.loading import load
from jwtgate.configs.native.build import build
from jwtgate.configs.problems import Problems
from tests.kit import SECRET, clock


def credential(**members: object) -> dict[str, object]:
    """Give a credential of a file."""
    return {"key": "jack-key", "secret": SECRET, **members}


def consumer(**members: object) -> dict[str, object]:
    """Give a consumer of a file."""
    return {"username": "jack", **members}


def gate_of(**members: object) -> Gate:
    """Make a gate of the members of a file."""
    return Gate.of(build({"version": 1, **members}, Problems()), clock=clock)


def told(act: Callable[[], object]) -> tuple[str, ...]:
    """Give the problems that something raises."""
    with pytest.raises(ConfigurationError) as caught:
        act()
    return caught.value.problems


def problems_of(**members: object) -> tuple[str, ...]:
    """Give the problems of the members of a file."""
    return told(lambda: gate_of(**members))


def write(
    folder: Path, content: object, name: str = "jwtgate.json", encoding: str = "utf-8"
) -> Path:
    """Write a file: a text as it is, anything else as JSON."""
    path = folder / name
    text = content if isinstance(content, str) else json.dumps(content)
    path.write_text(text, encoding=encoding)
    return path


def load_of(
    folder: Path, environ: Mapping[str, str] | None = None, **members: object
) -> Gate:
    """Load a JSON file with these members."""
    return load(write(folder, {"version": 1, **members}), environ=environ or {})
