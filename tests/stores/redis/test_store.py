import copy
import json
import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from threading import Barrier, Event
from typing import Any

import pytest
import redis
from redis.cluster import RedisCluster

from jwtgate import (
    Authenticated,
    Conflict,
    Denied,
    Gate,
    JWTGateError,
    NotFound,
    RequestView,
    UnusableCredential,
    authenticate,
)
from jwtgate.reason import Reason
from jwtgate.secrets import Secrets
from jwtgate.secrets.keyring import Keyring
from jwtgate.stores import redis as package
from jwtgate.stores.cached import CachedStore
from jwtgate.stores.changes import Change, decode
from jwtgate.stores.redis import RedisStore
from jwtgate.stores.redis.steps import Command
from tests.counting.redisserver import DOWN, HOST, PATIENCE, running_cluster
from tests.counting.redisserver import client as looking_at
from tests.kit import KEY, NOW, SECRET, clock, jack, mint
from tests.stores.redis.worlds import OLD, AnyStore, Make, keys_of

MORE: dict[str, Any] = {"key": KEY, "secret": SECRET}


@pytest.fixture
def plain(redis_url: str, prefix: str) -> Iterator[RedisStore]:
    """Make a store with jack and his credential."""
    store = RedisStore(redis_url, prefix=prefix, clock=clock)
    store.create_consumer(username="jack", custom_id="495aec6a")
    store.create_credential("jack", key=KEY, secret=SECRET)
    yield store
    store.close()


def decided(store: Any, secret: str = SECRET) -> Any:
    """Decide on a request with a token of jack's."""
    line = (b"Authorization", b"Bearer " + mint(secret=secret).encode())
    return authenticate(Gate(store, clock=clock), RequestView("GET", headers=[line]))


# In a gate


def test_a_token_of_a_stored_credential_passes(plain: RedisStore) -> None:
    """From end to end."""
    assert isinstance(decided(plain), Authenticated)


def test_a_redis_that_is_down_is_a_503(prefix: str) -> None:
    """Never a 401, for which clients throw good tokens away."""
    outcome = decided(RedisStore(f"redis://{DOWN}", prefix=prefix))
    assert isinstance(outcome, Denied)
    assert outcome.reason is Reason.STORE_UNAVAILABLE


@pytest.mark.parametrize(
    "raw",
    [
        *("", "{", "null", "[]", '{"consumer": {}, "credentials": []}', "\xff"),
        '{"consumer": {}, "credentials": [{}]}',
        '{"consumer": 7, "credentials": [{}]}',
    ],
)
def test_junk_is_a_503(
    plain: RedisStore, client: "redis.Redis", prefix: str, raw: str
) -> None:
    """For that key; others live on."""
    plain.create_credential("jack", key="other")
    client.set(f"{{{prefix}}}:key:{KEY}", raw.encode("latin-1"))
    outcome = decided(plain)
    assert isinstance(outcome, Denied)
    assert outcome.reason.status == 503
    assert plain.find("other")


def test_what_is_no_text_is_a_503(
    plain: RedisStore, client: "redis.Redis", prefix: str
) -> None:
    """Redis says so, and it is no unknown key."""
    client.delete(f"{{{prefix}}}:key:{KEY}")
    client.hset(f"{{{prefix}}}:key:{KEY}", "a", "b")
    outcome = decided(plain)
    assert isinstance(outcome, Denied)
    assert outcome.reason.status == 503


def test_a_look_up_is_one_command(plain: RedisStore, client: Any, prefix: str) -> None:
    """And so one round trip."""
    with client.monitor() as seen:
        for key in (KEY, "nobody"):
            plain.find(key)
        commands = (seen.next_command()["command"] for _ in range(10_000))
        ours = (each for each in commands if f"{{{prefix}}}" in each)
        assert [next(ours), next(ours)] == [
            f"GET {{{prefix}}}:key:{key}" for key in (KEY, "nobody")
        ]


def test_an_unchanged_document_gives_the_same_objects(plain: RedisStore) -> None:
    """Nothing is opened twice."""
    assert plain.find(KEY) is plain.find(KEY)


def test_a_change_elsewhere_is_seen_at_once(
    plain: RedisStore, redis_url: str, prefix: str
) -> None:
    """Each look-up asks Redis."""
    assert plain.find(KEY)[0].key == KEY
    other = RedisStore(redis_url, prefix=prefix)
    other.update_consumer("jack", enabled=False)
    (found,) = plain.find(KEY)
    assert not isinstance(found, UnusableCredential)
    assert not found.consumer.enabled
    other.delete_credential(KEY)
    assert plain.find(KEY) == ()


