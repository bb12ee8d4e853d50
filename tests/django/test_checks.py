from pathlib import Path
from typing import Any

import pytest
from django.core.checks import CheckMessage, run_checks
from django.test import override_settings

from jwtgate import Gate, MemoryStore, Policy, Route
from jwtgate.django import JWTGateMiddleware, checks
from tests.kit import make_gate

OURS = "jwtgate.django.JWTGateMiddleware"
AUTHENTICATION = "django.contrib.auth.middleware.AuthenticationMiddleware"
LOGIN = "django.contrib.auth.middleware.LoginRequiredMiddleware"
BY_NAME = {"GATE": make_gate(), "USER": "jwtgate.django.by_username"}
PAGE = Path(__file__).parents[2] / "docs" / "frameworks" / "django.md"


def ids(found: list[CheckMessage]) -> list[str | None]:
    """Give the ids without the common part."""
    return [(each.id or "").removeprefix("jwtgate.") for each in found]


def deployed(policy: Policy, *routes: Route) -> list[str | None]:
    """Check the deployment of a policy."""
    gate = Gate(MemoryStore(), policy, routes=routes)
    with override_settings(JWTGATE={"GATE": gate}):
        return ids(checks.check_deployment())


def test_good_setting() -> None:
    """There is nothing to say."""
    with override_settings(JWTGATE={"GATE": make_gate()}):
        assert checks.check_setting() == []


def test_each_problem_is_an_error() -> None:
    """With a hint where to read on."""
    with override_settings(JWTGATE={"GATE": 1, "USER": 1}):
        found = checks.check_setting()
    assert ids(found) == ["E001", "E001"]
    assert [bool(each.hint) and each.is_serious() for each in found] == [True, True]


class Ours(JWTGateMiddleware):
    """A middleware of a project that is one of ours."""


@pytest.mark.parametrize(
    ("middleware", "jwtgate", "found"),
    [
        ([], None, []),
        ([], BY_NAME, ["W001"]),
        ([OURS], None, ["W002"]),
        ([f"{__name__}.Ours"], None, ["W002"]),
        ([OURS], BY_NAME, []),
        ([OURS], {}, []),
        ([AUTHENTICATION, OURS], BY_NAME, []),
        ([OURS, AUTHENTICATION], BY_NAME, ["W003"]),
        ([OURS, AUTHENTICATION], {"GATE": make_gate()}, []),
        ([OURS, LOGIN], {"GATE": make_gate()}, ["W004"]),
        ([AUTHENTICATION, OURS, LOGIN], BY_NAME, []),
        (["nowhere.middleware", OURS], BY_NAME, []),
        ([f"{__name__}.ids", OURS], BY_NAME, []),
    ],
)
def test_middleware(
    middleware: list[str], jwtgate: dict[str, Any] | None, found: list[str]
) -> None:
    """It is there, has a gate, and is where it works."""
    with override_settings(MIDDLEWARE=middleware, JWTGATE=jwtgate):
        assert ids(checks.check_middleware()) == found


@pytest.mark.parametrize(
    ("policy", "found"),
    [
        (Policy(), []),
        (Policy(mode="report"), ["W011"]),
        (Policy(query_names=("jwt",)), ["W012"]),
        (Policy(cookie_names=("jwt",)), []),
        (Policy(cookie_names=("jwt",), csrf=False), ["W013"]),
        (Policy(trusted_origins=("https://a.example",)), []),
        (Policy(trusted_origins=("http://a.example",)), ["W014"]),
        (Policy.apisix(), ["W012", "W013"]),
    ],
)
def test_deployment(policy: Policy, found: list[str]) -> None:
    """What is for development only is told of."""
    assert deployed(policy) == found


def test_deployment_of_a_route() -> None:
    """A route's own policy counts as the gate's does."""
    report = Policy(mode="report")
    routes = Route(path="/a"), Route(path="/b", policy=report)
    assert deployed(Policy(), *routes) == ["W011"]


def test_deployment_of_a_public_route() -> None:
    """It takes no token from anywhere."""
    policy = Policy(query_names=("jwt",))
    assert deployed(Policy(), Route(path="/a", public=True, policy=policy)) == []


@pytest.mark.parametrize("jwtgate", [None, {}], ids=["absent", "bad"])
def test_deployment_without_a_gate(jwtgate: dict[str, Any] | None) -> None:
    """Nothing is said that another check says."""
    with override_settings(JWTGATE=jwtgate):
        assert checks.check_deployment() == []


@pytest.mark.parametrize("deploy", [True, False], ids=["deploy", "usual"])
def test_checks_are_run(*, deploy: bool) -> None:
    """By ``manage.py check``; those of the deployment with ``--deploy`` alone."""
    policy = Policy(mode="report")
    chosen = {"GATE": make_gate(policy=policy)}
    with override_settings(JWTGATE=chosen):
        found = ids(run_checks(tags=["security"], include_deployment_checks=deploy))
    assert ("W001" in found, "W011" in found) == (True, deploy)


@pytest.mark.parametrize(
    "id_",
    ["E001", *(each.id[-4:] for each in checks._WARNINGS if each.id)],  # noqa: SLF001 - all there are
)
def test_every_check_is_in_the_docs(id_: str) -> None:
    """Each id has a row in the page."""
    assert f"| `jwtgate.{id_}` |" in PAGE.read_text()
