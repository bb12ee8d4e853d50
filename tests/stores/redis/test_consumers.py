from typing import TYPE_CHECKING, Any

import pytest

from jwtgate import ConfigurationError, Conflict, Consumer, NotFound, Quota, StoreError
from tests.kit import KEY, SECRET, jack
from tests.stores.redis.worlds import AnyStore, keys_of

if TYPE_CHECKING:
    import redis


def test_a_consumer_is_created_with_its_fields(store: AnyStore) -> None:
    """And can be got again."""
    made = store.create_consumer(
        username="jack", groups=["staff"], tags=["t"], quota="3/30s", enabled=False
    )
    assert store.get_consumer("jack") == made
    assert (made.groups, made.quota, made.enabled) == (
        ("staff",),
        Quota(rates="3/30s"),
        False,
    )


@pytest.mark.parametrize("name", ["jack", jack().id])
def test_a_consumer_is_found_by_username_or_id(filled: AnyStore, name: str) -> None:
    """Either names it."""
    assert filled.find_consumer(name) == filled.get_consumer(name) == jack()


@pytest.mark.parametrize("name", ["Jack", "jack ", "495aec6a", "", "\ud800", "*"])
def test_another_name_finds_nobody(filled: AnyStore, name: str) -> None:
    """Names are compared exactly; a custom_id is no name."""
    assert filled.find_consumer(name) is None
    with pytest.raises(NotFound):
        filled.get_consumer(name)


@pytest.mark.parametrize(
    "fields",
    [
        {"username": "jack"},
        {"username": "x", "custom_id": "495aec6a"},
        {"username": "x", "id": jack().id},
        {"username": "x", "id": "jack"},
        {"username": jack().id},
    ],
    ids=["username", "custom_id", "id", "id as username", "username as id"],
)
def test_a_taken_name_is_a_conflict(filled: AnyStore, fields: dict[str, Any]) -> None:
    """And nothing is created."""
    with pytest.raises(Conflict):
        filled.create_consumer(**fields)
    assert filled.list_consumers().items == (jack(),)


def test_a_consumer_may_be_called_by_its_own_id(store: AnyStore) -> None:
    """No other is found by it."""
    made = store.create_consumer(username="jack", id="jack")
    assert store.update_consumer("jack", groups=["a"]).id == made.id


def test_a_consumer_needs_no_username(store: AnyStore) -> None:
    """A custom_id will do."""
    made = store.create_consumer(custom_id="x")
    assert store.get_consumer(made.id) == made


def test_what_cannot_work_creates_nothing(
    store: AnyStore, client: "redis.Redis", prefix: str
) -> None:
    """The error is that of the consumer."""
    with pytest.raises(ConfigurationError):
        store.create_consumer()
    assert keys_of(client, prefix) == []


def test_a_change_keeps_what_is_not_named(filled: AnyStore) -> None:
    """The id, too."""
    changed = filled.update_consumer("jack", groups=["staff"])
    assert changed == filled.get_consumer(jack()) == jack(groups=["staff"])


def test_a_new_name_frees_the_old_one(filled: AnyStore) -> None:
    """Another may have it."""
    filled.update_consumer(jack(), username="john", custom_id=None)
    other = filled.create_consumer(username="jack", custom_id="495aec6a", id="j")
    assert filled.get_consumer("jack") == other
    assert filled.get_consumer("john").id == jack().id


@pytest.mark.parametrize(
    "changes",
    [{"username": "jill"}, {"custom_id": "c"}, {"username": "i"}],
    ids=["username", "custom_id", "id"],
)
def test_a_change_to_a_taken_name_is_a_conflict(
    filled: AnyStore, changes: dict[str, Any]
) -> None:
    """And nothing is changed."""
    filled.create_consumer(username="jill", custom_id="c", id="i")
    with pytest.raises(Conflict):
        filled.update_consumer("jack", **changes)
    assert filled.get_consumer("jack") == jack()


def test_an_id_cannot_change(filled: AnyStore) -> None:
    """It is in the tables of others."""
    with pytest.raises(ConfigurationError):
        filled.update_consumer("jack", id="x")


