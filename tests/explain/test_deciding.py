"""The reason of an explanation is the gate's, whatever comes."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jwtgate import (
    Access,
    Answer,
    Consumer,
    Denied,
    Gate,
    Policy,
    RequestView,
    Route,
    UnusableCredential,
    authenticate,
)
from jwtgate.denylists import MemoryDenylist, Subject
from jwtgate.explain import explain
from jwtgate.requirement import Requirement
from jwtgate.settings import Settings
from tests.explain.kit import (
    check_discretion,
    explained,
    reason_of,
    request,
    step,
)
from tests.kit import (
    KEY,
    NOW,
    SECRET,
    ListStore,
    clock,
    credential,
    jack,
    make_gate,
    mint,
    segment,
    signature,
)

CARRIERS: dict[str, Any] = {
    "header_names": ["Authorization", "X-JWT"],
    "query_names": ["jwt"],
    "cookie_names": ["jwt"],
}
NOBODY = Consumer(username="nobody")
OFF = Consumer(username="off", enabled=False)
POLICIES = [
    Policy(),
    Policy(**CARRIERS, audience=["shop"], issuer=[KEY], types=["JWT"], leeway=5),
    Policy(**CARRIERS, anonymous=NOBODY, run_on_preflight=False),
    Policy(anonymous=NOBODY, anonymous_for="any", access=Access(deny_groups=["x"])),
    Policy(anonymous=NOBODY, access=Access(allow_consumers=["jack"])),
    Policy(anonymous="nobody", anonymous_for="any"),
    Policy(anonymous=OFF, anonymous_for="any"),
    Policy(**CARRIERS, mode="report", maximum_expiration=300),
    Policy(mode="report", termination=Answer(status=503), run_on_preflight=False),
    Policy(termination=Answer(status=418), anonymous=NOBODY),
    Policy(
        algorithms=["HS256", "ES256"],
        quota="900000/d",
        access=Access(deny_groups=["staff"], allow_methods={"jack": ["GET"]}),
    ),
    Policy.kong(),
    Policy.kong(claims_to_verify=["exp", "nbf"], maximum_expiration=600),
    Policy.kong(anonymous=NOBODY, run_on_preflight=False, quota="900000/d"),
    Policy.kong(**CARRIERS, strict=True, mode="report"),
    Policy.kong(anonymous="gone", access=Access(allow_groups=["a"])),
    Policy.apisix(key_claim="iss"),
    Policy.apisix(key_claim="iss", anonymous=NOBODY, maximum_expiration=600),
    Policy.apisix(key_claim="iss", strict=True),
    Policy.apisix(key_claim="key"),
]


class Store(ListStore):
    """A store that finds the one consumer who may be anonymous."""

    def find_consumer(self, name: str) -> Consumer | None:
        """Find by username."""
        return NOBODY if name == "nobody" else None


STORES = [
    Store(credential()),
    Store(credential(kid="a"), credential(kid="b", enabled=False), credential()),
    Store(credential(consumer=jack(enabled=False))),
    Store(credential(retire_after=NOW - 1), credential(not_before=NOW + 1)),
    Store(credential(algorithm="ES256"), credential(algorithm="RS256")),
    Store(credential(audience=["shop"], lifetime_grace_period=60)),
    Store(credential(consumer_claim="sub")),
    Store(credential(enabled=False), UnusableCredential(key=KEY, why="broken")),
    Store(
        credential(algorithm="HS512"),
        UnusableCredential(key=KEY, why="never", algorithm="ES256", refuses=True),
    ),
    Store(*[credential(id=str(each)) for each in range(6)]),
    Store(),
]


class Garbage(Store):
    """A store that gives what no store may."""

    blocking = False

    def find(self, key: str, _kid: str | None = None) -> Any:
        """Give nothing of use."""
        return {"a": 1} if key == KEY else None


class Failing:
    """A store that is down."""

    def find(self, key: str, kid: str | None = None) -> Any:
        """Fail, with a text that must not be told."""
        raise OSError(f"cannot reach {SECRET} for {key} {kid}")

    def find_consumer(self, name: str) -> Any:
        """Fail, too."""
        raise OSError(name)


STORES += [Garbage(), Failing()]  # type: ignore[list-item]

times: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        NOW,
        NOW - 1,
        NOW + 1,
        NOW + 600,
        NOW - 10,
        NOW + 700,
        NOW * 1000,
        3600,
        str(NOW),
        True,
        [],
        "x",
        10**400,
        -1,
        0.5,
    ]
)
names = st.sampled_from(
    ["jack-key", "nobody", "", None, False, 7, "shop", "jack-key/", "\x00", ["shop"]]
)
claims = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("exp", "nbf", "iat"), times),
        **dict.fromkeys(("iss", "key", "aud", "sub", "jti", "kid"), names),
    },
)
headers = st.fixed_dictionaries(
    {
        "alg": st.sampled_from(
            ["HS256", "HS256", "HS512", "ES256", "RS256", "none", 7, "\x1b[31m"]
        )
    },
    optional={
        "kid": st.sampled_from(["a", "b", "z", "", 7]),
        "typ": st.sampled_from(["JWT", "jwt", "at+jwt"]),
        "iss": names,
        "crit": st.just(["x"]),
    },
)
octets = st.one_of(st.binary(max_size=12), st.just(b'{"a":1,"a":2}'), st.just(b"[]"))


@st.composite
def tokens(draw: st.DrawFn) -> str:
    """Make a token that may be wrong in any way."""
    some: Any = draw(claims)
    if draw(st.booleans()):
        # Good but for one claim or two, so that it comes far.
        kept = draw(st.lists(st.sampled_from([*some, "sub"]), max_size=2))
        return mint(**{name: some[name] for name in kept if name in some})
    head: Any = draw(st.one_of(headers, headers, headers, octets))
    body: Any = {"iss": KEY, "exp": NOW + 600, **some}
    if draw(st.integers(0, 4)) == 0:
        body = draw(octets)
    signed = segment(head) + b"." + segment(body)
    algorithm = draw(st.sampled_from(["HS256", "HS256", "HS512", "ES256", "RS256"]))
    secret = draw(st.sampled_from([SECRET, SECRET, SECRET + "\n", "x"]))
    made = segment(signature(algorithm, signed, secret))
    tail = draw(st.sampled_from([made, made, made, b"", b"?", made + b".", made[:5]]))
    return (signed + b"." + tail).decode()


mangled = st.sampled_from(
    [
        "{}",
        "{}",
        "{}",
        "{}",
        '"{}"',
        "Bearer {}",
        "{} {}",
        " {}",
        "{}=",
        "%2e{}",
        "{},{}",
    ]
)
places = st.sampled_from(
    ["bearer"] * 12 + ["bare", "query", "cookie", "x-jwt", "two", "none"]
)


@st.composite
def requests(draw: st.DrawFn) -> RequestView:
    """Make a request that carries a token somewhere, or several, or none."""
    token = draw(mangled).replace("{}", draw(tokens()))
    place = draw(places)
    lines = [("Host", draw(st.sampled_from(["api.example"] * 9 + ["a b"])))]
    query = ""
    if place in ("bearer", "two"):
        lines.append(("Authorization", f"Bearer {token}"))
    if place == "bare":
        lines.append(("Authorization", token))
    if place in ("query", "two"):
        query = f"jwt={token if place == 'query' else mint()}"
    if place == "cookie":
        lines.append(("Cookie", f"jwt={token}"))
    if place == "x-jwt":
        lines.append(("X-JWT", f"bearer {token}"))
    method = draw(st.sampled_from(["GET", "GET", "POST", "OPTIONS"]))
    if method == "OPTIONS":
        lines.append(("Origin", "https://a.example"))
        lines.append(("Access-Control-Request-Method", "GET"))
    path = draw(st.sampled_from(["/x"] * 5 + ["/open", "/deep/x", "//x", "/y"]))
    encoded = [(name.encode(), text.encode("latin-1")) for name, text in lines]
    return RequestView(method, path, query.encode("latin-1"), encoded)


@st.composite
def gates(draw: st.DrawFn) -> Gate:
    """Make a gate, with routes or a denylist or not."""
    policies = st.sampled_from(POLICIES)
    routes: tuple[Route, ...] = ()
    unrouted = "policy"
    if draw(st.booleans()):
        routes = (
            Route(path="/open", public=True, policy=draw(st.none() | policies)),
            Route(path="/deep/*", policy=draw(policies)),
            Route(
                path="/x", hosts=["api.example"], store=draw(st.sampled_from(STORES))
            ),
        )
        unrouted = draw(st.sampled_from(["policy", "refuse", "policy_then_refuse"]))
    denylist = None
    if draw(st.booleans()):
        kinds: Any = draw(st.sampled_from([["token", "consumer"], ["jti"]]))
        denylist = MemoryDenylist(by=kinds)
        if "jti" in kinds:
            denylist.deny(Subject.jti(KEY, "shop"), until=NOW + 1000)
        else:
            denylist.deny(Subject.consumer(jack()), issued_before=NOW - 5)
    return Gate.of(
        Settings(
            store=draw(st.sampled_from(STORES)),
            policy=draw(policies),
            routes=routes,
            unrouted=unrouted,  # type: ignore[arg-type]
            denylist=denylist,
        ),
        clock=clock,
    )


demands = st.sampled_from(
    [
        None,
        None,
        Requirement(scopes=["a"]),
        Requirement(optional=True),
        Requirement(authenticated=True),
        Requirement(optional=True, consumers=["nobody"]),
        Requirement(groups=["staff"], preflights=True),
    ]
)


PREFLIGHT: dict[str, Any] = {
    "method": "OPTIONS",
    "headers": [("Origin", "https://a"), ("Access-Control-Request-Method", "PUT")],
}
SHUT = Answer(status=410)


@pytest.mark.parametrize(
    ("policy", "decided"),
    [
        (Policy(run_on_preflight=False), "exempt"),
        (Policy(run_on_preflight=False, termination=SHUT), "denied"),
        (Policy.kong(run_on_preflight=False), "exempt"),
        (Policy.kong(run_on_preflight=False, termination=SHUT), "denied"),
        (Policy(), "denied"),
    ],
    ids=["native", "native shut", "kong", "kong shut", "asked"],
)
def test_a_preflight_is_decided_as_by_the_gate(policy: Policy, decided: str) -> None:
    """Some policies ask no token of it."""
    gate = make_gate(policy=policy)
    found = explained(gate=gate, **PREFLIGHT)
    outcome = authenticate(gate, request(**PREFLIGHT))
    assert type(outcome).__name__.lower() == found.outcome == decided


def test_a_public_route_asks_for_no_token() -> None:
    """Whatever comes."""
    routes = [Route(path="/open", public=True)]
    gate = Gate(ListStore(), routes=routes, clock=clock)
    found = explained("no token", gate=gate, path="/open")
    assert (found.outcome, found.reason) == ("exempt", None)
    assert step(found, "token") == "none is asked for: public"


@pytest.mark.parametrize(
    ("store", "policy", "text"),
    [
        (Store(), Policy(anonymous="nobody"), '"nobody" stands in'),
        (Store(), Policy(anonymous="gone"), 'there is no consumer "gone"'),
        (Failing(), Policy(anonymous="nobody"), "the store of consumers failed: OSErr"),
        (Store(), Policy(anonymous=OFF), "the anonymous consumer is disabled"),
    ],
    ids=["found", "gone", "down", "disabled"],
)
def test_the_anonymous_consumer_is_told(store: Any, policy: Policy, text: str) -> None:
    """Or why nobody stands in."""
    gate = Gate(store, policy, clock=clock)
    found = explained(gate=gate)
    assert step(found, "anonymous").startswith(text)
    assert found.reason is reason_of(authenticate(gate, request()))


def test_who_stands_in_hides_no_mistake() -> None:
    """The token that was refused is explained as ever."""
    policy = Policy.kong(anonymous=NOBODY)
    found = explained(mint(secret=SECRET + "\n"), policy=policy)
    assert found.verdict.endswith("anonymous consumer (signature_invalid)")
    assert [slip.name for slip in found.slips] == ["secret_with_line_end"]


@pytest.mark.parametrize(
    ("path", "host", "text"),
    [
        ("/a//b", "api.example", "may read this path as another one"),
        ("/x", "", "some routes go by host, and there is no Host header"),
        ("/x", "a b", "may read this host or path as another one"),
    ],
    ids=["path", "no host", "host"],
)
def test_it_is_said_what_is_ambiguous(path: str, host: str, text: str) -> None:
    """The path, or the host where routes have some."""
    routes = [Route(path="/x", hosts=["api.example"])]
    gate = Gate(ListStore(), routes=routes, clock=clock)
    lines = [("Host", host)] if host else []
    found = explained(gate=gate, path=path, headers=lines)
    assert text in step(found, "route")


def test_what_fails_past_the_refusal_changes_nothing() -> None:
    """A store that gives garbage is not asked by the gate for such a token."""
    gate = Gate(Garbage(), Policy(anonymous=NOBODY, anonymous_for="any"), clock=clock)
    found = explained(mint(iss=7, sub="a"), gate=gate)
    assert found.outcome == "anonymous"
    assert step(found, "gate") == "the rest cannot be told: TypeError"


def test_a_failure_of_the_gate_is_told_by_its_kind() -> None:
    """It is 503, as the gate's."""
    found = explained(mint(iss="b"), gate=Gate(Garbage(), clock=clock))
    assert step(found, "gate") == "the gate failed: TypeError"
    assert (found.status, found.outcome) == (503, "denied")


