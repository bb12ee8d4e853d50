"""Requests near to the attacks that must pass, as the right consumer."""

import base64
import json
from typing import Any

import pytest

from jwtgate import Anonymous, Authenticated, Consumer, Credential, Exempt, Gate, Policy
from jwtgate.jose import ALGORITHMS
from tests.attacks.harness import Via, admitted, attacks, both, every_policy, seal
from tests.kit import (
    KEY,
    NOW,
    SECRET,
    Header,
    ListStore,
    Sent,
    clock,
    credential,
    jack,
    make_gate,
    make_store,
    mint,
    public_pem,
    segment,
)

GOOD = mint()
IN = int(NOW)
COOKIE: Header = ("Cookie", f"jwt={GOOD}")

CARRYING = Policy(
    header_names=["Authorization", "X-JWT"],
    query_names=["jwt", "access token"],
    cookie_names=["jwt"],
)


def _sent(*headers: Header, **fields: Any) -> Sent:
    return Sent(headers=headers, **fields)


@both
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_algorithm(via: Via, algorithm: str) -> None:
    """Each of the 13 algorithms verifies what it signed."""
    gate = make_gate(credential(algorithm=algorithm))
    admitted(via, Sent.bearer(mint(algorithm=algorithm)), gate)


@both
def test_ed448(via: Via) -> None:
    """EdDSA takes an Ed448 key."""
    fields = {"algorithm": "EdDSA", "public_key": public_pem("Ed448")}
    token = seal(
        segment({"alg": "EdDSA"}) + b"." + segment({"iss": KEY, "exp": IN + 60}),
        "Ed448",
    )
    admitted(via, Sent.bearer(token), make_gate(credential(**fields)))


CARRIERS: dict[str, Sent] = {
    "bearer": Sent.bearer(GOOD),
    "bearer-lower": _sent(("authorization", f"bearer {GOOD}")),
    "bearer-upper": _sent(("AUTHORIZATION", f"BEARER {GOOD}")),
    "bearer-mixed": _sent(("Authorization", f"bEaReR {GOOD}")),
    "several-blanks": _sent(("Authorization", f"Bearer     {GOOD}")),
    "blanks-around": _sent(("Authorization", f" \t Bearer {GOOD} \t ")),
    "own-header": _sent(("X-JWT", f"Bearer {GOOD}")),
    "own-header-underscored": _sent(("X_JWT", f"Bearer {GOOD}")),
    "own-header-beside-basic": _sent(
        ("Authorization", "Basic eA"), ("X-JWT", f"Bearer {GOOD}")
    ),
    "parameter": _sent(query=f"jwt={GOOD}"),
    "parameter-among-others": _sent(query=f"a=1&jwt={GOOD}&b=%zz&&c"),
    "parameter-percent-encoded": _sent(
        query="jwt=" + "".join(f"%{octet:02x}" for octet in GOOD.encode())
    ),
    "parameter-name-encoded": _sent(query=f"%6a%57t=x&%6aw%74={GOOD}"),
    "parameter-with-a-blank": _sent(query=f"access+token={GOOD}"),
    "parameter-with-an-encoded-blank": _sent(query=f"access%20token={GOOD}"),
    "parameter-of-another-case-beside": _sent(query=f"JWT=x&jwt={GOOD}"),
    "parameter-in-64-kib": _sent(query="a" * 60_000 + f"&jwt={GOOD}"),
    "cookie": _sent(COOKIE),
    "cookie-quoted": _sent(("Cookie", f'jwt="{GOOD}"')),
    "cookie-among-others": _sent(("Cookie", f"a=1; jwt={GOOD}; b=2")),
    "cookie-without-blanks": _sent(("Cookie", f"a=1;jwt={GOOD};b=2")),
    "cookie-beside-json": _sent(("Cookie", f'a={{"b":1,"c":[2]}}; jwt={GOOD}')),
    "cookie-beside-a-colon": _sent(("Cookie", f"ab:cd=1; jwt={GOOD}")),
    "cookie-beside-attributes": _sent(("Cookie", f"path=/; expires=x; jwt={GOOD}")),
    "cookie-beside-a-nameless": _sent(("Cookie", f"x; =y; ; jwt={GOOD};")),
    "cookie-in-the-second-line": _sent(("Cookie", "a=1"), COOKIE),
    "cookie-of-another-case-beside": _sent(("Cookie", f"JWT=x; jwt={GOOD}")),
    "same-in-header-and-query": Sent.bearer(GOOD, query=f"jwt={GOOD}"),
    "same-in-header-and-cookie": Sent.bearer(GOOD, headers=[COOKIE]),
    "same-in-all": Sent.bearer(GOOD, headers=[COOKIE], query=f"jwt={GOOD}"),
    "same-parameter-twice": _sent(query=f"jwt={GOOD}&jwt={GOOD}"),
    "same-cookie-twice": _sent(("Cookie", f"jwt={GOOD}; jwt={GOOD}")),
    "same-16-times": _sent(query="&".join([f"jwt={GOOD}"] * 16)),
    "empty-parameter-beside": Sent.bearer(GOOD, query="jwt="),
    "valueless-parameter-beside": Sent.bearer(GOOD, query="jwt"),
    "empty-cookie-beside": Sent.bearer(GOOD, headers=[("Cookie", 'jwt=; jwt=""')]),
    "empty-other-header-beside": Sent.bearer(GOOD, headers=[("X-JWT", "")]),
    "post": Sent.bearer(GOOD, method="POST", body=b"x" * 99),
    "options": Sent.bearer(GOOD, method="OPTIONS"),
    "head": Sent.bearer(GOOD, method="HEAD"),
    "unknown-method": Sent.bearer(GOOD, method="BREW"),
    "odd-path": Sent.bearer(GOOD, path="//a/../%2e\0"),
}


