from typing import Any

import pytest

from jwtgate import Policy
from jwtgate.access import Access
from jwtgate.credential import Credential
from jwtgate.stores.fixed import FixedStore
from tests.configs.kong.kit import (
    consumer,
    context,
    jwt,
    made,
    noted,
    plugin,
    told,
)
from tests.kit import KEY

ACL = plugin("acl", {"allow": ["gold"]})


def service(name: str, *plugins: object) -> dict[str, Any]:
    """Give a service with these plugins."""
    return {"name": name, "plugins": list(plugins)}


def test_the_global_plugin_guards_everything() -> None:
    """By no route."""
    found = made(plugins=[jwt(realm="shop"), ACL])
    assert (found.unrouted, found.routes) == ("policy", ())
    assert found.policy == Policy.kong(
        realm="shop", access=Access(allow_groups=("gold",)), groups_header=True
    )


def test_without_plugins_everything_is_guarded() -> None:
    """With Kong's defaults."""
    assert made(consumers=[consumer()]).policy == Policy.kong()


def test_other_plugins_hold_without_a_jwt_plugin() -> None:
    """Consumers', too."""
    ended = plugin("request-termination")
    found = made(plugins=[ACL], consumers=[consumer(plugins=[ended])])
    assert found.policy.access == (Access(allow_groups=("gold",)),)
    assert len(found.policy.consumer_terms) == 1


def test_the_plugin_of_a_service_guards_everything() -> None:
    """With what holds for that service beside."""
    found = made(services=[service("a", jwt(realm="shop"), ACL), service("b")])
    assert found.policy == Policy.kong(
        realm="shop", access=Access(allow_groups=("gold",)), groups_header=True
    )


def test_those_of_services_may_be_alike() -> None:
    """Then it does not matter which."""
    found = made(services=[service("a", jwt(realm="s")), service("b", jwt(realm="s"))])
    assert found.policy == Policy.kong(realm="s")


DIFFERENT: dict[str, tuple[dict[str, Any], ...]] = {
    "config": (service("a", jwt()), service("b", jwt(realm="b"))),
    "secrets": (service("a", jwt()), service("b", jwt(secret_is_base64=True))),
    "acl": (service("a", jwt()), service("b", jwt(), ACL)),
}


@pytest.mark.parametrize("services", DIFFERENT.values(), ids=DIFFERENT.keys())
def test_those_that_differ_are_told(services: tuple[dict[str, Any], ...]) -> None:
    """Nothing says which is meant."""
    (problem,) = told(services=list(services))
    assert problem == (
        "services[1].plugins[0].config: another service demands something else, and "
        "there are no routes; give the file routes, or one jwt plugin"
    )


def test_the_global_plugin_wins_over_those_of_services() -> None:
    """No route leads to one; it is noted."""
    members: dict[str, Any] = {
        "plugins": [jwt()],
        "services": [service("a", jwt(realm="a"))],
    }
    assert made(**members).policy == Policy.kong()
    assert noted(**members) == [
        "warning: services[0].plugins[0]: holds for a service, and no route leads there"
    ]


def test_what_restricts_a_service_alone_is_refused() -> None:
    """It would be lost."""
    (problem,) = told(plugins=[jwt()], services=[service("a", ACL)])
    assert problem == (
        "services[0].plugins[0]: holds for a service, and no route leads there; leave "
        "acl to what does it now and name it in allow_dropped"
    )


def test_it_may_be_dropped() -> None:
    """By name."""
    given = context(allow_dropped=frozenset({"acl"}))
    found = made(given, plugins=[jwt()], services=[service("a", ACL)])
    assert found.policy == Policy.kong()


@pytest.mark.parametrize("is_base64", [True, False])
def test_secrets_are_as_the_plugin_says(is_base64: bool) -> None:  # noqa: FBT001 - a column
    """For all credentials."""
    secrets = [{"key": KEY, "secret": "YWJj"}]
    found = made(
        plugins=[jwt(secret_is_base64=is_base64)],
        consumers=[consumer(jwt_secrets=secrets)],
    )
    assert isinstance(found.store, FixedStore)
    (credential,) = found.store.find(KEY)
    assert isinstance(credential, Credential)
    assert credential.secret_is_base64 is is_base64


def test_problems_are_told_first() -> None:
    """Whatever the plugins are."""
    assert told(consumers=[{"username": 1}], plugins=[jwt()]) == (
        "consumers[0].username: expected a string",
    )
