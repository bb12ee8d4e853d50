"""A process's token of Vault: renewed while it can be, and taken anew when it ends."""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from threading import Lock
from typing import Any, Protocol, final

__all__ = ["Login", "Token", "VaultSession"]

_SECONDS_BETWEEN_LOGINS = 60.0  # each makes a token that Vault keeps until it ends
_SECONDS_AFTER_A_FAILURE = 60.0


@final
@dataclass(frozen=True, slots=True)
class Token:
    """A token.

    Attributes:
        client: Sends it along.
        seconds: How long it is good for; infinite if it does not end.
        is_renewable: It may be made to last longer.
    """

    client: Any
    seconds: float
    is_renewable: bool


class Login(Protocol):
    """Where tokens come from."""

    makes_tokens: bool
    """A new one each time, unlike a token that was given."""

    def take(self) -> Token:
        """Take a token.

        Raises:
            Exception: None is given.
        """
        ...


@final
class VaultSession:
    """Gives a client whose token is good, as far as that is known.

    Args:
        login: Where tokens come from.
        clock: Gives seconds that never go back.
        errors: What a renewal that is refused may raise.
    """

    def __init__(
        self, login: Login, clock: Callable[[], float], errors: type[Exception]
    ) -> None:
        self._login = login
        self._clock = clock
        self._errors = errors
        self._lock = Lock()
        self._client: Any = None
        self._begun_at = -inf
        self._renew_at = -inf
        self._ends_at = -inf

    def client(self) -> Any:
        """Give the client, its token renewed if half of its time is over."""
        with self._lock:
            now = self._clock()
            if now >= self._ends_at:
                self._begin(self._login.take())
            elif now >= self._renew_at:
                self._renew()
            return self._client

    def begin_again(self, refused: Any) -> bool:
        """Take another token, as one was refused.

        Args:
            refused: The client that had it.

        Returns:
            Whether there is another one now.
        """
        with self._lock:
            if self._client is not refused:
                return True
            is_recent = self._clock() - self._begun_at < _SECONDS_BETWEEN_LOGINS
            if self._login.makes_tokens and is_recent:
                return False
            token = self._login.take()
            is_another = bool(token.client.token != refused.token)
            if is_another:
                self._begin(token)
            return is_another

    def close(self) -> None:
        """Close the connections; a client that is asked for opens others."""
        with self._lock:
            if self._client is not None:
                self._client.adapter.close()

    def _begin(self, token: Token) -> None:
        self._client = token.client
        self._begun_at = self._clock()
        self._last(token.seconds, is_renewable=token.is_renewable)

    def _renew(self) -> None:
        try:
            auth = self._client.auth.token.renew_self()["auth"]
        except self._errors:
            self._renew_at = self._clock() + _SECONDS_AFTER_A_FAILURE
        else:
            self._last(auth["lease_duration"] or inf, is_renewable=auth["renewable"])

    def _last(self, seconds: float, *, is_renewable: bool) -> None:
        now = self._clock()
        self._ends_at = now + seconds
        self._renew_at = now + seconds / 2 if is_renewable else inf
