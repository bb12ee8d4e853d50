import argparse
from pathlib import Path

import pytest

from jwtgate import ConfigurationError, UnusableCredential
from jwtgate.cli.errors import Refused, UsageError
from jwtgate.cli.opening import add_store, is_store_given, opened
from jwtgate.secrets import Keyring
from jwtgate.stores.sql import metadata
from tests.cli.running import CLI
from tests.counting.redisserver import running_anyhow
from tests.databases import Places
from tests.kit import KEY, SECRET
from tests.stores.redis.worlds import new_prefix

PASSWORD = "hush-of-the-url"


def arguments(*argv: object, fills: bool = False) -> argparse.Namespace:
    """Parse the options of a command that opens a store."""
    parser = argparse.ArgumentParser()
    add_store(parser, fills=fills)
    return parser.parse_args([str(each) for each in argv])


@pytest.mark.usefixtures("jack")
def test_a_store_is_named_by_the_environment() -> None:
    """Where nobody sees the password."""
    assert is_store_given(arguments())
    with opened(arguments()) as store:
        assert store.get_consumer("jack").username == "jack"


@pytest.mark.usefixtures("url")
def test_an_argument_comes_before_the_environment(tmp_path: Path) -> None:
    """Another database is another one."""
    other = f"sqlite:///{tmp_path / 'other.db'}"
    with opened(arguments("--store", other, "--create-tables", fills=True)) as store:
        store.create_consumer(username="ann")
    with opened(arguments()) as store:
        assert store.list_consumers().items == ()


def test_no_store_is_usage() -> None:
    """It says what a URL looks like."""
    assert not is_store_given(arguments())
    with (
        pytest.raises(UsageError, match="set JWTGATE_STORE to its URL"),
        opened(arguments()),
    ):
        ...


def test_tables_that_are_missing_are_told(tmp_path: Path) -> None:
    """And what makes them."""
    empty = f"sqlite:///{tmp_path / 'empty.db'}"
    with (
        pytest.raises(Refused, match=r"no such table: .*--create-tables makes it$"),
        opened(arguments("--store", empty)) as store,
    ):
        store.list_consumers()


@pytest.mark.parametrize("driver", ["psycopg", "pymysql"])
def test_tables_that_a_server_lacks_are_told(
    driver: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """In the words of each."""
    places = Places(tmp_path_factory.mktemp("places"))
    place = places.place(driver)
    metadata.drop_all(place.engine)
    try:
        with (
            pytest.raises(Refused, match=r"--create-tables makes it$"),
            opened(arguments("--store", place.url)) as store,
        ):
            store.list_consumers()
    finally:
        places.drop()


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql+psycopg://jack:{PASSWORD}@127.0.0.1:1/db",
        f"mysql+pymysql://jack:{PASSWORD}@127.0.0.1:1/db",
        f"redis://jack:{PASSWORD}@127.0.0.1:1/0",
        f"redis://{PASSWORD}.invalid:1/0",
    ],
)
def test_nothing_of_a_url_is_in_an_error(url: str) -> None:
    """Not even what was taken for the host: it may be half a password."""
    with (
        pytest.raises(Refused, match=r"^the store failed: ") as refused,
        opened(arguments("--store", url)) as store,
    ):
        store.list_consumers()
    for part in (PASSWORD, "jack", "127.0.0.1", "invalid"):
        assert part not in str(refused.value)


@pytest.mark.parametrize("url", [f"nothing:{PASSWORD}", f"redis://:{PASSWORD}@h:x/0"])
def test_a_url_that_is_none_is_not_shown(url: str) -> None:
    """It says what was expected."""
    with pytest.raises(ConfigurationError) as error, opened(arguments("--store", url)):
        ...
    assert PASSWORD not in str(error.value)


@pytest.mark.usefixtures("url")
def test_what_is_no_failure_of_a_store_goes_through() -> None:
    """A slip of ours is not blamed on the database."""
    with pytest.raises(ZeroDivisionError), opened(arguments()):
        raise ZeroDivisionError


@pytest.mark.usefixtures("url")
def test_a_keyring_is_read_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it sealed, nobody else opens."""
    monkeypatch.setenv("JWTGATE_KEYRING", f"2026:{Keyring.new_key()}")
    with opened(arguments()) as store:
        store.create_credential(store.create_consumer(username="jack"), key=KEY)
    monkeypatch.delenv("JWTGATE_KEYRING")
    with opened(arguments()) as store:
        assert isinstance(store.list_credentials().items[0], UnusableCredential)


@pytest.mark.usefixtures("url")
def test_a_keyring_is_read_of_a_file(tmp_path: Path) -> None:
    """As it is made by hand."""
    file = tmp_path / "keyring"
    file.write_text(f"2026:{Keyring.new_key()}\n")
    with opened(arguments("--keyring", file)) as store:
        store.create_credential(
            store.create_consumer(username="jack"), key=KEY, secret=SECRET
        )
        found = store.get_credential(KEY)
    assert found.reveal_secret() == SECRET.encode()


@pytest.mark.usefixtures("jack")
def test_a_reference_in_a_store_is_resolved_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By this machine's variables and files."""
    monkeypatch.setenv("OTHER_SECRET", SECRET)
    with opened(arguments()) as store:
        made = store.create_credential("jack", key="k", secret="$env://OTHER_SECRET")
    assert made.reveal_secret() == SECRET.encode()


def test_a_redis_is_a_store(tmp_path: Path) -> None:
    """With a prefix, if one is named."""
    with running_anyhow(tmp_path) as url:
        argv = ("--store", url, "--prefix", new_prefix())
        with opened(arguments(*argv)) as store:
            store.create_consumer(username="jack")
            store.delete_consumer("jack")
            assert store.list_consumers().items == ()


@pytest.mark.parametrize(
    ("argv", "why"),
    [
        (["--store", "redis://localhost", "--create-tables"], "a Redis has none"),
        (["--store", "sqlite:///x.db", "--prefix", "x"], "a database has its tables"),
    ],
)
def test_what_another_store_needs_is_usage(argv: list[str], why: str) -> None:
    """It says for which it is."""
    with pytest.raises(UsageError, match=why), opened(arguments(*argv, fills=True)):
        ...


def test_a_store_that_fails_ends_with_1(
    cli: CLI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And its URL is nowhere."""
    monkeypatch.setenv("JWTGATE_STORE", f"redis://:{PASSWORD}@127.0.0.1:1/0")
    ran = cli("consumers", "list")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("jwtgate: the store failed: ConnectionError: ")
