import json
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import settings as told_to
from hypothesis import strategies as st

from jwtgate import ConfigurationError, Gate
from jwtgate.configs import load
from jwtgate.configs.apisix import read
from jwtgate.configs.reading import parse_tree
from jwtgate.configs.templates import blanked
from jwtgate.credential import Credential
from jwtgate.settings import Settings
from tests.configs.apisix.files import (
    HELLO,
    asked,
    context,
    gate_of,
    jack,
    jwt_auth,
    notes_of,
    problems_of,
    settings_of,
    store_of,
    told,
)
from tests.configs.files import write
from tests.kit import BOTH, SECRET, Got, Sent

via = pytest.mark.parametrize("via", BOTH.values(), ids=BOTH)
Via = Callable[[Gate, Sent], Got]


def read_text(text: str, name: str = "apisix.yaml", **environ: str) -> Settings:
    """Read the text of a file, as loading does."""
    path = Path(name)
    return read(path, text, parse_tree(path, blanked(text)), context(environ))


YAML = """\
routes:
  - uri: /hello
    plugins: {jwt-auth: {realm: "${{REALM:=shop}}"}}
"""


@pytest.mark.parametrize("end", ["#END", "#END\n", "# the end #END \n\n"])
def test_yaml_ends_with_a_mark(end: str) -> None:
    """Whatever blanks follow."""
    assert len(read_text(YAML + end).routes) == 1


@pytest.mark.parametrize("end", ["", "#END\nx: []", "# end\n"])
@pytest.mark.parametrize("name", ["apisix.yaml", "apisix.YML"])
def test_without_it_the_file_is_not_taken(end: str, name: str) -> None:
    """It may be half written."""
    assert told(lambda: read_text(YAML + end, name)) == (
        "the file: expected a last line #END; APISIX takes no YAML without it",
    )


def test_json_needs_no_mark() -> None:
    """It has an end of its own."""
    assert len(settings_of(routes=[HELLO]).routes) == 1


@pytest.mark.parametrize(
    ("environ", "realm"), [({}, "shop"), ({"REALM": "mall"}, "mall")]
)
def test_variables_are_put_in(environ: dict[str, str], realm: str) -> None:
    """Before the text is read."""
    (route,) = read_text(YAML + "#END", **environ).routes
    assert route.policy is not None
    assert route.policy.realm == realm


def test_a_variable_that_is_not_set_is_a_problem() -> None:
    """And nothing else is told: the text is not what was meant."""
    text = 'consumers: [{username: "${{NAME}}", x: 1}]\n#END'
    assert told(lambda: read_text(text)) == (
        "the file: NAME is not set; expected an environment variable",
    )


@pytest.mark.parametrize("text", ["[]", '"a"', "null", "1"])
def test_a_file_is_a_table(text: str) -> None:
    """Of lists."""
    assert told(lambda: read_text(text, "apisix.json")) == (
        "the file: expected a table with lists such as routes and consumers",
    )


def test_what_no_parser_should_take_is_a_problem() -> None:
    """With its place, before anything else is looked at."""
    text = '{"consumers": [{"username": "a", "username": "b"}], "x": 1e999}'
    assert told(lambda: read_text(text, "apisix.json")) == (
        "consumers[0].username: occurs twice; expected one",
        "x: expected a finite number",
    )


@via
def test_a_consumer_comes_in_by_a_token(via: Via) -> None:
    """The app sees what APISIX tells of it."""
    consumers = [
        jack(labels={"custom_id": "495aec6a"}),
        {
            "id": "jack/credentials/one",
            "plugins": {"jwt-auth": jwt_auth(key="k1")},
        },
    ]
    gate = gate_of(routes=[HELLO], consumers=consumers)
    got = via(gate, asked(token={"key": "k1"}))
    assert got.seen_headers is not None
    assert got.seen_headers["x-consumer-username"] == "jack"
    assert got.seen_headers["x-consumer-custom-id"] == "495aec6a"
    assert got.seen_headers["x-credential-identifier"] == "one"


@via
@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (Sent(path="/hello"), "Missing JWT token in request"),
        (asked(token={"key": "none"}), "Invalid user key in JWT token"),
        (asked(token={"exp": 1}), "failed to verify jwt"),
    ],
)
def test_others_do_not(via: Via, sent: Sent, message: str) -> None:
    """They are told in APISIX's words."""
    got = via(gate_of(routes=[HELLO], consumers=[jack()]), sent)
    assert (got.status, got.message, got.app_ran) == (401, {"message": message}, False)
    assert got.headers["www-authenticate"] == 'Bearer realm="jwt"'


@via
def test_a_key_that_cannot_be_used_is_refused(via: Via) -> None:
    """With 401, whatever signed the token."""
    block = {"key": "jack-key", "algorithm": "RS256", "public_key": "none"}
    gate = gate_of(routes=[HELLO], consumers=[jack(plugins={"jwt-auth": block})])
    got = via(gate, asked())
    assert (got.status, got.message) == (401, {"message": "failed to verify jwt"})


