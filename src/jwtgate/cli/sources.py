"""Rows to be read: of a configuration file, or of a store by its URL."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol, TypeAlias, final

from jwtgate.cli.errors import UsageError
from jwtgate.cli.loading import add_loading, load_gate, stores_of
from jwtgate.cli.opening import (
    URL_VARIABLE,
    WritableStore,
    add_store,
    is_store_given,
    opened,
)
from jwtgate.configs.native.snapshots import fixed
from jwtgate.consumer import Consumer
from jwtgate.credential import Credential, UnusableCredential
from jwtgate.errors import NotFound
from jwtgate.stores import FixedStore
from jwtgate.stores.paging import MAX_LIMIT, through_pages

__all__ = [
    "FileRows",
    "Row",
    "Rows",
    "StoreRows",
    "add_source",
    "chosen_file",
    "rows_of",
]

Row: TypeAlias = Credential | UnusableCredential
"""What a credential's row gives."""

_USUAL: Final = "jwtgate.toml"


class Rows(Protocol):
    """What is read from."""

    def consumers(self, tag: str | None = None) -> Iterator[Consumer]:
        """Give all consumers, or those with a tag."""
        ...

    def credentials(
        self, consumer: str | None = None, tag: str | None = None
    ) -> Iterator[Row]:
        """Give all credentials, or those of a consumer, or with a tag.

        Raises:
            NotFound: No such consumer.
        """
        ...


@final
class FileRows:
    """Those of a configuration file."""

    def __init__(self, store: FixedStore) -> None:
        self._store = store

    def consumers(self, tag: str | None = None) -> Iterator[Consumer]:
        """Give consumers; see :class:`Rows`."""
        for each in self._store.consumers:
            if tag is None or tag in each.tags:
                yield each

    def credentials(
        self, consumer: str | None = None, tag: str | None = None
    ) -> Iterator[Row]:
        """Give credentials; see :class:`Rows`."""
        owner = None if consumer is None else self._store.find_consumer(consumer)
        if consumer is not None and owner is None:
            raise NotFound("no such consumer")
        for each in self._store.credentials:
            whole = owner is None and tag is None
            if isinstance(each, UnusableCredential):
                if whole:
                    yield each
            elif _is_of(each, owner) and (tag is None or tag in each.tags):
                yield each


@final
class StoreRows:
    """Those of a store, page by page."""

    def __init__(self, store: WritableStore) -> None:
        self._store = store

    def consumers(self, tag: str | None = None) -> Iterator[Consumer]:
        """Give consumers; see :class:`Rows`."""
        return through_pages(
            lambda cursor: self._store.list_consumers(
                tag=tag, limit=MAX_LIMIT, cursor=cursor
            )
        )

    def credentials(
        self, consumer: str | None = None, tag: str | None = None
    ) -> Iterator[Row]:
        """Give credentials; see :class:`Rows`."""
        return through_pages(
            lambda cursor: self._store.list_credentials(
                consumer=consumer, tag=tag, limit=MAX_LIMIT, cursor=cursor
            )
        )


def add_source(parser: argparse.ArgumentParser) -> None:
    """Take a file or a store."""
    parser.add_argument(
        "--config",
        metavar="FILE",
        help="jwtgate's own, Kong's or APISIX's; without it the store, and without "
        f"that {_USUAL}",
    )
    add_loading(parser)
    add_store(parser)


def chosen_file(arguments: argparse.Namespace) -> str | None:
    """Tell which file was named; None if it is a store.

    Raises:
        UsageError: Both were, or none.
    """
    if arguments.config is not None:
        if arguments.store is not None:
            raise UsageError("--config or --store, not both")
        return str(arguments.config)
    if is_store_given(arguments):
        return None
    if Path(_USUAL).is_file():
        return _USUAL
    raise UsageError(
        f"which consumers? name a file by --config, or set {URL_VARIABLE} to the URL "
        "of a store"
    )


@contextmanager
def rows_of(arguments: argparse.Namespace) -> Iterator[Rows]:
    """Open what :func:`add_source` was told."""
    file = chosen_file(arguments)
    if file is not None:
        yield FileRows(fixed(stores_of(load_gate(file, arguments))[0]))
        return
    with opened(arguments) as store:
        yield StoreRows(store)


def _is_of(row: Credential, owner: Consumer | None) -> bool:
    return owner is None or row.consumer.id == owner.id