@both
@attacks("sent", CARRIERS)
def test_carrier(via: Via, sent: Sent) -> None:
    """The token is found wherever the policy says, however it may be written there."""
    admitted(via, sent, make_gate(policy=CARRYING))


SAME_SITE: dict[str, list[Header]] = {
    "fetch-metadata": [("Sec-Fetch-Site", "same-origin")],
    "origin": [("Origin", "http://api.example"), ("Host", "api.example")],
    "origin-with-port": [("Origin", "http://a:8000"), ("Host", "a:8000")],
    "origin-of-another-case": [
        ("Origin", "http://API.example"),
        ("Host", "Api.Example"),
    ],
    "trusted-origin": [("Origin", "https://app.example"), ("Host", "api.example")],
    "trusted-origin-cross-site": [
        ("Origin", "https://app.example"),
        ("Sec-Fetch-Site", "cross-site"),
    ],
    "token-in-the-header-too": [("Authorization", f"Bearer {GOOD}")],
}


@both
@attacks("headers", SAME_SITE)
def test_cookie_of_this_site(via: Via, headers: list[Header]) -> None:
    """A cookie token may change things when the request is from this site."""
    policy = Policy(cookie_names=["jwt"], trusted_origins=["https://app.example"])
    sent = _sent(COOKIE, *headers, method="POST")
    admitted(via, sent, make_gate(policy=policy))


TIMES: dict[str, dict[str, object]] = {
    "exp-in-a-second": {"exp": IN + 1},
    "exp-in-a-fraction": {"exp": NOW + 0.5},
    "exp-far": {"exp": 10**12},
    "exp-of-300-digits": {"exp": 10**300},
    "exp-with-exponent": {"exp": 1e12},
    "nbf-this-second": {"nbf": IN},
    "nbf-a-fraction-ago": {"nbf": NOW - 0.5},
    "nbf-zero": {"nbf": 0},
    "nbf-negative": {"nbf": -1.5},
    "iat-in-the-future": {"iat": IN + 99},
    "iat-that-is-no-number": {"iat": "yesterday"},
    "sub-that-is-no-text": {"sub": 7},
    "aud-unasked": {"aud": ["elsewhere"]},
}


@both
@attacks("claims", TIMES)
def test_times(via: Via, claims: dict[str, object]) -> None:
    """NumericDates may be fractions; the borders belong to whom the RFC gives them."""
    admitted(via, Sent.bearer(mint(claims)))


@both
@every_policy
@attacks("claims", {"exp": {"exp": IN - 29}, "nbf": {"nbf": IN + 29}})
def test_grace(via: Via, policy: Policy, claims: dict[str, object]) -> None:
    """A credential's grace holds for exp and nbf up to its last second."""
    gate = make_gate(credential(lifetime_grace_period=30), policy=policy)
    admitted(via, Sent.bearer(mint(claims)), gate)


@both
@attacks("claims", {"exp": {"exp": IN - 29.5}, "nbf": {"nbf": IN + 30}})
def test_leeway(via: Via, claims: dict[str, object]) -> None:
    """The policy's leeway does for credentials without their own."""
    gate = make_gate(policy=Policy(leeway=30))
    admitted(via, Sent.bearer(mint(claims)), gate)


