"""What a gate accepts, others accept too; what two middlewares say is the same."""

import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from hypothesis import given, settings
from hypothesis import strategies as st

from jwtgate import Authenticated, Denied, Gate, Policy, RequestView, authenticate
from jwtgate.jose import ALGORITHMS, base64url
from tests.kit import (
    KEY,
    SECRET,
    ListStore,
    Sent,
    credential,
    make_gate,
    mint,
    public_pem,
    segment,
    signature,
    via_asgi,
    via_wsgi,
)

POLICIES = {
    "native": Policy(),
    "kong": Policy.kong(claims_to_verify=["exp", "nbf"], required_claims=[]),
    "apisix": Policy.apisix(key_claim="iss"),
}

# Seconds from now; PyJWT reads the real clock, so nothing lies near to the border.
offsets = st.sampled_from([-9_999, -600, -45, -15, 15, 45, 600, 9_999])
shifts = st.one_of(offsets, offsets.map(lambda each: each + 0.25))
leeways = st.sampled_from([0, 30])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.text(max_size=4), inner, max_size=2)
    ),
    max_leaves=5,
)
claims_of_any_kind = st.dictionaries(
    st.sampled_from(["sub", "aud", "iat", "jti", "scope", "x", "\xe9"]), values
)
# What may happen to a token on its way, most of it not good for it.
damages = st.sampled_from(
    [
        lambda token: token,
        lambda token: token,
        lambda token: token,
        lambda token: token + "=",
        lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
        lambda token: token.replace(".", "=.", 1),
        lambda token: token + "\n",
        lambda token: " " + token,
        lambda token: token[1:],
    ]
)


def _key_for_pyjwt(algorithm: str) -> Any:
    if algorithm.startswith("HS"):
        return SECRET
    return load_pem_public_key(public_pem(algorithm).encode())


def _pyjwt_claims(token: str, algorithm: str, leeway: float) -> dict[str, Any]:
    off = ("verify_aud", "verify_iat", "verify_sub", "verify_jti")
    claims: dict[str, Any] = jwt.decode(
        token,
        _key_for_pyjwt(algorithm),
        algorithms=[algorithm],
        leeway=leeway,
        options=dict.fromkeys(off, False),  # type: ignore[arg-type]
    )
    return claims


def _view(token: str) -> RequestView:
    value = b"Bearer " + token.encode("latin-1", "replace")
    return RequestView("GET", headers=[(b"authorization", value)])


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(list(ALGORITHMS)),
    shifts,
    st.none() | shifts,
    leeways,
    claims_of_any_kind,
    damages,
)
def test_pyjwt_accepts_what_is_accepted(
    policy: Policy,
    algorithm: str,
    exp: float,
    nbf: float | None,
    leeway: int,
    claims: dict[str, Any],
    damage: Any,
) -> None:
    """What passes here passes PyJWT with the same key, time and leeway, read alike."""
    now = time.time()
    times = {"exp": now + exp} | ({} if nbf is None else {"nbf": now + nbf})
    token = damage(mint({**claims, **times}, algorithm=algorithm))
    row = credential(algorithm=algorithm, lifetime_grace_period=leeway)
    outcome = authenticate(
        Gate(ListStore(row), policy, clock=lambda: now), _view(token)
    )
    if isinstance(outcome, Authenticated):
        told = json.loads(json.dumps(outcome.claims))
        assert told == _pyjwt_claims(token.strip(" "), algorithm, leeway)


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
@settings(max_examples=60, deadline=None)
@given(st.sampled_from(list(ALGORITHMS)), shifts, st.none() | shifts, leeways)
def test_pyjwt_refuses_what_is_refused_for_its_time(
    policy: Policy, algorithm: str, exp: float, nbf: float | None, leeway: int
) -> None:
    """And the other way round: of sound tokens PyJWT accepts no more than we do."""
    now = time.time()
    times = {"exp": now + exp} | ({} if nbf is None else {"nbf": now + nbf})
    token = mint(times, algorithm=algorithm)
    row = credential(algorithm=algorithm, lifetime_grace_period=leeway)
    gate = Gate(ListStore(row), policy, clock=lambda: now)
    outcome = authenticate(gate, _view(token))
    if isinstance(outcome, Denied):
        with pytest.raises(jwt.InvalidTokenError):
            _pyjwt_claims(token, algorithm, leeway)


