import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from redis import Redis

from tests.counting.redisserver import HOST, PATIENCE, wait_until
from tests.faults.sites import Site, every_engine, new_name
from tests.kit import NOW, mint
from tests.servers import ask, running

ROOT = Path(__file__).parents[2]
WORKERS = 2
GUNICORN = (
    f"gunicorn --preload --workers {WORKERS} --threads 4 --bind 127.0.0.1:{{port}}"
    " tests.faults.preloaded:load"
)

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")


def connections(site: Site) -> set[str]:
    """Give the addresses of all who are connected to a server, this test excepted."""
    if site.engine.server == "redis":
        with Redis(host=HOST, port=site.server.port) as client:
            own = client.client_id()
            found = client.client_list()
            return {each["addr"] for each in found if int(each["id"]) != own}
    where = f"host={HOST} port={site.server.port} user=postgres"
    with psycopg.connect(where, autocommit=True) as connection:
        query = (
            "SELECT client_port FROM pg_stat_activity"
            " WHERE client_port > 0 AND pid <> pg_backend_pid()"
        )
        return {str(port) for (port,) in connection.execute(query)}


def serve(port: int, key: str) -> tuple[str, str]:
    """Send a request; give the process that served it, and the name it saw."""
    bearer = f"Authorization: Bearer {mint(iss=key)}"
    status, body = ask(port, "/", bearer, "Host: localhost")
    assert status == 200, body
    pid, name = body.decode().split()
    return pid, name


@needs_fork
@every_engine("psycopg", "redis")
def test_a_server_that_forks_after_the_app_is_loaded(site: Site) -> None:
    """Each worker has connections and threads of its own, though all was in use."""
    keys = [site.add() for _ in range(20)]
    command = f'{GUNICORN}("{site.url()}","{new_name()}","{keys[0]}",{NOW})'
    before = connections(site)
    with running({"app": command}) as ports, ThreadPoolExecutor(8) as threads:
        preloaded = connections(site) - before
        assert preloaded  # the master's
        served = set()

        def both_have_served() -> bool:
            for key, (pid, name) in zip(
                keys,
                threads.map(lambda key: serve(ports["app"], key), keys),
                strict=True,
            ):
                assert name == key
                served.add(pid)
            return len(served) == WORKERS

        wait_until(both_have_served)
        # A look-up and a listener of each worker, at least.
        wait_until(lambda: len(connections(site) - before - preloaded) >= 2 * WORKERS)


@needs_fork
@every_engine("psycopg", "redis")
def test_a_process_that_forks_while_its_threads_ask(site: Site) -> None:
    """No lock that was held, and no connection that was in use, is in the children."""
    keys = [site.add() for _ in range(3)]
    command = [sys.executable, "-m", "tests.faults.forking", site.url(), new_name()]
    ended = subprocess.run(  # noqa: S603 - this interpreter, our own module
        [*command, *keys],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=2 * PATIENCE,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
