"""Lists of revoked tokens in Redis, which processes and machines share.

The extra ``redis``. An entry is ``{jwtgate}:denied:SUBJECT``, JSON of two times, and
Redis removes it when it is over. What the server and its user need is told in
:mod:`jwtgate.stores.redis`.
"""

import json
import time
from collections.abc import Callable, Collection, Sequence
from math import ceil
from typing import final

from jwtgate.denylist import KINDS, Denials, Subject, check_by
from jwtgate.denylists.entries import (
    MARGIN,
    Entry,
    check_entry,
    check_margin,
    new_entry,
    stricter,
)
from jwtgate.errors import ConfigurationError, StoreError
from jwtgate.stores.redis.clients import AsyncServer, Connected, Server
from jwtgate.stores.redis.documents import Raw
from jwtgate.stores.redis.names import PREFIX, Names
from jwtgate.stores.redis.steps import AsyncClient, Client, Command, Work, arun, run
from jwtgate.stores.redis.transaction import Transaction, transact

__all__ = ["AsyncRedisDenylist", "RedisDenylist"]


@final
class RedisDenylist(Connected):
    """Revoked tokens in Redis; safe for threads.

    Its methods do what those of :class:`jwtgate.denylists.MemoryDenylist` do, and raise
    what redis-py raises, when Redis cannot be had.

    Args:
        server: The URL of a Redis (``redis://``, ``rediss://``, ``unix://``), or a
            client of redis-py, of a cluster too.
        prefix: What the names of all keys begin with, in braces.
        by: What tokens are revoked by: ``jti`` (every token must have one, then),
            ``token``, ``consumer``, ``everyone``; all if left out.
        margin: Seconds that an entry outlives its token; no less than the longest
            leeway, or grace period of a credential.
        clock: Gives seconds since the epoch.

    Raises:
        ConfigurationError: A URL, client, prefix or ``by`` that cannot be, or redis-py
            is not installed.
    """

    def __init__(
        self,
        server: str | Client,
        *,
        prefix: str = PREFIX,
        by: Collection[str] = KINDS,
        margin: float = MARGIN,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.by = check_by(by)
        self._entries = _Entries(Names(prefix), margin, clock)
        self._server = Server(server)

    def deny(
        self,
        subject: Subject,
        *,
        until: float | None = None,
        issued_before: float | None = None,
    ) -> None:
        """Deny; see :meth:`jwtgate.denylists.MemoryDenylist.deny`."""
        entry = new_entry(subject, self.by, until, issued_before)
        run(self._server.client, self._entries.deny(subject.text, entry))

    def allow(self, subject: Subject) -> None:
        """Deny a subject no more; whatever else names its tokens still does."""
        run(self._server.client, self._entries.allow(subject.text))

    def look_up(self, subjects: Sequence[str]) -> Denials:
        """Find which subjects are denied now."""
        return run(self._server.client, self._entries.look_up(subjects))

    def close(self) -> None:
        """Close the connections, unless a client was given."""
        self._server.close()


@final
class AsyncRedisDenylist(Connected):
    """Revoked tokens in Redis, for asynchronous code.

    See :class:`RedisDenylist`; what that does not wait for, this awaits. One that is
    given a URL may be used in several event loops.

    Args:
        server: The URL of a Redis, or a client of ``redis.asyncio``.
        prefix: What the names of all keys begin with, in braces.
        by: What tokens are revoked by; all if left out.
        margin: Seconds that an entry outlives its token.
        clock: Gives seconds since the epoch.

    Raises:
        ConfigurationError: As for :class:`RedisDenylist`.
    """

    def __init__(
        self,
        server: str | AsyncClient,
        *,
        prefix: str = PREFIX,
        by: Collection[str] = KINDS,
        margin: float = MARGIN,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.by = check_by(by)
        self._entries = _Entries(Names(prefix), margin, clock)
        self._server = AsyncServer(server)

    async def deny(
        self,
        subject: Subject,
        *,
        until: float | None = None,
        issued_before: float | None = None,
    ) -> None:
        """Deny; see :meth:`jwtgate.denylists.MemoryDenylist.deny`."""
        entry = new_entry(subject, self.by, until, issued_before)
        client = await self._server.client()
        await arun(client, self._entries.deny(subject.text, entry))

    async def allow(self, subject: Subject) -> None:
        """Deny a subject no more; whatever else names its tokens still does."""
        client = await self._server.client()
        await arun(client, self._entries.allow(subject.text))

    async def alook_up(self, subjects: Sequence[str]) -> Denials:
        """Find which subjects are denied now."""
        client = await self._server.client()
        return await arun(client, self._entries.look_up(subjects))

    async def aclose(self) -> None:
        """Close the connections of the running loop, unless a client was given."""
        await self._server.aclose()


@final
class _Entries:
    """What both do, step by step."""

    def __init__(self, names: Names, margin: float, clock: Callable[[], float]) -> None:
        self._names = names
        self._margin = check_margin(margin)
        self._clock = clock

    def deny(self, text: str, entry: Entry) -> Work[None]:
        name = self._names.denied(text)

        def attempt(transaction: Transaction) -> Work[None]:
            (raw,) = yield from transaction.read(name)
            present = None if raw is None else _read(raw)
            new = entry
            if present is not None and not self._is_over(present):
                new = stricter(entry, present)
            transaction.write("SET", name, json.dumps(new))
            if new.until is not None:
                # By our clock, which judges it; the one of Redis may be another.
                left = new.until + self._margin - self._clock()
                transaction.write("EXPIRE", name, ceil(left))

        return transact(self._names, attempt)

    def allow(self, text: str) -> Work[None]:
        yield Command(("DEL", self._names.denied(text)))

    def look_up(self, subjects: Sequence[str]) -> Work[Denials]:
        if not subjects:
            return {}
        names = map(self._names.denied, subjects)
        raws: list[Raw | None] = yield Command(("MGET", *names))
        found = {
            text: _read(raw)
            for text, raw in zip(subjects, raws, strict=True)
            if raw is not None
        }
        return {
            text: entry.issued_before
            for text, entry in found.items()
            if not self._is_over(entry)
        }

    def _is_over(self, entry: Entry) -> bool:
        return entry.until is not None and entry.until + self._margin <= self._clock()


def _read(raw: Raw) -> Entry:
    try:
        until, issued_before = json.loads(raw)
        return check_entry(until, issued_before)
    except (ConfigurationError, TypeError, ValueError, RecursionError):
        raise StoreError("Redis holds an entry that no denylist wrote") from None
