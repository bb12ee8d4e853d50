import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from jwtgate import (
    Access,
    Answer,
    Authenticated,
    ConfigurationError,
    Consumer,
    Credential,
    Denied,
    Gate,
    MemoryStore,
    Outcome,
    Policy,
    Quota,
    RequestView,
    Route,
    UnusableCredential,
    authenticate,
    load,
)
from jwtgate.configs.native.export import NativeFile, to_native
from jwtgate.configs.native.snapshots import fixed
from jwtgate.configs.native.variants import read_as
from jwtgate.dialect import Dialect
from jwtgate.jose import base64url
from jwtgate.jose.disguise import key_form
from jwtgate.quota import as_quotas
from jwtgate.secrets import Secrets, is_like_a_reference
from jwtgate.settings import Settings
from jwtgate.stores import FixedStore, in_thread
from jwtgate.terms import Terms
from tests.configs.files import consumer, credential, gate_of, told
from tests.kit import (
    NOW,
    SECRET,
    ListStore,
    clock,
    jack,
    make_store,
    mint,
    private_key,
    public_pem,
    signature,
)
from tests.kit import credential as made
from tests.secrets.fakes import Manager


def loaded(file: NativeFile, name: str = "jwtgate.json") -> Gate:
    """Load what was written; the variables are those it names."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_text(file.text, encoding="utf-8")
        return load(path, environ=file.variables, clock=clock)


def again(gate: Gate) -> Gate:
    """Write a gate and load it."""
    return loaded(to_native(gate))


def gate_over(*rows: Credential | UnusableCredential, **members: Any) -> Gate:
    """Make a gate over jack's credentials."""
    store = FixedStore([jack()], rows)
    return Gate.of(Settings(store=store, **members), clock=clock)


def tree_of(gate: Gate) -> Any:
    """Give the tree of the file that is written of a gate."""
    return json.loads(to_native(gate).text)


# What two gates have in common that answer alike.


def guarded(settings: Settings) -> list[object]:
    """Give what is decided by, for the gate and for each route."""
    rest = (settings.policy, settings.store, "gate")
    return [of_guard(*rest), settings.unrouted] + [
        (
            replace(route, policy=None, store=None),
            of_guard(
                route.policy or (Policy() if route.public else settings.policy),
                settings.store if route.store is None else route.store,
                route.path,
            ),
        )
        for route in settings.routes
    ]


def of_guard(policy: Policy, store: Any, place: str) -> object:
    """Give what is decided by at one place."""
    members = {each.name: getattr(policy, each.name) for each in fields(policy)}
    members["quota"] = scoped(policy.quota, place)
    members["consumer_terms"] = {
        name: replace(
            terms, quota=terms.quota and scoped(terms.quota, f"{place} {name}")
        )
        for name, terms in policy.consumer_terms.items()
    }
    return members, id(policy.dialect), held(store)


def scoped(quotas: object, place: str) -> Sequence[Quota]:
    """Give quotas with the scope that they come to."""
    return tuple(each.within(place) for each in as_quotas(quotas))


MATERIAL = {"secret", "secret_is_base64", "public_key", "verification_key"}


def held(store: Any) -> object:
    """Give the consumers, and the credentials by what they verify with."""
    found = fixed(store) if isinstance(store, MemoryStore) else store
    rows = [row for row in found.credentials if isinstance(row, Credential)]
    assert all(row.consumer in found.consumers for row in rows)
    return found.consumers, {(row.key, row.kid): described(row) for row in rows}


def described(row: Credential) -> object:
    """Give a credential by what it verifies."""
    members = [
        getattr(row, each.name) for each in fields(row) if each.name not in MATERIAL
    ]
    if row.secret is not None:
        return [*members, row.verification_key]
    signed = signature(row.algorithm, b"a", "")
    return [*members, row.verification_key.verify(signed, b"a")]


# Gates of all kinds.

