import asyncio
from typing import Any

import pytest

from jwtgate import (
    ConfigurationError,
    Consumer,
    Gate,
    Policy,
    UnusableCredential,
    in_thread,
)
from jwtgate.backend import async_backend, backend
from jwtgate.stores.chain import ChainStore
from tests.kit import (
    BOTH,
    KEY,
    SECRET,
    ListStore,
    Sent,
    clock,
    credential,
    make_store,
    mint,
)

OTHER = credential(key="other")


class AsyncStore:
    """A store for asynchronous code alone."""

    def __init__(self, *credentials: Any) -> None:
        self.credentials = credentials

    async def afind(self, key: str, kid: str | None = None) -> Any:  # noqa: ARG002 - the protocol's
        """Find by key."""
        return [each for each in self.credentials if each.key == key]

    async def afind_consumer(self, name: str) -> Consumer | None:
        """Find anybody whose name begins with an a."""
        return Consumer(username=name) if name.startswith("a") else None


class Blocking(ListStore):
    """A store for synchronous code alone."""

    blocking = True


class Failing:
    """A store that is down."""

    blocking = False

    def find(self, key: str, kid: str | None = None) -> Any:  # noqa: ARG002 - the protocol's
        """Fail."""
        raise ConnectionError


def both(chain: ChainStore, key: str) -> list[Any]:
    """Look a key up either way; what is found must be the same."""
    found = list(chain.find(key, None))
    assert list(asyncio.run(chain.afind(key, None))) == found
    return found


# Looking up


def test_the_first_that_knows_a_key_answers() -> None:
    """Those behind it are not asked."""
    first, second = ListStore(credential(id="1")), ListStore(credential(id="2"), OTHER)
    chain = ChainStore(first, second)
    assert [each.id for each in both(chain, KEY)] == ["1"]
    assert both(chain, "other") == [OTHER]
    assert second.asked == [("other", None), ("other", None)]


def test_a_key_that_nobody_knows_finds_nothing() -> None:
    """All are asked, with the kid."""
    stores = ListStore(), ListStore()
    assert list(ChainStore(*stores).find("x", "k")) == []
    assert [store.asked for store in stores] == [[("x", "k")]] * 2


def test_a_kid_may_be_left_out() -> None:
    """As with every store."""
    chain = ChainStore(ListStore(OTHER))
    assert list(chain.find("other")) == [OTHER]
    assert list(asyncio.run(chain.afind("other"))) == [OTHER]


def test_a_row_that_cannot_be_used_is_an_answer() -> None:
    """Another store's must not stand in for it."""
    broken = UnusableCredential(key=KEY, why="x")
    assert both(ChainStore(ListStore(broken), ListStore(credential())), KEY) == [broken]


@pytest.mark.parametrize("send", BOTH.values(), ids=BOTH)
def test_a_store_that_fails_is_a_503_though_another_could_answer(send: Any) -> None:
    """What it knows is not known."""
    gate = Gate(ChainStore(Failing(), ListStore(credential())), clock=clock)
    assert send(gate, Sent.bearer(mint())).status == 503


@pytest.mark.parametrize("send", BOTH.values(), ids=BOTH)
def test_a_store_behind_the_answer_may_be_down(send: Any) -> None:
    """It is not asked."""
    gate = Gate(ChainStore(ListStore(credential()), Failing()), clock=clock)
    assert send(gate, Sent.bearer(mint())).status == 200


def test_chains_may_be_linked() -> None:
    """A chain is a store."""
    chain = ChainStore(ChainStore(ListStore()), ChainStore(ListStore(OTHER)))
    assert both(chain, "other") == [OTHER]


class ByKid(ListStore):
    """A store in which the kid matters."""

    answers_by_kid = True


@pytest.mark.parametrize(
    "stores", [(ByKid(),), (ListStore(), ByKid()), (ChainStore(ByKid()), ListStore())]
)
def test_it_answers_by_kid_if_one_of_its_stores_does(stores: Any) -> None:
    """Then it cannot be cached."""
    assert ChainStore(*stores).answers_by_kid is True


def test_it_answers_by_key_if_all_of_its_stores_do() -> None:
    """Then it can be cached."""
    assert ChainStore(ListStore(), ChainStore(ListStore())).answers_by_kid is False


