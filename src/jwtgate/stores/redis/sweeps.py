"""What goes through all credentials of a store in Redis: lists, and sealing anew."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from jwtgate._log import log_problem
from jwtgate.consumer import Consumer
from jwtgate.errors import SecretUnavailable, StoreError
from jwtgate.stores.paging import Page
from jwtgate.stores.redis.documents import KeyDocument, Member, Raw
from jwtgate.stores.redis.footprints import key_footprint
from jwtgate.stores.redis.listing import listed
from jwtgate.stores.redis.names import Names
from jwtgate.stores.redis.opening import Opened, Row
from jwtgate.stores.redis.steps import Command, Open, Work
from jwtgate.stores.redis.transaction import Transaction, transact
from jwtgate.stores.strongbox import Strongbox

__all__ = ["list_credentials", "reencrypt"]

_AT_A_TIME: Final = 100


def list_credentials(
    names: Names,
    box: Strongbox,
    consumer: Consumer | None,
    tag: str | None,
    limit: int,
    cursor: str | None,
) -> Work[Page[Row]]:
    """List credentials in the order of their creation, unusable ones too.

    Args:
        names: Of the store.
        box: Opens them.
        consumer: Only this one's.
        tag: Only those with this tag.
        limit: Rows at most, 1 to 1000.
        cursor: Of the page before.
    """

    def get(members: Sequence[Member]) -> Work[list[Row | None]]:
        keys = list(dict.fromkeys(member.name for member in members))
        raws: list[Raw | None] = yield Command(("MGET", *map(names.key, keys)))
        documents = [
            KeyDocument.read(key, raw)
            for key, raw in zip(keys, raws, strict=True)
            if raw is not None
        ]
        opened: list[Opened] = yield Open(box, documents)
        rows = {}
        for document, found in zip(documents, opened, strict=True):
            for row, each in zip(document.rows, found, strict=True):
                rows[document.key, row.get("number")] = each
        return [rows.get((member.name, member.number)) for member in members]

    owner = consumer.id if consumer else None
    return listed(names.credentials(owner, tag), limit, cursor, get)


def reencrypt(names: Names, box: Strongbox, *, plain: bool) -> Work[int]:
    """Seal all material with the newest key; what does not open is reported.

    Args:
        names: Of the store.
        box: Seals.
        plain: Seal what is not sealed at all, too.

    Returns:
        How many credentials were sealed anew.
    """
    sealed = 0
    cursor: str | None = None
    while True:
        page = yield from listed(names.credentials(), _AT_A_TIME, cursor, _keys)
        for key in dict.fromkeys(page.items):
            try:
                sealed += yield from _reseal(names, box, key, plain=plain)
            except StoreError as error:
                log_problem(f"the secrets of the key {key!r} were not sealed: {error}")
        cursor = page.cursor
        if cursor is None:
            return sealed


def _keys(members: Sequence[Member]) -> Work[list[str | None]]:
    yield from ()
    return [member.name for member in members]


def _reseal(names: Names, box: Strongbox, key: str, *, plain: bool) -> Work[int]:
    closed: dict[str, str] = {}

    def attempt(transaction: Transaction) -> Work[int]:
        closed.clear()
        (raw,) = yield from transaction.read(names.key(key))
        if raw is None:
            return 0
        old = KeyDocument.read(key, raw).checked()
        rows = []
        sealed = 0
        for row in old.rows:
            envelopes: dict[str, str] = {}
            try:
                envelopes = box.resealed(old.full(row), plain=plain)
            except SecretUnavailable as error:
                closed[row["id"]] = str(error)
            sealed += bool(envelopes)
            rows.append({**row, **envelopes})
        new = replace(old, rows=tuple(rows))
        transaction.exchange(key_footprint(names, old), key_footprint(names, new))
        return sealed

    sealed = yield from transact(names, attempt)
    for id_, why in closed.items():
        log_problem(f"the secret of the credential {id_!r} was not sealed anew: {why}")
    return sealed
