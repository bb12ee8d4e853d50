from typing import Any

import pytest

from jwtgate import Policy
from jwtgate.access import Access
from jwtgate.answer import Answer
from jwtgate.configs.context import Context
from jwtgate.configs.kong.consumers import read_consumers
from jwtgate.configs.kong.document import Document, read_document
from jwtgate.configs.kong.plugins import read_plugins
from jwtgate.configs.kong.policies import Policies
from jwtgate.quota import Quota
from jwtgate.terms import Terms
from tests.configs.kong.kit import context, jwt, plugin, root, sentences

JACK = "07bd6711-fcb1-52e8-ab36-925ec1bfedb5"
GONE = Answer(status=503, message="Service unavailable")


class File:
    """A file with a route ``r`` of a service ``s``, and its policies."""

    def __init__(self, *plugins: object, given: Context | None = None) -> None:
        self.context = given or context()
        self.document: Document = read_document(
            root(
                services=[{"name": "s", "routes": [{"name": "r", "paths": ["/"]}]}],
                routes=[{"name": "lone", "paths": ["/lone"]}],
                consumers=[{"username": "jack"}, {"username": "joe"}],
                plugins=list(plugins),
            ),
            self.context,
        )
        self.policies = Policies(
            read_plugins(self.document, self.context),
            read_consumers(self.document, self.context),
            self.context,
        )

    def policy(self, name: str = "r", *, public: bool = False) -> Policy:
        """Make the policy of a route."""
        assert not self.context.problems
        route = self.document.routes.find({"route": name}, "route", ())
        assert route is not None
        service = self.document.service_of.get(route)
        demand = self.policies.demands.find(route, service)
        return self.policies.policy(route, service, None if public else demand)

    def notes(self) -> str:
        """Give the notes."""
        return str(self.context.notes.report())


def limit(minute: int = 3, **config: Any) -> dict[str, Any]:
    """Give the config of a rate-limiting plugin."""
    return {"minute": minute, **config}


def quota(minute: int = 3, scope: str = "kong", **fields: Any) -> Quota:
    """Give the quota of a rate-limiting plugin."""
    return Quota(rates=f"{minute}/m", scope=scope, aligned=True, **fields)


def test_a_route_has_what_its_jwt_plugin_demands() -> None:
    """With Kong's defaults."""
    assert File(jwt(realm="shop")).policy() == Policy.kong(realm="shop")


def test_the_closest_jwt_plugin_holds_as_a_whole() -> None:
    """Nothing of the others is put in."""
    file = File(jwt(realm="shop"), {**jwt(key_claim_name="kid"), "service": "s"})
    assert file.policy() == Policy.kong(key_claim="kid")
    assert file.policy("lone") == Policy.kong(realm="shop")


def test_access_is_the_acls() -> None:
    """The app is told the groups then."""
    made = File(jwt(), plugin("acl", {"deny": ["bad"]})).policy()
    assert made.access == (Access(deny_groups=("bad",)),)
    assert made.groups_header


def test_groups_may_be_hidden() -> None:
    """As the acl says."""
    config = {"allow": ["gold"], "hide_groups_header": True}
    assert not File(jwt(), plugin("acl", config)).policy().groups_header


def test_groups_are_not_told_without_acl() -> None:
    """As in Kong."""
    assert not File(jwt()).policy().groups_header


def test_a_quota_is_the_limits() -> None:
    """Of the closest plugin."""
    file = File(
        jwt(),
        plugin("rate-limiting", limit(3)),
        plugin("rate-limiting", limit(5), route="r"),
    )
    assert file.policy().quota == (quota(5, "kong route r"),)
    assert file.policy("lone").quota == (quota(3),)


def test_a_limit_by_service_is_one_of_each_service() -> None:
    """Though the plugin is one."""
    file = File(jwt(), plugin("rate-limiting", limit(limit_by="service")))
    assert file.policy().quota == (quota(scope="kong by s", per=()),)
    assert file.policy("lone").quota == (quota(per=("address",)),)


def test_a_termination_ends_all_requests() -> None:
    """With its answer."""
    file = File(jwt(), plugin("request-termination", route="r"))
    assert file.policy().termination == GONE
    assert file.policy("lone").termination is None


def test_a_public_route_has_what_restricts_it() -> None:
    """Nothing is demanded, and nobody is known."""
    file = File(
        jwt(realm="shop"),
        plugin("acl", {"allow": ["gold"]}),
        plugin("rate-limiting", limit()),
        plugin("rate-limiting", limit(9), consumer="jack"),
        plugin("request-termination"),
    )
    assert file.policy(public=True) == Policy.kong(
        access=Access(allow_groups=("gold",)),
        groups_header=True,
        quota=quota(),
        termination=GONE,
    )


