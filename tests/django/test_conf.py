from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from jwtgate import ConfigurationError, Exempt
from jwtgate.django import conf
from tests.kit import make_gate

GATE = make_gate()


def find_user(_outcome: object, _request: object) -> None:
    """Find nobody."""


async def afind_user(_outcome: object, _request: object) -> None:
    """Find nobody, asynchronously."""


def problems_of(**chosen: Any) -> tuple[str, ...]:
    """Give the problems of a setting."""
    with override_settings(JWTGATE=chosen), pytest.raises(ConfigurationError) as caught:
        conf.current()
    return caught.value.problems


def test_without_setting_there_is_no_gate() -> None:
    """The gate is then one further out; all views are guarded, no user is mapped."""
    assert conf.current() == conf.Conf(gate=None, guards_all=True, user=None)


def test_setting_is_read_once() -> None:
    """A gate is made once, however often it is asked for."""
    with override_settings(JWTGATE={"GATE": make_gate}):
        assert conf.current() is conf.current()


def test_setting_is_read_once_by_many_threads() -> None:
    """First requests that come together get one gate, whose quotas count together."""
    together = Barrier(8)

    def ask(_: int) -> object:
        together.wait()
        return conf.current()

    with override_settings(JWTGATE={"GATE": make_gate}), ThreadPoolExecutor(8) as pool:
        assert len(set(map(id, pool.map(ask, range(8))))) == 1


def test_setting_is_read_anew_when_it_is_overridden() -> None:
    """Tests of a project may override it."""
    with override_settings(JWTGATE={"GATE": GATE}):
        assert conf.current().gate is GATE
    assert conf.current().gate is None


def test_another_setting_changes_nothing() -> None:
    """An override of something else leaves the gate as it is."""
    with override_settings(JWTGATE={"GATE": make_gate}):
        gate = conf.current().gate
        with override_settings(USE_TZ=False):
            assert conf.current().gate is gate


def test_a_few_views_may_be_guarded() -> None:
    """``GUARD_ALL`` says so."""
    with override_settings(JWTGATE={"GATE": GATE, "GUARD_ALL": False}):
        assert not conf.current().guards_all


@pytest.mark.parametrize(
    "user", [find_user, f"{__name__}.find_user"], ids=["it", "path"]
)
def test_user_is_a_function_or_its_path(user: Any) -> None:
    """``USER`` may be either."""
    with override_settings(JWTGATE={"GATE": GATE, "USER": user}):
        assert conf.current().user is find_user


@pytest.mark.parametrize("user", [1, afind_user], ids=["number", "async"])
def test_user_that_cannot_be_called(user: Any) -> None:
    """A coroutine would count as a user, so an asynchronous function is refused."""
    assert "not asynchronous" in problems_of(GATE=GATE, USER=user)[0]


def test_user_that_cannot_be_imported() -> None:
    """A dotted path that leads nowhere says which."""
    assert (
        "'nowhere.user' cannot be imported"
        in problems_of(GATE=GATE, USER="nowhere.user")[0]
    )


def test_every_problem_is_told() -> None:
    """One error has all of them."""
    told = problems_of(GATE=1, GUARD_ALL="yes", USER=1, GAET=1)
    keys = ["no key 'GAET'", "['GATE']", "['GUARD_ALL']", "['USER']"]
    assert [key in problem for key, problem in zip(keys, told, strict=True)] == [
        True
    ] * 4


def test_setting_that_is_no_dict() -> None:
    """A gate by itself is no setting."""
    with override_settings(JWTGATE=GATE), pytest.raises(ConfigurationError):
        conf.current()


def test_setting_that_is_empty() -> None:
    """It would guard nothing, so it is refused."""
    assert problems_of() == ("JWTGATE needs exactly one of: GATE, CONFIG, STORE",)


def test_bad_setting_is_told_each_time() -> None:
    """What failed is not kept: the second reader hears of it, too."""
    with override_settings(JWTGATE={}):
        for _ in range(2):
            with pytest.raises(ConfigurationError):
                conf.current()


def test_gate_of_the_setting_decides() -> None:
    """Also where another decided further out."""
    with override_settings(JWTGATE={"GATE": GATE}):
        assert conf.gate_for(Exempt("public", None, make_gate())) is GATE


def test_gate_further_out_decides() -> None:
    """Without the setting, that of the outcome on the request."""
    assert conf.gate_for(Exempt("public", None, GATE)) is GATE


@pytest.mark.parametrize(
    "found", [None, Exempt("public", None, object())], ids=["no", "odd"]
)
def test_missing_gate_is_told(found: object) -> None:
    """The error names the step that is missing."""
    with pytest.raises(ImproperlyConfigured, match="set JWTGATE"):
        conf.gate_for(found)
