from tests.faults.apps import ASGIApp, Loop, app_of, assert_served
from tests.faults.sites import Site, every_engine

every_async_engine = every_engine("asyncpg", "asyncmy", "async redis")


@every_async_engine
def test_two_event_loops_use_one_gate_at_once(site: Site) -> None:
    """Each in its thread, over one store and one cache: nothing belongs to a loop."""
    # Few enough for none to wait a second for a connection, on a slow machine too.
    keys = [site.add() for _ in range(10)]
    store = site.store()
    cache = site.cache(store)
    for found in (store, cache):
        gate = site.gate(found)
        with app_of(gate, "asgi", store) as one, app_of(gate, "asgi", store) as other:
            sent = [(key, app.send(key)) for key in keys * 2 for app in (one, other)]
            for key, each in sent:
                assert_served(each.result(), key)


@every_async_engine
def test_a_loop_that_was_closed_leaves_the_store_usable(site: Site) -> None:
    """Nobody closed the store; the next loop has connections of its own."""
    keys = [site.add() for _ in range(3)]
    store = site.store()
    gate = site.gate(store)
    for key in keys:
        with Loop() as loop:
            app = ASGIApp(gate, loop)
            assert_served(app.ask(key), key)
            assert not loop.complaints


@every_async_engine
def test_a_loop_that_closes_does_not_hurt_a_look_up_of_another(site: Site) -> None:
    """The cache shares answers between loops, not what they wait for."""
    keys = [site.add() for _ in range(3)]
    store = site.store()
    gate = site.gate(site.cache(store))
    with app_of(gate, "asgi", store) as lasting:
        for key in keys:
            with app_of(gate, "asgi", store) as brief:
                sent = [app.send(key) for app in (brief, lasting)]
                for each in sent:
                    assert_served(each.result(), key)
        for key in keys:
            assert_served(lasting.ask(key), key)
