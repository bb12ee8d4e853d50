import asyncio
from dataclasses import replace

from jwtgate import Policy, Quota
from jwtgate.asks import FindConsumer, FindCredentials, TakeQuota
from jwtgate.backend import AnyStore
from jwtgate.counting import Counter
from jwtgate.guard import Guard
from tests.kit import KEY, NOW, ListStore, clock, credential, make_store

NAMED = Policy(anonymous="guest")


def over(store: AnyStore, policy: Policy | None = None) -> Guard:
    """Make what knows how to ask a store."""
    return Guard(
        store,
        policy or Policy(),
        gate=None,
        clock=clock,
        counter=Counter(),
        place="here",
    )


def test_credentials_are_asked_for_synchronously() -> None:
    """The key and the hint go to the store."""
    store = ListStore(credential())
    found = FindCredentials(KEY, "k1", over(store)).put()
    assert (found, store.asked) == ([credential()], [(KEY, "k1")])


def test_credentials_are_asked_for_asynchronously() -> None:
    """The key and the hint go to the store."""
    store = ListStore(credential())
    asked = FindCredentials(KEY, "k1", over(store)).aput()
    assert asyncio.run(asked) == [credential()]
    assert store.asked == [(KEY, "k1")]


def test_a_consumer_is_asked_for_synchronously() -> None:
    """By the name that the policy has."""
    store = make_store()
    guest = store.create_consumer(username="guest")
    assert FindConsumer("guest", over(store, NAMED)).put() == guest


def test_a_consumer_is_asked_for_asynchronously() -> None:
    """By the name that the policy has."""
    store = make_store()
    guest = store.create_consumer(username="guest")
    assert asyncio.run(FindConsumer("guest", over(store, NAMED)).aput()) == guest


HOURLY = Quota(rates="2/h", scope="here", aligned=True)


def take(counter: Counter) -> TakeQuota:
    """Ask for a request of a quota."""
    return TakeQuota(HOURLY, ("jack",), NOW, counter)


def test_a_request_is_counted_synchronously() -> None:
    """The counter says what is left, and until when."""
    [figure] = take(Counter()).put().figures
    assert (figure.remaining, figure.reset) == (1, 3600)


def test_a_request_is_counted_asynchronously() -> None:
    """The counter says what is left, and until when."""
    [figure] = asyncio.run(take(Counter()).aput()).figures
    assert (figure.remaining, figure.reset) == (1, 3600)


def test_both_worlds_count_together() -> None:
    """An app may serve one caller by both."""
    counter = Counter()
    take(counter).put()
    asyncio.run(take(counter).aput())
    assert not take(counter).put().ok


def test_a_look_takes_nothing() -> None:
    """By either kind of driver."""
    counter = Counter()
    look = replace(take(counter), takes=False)
    assert asyncio.run(look.aput()).figures[0].remaining == 2
    assert look.put().figures[0].remaining == 2