def test_clients_that_decode_are_as_good(
    plain: RedisStore, redis_url: str, prefix: str
) -> None:
    """In any encoding."""
    pool = redis.BlockingConnectionPool.from_url(
        redis_url, decode_responses=True, encoding="latin-1"
    )
    store = RedisStore(redis.Redis(connection_pool=pool), prefix=prefix, clock=clock)
    made = store.create_credential("jack", key="k\N{SNOWMAN}")
    assert plain.find("k\N{SNOWMAN}") == store.find("k\N{SNOWMAN}") == (made,)
    assert len(store.list_credentials(consumer="jack").items) == 2
    store.delete_consumer("jack")
    assert plain.list_consumers().items == ()
    pool.disconnect()


# What others are told


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda store: store.create_consumer(username="x"), Change((), consumers=True)),
        (lambda store: store.update_consumer("jack"), Change((KEY,), consumers=True)),
        (lambda store: store.delete_consumer("jack"), Change((KEY,), consumers=True)),
        (lambda store: store.create_credential("jack", key="k"), Change(("k",))),
        (lambda store: store.update_credential(KEY), Change((KEY,))),
        (lambda store: store.update_credential(KEY, key="k"), Change((KEY, "k"))),
        (lambda store: store.rotate(KEY, overlap=1), Change((KEY,))),
        (lambda store: store.delete_credential(KEY), Change((KEY,))),
    ],
)
def test_each_change_is_told(
    make: Make,
    client: Any,
    prefix: str,
    change: Callable[[AnyStore], object],
    told: Change,
) -> None:
    """To caches in other processes."""
    store = make(channel=prefix)
    store.create_consumer(username="jack")
    store.create_credential("jack", **MORE)
    with client.pubsub() as listening:
        listening.subscribe(prefix)
        assert listening.get_message(timeout=PATIENCE)
        change(store)
        message = listening.get_message(timeout=PATIENCE)
    assert message is not None
    assert decode(message["data"].decode()) == told


# Attacks


def test_documents_swapped_between_keys_are_not_served(
    make: Make, client: "redis.Redis", prefix: str
) -> None:
    """Who can write to Redis cannot make one issuer's credential another's."""
    store = make(keyring=Keyring({"old": OLD}))
    store.create_consumer(username="jack")
    for key in (KEY, "other"):
        store.create_credential("jack", key=key, secret=SECRET)
    one, other = (f"{{{prefix}}}:key:{key}" for key in (KEY, "other"))
    client.rename(one, "x" + prefix)
    client.rename(other, one)
    client.rename("x" + prefix, other)
    for key in (KEY, "other"):
        (found,) = store.find(key)
        assert isinstance(found, UnusableCredential)


def test_an_envelope_put_into_another_document_does_not_open(
    make: Make, client: "redis.Redis", prefix: str
) -> None:
    """The attack is to copy the secret that one knows to another's key."""
    store = make(keyring=Keyring({"old": OLD}))
    for name in ("jack", "mallory"):
        store.create_consumer(username=name)
        store.create_credential(name, key=name)
    names = [f"{{{prefix}}}:key:{name}" for name in ("jack", "mallory")]
    target, own = (json.loads(client.get(name) or "") for name in names)
    target["credentials"][0]["secret"] = own["credentials"][0]["secret"]
    client.set(names[0], json.dumps(target))
    (found,) = store.find("jack")
    assert isinstance(found, UnusableCredential)


@pytest.mark.parametrize(
    "key", ["}", "{x}", "}:key:" + KEY, "* ?", "é\N{SNOWMAN}", ":"]
)
def test_an_odd_key_is_just_a_key(filled: AnyStore, key: str) -> None:
    """It finds its own, and is in nobody's way."""
    assert filled.find(key) == ()
    made = filled.create_credential("jack", key=key, secret=SECRET, tags=[key])
    assert filled.find(key) == filled.list_credentials(tag=key).items == (made,)
    assert filled.find(KEY) == ()


def test_no_secret_is_in_an_error_of_the_server(
    plain: RedisStore, client: "redis.Redis", prefix: str
) -> None:
    """The commands of a change have them."""
    client.delete(f"{{{prefix}}}:credentials")
    client.set(f"{{{prefix}}}:credentials", "no list")
    secret = "s3cret" * 10
    with pytest.raises(redis.RedisError) as caught:
        plain.create_credential("jack", key="k", secret=secret)
    assert "s3cret" not in str(caught.value) + repr(caught.value.args)


def test_a_store_shows_no_password(prefix: str) -> None:
    """Only its prefix."""
    store = RedisStore("redis://:s3cret@localhost", prefix=prefix)
    assert repr(store) == f"RedisStore(prefix={prefix!r})"
    assert "s3cret" not in repr(vars(store))