def test_plugins_of_a_consumer_are_its_terms() -> None:
    """In place of what holds for all."""
    file = File(
        jwt(),
        plugin("rate-limiting", limit(3)),
        plugin("rate-limiting", limit(9), consumer="jack"),
        plugin("request-termination", consumer="joe"),
    )
    terms = file.policy().consumer_terms
    assert list(terms.values()) == [
        Terms(quota=quota(9)),
        Terms(termination=GONE),
    ]
    assert terms[JACK].quota == (quota(9),)


def test_a_plugin_of_a_consumer_and_a_route_holds_there() -> None:
    """And not elsewhere."""
    file = File(jwt(), plugin("rate-limiting", limit(9), consumer="jack", route="r"))
    assert file.policy().consumer_terms == {JACK: Terms(quota=quota(9, "kong route r"))}
    assert file.policy("lone").consumer_terms == {}


def test_a_plugin_of_route_and_service_wins_over_that_of_a_consumer() -> None:
    """In Kong's order."""
    file = File(
        jwt(),
        plugin("rate-limiting", limit(3), route="r", service="s"),
        plugin("rate-limiting", limit(9), consumer="jack"),
    )
    assert file.policy().consumer_terms == {JACK: Terms()}


def test_a_limit_by_service_holds_for_a_consumer_alike() -> None:
    """Of each service another one."""
    config = limit(limit_by="service")
    file = File(jwt(), plugin("rate-limiting", config, consumer="jack"))
    found = [file.policy(name).consumer_terms[JACK].quota for name in ("r", "lone")]
    assert found == [
        (quota(scope="kong by s", per=()),),
        (quota(per=("address",)),),
    ]


def test_terms_are_shared() -> None:
    """Where nothing of a route changes them."""
    file = File(
        jwt(),
        {**jwt(realm="lone"), "route": "lone"},
        plugin("request-termination", consumer="jack"),
    )
    one, other = file.policy(), file.policy("lone")
    assert one != other
    assert one.consumer_terms[JACK] is other.consumer_terms[JACK]


def test_policies_are_shared() -> None:
    """Where the same plugins hold."""
    file = File(jwt(), plugin("rate-limiting", limit()))
    assert file.policy() is file.policy("lone")


def test_a_consumer_with_problems_has_no_terms() -> None:
    """They were told."""
    given = context()
    document = read_document(
        root(
            consumers=[
                {"username": "a\n", "plugins": [plugin("rate-limiting", limit())]}
            ]
        ),
        given,
    )
    policies = Policies(read_plugins(document, given), {}, given)
    demand = policies.demands.find(None, None)
    assert demand is None
    file = File(jwt())
    nothing = file.policies.demands.find(None, None)
    assert policies.policy(None, None, nothing).consumer_terms == {}


def test_counting_in_one_process_is_noted_once() -> None:
    """Kong counts for a node, or a cluster."""
    file = File(
        plugin("rate-limiting", limit()),
        plugin("rate-limiting", limit(), consumer="jack"),
    )
    assert file.notes() == (
        "warning: plugins[0].config: each process counts for itself; "
        "load(quota_storage=...) lets them share"
    )


def test_counting_elsewhere_needs_no_note() -> None:
    """Processes share it."""
    given = context(quota_storage="redis://r:6379")
    assert File(plugin("rate-limiting", limit()), given=given).notes() == ""


@pytest.mark.parametrize("name", ["jwt", "acl", "rate-limiting", "request-termination"])
def test_a_plugin_that_cannot_be_is_told(name: str) -> None:
    """Each is read."""
    file = File(plugin(name, {"x": 1}))
    assert "plugins[0].config.x: unknown field" in sentences(file.context.problems)


@pytest.mark.parametrize(
    ("name", "config"),
    [
        ("jwt", {}),
        ("acl", {"allow": ["a"]}),
        ("rate-limiting", limit()),
        ("request-termination", {}),
    ],
)
def test_a_plugin_twice_is_told(name: str, config: dict[str, object]) -> None:
    """Kong takes one for each scope."""
    file = File(plugin(name, config), plugin(name, config))
    (problem,) = sentences(file.context.problems)
    assert problem.startswith(
        f"plugins[1]: uniqueness violation: 'plugins' entity with name '{name}'"
    )


def test_a_demand_that_is_not_of_the_file_may_be_given() -> None:
    """For a file without jwt plugin."""
    demand = File(jwt()).policies.demands.find(None, None)
    assert File().policies.policy(None, None, demand) == Policy.kong()
