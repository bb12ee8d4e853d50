"""How many instructions a request costs, counted by CPython itself, and a baseline.

Seconds are noisy, and another machine's are others. What the interpreter executes is
the same in every run and everywhere, so what a change adds to the path of a request
is seen to the instruction. What a C function does within is not seen: for that, ``make
bench`` takes the time, and ``python -m benchmarks.callgrind`` counts what the processor
executes.

A turn of a scenario is counted when it is warm, others having gone before it, and no
garbage is collected meanwhile; several turns must then cost exactly the same. How
CPython specializes what it runs does not matter: each instruction is counted as it was
compiled. Each minor version compiles to other ones, so it has a baseline of its own.

    python -m benchmarks.instructions            fails if a cost rose by over 2 %
    python -m benchmarks.instructions --update   renews the baseline of this Python
"""

import argparse
import gc
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from benchmarks.scenarios import NAMES, Turn, turns

__all__ = [
    "BASELINE",
    "PYTHON",
    "Change",
    "Cost",
    "UnsteadyError",
    "c_calls_of",
    "compare",
    "cost_of",
    "instructions_of",
    "main",
    "report",
]

BASELINE: Final = Path(__file__).with_suffix(".json")
"""The costs of each scenario, by Python's minor version."""

PYTHON: Final = f"{sys.version_info.major}.{sys.version_info.minor}"
"""The version that runs."""

_TOLERANCE: Final = 0.02
_RENEW: Final = "python -m benchmarks.instructions --update"
_WARM_UP: Final = 5
_TURNS: Final = 3


class Cost(NamedTuple):
    """What a turn makes the interpreter do, the functions that it calls included."""

    instructions: int
    c_calls: int


Costs: TypeAlias = Mapping[str, Cost]
"""By the scenario's name."""


class UnsteadyError(Exception):
    """Warm turns of a scenario differ, so there is no telling what one costs."""


# CPython 3.13.0 loses opcode events of sys.settrace once that was off for a while, and
# 3.11 has no sys.monitoring.
if sys.version_info >= (3, 12):

    def instructions_of(turn: Turn) -> int:
        """Take a turn, and count the instructions of bytecode that it executes."""
        executed = 0
        ours = instructions_of.__code__
        tool, event = sys.monitoring.PROFILER_ID, sys.monitoring.events.INSTRUCTION

        def instruction(code: CodeType, _offset: int) -> None:
            nonlocal executed
            if code is not ours:
                executed += 1

        sys.monitoring.use_tool_id(tool, __name__)
        sys.monitoring.register_callback(tool, event, instruction)
        sys.monitoring.set_events(tool, event)
        try:
            turn()
        finally:
            sys.monitoring.set_events(tool, 0)
            sys.monitoring.register_callback(tool, event, None)
            sys.monitoring.free_tool_id(tool)
        return executed

else:

    def instructions_of(turn: Turn) -> int:
        """Take a turn, and count the instructions of bytecode that it executes."""
        executed = 0

        def trace(frame: FrameType, event: str, _: object) -> Any:
            nonlocal executed
            if event == "opcode":
                executed += 1
            elif event == "call":
                frame.f_trace_opcodes = True
                frame.f_trace_lines = False
            return trace

        before = sys.gettrace()  # the coverage of tests, for one
        sys.settrace(trace)
        try:
            turn()
        finally:
            sys.settrace(before)
        return executed


def c_calls_of(turn: Turn) -> int:
    """Take a turn, and count its calls of functions written in C."""
    called = 0

    def profile(_: FrameType, event: str, function: object) -> None:
        nonlocal called
        if event == "c_call" and function is not sys.setprofile:
            called += 1

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        turn()
    finally:
        sys.setprofile(before)
    return called


def cost_of(taken: Iterator[Turn]) -> Cost:
    """Give what a turn of a scenario costs when it is warm.

    Raises:
        UnsteadyError: Warm turns do not cost the same.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        costs = [
            Cost(instructions_of(next(taken)), c_calls_of(next(taken)))
            for _ in range(_WARM_UP + _TURNS)
        ]
    finally:
        if collecting:
            gc.enable()
    warm = set(costs[_WARM_UP:])
    if len(warm) > 1:
        raise UnsteadyError(f"turns that ought to be alike cost {sorted(warm)}")
    return warm.pop()


class Change(NamedTuple):
    """A figure of a scenario, beside its baseline."""

    scenario: str
    figure: str
    before: int | None
    now: int

    @property
    def verdict(self) -> Literal["same", "dearer", "cheaper", "new"]:
        """What became of it; the same is whatever the tolerance covers."""
        if self.before is None:
            return "new"
        if self.now > self.before * (1 + _TOLERANCE):
            return "dearer"
        return "cheaper" if self.now < self.before * (1 - _TOLERANCE) else "same"

    @property
    def row(self) -> str:
        """Its row in the table."""
        before, percent = "-", ""
        if self.before is not None:
            before = str(self.before)
            percent = f"{self.now / max(self.before, 1) - 1:+.1%}"
        told = "" if self.verdict == "same" else self.verdict
        figures = f"{before:>10}{self.now:>8}{percent:>9}"
        return f"{self.scenario:26}{self.figure:14}{figures}  {told}".rstrip()


def compare(before: Costs, now: Costs) -> list[Change]:
    """Put each figure beside its baseline."""
    return [
        Change(name, figure.replace("_", " "), baseline, amount)
        for name, cost in now.items()
        for figure, baseline, amount in zip(
            Cost._fields, before.get(name, (None, None)), cost, strict=True
        )
    ]


def read_baseline(path: Path) -> dict[str, dict[str, Cost]]:
    """Read the costs of each Python that has some."""
    pythons = json.loads(path.read_text())
    return {
        python: {name: Cost(**cost) for name, cost in costs.items()}
        for python, costs in pythons.items()
    }


def write_baseline(path: Path, baseline: Mapping[str, Costs]) -> None:
    """Write the costs of each Python, the oldest first."""
    pythons = {
        python: {name: cost._asdict() for name, cost in baseline[python].items()}
        for python in sorted(baseline)
    }
    path.write_text(json.dumps(pythons, indent=2) + "\n")


def report(before: Costs, now: Costs) -> int:
    """Print the table and what follows from it; gives the exit code."""
    changes = compare(before, now)
    print(f"{f'Python {PYTHON}':40}{'baseline':>10}{'now':>8}")
    print(*(change.row for change in changes), sep="\n")
    verdicts = {change.verdict for change in changes}
    if "dearer" in verdicts:
        print(f"A cost rose by over {_TOLERANCE:.0%}. If it is worth it: {_RENEW}")
        return 1
    if verdicts != {"same"} or before.keys() != now.keys():
        print(f"The baseline is out of date; renew it: {_RENEW}")
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Compare with the baseline, or renew it; gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.instructions")
    parser.add_argument(
        "--update", action="store_true", help="renew the baseline of this Python"
    )
    parser.add_argument("--baseline", type=Path, default=BASELINE, metavar="FILE")
    chosen = parser.parse_args(argv)
    baseline = read_baseline(chosen.baseline)
    if not chosen.update and PYTHON not in baseline:
        print(f"skipped: no baseline for Python {PYTHON}; {_RENEW} makes one")
        return 0
    costs = {name: cost_of(turns(name)) for name in NAMES}
    if chosen.update:
        write_baseline(chosen.baseline, {**baseline, PYTHON: costs})
        print(f"renewed for Python {PYTHON}: {chosen.baseline.name}")
        return 0
    return report(baseline[PYTHON], costs)


if __name__ == "__main__":
    sys.exit(main())
