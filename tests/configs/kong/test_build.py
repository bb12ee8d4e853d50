import copy
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate import ConfigurationError, Gate, load
from jwtgate.configs.kong.build import build, read
from jwtgate.configs.kong.members import CONSUMER, JWT_SECRET, PLUGIN, ROOT, ROUTE
from jwtgate.credential import Credential
from jwtgate.settings import Settings
from jwtgate.stores.fixed import FixedStore
from tests.configs.kong.kit import (
    FILE,
    ID,
    consumer,
    context,
    jwt,
    made,
    noted,
    plugin,
    root,
    told,
)
from tests.kit import BOTH, KEY, SECRET, Got, Sent, clock, mint, public_pem

Send = Callable[[Gate, Sent], Got]


def secret_of(settings: Settings) -> bytes | None:
    """Give the secret of the one credential."""
    assert isinstance(settings.store, FixedStore)
    (credential,) = settings.store.find(KEY)
    assert isinstance(credential, Credential)
    return credential.reveal_secret()


def test_references_are_resolved() -> None:
    """They are ours, and work in a file of Kong's."""
    secrets = [{"key": KEY, "secret": "$env://JACKS"}]
    found = made(context({"JACKS": SECRET}), consumers=[consumer(jwt_secrets=secrets)])
    assert secret_of(found) == SECRET.encode()


def test_a_reference_that_leads_nowhere_is_told() -> None:
    """With its place."""
    secrets = [{"key": KEY, "secret": "$env://JACKS"}]
    (problem,) = told(consumers=[consumer(jwt_secrets=secrets)])
    assert problem.startswith("consumers[0].jwt_secrets[0].secret: $env://JACKS is not")


@pytest.mark.parametrize(
    "members",
    [
        {"plugins": [plugin("http-log", {"headers": {"a": "{vault://env/a}"}})]},
        {"vaults": [{"name": "env", "config": {"prefix": "{vault://x/y}"}}]},
    ],
)
def test_references_of_what_is_not_used_are_no_matter(members: dict[str, Any]) -> None:
    """They are dropped with it."""
    assert len(noted(**members)) == 1


@pytest.mark.parametrize("member", ["name", "_config"])
def test_a_reference_does_not_choose_what_is_demanded(member: str) -> None:
    """The plugin would lose its config before it is resolved."""
    guard = {**jwt(claims_to_verify=["exp"]), member: "$env://P"}
    configs = {"jwt": {"realm": "a"}}
    problems = told(context({"P": "jwt"}), plugins=[guard], _plugin_configs=configs)
    assert problems == (f"plugins[0].{member}: expected a name, and no reference",)


DECK = """{"_format_version": "3.0", "consumers": [{"username": "jack",
"jwt_secrets": [{"key": "jack-key", "secret": "${{ env \\"DECK_SECRET\\" }}"}]}]}"""


def test_variables_of_deck_are_put_in() -> None:
    """Before the file is read."""
    found = read(FILE, DECK, {}, context({"DECK_SECRET": 'a"b' * 20}))
    assert secret_of(found) == b'a"b' * 20


def test_a_variable_that_is_not_set_is_told() -> None:
    """Nothing else is then."""
    with pytest.raises(ConfigurationError) as caught:
        read(FILE, DECK, {}, context())
    assert caught.value.problems == (
        "the file: DECK_SECRET is not set; expected an environment variable",
    )


def test_a_text_without_variables_is_not_read_again() -> None:
    """The tree is."""
    assert isinstance(read(FILE, "[", root(), context()), Settings)


def test_a_tree_may_be_given_sound() -> None:
    """As the reader makes it."""
    assert isinstance(build(root(), context()), Settings)


def test_problems_of_every_kind_are_told_together() -> None:
    """Each with its place."""
    assert (
        len(
            told(
                consumer=[],
                services=[{"name": "a"}, {"name": "a"}],
                consumers=[
                    {"username": "jack", "jwt_secrets": [{"algorithm": "RS256"}]},
                    {"custom_id": "a", "acls": [{}]},
                ],
                jwt_secrets=[{"key": "a", "consumer": "joe"}],
                plugins=[jwt(realm=""), plugin("key-auth"), plugin("acl")],
                routes=[{"paths": ["~/a"]}],
            )
        )
        == 9
    )


def test_an_unknown_anonymous_consumer_is_noted() -> None:
    """Kong answers 500 at the request; the name is not told."""
    (note,) = noted(plugins=[jwt(anonymous="guest")])
    assert note == (
        "warning: plugins[0].config.anonymous: no consumer has this id or username; "
        "where it should stand in, the answer is 500"
    )


@pytest.mark.parametrize("name", [ID, "guest"])
def test_a_known_one_is_not(name: str) -> None:
    """By id or username."""
    guest = {"username": "guest", "id": ID}
    assert noted(plugins=[jwt(anonymous=name)], consumers=[guest]) == []


