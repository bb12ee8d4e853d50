"""The contract of look-ups."""

from collections.abc import MutableSequence
from typing import Any

import pytest

from jwtgate.consumer import Consumer
from jwtgate.jose import ALGORITHMS
from jwtgate.testing.fixtures import Find, Fixtures, Given
from jwtgate.testing.samples import (
    FULL_CREDENTIAL,
    KEY,
    LATER,
    LONG_AGO,
    differences,
    material,
    sample,
)
from jwtgate.testing.texts import NEAR, ODD
from jwtgate.testing.verdicts import must

__all__ = ["LookUpsContract"]

_MANY = 20


class LookUpsContract(Fixtures):
    """What ``find`` and ``afind`` keep to."""

    # What a look-up gives

    def test_an_unknown_key_finds_nothing(self, find: Find) -> None:
        """An empty sequence: None or an exception would be a failure, a 503."""
        must(not find("nobody"), "an empty store found a credential for 'nobody'")

    def test_a_key_finds_its_credential(self, find: Find, given: Given) -> None:
        """With every field that was put, and its consumer."""
        given(sample())
        _must_be_found(find, sample())

    def test_every_field_comes_back(self, find: Find, given: Given) -> None:
        """As it was put: a gate judges by all of them."""
        credential = sample("jack", **{**FULL_CREDENTIAL, "id": None})
        given(credential)
        _must_be_found(find, credential)

    def test_every_algorithm_comes_back(self, find: Find, given: Given) -> None:
        """With its secret or public key."""
        for algorithm in ALGORITHMS:
            credential = sample(key=f"key of {algorithm}", **material(algorithm))
            given(credential)
            _must_be_found(find, credential)

    def test_a_key_that_was_unknown_is_found_once_it_is_there(
        self, find: Find, given: Given
    ) -> None:
        """That it was unknown must not be remembered for long."""
        find(KEY)
        given(sample())
        _must_be_found(find, sample())

    def test_a_second_look_up_gives_the_same(self, find: Find, given: Given) -> None:
        """The id too: apps and logs name a credential by it."""
        given(sample())
        must(
            list(find(KEY)) == list(find(KEY)),
            "two look-ups of one key gave credentials that differ",
        )

    def test_an_answer_is_the_caller_s_own(self, find: Find, given: Given) -> None:
        """What is done to it changes nothing for the next request."""
        given(sample())
        found = find(KEY)
        if isinstance(found, MutableSequence):
            found.clear()
        must(
            len(find(KEY)) == 1,
            "a caller who changed the list that find gave changed the store: give a "
            "tuple, or a list of its own to each caller",
        )

    # Which texts are the same key

    def test_keys_are_compared_exactly(self, find: Find, given: Given) -> None:
        """A key that is nearly another one is another one, and may be another's."""
        here = {one: sample("jack", key=one) for one, _ in NEAR.values()}
        near = {other: sample("jill", key=other) for _, other in NEAR.values()}
        given(*here.values())
        for why, (one, other) in NEAR.items():
            must(
                not find(other),
                f"{other!r} found the credential of {one!r} ({why}): keys have to be "
                "compared exactly, octet by octet",
            )
        given(*near.values())
        for credential in (*here.values(), *near.values()):
            _must_be_found(find, credential)

    def test_a_key_is_only_a_text(self, find: Find, given: Given) -> None:
        """Whatever it means to a database, or to any other program."""
        given(sample("jill", key="jill-key"))
        for why, key in ODD.items():
            must(not find(key), f"the key {key!r} ({why}) found another one's")
            given(sample(key=key))
            _must_be_found(find, sample(key=key))
        _must_be_found(find, sample("jill", key="jill-key"))

    # Several credentials under a key

    def test_a_key_finds_all_its_credentials(self, find: Find, given: Given) -> None:
        """Four may be live; the gate picks by kid."""
        four = [sample(kid=kid) for kid in (None, "a", "A", "b")]
        given(*four)
        found = {row.kid: row for row in find(KEY)}
        for credential in four:
            wrong = differences(found.get(credential.kid), credential)
            must(not wrong, f"of four credentials of a key, one differs in {wrong}")
        must(len(found) == 4, f"a key of four credentials found {len(found)}")

    def test_a_kid_is_a_hint(self, find: Find, given: Given) -> None:
        """The gate takes those with an equal kid, and those without if there is none.

        So both have to be there, and a kid must never hide them.
        """
        given(sample(kid=None), sample(kid="a"), sample(kid="b"))
        must(
            "a" in {row.kid for row in find(KEY, "a")},
            "find(key, 'a') left out the credential whose kid is 'a'",
        )
        must(
            None in {row.kid for row in find(KEY, "c")},
            "find(key, 'c') left out the credential without a kid, which is for all "
            "tokens whose kid no credential has",
        )

    def test_retired_credentials_hide_none_that_lives(
        self, find: Find, given: Given
    ) -> None:
        """A store that bounds the rows of a look-up takes the living first."""
        retired = [
            sample(kid=f"{number}", retire_after=LONG_AGO) for number in range(_MANY)
        ]
        given(*retired, sample(kid="last"))
        must(
            "last" in {row.kid for row in find(KEY)},
            f"behind {_MANY} retired credentials of a key, the live one was not found",
        )

    @pytest.mark.parametrize(
        "fields",
        [
            {"enabled": False},
            {"consumer": Consumer(username="jack", enabled=False)},
            {"retire_after": LONG_AGO},
            {"not_before": LATER},
        ],
        ids=["disabled", "consumer disabled", "retired", "not yet valid"],
    )
    def test_a_credential_out_of_use_is_given(
        self, find: Find, given: Given, fields: dict[str, Any]
    ) -> None:
        """The gate refuses it, and its log then says why."""
        given(sample(**fields))
        _must_be_found(find, sample(**fields))


def _must_be_found(find: Find, put: Any) -> None:
    __tracebackhide__ = True
    found = find(put.key)
    must(
        len(found) == 1,
        f"the key {put.key!r} has one credential, and find gave {len(found)}",
    )
    wrong = differences(found[0], put)
    must(not wrong, f"the credential of {put.key!r} came back with other {wrong}")
