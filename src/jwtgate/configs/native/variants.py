"""The credentials of a file as a policy with ``secret_is_base64`` reads them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import final

from jwtgate.configs.native.policies import FilePolicy
from jwtgate.configs.native.snapshots import fixed
from jwtgate.credential import Credential, UnusableCredential
from jwtgate.errors import ConfigurationError
from jwtgate.stores import FixedStore, MemoryStore

__all__ = ["Variants", "read_as", "readings"]


@final
class Variants:
    """A file's store as its policies read it; each reading is made once.

    Args:
        store: The file's; None if it lacks some, so that nothing can be said.

    Attributes:
        store: The same.
    """

    def __init__(self, store: MemoryStore | FixedStore | None) -> None:
        self.store = store
        self._made: dict[bool, FixedStore] = {}

    def of(self, policy: FilePolicy) -> MemoryStore | FixedStore | None:
        """Give the store with its secrets read as a policy demands.

        Args:
            policy: Whose ``secret_is_base64`` says how, if it has one; else each
                credential does. Source: Kong, where this is the plugin's choice.
        """
        is_base64 = policy.secret_is_base64
        if self.store is None or is_base64 is None:
            return self.store
        if is_base64 not in self._made:
            made = read_as(fixed(self.store), is_base64=is_base64)
            self._made[is_base64] = made
        return self._made[is_base64]


def read_as(store: FixedStore, *, is_base64: bool) -> FixedStore:
    """Give a store whose secrets are base64, or are not.

    A secret that cannot be read so makes its credential one that refuses, as in Kong.
    """
    rows = tuple(_read(row, is_base64=is_base64) for row in store.credentials)
    return FixedStore(store.consumers, rows)


def readings(
    stores: Sequence[FixedStore],
) -> tuple[FixedStore, Sequence[bool | None]] | None:
    """Find the store that all of these read, each in its way.

    Args:
        stores: Some, the one that is preferred first.

    Returns:
        One of them, and what ``secret_is_base64`` makes each of them of it; None if
        there is no such one.
    """
    if len(stores) == 1:
        return stores[0], [None]
    for one in stores:
        rows = {None: _rows(one)} | {
            is_base64: _rows(read_as(one, is_base64=is_base64))
            for is_base64 in (True, False)
        }
        ways = [[way for way in rows if rows[way] == _rows(each)] for each in stores]
        if all(ways):
            return one, [way[0] for way in ways]
    return None


def _read(
    row: Credential | UnusableCredential, *, is_base64: bool
) -> Credential | UnusableCredential:
    if (
        isinstance(row, UnusableCredential)
        or row.secret is None
        or row.secret_is_base64 is is_base64
    ):
        return row
    try:
        return replace(row, secret_is_base64=is_base64)
    except ConfigurationError as error:
        return UnusableCredential(
            key=row.key, why=str(error), algorithm=row.algorithm, refuses=True
        )


def _rows(store: FixedStore) -> object:
    # With the secrets as they were given: equal ones of a large store have not always
    # the same key.
    return store.consumers, [
        (row, row.reveal_secret())
        if isinstance(row, Credential)
        else (row.key, row.algorithm)
        for row in store.credentials
    ]
