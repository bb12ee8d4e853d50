from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

from jwtgate import Gate, Reason
from jwtgate.denylist import Subject
from jwtgate.denylists.redis import AsyncRedisDenylist, RedisDenylist
from jwtgate.denylists.sql import AsyncSQLDenylist, SQLDenylist
from tests.counting.redisserver import PATIENCE
from tests.faults.apps import App, app_of, assert_served, assert_unavailable
from tests.faults.sites import Site, every_engine, main_engines, new_name
from tests.kit import SECRET, clock, make_store
from tests.proxy import Proxy

OWN_TIMEOUT = 2.0
MARGIN = 1.5
"""Seconds: what a denylist waits for, whatever it does twice, and a busy machine."""

CONSUMERS = frozenset({"consumer"})


def denylist_of(site: Site, port: int | None = None) -> Any:
    """Make the denylist of a site's engine."""
    is_async = site.engine.kind == "asgi"
    if site.engine.server == "redis":
        made: Any = AsyncRedisDenylist if is_async else RedisDenylist
    else:
        made = AsyncSQLDenylist if is_async else SQLDenylist
    return made(site.url(port), by=CONSUMERS, clock=clock)


@contextmanager
def guarded(site: Site, port: int | None = None) -> Iterator[tuple[App, str, str]]:
    """Run an app whose denylist is in a site, with a key that is denied and another."""
    store = make_store()
    names = new_name(), new_name()
    for name in names:
        consumer = store.create_consumer(username=name)
        store.create_credential(consumer, key=name, secret=SECRET)
    denylist = denylist_of(site, port)
    gate = Gate(store, denylist=denylist, clock=clock)
    with app_of(gate, site.engine.kind, denylist) as app:
        subject = Subject.consumer(store.get_consumer(names[0]))
        app.start(denylist.deny, subject).result(PATIENCE)
        yield app, *names


@every_engine()
def test_a_denylist_that_is_dead_is_a_503(site: Site) -> None:
    """For whom it denies and for whom it does not; and it is used again at once."""
    with guarded(site) as (app, denied, other):
        site.server.kill()
        assert_unavailable(app.ask(other))
        assert_unavailable(app.ask(denied))
        site.server.start()
        assert_served(app.ask(other), other)
        assert app.ask(denied).outcome.reason is Reason.TOKEN_REVOKED


@every_engine("psycopg", "async redis")
def test_a_denylist_that_hangs_is_a_503(site: Site) -> None:
    """Within the time limits of its own: no cache is in front of it."""
    with guarded(site) as (app, _, other):
        assert_served(app.ask(other), other)
        site.server.freeze()
        begun = monotonic()
        assert_unavailable(app.ask(other))
        assert monotonic() - begun < OWN_TIMEOUT + MARGIN
        site.server.thaw()
        assert_served(app.ask(other), other)


@main_engines
def test_half_an_answer_of_a_denylist_denies_nothing_and_allows_nothing(
    site: Site, network: Proxy
) -> None:
    """A connection that is reset in the middle is a 503."""
    with guarded(site, network.port) as (app, denied, other):
        assert_served(app.ask(other), other)
        network.cut(5)
        assert_unavailable(app.ask(denied))
        assert_unavailable(app.ask(other))
        network.heal()
        assert app.ask(denied).outcome.reason is Reason.TOKEN_REVOKED
