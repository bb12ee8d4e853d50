"""The contract of changes that are made at once."""

from functools import partial
from typing import Any

import pytest

from jwtgate.consumer import Consumer
from jwtgate.errors import Conflict, NotFound, StoreError
from jwtgate.testing.calling import Caller
from jwtgate.testing.fixtures import Find
from jwtgate.testing.managing import ManagingFixtures
from jwtgate.testing.samples import KEY, LATER, SECRET
from jwtgate.testing.verdicts import must, must_all_be

__all__ = ["RacesContract"]

_WRITERS = 8


class RacesContract(ManagingFixtures):
    """What a store keeps to when several write: by threads, or by tasks."""

    def test_a_name_goes_to_one_of_many(self, call: Caller, store: Any) -> None:
        """The others get a Conflict."""
        outcomes = call.at_once(
            [
                partial(store.create_consumer, username="jack", custom_id=str(number))
                for number in range(_WRITERS)
            ]
        )
        must_all_be(outcomes, (Consumer, Conflict), "a race for a username")
        won = [each for each in outcomes if isinstance(each, Consumer)]
        must(len(won) == 1, f"one username was given to {len(won)} consumers at once")
        got = call(store.list_consumers()).items
        must(list(got) == won, f"after a race for a username there are {got!r}")

    def test_a_username_and_an_id_do_not_meet(self, call: Caller, store: Any) -> None:
        """One's id is never another's username, whoever comes first."""
        outcomes = call.at_once(
            [
                partial(store.create_consumer, username="jack"),
                partial(store.create_consumer, username="jill", id="jack"),
            ]
        )
        must_all_be(outcomes, (Consumer, Conflict), "a race of a username and an id")
        left = call(store.list_consumers()).items
        must(len(left) == 1, "one consumer's id is another's username")

    def test_a_key_goes_to_one_consumer(
        self, call: Caller, store: Any, find: Find, jack: Consumer, jill: Consumer
    ) -> None:
        """All credentials of it are the same one's."""
        outcomes = call.at_once(
            [
                partial(
                    store.create_credential,
                    (jack, jill)[number % 2],
                    key="wanted",
                    kid=str(number // 4),
                    secret=SECRET,
                )
                for number in range(_WRITERS)
            ]
        )
        won = [each for each in outcomes if not isinstance(each, Conflict)]
        failed = [each for each in won if isinstance(each, Exception)]
        must(not failed, f"in a race for a key there were errors: {failed!r}")
        owners = {row.consumer.id for row in find("wanted")}
        must(len(owners) == 1, f"one key was given to {len(owners)} consumers at once")
        must(
            len(find("wanted")) == len(won) == 2,
            f"a race for two kids of a key was won {len(won)} times",
        )

    def test_four_of_many_live(
        self, call: Caller, store: Any, find: Find, jack: Consumer
    ) -> None:
        """The others get a Conflict, however close they come."""
        outcomes = call.at_once(
            [
                partial(
                    store.create_credential,
                    jack,
                    key="wanted",
                    kid=str(number),
                    secret=SECRET,
                )
                for number in range(_WRITERS)
            ]
        )
        lost = [each for each in outcomes if isinstance(each, Exception)]
        must_all_be(lost, Conflict, "a race for the four places of a key")
        live = len(find("wanted"))
        must(live == 4, f"a key got {live} live credentials of {_WRITERS} at once")
        must(len(lost) == _WRITERS - 4, f"{_WRITERS - len(lost)} were told they won")

    def test_a_credential_does_not_outlive_its_consumer(
        self, call: Caller, store: Any, find: Find, jack: Consumer
    ) -> None:
        """One that is created while the consumer is deleted goes along, or never is."""
        outcomes = call.at_once(
            [
                partial(store.delete_consumer, jack),
                *(
                    partial(store.create_credential, jack, key=f"k{number}")
                    for number in range(_WRITERS)
                ),
            ]
        )
        lost = [each for each in outcomes if isinstance(each, Exception)]
        must_all_be(lost, NotFound, "credentials were created as their consumer went")
        left = [KEY, *(f"k{number}" for number in range(_WRITERS))]
        found = [key for key in left if find(key)]
        must(not found, f"the consumer was deleted, and its keys {found} are found")
        must(
            not call(store.list_credentials()).items,
            "the consumer was deleted, and credentials of it are listed",
        )

    @pytest.mark.usefixtures("jack")
    def test_rotations_at_once_keep_to_four(
        self, call: Caller, store: Any, find: Find
    ) -> None:
        """Each of them makes a successor, or is told why not."""
        outcomes = call.at_once(
            [partial(store.rotate, KEY, overlap=60) for _ in range(_WRITERS)]
        )
        lost = [each for each in outcomes if isinstance(each, Exception)]
        must_all_be(lost, Conflict, "a key was rotated several times at once")
        kids = {row.kid for row in find(KEY)}
        made = {each.kid for each in outcomes if not isinstance(each, Exception)}
        must(len(kids) <= 4, f"a key got {len(kids)} live credentials by rotations")
        must(
            kids == made | {None},
            f"rotate() told of the kids {made}, and those of the key are {kids}",
        )

    def test_no_change_is_lost(
        self, call: Caller, store: Any, find: Find, jack: Consumer
    ) -> None:
        """Changes of different fields are all kept, whoever comes first."""
        credential: dict[str, Any] = {
            "tags": ("t",),
            "token_lifetime": 60,
            "lifetime_grace_period": 5.5,
            "retire_after": LATER,
        }
        consumer: dict[str, Any] = {"groups": ("staff",), "tags": ("t",)}
        outcomes = call.at_once(
            [
                *(
                    partial(store.update_credential, KEY, **{name: value})
                    for name, value in credential.items()
                ),
                *(
                    partial(store.update_consumer, jack, **{name: value})
                    for name, value in consumer.items()
                ),
            ]
        )
        failed = [each for each in outcomes if isinstance(each, Exception)]
        must_all_be(failed, (), "changes of different fields at once")
        row = find(KEY)[0]
        lost = [
            name
            for value, expected in ((row, credential), (row.consumer, consumer))
            for name in expected
            if getattr(value, name) != expected[name]
        ]
        must(not lost, f"of changes at once these were lost: {', '.join(lost)}")

    def test_writers_at_once_lose_nothing(self, call: Caller, store: Any) -> None:
        """Each of them gets its rows, in a list without holes."""
        outcomes = call.at_once(
            [
                partial(store.create_consumer, username=f"u{number}")
                for number in range(_WRITERS)
            ]
        )
        lost = [each for each in outcomes if isinstance(each, StoreError)]
        must(not lost, f"consumers of different names got {lost!r}")
        must_all_be(outcomes, Consumer, "consumers were created at once")
        listed: list[Any] = []
        page = call(store.list_consumers(limit=3))
        listed.extend(page.items)
        while page.cursor is not None:
            page = call(store.list_consumers(limit=3, cursor=page.cursor))
            listed.extend(page.items)
        names = sorted(each.username for each in listed)
        expected = [f"u{number}" for number in range(_WRITERS)]
        must(names == expected, f"of {expected} created at once {names} are listed")