def test_a_custom_id_names_no_anonymous_consumer() -> None:
    """As in Kong."""
    guest = {"custom_id": "guest", "id": ID}
    assert len(noted(plugins=[jwt(anonymous="guest")], consumers=[guest])) == 1


# A file of the kind that users have, through both middlewares.

SHOP: dict[str, Any] = root(
    _info={"select_tags": ["shop"]},
    services=[
        {
            "name": "orders",
            "url": "http://orders",
            "plugins": [jwt(claims_to_verify=["exp"], anonymous="guest")],
            "routes": [
                {"name": "orders", "paths": ["/orders"]},
                {
                    "name": "gold",
                    "paths": ["/orders/gold"],
                    "plugins": [plugin("acl", {"allow": ["gold"]})],
                },
                {
                    "name": "tickets",
                    "paths": ["/tickets"],
                    "hosts": ["*.shop.example"],
                    "plugins": [jwt(secret_is_base64=True, realm="tickets")],
                },
            ],
        },
        {
            "name": "pages",
            "url": "http://pages",
            "plugins": [{"name": "cors"}, plugin("rate-limiting", _config="slow")],
            "routes": [{"name": "pages", "paths": ["/pages"], "methods": ["GET"]}],
        },
    ],
    consumers=[
        {
            "username": "jack",
            "custom_id": "495aec6a",
            "acls": [{"group": "gold"}],
            "jwt_secrets": [{"key": KEY, "secret": SECRET, "algorithm": "HS256"}],
            "plugins": [plugin("rate-limiting", {"minute": 3})],
        },
        {"username": "joe", "jwt_secrets": [{"key": "joe", "secret": SECRET}]},
        {
            "username": "guest",
            "plugins": [plugin("request-termination", {"status_code": 401})],
        },
    ],
    jwt_secrets=[
        {
            "consumer": "jack",
            "key": "jacks-rsa",
            "algorithm": "RS256",
            "rsa_public_key": public_pem("RS256"),
            "secret": "dummy",
        }
    ],
    plugins=[{"name": "prometheus"}],
    _plugin_configs={"slow": {"minute": 2, "policy": "local"}},
)

GOOD = mint()
RSA = mint(iss="jacks-rsa", algorithm="RS256")
OLD = mint(exp=1)
HOST = ("Host", "a.shop.example")

REQUESTS: dict[str, tuple[Sent, int]] = {
    "token": (Sent.bearer(GOOD, path="/orders"), 200),
    "below": (Sent.bearer(RSA, path="/orders/1"), 200),
    "letter by letter": (Sent.bearer(GOOD, path="/orders1"), 200),
    "in the query": (Sent(path="/orders", query=f"jwt={GOOD}"), 200),
    "nobody": (Sent(path="/orders"), 401),
    "expired": (Sent.bearer(OLD, path="/orders"), 401),
    "group": (Sent.bearer(GOOD, path="/orders/gold"), 200),
    "no group": (Sent(path="/orders/gold"), 401),
    "another group": (Sent.bearer(mint(iss="joe"), path="/orders/gold"), 403),
    "base64": (Sent.bearer(GOOD, path="/tickets", headers=[HOST]), 401),
    "another host": (Sent.bearer(GOOD, path="/tickets"), 404),
    "public": (Sent(path="/pages"), 200),
    "another method": (Sent(path="/pages", method="POST"), 404),
    "HEAD of GET": (Sent(path="/pages", method="HEAD"), 404),
    "no route": (Sent.bearer(GOOD, path="/"), 404),
    "another case": (Sent.bearer(GOOD, path="/ORDERS"), 404),
}


@pytest.mark.parametrize("send", BOTH.values(), ids=BOTH.keys())
@pytest.mark.parametrize(("sent", "status"), REQUESTS.values(), ids=REQUESTS.keys())
def test_a_file_guards_an_app(send: Send, sent: Sent, status: int) -> None:
    """As Kong would with it."""
    if not any(name == "Host" for name, _ in sent.headers):
        sent.headers = [*sent.headers, ("Host", "api.example")]
    gate = Gate.of(build(copy.deepcopy(SHOP), context()), clock=clock)
    got = send(gate, sent)
    assert got.status == status
    assert got.app_ran is (status == 200)


@pytest.mark.parametrize("send", BOTH.values(), ids=BOTH.keys())
@pytest.mark.parametrize(
    ("path", "most"), [("/orders", 3), ("/pages", 2)], ids=["consumer", "service"]
)
def test_a_file_limits_callers(send: Send, path: str, most: int) -> None:
    """As long as the minute lasts."""
    gate = Gate.of(build(copy.deepcopy(SHOP), context()), clock=clock)
    sent = Sent.bearer(GOOD, path=path, headers=[("Host", "api.example")])
    statuses = [send(gate, sent).status for _ in range(most + 1)]
    assert statuses == [*[200] * most, 429]


