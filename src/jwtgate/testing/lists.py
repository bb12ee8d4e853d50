"""The contract of lists."""

from typing import Any

import pytest

from jwtgate.consumer import Consumer
from jwtgate.errors import StoreError
from jwtgate.testing.calling import Caller
from jwtgate.testing.managing import ManagingFixtures
from jwtgate.testing.samples import SECRET
from jwtgate.testing.verdicts import must, refuses

__all__ = ["ListsContract"]

_LISTS = pytest.mark.parametrize("name", ["list_consumers", "list_credentials"])
_USERS = [f"u{number}" for number in range(5)]
_JUNK = [
    *("", "*", "5", "MQ==", "\u00fc", "\ud800", "\0", "A" * 10_000),
    *("-_-_", "LTE", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OQ", "' OR 1=1 --"),
]


class ListsContract(ManagingFixtures):
    """What ``list_consumers`` and ``list_credentials`` keep to."""

    @pytest.fixture
    def crowd(self, call: Caller, store: Any) -> list[Consumer]:
        """Give five consumers, every other one tagged, with one key each."""
        made = []
        for number, name in enumerate(_USERS):
            tags = ["even", "100%"] if number % 2 == 0 else ["EVEN"]
            made.append(call(store.create_consumer(username=name, tags=tags)))
            key = f"k{number}"
            call(store.create_credential(name, key=key, secret=SECRET, tags=tags))
        return made

    def test_rows_are_listed_in_the_order_of_their_creation(
        self, call: Caller, store: Any, crowd: list[Consumer]
    ) -> None:
        """A change does not move one."""
        crowd[0] = call(store.update_consumer("u0", username="z"))
        call(store.update_credential("k0", kid="new"))
        consumers = call(store.list_consumers()).items
        must(list(consumers) == crowd, f"consumers were listed as {consumers!r}")
        keys = _keys(call(store.list_credentials()))
        must(keys == ["k0", "k1", "k2", "k3", "k4"], f"the keys were listed as {keys}")

    def test_a_list_has_what_a_look_up_gives(
        self, call: Caller, store: Any, crowd: list[Consumer]
    ) -> None:
        """The same values, the secret included."""
        for listed in call(store.list_credentials()).items:
            got = call(store.get_credential(listed.key))
            must(
                (listed, listed.reveal_secret()) == (got, got.reveal_secret()),
                f"listed was {listed!r}, and got {got!r}",
            )
        must(listed.consumer == crowd[-1], "a list gave another consumer")

    def test_an_empty_store_lists_nothing(self, call: Caller, store: Any) -> None:
        """One page, and no cursor."""
        for page in (call(store.list_consumers()), call(store.list_credentials())):
            must(
                (page.items, page.cursor) == ((), None), f"nothing was listed as {page}"
            )

    @pytest.mark.usefixtures("crowd")
    @pytest.mark.parametrize(
        ("tag", "numbers"),
        [("even", "024"), ("EVEN", "13"), ("100%", "024"), ("1", ""), ("%", "")],
    )
    def test_a_tag_narrows_a_list(
        self, call: Caller, store: Any, tag: str, numbers: str
    ) -> None:
        """A whole tag, compared exactly."""
        users = [each.username for each in call(store.list_consumers(tag=tag)).items]
        keys = _keys(call(store.list_credentials(tag=tag)))
        expected = ([f"u{each}" for each in numbers], [f"k{each}" for each in numbers])
        must(
            (users, keys) == expected,
            f"the tag {tag!r} listed {(users, keys)}, and has to list {expected}",
        )

    @pytest.mark.usefixtures("crowd")
    def test_a_changed_tag_narrows_a_list(self, call: Caller, store: Any) -> None:
        """The old one no more; the order stays that of the creation."""
        call(store.update_consumer("u0", tags=["EVEN"]))
        call(store.update_credential("k0", tags=["EVEN"]))
        call(store.delete_consumer("u1"))
        for tag, numbers in (("even", "24"), ("EVEN", "03")):
            page = call(store.list_consumers(tag=tag))
            users = [each.username for each in page.items]
            must(users == [f"u{each}" for each in numbers], f"{tag} listed {users}")
            keys = _keys(call(store.list_credentials(tag=tag)))
            must(keys == [f"k{each}" for each in numbers], f"{tag} listed {keys}")

    @pytest.mark.parametrize("by", ["id", "username", "itself"])
    def test_a_consumer_narrows_a_list_of_credentials(
        self, call: Caller, store: Any, crowd: list[Consumer], by: str
    ) -> None:
        """Itself or its name; with a tag both must hold."""
        consumer = crowd[1] if by == "itself" else getattr(crowd[1], by)
        call(store.create_credential(consumer, key="more"))
        keys = _keys(call(store.list_credentials(consumer=consumer)))
        must(keys == ["k1", "more"], f"the keys of a consumer were listed as {keys}")
        for tag, expected in (("EVEN", ["k1"]), ("even", [])):
            keys = _keys(call(store.list_credentials(consumer=consumer, tag=tag)))
            must(keys == expected, f"with the tag {tag!r} its keys were {keys}")

    @pytest.mark.usefixtures("crowd")
    @_LISTS
    def test_the_pages_together_are_the_list(
        self, call: Caller, store: Any, name: str
    ) -> None:
        """Each as long as asked for, the last one without a cursor."""
        listed = getattr(store, name)
        for limit, sizes in ((2, [2, 2, 1]), (5, [5]), (1, [1] * 5), (1000, [5])):
            pages = [call(listed(limit=limit))]
            while pages[-1].cursor is not None and len(pages) < len(sizes):
                pages.append(call(listed(limit=limit, cursor=pages[-1].cursor)))
            got = [len(page.items) for page in pages]
            must(got == sizes, f"pages of {limit} had {got} rows, expected {sizes}")
            must(pages[-1].cursor is None, "the last page has a cursor")
            rows = [row for page in pages for row in page.items]
            must(rows == list(call(listed()).items), "the pages are not the list")

    @pytest.mark.usefixtures("crowd")
    @_LISTS
    def test_the_pages_of_a_tag_are_its_list(
        self, call: Caller, store: Any, name: str
    ) -> None:
        """Their cursor goes with the tag."""
        listed = getattr(store, name)
        first = call(listed(tag="even", limit=2))
        second = call(listed(tag="even", limit=2, cursor=first.cursor))
        rows = (*first.items, *second.items)
        must(rows == call(listed(tag="even")).items, "the pages are not the list")

    @pytest.mark.usefixtures("crowd")
    def test_a_cursor_stays_good_while_rows_come_and_go(
        self, call: Caller, store: Any
    ) -> None:
        """Nothing is shown twice or left out."""
        cursor = call(store.list_consumers(limit=2)).cursor
        keys_cursor = call(store.list_credentials(limit=2)).cursor
        call(store.delete_consumer("u1"))
        call(store.create_consumer(username="u5"))
        call(store.create_credential("u0", key="k5"))
        users = [
            each.username for each in call(store.list_consumers(cursor=cursor)).items
        ]
        must(users == ["u2", "u3", "u4", "u5"], f"behind the cursor were {users}")
        keys = _keys(call(store.list_credentials(cursor=keys_cursor)))
        must(keys == ["k2", "k3", "k4", "k5"], f"behind the cursor were {keys}")

    @_LISTS
    def test_a_limit_has_limits(self, call: Caller, store: Any, name: str) -> None:
        """1 to 1000: a client of an app's own pages may choose it."""
        for limit in (0, -1, 1001):
            with refuses(StoreError, f"{name}() took a limit of {limit}"):
                call(getattr(store, name)(limit=limit))

    @_LISTS
    def test_what_no_list_gave_is_no_cursor(
        self, call: Caller, store: Any, name: str
    ) -> None:
        """A client sends it back, so anything may come."""
        for cursor in _JUNK:
            with refuses(StoreError, f"{name}() took the cursor {cursor[:40]!r}"):
                call(getattr(store, name)(cursor=cursor))


def _keys(page: Any) -> list[str]:
    return [each.key for each in page.items]
