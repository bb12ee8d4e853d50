"""The contract of look-ups of consumers."""

from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

from jwtgate.backend import async_backend, backend
from jwtgate.consumer import Consumer
from jwtgate.testing.calling import Caller
from jwtgate.testing.fixtures import Fixtures, Given
from jwtgate.testing.samples import FULL_CONSUMER, sample
from jwtgate.testing.texts import NEAR_NAMES
from jwtgate.testing.verdicts import must

__all__ = ["ConsumerLookUpsContract"]

FindConsumer: TypeAlias = Callable[[str], Any]


class ConsumerLookUpsContract(Fixtures):
    """What ``find_consumer`` and ``afind_consumer`` keep to."""

    @pytest.fixture
    def find_consumer(self, call: Caller, store: Any) -> FindConsumer:
        """Give what finds a consumer, by every way that the store has."""

        def find_consumer(name: str) -> Any:
            ways = [
                getattr(store, each)
                for each in ("find_consumer", "afind_consumer")
                if hasattr(store, each)
            ]
            must(ways, "the store has no method find_consumer(name)")
            answers = [call(way(name)) for way in ways]
            must(
                all(answer == answers[0] for answer in answers),
                f"find_consumer and afind_consumer differ for {name!r}: {answers}",
            )
            return answers[0]

        return find_consumer

    @pytest.mark.parametrize("name", ["username", "id"])
    def test_a_consumer_is_found_by_either_name(
        self, find_consumer: FindConsumer, given: Given, name: str
    ) -> None:
        """By its id or its username, with every field."""
        consumer = Consumer(**FULL_CONSUMER)
        given(sample(consumer=consumer))
        found = find_consumer(getattr(consumer, name))
        must(
            found == consumer,
            f"the consumer found by its {name} is {found!r}; it was put as "
            f"{consumer!r}",
        )

    def test_an_unknown_name_finds_no_consumer(
        self, find_consumer: FindConsumer, given: Given
    ) -> None:
        """None, not an error."""
        given(sample())
        for name in ("nobody", "", " ", "%", "*", "' OR '1'='1"):
            found = find_consumer(name)
            must(
                found is None, f"{name!r} has to find no consumer, and found {found!r}"
            )

    def test_a_custom_id_is_no_name(
        self, find_consumer: FindConsumer, given: Given
    ) -> None:
        """It is a name in another system, and may equal a username here."""
        given(sample(consumer=Consumer(username="jack", custom_id="other")))
        must(
            find_consumer("other") is None,
            "a consumer was found by its custom_id: only id and username are names",
        )

    def test_names_of_consumers_are_compared_exactly(
        self, find_consumer: FindConsumer, given: Given
    ) -> None:
        """As keys are: the anonymous consumer must not be somebody else."""
        here = {one for one, _ in NEAR_NAMES.values()}
        near = {other for _, other in NEAR_NAMES.values()}
        given(*(sample(name, key=f"1 {name}") for name in here))
        for why, (one, other) in NEAR_NAMES.items():
            must(
                find_consumer(other) is None,
                f"{other!r} found the consumer {one!r} ({why}): names have to be "
                "compared exactly",
            )
        given(*(sample(name, key=f"2 {name}") for name in near))
        for name in here | near:
            found = find_consumer(name)
            must(
                found is not None and found.username == name,
                f"the consumer {name!r} was looked for, and {found!r} found",
            )

    def test_a_policy_may_name_its_anonymous_consumer(self, store: Any) -> None:
        """In each world in which the store finds credentials."""
        if hasattr(store, "find"):
            backend(store, finds_consumers=True)
        if hasattr(store, "afind"):
            async_backend(store, finds_consumers=True)
