"""The contract of a store that a gate is mounted over."""

from functools import partial
from typing import Any

from jwtgate.backend import async_backend, backend
from jwtgate.drive import aauthenticate, authenticate
from jwtgate.extraction import RequestView
from jwtgate.gate import Gate
from jwtgate.issue import issue
from jwtgate.outcome import Authenticated
from jwtgate.testing.calling import Caller
from jwtgate.testing.fixtures import Fixtures, Given, look_ups
from jwtgate.testing.samples import sample
from jwtgate.testing.verdicts import must, must_all_be

__all__ = ["InUseContract"]

_READERS = 32


class InUseContract(Fixtures):
    """What a store keeps to when requests come in."""

    def test_a_gate_can_be_mounted_over_it(self, store: Any) -> None:
        """In the world that it is for."""
        look_ups(store)
        if hasattr(store, "find"):
            backend(store, finds_consumers=False)
        if hasattr(store, "afind"):
            async_backend(store, finds_consumers=False)

    def test_a_gate_takes_the_token_of_a_credential(
        self, call: Caller, store: Any, given: Given
    ) -> None:
        """From end to end."""
        given(sample())
        gate, line = Gate(store), b"Bearer " + issue(sample()).encode()
        request = RequestView("GET", headers=[(b"authorization", line)])
        outcomes: list[object] = []
        if hasattr(store, "find"):
            outcomes.append(authenticate(gate, request))
        if hasattr(store, "afind"):
            outcomes.append(call(aauthenticate(gate, request)))
        must_all_be(outcomes, Authenticated, "a gate refused a good token")

    def test_look_ups_at_once_are_not_mixed_up(
        self, call: Caller, store: Any, given: Given
    ) -> None:
        """Each request gets the credential of its own key, however many there are."""
        keys = [f"key-{number}" for number in range(8)]
        given(*(sample(f"user of {key}", key=key) for key in keys))
        asked = [keys[number % len(keys)] for number in range(_READERS)]
        for look_up in look_ups(store):
            calls = [partial(look_up, key) for key in asked]
            found = call.at_once(calls, times=5)
            for key, answer in zip(
                (key for key in asked for _ in range(5)), found, strict=True
            ):
                must(
                    not isinstance(answer, Exception),
                    f"of {_READERS} look-ups at once one raised {answer!r}",
                )
                must(
                    [row.key for row in answer] == [key],
                    f"of {_READERS} look-ups at once the one of {key!r} gave the "
                    f"credentials of {[row.key for row in answer]}",
                )
