"""The keys of one issuer, fetched anew as time goes by."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf
from threading import Lock, Thread
from typing import Final, final

from jwtgate._log import log_failure, log_note, log_problem
from jwtgate.credential import Credential, UnusableCredential
from jwtgate.errors import StoreError
from jwtgate.stores.jwks.flight import Flight
from jwtgate.stores.jwks.keyset import KeySet
from jwtgate.stores.jwks.known import Known
from jwtgate.stores.jwks.limits import Limits
from jwtgate.stores.jwks.source import Source
from jwtgate.stores.jwks.waiting import Room, Wait

__all__ = ["Refresher"]


@final
@dataclass(slots=True, eq=False)
class _Process:
    """What a process has of its own: a lock that was held at a fork stays held."""

    room: Room
    kid_room: Room
    lock: Lock = field(default_factory=Lock)
    flight: Flight | None = None


@final
class Refresher:
    """Holds the keys of an issuer, and fetches them in threads of its own.

    One fetch is under way at a time, which all wait for who have to. Nothing runs
    before keys are asked for, and a forked process goes on with the keys of before.

    Args:
        issuer: Its name, for credentials, errors and the log.
        source: Where the keys come from.
        read: Makes keys of a document; raises StoreError.
        limits: How often keys are fetched, and for how long they are used.
        clock: Tells seconds from anywhere, by which keys age.
    """

    def __init__(
        self,
        issuer: str,
        source: Source,
        read: Callable[[bytes], KeySet],
        *,
        limits: Limits,
        clock: Callable[[], float],
    ) -> None:
        self._issuer: Final = issuer
        self._source: Final = source
        self._read: Final = read
        self._limits: Final = limits
        self._clock: Final = clock
        self._known = Known(limits=limits)
        self._processes: Final[dict[int, _Process]] = {}
        self._is_closed = False

    def need(self, kid: str | None) -> Wait | None:
        """Tell what a look-up has to wait for, if anything.

        Who has no keys waits, and who has a kid that they lack. Keys that are only due
        are fetched while they are used; but if nobody came for long, the first one
        waits, lest he be who has a key that was taken back meanwhile.
        """
        known, now = self._known, self._clock()
        keys = known.usable(now)
        knows = keys is not None and keys.knows(kid)
        if knows and now < known.due:
            return None
        flight = self._start(now)
        if flight is None or (knows and not known.is_neglected(now, flight.began)):
            return None
        here = self._process()
        return Wait(flight, here.room if knows or keys is None else here.kid_room)

    def find(
        self, kid: str | None, wait: Wait | None = None
    ) -> tuple[Credential | UnusableCredential, ...]:
        """Find the credentials for a kid among the keys that there are.

        Args:
            kid: Of a token.
            wait: What ``need`` told, once that is over; it may have ended too early.

        Raises:
            StoreError: There are none that may be used.
        """
        # Asked before the keys are looked at: what lands in between is seen.
        awaited = None if wait is None or wait.flight.has_landed else wait.flight
        too_early = awaited is not None
        known, now = self._known, self._clock()
        keys = known.usable(now)
        if keys is None or self._is_closed:
            raise self._unavailable(known, too_early=too_early)
        if keys.knows(kid):
            if awaited is not None and known.is_neglected(now, awaited.began):
                raise self._unavailable(known, too_early=True)
            return keys.find(kid)
        if not (too_early or known.failure):
            return keys.find(kid)
        # It may be a new key's. That could not be seen, and so is not denied either.
        unavailable = self._unavailable(known, too_early=too_early)
        why = f"a kid is not among the keys of before, and {unavailable}"
        return *keys.without_kid, UnusableCredential(key=self._issuer, why=why)

    def under_way(self) -> Flight | None:
        """Tell what is under way, if anything; it may have begun long ago."""
        return self._process().flight

    def force(self) -> Flight | None:
        """Fetch the keys, however short ago they were; None if it is closed."""
        return self._start(inf)

    def settle(self, flight: Flight) -> None:
        """Give a flight up that is overdue; else leave it alone."""
        if flight.is_overdue:
            self._land(flight, self._failed("there was no answer in time"))

    def require(self) -> None:
        """See that the last fetch succeeded.

        Raises:
            StoreError: It did not; says why.
        """
        known = self._known
        if known.failure is not None or self._is_closed:
            raise self._unavailable(known)

    def close(self) -> None:
        """Fetch nothing any more, and cut what is under way."""
        self._is_closed = True
        flight = self.under_way()
        if flight is not None:
            flight.leash.cut()

    def _unavailable(self, known: Known, *, too_early: bool = False) -> StoreError:
        why = known.failure or "they have expired"
        if too_early:
            why = "they have not come yet"
        if self._is_closed:
            why = "their store is closed"
        return StoreError(f"the keys of {self._issuer!r} cannot be had: {why}")

    def _process(self) -> _Process:
        pid, limits = os.getpid(), self._limits
        if (here := self._processes.get(pid)) is None:
            room = Room(seats=limits.seats, seconds=limits.timeout)
            kid_room = Room(seats=limits.kid_seats, seconds=limits.patience)
            here = self._processes.setdefault(pid, _Process(room, kid_room))
        return here

    def _start(self, now: float) -> Flight | None:
        if self._is_closed or now < self._known.again:
            return None
        here = self._process()
        if (flight := here.flight) is not None:
            self.settle(flight)
        with here.lock:
            # One that another thread started may be back already.
            if here.flight is not None or now < self._known.again:
                return here.flight
            flight = Flight(began=self._clock(), seconds=self._limits.timeout)
            here.flight = flight
        thread = Thread(
            target=self._fly, args=(flight,), name="jwtgate-jwks", daemon=True
        )
        try:
            thread.start()
        except RuntimeError as error:  # a limit of the system
            log_failure("keys are not fetched", error)
            self._land(flight, self._failed("no thread could be started"))
        return flight

    def _fly(self, flight: Flight) -> None:
        self._land(flight, self._fetched(flight))

    def _fetched(self, flight: Flight) -> Known:
        try:
            with flight.leash:
                fetched = self._source.fetch(flight.leash)
            return self._known.refreshed(
                fetched, self._read, began=flight.began, now=self._clock()
            )
        except StoreError as error:
            return self._failed(str(error))
        except Exception as error:  # noqa: BLE001 - who waits must be told
            log_failure("keys cannot be fetched", error)
            return self._failed(type(error).__name__)

    def _failed(self, why: str) -> Known:
        return self._known.failed(why, now=self._clock())

    def _land(self, flight: Flight, known: Known) -> None:
        here = self._process()
        with here.lock:
            if here.flight is not flight:
                return  # it was given up, and another may be under way
            here.flight = None
            old, self._known = self._known, known
            flight.land()  # in here: after settle, whoever calls it, it has landed
        self._report(old, known)

    def _report(self, old: Known, new: Known) -> None:
        if self._is_closed:
            return  # it was cut, and is no outage
        if new.failure != old.failure:
            # Once, and not at each attempt until it is mended.
            if new.failure is not None:
                log_problem(str(self._unavailable(new)))
            else:
                what = f"the keys of {self._issuer!r} can be had again"
                log_note(what, harmless=True)
        told = () if old.keys is None else old.keys.notes
        for note in () if new.keys is None else new.keys.notes:
            if note not in told:
                what = f"of the keys of {self._issuer!r}, {note.text}"
                log_note(what, harmless=note.harmless)
