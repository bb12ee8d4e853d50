"""The fixtures of every contract."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from inspect import iscoroutinefunction
from typing import Any, TypeAlias

import pytest

from jwtgate.credential import Credential, UnusableCredential
from jwtgate.testing.calling import Caller
from jwtgate.testing.verdicts import must

__all__ = ["Find", "Fixtures", "Given", "look_ups"]

Find: TypeAlias = Callable[..., Sequence[Any]]
"""``find(key, kid=None)``, by every way that the store has."""

Given: TypeAlias = Callable[..., None]
"""``given(*credentials)``: the store has them from now on, and their consumers."""


class Fixtures:
    """Where the store of a test comes from, and how it is called."""

    def make_store(self) -> Any:
        """Make an empty store; it may be a coroutine function."""
        raise NotImplementedError(
            "give the test class a method make_store(self), or a fixture named store"
        )

    def close_store(self, store: Any) -> Any:
        """Close what :meth:`make_store` made; it may be a coroutine function."""

    def put(self, store: Any, credential: Credential) -> Any:
        """Put a credential and its consumer where the store finds them.

        The consumer may be there already. It may be a coroutine function.
        """
        raise NotImplementedError(
            "give the test class a method put(self, store, credential)"
        )

    @pytest.fixture
    def call(self) -> Iterator[Caller]:
        """Give what calls the store, with the event loop of this test."""
        with closing(Caller()) as caller:
            yield caller

    @pytest.fixture
    def store(self, call: Caller) -> Iterator[Any]:
        """Give an empty store; to be overridden, if fixtures of your own make it."""
        made = call(self.make_store())
        yield made
        call(self.close_store(made))

    @pytest.fixture
    def given(self, call: Caller, store: Any) -> Given:
        """Give what puts credentials into the store."""

        def given(*credentials: Credential) -> None:
            for credential in credentials:
                call(self.put(store, credential))

        return given

    @pytest.fixture
    def find(self, call: Caller, store: Any) -> Find:
        """Give what finds a key's credentials, and sees that the answer is one."""

        def find(key: str, kid: str | None = None) -> Sequence[Any]:
            answers = [call(look_up(key, kid)) for look_up in look_ups(store)]
            for answer in answers:
                _check(answer, key)
            must(
                all(answer == answers[0] for answer in answers),
                f"find and afind differ: for {key!r} they gave {answers}",
            )
            found: Sequence[Any] = answers[0]
            return found

        return find


def look_ups(store: object) -> list[Callable[..., Any]]:
    """Give the ways in which a gate may look up a key in a store."""
    ways = [getattr(store, name, None) for name in ("find", "afind")]
    found = [way for way in ways if callable(way)]
    must(
        found,
        "the store has neither 'def find(self, key, kid=None)' nor "
        "'async def afind(self, key, kid=None)'",
    )
    must(
        not iscoroutinefunction(getattr(store, "find", None)),
        "find is 'async def'; what is to be awaited has to be named afind",
    )
    return found


def _check(answer: object, key: str) -> None:
    must(
        isinstance(answer, Sequence) and not isinstance(answer, str | bytes),
        f"a look-up of {key!r} gave {answer!r}: it has to give a sequence, an empty "
        "one for an unknown key",
    )
    for row in answer:  # type: ignore[attr-defined]
        must(
            type(row) in (Credential, UnusableCredential),
            f"a look-up of {key!r} gave a {type(row).__name__} in its sequence: rows "
            "have to be Credential or UnusableCredential",
        )
        must(
            row.key == key,
            f"a look-up of {key!r} gave a credential of {row.key!r}: keys have to be "
            "compared exactly, octet by octet",
        )
