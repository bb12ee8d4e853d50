from typing import Any

import pytest

from jwtgate import StoreError
from jwtgate.stores.jwks.keyset import KeySet, read_keys
from jwtgate.stores.jwks.known import Known
from jwtgate.stores.jwks.source import Fetched
from tests.stores.jwks.provider import document, jwk
from tests.stores.jwks.test_issuer import issuer
from tests.stores.jwks.test_limits import limits

A, B = jwk("ES256", kid="a"), jwk("EdDSA", kid="b")
NOTHING = Known(limits=limits())


def read(octets: bytes) -> KeySet:
    """Make keys of a document."""
    return read_keys(octets, issuer(), max_keys=9)


def refreshed(
    known: Known = NOTHING, *keys: Any, max_age: float | None = None
) -> Known:
    """Make what is known after a fetch from 100 to 101."""
    fetched = Fetched(document(*(keys or (A,))), max_age)
    return known.refreshed(fetched, read, began=100, now=101)


def test_nothing_is_known_at_first() -> None:
    """And nothing keeps from fetching."""
    assert NOTHING.usable(0) is None
    assert NOTHING.again < 0


def test_keys_age_from_when_their_fetch_began() -> None:
    """They may have changed while it was under way."""
    known = refreshed()
    assert (known.due, known.expires, known.again) == (400, 4000, 131)


def test_keys_are_used_until_they_expire() -> None:
    """Not a moment longer."""
    known = refreshed()
    assert known.usable(3999.9) is known.keys is not None
    assert known.usable(4000) is None


def test_a_provider_may_shorten_the_time_to_the_next_fetch() -> None:
    """Not how long keys are used when it is down."""
    known = refreshed(max_age=60)
    assert (known.due, known.expires) == (160, 4000)


def test_keys_that_nobody_asked_for_are_neglected() -> None:
    """From a cooldown after they are due."""
    known = refreshed()
    assert not known.is_neglected(429.9, 429.9)
    assert known.is_neglected(430, 429.9)


def test_keys_whose_fetch_failed_are_neglected_if_nobody_tries_again() -> None:
    """Not at once, nor while one tries: there is nothing better to wait for."""
    known = refreshed().failed("x", now=425)
    assert not known.is_neglected(755, 754.9)
    assert known.is_neglected(755, 755)


def test_a_failure_leaves_the_keys() -> None:
    """And says why."""
    old = refreshed()
    known = old.failed("x", now=500)
    assert (known.keys, known.failure, known.again) == (old.keys, "x", 530)
    assert (known.due, known.expires) == (old.due, old.expires)


def test_a_failure_without_usable_keys_is_followed_soon_by_another_try() -> None:
    """Also with those that have expired."""
    assert NOTHING.failed("x", now=500).again == 502
    assert refreshed().failed("x", now=5000).again == 5002


def test_a_fetch_that_succeeds_ends_a_failure() -> None:
    """With the keys of now."""
    known = refreshed(refreshed().failed("x", now=500), B)
    assert known.failure is None
    assert known.keys is not None
    assert known.keys.knows("b")


def test_an_equal_document_is_not_read_again() -> None:
    """Most are."""
    known = refreshed()
    assert refreshed(known).keys is known.keys
    assert refreshed(known, B).keys is not known.keys


def test_a_document_without_keys_is_an_error() -> None:
    """What is known stays."""
    with pytest.raises(StoreError):
        NOTHING.refreshed(Fetched(b""), read, began=0, now=0)