def test_what_the_file_has_beside_is_told() -> None:
    """In one report."""
    settings = build(copy.deepcopy(SHOP), context())
    assert [(note.kind, note.path) for note in settings.report] == [
        ("dropped", "services[1].plugins[0]"),
        ("dropped", "plugins[0]"),
        ("warning", "services[1].plugins[1].config"),
    ]


@pytest.mark.parametrize("send", BOTH.values(), ids=BOTH.keys())
@pytest.mark.parametrize(
    ("beside", "status"),
    [
        ([], 200),
        ([plugin("acl", {"allow": ["gold"]})], 401),
        ([plugin("request-termination", {"status_code": 404})], 404),
    ],
    ids=["jwt alone", "acl", "request-termination"],
)
def test_what_jwt_skips_another_plugin_does_not(
    send: Send, beside: list[object], status: int
) -> None:
    """OPTIONS passes by jwt alone."""
    gate = Gate.of(made(plugins=[jwt(run_on_preflight=False), *beside]), clock=clock)
    assert send(gate, Sent(method="OPTIONS")).status == status


# Any tree gives settings, or problems that begin with a path.

PLACE = re.compile(
    r"(?:the file|(?:\.?[A-Za-z0-9_-]+|\[\"[^\n]*?\"\]|\[[0-9]+\])+): [^\n]+"
)
LEAK = "hunter2-of-the-environment"


def outcome(tree: object) -> tuple[Settings | None, tuple[str, ...]]:
    """Give settings, or problems; anything else goes through."""
    given = context({"X": LEAK}, allow_dropped=frozenset({"acl", "key-auth"}))
    try:
        return read(FILE, "", tree, given), ()
    except ConfigurationError as error:
        return None, error.problems


def check(tree: object) -> None:
    """See that a tree is read or told, and that its gate can be made."""
    settings, problems = outcome(tree)
    if settings is not None:
        assert LEAK not in str(settings.report)
        Gate.of(settings, clock=clock)
    else:
        assert problems
    for problem in problems:
        assert PLACE.fullmatch(problem), problem
        assert LEAK not in problem


NAMES = sorted(
    {
        *(*ROOT, *ROUTE, *CONSUMER, *JWT_SECRET, *PLUGIN),
        *("group", "allow", "deny", "minute", "redis", "host", "limit_by", "anonymous"),
        *("header_names", "claims_to_verify", "maximum_expiration", "status_code"),
        *("secret_is_base64", "message", "body", "error_code", "defaults", "enabled"),
    }
)
WORDS = [
    *("jack", "", "/a", "/a%2F", "~/x", "GET", "get", "*.x.com", "x.*", "jwt", "acl"),
    *("rate-limiting", "request-termination", "cors", "key-auth", "3.0", "1.1", "http"),
    *("HS256", "ES256", "RS256", "$env://X", "$env://NO", "{vault://x}", "\ud800"),
    *("a\nb", "a,b", "exp", "grpc", "ws", "https", "service", "path", "cluster", ID),
]
LEAVES = (
    st.sampled_from(WORDS)
    | st.none()
    | st.booleans()
    | st.integers(-1, 600)
    | st.just(10**400)
    | st.floats()
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    LEAVES,
    lambda below: (
        st.lists(below, max_size=3)
        | st.dictionaries(st.sampled_from(NAMES), below, max_size=4)
    ),
    max_leaves=20,
)


@given(VALUES)
def test_any_tree_is_read_or_told(tree: object) -> None:
    """Nothing is expected of it."""
    check(tree)


@given(st.dictionaries(st.sampled_from(sorted(ROOT)), VALUES, max_size=5))
def test_any_file_is_read_or_told(members: dict[str, object]) -> None:
    """Whatever its lists hold."""
    check({"_format_version": "3.0", **members})


def places(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Give each place in a tree: what holds it, and its name or index there."""
    names = list(tree) if isinstance(tree, dict) else range(len(tree))
    for name in names:
        yield tree, name
        if isinstance(tree[name], dict | list):
            yield from places(tree[name])


@given(data=st.data(), value=VALUES)
def test_a_good_file_with_a_slip_is_read_or_told(
    data: st.DataObject, value: Any
) -> None:
    """Wherever it is."""
    tree = copy.deepcopy(SHOP)
    holder, name = data.draw(st.sampled_from(list(places(tree))))
    if data.draw(st.booleans()):
        holder[name] = value
    elif isinstance(holder, list):
        holder.append(copy.deepcopy(holder[name]))
    else:
        del holder[name]
    check(tree)


def test_a_file_is_loaded_by_its_version(tmp_path: Path) -> None:
    """Nothing else says whose it is."""
    path = tmp_path / "kong.json"
    path.write_text(json.dumps(SHOP))
    gate = load(path, environ={}, clock=clock)
    assert len(gate.load_report) == 3
