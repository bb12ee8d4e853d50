"""The apps that are measured let nobody else in; neither do those of peers."""

import asyncio
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from benchmarks.apps.callers import Caller
from benchmarks.apps.calling import aask, ask
from benchmarks.apps.drf import described
from benchmarks.web import FRAMEWORKS, FURTHER, Stack, section
from tests.django.project import open_connections

ALL = (*FRAMEWORKS, *FURTHER)

GUARDED = pytest.mark.parametrize(
    ("stack", "guard"),
    [
        pytest.param(stack, guard, id=f"{stack.framework}-{guard}")
        for stack in ALL
        for guard in ("peer", "cold", "repeated")
        if stack.peer or guard != "peer"
    ],
)

Send = Callable[[str | None], int]


@pytest.fixture(autouse=True)
def project(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let Django's project be the one that is measured."""
    for name, value in described(Caller.make("HS256")).items():
        setattr(settings, name, value)
    # It keeps the settings that it was imported with, perhaps by another test.
    for name in list(sys.modules):
        if name.startswith(("rest_framework_simplejwt", "benchmarks.apps.drfviews")):
            monkeypatch.delitem(sys.modules, name)
    with open_connections():
        yield


def served(stack: Stack, guard: str) -> tuple[Send, Caller]:
    """Make an app by its guard; give what sends it a token, and whom it knows."""
    if stack.missing:
        pytest.skip(
            f"{', '.join(stack.missing)} is not installed; "
            "'pip install --group bench' has what is measured"
        )
    who = Caller.make(stack.algorithm)
    app = stack.make(who)[guard]
    if stack.kind == "WSGI":
        return (lambda token: ask(app, token)), who
    return (lambda token: asyncio.run(aask(app, token))), who


@pytest.mark.parametrize("stack", ALL, ids=lambda stack: stack.framework)
def test_an_app_with_nothing_before_it_answers_everybody(stack: Stack) -> None:
    """What is added is added to an answer, and not to a refusal."""
    send, _ = served(stack, "nothing")
    assert send(None) == 200


@GUARDED
def test_a_guard_lets_the_token_in(stack: Stack, guard: str) -> None:
    """Refusals would be measured otherwise."""
    send, who = served(stack, guard)
    assert send(who.token) == 200


@GUARDED
def test_a_guard_refuses_whoever_sends_no_token(stack: Stack, guard: str) -> None:
    """An open door costs nothing."""
    send, _ = served(stack, guard)
    assert send(None) == 401


@GUARDED
def test_a_guard_refuses_a_forged_signature(stack: Stack, guard: str) -> None:
    """Also after it has seen the good one."""
    send, who = served(stack, guard)
    send(who.token)
    assert send(who.forged) == 401


def test_what_is_not_installed_is_skipped_and_named() -> None:
    """A table with fewer rows says so."""
    lacking = replace(FRAMEWORKS[0], needs=("nobody_wrote_this",))
    table = section("", [lacking], {})
    assert table.skipped == ["ASGI: nobody_wrote_this not installed"]
    assert table.rows == []


def test_what_a_guard_adds_is_the_time_with_it_less_that_without() -> None:
    """And its target is of that over what the peer adds."""
    times = {"nothing": 10.0, "peer": 110.0, "cold": 30.0, "repeated": 15.0}
    table = section("", FRAMEWORKS[:1], {"ASGI": times})
    row = dict(zip(table.columns, table.rows[0], strict=True))
    assert (row["peer adds"], row["gate adds, cold"]) == ("100", "20.0")
    assert row["repeated / peer"] == "0.05x"
    assert [each.value for each in table.ratios] == [0.2, 0.05]
