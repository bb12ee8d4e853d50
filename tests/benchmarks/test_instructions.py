import dis
import gc
import json
import os
import subprocess
import sys
from itertools import chain, cycle, repeat
from pathlib import Path

import pytest

from benchmarks.instructions import (
    BASELINE,
    PYTHON,
    Change,
    Cost,
    UnsteadyError,
    c_calls_of,
    compare,
    cost_of,
    instructions_of,
    main,
    report,
)
from benchmarks.scenarios import NAMES, turns

COST = Cost(instructions=1000, c_calls=50)
DEARER = Cost(instructions=1100, c_calls=50)


def straight() -> str:
    """Run once through every instruction, with two calls of C functions."""
    size = len("abc")
    return str([size, size + 1]).upper().strip()


def longer() -> str:
    """Do the same with one more line."""
    size = len("abc")
    twice = size + size
    return str([size, size + 1, twice]).upper().strip()


def outer() -> str:
    """Call it."""
    return straight()


@pytest.fixture
def baseline(tmp_path: Path) -> Path:
    """Give a file with no baseline yet."""
    file = tmp_path / "baseline.json"
    file.write_text("{}")
    return file


def renewed_by_process(seed: int, file: Path) -> bytes:
    """Renew a baseline in a process whose hashes are others."""
    file.write_text("{}")
    options = ["--update", "--baseline", str(file)]
    subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-m", "benchmarks.instructions", *options],
        cwd=BASELINE.parent.parent,
        env={**os.environ, "PYTHONHASHSEED": str(seed)},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return file.read_bytes()


# Counting.


def test_each_instruction_is_counted_once() -> None:
    """Those of a function without a branch; RESUME, its first, tells that it began."""
    compiled = list(dis.get_instructions(straight))
    assert cost_of(repeat(straight)).instructions == len(compiled) - 1


def test_what_a_turn_calls_is_counted_too() -> None:
    """A cost is that of all functions below."""
    assert cost_of(repeat(outer)).instructions > cost_of(repeat(straight)).instructions


def test_calls_of_c_functions_are_counted() -> None:
    """``len`` and two methods; ``str`` is a class."""
    assert c_calls_of(straight) == 3


def test_counting_adds_no_call() -> None:
    """What ends the count is not counted."""
    assert c_calls_of(lambda: None) == 0


def test_an_added_line_is_seen() -> None:
    """A line that calls nothing changes the count."""
    assert cost_of(repeat(longer)).instructions > cost_of(repeat(straight)).instructions


def test_the_first_turns_do_not_count() -> None:
    """What is done once is not the cost of each request."""
    assert cost_of(chain([longer], repeat(straight))) == cost_of(repeat(straight))


def test_turns_that_differ_have_no_cost() -> None:
    """Warm turns that are not alike cannot be compared with a baseline."""
    with pytest.raises(UnsteadyError):
        cost_of(cycle([straight, straight, longer]))


def test_what_traced_before_goes_on() -> None:
    """The coverage of tests is measured by the same means."""
    before = sys.gettrace()
    instructions_of(straight)
    assert sys.gettrace() is before


def test_garbage_is_collected_again() -> None:
    """It is held still only while turns are counted."""
    cost_of(repeat(straight))
    assert gc.isenabled()


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_costs_the_same_every_time(name: str) -> None:
    """Counts are exact, so that a baseline of another day holds."""
    assert cost_of(turns(name)) == cost_of(turns(name))


def test_costs_do_not_hang_on_hashes(baseline: Path) -> None:
    """Each process hashes strings in its own way, and counts the same."""
    assert renewed_by_process(1, baseline) == renewed_by_process(2, baseline)


# The verdict.


