import argparse
from pathlib import Path

import pytest

from jwtgate import ConfigurationError, Gate, MemoryStore, Route
from jwtgate.cli.loading import add_loading, load_gate, stores_of
from jwtgate.stores import FixedStore
from tests.kit import ListStore

BARRED = """
_format_version: "3.0"
consumers: []
plugins:
- name: jwt
- name: bot-detection
"""


def arguments(*argv: str) -> argparse.Namespace:
    """Parse the options of a command that loads a file."""
    parser = argparse.ArgumentParser()
    add_loading(parser)
    return parser.parse_args(argv)


def test_a_file_is_loaded(config: Path) -> None:
    """As jwtgate.load() does."""
    gate = load_gate(str(config), arguments())
    assert gate.policy.maximum_expiration == 600


def test_the_format_may_be_said(config: Path) -> None:
    """Then nothing is guessed."""
    with pytest.raises(ConfigurationError):
        load_gate(str(config), arguments("--format", "kong"))


def test_a_plugin_that_restricts_may_be_left_out_by_name(tmp_path: Path) -> None:
    """It is refused without."""
    file = tmp_path / "kong.yml"
    file.write_text(BARRED)
    with pytest.raises(ConfigurationError, match="bot-detection"):
        load_gate(str(file), arguments())
    gate = load_gate(str(file), arguments("--allow-dropped", "bot-detection"))
    assert [note.kind for note in gate.load_report] == ["dropped"]


def test_stores_of_a_gate_come_once_each() -> None:
    """Its own first; one that holds no rows of a file is none of them."""
    own, other = MemoryStore(), FixedStore()
    routes = [
        Route(path="/a", store=other),
        Route(path="/b", store=other),
        Route(path="/c", store=ListStore()),
        Route(path="/d"),
    ]
    assert stores_of(Gate(own, routes=routes)) == (own, other)