# Who can use it


def test_a_chain_of_all_kinds_serves_both_worlds() -> None:
    """Those that never wait, and those in threads."""
    chain = ChainStore(ListStore(), in_thread(Blocking(OTHER)))
    assert both(chain, "other") == [OTHER]


def test_one_that_blocks_keeps_the_chain_from_event_loops() -> None:
    """It is told when it is mounted."""
    chain = ChainStore(ListStore(), Blocking(OTHER))
    assert backend(chain, finds_consumers=False).find("other", None) == [OTHER]
    with pytest.raises(ConfigurationError, match="in_thread"):
        async_backend(chain, finds_consumers=False)


def test_one_that_is_asynchronous_keeps_the_chain_there() -> None:
    """It is told when it is mounted."""
    chain = ChainStore(ListStore(), AsyncStore(OTHER))
    afind = async_backend(chain, finds_consumers=False).afind
    assert asyncio.run(afind("other", None)) == [OTHER]  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match="no method find"):
        backend(chain, finds_consumers=False)


@pytest.mark.parametrize(
    ("stores", "problem"),
    [
        ((), "at least one store"),
        ((ListStore(), 5), "a int is no store"),
        ((ListStore(), "redis://localhost"), "a str is no store"),
        ((AsyncStore(), Blocking()), "no method find.*in_thread"),
    ],
    ids=["none", "no store", "a URL", "no world for both"],
)
def test_what_cannot_work_is_told_at_once(stores: Any, problem: str) -> None:
    """Not at the first request."""
    with pytest.raises(ConfigurationError, match=problem):
        ChainStore(*stores)


# Consumers


def named(*names: str) -> Any:
    """Make a store of these consumers."""
    store = make_store()
    for name in names:
        store.create_consumer(username=name, tags=[names[0]])
    return store


def test_the_first_that_knows_a_consumer_answers() -> None:
    """Stores that cannot find any are passed over."""
    chain = ChainStore(ListStore(), named("jack"), named("jill", "jack"))
    for name, tag in (("jack", "jack"), ("jill", "jill")):
        found = chain.find_consumer(name)
        assert found is not None
        assert found.tags == (tag,)
        assert asyncio.run(chain.afind_consumer(name)) == found


def test_a_consumer_that_nobody_knows_is_none() -> None:
    """Either way."""
    chain = ChainStore(named("jack"))
    assert chain.find_consumer("x") is None
    assert asyncio.run(chain.afind_consumer("x")) is None


def test_a_chain_without_consumers_says_so_when_it_is_mounted() -> None:
    """Where the policy names its anonymous one."""
    with pytest.raises(ConfigurationError, match="find_consumer"):
        backend(ChainStore(ListStore()), finds_consumers=True)


def test_consumers_are_found_only_where_all_can_be_asked() -> None:
    """One that was left out might be the one."""
    chain = ChainStore(make_store(), AsyncStore())
    assert asyncio.run(chain.afind_consumer("ann")) == Consumer(username="ann")
    assert not hasattr(chain, "find_consumer")


def test_consumers_are_found_only_where_credentials_are() -> None:
    """A store that blocks is not asked in an event loop."""

    class Known(Blocking):
        def find_consumer(self, name: str) -> Consumer:
            return Consumer(username=name)

    chain = ChainStore(Known())
    assert chain.find_consumer("ann") == Consumer(username="ann")
    assert not hasattr(chain, "afind_consumer")


@pytest.mark.parametrize("send", BOTH.values(), ids=BOTH)
def test_an_anonymous_consumer_is_found_in_the_chain(send: Any) -> None:
    """Beside credentials of another store."""
    chain = ChainStore(ListStore(credential()), named("guest"))
    gate = Gate(chain, Policy(anonymous="guest"), clock=clock)
    assert send(gate, Sent()).outcome.consumer.username == "guest"


def test_it_shows_its_stores() -> None:
    """And no secret of theirs."""
    shown = repr(ChainStore(named("jack"), ListStore(credential())))
    assert shown.startswith("ChainStore(<jwtgate.stores.memory.MemoryStore")
    assert SECRET not in shown
