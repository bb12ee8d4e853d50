"""How long it takes until every process obeys a change that another one made.

Four processes, each with a cache that holds what it knows for ten minutes, over one
store; a fifth one changes it. A change counts as obeyed when the last of the four
decides by it; the time is from before it was begun. To be run from the project's
folder, with what the tests need: ``python -m benchmarks.notifications [CHANGES]``.
"""

import statistics
import sys
from itertools import islice

from jwtgate.stores.sql import create_all
from tests.counting.redisserver import HOST
from tests.faults.processes import crew, delays
from tests.faults.worker import manager_of
from tests.instances import DATABASE, postgres, redis_server

PROCESSES = 4
CHANGES = 1000
CHANNEL = "jwtgate_benchmark"


def measure(url: str, changes: int) -> list[float]:
    """Give how long each change took, in seconds."""
    manager = manager_of(url, CHANNEL)
    with crew(url, CHANNEL, PROCESSES) as workers:
        made = delays(workers, manager)
        next(made)  # the processes start with it
        taken = list(islice(made, changes))
    manager.close()
    return taken


def row(name: str, taken: list[float]) -> str:
    """Give the figures of a store, in milliseconds."""
    percentiles = statistics.quantiles(taken, n=100)
    figures = percentiles[49], percentiles[98], max(taken)
    return f"{name:12}" + "".join(f"{1000 * each:10.1f}" for each in figures)


def main(changes: int) -> None:
    """Print a row for each store."""
    print(f"{changes} changes, {PROCESSES} processes; milliseconds until all obey")
    print(f"{'':12}{'p50':>10}{'p99':>10}{'max':>10}")
    with postgres() as server:
        url = f"postgresql+psycopg://postgres@{HOST}:{server.port}/{DATABASE}"
        create_all(url)
        print(row("PostgreSQL", measure(url, changes)), flush=True)
    with redis_server() as server:
        url = f"redis://{HOST}:{server.port}/0"
        print(row("Redis", measure(url, changes)), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else CHANGES)