@via
def test_a_path_without_a_route_is_not_found(via: Via) -> None:
    """Whoever asks."""
    gate = gate_of(routes=[HELLO], consumers=[jack()])
    got = via(gate, asked(path="/other"))
    assert (got.status, got.body) == (404, b'{"error_msg":"404 Route Not Found"}\n')


RULE = {"id": 1, "plugins": {"jwt-auth": {"realm": "all"}}}


@via
def test_global_rules_run_even_there(via: Via) -> None:
    """A token is demanded, and then there is nothing."""
    open_ = {"uri": "/open", "plugins": {}}
    gate = gate_of(routes=[open_], global_rules=[RULE], consumers=[jack()])
    assert via(gate, Sent(path="/other")).status == 401
    assert via(gate, asked(path="/other")).status == 404
    assert via(gate, Sent(path="/open")).status == 401
    assert via(gate, asked(path="/open")).app_ran


@via
@pytest.mark.parametrize(
    "root",
    [
        {},
        {"routes": []},
        {"services": [{"id": 1, "plugins": {"jwt-auth": {}}}]},
        {"plugin_configs": [{"id": 1, "plugins": {"jwt-auth": {}}}]},
        {"global_rules": [{"id": 1, "plugins": {"jwt-auth": {}}}]},
    ],
)
def test_without_routes_everything_is_guarded(
    via: Via, root: dict[str, object]
) -> None:
    """By the one block that there is, or by the defaults."""
    gate = gate_of(consumers=[jack()], **root)
    assert via(gate, Sent(path="/any")).status == 401
    assert via(gate, asked(path="/any")).app_ran


def test_without_routes_several_blocks_are_a_problem() -> None:
    """Nothing says which is meant; equal ones do not matter."""
    services = [{"id": 1, "plugins": {"jwt-auth": {}}}, {"id": 2, "plugins": {}}]
    same = {"id": 3, "plugins": {"jwt-auth": {}}}
    other = {"id": 4, "plugins": {"jwt-auth": {"realm": "x"}}}
    assert settings_of(services=services, plugin_configs=[same]).unrouted == "policy"
    (problem,) = problems_of(services=services, plugin_configs=[other])
    assert problem.startswith("plugin_configs[0]: has other plugins than services[0]")


def test_routes_without_any_guard_are_a_problem() -> None:
    """The file is for something else."""
    open_ = {"uri": "/open", "plugins": {}}
    assert problems_of(routes=[open_]) == (
        "routes: no jwt-auth is for any of them: nothing would be guarded",
    )


@pytest.mark.parametrize(
    "routes", [[{"uri": "/a", "service_id": 1}], [{"uri": "/a", "status": 0}]]
)
def test_routes_that_are_all_closed_are_none(routes: object) -> None:
    """Nobody gets through."""
    settings = settings_of(routes=routes)
    assert settings.unrouted == "refuse"
    assert all(route.public for route in settings.routes)


def test_problems_are_told_together() -> None:
    """Whatever kind of entity they are in."""
    problems = problems_of(
        context(strict=True),
        routes=[{"uri": "hello"}, {"uri": "/", "plugins": {"ip-restriction": {}}}],
        consumers=[{"username": "a b"}],
        global_rules=[{"plugins": {"jwt-auth": 1}}],
        other=[],
    )
    assert [problem.partition(":")[0] for problem in problems] == [
        "other",
        "consumers[0]",
        "global_rules[0]",
        "routes[0].uri",
        "routes[1].plugins.ip-restriction",
    ]


def test_notes_are_in_the_report() -> None:
    """Also where the file works."""
    notes = notes_of(routes=[HELLO], upstreams=[{"id": 1}], consumers=[jack()])
    assert notes == [
        "dropped: upstreams: 1 not carried over: requests stay in this process"
    ]


@via
def test_a_quota_of_a_consumer_counts(via: Via) -> None:
    """On any route, and tells what is left."""
    limit = {"limit-count": {"count": 1, "time_window": 60, "rejected_msg": "slow"}}
    plugins = {"jwt-auth": jwt_auth(), **limit}
    gate = gate_of(routes=[HELLO], consumers=[jack(plugins=plugins)])
    first, second = via(gate, asked()), via(gate, asked())
    assert first.headers["x-ratelimit-remaining"] == "0"
    assert (second.status, second.message) == (429, {"error_msg": "slow"})


def test_a_file_is_loaded(tmp_path: Path) -> None:
    """As APISIX's, without being told so."""
    gate = load(write(tmp_path, YAML + "#END", "apisix.yaml"), environ={})
    assert [route.path for route in gate.settings.routes] == ["/hello"]


# Whatever a file holds, the reader makes settings of it or tells what is wrong.