TEXTS = (
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
    | st.sampled_from(["${{A}}", "a\x85b\u2028c", "\ufeff\x7f", "\U0001f600", "'\"\\"])
).filter(lambda text: not is_like_a_reference(text))
NAMES = TEXTS.filter(lambda text: not {"\r", "\n", "\0"} & set(text))
WORDS = st.sampled_from(["a", "b", "X-A", "jwt"])
ANSWERS = st.builds(
    Answer,
    status=st.sampled_from([200, 403, 503]),
    message=st.none() | TEXTS,
    content_type=st.none() | st.just("text/html"),
) | st.builds(Answer, status=st.just(503), body=TEXTS)
QUOTAS = st.builds(
    Quota,
    rates=st.sampled_from(["1/s", "3/30s, 100/m", "5/2d"]),
    per=st.sampled_from([("consumer",), (), ("address", "header:X-Tenant")]),
    scope=st.sampled_from(["", "", "gate", "s"]),
    aligned=st.booleans(),
    storage=st.sampled_from(
        ["memory://", "redis://:hunter2@localhost/0", "redis://other"]
    ),
    when_down=st.sampled_from(["open", "closed"]),
    answer=st.none() | ANSWERS,
    shown=st.booleans(),
)
LISTS = st.lists(NAMES, max_size=2)
RULES = st.builds(
    Access,
    allow_consumers=LISTS,
    deny_groups=LISTS,
    allow_groups=st.lists(NAMES, min_size=1, max_size=2),
    allow_methods=st.dictionaries(NAMES, st.lists(WORDS, max_size=2), max_size=2),
    answer=st.none() | ANSWERS,
)
TERMS = st.builds(
    Terms,
    access=st.none() | st.lists(RULES, max_size=2),
    quota=st.none() | st.lists(QUOTAS, max_size=2),
    termination=st.none() | ANSWERS,
)
MEMBERS: Mapping[str, st.SearchStrategy[Any]] = {
    "multiple_tokens": st.sampled_from(["deny", "first"]),
    "key_claim": TEXTS,
    "key_claim_in": st.sampled_from([("payload",), ("header", "payload")]),
    "leeway": st.integers(0, 99) | st.floats(0, 99),
    "issuer": st.lists(TEXTS, max_size=2),
    "audience": st.lists(TEXTS, max_size=2),
    "types": st.sampled_from([(), ("at+jwt",)]),
    "algorithms": st.sampled_from([("HS256",), ("ES256", "HS512")]),
    "anonymous": st.none()
    | st.just("jack")
    | st.builds(Consumer, username=NAMES, quota=st.none() | QUOTAS),
    "anonymous_for": st.sampled_from(["missing", "any"]),
    "run_on_preflight": st.booleans(),
    "hide_credentials": st.booleans(),
    "csrf": st.booleans(),
    "trusted_origins": st.sampled_from([(), ("https://app.example",)]),
    "realm": st.sampled_from([None, "shop", '"', "jwt"]),
    "groups_header": st.booleans(),
    "access": st.lists(RULES, max_size=2),
    "quota": st.lists(QUOTAS | st.just("1/s"), max_size=2),
    "termination": st.none() | ANSWERS,
    "consumer_terms": st.dictionaries(NAMES, TERMS, max_size=2),
    "error_response": st.none() | TEXTS,
    "mode": st.sampled_from(["enforce", "report"]),
}
# Members that have to go together, whatever the gateway.
CARRIERS: Sequence[dict[str, Any]] = [
    {},
    {"header_names": ["X-Token", "X-Other"], "query_names": []},
    {"header_names": [], "cookie_names": ["jwt", "a"]},
    {"query_names": ["a", "jwt"], "cookie_names": []},
]
TIMES: Sequence[dict[str, Any]] = [
    {},
    {"claims_to_verify": []},
    {"claims_to_verify": ["nbf"]},
    {"required_claims": []},
    {"claims_to_verify": ["nbf", "exp"], "required_claims": ["sub"]},
    {"maximum_expiration": 60},
    {"maximum_expiration": 60, "claims_to_verify": ["exp"], "required_claims": ["exp"]},
    {"maximum_expiration": 0.5, "required_claims": ["sub", "exp"]},
    {"maximum_expiration": None, "required_claims": ["sub"]},
]
CONSTRUCTORS: Sequence[Callable[[Any], Policy]] = [
    lambda members: Policy(**members),
    lambda members: Policy.kong(**members),
    lambda members: Policy.kong(strict=True, **members),
    lambda members: Policy.apisix(**members),
    lambda members: Policy.apisix(strict=True, **members),
]


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Make policies of all three gateways, of some members."""
    constructor: Callable[[Any], Policy] = draw(st.sampled_from(CONSTRUCTORS))
    names = draw(st.sets(st.sampled_from(sorted(MEMBERS)), max_size=6))
    return constructor(
        {
            **draw(st.sampled_from(CARRIERS)),
            **draw(st.sampled_from(TIMES)),
            **{name: draw(MEMBERS[name]) for name in sorted(names)},
        }
    )


@st.composite
def routes(draw: st.DrawFn, stores: Sequence[FixedStore | None]) -> Route:
    """Make routes, public ones too; the path is told apart later."""
    path = f"/{draw(st.integers(0, 10**9))}{draw(st.sampled_from(['', '/*', '*']))}"
    public = draw(st.booleans())
    return Route(
        path=path,
        prefix=not path.endswith("*") and draw(st.booleans()),
        methods=draw(st.sampled_from([(), ("GET", "POST")])),
        hosts=draw(st.sampled_from([(), ("a.example", "*.b.example")])),
        public=public,
        priority=draw(st.integers(-2, 2)),
        policy=draw(st.none() | policies()),
        store=None if public else draw(st.sampled_from(stores)),
    )


JWK = {
    "kty": "OKP",
    "crv": "Ed25519",
    "x": base64url.encode(
        private_key("EdDSA").public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    ).decode(),
}


def is_secret(octets: bytes) -> bool:
    """Whether this is no key of another kind, which no credential takes."""
    return key_form(octets) is None


SAYABLE = (
    TEXTS.map(str.encode).filter(is_secret).filter(lambda secret: b"\0" not in secret)
)
UNSAYABLE = st.binary(min_size=1).filter(is_secret) | st.sampled_from(
    [b"$env://HOME", b"a\0"]
)
ENCODED = st.sampled_from(["aGVsbG8=", "aGVsbG8", "_-8", "YWJj" * 20])
PUBLIC: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        {"algorithm": "ES256", "public_key": public_pem("ES256")},
        {"algorithm": "ES256", "public_key": public_pem("ES256").encode()},
        {"algorithm": "ES384", "public_key": b"\xff\n" + public_pem("ES384").encode()},
        {"algorithm": "EdDSA", "public_key": JWK},
        {"algorithm": "EdDSA", "public_key": json.dumps(JWK)},
    ]
)
OTHER_MEMBERS = st.fixed_dictionaries(
    {},
    optional={
        "kid": st.just("2026"),
        "id": NAMES,
        "tags": LISTS,
        "token_lifetime": st.integers(1, 99),
        "lifetime_grace_period": st.none() | st.floats(0, 99),
        "not_before": st.floats(0, NOW),
        "retire_after": st.floats(0, 2 * NOW),
        "enabled": st.booleans(),
        "consumer_claim": TEXTS,
    },
)


def as_it_is(secret: bytes) -> dict[str, Any]:
    """Give the material of a credential, however short."""
    return {"secret": secret, "allow_weak_secret": True}


def as_base64(text: str) -> dict[str, Any]:
    """Give the material of a credential whose secret is base64."""
    return {**as_it_is(text.encode()), "secret_is_base64": True}


@st.composite
def stores(draw: st.DrawFn, secrets: st.SearchStrategy[bytes]) -> FixedStore:
    """Make consumers and credentials of all kinds."""
    people = [jack(quota=draw(st.none() | QUOTAS))]
    for index, name in enumerate(draw(st.lists(NAMES, max_size=3))):
        named = draw(st.sampled_from(["username", "custom_id"]))
        people.append(
            Consumer(
                **{named: f"{name} {index}"},
                id=draw(st.sampled_from(["", f"id-{index}"])),
                groups=["a"],
                enabled=draw(st.booleans()),
            )
        )
    rows = []
    keys = st.sampled_from(["a-b", "a_b", "A/B", "\u00e9"]) | NAMES.filter(
        str.isprintable
    )
    for key in draw(st.lists(keys, max_size=5, unique=True)):
        members: dict[str, Any] = {
            **draw(PUBLIC | secrets.map(as_it_is) | ENCODED.map(as_base64)),
            **draw(OTHER_MEMBERS),
        }
        owner = draw(st.sampled_from(people))
        rows.append(Credential(consumer=owner, key=key, **members))
    return FixedStore(people, rows)


@st.composite
def gates(draw: st.DrawFn) -> Gate:
    """Make gates of what a file can say, and of nothing that it cannot."""
    readings = draw(st.sampled_from([(None,), (None, True, False)]))
    # Secrets that are no texts are read in one way alone: see below.
    secrets = SAYABLE if len(readings) > 1 else SAYABLE | UNSAYABLE
    base = draw(stores(secrets))
    read = [base if way is None else read_as(base, is_base64=way) for way in readings]
    return Gate.of(
        Settings(
            store=draw(st.sampled_from(read)),
            policy=draw(policies()),
            routes=draw(
                st.lists(
                    routes([None, *read]),
                    max_size=3,
                    unique_by=lambda route: route.path.rstrip("/*"),
                )
            ),
            unrouted=draw(st.sampled_from(["policy", "refuse", "policy_then_refuse"])),
        ),
        clock=clock,
    )


@settings(max_examples=150, deadline=None)
@given(gate=gates(), references=st.booleans())
def test_what_is_written_gives_the_same_gate_again(
    gate: Gate,
    references: bool,  # noqa: FBT001 - drawn
) -> None:
    """Policies with their dialects, routes, consumers, credentials and their keys."""
    file = to_native(gate, references=references)
    assert bool(file.variables) <= references
    for name in ("jwtgate.json", "jwtgate.yaml"):
        assert guarded(loaded(file, name).settings) == guarded(gate.settings)


EMPTY = {"version": 1, "policy": {}, "consumers": [], "routes": []}


def test_what_is_as_in_code_is_left_out() -> None:
    """The file says what is chosen."""
    assert tree_of(Gate(make_store())) == EMPTY


def test_the_text_ends_with_a_line_end() -> None:
    """As files do; it is for reading, too."""
    text = to_native(Gate(make_store())).text
    assert text == json.dumps(EMPTY, indent=2) + "\n"


def test_a_memory_store_is_written() -> None:
    """As it is now."""
    store = make_store()
    owner = store.create_consumer(username="jack", tags=["a"])
    store.create_credential(owner, key="k", secret=SECRET)
    file = to_native(Gate(store))
    store.delete_consumer(owner)
    (person,) = json.loads(file.text)["consumers"]
    assert person == {
        "username": "jack",
        "tags": ["a"],
        "credentials": [{"key": "k", "secret": SECRET}],
    }


@pytest.mark.parametrize("references", [True, False])
def test_a_secret_is_where_it_was_asked_for(references: bool) -> None:  # noqa: FBT001 - a column
    """In the text, or beside it."""
    file = to_native(gate_over(made()), references=references)
    name = "JWTGATE_SECRET_JACK_KEY"
    assert (SECRET in file.text) is not references
    assert file.variables == ({name: SECRET} if references else {})
    assert (f'"$env://{name}"' in file.text) is references


@pytest.mark.parametrize("references", [True, False])
@pytest.mark.parametrize("shown", [repr, str, "{!r:.9999}".format], ids=str)
def test_what_was_written_does_not_show_itself(
    references: bool,  # noqa: FBT001 - a column
    shown: Any,
) -> None:
    """It has the secrets."""
    quota = Quota(rates="1/s", storage=f"redis://:{SECRET}@localhost")
    gate = gate_over(made(), policy=Policy(quota=quota))
    assert SECRET not in shown(to_native(gate, references=references))


def test_a_storage_is_a_secret() -> None:
    """Its URL may have a password."""
    url = "redis://:hunter2@localhost"
    gate = gate_over(policy=Policy(quota=Quota(rates="1/s", storage=url)))
    file = to_native(gate, references=True)
    assert "hunter2" not in file.text
    assert file.variables == {"JWTGATE_QUOTA_STORAGE": url}


def test_a_secret_that_looks_like_a_reference_survives() -> None:
    """It is no reference to the variable of that name."""
    secret = "$env://HOME".ljust(32, "/")
    store: Any = again(gate_over(made(secret=secret))).store
    (row,) = store.find("jack-key")
    assert row.verification_key is made(secret=secret).verification_key


@pytest.mark.parametrize("end", ["json", "yaml"])
@pytest.mark.parametrize(
    "text", ["a\x85b\u2028c", "\x7f\ufeff\uffff", "\U0001f600", "'"]
)
def test_a_text_is_the_same_in_yaml(text: str, end: str) -> None:
    """Which folds some line ends, and knows no pairs of surrogates."""
    gate = gate_over(policy=Policy(issuer=[text]))
    assert loaded(to_native(gate), f"a.{end}").policy.issuer == (text,)


def test_what_no_credential_was_made_of_is_told() -> None:
    """A file cannot say it; there the key is unknown."""
    bad = UnusableCredential(key="bad", why="is no key", refuses=True)
    file = to_native(gate_over(made(), bad))
    assert list(file.notes) == ["credential 2 of the store is left out: is no key"]
    assert [
        each["key"] for each in json.loads(file.text)["consumers"][0]["credentials"]
    ] == ["jack-key"]


# What no file can say.


def refused(gate: Gate) -> str:
    """Give what a gate cannot be written for."""
    (problem,) = told(lambda: to_native(gate))
    return problem


@pytest.mark.parametrize("store", [ListStore(), in_thread(ListStore())], ids=repr)
def test_a_store_of_ones_own_is_refused(store: Any) -> None:
    """Who knows what it holds."""
    assert refused(Gate(store)).startswith("only what a file or a MemoryStore holds")


@pytest.mark.parametrize("rows", [(), (made(),)], ids=["empty", "one"])
def test_a_routes_store_of_ones_own_is_refused(rows: tuple[Credential, ...]) -> None:
    """Also where the gate's has no credentials."""
    route = Route(path="/a", store=ListStore())
    problem = refused(gate_over(*rows, routes=[route]))
    assert problem.startswith("only what a file or a MemoryStore holds")


