import os
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest

from jwtgate import Consumer, Gate, Policy, Reason, testing
from jwtgate.testing import FrozenClock
from jwtgate.testing.plugin import Attack
from tests.kit import ListStore, credential, make_gate
from tests.testing.careless import app_with
from tests.testing.frameworks import CLIENTS
from tests.testing.test_clocks import passes
from tests.testing.test_flaws import refused

pytest_plugins = ["jwtgate.testing.plugin"]


@pytest.fixture
def jwtgate_gate() -> Gate:
    """Say which gate is tested."""
    return make_gate(policy=Policy(maximum_expiration=60))


@pytest.fixture
def jwtgate_client(jwtgate_gate: Gate) -> Any:
    """Say by which client."""
    with CLIENTS["flask"](jwtgate_gate) as client:
        yield client


def test_tokens_are_minted(
    jwtgate_token: Callable[..., str], jwtgate_gate: Gate
) -> None:
    """For the gate."""
    assert passes(jwtgate_gate, jwtgate_token("jack-key"))
    bad = jwtgate_token("jack-key", "wrong_key")
    assert refused(jwtgate_gate, bad) is Reason.SIGNATURE_INVALID


def test_clients_are_signed_in(
    jwtgate_as: Callable[..., Any], jwtgate_client: Any
) -> None:
    """And the client itself is not."""
    assert jwtgate_as("jack-key").get("/me").text == "jack"
    assert jwtgate_client.get("/me").status_code == 401


def test_the_clock_stands_still(
    jwtgate_clock: FrozenClock,
    jwtgate_token: Callable[..., str],
    jwtgate_gate: Gate,
) -> None:
    """Until it is told to go on."""
    token = jwtgate_token("jack-key")
    jwtgate_clock.tick(59)
    assert passes(jwtgate_gate, token)
    jwtgate_clock.tick()
    assert not passes(jwtgate_gate, token)


def test_settings_are_overridden_one_after_another(
    jwtgate_overridden: Callable[..., Gate], jwtgate_as: Callable[..., Any]
) -> None:
    """For the rest of the test."""
    ann = credential(consumer=Consumer(username="ann"))
    jwtgate_overridden(store=ListStore(ann))
    gate = jwtgate_overridden(policy=Policy())
    assert jwtgate_as("ann").get("/me").text == "ann"
    assert gate.policy == Policy()


def test_the_app_is_attacked(jwtgate_attacks: Attack) -> None:
    """By what the function of the library takes besides."""
    report = jwtgate_attacks("/me", "jack-key", headers={"X-Tenant": "shop"})
    assert report.failures == ()


class TestACarelessApp:
    """Whose fixture is another."""

    @pytest.fixture
    def jwtgate_client(self, jwtgate_gate: Gate) -> Any:
        """Say that this one is tested."""
        return app_with(lambda environ: environ.get("HTTP_X_USER"), jwtgate_gate)

    def test_an_attack_that_gets_in_fails_the_test(
        self, jwtgate_attacks: Attack
    ) -> None:
        """It says which."""
        with pytest.raises(AssertionError, match="identity-of-proxies"):
            jwtgate_attacks("/me", "jack-key")


# By a project of its own: what it opts in to, and what it is told to define.

_PROJECT = """
def test_client(jwtgate_client): ...
def test_gate(jwtgate_gate): ...
"""


class _Recorder:
    """Keeps what each test said."""

    def __init__(self) -> None:
        self.said: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take a report of a phase of a test."""
        self.said.setdefault(report.nodeid.partition("::")[2], report.longreprtext)


def test_a_project_is_told_what_to_define(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one line each."""
    (tmp_path / "test_project.py").write_text(_PROJECT)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    without = [f"-pno:{name}" for name in ("terminal", "cacheprovider", "faulthandler")]
    recorder = _Recorder()
    pytest.main(
        [
            *("-c", os.devnull, f"--rootdir={tmp_path}", *without),
            *("-p", "jwtgate.testing.plugin", str(tmp_path)),
        ],
        plugins=[recorder],
    )
    assert recorder.said == {
        "test_client": "define a fixture jwtgate_client, which returns a test client "
        "of your app",
        "test_gate": "define a fixture jwtgate_gate, which returns your Gate",
    }


def test_nobody_gets_the_fixtures_who_did_not_ask() -> None:
    """The library has no entry point of pytest's."""
    plugins = entry_points(group="pytest11")
    assert [each for each in plugins if each.value.startswith("jwtgate")] == []


def test_contracts_come_when_they_are_asked_for() -> None:
    """And names that there are not do not."""
    assert testing.StoreContract.__module__ == "jwtgate.testing.contracts"
    assert all(hasattr(testing, name) for name in testing.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        testing.nothing  # noqa: B018 - asking is enough


_WITHOUT_PYTEST = """
import sys
sys.modules["pytest"] = None
import jwtgate.testing
try:
    jwtgate.testing.StoreContract
except ImportError:
    print("no contract without pytest")
frameworks = {"django", "fastapi", "flask", "starlette"}
print(sorted(frameworks & set(sys.modules)))
try:
    jwtgate.testing.nothing
except AttributeError as error:
    print(error)
"""


def test_only_contracts_and_fixtures_need_pytest() -> None:
    """The rest is for tests of any kind, and loads no framework."""
    command = [sys.executable, "-c", _WITHOUT_PYTEST]
    told = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - this interpreter
    assert told.stdout.splitlines() == [
        "no contract without pytest",
        "[]",
        "module 'jwtgate.testing' has no attribute 'nothing'",
    ]