@settings(max_examples=120, deadline=None)
@given(
    st.sampled_from(list(ALGORITHMS)),
    st.sampled_from(list(ALGORITHMS)),
    claims_of_any_kind,
    damages,
)
def test_accepted_token_has_one_spelling(
    bound: str, signed: str, claims: dict[str, Any], damage: Any
) -> None:
    """Encoding the segments of an accepted token again gives the very same octets."""
    token = damage(mint(claims, algorithm=signed))
    gate = make_gate(credential(algorithm=bound))
    if isinstance(authenticate(gate, _view(token)), Authenticated):
        assert bound == signed
        parts = token.strip(" ").encode().split(b".")
        assert [base64url.encode(base64url.decode(part)) for part in parts] == parts


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=40), st.binary(max_size=40))
def test_accepted_payload_is_read_alike(member: bytes, value: bytes) -> None:
    """A payload of any octets that is accepted has the claims that PyJWT reads."""
    now = time.time()
    payload = b'{"iss":"%s","exp":%d,%s:%s}' % (KEY.encode(), now + 99, member, value)
    signing_input = segment({"alg": "HS256"}) + b"." + segment(payload)
    signed = segment(signature("HS256", signing_input, SECRET))
    token = (signing_input + b"." + signed).decode()
    gate = Gate(ListStore(credential()), clock=lambda: now)
    outcome = authenticate(gate, _view(token))
    if isinstance(outcome, Authenticated):
        assert dict(outcome.claims) == _pyjwt_claims(token, "HS256", 0)


# Both middlewares, over the same requests.

CARRIERS = Policy(
    header_names=["Authorization", "X-JWT"],
    query_names=["jwt"],
    cookie_names=["jwt"],
    run_on_preflight=False,
    hide_credentials=True,
    trusted_origins=["https://app.example"],
)
GATES = {
    "native": make_gate(policy=CARRIERS),
    "kong": make_gate(policy=Policy.kong(cookie_names=["jwt"], run_on_preflight=False)),
    "apisix": make_gate(policy=Policy.apisix(key_claim="iss", hide_credentials=True)),
}
tokens = st.sampled_from(
    [mint(), mint(), mint(exp=1), mint({"iss": "x"}), "x", "", "a b", "\xa0", "\x85x"]
)
headers = st.one_of(
    tokens.map(lambda token: ("Authorization", f"Bearer {token}")),
    tokens.map(lambda token: ("X-JWT", f"bearer {token}")),
    tokens.map(lambda token: ("X_JWT", token)),
    tokens.map(lambda token: ("Cookie", f"a=1; jwt={token}")),
    tokens.map(lambda token: ("cookie", f'jwt="{token}"')),
    st.tuples(
        st.sampled_from(["Origin", "ORIGIN"]),
        st.sampled_from(["https://app.example", "http://a", "null", ""]),
    ),
    st.tuples(
        st.sampled_from(["Sec-Fetch-Site", "Sec_Fetch_Site"]),
        st.sampled_from(["same-origin", "cross-site"]),
    ),
    st.just(("Access-Control-Request-Method", "PUT")),
    st.just(("Host", "a")),
    st.tuples(st.sampled_from(["X-Consumer-ID", "x_consumer_id"]), tokens),
)
queries = st.lists(
    st.one_of(
        tokens.map(lambda token: f"jwt={token}"), st.sampled_from(["jwt", "a=1"])
    ),
    max_size=3,
).map("&".join)


@pytest.mark.parametrize("gate", GATES.values(), ids=GATES)
@settings(max_examples=250, deadline=None)
@given(
    st.lists(headers, max_size=4),
    queries,
    st.sampled_from(["GET", "POST", "OPTIONS", "options"]),
)
def test_middlewares_agree(
    gate: Gate, headers: list[tuple[str, str]], query: str, method: str
) -> None:
    """ASGI and WSGI give one verdict: status, headers, body, reason and identity."""
    sent = Sent(method=method, headers=headers, query=query)
    one, other = via_asgi(gate, sent), via_wsgi(gate, sent)
    assert (one.status, one.headers, one.body) == (
        other.status,
        other.headers,
        other.body,
    )
    assert type(one.outcome) is type(other.outcome)
    assert getattr(one.outcome, "reason", 0) is getattr(other.outcome, "reason", 0)
    assert one.seen_query == other.seen_query