@pytest.mark.parametrize("rows", [(), (made(),)], ids=["empty", "one"])
def test_a_routes_store_with_others_is_refused(rows: tuple[Credential, ...]) -> None:
    """A file has one list of consumers."""
    store = FixedStore([jack()], [made(key="other")])
    problem = refused(gate_over(*rows, routes=[Route(path="/a", store=store)]))
    assert problem.startswith("a route has a store with other credentials than the")


OWN_WAYS = Dialect(name="own")
NO_POLICIES = {
    "dialect": Policy(_dialect=OWN_WAYS),
    "members": replace(Policy.apisix(), claims_to_verify=()),
}


@pytest.mark.parametrize("policy", NO_POLICIES.values(), ids=NO_POLICIES.keys())
@pytest.mark.parametrize("place", ["gate", "route", "public"])
def test_a_policy_that_no_constructor_makes_is_refused(
    policy: Policy, place: str
) -> None:
    """The file would give another one."""
    route = Route(path="/a", policy=policy, public=place == "public")
    own = {"policy": policy} if place == "gate" else {"routes": [route]}
    assert refused(gate_over(**own)).startswith("a policy is none that a constructor")


@pytest.mark.parametrize("is_base64", [True, False])
@pytest.mark.parametrize("secret", [b"\xff" * 64, b"$env://A" * 8])
def test_a_secret_that_is_no_text_is_not_read_in_two_ways(
    secret: bytes,
    is_base64: bool,  # noqa: FBT001 - a column
) -> None:
    """It is written in base64, so that the other reading would be of that."""
    other = made(
        key="b", secret="A" * 64, secret_is_base64=True, allow_weak_secret=True
    )
    base = FixedStore([jack()], [made(secret=secret), other])
    route = Route(path="/a", store=read_as(base, is_base64=is_base64))
    gate = Gate.of(Settings(store=base, routes=[route]))
    assert refused(gate).startswith("a secret that is no text is read as base64 and")


