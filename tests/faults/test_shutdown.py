import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.counting.redisserver import PATIENCE
from tests.faults.apps import app_of, assert_served, assert_unavailable
from tests.faults.sites import Site, every_engine, main_engines
from tests.proxy import Proxy

ROOT = Path(__file__).parents[2]


def closing_of(cache: Any) -> Callable[[], Any]:
    """Give what closes a cache, of either kind."""
    close: Callable[[], Any] = getattr(cache, "aclose", None) or cache.close
    return close


@main_engines
def test_look_ups_on_their_way_end_when_the_cache_is_closed(
    site: Site, network: Proxy
) -> None:
    """By their answer, or by a 503; nobody waits for ever."""
    known, *keys = (site.add() for _ in range(20))
    store = site.store(network.port)
    cache = site.cache(store, max_lookups=4)
    with app_of(site.gate(cache), site.engine.kind, cache, store) as app:
        assert_served(app.ask(known), known)
        network.hold()
        waiting = [(key, app.send(key)) for key in keys]
        app.settle()
        closed = app.start(closing_of(cache))
        network.release()
        closed.result(PATIENCE)
        for key, each in waiting:
            got = each.result(PATIENCE)
            if got.status != 200:
                assert_unavailable(got)
            else:
                assert_served(got, key)


@main_engines
def test_after_the_end_nothing_is_asked(site: Site) -> None:
    """What is known is served for its time, all else refused as ours to answer for."""
    known, other = site.add(), site.add()
    store = site.store()
    cache = site.cache(store)
    with app_of(site.gate(cache), site.engine.kind, cache, store) as app:
        assert_served(app.ask(known), known)
        app.start(closing_of(cache)).result(PATIENCE)
        assert_served(app.ask(known), known)
        assert_unavailable(app.ask(other))


@every_engine("psycopg", "asyncpg")
def test_a_process_can_end_while_its_store_does_not_answer(site: Site) -> None:
    """Neither the threads of a cache nor connections that hang keep it."""
    key = site.add()
    site.server.freeze()
    command = [sys.executable, "-m", "tests.faults.leaving"]
    store = site.engine.store
    ended = subprocess.run(  # noqa: S603 - this interpreter, our own module
        [*command, store.__module__, store.__name__, site.url(), key],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (0, "store_unavailable\n"), ended.stderr