@pytest.mark.parametrize(
    ("now", "verdict"),
    [
        pytest.param(1000, "same", id="equal"),
        pytest.param(1020, "same", id="at the tolerance"),
        pytest.param(1021, "dearer", id="above it"),
        pytest.param(980, "same", id="at the tolerance, below"),
        pytest.param(979, "cheaper", id="below it"),
    ],
)
def test_the_tolerance_is_two_percent(now: int, verdict: str) -> None:
    """What lies within is the same."""
    assert Change("HS256", "instructions", 1000, now).verdict == verdict


def test_a_figure_without_a_baseline_is_new() -> None:
    """A scenario that was just added is neither dearer nor cheaper."""
    verdicts = {change.verdict for change in compare({}, {"HS256": COST})}
    assert verdicts == {"new"}


def test_a_call_where_none_was_is_dearer() -> None:
    """No share of nothing can be taken, and no tolerance covers it."""
    assert Change("HS256", "c calls", 0, 1).row.endswith("dearer")


def test_each_figure_is_beside_its_own_baseline() -> None:
    """Instructions beside instructions, calls beside calls."""
    assert compare({"HS256": COST}, {"HS256": DEARER}) == [
        Change("HS256", "instructions", 1000, 1100),
        Change("HS256", "c calls", 50, 50),
    ]


def test_a_row_shows_both_figures_and_the_change() -> None:
    """Scenario, figure, baseline, now, percent, verdict."""
    words = Change("HS256", "instructions", 1000, 1100).row.split()
    assert words == ["HS256", "instructions", "1000", "1100", "+10.0%", "dearer"]


# The report.


def test_a_regress_fails() -> None:
    """CI stops at it."""
    assert report({"HS256": COST}, {"HS256": DEARER}) == 1


def test_a_regress_elsewhere_is_no_less_one() -> None:
    """What became cheaper does not pay for it."""
    before = {"HS256": COST, "RS256": DEARER}
    assert report(before, {"HS256": DEARER, "RS256": COST}) == 1


def test_what_is_the_same_needs_no_word(capsys: pytest.CaptureFixture[str]) -> None:
    """The table alone is printed."""
    assert report({"HS256": COST}, {"HS256": COST}) == 0
    assert "--update" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("before", "now"),
    [
        pytest.param({"HS256": DEARER}, {"HS256": COST}, id="cheaper"),
        pytest.param({}, {"HS256": COST}, id="new"),
        pytest.param({"HS256": COST, "HS1": COST}, {"HS256": COST}, id="gone"),
    ],
)
def test_a_baseline_out_of_date_is_told(
    before: dict[str, Cost],
    now: dict[str, Cost],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It passes, but what was gained is not guarded until the baseline is renewed."""
    assert report(before, now) == 0
    assert "--update" in capsys.readouterr().out


# The command.


def test_a_renewed_baseline_holds(
    baseline: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Renew, then compare."""
    assert main(["--update", "--baseline", str(baseline)]) == 0
    assert main(["--baseline", str(baseline)]) == 0
    assert "out of date" not in capsys.readouterr().out


def test_a_dearer_request_fails_the_command(baseline: Path) -> None:
    """A baseline of a time when a request cost one instruction."""
    was = {name: {"instructions": 1, "c_calls": 1} for name in NAMES}
    baseline.write_text(json.dumps({PYTHON: was}))
    assert main(["--baseline", str(baseline)]) == 1


def test_renewing_leaves_other_pythons(baseline: Path) -> None:
    """Each has its own figures."""
    others = {"2.7": {"HS256": COST._asdict()}}
    baseline.write_text(json.dumps(others))
    main(["--update", "--baseline", str(baseline)])
    assert json.loads(baseline.read_text())["2.7"] == others["2.7"]


def test_a_python_without_a_baseline_is_skipped(
    baseline: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """There is nothing to compare with; it says so and passes."""
    assert main(["--baseline", str(baseline)]) == 0
    assert capsys.readouterr().out.startswith("skipped: no baseline for Python")


def test_the_baseline_has_every_scenario() -> None:
    """None goes unguarded for want of a figure."""
    for python, costs in json.loads(BASELINE.read_text()).items():
        assert tuple(costs) == NAMES, python