TWICE: dict[str, tuple[list[Consumer], list[Credential], str]] = {
    "id": (
        [jack(), jack(groups=["a"])],
        [],
        "two consumers share an id, which no file can say; give each its own",
    ),
    "owner": (
        [jack()],
        [made(consumer=jack(groups=["a"]))],
        "two consumers share an id, which no file can say; give each its own",
    ),
    "custom_id": (
        [jack(), jack(username="eve")],
        [],
        "consumers[1]: a consumer with this custom_id exists",
    ),
    "username": (
        [jack(), Consumer(username="jack", id="a")],
        [],
        "consumers[1]: a consumer with this username exists",
    ),
    "key": (
        [jack()],
        [made(), made(consumer=Consumer(username="eve"))],
        "consumers[1].credentials[0]: this key belongs to another consumer",
    ),
    "kid": (
        [jack()],
        [made(), made(id="b")],
        "consumers[0].credentials[1]: a credential with this key and kid exists",
    ),
}


@pytest.mark.parametrize(
    ("people", "rows", "problem"), TWICE.values(), ids=TWICE.keys()
)
def test_what_a_file_takes_for_a_mistake_is_refused(
    people: list[Consumer], rows: list[Credential], problem: str
) -> None:
    """Now, and not when the file is loaded."""
    assert refused(Gate(FixedStore(people, rows))) == problem


