from importlib.util import find_spec

import pytest

from benchmarks.__main__ import NAMES, main
from benchmarks.reports import PAGE, RESULTS


@pytest.mark.parametrize("name", NAMES)
def test_every_benchmark_is_there(name: str) -> None:
    """Of a name that has no module, none of the others would be measured."""
    assert find_spec(f"benchmarks.{name}") is not None


def test_a_benchmark_that_is_not_there_is_refused() -> None:
    """And nothing is measured."""
    with pytest.raises(SystemExit):
        main(["--only", "nothing"])


def test_one_benchmark_is_run_alone_and_writes_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Its table and its targets are printed; what a whole run wrote stays."""
    before = [path.exists() and path.read_bytes() for path in (PAGE, RESULTS)]
    main(["--quick", "--only", "threads"])
    printed = capsys.readouterr().out
    assert "Threads, verifications per second" in printed
    assert "RS256, two threads / one" in printed
    assert [path.exists() and path.read_bytes() for path in (PAGE, RESULTS)] == before