@pytest.mark.parametrize("act", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_pickle_that_would_hold_the_password_is_refused(act: Any) -> None:
    """The attack is to read what was kept, or sent to another process."""
    store = RedisStore("redis://:s3cret@localhost", clock=lambda: NOW)
    with pytest.raises(TypeError, match=r"RedisStore cannot be pickled"):
        act(store)


JUNK = ["", "{", "null", '{"consumer": {}, "credentials": []}', "[" * 100_000]


@pytest.mark.parametrize("raw", JUNK, ids=range(len(JUNK)))
def test_a_junk_document_is_one_that_cannot_be_used(
    store: AnyStore, client: "redis.Redis", prefix: str, raw: str
) -> None:
    """It is no failure of Redis, which would be one for every key."""
    client.set(f"{{{prefix}}}:key:{KEY}", raw)
    (found,) = store.find(KEY)
    assert isinstance(found, UnusableCredential)
    assert (found.key, found.refuses) == (KEY, False)


def test_a_value_that_is_no_text_is_one_that_cannot_be_used(
    store: AnyStore, client: "redis.Redis", prefix: str
) -> None:
    """Redis says so, of that key."""
    client.rpush(f"{{{prefix}}}:key:{KEY}", "junk")
    (found,) = store.find(KEY)
    assert isinstance(found, UnusableCredential)
    assert (found.key, found.refuses) == (KEY, False)


def test_junk_keys_do_not_take_others_down_behind_a_cache(
    plain: RedisStore, client: "redis.Redis", prefix: str
) -> None:
    """The attack is to send tokens of three keys that hold junk.

    So many failures would be an outage, in which nobody is looked up.
    """
    for number in range(8):
        client.set(f"{{{prefix}}}:key:junk{number}", "junk")
        client.rpush(f"{{{prefix}}}:key:list{number}", "junk")
    with closing(CachedStore(plain)) as cache:
        for number in range(8):
            for name in ("junk", "list"):
                (found,) = cache.find(f"{name}{number}")
                assert isinstance(found, UnusableCredential)
        assert isinstance(decided(cache), Authenticated)


# Many at once


def at_once(calls: list[Callable[[], object]]) -> list[object]:
    """Call all of them at once; of one that fails, give the error."""
    barrier = Barrier(len(calls))

    def call(work: Callable[[], object]) -> object:
        barrier.wait(PATIENCE)
        try:
            return work()
        except JWTGateError as error:
            return error

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(call, calls))


def test_forty_threads_race_for_a_key(plain: RedisStore) -> None:
    """One consumer has it, and four credentials."""
    plain.create_consumer(username="jill")

    def create(number: int) -> Callable[[], object]:
        owner = ("jack", "jill")[number % 2]
        return lambda: plain.create_credential(owner, key="k", kid=str(number))

    results = at_once([create(number) for number in range(40)])
    found = plain.find("k")
    assert len(found) == 4
    assert len({plain.consumer_of("k")}) == 1
    assert sum(isinstance(each, Conflict) for each in results) == 36


def test_eight_threads_create_the_last_of_four(plain: RedisStore) -> None:
    """One of them does."""
    for kid in "ab":
        plain.create_credential("jack", **MORE, kid=kid)
    results = at_once(
        [
            lambda kid=kid: plain.create_credential("jack", **MORE, kid=kid)  # type: ignore[misc]
            for kid in "12345678"
        ]
    )
    assert sum(isinstance(each, Conflict) for each in results) == 7
    assert len(plain.find(KEY)) == 4


def test_a_consumer_goes_while_credentials_come(
    plain: RedisStore, client: "redis.Redis", prefix: str
) -> None:
    """None of them stays behind."""
    calls: list[Callable[[], object]] = [
        lambda key=str(number): plain.create_credential("jack", key=key)  # type: ignore[misc]
        for number in range(12)
    ]
    results = at_once([*calls, lambda: plain.delete_consumer("jack")])
    assert results[-1] is None
    assert all(
        isinstance(each, NotFound) or each is None or getattr(each, "key", None)
        for each in results
    )
    assert keys_of(client, prefix) == ["number"]


def test_a_consumer_changes_while_credentials_come(plain: RedisStore) -> None:
    """All of them have its new groups."""
    calls: list[Callable[[], object]] = [
        lambda key=str(number): plain.create_credential("jack", key=key)  # type: ignore[misc]
        for number in range(8)
    ]
    at_once([*calls, lambda: plain.update_consumer("jack", groups=["new"])])
    rows = plain.list_credentials(consumer="jack").items
    assert len(rows) == 9
    for row in rows:
        assert not isinstance(row, UnusableCredential)
        assert row.consumer.groups == ("new",)