def test_an_anonymous_consumer_that_is_not_there_is_refused() -> None:
    """As a file's is."""
    assert refused(gate_over(policy=Policy(anonymous="eve"))) == (
        "policy.anonymous: expected the id or username of a consumer of this file"
    )


def test_a_name_that_looks_like_a_reference_is_refused() -> None:
    """It would become what the variable holds: here, a secret of the file."""
    name = "$env://JWTGATE_SECRET_JACK_KEY"
    gate = gate_over(made(), policy=Policy(issuer=[name]))
    problems = told(lambda: to_native(gate, references=True))
    assert len(problems) == 1
    assert problems[0].startswith("a text looks like a reference")


def test_no_error_travels_with_a_secret() -> None:
    """Not in the text of what could not be written either."""
    store = FixedStore([jack(), jack(username="eve")], [made()])
    with pytest.raises(ConfigurationError) as caught:
        to_native(Gate(store))
    assert caught.value.__context__ is None
    assert SECRET not in repr(caught.value)


def test_the_consumer_of_a_credential_is_written() -> None:
    """Also where the store does not list it."""
    gate = Gate(FixedStore([], [made()]))
    assert held(again(gate).store) == held(FixedStore([jack()], [made()]))


# Routes.


def test_a_route_that_has_the_gates_policy_says_nothing_of_it() -> None:
    """Whether it is that one, or an equal one."""
    policy = Policy(realm="shop")
    some = [Route(path="/a"), Route(path="/b", policy=Policy(realm="shop"))]
    tree = tree_of(gate_over(policy=policy, routes=some))
    assert tree["routes"] == [{"path": "/a"}, {"path": "/b"}]