@both
@pytest.mark.parametrize("exp", [IN + 60, IN + 59.5, IN + 1])
def test_limit(via: Via, exp: float) -> None:
    """An exp exactly at the limit is not beyond it."""
    gate = make_gate(policy=Policy(maximum_expiration=60))
    admitted(via, Sent.bearer(mint(exp=exp)), gate)


@both
@pytest.mark.parametrize(
    "aud", ["api", ["api"], ["x", "api"], ["api", 7, None], ["api2", "web"]]
)
def test_audience(via: Via, aud: object) -> None:
    """One of the token's audiences is one of ours."""
    gate = make_gate(policy=Policy(audience=["api", "web"]))
    admitted(via, Sent.bearer(mint(aud=aud)), gate)


@both
@pytest.mark.parametrize("typ", ["at+jwt", "application/at+jwt", "JWT"])
def test_type(via: Via, typ: str) -> None:
    """A typ may be written with application/ or without."""
    gate = make_gate(policy=Policy(types=["at+jwt", "application/JWT"]))
    admitted(via, Sent.bearer(mint(header={"alg": "HS256", "typ": typ})), gate)


@both
def test_issuer(via: Via) -> None:
    """The issuer is one of those accepted."""
    gate = make_gate(policy=Policy(issuer=["other", KEY]))
    admitted(via, Sent.bearer(GOOD), gate)


HEADERS: dict[str, dict[str, object]] = {
    "alg-alone": {},
    "typ-lower": {"typ": "jwt"},
    "cty": {"cty": "json"},
    "kid-of-nobody": {"kid": "unknown"},
    "jwk-ignored": {"jwk": {"kty": "oct", "k": "AAAA"}},
    "jku-ignored": {"jku": "https://evil.example"},
    "x5c-ignored": {"x5c": ["MIIB"]},
    "key-repeated": {"iss": KEY},
    "unknown-members": {"x": None, "y": [1, {"z": 2.5}]},
    "zip-ignored": {"zip": "none"},
}


@both
@attacks("members", HEADERS)
def test_header(via: Via, members: dict[str, object]) -> None:
    """What a header has beside alg is no reason to refuse, crit and b64 excepted."""
    admitted(via, Sent.bearer(mint(header={"alg": "HS256", **members})))


DOCUMENTS: dict[str, bytes] = {
    "blanks": b' \t\r\n{ "iss" : "jack-key" , "exp" : 1800000060 } \n',
    "escaped-name": b'{"\\u0069ss":"jack-key","exp":1800000060}',
    "escaped-value": b'{"iss":"jack\\u002dkey","exp":1800000060}',
    "escaped-slash": b'{"iss":"jack-key","exp":1800000060,"x":"a\\/b"}',
    "surrogate-pair": b'{"iss":"jack-key","exp":1800000060,"x":"\\ud83d\\ude00"}',
    "nul-in-a-claim": b'{"iss":"jack-key","exp":1800000060,"x":"\\u0000"}',
    "exponent": b'{"iss":"jack-key","exp":1.80000006E+9}',
    "32-levels": b'{"iss":"jack-key","exp":1800000060,"x":'
    + b"[" * 31
    + b"]" * 31
    + b"}",
    "200-flat-objects": b'{"iss":"jack-key","exp":1800000060,"x":['
    + b"{}," * 199
    + b"{}]}",
    "4000-digits": b'{"iss":"jack-key","exp":1800000060,"x":' + b"9" * 4000 + b"}",
    "same-name-at-two-levels": b'{"iss":"jack-key","exp":1800000060,"x":{"iss":"y"}}',
    "brackets-in-a-text": b'{"iss":"jack-key","exp":1800000060,"x":"'
    + b"[{" * 99
    + b'"}',
}


@both
@attacks("octets", DOCUMENTS)
def test_payload(via: Via, octets: bytes) -> None:
    """Legal JSON is read, however it is written."""
    admitted(via, Sent.bearer(seal(segment({"alg": "HS256"}) + b"." + segment(octets))))


@both
def test_biggest_token(via: Via) -> None:
    """A token of exactly 8192 characters is legal."""
    header = b'{"alg":"HS256"}'
    payload = b'{"iss":"jack-key","exp":1800000060,"x":"%s"}' % (b"x" * 6053)
    token = seal(segment(header) + b"." + segment(payload))
    assert len(token) == 8192
    admitted(via, Sent.bearer(token))


@both
def test_unicode_claims(via: Via) -> None:
    """Claims keep any text, outside of the BMP too."""
    claims = {"sub": "J\xe4ck \U0001f511", "\u540d": "\u540d\u524d", "": "empty"}
    got = admitted(via, Sent.bearer(mint(claims)))
    assert {name: got.outcome.claims[name] for name in claims} == claims
    assert got.outcome.subject == "J\xe4ck \U0001f511"


