import json
from pathlib import Path

import pytest

from jwtgate import NotFound
from jwtgate.stores.sql import SQLStore
from tests.cli.running import CLI
from tests.kit import KEY


def test_one_is_added(cli: CLI, store: SQLStore) -> None:
    """With all that it has."""
    ran = cli(
        *("consumers", "add", "jack", "--custom-id", "7", "--id", "i"),
        *("--group", "a", "--group", "b", "--tag", "t", "--quota", "3/30s"),
        "--disabled",
    )
    assert (ran.code, ran.out) == (0, "added jack, id i\n")
    found = store.get_consumer("jack")
    assert (found.id, found.custom_id, found.enabled) == ("i", "7", False)
    assert (found.groups, found.tags) == (("a", "b"), ("t",))


@pytest.mark.usefixtures("url")
def test_one_is_added_for_a_script(cli: CLI) -> None:
    """In JSON, its id made."""
    told = json.loads(cli("consumers", "add", "jack", "--json").out)
    assert (told["username"], len(told["id"])) == ("jack", 36)


def test_the_first_one_may_bring_the_tables(cli: CLI, tmp_path: Path) -> None:
    """Into a database that has none."""
    argv = ("--store", f"sqlite:///{tmp_path / 'new.db'}")
    assert cli("consumers", "add", "jack", *argv).code == 1
    assert cli("consumers", "add", "jack", *argv, "--create-tables").code == 0


@pytest.mark.usefixtures("jack")
def test_a_name_that_is_taken_is_refused(cli: CLI) -> None:
    """It may be free tomorrow."""
    ran = cli("consumers", "add", "jack")
    assert (ran.code, ran.err) == (1, "jwtgate: a consumer with this id exists\n")


@pytest.mark.usefixtures("url")
def test_a_name_that_cannot_be_is_usage(cli: CLI) -> None:
    """It is not taken tomorrow, either."""
    assert cli("consumers", "add", "a\nb").code == 2
    assert cli("consumers", "add").code == 2


@pytest.mark.usefixtures("jack")
def test_all_are_listed(cli: CLI) -> None:
    """As a table in a pipe."""
    ran = cli("consumers", "list")
    assert ran.code == 0
    assert ran.out == (
        "username  custom_id  groups  quota  state  id\n"
        "jack      495aec6a   staff   -      live   "
        "07bd6711-fcb1-52e8-ab36-925ec1bfedb5\n"
    )


def test_those_of_a_file_are_listed_by_tag(cli: CLI, config: Path) -> None:
    """In JSON, for scripts."""
    argv = ("consumers", "list", "--config", config, "--json", "--tag")
    assert [each["username"] for each in json.loads(cli(*argv, "new").out)] == ["jack"]
    assert json.loads(cli(*argv, "old").out) == []


def test_terminal_escape_attack_by_a_name_is_written_out(
    cli: CLI, store: SQLStore
) -> None:
    """A name that somebody chose does nothing to whoever lists it."""
    store.create_consumer(username="\x1b[2Jjack")
    assert "\\x1b[2Jjack" in cli("consumers", "list").out
    assert "\x1b" not in cli("consumers", "list", "--json").out


def test_one_is_disabled_and_enabled(cli: CLI, jack: SQLStore) -> None:
    """Its credentials stay."""
    assert cli("consumers", "disable", "jack").out == "disabled jack\n"
    assert not jack.get_consumer("jack").enabled
    assert cli("consumers", "enable", "jack").out == "enabled jack\n"
    assert jack.get_consumer("jack").enabled


def test_one_is_deleted(cli: CLI, jack: SQLStore) -> None:
    """With its credentials."""
    ran = cli("consumers", "delete", "jack")
    assert ran.out == "deleted jack, with its credentials\n"
    with pytest.raises(NotFound):
        jack.get_credential(KEY)


@pytest.mark.parametrize("action", ["disable", "enable", "delete"])
@pytest.mark.usefixtures("url")
def test_nobody_is_refused(cli: CLI, action: str) -> None:
    """It says who is not there."""
    ran = cli("consumers", action, "jack")
    assert (ran.code, ran.err) == (1, "jwtgate: no such consumer\n")
