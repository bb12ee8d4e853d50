"""``Secrets``: what references stand for, kept and refreshed."""

import os
import time
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NoReturn, final

from jwtgate.errors import ConfigurationError
from jwtgate.secrets.documents import Documents, Key
from jwtgate.secrets.grammar import Reference, is_manager, parse
from jwtgate.secrets.kept import Ages
from jwtgate.secrets.local import find_here
from jwtgate.secrets.managers import SecretManager
from jwtgate.secrets.perprocess import PerProcess
from jwtgate.secrets.refreshing import Refreshing

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

__all__ = ["Secrets"]

_THREADS = 4


@final
class Secrets:
    """What references stand for: in variables, in files, with secret managers.

    A manager is asked when one of its documents is needed first, once for all who need
    it and for all of its members; then from time to time, in one thread of each process
    that begins with the first look-up there. While it does not answer, what it gave is
    used until that is too old.

    Args:
        managers: By the first two parts of their references: ``"vault/main"``.
        folder: Where the paths of files begin that are not absolute; the process's own
            if left out.
        environ: The variables; the process's own if left out.
        refresh_every: Seconds after which a document is asked for again, or half of
            what its lease has, if that is less.
        keep_for: Seconds after which a document is too old that could not be had again.
        retry_after: Seconds for which a manager is left alone that did not answer.
        clock: Gives seconds that never go back.

    Raises:
        ConfigurationError: What is no manager, no name of one, or no number of seconds.
    """

    def __init__(
        self,
        managers: Mapping[str, SecretManager] = MappingProxyType({}),
        *,
        folder: str | os.PathLike[str] | None = None,
        environ: Mapping[str, str] | None = None,
        refresh_every: float = 60.0,
        keep_for: float = 3600.0,
        retry_after: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._managers = dict(managers)
        _check_managers(self._managers)
        self._folder = Path() if folder is None else Path(folder)
        self._environ = os.environ if environ is None else environ
        ages = Ages(
            refresh_every=refresh_every, keep_for=keep_for, retry_after=retry_after
        )
        self._documents = Documents(self._managers, ages, clock)
        self._refreshing = Refreshing(self._documents)
        self._threads = PerProcess(_threads)

    @property
    def managers(self) -> Collection[str]:
        """The names of the managers."""
        return tuple(self._managers)

    @property
    def version(self) -> int:
        """A number that changes when what references to managers stand for does.

        Also when one can be had no more, or again.
        """
        return self._documents.version

    def resolve(self, text: str, *, follow: bool = True) -> str:
        """Give what a text stands for; the text itself, if it is no reference.

        It waits for a manager that was not asked before; then it answers from memory.

        Args:
            text: Most often such as ``$secret://vault/main/jack/secret``.
            follow: Keep what it stands for fresh from now on. Without, no thread is
                started, as at import or before a server forks: a document that is
                due is asked for now.

        Raises:
            ConfigurationError: It looks like a reference and is none, or what it names
                is not there.
            SecretUnavailable: Its manager does not answer, and nothing is known that
                is young enough.
        """
        reference = parse(text)
        if reference is None:
            return text
        if reference.source != "secret":
            return find_here(reference, self._folder, self._environ)
        key = self._key(reference)
        if follow:
            self.start()
        return self._documents.get(key, fixed=not follow).text(reference)

    async def aresolve(self, text: str) -> str:
        """Give what a text stands for, letting others run; see :meth:`resolve`."""
        found = self.peek(text)
        if found is not None:
            return found
        # Imported here, so that importing jwtgate does not load asyncio.
        import asyncio  # noqa: PLC0415

        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads.get(), self.resolve, text)

    def peek(self, text: str) -> str | None:
        """Give what a text stands for without asking anyone.

        Returns:
            None if a manager has to be asked first, or what it gave is too old.

        Raises:
            ConfigurationError: As for :meth:`resolve`.
        """
        reference = parse(text)
        if reference is None:
            return text
        if reference.source != "secret":
            return find_here(reference, self._folder, self._environ)
        content = self._documents.peek(self._key(reference))
        if content is None:
            return None
        self.start()
        return content.text(reference)

    def start(self) -> None:
        """Begin to refresh in this process, unless that has begun."""
        self._refreshing.start()

    def refresh(self, *, everything: bool = True) -> None:
        """Ask the managers again now; what they do not answer stays as it was.

        Args:
            everything: Ask for all that is known, and not just for what is due. A
                manager that failed just now is left alone all the same.
        """
        self._documents.refresh(everything=everything)

    def close(self) -> None:
        """Refresh no more, and close what the managers have open in this process."""
        self._refreshing.stop()
        threads = self._threads.made()
        if threads is not None:
            threads.shutdown(wait=False)
        for manager in self._managers.values():
            close = getattr(manager, "close", None)
            if close is not None:
                close()

    def __repr__(self) -> str:
        """Show the names of the managers, and nothing of a secret."""
        return f"Secrets({', '.join(sorted(self._managers))})"

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled."""
        raise TypeError("secrets cannot be pickled; make them anew in each process")

    def _key(self, reference: Reference) -> Key:
        if reference.name not in self._managers:
            raise ConfigurationError(
                f"$secret://{reference.name} is no secret manager that is configured"
            )
        return reference.name, reference.path


def _check_managers(managers: Mapping[str, object]) -> None:
    problems = [
        f"the name {name!r} must be of a form such as vault/main"
        for name in managers
        if not is_manager(name)
    ]
    problems += [
        f"managers[{name!r}] must have fetch(path)"
        for name, manager in managers.items()
        if not isinstance(manager, SecretManager)
    ]
    if problems:
        raise ConfigurationError(*problems)


def _threads() -> "ThreadPoolExecutor":
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - brings logging

    return ThreadPoolExecutor(_THREADS, thread_name_prefix="jwtgate-secrets")