@both
@pytest.mark.parametrize(
    "key", ["j\xe4ck", "\u540d\u524d", "a b", "\U0001f511", "k" * 512, "'; --", "0"]
)
def test_key_of_any_printable_text(via: Via, key: str) -> None:
    """A key is any printable text of up to 512 octets, compared exactly."""
    gate = make_gate(credential(key=key), credential(key=f"{key[:500]}x"))
    got = admitted(via, Sent.bearer(mint({"iss": key})), gate)
    assert got.outcome.credential.key == key


def _rotating() -> Gate:
    return make_gate(
        credential(kid="old", id="1", secret="o" * 64, retire_after=NOW + 1),
        credential(kid="new", id="2"),
        credential(id="3", secret="n" * 64),
        credential(kid="dead", id="4", enabled=False),
    )


ROTATION: dict[str, tuple[str | None, str, str]] = {
    "old-kid": ("old", "o", "1"),
    "new-kid": ("new", "", "2"),
    "unknown-kid-picks-those-without": ("else", "n", "3"),
    "no-kid-tries-all-first": (None, "o", "1"),
    "no-kid-tries-all-second": (None, "", "2"),
    "no-kid-tries-all-third": (None, "n", "3"),
}


@both
@attacks("row", ROTATION)
def test_rotation(via: Via, row: tuple[str | None, str, str]) -> None:
    """Old and new credential of a key verify side by side; a kid picks its own."""
    kid, secret, expected = row
    header = {"alg": "HS256"} | ({"kid": kid} if kid else {})
    token = mint(header=header, secret=secret * 64 or SECRET)
    got = admitted(via, Sent.bearer(token), _rotating())
    assert got.outcome.credential.id == expected


@both
def test_rotation_to_another_algorithm(via: Via) -> None:
    """An issuer may change its algorithm without a gap."""
    gate = make_gate(credential(), credential(algorithm="ES256", kid="new"))
    for algorithm in ("HS256", "ES256"):
        admitted(via, Sent.bearer(mint(algorithm=algorithm)), gate)


@both
def test_rotation_in_a_memory_store(via: Via) -> None:
    """After rotate() the token of before still passes."""
    store = make_store()
    consumer = store.create_consumer(username="jack")
    store.create_credential(consumer, key=KEY, secret=SECRET)
    store.rotate(KEY, overlap=60)
    admitted(via, Sent.bearer(GOOD), Gate(store, clock=clock))


@both
def test_right_consumer_among_many(via: Via) -> None:
    """Each key leads to its own consumer."""
    rows = [
        credential(
            consumer=Consumer(username=f"user-{n}"), key=f"key-{n}", secret=f"{n}" * 64
        )
        for n in range(9)
    ]
    for n in range(9):
        token = mint({"iss": f"key-{n}"}, secret=f"{n}" * 64)
        got = via(make_gate(*rows), Sent.bearer(token))
        assert got.outcome.consumer.username == f"user-{n}"


@both
def test_consumer_named_by_a_claim(via: Via) -> None:
    """An issuer's users are consumers of their own."""
    gate = make_gate(credential(consumer_claim="sub"))
    got = admitted(via, Sent.bearer(mint(sub="jack")), gate)
    assert got.outcome.consumer.id != jack().id


@both
@pytest.mark.parametrize("where", ["payload", "header"])
def test_place_of_the_key_claim(via: Via, where: str) -> None:
    """The header names the key where the payload does not."""
    token = GOOD
    if where == "header":
        token = mint({"iss": None}, header={"alg": "HS256", "iss": KEY})
    admitted(via, Sent.bearer(token))


@both
@pytest.mark.parametrize(
    "secret", [SECRET.encode(), b"\0\xff" * 32], ids=["text", "octets"]
)
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_base64_secret(via: Via, secret: bytes, encode: Any) -> None:
    """A base64 secret is decoded, in either alphabet, padded or not."""
    for text in (encode(secret), encode(secret).rstrip(b"=")):
        gate = make_gate(credential(secret=text, secret_is_base64=True))
        admitted(via, Sent.bearer(mint(secret=secret)), gate)


@both
@pytest.mark.parametrize("name", ["username", "id", "consumer"])
def test_anonymous(via: Via, name: str) -> None:
    """Where no token came, the anonymous consumer stands in."""
    store = make_store()
    consumer = store.create_consumer(username="nobody")
    choices: dict[str, Consumer | str] = {
        "username": "nobody",
        "id": consumer.id,
        "consumer": consumer,
    }
    chosen = choices[name]
    got = via(Gate(store, Policy(anonymous=chosen), clock=clock), Sent())
    assert isinstance(got.outcome, Anonymous)
    assert got.outcome.consumer is consumer


