"""What wrk reports, read."""

import pytest

from benchmarks.wrk import Load

REPORT = """\
Running 3s test @ http://127.0.0.1:8000/
  1 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   700.67us    1.05ms  12.16ms   95.58%
    Req/Sec    59.06k     5.36k   65.62k    83.33%
  Latency Distribution
     50%  519.00us
     75%  645.00us
     90%  832.00us
     99%    1.05s
  176290 requests in 3.01s, 20.51MB read
Requests/sec:  58599.41
Transfer/sec:      6.82MB
"""


def test_a_report_gives_rate_and_latencies() -> None:
    """All latencies in microseconds."""
    assert Load.read(REPORT) == Load(58599.41, 519.0, 1.05e6)


@pytest.mark.parametrize(
    "line",
    [
        "  Non-2xx or 3xx responses: 1",
        "  Socket errors: connect 0, read 1, write 0, timeout 0",
    ],
)
def test_a_series_with_failures_is_no_measure(line: str) -> None:
    """Refusals and closed connections are quick."""
    with pytest.raises(RuntimeError, match=line):
        Load.read(f"{REPORT}{line}\n")


def test_a_server_that_answers_nothing_is_not_measured() -> None:
    """It has no latencies."""
    with pytest.raises(RuntimeError):
        Load.read(REPORT.replace("58599.41", "0.00"))


def test_the_median_is_of_each_figure() -> None:
    """One slow round does not count."""
    rounds = [Load(1.0, 9.0, 5.0), Load(2.0, 8.0, 6.0), Load(9.0, 1.0, 7.0)]
    assert Load.median(rounds) == Load(2.0, 8.0, 6.0)
