from typing import Any

import pytest
import redis

from jwtgate import StoreError
from jwtgate.stores.changes import Change
from jwtgate.stores.redis.footprints import Footprint
from jwtgate.stores.redis.names import Names
from jwtgate.stores.redis.steps import Command, Pause, Step, Work, run
from jwtgate.stores.redis.transaction import Transaction, transact
from tests.counting.redisserver import HOST, PATIENCE
from tests.stores.redis.worlds import keys_of

NO_CLIENT: Any = None


@pytest.fixture
def names(prefix: str) -> Names:
    """Give the names of a prefix of the test's own."""
    return Names(prefix)


@pytest.fixture
def transaction(names: Names) -> Transaction:
    """Begin one."""
    return Transaction(names)


def make(client: "redis.Redis", transaction: Transaction) -> bool:
    """Commit; return whether it was made."""
    return bool(transaction.commit().put(client))


def test_what_is_written_is_there(
    client: "redis.Redis", names: Names, transaction: Transaction
) -> None:
    """All of it."""
    transaction.write("SET", names.key("a"), "1")
    transaction.write("ZADD", names.consumers(), 7, "b")
    assert make(client, transaction)
    assert client.get(names.key("a")) == b"1"
    assert client.zscore(names.consumers(), "b") == 7


def test_nothing_is_there_before_the_end(
    client: "redis.Redis", names: Names, transaction: Transaction
) -> None:
    """A look-up never sees half of a change."""
    transaction.write("SET", names.key("a"), "1")
    assert client.exists(names.key("a")) == 0


@pytest.mark.parametrize("before", [None, "", "1"])
@pytest.mark.parametrize("after", ["2", "11", None])
def test_what_changed_after_it_was_read_ends_it(
    client: "redis.Redis", names: Names, before: str | None, after: str | None
) -> None:
    """Nothing of it is made."""
    key, transaction = names.key("a"), Transaction(names)
    put(client, key, before)
    run(client, transaction.read(key))
    put(client, key, after)
    transaction.write("SET", names.key("b"), "1")
    made = make(client, transaction)
    assert made == client.exists(names.key("b")) == (not before and not after)


def put(client: "redis.Redis", key: bytes, text: str | None) -> None:
    """Write a text; None removes it."""
    if text is None:
        client.delete(key)
    else:
        client.set(key, text)


def test_a_list_that_grew_after_it_was_read_ends_it(
    client: "redis.Redis", names: Names, transaction: Transaction
) -> None:
    """A credential that came to a consumer while it is removed."""
    client.zadd(names.consumers(), {"a": 1})
    assert run(client, transaction.members(names.consumers())) == [b"a"]
    client.zadd(names.consumers(), {"b": 2})
    assert not make(client, transaction)


def test_the_first_of_two_answers_counts(
    client: "redis.Redis", names: Names, transaction: Transaction
) -> None:
    """It may have decided something."""
    key = names.key("a")
    run(client, transaction.read(key))
    client.set(key, "1")
    run(client, transaction.read(key))
    assert not make(client, transaction)


def test_reading_nothing_asks_nothing(transaction: Transaction) -> None:
    """Redis would take it for a mistake."""
    assert run(NO_CLIENT, transaction.read()) == []


def test_numbers_grow(
    client: "redis.Redis", names: Names, transaction: Transaction
) -> None:
    """Whoever takes them."""
    first = run(client, transaction.number())
    assert run(client, Transaction(names).number()) == first + 1


def test_a_commit_that_is_sent_twice_is_made_once(
    client: "redis.Redis", names: Names, transaction: Transaction
) -> None:
    """The attack on ourselves: a client that lost the answer, and tries again."""
    client.set(names.key("a"), "1")
    run(client, transaction.read(names.key("a")))
    transaction.write("INCR", names.key("a"))
    commit = transaction.commit()
    assert [commit.put(client), commit.put(client)] == [1, 1]
    assert client.get(names.key("a")) == b"2"


def test_what_names_a_commit_goes_by_itself(
    client: "redis.Redis", prefix: str, transaction: Transaction
) -> None:
    """In half a minute."""
    make(client, transaction)
    (name,) = client.scan_iter(f"{{{prefix}}}:commit:*")
    assert 0 < client.ttl(name) <= 30


