"""The gateway that jwtgate is measured beside verifies what jwtgate verifies."""

import shutil
import time
from collections.abc import Iterator

import pytest

from benchmarks.apps.callers import Caller
from benchmarks.gateway import Missing, gateway
from benchmarks.processes import free_port, status
from benchmarks.tokens import claims, token


@pytest.fixture(scope="module")
def who() -> Caller:
    """Give who calls."""
    return Caller.make("HS256")


@pytest.fixture(scope="module")
def ports(who: Caller) -> Iterator[dict[str, int]]:
    """Run it before an app that does not run."""
    if shutil.which("taskset") is None:
        pytest.skip("taskset, of util-linux, is not installed")
    nobody = free_port()
    try:
        with gateway(who, nobody) as running:
            yield running
    except Missing as error:
        pytest.skip(f"{error}: the benchmark runs without it")


def test_the_token_passes(ports: dict[str, int], who: Caller) -> None:
    """It would be measured refusing otherwise."""
    assert status(ports["checked"], who.token) == 200


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param({"exp": int(time.time()) - 1}, id="expired"),
        pytest.param({"nbf": int(time.time()) + 600}, id="not yet valid"),
        pytest.param({"iss": "nobody"}, id="of an unknown key"),
        pytest.param({"exp": "never"}, id="no number as exp"),
    ],
)
def test_a_token_that_is_not_good_is_refused(
    ports: dict[str, int], payload: dict[str, object]
) -> None:
    """Its signature holds."""
    assert status(ports["checked"], token("HS256", {**claims(), **payload})) == 401


def test_a_forged_signature_is_refused(ports: dict[str, int], who: Caller) -> None:
    """One octet is enough."""
    assert status(ports["checked"], who.forged) == 401


def test_another_algorithm_is_refused(ports: dict[str, int]) -> None:
    """Also one of the same family, keyed with the same secret."""
    assert status(ports["checked"], token("HS512")) == 401


@pytest.mark.parametrize("sent", [None, "a", "a.b", "a.b.c", "...", "e30.e30."])
def test_what_is_no_token_is_refused(ports: dict[str, int], sent: str | None) -> None:
    """It is no reason for a 500 either."""
    assert status(ports["checked"], sent) == 401


def test_it_refuses_before_it_asks_the_app(ports: dict[str, int], who: Caller) -> None:
    """Which does not run here: nginx answers 502 in its place."""
    asked = [status(ports["before_checked"], each) for each in (who.token, who.forged)]
    assert asked == [502, 401]


def test_without_nginx_it_is_not_started(
    who: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The table names what is missing."""
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    with pytest.raises(Missing, match="nginx is not installed"), gateway(who, 1):
        pass


@pytest.mark.usefixtures("ports")
def test_without_a_library_of_lua_it_is_not_started(
    who: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Debian does not install this one with the Lua module."""
    monkeypatch.setenv("LUA_CPATH", "/nowhere/?.so")
    with pytest.raises(Missing, match="cjson"), gateway(who, 1):
        pass