@both
def test_preflight(via: Via) -> None:
    """A true preflight passes where the policy says so."""
    headers = [("Origin", "https://a"), ("Access-Control-Request-Method", "PUT")]
    gate = make_gate(policy=Policy(run_on_preflight=False))
    got = via(gate, Sent(method="OPTIONS", headers=headers))
    assert isinstance(got.outcome, Exempt)
    assert got.app_ran


# What the gateways' own documentation publishes.

KONG_TOKEN = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"
    ".eyJpc3MiOiJZSmRtYUR2VlRKeHRjV1JDdmtNaWtjOG9FTGdBVk5jeiJ9"
    ".xG-DrlD4vcYBqhuhK_jrwFIALvVvU-qTOiNyIfUhn_Y"
)
APISIX_TOKEN = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"
    ".eyJrZXkiOiJqYWNrLWtleSIsIm5iZiI6MTcyOTEzMjI3MX0"
    ".UEPXy5jpid624T1XpfjM0PLY73LZPjV3Qt8yZ92kVuU"
)
KONG_GATE = Gate(
    ListStore(
        Credential(
            consumer=jack(),
            key="YJdmaDvVTJxtcWRCvkMikc8oELgAVNcz",
            secret="C50k0bcahDhLNhLKSUBSR1OMiFGzNZ7X",
        )
    ),
    Policy.kong(cookie_names=["jwt"]),
    clock=clock,
)
APISIX_GATE = Gate(
    ListStore(
        Credential(
            consumer=jack(),
            key="jack-key",
            id="cred-jack-jwt-auth",
            secret="jack-hs256-secret-that-is-very-long",
        )
    ),
    Policy.apisix(),
    clock=clock,
)


@both
@attacks(
    "sent",
    {
        "header": Sent.bearer(KONG_TOKEN),
        "lower": _sent(("Authorization", f"bearer {KONG_TOKEN}")),
        "query": _sent(query=f"jwt={KONG_TOKEN}"),
        "cookie": _sent(("Cookie", f"jwt={KONG_TOKEN}")),
        "cookie-of-another-case": _sent(("Cookie", f"JWT={KONG_TOKEN}")),
        "all": Sent.bearer(KONG_TOKEN, query=f"jwt={KONG_TOKEN}"),
        "post-with-cookie": _sent(("Cookie", f"jwt={KONG_TOKEN}"), method="POST"),
    },
)
def test_published_token_of_kong(via: Via, sent: Sent) -> None:
    """The token of Kong's own guide passes a gate of Kong's ways."""
    got = admitted(via, sent, KONG_GATE)
    assert got.seen_headers is not None
    identifier = got.seen_headers["x-credential-identifier"]
    assert identifier == "YJdmaDvVTJxtcWRCvkMikc8oELgAVNcz"


@both
@attacks(
    "sent",
    {
        "bare": _sent(("Authorization", APISIX_TOKEN)),
        "bearer": Sent.bearer(APISIX_TOKEN),
        "lower": _sent(("Authorization", f"bearer {APISIX_TOKEN}")),
        "query": _sent(query=f"jwt={APISIX_TOKEN}"),
        "cookie": _sent(("Cookie", f"jwt={APISIX_TOKEN}")),
        "header-before-garbage": Sent.bearer(APISIX_TOKEN, query="jwt=x"),
        "query-before-garbage": _sent(("Cookie", "jwt=x"), query=f"jwt={APISIX_TOKEN}"),
    },
)
def test_published_token_of_apisix(via: Via, sent: Sent) -> None:
    """The token of APISIX's own guide passes a gate of APISIX's ways."""
    got = admitted(via, sent, APISIX_GATE)
    assert got.seen_headers is not None
    assert got.seen_headers["x-credential-identifier"] == "cred-jack-jwt-auth"


@both
def test_claims_as_json(via: Via) -> None:
    """What the app sees of the claims is what was signed."""
    claims = {"a": {"b": [1, {"c": None}]}, "scope": "read write"}
    outcome = admitted(via, Sent.bearer(mint(claims))).outcome
    assert isinstance(outcome, Authenticated)
    assert json.loads(json.dumps(outcome.claims)) == {
        "iss": KEY,
        "exp": IN + 600,
        **claims,
    }
    assert outcome.scopes == {"read", "write"}