def test_a_route_says_what_differs() -> None:
    """Null and empty lists take away what the gate's policy has."""
    policy = Policy(realm="shop", issuer=["a"], quota=Quota(rates="1/s", scope="s"))
    route = Route(path="/a", policy=Policy(leeway=5))
    (written,) = tree_of(gate_over(policy=policy, routes=[route]))["routes"]
    assert written["policy"] == {
        "realm": None,
        "issuer": [],
        "quota": [],
        "leeway": 5,
    }


WAYS = {
    "native": Policy(),
    "kong": Policy.kong(),
    "kong, strict": Policy.kong(strict=True),
    "apisix": Policy.apisix(),
    "apisix, strict": Policy.apisix(strict=True),
}


@pytest.mark.parametrize("above", WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize("below", WAYS.values(), ids=WAYS.keys())
def test_a_route_may_have_another_gateways_ways(above: Policy, below: Policy) -> None:
    """Whichever they are."""
    gate = gate_over(policy=above, routes=[Route(path="/a", policy=below)])
    made_again = again(gate).settings
    assert guarded(made_again) == guarded(gate.settings)


def test_members_that_the_gates_policy_contradicts_are_written_out() -> None:
    """What holds below would not do with what is left out."""
    above = Policy.kong(header_names=[])
    below = Policy(query_names=["jwt"], header_names=[], realm="shop")
    gate = gate_over(policy=above, routes=[Route(path="/a", policy=below)])
    assert guarded(again(gate).settings) == guarded(gate.settings)


SCOPES: dict[str, tuple[Policy | None, object]] = {
    "the gate's policy": (None, ["1/1s"]),
    "an equal one": (Policy(quota="1/s"), ["1/1s"]),
    "the gate's scope": (Policy(quota=Quota(rates="1/s", scope="gate")), None),
}


@pytest.mark.parametrize(("policy", "quota"), SCOPES.values(), ids=SCOPES.keys())
def test_what_a_route_counts_for_itself_it_says_for_itself(
    policy: Policy | None, quota: object
) -> None:
    """In a file, what it takes over is counted with the gate's."""
    gate = gate_over(
        policy=Policy(quota="1/s"), routes=[Route(path="/a", policy=policy)]
    )
    (written,) = tree_of(gate)["routes"]
    assert written.get("policy", {}).get("quota") == quota


# Kong's plugin says how all secrets are read.


def decided(gate: Gate, path: str, secret: str | bytes) -> Outcome:
    """Decide on a token signed with a secret."""
    headers = [(b"authorization", b"Bearer " + mint(secret=secret).encode())]
    return authenticate(gate, RequestView("GET", path=path, headers=headers))


AS_BASE64 = "YWJj" * 20
DECODED = b"abc" * 20


def base64_gate(above: bool | None, route: bool | None) -> Gate:  # noqa: FBT001 - the members
    """Load a gate with both readings, and write it, and load that."""
    gate = gate_of(
        consumers=[
            consumer(credentials=[credential(secret=AS_BASE64)]),
            consumer(
                username="eve", credentials=[credential(key="k", secret=SECRET + "!")]
            ),
        ],
        policy={"gateway": "kong", "secret_is_base64": above},
        routes=[{"path": "/a", "policy": {"secret_is_base64": route}}],
    )
    native = again(gate)
    assert guarded(native.settings) == guarded(gate.settings)
    return native


@pytest.mark.parametrize("above", [None, False, True])
@pytest.mark.parametrize("route", [None, False, True])
def test_both_readings_of_secrets_survive(
    above: bool | None,  # noqa: FBT001 - the member
    route: bool | None,  # noqa: FBT001 - the member
) -> None:
    """At the gate and at a route, each with its own."""
    gate = base64_gate(above, route)
    for path, reading in (("/a", route), ("/", above)):
        good, bad = (DECODED, AS_BASE64) if reading else (AS_BASE64, DECODED)
        assert isinstance(decided(gate, path, good), Authenticated)
        assert isinstance(decided(gate, path, bad), Denied)


def test_a_reading_is_said_where_it_differs() -> None:
    """The gate's own store is what the file holds, where that can be."""
    base = FixedStore([jack()], [made(secret=AS_BASE64)])
    other = read_as(base, is_base64=True)
    some = [
        Route(path="/a", store=base),
        Route(path="/b", store=other),
        Route(path="/c", store=other, policy=Policy(realm="a")),
        Route(path="/d"),
    ]
    tree = tree_of(Gate.of(Settings(store=base, routes=some)))
    assert [each.get("policy") for each in tree["routes"]] == [
        None,
        {"secret_is_base64": True},
        {"realm": "a", "secret_is_base64": True},
        None,
    ]


def test_a_reading_that_has_lost_credentials_is_made_of_the_other() -> None:
    """No credential is left out then, and none has to be told."""
    base = FixedStore([jack()], [made(secret="!" * 64)])
    lost = read_as(base, is_base64=True)
    file = to_native(
        Gate.of(Settings(store=lost, routes=[Route(path="/a", store=base)]))
    )
    tree = json.loads(file.text)
    assert tree["policy"] == {"secret_is_base64": True}
    assert tree["routes"] == [{"path": "/a", "policy": {"secret_is_base64": None}}]
    assert not file.notes


EXAMPLES = sorted((Path(__file__).parents[3] / "examples").glob("from_*/*.y*ml"))


@pytest.mark.parametrize(
    "path", EXAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}"
)
def test_a_gateways_file_is_written(path: Path) -> None:
    """The examples are such."""
    environ = {"JACK_SECRET": SECRET, "VAULT_ADDR": "http://127.0.0.1:1"}
    manager = Manager(jack={"jwt-secret": SECRET})
    with closing(Secrets({"vault/jwt": manager})) as secrets:
        gate = load(path, environ=environ, secrets=secrets)
    file = to_native(gate, references=True)
    assert guarded(loaded(file).settings) == guarded(gate.settings)
