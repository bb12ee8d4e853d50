"""The contract of the management of consumers."""

from functools import partial
from typing import Any

import pytest

from jwtgate.consumer import Consumer
from jwtgate.errors import ConfigurationError, Conflict, NotFound
from jwtgate.testing.calling import Caller
from jwtgate.testing.fixtures import Find
from jwtgate.testing.managing import ManagingFixtures
from jwtgate.testing.samples import FULL_CONSUMER, KEY
from jwtgate.testing.texts import NEAR_NAMES
from jwtgate.testing.verdicts import must, refuses

__all__ = ["ConsumersContract"]

_WITHOUT = "update_consumer() changed more than was asked"


class ConsumersContract(ManagingFixtures):
    """What ``create_consumer`` and its like keep to."""

    # Creating

    @pytest.mark.parametrize(
        "fields",
        [{"username": "jack"}, {"custom_id": "495aec6a"}, FULL_CONSUMER],
        ids=["username", "custom_id", "every field"],
    )
    def test_a_consumer_is_got_as_it_was_created(
        self, call: Caller, store: Any, fields: dict[str, Any]
    ) -> None:
        """With every field, the order of groups and tags included."""
        made = call(store.create_consumer(**fields))
        must(
            made == Consumer(**fields),
            f"create_consumer() gave {made!r}, and has to give {Consumer(**fields)!r}",
        )
        got = call(store.get_consumer(made.id))
        must(got == made, f"created was {made!r}, and got {got!r}")

    def test_a_consumer_is_got_by_its_username(
        self, call: Caller, store: Any, jack: Consumer
    ) -> None:
        """Its id and its username are its names."""
        must(call(store.get_consumer("jack")) == jack, "a username got another one")

    @pytest.mark.parametrize("name", ["nobody", "495aec6a", ""])
    def test_an_unknown_consumer_is_not_found(
        self, call: Caller, store: Any, jack: Consumer, name: str
    ) -> None:
        """The same error everywhere; a custom_id is no name."""
        for ask in (
            partial(store.get_consumer, name),
            partial(store.update_consumer, name, tags=("t",)),
            partial(store.delete_consumer, name),
            partial(store.create_credential, name),
            partial(store.list_credentials, consumer=name),
        ):
            with refuses(NotFound, f"{name!r} is no consumer, but one was found"):
                call(ask())
        must(call(store.get_consumer(jack.id)) == jack, "another one was changed")

    @pytest.mark.parametrize(
        "fields",
        [
            {"username": "jack"},
            {"username": "x", "custom_id": "495aec6a"},
            {"username": "x", "id": Consumer(username="jack").id},
            {"username": "x", "id": "jack"},
            {"username": Consumer(username="jack").id},
        ],
        ids=["username", "custom_id", "id", "username as id", "id as username"],
    )
    def test_a_taken_name_is_a_conflict(
        self, call: Caller, store: Any, jack: Consumer, fields: dict[str, Any]
    ) -> None:
        """Consumers are found by id and by username: one's must not be another's."""
        with refuses(Conflict, f"a consumer was created beside {jack!r} of {fields}"):
            call(store.create_consumer(**fields))
        left = call(store.list_consumers()).items
        must(left == (jack,), f"a conflict left the consumers {left!r}")

    @pytest.mark.parametrize(
        "fields", [{}, {"username": "x", "groups": ("a,b",)}], ids=["no name", "group"]
    )
    def test_a_consumer_that_cannot_be_is_not_created(
        self, call: Caller, store: Any, fields: dict[str, Any]
    ) -> None:
        """The error is that of jwtgate.Consumer."""
        with refuses(ConfigurationError, f"a consumer was created of {fields}"):
            call(store.create_consumer(**fields))
        must(not call(store.list_consumers()).items, "an error left a consumer behind")

    def test_names_that_are_nearly_equal_are_two(
        self, call: Caller, store: Any
    ) -> None:
        """Of usernames and custom_ids alike."""
        names = {name for pair in NEAR_NAMES.values() for name in pair}
        for name in names:
            call(store.create_consumer(username=name, custom_id=name))
        for name in names:
            got = call(store.get_consumer(name))
            must(got.username == name, f"{name!r} got the consumer {got.username!r}")

    # Changing

    @pytest.mark.parametrize("by", ["id", "username", "itself"])
    def test_a_consumer_is_changed(
        self, call: Caller, store: Any, jack: Consumer, by: str
    ) -> None:
        """Named by its id, by its username, or itself; what is not given stays."""
        name = jack if by == "itself" else getattr(jack, by)
        new = call(store.update_consumer(name, groups=["staff"], tags=["t"]))
        expected = Consumer(
            id=jack.id,
            username="jack",
            custom_id="495aec6a",
            groups=["staff"],
            tags=["t"],
        )
        must(new == expected, f"{_WITHOUT}: {new!r} is not {expected!r}")
        must(call(store.get_consumer("jack")) == new, "a change was not kept")

    def test_a_renamed_consumer_keeps_its_id(
        self, call: Caller, store: Any, jack: Consumer
    ) -> None:
        """Apps store the id; the old name is free again."""
        new = call(store.update_consumer(jack, username="jacques", custom_id=None))
        must(new.id == jack.id, "a consumer got another id with its new username")
        with refuses(NotFound, "a consumer was found by the username it had before"):
            call(store.get_consumer("jack"))
        other = call(store.create_consumer(username="x", custom_id="495aec6a"))
        must(other.id != jack.id, "two consumers have the same id")

    def test_a_consumer_may_get_the_names_that_it_has(
        self, call: Caller, store: Any, jack: Consumer
    ) -> None:
        """They are taken by itself."""
        new = call(store.update_consumer(jack, username="jack", custom_id="495aec6a"))
        must(new == jack, f"{_WITHOUT}: {new!r}")

    def test_the_id_of_a_consumer_cannot_change(
        self, call: Caller, store: Any, jack: Consumer
    ) -> None:
        """It would be another one."""
        with refuses(ConfigurationError, "the id of a consumer was changed"):
            call(store.update_consumer(jack, id="17"))

    def test_a_change_is_seen_by_look_ups(
        self, call: Caller, store: Any, find: Find, jack: Consumer
    ) -> None:
        """The next request is that of the changed one."""
        new = call(store.update_consumer(jack, groups=["staff"], enabled=False))
        must(
            [row.consumer for row in find(KEY)] == [new],
            "find still gave the consumer as it was before update_consumer()",
        )

    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"username": "jill"}, Conflict),
            ({"custom_id": "j2"}, Conflict),
            ({"username": Consumer(username="jill").id}, Conflict),
            ({"groups": "staff"}, ConfigurationError),
            ({"username": None, "custom_id": None}, ConfigurationError),
        ],
        ids=["username", "custom_id", "id as username", "a text", "no name"],
    )
    def test_a_change_that_cannot_be_changes_nothing(
        self,
        call: Caller,
        store: Any,
        find: Find,
        jack: Consumer,
        jill: Consumer,
        changes: dict[str, Any],
        error: type[Exception],
    ) -> None:
        """Neither the consumer, nor what look-ups give."""
        with refuses(error, f"{jill!r} is there, and {jack!r} was changed: {changes}"):
            call(store.update_consumer("jack", **{"tags": ("t",), **changes}))
        kept = [call(store.get_consumer("jack")), *(row.consumer for row in find(KEY))]
        must(kept == [jack, jack], f"an error left a half change: {kept!r}")

    # Removing

    @pytest.mark.parametrize("by", ["id", "username", "itself"])
    def test_a_consumer_takes_its_credentials_along(
        self, call: Caller, store: Any, find: Find, jack: Consumer, by: str
    ) -> None:
        """No token of its passes any more, and its names and keys are free."""
        call(store.delete_consumer(jack if by == "itself" else getattr(jack, by)))
        must(
            not find(KEY),
            "the consumer was deleted, and find still gave its credential: its "
            "credentials have to go with it",
        )
        must(
            not call(store.list_credentials()).items,
            "the consumer was deleted, and its credential is still listed",
        )
        with refuses(NotFound, "a consumer that was deleted was got"):
            call(store.get_consumer(jack.id))
        call(store.create_consumer(username="x", custom_id="495aec6a"))
        call(store.create_credential("x", key=KEY))
        must(call(store.consumer_of(KEY)).username == "x", "a key that was freed")

    def test_the_credentials_of_others_stay(
        self, call: Caller, store: Any, find: Find, jack: Consumer, jill: Consumer
    ) -> None:
        """Deletion goes no further."""
        call(store.create_credential(jill, key="jill-key"))
        call(store.delete_consumer(jack))
        must(find("jill-key"), "with a consumer another one's credential was deleted")
        must(call(store.get_consumer("jill")) == jill, "another one was deleted")

    def test_a_consumer_that_is_gone_is_not_found(
        self, call: Caller, store: Any, jack: Consumer
    ) -> None:
        """Also by who still has it in hand."""
        call(store.delete_consumer(jack))
        for method in (store.delete_consumer, store.update_consumer):
            with refuses(NotFound, "a consumer that was deleted was found"):
                call(method(jack))

    def test_a_consumer_in_hand_is_itself_and_no_namesake(
        self, call: Caller, store: Any, jack: Consumer
    ) -> None:
        """Its id may be another one's username once it is gone."""
        call(store.delete_consumer(jack))
        other = call(store.create_consumer(username=jack.id, id="other"))
        for ask in (
            partial(store.update_consumer, jack, groups=["staff"]),
            partial(store.create_credential, jack, key=KEY),
            partial(store.list_credentials, consumer=jack),
            partial(store.delete_consumer, jack),
        ):
            with refuses(NotFound, f"{other!r} was taken for {jack!r}, who is deleted"):
                call(ask())
        must(call(store.get_consumer("other")) == other, "another one was changed")
