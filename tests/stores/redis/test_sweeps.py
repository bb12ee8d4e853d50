import json
import logging
from typing import TYPE_CHECKING

import pytest

from jwtgate import ConfigurationError, StoreError, UnusableCredential
from jwtgate.secrets.keyring import Keyring
from jwtgate.stores.redis.names import Names
from jwtgate.stores.redis.steps import Command, Work, run
from jwtgate.stores.redis.sweeps import reencrypt
from jwtgate.stores.strongbox import Strongbox
from tests.kit import KEY, SECRET, jack
from tests.stores.redis.worlds import NEW, OLD, AnyStore, Make

if TYPE_CHECKING:
    import redis

RINGS = Keyring({"new": NEW, "old": OLD})


def keys(store: AnyStore, **more: object) -> list[str]:
    """List the keys of credentials."""
    return [each.key for each in store.list_credentials(**more).items]


def sealed(store: AnyStore, *names: str) -> AnyStore:
    """Fill a store with jack and credentials of these keys."""
    store.create_consumer(username="jack")
    for name in names:
        store.create_credential("jack", key=name, secret=SECRET, id=f"id-{name}")
    return store


def test_credentials_are_listed_in_pages(store: AnyStore) -> None:
    """In the order of their creation."""
    sealed(store, *"cab")
    store.create_credential("jack", key="c", kid="2")
    first = store.list_credentials(limit=3)
    rest = store.list_credentials(limit=3, cursor=first.cursor)
    assert [(each.key, each.kid) for each in (*first.items, *rest.items)] == [
        *(("c", None), ("a", None), ("b", None)),
        ("c", "2"),
    ]
    assert rest.cursor is None


def test_credentials_are_listed_by_consumer_and_tag(filled: AnyStore) -> None:
    """By either, or both."""
    filled.create_consumer(username="jill")
    for number, (name, tags) in enumerate(
        [("jack", ["a"]), ("jill", ["a", "b"]), ("jill", [])]
    ):
        filled.create_credential(name, key=str(number), tags=tags)
    assert keys(filled, tag="a") == ["0", "1"]
    assert keys(filled, consumer=jack()) == ["0"]
    assert keys(filled, consumer="jill", tag="b") == ["1"]
    assert keys(filled, consumer="jill", tag="x") == []


def test_a_change_keeps_the_place_in_the_list(store: AnyStore) -> None:
    """It is that of the creation."""
    sealed(store, *"ab")
    store.update_credential("a", key="z", kid="k", tags=["t"])
    assert keys(store) == ["z", "b"]
    assert keys(store, tag="t") == ["z"]


def test_one_that_cannot_be_used_is_listed_as_such(make: Make) -> None:
    """Whoever mends it has to find it."""
    sealed(make(keyring=Keyring({"old": OLD})), KEY)
    (found,) = make().list_credentials().items
    assert isinstance(found, UnusableCredential)
    assert found.why.startswith(f"'id-{KEY}': ")


def test_one_that_was_evicted_is_not_listed(
    store: AnyStore, client: "redis.Redis", prefix: str
) -> None:
    """The others are."""
    sealed(store, *"ab")
    client.delete(f"{{{prefix}}}:key:a")
    assert keys(store) == ["b"]


def test_secrets_are_sealed_with_the_newest_key(make: Make) -> None:
    """Then the old one is not needed any more."""
    sealed(make(keyring=Keyring({"old": OLD})), *"ab")
    assert make(keyring=RINGS).reencrypt() == 2
    assert make(keyring=RINGS).reencrypt() == 0
    (found,) = make(keyring=Keyring({"new": NEW})).find("a")
    assert found.reveal_secret() == SECRET.encode()


def test_secrets_are_sealed_however_many_there_are(make: Make) -> None:
    """Page by page."""
    sealed(make(), *map(str, range(101)))
    assert make(keyring=RINGS).reencrypt(plain=True) == 101


def test_plain_secrets_are_sealed(make: Make) -> None:
    """Of a store that had no keyring, if it is asked for."""
    sealed(make(), KEY)
    assert make(keyring=RINGS).reencrypt() == 0
    assert make(keyring=RINGS).reencrypt(plain=True) == 1
    assert make(keyring=RINGS).get_credential(KEY).reveal_secret() == SECRET.encode()


def test_what_does_not_open_is_left_and_told(
    make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    """By its id; the others are sealed."""
    sealed(make(keyring=Keyring({"other": Keyring.new_key()})), "a")
    make().create_credential("jack", key="b", secret=SECRET)
    with caplog.at_level(logging.ERROR, "jwtgate"):
        assert make(keyring=RINGS).reencrypt(plain=True) == 1
    (record,) = caplog.records
    assert "id-a" in record.getMessage()


def test_a_document_that_is_junk_is_left_and_told(
    make: Make,
    client: "redis.Redis",
    prefix: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """By its key; the others are sealed."""
    sealed(make(), *"ab")
    client.set(f"{{{prefix}}}:key:a", json.dumps([SECRET]))
    with caplog.at_level(logging.ERROR, "jwtgate"):
        assert make(keyring=RINGS).reencrypt(plain=True) == 1
    (record,) = caplog.records
    assert "'a'" in record.getMessage()
    assert SECRET not in record.getMessage()


def test_what_was_evicted_is_not_sealed(
    make: Make, client: "redis.Redis", prefix: str
) -> None:
    """There is nothing to seal."""
    sealed(make(), KEY)
    client.delete(f"{{{prefix}}}:key:{KEY}")
    assert make(keyring=RINGS).reencrypt() == 0


def test_a_change_that_comes_between_is_not_lost(
    make: Make, client: "redis.Redis", prefix: str
) -> None:
    """The secret that is sealed is the one that it left."""
    new_secret, store = SECRET[::-1], sealed(make(), KEY)

    def spoilt(work: Work[int]) -> Work[int]:
        step, changed = next(work), False
        while True:
            if isinstance(step, Command) and step.words[0] == "EVAL" and not changed:
                changed = bool(store.update_credential(KEY, secret=new_secret))
            try:
                step = work.send((yield step))
            except StopIteration as done:
                return int(done.value)

    work = reencrypt(Names(prefix), Strongbox(RINGS, None), plain=True)
    assert run(client, spoilt(work)) == 1
    assert make(keyring=RINGS).find(KEY)[0].reveal_secret() == new_secret.encode()


def test_without_a_keyring_nothing_can_be_sealed(store: AnyStore) -> None:
    """That is a mistake, not a success."""
    sealed(store, KEY)
    with pytest.raises(ConfigurationError):
        store.reencrypt()


def test_a_limit_that_cannot_be_is_a_store_error(store: AnyStore) -> None:
    """As for every list."""
    with pytest.raises(StoreError):
        store.list_credentials(limit=0)
