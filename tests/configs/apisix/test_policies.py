import pytest

from jwtgate import Policy
from jwtgate.access import as_access
from jwtgate.answer import Answer
from jwtgate.configs.apisix.access import Place
from jwtgate.configs.apisix.carried import Carried, read_carried
from jwtgate.configs.apisix.consumers import Callers, read_callers
from jwtgate.configs.apisix.policies import Demand, Policies
from jwtgate.configs.context import Context
from jwtgate.quota import as_quotas
from jwtgate.terms import Terms
from tests.configs.apisix.files import context, notes_in, problems_in

HERE = Place(route="r1", service="s1")
AT = ("routes", 0)
ONLY_JACK = {"consumer-restriction": {"whitelist": ["jack"]}}
LIMIT = {"limit-count": {"count": 1, "time_window": 1}}
JWT: dict[str, object] = {"jwt-auth": {}}
NOT_FOUND = Answer(status=404, body='{"error_msg":"404 Route Not Found"}\n')


def carried(plugins: object, resource: str = "/routes/1") -> Carried:
    """Read the plugins of an entity."""
    return read_carried(plugins, AT, context(), resource=resource)


def policies(
    rules: object = None, given: Context | None = None, **plugins: object
) -> Policies:
    """Make the policies of a file with these global rules, and plugins of consumers."""
    consumers = [{"username": name, "plugins": each} for name, each in plugins.items()]
    callers = (
        read_callers({"consumers": consumers}, {}, context())
        if consumers
        else Callers()
    )
    return Policies(callers, carried(rules, "/global_rules/1"), given or context())


def test_a_route_with_jwt_auth_is_guarded() -> None:
    """By its attributes."""
    own = carried({"jwt-auth": {"realm": "shop"}})
    demand = policies().at(own, HERE, AT)
    headers = ("authorization",)
    policy = Policy.apisix(realm="shop", header_names=headers)
    assert demand == Demand(policy=policy)


def test_a_route_without_is_public() -> None:
    """Its answers are in APISIX's form."""
    demand = policies().at(Carried(), HERE, AT)
    assert demand == Demand(policy=Policy.apisix(), public=True)


def test_the_jwt_auth_of_the_rules_guards_every_route() -> None:
    """Also one that switched its own off."""
    made = policies({"jwt-auth": {"realm": "shop"}})
    off = carried({"jwt-auth": {"_meta": {"disable": True}}})
    for each in (Carried(), off):
        demand = made.at(each, HERE, AT)
        assert not demand.public
        assert demand.policy.realm == "shop"


def test_equal_blocks_are_one() -> None:
    """Passing the one is passing the other."""
    given = context()
    policies(JWT, given).at(carried(JWT), HERE, AT)
    assert not problems_in(given)


def test_different_blocks_are_a_problem() -> None:
    """Both would have to be passed."""
    given = context()
    policies(JWT, given).at(carried({"jwt-auth": {"realm": "x"}}), HERE, AT)
    (problem,) = problems_in(given)
    assert problem.startswith("routes[0]: jwt-auth differs from that of the global")


def test_restrictions_and_limits_of_the_rules_hold_besides() -> None:
    """First theirs, then the route's."""
    restricts = {**LIMIT, "consumer-restriction": {"blacklist": ["jill"]}}
    demand = policies(restricts).at(carried({**JWT, **ONLY_JACK, **LIMIT}), HERE, AT)
    first, second = as_access(demand.policy.access)
    assert first.deny_consumers == ("jill",)
    assert second.allow_consumers == ("jack",)
    assert [each.scope for each in as_quotas(demand.policy.quota)] == [
        "/global_rules/1",
        "/routes/1",
    ]


def test_a_public_route_may_be_restricted() -> None:
    """By who calls, whom nobody knows there: so nobody passes, and none is counted."""
    demand = policies(LIMIT).at(carried({**ONLY_JACK, **LIMIT}), HERE, AT)
    assert demand.public
    answer = demand.policy.termination
    assert answer is not None
    assert answer.status == 401
    assert as_quotas(demand.policy.quota) == ()


def test_a_public_route_may_have_quotas() -> None:
    """Those of the rules, and its own."""
    demand = policies(LIMIT).at(carried(LIMIT), HERE, AT)
    assert demand.public
    assert len(as_quotas(demand.policy.quota)) == 2


def test_a_public_route_may_be_refused_as_a_place() -> None:
    """To everyone, uncounted."""
    block = {"type": "route_id", "blacklist": ["r1"]}
    own = carried({"consumer-restriction": block, **LIMIT})
    demand = policies().at(own, HERE, AT)
    assert demand.policy.termination == Answer(
        status=403, message="The route_id is forbidden."
    )
    assert not demand.policy.quota


