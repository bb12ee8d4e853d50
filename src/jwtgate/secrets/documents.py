"""The documents of secret managers: what was had of each, and how old it is."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from threading import Event, Lock
from typing import TypeAlias, final

from jwtgate._log import log_note, log_problem
from jwtgate.errors import ConfigurationError, SecretUnavailable
from jwtgate.secrets.contents import Content
from jwtgate.secrets.kept import Ages, Kept
from jwtgate.secrets.managers import Leased, SecretManager
from jwtgate.secrets.outages import Outages
from jwtgate.secrets.perprocess import PerProcess

__all__ = ["MAX_DOCUMENTS", "Documents", "Key"]

MAX_DOCUMENTS = 10_000
"""Documents that are kept; beyond, the one that was first asked for is forgotten."""

Key: TypeAlias = tuple[str, str]
"""The name of a manager, and a path."""

_GONE = "is not there"
_CLOSED = "may not be read"


class _Here:
    """What is of one process: a lock held for moments, and who is asking for what."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.asking: dict[Key, Event] = {}


@final
class Documents:
    """Asks managers for documents, once for all who want one, and keeps them.

    Args:
        managers: By name.
        ages: How old things may get.
        clock: Gives seconds that never go back.
    """

    def __init__(
        self,
        managers: Mapping[str, SecretManager],
        ages: Ages,
        clock: Callable[[], float],
    ) -> None:
        self._managers = managers
        self._ages = ages
        self._clock = clock
        self._outages = Outages(ages.retry_after, ages.keep_for)
        self._kept: dict[Key, Kept] = {}
        self._fixed: set[Key] = set()
        self._version = 0
        self._here = PerProcess(_Here)

    @property
    def version(self) -> int:
        """A number that changes with what any document gives."""
        self._settle(tuple(self._kept))
        return self._version

    def peek(self, key: Key) -> Content | None:
        """Give a document from memory; None if it has to be asked for, or is lost."""
        kept = self._kept.get(key)
        return None if kept is None else kept.at(self._clock())

    def get(self, key: Key, *, fixed: bool = False) -> Content:
        """Give a document, from memory if it was had before.

        Args:
            key: Which one.
            fixed: It belongs to a configuration: it is never forgotten, and is asked
                for again if it is due.

        Raises:
            SecretUnavailable: It cannot be had, and what was is too old.
            ConfigurationError: Its manager has no such document, or a configuration
                has too many.
        """
        if fixed:
            self._fix(key)
        kept, now = self._kept.get(key), self._clock()
        if kept is None or (kept.due_at <= now and (fixed or not kept.at(now))):
            self._ask(key)
            kept = self._kept.get(key, Kept())
        content = kept.at(self._clock())
        if content is not None:
            return content
        sentence = f"{_shown(key)} {kept.why or 'is too old'}"
        if kept.why == _GONE:
            raise ConfigurationError(sentence)
        raise SecretUnavailable(sentence)

    def refresh(self, *, everything: bool = False) -> None:
        """Ask again for what is due, or for everything; failures are kept and told."""
        now = self._clock()
        # Who has waited longest comes first, so that one that always fails, and its
        # manager's rest after that, keep no other from its turn.
        with self._here.get().lock:
            due = sorted(
                (kept.due_at, key)
                for key, kept in self._kept.items()
                if everything or kept.due_at <= now
            )
        for _, key in due:
            # Who was asking already may have what was there before.
            if not self._ask(key) and everything:
                self._ask(key)
        self._settle(tuple(self._kept))

    def _fix(self, key: Key) -> None:
        if key not in self._fixed and len(self._fixed) >= MAX_DOCUMENTS:
            raise ConfigurationError(
                "is one document of secret managers too many; expected "
                f"{MAX_DOCUMENTS:,} at most"
            )
        self._fixed.add(key)

    def _ask(self, key: Key) -> bool:
        """Ask a manager, or wait for who is asking already; tell which it was."""
        here = self._here.get()
        mine = Event()
        with here.lock:
            asking = here.asking.setdefault(key, mine)
        if asking is not mine:
            asking.wait()
            return False
        try:
            self._settle([key])
            self._put(key, self._look(key, self._kept.get(key, Kept())))
        finally:
            with here.lock:
                del here.asking[key]
            mine.set()
        return True

    def _look(self, key: Key, before: Kept) -> Kept:
        """Ask a manager for a document, unless it is left alone."""
        name, path = key
        now = self._clock()
        rests = self._outages.why_resting(name, now)
        if rests is not None:
            # Still due: it comes before the one for which its manager was asked.
            return replace(before, why=before.why or rests)
        try:
            content, seconds = _unpacked(self._managers[name].fetch(path))
        except LookupError:
            return self._refused(key, before, _GONE)
        except PermissionError:
            return self._refused(key, before, _CLOSED)
        except Exception as error:  # noqa: BLE001 - a manager may raise anything
            # The clock again: it may have taken all the seconds that it may take.
            now = self._clock()
            why = self._outages.begin(name, error, now)
            return replace(before, due_at=now + self._ages.retry_after, why=why)
        self._outages.end(name)
        if before.why in (_GONE, _CLOSED):
            log_note(f"{_shown(key)} is back", harmless=True)
        return Kept(
            content=content,
            good_until=now + self._ages.keep_for,
            due_at=now + min(self._ages.refresh_every, seconds / 2),
        )

    def _refused(self, key: Key, before: Kept, why: str) -> Kept:
        self._outages.end(key[0])
        if before.why != why:
            log_problem(f"{_shown(key)} {why}")
        now = self._clock()
        if why == _GONE:
            return Kept(due_at=now + self._ages.refresh_every, why=why)
        return replace(before, due_at=now + self._ages.retry_after, why=why)

    def _put(self, key: Key, new: Kept) -> None:
        with self._here.get().lock:
            before = self._kept.get(key)
            good = new.at(self._clock())
            # A first look changes nothing for anyone.
            if before is not None and not before.gave(good):
                self._version += 1
            self._kept[key] = replace(new, is_good=good is not None)
            if len(self._kept) > MAX_DOCUMENTS:
                self._forget(key)

    def _forget(self, but_for: Key) -> None:
        for key in self._kept:
            if key not in self._fixed and key != but_for:
                del self._kept[key]
                return

    def _settle(self, keys: Iterable[Key]) -> None:
        """Take note of what has become too old."""
        now = self._clock()
        old = []
        with self._here.get().lock:
            for key in keys:
                kept = self._kept.get(key)
                if kept is not None and kept.is_good and kept.at(now) is None:
                    old.append(key)
                    self._kept[key] = replace(kept, is_good=False)
            self._version += len(old)
        for key in old:
            log_problem(
                f"{_shown(key)} is older than {self._ages.keep_for:g} seconds, and is "
                "not used any more"
            )


def _shown(key: Key) -> str:
    return f"$secret://{key[0]}/{key[1]}"


def _unpacked(found: object) -> tuple[Content, float]:
    if isinstance(found, Leased):
        return Content.of(found.content), max(found.seconds, 2.0)
    return Content.of(found), float("inf")