def test_a_consumer_that_is_not_there_cannot_change(store: AnyStore) -> None:
    """Nor go."""
    with pytest.raises(NotFound):
        store.update_consumer("jack", groups=[])
    with pytest.raises(NotFound):
        store.delete_consumer("jack")


def test_credentials_follow_their_consumer(filled: AnyStore) -> None:
    """Under every key."""
    for key, kid in ((KEY, None), (KEY, "b"), ("other", None)):
        filled.create_credential("jack", key=key, kid=kid, secret=SECRET)
    changed = filled.update_consumer("jack", enabled=False)
    found = (*filled.find(KEY), *filled.find("other"))
    assert [each.consumer for each in found] == [changed] * 3


def test_a_consumer_goes_with_its_credentials(
    filled: AnyStore, client: "redis.Redis", prefix: str
) -> None:
    """Nothing is left of it, nor in any list."""
    for key in (KEY, "other"):
        filled.create_credential("jack", key=key, secret=SECRET, tags=["t"])
    filled.delete_consumer(jack())
    assert filled.find(KEY) == ()
    assert keys_of(client, prefix) == ["number"]


def test_credentials_of_others_stay(filled: AnyStore) -> None:
    """Whoever goes."""
    filled.create_consumer(username="jill")
    made = filled.create_credential("jill", key=KEY, secret=SECRET)
    filled.delete_consumer("jack")
    assert filled.find(KEY) == (made,)


def test_a_key_that_was_evicted_is_no_hindrance(
    filled: AnyStore, client: "redis.Redis", prefix: str
) -> None:
    """Nor does it go with its former consumer when another has it."""
    for key in (KEY, "gone"):
        filled.create_credential("jack", key=key, secret=SECRET)
        client.delete(f"{{{prefix}}}:key:{key}")
    filled.create_consumer(username="jill")
    made = filled.create_credential("jill", key=KEY, secret=SECRET)
    filled.update_consumer("jack", groups=["a"])
    filled.delete_consumer("jack")
    assert filled.find(KEY) == (made,)


def test_consumers_are_listed_in_pages(store: AnyStore) -> None:
    """In the order of their creation."""
    names = [f"c{number}" for number in range(5)]
    for name in names:
        store.create_consumer(username=name)
    first = store.list_consumers(limit=3)
    rest = store.list_consumers(limit=3, cursor=first.cursor)
    assert [each.username for each in (*first.items, *rest.items)] == names
    assert rest.cursor is None


def test_consumers_are_listed_by_tag(filled: AnyStore) -> None:
    """By the one they have now."""
    filled.create_consumer(username="jill", tags=["a", "b"])
    filled.update_consumer("jill", tags=["b"])
    assert filled.list_consumers(tag="a").items == ()
    (found,) = filled.list_consumers(tag="b").items
    assert found.username == "jill"


def test_a_consumer_that_was_evicted_is_not_listed(
    filled: AnyStore, client: "redis.Redis", prefix: str
) -> None:
    """The others are."""
    gone = filled.create_consumer(username="jill")
    client.delete(f"{{{prefix}}}:consumer:{gone.id}")
    assert filled.list_consumers().items == (jack(),)
    assert filled.find_consumer("jill") is None


@pytest.mark.parametrize("raw", ["{", "{}", '{"number": 1, "consumer": {"id": "x"}}'])
def test_junk_is_no_consumer(
    filled: AnyStore, client: "redis.Redis", prefix: str, raw: str
) -> None:
    """Nor an unknown one, whom a gate would take for a mistake of its policy."""
    client.set(f"{{{prefix}}}:consumer:{jack().id}", raw)
    with pytest.raises(StoreError):
        filled.find_consumer("jack")


def test_a_quota_that_is_more_than_rates_is_refused(store: AnyStore) -> None:
    """Where it counts is for a policy to say."""
    with pytest.raises(ConfigurationError):
        store.create_consumer(username="jack", quota=Quota(rates="3/30s", scope="x"))


def test_a_consumer_of_a_claim_is_none_of_the_store(filled: AnyStore) -> None:
    """Its id is another."""
    with pytest.raises(NotFound):
        filled.delete_consumer(Consumer(username="jack", id="of a claim"))