def test_a_public_route_may_be_admitted_as_a_place() -> None:
    """Then nothing is demanded."""
    block = {"type": "route_id", "whitelist": ["r1"]}
    demand = policies().at(carried({"consumer-restriction": block}), HERE, AT)
    assert demand == Demand(policy=Policy.apisix(), public=True)


def test_the_methods_of_a_public_place_are_a_problem() -> None:
    """No rule of access is for everyone."""
    given = context()
    methods = [{"user": "r1", "methods": ["GET"]}]
    block = {"type": "route_id", "allowed_by_methods": methods}
    policies(None, given).at(carried({"consumer-restriction": block}), HERE, AT)
    (problem,) = problems_in(given)
    assert problem.startswith("routes[0]: consumer-restriction allows some methods")


def terms_of(made: Policies, name: str, place: Place = HERE) -> Terms | None:
    """Give the terms of a consumer on a guarded route."""
    policy = made.at(carried({**JWT, **ONLY_JACK, **LIMIT}), place, AT).policy
    return policy.consumer_terms.get(name)


def test_a_consumer_without_plugins_has_no_terms() -> None:
    """What the route says holds."""
    assert terms_of(policies(jack={}), "jack") is None


def test_a_limit_of_a_consumer_stands_in_place_of_the_routes() -> None:
    """Not of that of the rules; access stays."""
    terms = terms_of(policies(LIMIT, jack=LIMIT), "jack")
    assert terms is not None
    assert terms.access is None
    assert [each.scope for each in as_quotas(terms.quota)] == [
        "/global_rules/1",
        "/consumers/jack",
    ]


def test_a_disabled_limit_of_a_consumer_is_none() -> None:
    """The route's does not hold either."""
    off = {"limit-count": {"count": 1, "time_window": 1, "_meta": {"disable": True}}}
    assert terms_of(policies(jack=off), "jack") == Terms(quota=())


def test_a_restriction_of_a_consumer_stands_in_place_of_the_routes() -> None:
    """Not of that of the rules; quotas stay."""
    block = {"consumer-restriction": {"type": "service_id", "whitelist": ["s1"]}}
    made = policies({"consumer-restriction": {"blacklist": ["joe"]}}, jack=block)
    terms = terms_of(made, "jack")
    assert terms is not None
    assert terms.quota is None
    (rule,) = as_access(terms.access)
    assert rule.deny_consumers == ("joe",)


def test_a_restriction_of_a_consumer_is_settled_for_each_place() -> None:
    """It may pass at one and not at another."""
    block = {"consumer-restriction": {"type": "service_id", "whitelist": ["s1"]}}
    made = policies(jack=block)
    assert terms_of(made, "jack") == Terms(access=())
    other = terms_of(made, "jack", Place(route="r1", service="s2"))
    assert other is not None
    assert len(as_access(other.access)) == 1


def test_terms_are_made_once_where_no_place_changes_them() -> None:
    """Many routes share them."""
    made = policies(jack=LIMIT)
    one, other = terms_of(made, "jack"), terms_of(made, "jack", Place(route="r2"))
    assert one is other


NOBODY = {"jwt-auth": {"anonymous_consumer": "nobody"}}


def test_an_anonymous_consumer_that_is_none_is_told() -> None:
    """Without its name, which may come by reference."""
    given = context()
    policies(None, given).at(carried(NOBODY), HERE, AT)
    (note,) = notes_in(given)
    assert note.startswith("warning: routes[0]: anonymous_consumer is no consumer of")


def test_an_anonymous_consumer_is_one_of_the_file() -> None:
    """Then there is nothing to tell."""
    given = context()
    policies(None, given, nobody={}).at(carried(NOBODY), HERE, AT)
    assert not notes_in(given)


@pytest.mark.parametrize(("rules", "public"), [(None, True), (JWT, False)])
def test_a_closed_place_is_not_found(rules: object, public: bool) -> None:  # noqa: FBT001 - a column
    """In APISIX's words, and after what the rules demand."""
    closed = policies(rules).closed
    assert (closed.public, closed.closed) == (public, True)
    assert closed.policy.termination == NOT_FOUND


@pytest.mark.parametrize(
    ("rules", "plugins", "realm"),
    [
        (None, {}, "jwt"),
        (None, {"jwt-auth": {"realm": "a"}}, "a"),
        ({"jwt-auth": {"realm": "b"}}, {}, "b"),
        (None, LIMIT, "jwt"),
    ],
)
def test_a_file_without_routes_guards_everything(
    rules: object, plugins: object, realm: str
) -> None:
    """By the one block that there is, else by the defaults."""
    policy = policies(rules).everywhere(carried(plugins), AT)
    assert policy.realm == realm
    assert len(as_quotas(policy.quota)) == (1 if plugins is LIMIT else 0)