def test_texts_and_members_go_from_one_footprint_to_another(
    client: "redis.Redis", names: Names, transaction: Transaction, prefix: str
) -> None:
    """What is not in the new one goes, and what is the same is not written."""
    key, other, members = names.key("a"), names.key("b"), names.consumers()
    old = Footprint({key: "1", other: "1"}, {(members, "x"): 1, (members, "y"): 2})
    new = Footprint({key: "2"}, {(members, "y"): 2, (members, "z"): 3})
    transaction.exchange(Footprint({}, {}), old)
    transaction.exchange(old, new)
    assert make(client, transaction)
    assert keys_of(client, prefix) == ["consumers", "key:a"]
    assert client.zrange(members, 0, -1, withscores=True) == [(b"y", 2), (b"z", 3)]
    assert b"SET" not in _words(names, old, old)


def _words(names: Names, old: Footprint, new: Footprint) -> set[object]:
    transaction = Transaction(names)
    transaction.exchange(old, new)
    return {
        word.encode() if isinstance(word, str) else word
        for word in transaction.commit().words[2:]
    }


def test_a_change_is_told(client: Any, prefix: str, transaction: Transaction) -> None:
    """With the commit."""
    with client.pubsub() as listening:
        listening.subscribe(prefix)
        assert listening.get_message(timeout=PATIENCE)
        transaction.tell(prefix, Change(("k",)))
        make(client, transaction)
        message = listening.get_message(timeout=PATIENCE)
    assert message is not None
    assert message["data"] == b'{"keys": ["k"], "consumers": false}'


def test_who_may_not_tell_changes_nothing(
    own_port: int, transaction: Transaction, names: Names
) -> None:
    """A user of the server without channels; half a change would be left otherwise."""
    with redis.Redis(host=HOST, port=own_port) as admin:
        rules = "reset", "on", ">p", "~*", "+@all", "resetchannels"
        admin.execute_command("ACL", "SETUSER", "quiet", *rules)
    transaction.write("SET", names.key("a"), "1")
    transaction.tell("jwtgate", Change(("k",)))
    with redis.Redis(
        host=HOST, port=own_port, username="quiet", password="p"
    ) as client:
        with pytest.raises(redis.RedisError):
            make(client, transaction)
        assert client.exists(names.key("a")) == 0


def test_an_attempt_is_repeated_until_nothing_came_between(
    client: "redis.Redis", names: Names
) -> None:
    """What it returns in the end is what was made."""
    key = names.key("a")
    turns = []

    def attempt(transaction: Transaction) -> Work[int]:
        turns.append(1)
        yield from transaction.read(key)
        if len(turns) < 4:
            client.incr(key)  # somebody else
        return len(turns)

    assert run(client, transact(names, attempt)) == 4


def test_an_attempt_that_others_always_spoil_is_given_up() -> None:
    """After a bounded number, with pauses that grow up to a bound between them."""

    def attempt(_: Transaction) -> Work[None]:
        yield from ()

    steps: list[Step] = []

    def watched() -> Work[None]:
        work = transact(Names("p"), attempt)
        step = next(work)
        while True:
            steps.append(step)
            step = work.send(0)
            yield from ()

    with pytest.raises(StoreError, match="nothing was changed"):
        run(NO_CLIENT, watched())
    pauses = [step.seconds for step in steps if isinstance(step, Pause)]
    assert len(pauses) == sum(isinstance(step, Command) for step in steps) == 30
    assert max(pauses) <= 0.1


def test_an_attempt_that_raises_changes_nothing(
    client: "redis.Redis", names: Names, prefix: str
) -> None:
    """Its error is that of the operation."""

    def attempt(transaction: Transaction) -> Work[None]:
        transaction.write("SET", names.key("a"), "1")
        yield from transaction.read(names.key("b"))
        raise StoreError("no")

    with pytest.raises(StoreError, match="no"):
        run(client, transact(names, attempt))
    assert keys_of(client, prefix) == []