def test_a_name_goes_to_one_of_many(plain: RedisStore) -> None:
    """Also where it is one's id and the other's username."""
    results = at_once(
        [
            lambda: plain.create_consumer(username="x"),
            lambda: plain.create_consumer(username="x", id="i"),
            lambda: plain.create_consumer(username="y", id="x"),
            lambda: plain.create_consumer(username="z", custom_id="495aec6a"),
        ]
    )
    assert sum(isinstance(each, Conflict) for each in results) == 3


def test_a_reader_never_sees_a_gap_while_others_rotate(plain: RedisStore) -> None:
    """One of the credentials always verifies."""
    done = Event()

    def read() -> int:
        looks = 0
        while not done.is_set() or not looks:
            assert any(getattr(each, "retire_after", 0) is None for each in look())
            looks += 1
        return looks

    def look() -> Any:
        return plain.find(KEY)

    with ThreadPoolExecutor(1) as thread:
        reading = thread.submit(read)
        for _ in range(20):
            (live,) = (each.kid for each in look() if each.retire_after is None)
            with suppress(Conflict):
                plain.rotate(KEY, live, overlap=0)
        done.set()
        assert reading.result(PATIENCE)


# Further servers


def test_a_cluster_keeps_a_store_on_one_node(tmp_path: Path) -> None:
    """Every operation, with its client."""
    with running_cluster(tmp_path) as url:
        host, port = url.removeprefix("redis+cluster://").split(":")
        nodes = RedisCluster(host=host, port=int(port))
        store = RedisStore(nodes, clock=clock)
        use(store)
        store.close()
        nodes.close()


def use(store: Any) -> None:
    """Do everything once."""
    store.create_consumer(username="jack", tags=["t"])
    for key in ("}{x}", KEY):
        store.create_credential("jack", key=key, secret=SECRET, tags=["t"])
    new = store.rotate(KEY, overlap=60)
    store.update_consumer("jack", username="john", groups=["staff"])
    store.update_credential(KEY, new.kid, key="moved")
    store.delete_credential("}{x}")
    assert store.find_consumer("john").groups == ("staff",)
    assert [each.key for each in store.list_credentials(tag="t").items] == [
        KEY,
        "moved",
    ]
    assert store.find("moved")[0].consumer == store.consumer_of(KEY)
    assert store.get_credential(KEY).retire_after == NOW + 60
    store.delete_consumer("john")
    assert store.list_consumers(tag="t").items == store.find(KEY) == ()


READS = ("~{jwtgate}:*", "resetchannels", "+get", "+mget")
CHANGES = (
    *("&jwtgate", "+eval", "+exists", "+set", "+del", "+incr", "+publish"),
    *("+zadd", "+zrem", "+zcard", "+zrange", "+zrangebyscore"),
)


def user(port: int, *rules: str) -> str:
    """Make a user of the server, and give the URL for it."""
    with looking_at(port) as admin:
        words = "SETUSER", "app", "reset", "on", ">p", *rules
        Command(("ACL", *words)).put(admin)
    return f"redis://app:p@{HOST}:{port}?socket_timeout={PATIENCE}"


def test_a_user_of_the_server_needs_no_more_rights_than_are_told(
    own_port: int,
) -> None:
    """The package's page has them."""
    store = RedisStore(user(own_port, *READS, *CHANGES), clock=clock)
    use(store)
    store.close()
    assert {*READS[2:], *CHANGES} <= {
        word.strip("`,.;") for word in (package.__doc__ or "").split()
    }


def test_a_user_who_looks_up_needs_no_right_to_change(own_port: int) -> None:
    """As a gate does; a change is refused, and nothing is half made."""
    store = RedisStore(user(own_port, *READS))
    assert store.find(KEY) == ()
    assert store.find_consumer("jack") is None
    with pytest.raises(redis.RedisError):
        store.create_consumer(username="jack")
    store.close()


# References


def test_references_stand_for_secrets(make: Make) -> None:
    """They are kept, and resolved when a credential is looked up."""
    secrets = Secrets(environ={"ONE": SECRET, "TWO": SECRET[::-1]})
    store = make(secrets=secrets)
    store.create_consumer(username="jack")
    store.create_credential("jack", key=KEY, secret="$env://ONE")
    store.update_credential(KEY, tags=["t"])
    (found,) = store.find(KEY)
    assert found.reveal_secret() == SECRET.encode()
    new = store.rotate(KEY, overlap=1, secret="$env://TWO")
    assert new.reveal_secret() == SECRET[::-1].encode()
    (unusable, _) = make(secrets=Secrets(environ={"TWO": SECRET})).find(KEY)
    assert isinstance(unusable, UnusableCredential)
    assert jack().id == new.consumer.id
