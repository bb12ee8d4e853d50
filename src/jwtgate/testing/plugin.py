"""Fixtures of pytest for the tests of an app behind a gate.

A project opts in by a line in its ``conftest.py``, and says what is to be tested::

    pytest_plugins = ["jwtgate.testing.plugin"]

    @pytest.fixture
    def jwtgate_gate():
        return gate

    @pytest.fixture
    def jwtgate_client():
        return TestClient(app)

It may be imported before pytest does, for its types: PYTEST_DONT_REWRITE.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from typing import Any, Protocol, Unpack

import pytest

from jwtgate.consumer import Consumer
from jwtgate.credential import Credential
from jwtgate.gate import Gate
from jwtgate.testing.attackreport import AttackReport
from jwtgate.testing.clients import signed_in
from jwtgate.testing.clocks import FrozenClock, frozen
from jwtgate.testing.matrix import attack_matrix
from jwtgate.testing.minting import mint
from jwtgate.testing.overriding import Overrides, overridden

__all__ = [
    "Attack",
    "jwtgate_as",
    "jwtgate_attacks",
    "jwtgate_client",
    "jwtgate_clock",
    "jwtgate_gate",
    "jwtgate_overridden",
    "jwtgate_token",
]


class Attack(Protocol):
    """``jwtgate_attacks(path, whose)``; see :func:`jwtgate.testing.attack_matrix`."""

    def __call__(
        self, path: str, whose: Consumer | Credential | str, **more: Any
    ) -> AttackReport:
        """Attack a path; fail the test unless every attack is refused."""
        ...


@pytest.fixture
def jwtgate_gate() -> Gate:
    """Give the gate that is tested; to be overridden."""
    pytest.fail("define a fixture jwtgate_gate, which returns your Gate", pytrace=False)


@pytest.fixture
def jwtgate_client() -> Any:
    """Give the test client of the app, not signed in; to be overridden."""
    pytest.fail(
        "define a fixture jwtgate_client, which returns a test client of your app",
        pytrace=False,
    )


@pytest.fixture
def jwtgate_token(jwtgate_gate: Gate) -> Callable[..., str]:
    """Give what makes tokens: ``jwtgate_token("jack", "expired")``.

    See :func:`jwtgate.testing.mint`, less the gate.
    """
    return partial(mint, jwtgate_gate)


@pytest.fixture
def jwtgate_as(jwtgate_client: Any, jwtgate_gate: Gate) -> Callable[..., Any]:
    """Give what makes clients: ``jwtgate_as("jack").get("/orders")``.

    See :func:`jwtgate.testing.signed_in`, less the client and the gate.
    """
    return partial(signed_in, jwtgate_client, jwtgate_gate)


@pytest.fixture
def jwtgate_clock(jwtgate_gate: Gate) -> Iterator[FrozenClock]:
    """Freeze the gate's clock for the test: ``jwtgate_clock.tick(60)``."""
    with frozen(jwtgate_gate) as clock:
        yield clock


@pytest.fixture
def jwtgate_overridden(jwtgate_gate: Gate) -> Iterator[Callable[..., Gate]]:
    """Give what changes the gate for the rest of the test.

    ``jwtgate_overridden(store=...)``; see :func:`jwtgate.testing.overridden`.
    """
    with ExitStack() as stack:

        def override(**settings: Unpack[Overrides]) -> Gate:
            return stack.enter_context(overridden(jwtgate_gate, **settings))

        yield override


@pytest.fixture
def jwtgate_attacks(jwtgate_client: Any, jwtgate_gate: Gate) -> Attack:
    """Give what attacks the app: ``jwtgate_attacks("/orders", "jack")``."""

    def attack(
        path: str, whose: Consumer | Credential | str, **more: Any
    ) -> AttackReport:
        __tracebackhide__ = True
        report = attack_matrix(jwtgate_client, path, jwtgate_gate, whose, **more)
        report.assert_safe()
        return report

    return attack
