"""Stores by URL, as the options of a command say."""

import argparse
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TypeAlias
from urllib.parse import unquote

from jwtgate.cli.errors import Refused, UsageError
from jwtgate.errors import JWTGateError
from jwtgate.secrets import Secrets

if TYPE_CHECKING:
    from jwtgate.secrets import Keyring
    from jwtgate.stores.redis import RedisStore
    from jwtgate.stores.sql import SQLStore

__all__ = ["URL_VARIABLE", "WritableStore", "add_store", "is_store_given", "opened"]

WritableStore: TypeAlias = "SQLStore | RedisStore"
"""A store that commands change."""

URL_VARIABLE: Final = "JWTGATE_STORE"
"""The environment variable with the URL of the store."""

_KEYRING_VARIABLE: Final = "JWTGATE_KEYRING"
_NO_TABLE: Final = re.compile(
    r"no such table: jwtgate_|jwtgate_\w+\W+(?:does not|doesn't) exist"
)
_REDIS: Final = ("redis:", "rediss:", "unix:")
_DRIVERS: Final = frozenset(
    {
        *("sqlalchemy", "sqlite3", "psycopg", "psycopg2"),
        *("pymysql", "MySQLdb", "mariadb", "mysql", "redis"),
    }
)


def add_store(parser: argparse.ArgumentParser, *, fills: bool = False) -> None:
    """Take which store it is, and what opens its secrets.

    Args:
        parser: Takes it.
        fills: Whether the command puts the first rows into a store, too.
    """
    parser.add_argument(
        "--store",
        metavar="URL",
        help="of a database or a Redis; better in the variable "
        f"{URL_VARIABLE}, since a URL may have a password, and all may see arguments",
    )
    parser.add_argument(
        "--prefix", metavar="NAME", help="what the keys of a Redis begin with"
    )
    parser.add_argument(
        "--keyring",
        metavar="FILE",
        help="what the secrets are sealed with; the variable "
        f"{_KEYRING_VARIABLE} if left out",
    )
    if fills:
        parser.add_argument(
            "--create-tables",
            action="store_true",
            help="create the tables that a database lacks",
        )
    else:
        parser.set_defaults(create_tables=False)


def is_store_given(arguments: argparse.Namespace) -> bool:
    """Whether a store is named, by an argument or the environment."""
    return bool(arguments.store or os.environ.get(URL_VARIABLE))


@contextmanager
def opened(arguments: argparse.Namespace) -> Iterator[WritableStore]:
    """Open the store that :func:`add_store` was told, and close it at last.

    Raises:
        UsageError: None was named.
        ConfigurationError: It cannot be used; the URL is not shown.
        Refused: The database or the Redis fails, with its words less all that the URL
            has in it.
        ImportError: An extra is not installed; says which.
    """
    url = arguments.store or os.environ.get(URL_VARIABLE)
    if not url:
        raise UsageError(
            f"which store? set {URL_VARIABLE} to its URL, such as "
            "postgresql+psycopg://user:password@host/name, sqlite:///file.db or "
            "redis://host:6379/0"
        )
    try:
        store = _open(url, arguments)
        try:
            yield store
        finally:
            store.close()
    except JWTGateError:
        raise
    except Exception as error:
        if type(error).__module__.partition(".")[0] not in _DRIVERS:
            raise
        raise Refused(f"the store failed: {_told(error, url)}") from None


def _open(url: str, arguments: argparse.Namespace) -> WritableStore:
    keyring = _keyring(arguments)
    # Imported here: each by its extra.
    if url.startswith(_REDIS):
        if arguments.create_tables:
            raise UsageError("--create-tables is for databases; a Redis has none")
        from jwtgate.stores.redis import RedisStore  # noqa: PLC0415

        chosen = {} if arguments.prefix is None else {"prefix": arguments.prefix}
        return RedisStore(url, keyring=keyring, secrets=Secrets(), **chosen)
    if arguments.prefix is not None:
        raise UsageError("--prefix is for a Redis; a database has its tables")
    from jwtgate.stores.sql import SQLStore, create_all  # noqa: PLC0415

    if arguments.create_tables:
        create_all(url)
    return SQLStore(url, keyring=keyring, secrets=Secrets())


def _keyring(arguments: argparse.Namespace) -> "Keyring | None":
    if arguments.keyring is None and _KEYRING_VARIABLE not in os.environ:
        return None
    # Imported here: it brings cryptography.
    from jwtgate.secrets.keyring import Keyring  # noqa: PLC0415

    if arguments.keyring is not None:
        return Keyring.from_file(arguments.keyring)
    return Keyring.from_env(_KEYRING_VARIABLE)


def _told(error: Exception, url: str) -> str:
    """Say what a driver said, less each part of the URL: one may be a password."""
    words = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
    _, _, rest = url.partition(":")
    parts = {rest, *re.split(r"[/:@?&=#,\[\]]+", rest)}
    for part in sorted(parts | set(map(unquote, parts)), key=len, reverse=True):
        if part:
            words = re.sub(rf"(?<!\w){re.escape(part)}(?!\w)", "***", words)
    hint = "; consumers add --create-tables makes it" if _NO_TABLE.search(words) else ""
    return f"{type(error).__name__}: {words}{hint}"
