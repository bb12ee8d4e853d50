"""Runs tests of a contract against stores that break it, in a pytest of its own."""

import os
from collections.abc import Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_WITHOUT = (
    *("terminal", "cacheprovider", "faulthandler", "warnings"),
    *("unraisableexception", "threadexception"),
)
_BROKEN = Path(__file__).with_name("broken.py")


class _Recorder:
    """Keeps what each test said, and an empty text of those that passed."""

    def __init__(self) -> None:
        self.said: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take a report of a phase of a test."""
        name = report.nodeid.partition("::")[2]
        self.said.setdefault(name, "")
        if report.failed:
            self.said[name] += report.longreprtext

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Take a report of a file that cannot be read."""
        assert not report.failed, report.longreprtext


def judge(
    wrong: Iterable[tuple[str, str, str]], right: Iterable[tuple[str, str]]
) -> dict[str, str]:
    """Run tests of the contract against stores of ``broken.py``.

    Nothing of the settings and plugins of this run counts there.

    Args:
        wrong: Stores, each with the name of a test, and what that has to say.
        right: Stores, each with the name of a test that has to pass.

    Returns:
        What each test said, by ``TestStore::test_x``.
    """
    recorder = _Recorder()
    options = ["-c", os.devnull, f"--rootdir={ROOT}", "--import-mode=importlib"]
    for name in _WITHOUT:
        options += ["-p", f"no:{name}"]
    pairs = {(store, test) for store, test, _ in wrong} | set(right)
    asked = [f"{_BROKEN}::Test{store}::{test}" for store, test in sorted(pairs)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        patch.delenv("PYTEST_ADDOPTS", raising=False)
        code = pytest.main([*options, *asked], plugins=[recorder])
    assert code in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
    return recorder.said
