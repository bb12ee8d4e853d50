import argparse
from pathlib import Path

import pytest

from jwtgate import Consumer, NotFound, UnusableCredential
from jwtgate.cli.errors import UsageError
from jwtgate.cli.sources import FileRows, add_source, chosen_file, rows_of
from jwtgate.stores import FixedStore
from jwtgate.stores.sql import SQLStore
from tests.kit import KEY, credential, jack

ANN = Consumer(username="ann", tags=["old"])
UNUSABLE = UnusableCredential(key="broken", why="it is broken")


def arguments(*argv: object) -> argparse.Namespace:
    """Parse the options of a command that reads rows."""
    parser = argparse.ArgumentParser()
    add_source(parser)
    return parser.parse_args([str(each) for each in argv])


@pytest.fixture
def rows() -> FileRows:
    """Give the rows of a file: of jack and ann, and one that cannot be used."""
    anns = credential(consumer=ANN, key="ann-key", tags=["new"])
    return FileRows(FixedStore([jack(), ANN], [credential(), anns, UNUSABLE]))


def test_all_rows_of_a_file_are_given(rows: FileRows) -> None:
    """Those that cannot be used, too."""
    assert [each.username for each in rows.consumers()] == ["jack", "ann"]
    assert [each.key for each in rows.credentials()] == [KEY, "ann-key", "broken"]


def test_rows_of_a_file_are_chosen_by_tag(rows: FileRows) -> None:
    """As a store does."""
    assert [each.username for each in rows.consumers("old")] == ["ann"]
    assert [each.key for each in rows.credentials(tag="new")] == ["ann-key"]


@pytest.mark.parametrize("name", ["ann", ANN.id], ids=["username", "id"])
def test_rows_of_a_file_are_chosen_by_consumer(rows: FileRows, name: str) -> None:
    """By id or username."""
    assert [each.key for each in rows.credentials(name)] == ["ann-key"]


def test_an_unknown_consumer_of_a_file_is_told(rows: FileRows) -> None:
    """As a store does."""
    with pytest.raises(NotFound):
        list(rows.credentials("nobody"))


def test_rows_of_a_store_come_page_by_page(
    store: SQLStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of them, however many."""
    monkeypatch.setattr("jwtgate.cli.sources.MAX_LIMIT", 2)
    for name in "abcde":
        store.create_consumer(username=name)
    with rows_of(arguments()) as rows:
        assert "".join(each.username or "" for each in rows.consumers()) == "abcde"


@pytest.mark.usefixtures("jack")
def test_rows_of_a_store_are_chosen() -> None:
    """By consumer and tag."""
    with rows_of(arguments()) as rows:
        assert [each.key for each in rows.credentials("jack")] == [KEY]
        assert list(rows.credentials("jack", tag="none")) == []


@pytest.mark.usefixtures("url")
def test_a_file_that_is_named_comes_before_the_store(config: Path) -> None:
    """The environment is what is usual, an argument what is wanted."""
    with rows_of(arguments("--config", config)) as rows:
        assert [each.username for each in rows.consumers()] == ["jack"]


def test_the_usual_file_is_found(config: Path) -> None:
    """Where nothing was said."""
    config.rename(config.with_name("jwtgate.toml"))
    assert chosen_file(arguments()) == "jwtgate.toml"


def test_a_file_and_a_store_are_too_much() -> None:
    """Which was meant?"""
    with pytest.raises(UsageError, match="not both"):
        chosen_file(arguments("--config", "x.toml", "--store", "sqlite:///x"))


def test_neither_a_file_nor_a_store_is_too_little() -> None:
    """It says how to name one."""
    with pytest.raises(UsageError, match="--config, or set JWTGATE_STORE"):
        chosen_file(arguments())