GOOD: dict[str, Any] = {
    "routes": [
        {
            "id": 1,
            "uri": "/hello",
            "methods": ["GET"],
            "priority": 1,
            "plugins": {
                "jwt-auth": {
                    "header": "authorization",
                    "realm": "shop",
                    "claims_to_verify": ["exp"],
                    "anonymous_consumer": "jack",
                    "_meta": {"disable": False, "error_response": {"a": 1}},
                },
                "consumer-restriction": {
                    "type": "consumer_group_id",
                    "whitelist": ["gold"],
                    "allowed_by_methods": [{"user": "gold", "methods": ["GET"]}],
                },
                "limit-count": {
                    "count": 1,
                    "time_window": 60,
                    "key": "$remote_addr $http_a",
                    "key_type": "var_combination",
                    "policy": "redis",
                    "redis_host": "r1",
                    "redis_password": "$env://SECRET",
                },
                "cors": {},
            },
        },
        {"id": 2, "uris": ["/a", "/b/*"], "service_id": 1, "hosts": ["*.a.example"]},
        {"id": 3, "uri": "/c", "plugin_config_id": "pc", "status": 1},
    ],
    "services": [{"id": 1, "hosts": ["a.example"], "plugins": {"jwt-auth": {}}}],
    "plugin_configs": [{"id": "pc", "plugins": {"jwt-auth": {"realm": "x"}}}],
    "global_rules": [
        {"id": 1, "plugins": {"limit-count": {"count": 9, "time_window": 1}}}
    ],
    "consumer_groups": [{"id": "gold", "plugins": {"response-rewrite": {}}}],
    "consumers": [
        {
            "username": "jack",
            "group_id": "gold",
            "labels": {"custom_id": "1"},
            "plugins": {
                "jwt-auth": {
                    "key": "k1",
                    "secret": SECRET,
                    "algorithm": "HS512",
                    "base64_secret": False,
                    "lifetime_grace_period": 1,
                    "exp": 60,
                },
                "consumer-restriction": {"type": "route_id", "blacklist": ["2"]},
            },
            "credentials": [{"name": "a", "type": "jwt-auth", "config": {"key": "k"}}],
        },
        {
            "id": "jack/credentials/one",
            "plugins": {"jwt-auth": {"key": "k2", "secret": "$env://SECRET"}},
        },
    ],
    "plugin_metadata": [{"id": "limit-count"}],
    "plugins": [{"name": "jwt-auth"}],
    "upstreams": [{"id": 1}],
}

_WORDS = st.sampled_from(
    [
        "",
        "jack",
        "gold",
        "1",
        "/a",
        "/b/*",
        "*",
        "GET",
        "route_id",
        "$env://SECRET",
        "$env://NONE",
        "${{SECRET}}",
        "redis-sentinel",
        "a\x00b",
    ]
)
_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | _WORDS | st.text()
_TREES = st.recursive(
    _LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*GOOD, "plugins", "jwt-auth", "uri", "id", "_meta"])
            | st.text(max_size=3),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)
_PLACED = re.compile(r"(?:the file|[A-Za-z0-9_\"\[-][^\n]*?): ")


def places(tree: object, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Give the path of everything in a tree."""
    found = [at]
    if isinstance(tree, dict):
        for name, value in tree.items():
            found += places(value, (*at, name))
    elif isinstance(tree, list):
        for index, value in enumerate(tree):
            found += places(value, (*at, index))
    return found


PLACES = places(GOOD)[1:]


def put(tree: Any, at: tuple[Any, ...], value: object) -> None:
    """Put a value in the place of another, where that is still there."""
    *above, last = at
    with suppress(KeyError, IndexError, TypeError):
        for step in above:
            tree = tree[step]
        if isinstance(tree, list if isinstance(last, int) else dict):
            tree[last] = value


def check_total(tree: object, *, strict: bool) -> None:
    """See that a tree makes settings, and they a gate, or is refused with paths."""
    given = context({"SECRET": SECRET}, strict=strict)
    path = Path("apisix.json")
    told: Iterable[object]
    try:
        settings = read(path, "", tree, given)
        Gate.of(settings)
        told = settings.report
    except ConfigurationError as error:
        told = error.problems
        if not all(map(_PLACED.match, error.problems)):
            raise
    assert SECRET not in "".join(map(str, told))


def test_the_good_file_is_good() -> None:
    """Else its mutations would show little."""
    settings = settings_of(context({"SECRET": SECRET}), **deepcopy(GOOD))
    assert len(settings.routes) == 4
    assert len(store_of(settings).credentials) == 2
    assert all(isinstance(each, Credential) for each in store_of(settings).credentials)


@told_to(deadline=None)
@drawn(tree=_TREES, strict=st.booleans())
def test_any_tree_is_read_or_refused(tree: object, strict: bool) -> None:  # noqa: FBT001 - drawn
    """With the path of every problem, and never with a secret."""
    check_total(tree, strict=strict)


@told_to(deadline=None, max_examples=300)
@drawn(
    changes=st.lists(
        st.tuples(st.sampled_from(PLACES), _TREES), min_size=1, max_size=3
    ),
    strict=st.booleans(),
)
def test_any_change_of_a_good_file_is_read_or_refused(
    changes: list[tuple[tuple[Any, ...], object]],
    strict: bool,  # noqa: FBT001 - drawn
) -> None:
    """The same."""
    tree = deepcopy(GOOD)
    for at, value in changes:
        put(tree, at, value)
    check_total(tree, strict=strict)


def test_a_changed_file_is_written_as_json() -> None:
    """So that what the properties read could come from a file."""
    assert json.loads(json.dumps(GOOD)) == GOOD
