import asyncio
import logging
from typing import Any

import pytest

from jwtgate import ConfigurationError, Credential, Gate, Policy, authenticate
from jwtgate.explain import aexplain, explain
from jwtgate.settings import Settings
from tests.explain.kit import request
from tests.kit import NOW, ListStore, clock, credential, make_gate, mint


class AsyncOnly:
    """A store for asynchronous code."""

    def __init__(self, *credentials: Credential) -> None:
        self.credentials = credentials

    async def afind(self, key: str, kid: str | None = None) -> Any:
        """Find by key, or fail."""
        await asyncio.sleep(0)
        if key == "failing":
            raise OSError(kid)
        return [each for each in self.credentials if each.key == key]


def test_both_drivers_explain_the_same() -> None:
    """To the last word."""
    gate, sent = make_gate(), request(mint(exp=NOW - 1))
    assert asyncio.run(aexplain(gate, sent)).to_dict() == explain(gate, sent).to_dict()


def test_an_asynchronous_store_is_awaited() -> None:
    """And may fail."""
    gate = Gate(AsyncOnly(credential()), clock=clock)
    good = asyncio.run(aexplain(gate, request(mint()), at=NOW))
    bad = asyncio.run(aexplain(gate, request(mint(iss="failing")), at=NOW))
    assert good.outcome == "authenticated"
    assert bad.reason is not None
    assert bad.reason.code == "store_unavailable"


def test_a_store_that_cannot_be_used_is_an_error_of_configuration() -> None:
    """By either driver, as for the gate."""
    with pytest.raises(ConfigurationError, match="no method find"):
        explain(Gate(AsyncOnly()), request(mint()))

    store = ListStore()
    store.blocking = True
    with pytest.raises(ConfigurationError, match="block"):
        asyncio.run(aexplain(Gate(store), request(mint())))


def test_nothing_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """A refusal that nobody was given is none; nor is a report, or an anonymous."""
    with caplog.at_level(logging.DEBUG):
        for policy in (Policy(), Policy(mode="report"), Policy.kong(anonymous="x")):
            gate = Gate(Finding(credential()), policy, clock=clock)
            explain(gate, request("a.b.c"))
    assert caplog.records == []


def test_the_gate_stays_as_it_is() -> None:
    """No quota is taken, and it may be mounted as it could be before."""
    gate = make_gate(policy=Policy(quota="1/h"))
    for _ in range(3):
        explain(gate, request(mint()), at=7)
    assert authenticate(gate, request(mint())).gate is gate
    assert explain(gate, request(mint())).at == NOW


def test_the_gate_may_change_as_before() -> None:
    """An explanation mounts nothing: an asynchronous store may still take over."""
    gate = make_gate()
    explain(gate, request(mint()))
    gate.replace(Settings(store=AsyncOnly()))
    assert isinstance(gate.store, AsyncOnly)


class Finding(ListStore):
    """A store that finds consumers, though none is there."""

    def find_consumer(self, name: str) -> None:
        """Find nobody."""