@settings(max_examples=300)
@given(st.sampled_from(POLICIES), st.sampled_from(STORES), claims)
def test_the_reason_of_a_signed_token_is_the_gate_s(
    policy: Policy, store: Any, some: dict[str, Any]
) -> None:
    """Whatever it claims: the first claim that refuses is the same."""
    gate = Gate(store, policy, clock=clock)
    sent = request(mint(some))
    found, outcome = explain(gate, sent), authenticate(gate, sent)
    assert found.reason == reason_of(outcome), str(found)
    if isinstance(outcome, Denied):
        assert (found.status, found.claim) == (outcome.status, outcome.claim)


@settings(max_examples=400)
@given(gates(), requests(), demands)
def test_the_reason_is_the_gate_s(
    gate: Gate, sent: RequestView, demanded: Requirement | None
) -> None:
    """For any gate and any request: explained and decided are the same."""
    found = explain(gate, sent, demanded, at=NOW)
    outcome = authenticate(gate, sent, demanded)
    decided = type(outcome).__name__.lower()
    assert (found.reason, found.outcome) == (reason_of(outcome), decided), str(found)
    if isinstance(outcome, Denied):
        assert (found.status, found.claim) == (outcome.status, outcome.claim)
    assert found.reason in {None, *(step.reason for step in found.steps)}
    check_discretion(found, None)


@settings(max_examples=200)
@given(st.sampled_from(POLICIES), st.binary(max_size=80), st.binary(max_size=40))
def test_any_octets_are_explained(policy: Policy, value: bytes, more: bytes) -> None:
    """In any carrier, alone and around a token."""
    gate = Gate(Store(credential()), policy, clock=clock)
    for octets in (value, value + mint().encode() + more):
        sent = RequestView(
            "GET",
            "/x",
            b"jwt=" + octets,
            [(b"Authorization", b"Bearer " + octets), (b"Cookie", b"jwt=" + more)],
        )
        found = explain(gate, sent)
        assert found.reason == reason_of(authenticate(gate, sent))
        check_discretion(found, mint())
