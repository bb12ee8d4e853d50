"""The order of failures, two at once, and the answer of each with a realm."""

from tests.gateways.cases import ABSENT, Case
from tests.gateways.kong_configs import (
    DEFAULT,
    FORGED,
    JSON,
    TOKEN,
    Members,
    bearer,
    challenge,
    credential,
    file,
    guarded,
    jack,
    plugin,
    query,
    refused,
    route,
    routed,
    unrouted,
)
from tests.gateways.kong_tokens import with_alg, written
from tests.kit import NOW, Sent, mint

_ORDER = "5. Failures: in order"
_TABLE = "5. Failures: body and challenge"
_NOW = int(NOW)

_LIMITED = guarded(claims_to_verify=["exp", "nbf"], maximum_expiration=600)
_NO_KEY = file(jack(credential(algorithm="ES256", secret=None)))
_ORDERS = routed(route("/orders"))
_FOR_STAFF = routed(route("/orders", plugins=[plugin("acl", allow=["staff"])]))

_STRANGE_SIGNATURE = "!!!"


def _unsigned(token: str, signed: str = _STRANGE_SIGNATURE) -> str:
    return f"{token.rpartition('.')[0]}.{signed}"


_FALSE = written(payload=b"false")

ORDER = (
    refused(
        "two unreadable tokens are two tokens",
        _ORDER,
        DEFAULT,
        query("jwt=a&jwt=b"),
        "Multiple tokens provided",
    ),
    refused(
        "a parameter without a value beside an unreadable token",
        _ORDER,
        DEFAULT,
        query("jwt&jwt=a"),
        "Multiple tokens provided",
    ),
    refused(
        "unreadable claims and a bad alg",
        _ORDER,
        DEFAULT,
        bearer(written(b'{"alg":"none"}', b"no JSON")),
        "Bad token; invalid JSON",
    ),
    refused(
        "an unreadable header and a bad signature segment",
        _ORDER,
        DEFAULT,
        bearer(_unsigned(written(b"no JSON"))),
        "Bad token; invalid JSON",
    ),
    refused(
        "a bad alg and a payload that is false",
        _ORDER,
        DEFAULT,
        bearer(written(b'{"alg":"none"}', b"false")),
        "Bad token; invalid claims",
        why="Kong looks at the alg first; here all is read before anything is judged",
    ),
    refused(
        "a bad alg and a bad signature segment",
        _ORDER,
        DEFAULT,
        bearer(_unsigned(with_alg("none"))),
        "Bad token; invalid alg",
    ),
    refused(
        "a bad alg and no key claim",
        _ORDER,
        DEFAULT,
        bearer(mint(iss=None, header={"alg": "none"})),
        "Bad token; invalid alg",
    ),
    refused(
        "a payload that is false and a bad signature segment",
        _ORDER,
        DEFAULT,
        bearer(_unsigned(_FALSE)),
        "Bad token; invalid claims",
    ),
    refused(
        "a bad signature segment and no key claim",
        _ORDER,
        DEFAULT,
        bearer(_unsigned(mint(iss=None))),
        "Bad token; invalid signature",
    ),
    refused(
        "a bad signature segment and an unknown key",
        _ORDER,
        DEFAULT,
        bearer(_unsigned(mint(iss="unknown"))),
        "Bad token; invalid signature",
    ),
    refused(
        "no key claim and an expired token",
        _ORDER,
        _LIMITED,
        bearer(mint(iss=None, exp=1)),
        "No mandatory 'iss' in claims",
    ),
    refused(
        "an empty key claim and a wrong signature",
        _ORDER,
        DEFAULT,
        bearer(mint(iss="", secret="another")),
        "Invalid 'iss' in claims",
    ),
    refused(
        "an unknown key and another alg",
        _ORDER,
        DEFAULT,
        bearer(mint(iss="unknown", algorithm="HS512")),
        "No credentials found for given 'iss'",
    ),
    refused(
        "an unknown key and an expired token",
        _ORDER,
        _LIMITED,
        bearer(mint(iss="unknown", exp=1)),
        "No credentials found for given 'iss'",
    ),
    refused(
        "another alg and a wrong signature",
        _ORDER,
        DEFAULT,
        bearer(mint(algorithm="HS384", secret="another")),
        "Invalid algorithm",
    ),
    refused(
        "another alg and a credential without a key",
        _ORDER,
        _NO_KEY,
        bearer(TOKEN),
        "Invalid algorithm",
    ),
    refused(
        "another alg and an expired token",
        _ORDER,
        _LIMITED,
        bearer(mint(algorithm="HS384", exp=1)),
        "Invalid algorithm",
    ),
    refused(
        "a credential without a key and a wrong signature",
        _ORDER,
        _NO_KEY,
        bearer(_unsigned(mint(algorithm="ES256"), "AAAA")),
        "Invalid key/secret",
    ),
    refused(
        "a wrong signature and an expired token",
        _ORDER,
        _LIMITED,
        bearer(mint(exp=1, secret="another")),
        "Invalid signature",
    ),
    refused(
        "a wrong signature and claims that are no numbers",
        _ORDER,
        _LIMITED,
        bearer(mint(exp="x", nbf="y", secret="another")),
        "Invalid signature",
    ),
    unrouted("no route and no token", "4. Request flow", _ORDERS, Sent(path="/other")),
    unrouted(
        "no route and a wrong signature",
        "4. Request flow",
        _ORDERS,
        bearer(FORGED, path="/other"),
    ),
    unrouted(
        "no route and a good token",
        "4. Request flow",
        _ORDERS,
        bearer(path="/other"),
    ),
    refused(
        "a wrong signature of one who may not",
        "1. Plugin config: priority 1450, acl 950",
        _FOR_STAFF,
        bearer(FORGED, path="/orders"),
        "Invalid signature",
    ),
)


def _with_realm(
    name: str,
    request: Sent,
    body: str | dict[str, str],
    *,
    error: bool = True,
    **config: object,
) -> Case:
    return refused(
        f"realm: {name}",
        _TABLE,
        guarded(realm="shop", **config),
        request,
        body,
        challenge=challenge("shop", error=error),
    )


_NO_KEY_WITH_REALM: Members = guarded(
    jack(credential(algorithm="ES256", secret=None)), realm="shop"
)

REALM = (
    _with_realm("no token", Sent(), "Unauthorized", error=False),
    _with_realm("differing tokens", query("jwt=a&jwt=b"), "Multiple tokens provided"),
    _with_realm("a valueless parameter", query("jwt"), "Unrecognizable token"),
    _with_realm("an unreadable token", bearer("garbled"), "Bad token; invalid JSON"),
    _with_realm("a bad alg", bearer(with_alg("none")), "Bad token; invalid alg"),
    _with_realm("bad claims", bearer(_FALSE), "Bad token; invalid claims"),
    _with_realm(
        "a bad signature segment",
        bearer(_unsigned(TOKEN)),
        "Bad token; invalid signature",
    ),
    _with_realm("no key claim", bearer(mint(iss=None)), "No mandatory 'iss' in claims"),
    _with_realm("an empty key claim", bearer(mint(iss="")), "Invalid 'iss' in claims"),
    _with_realm(
        "an unknown key",
        bearer(mint(iss="unknown")),
        "No credentials found for given 'iss'",
    ),
    _with_realm("another alg", bearer(mint(algorithm="HS512")), "Invalid algorithm"),
    refused(
        "realm: a credential without a key",
        _TABLE,
        _NO_KEY_WITH_REALM,
        bearer(mint(algorithm="ES256")),
        "Invalid key/secret",
        challenge=challenge("shop"),
    ),
    _with_realm("a wrong signature", bearer(FORGED), "Invalid signature"),
    _with_realm(
        "an expired token",
        bearer(mint(exp=_NOW)),
        {"exp": "token expired"},
        claims_to_verify=["exp"],
    ),
    _with_realm(
        "over the limit",
        bearer(mint(exp=_NOW + 2)),
        {"exp": "exceeds maximum allowed expiration"},
        claims_to_verify=["exp"],
        maximum_expiration=1,
    ),
    refused(
        "a realm with quotes",
        "1. Plugin config: realm",
        guarded(realm='the "shop"'),
        Sent(),
        "Unauthorized",
        challenge='Bearer realm="the \\"shop\\""',
        why="Kong does not escape them: the client reads another realm",
    ),
)


def _bodiless(name: str, config: Members, request: Sent, status: int) -> Case:
    return Case(
        name=name,
        source="5. Failures: responses to HEAD",
        config=config,
        request=request,
        status=status,
        body="",
        headers={"content-type": JSON},
    )


_CODED = b'{"message":"Bad token; invalid JSON"}'

ANSWERS = (
    _bodiless("HEAD without a token", DEFAULT, Sent(method="HEAD"), 401),
    _bodiless(
        "HEAD with a wrong signature", DEFAULT, bearer(FORGED, method="HEAD"), 401
    ),
    _bodiless("HEAD without a route", _ORDERS, Sent(method="HEAD", path="/other"), 404),
    Case(
        name="a body is JSON without blanks",
        source=_TABLE,
        config=DEFAULT,
        request=bearer("garbled"),
        status=401,
        body=_CODED.decode(),
        headers={"content-length": str(len(_CODED))},
    ),
    Case(
        name="a refusal names no consumer",
        source="6. Headers for the app behind",
        config=guarded(claims_to_verify=["exp"]),
        request=bearer(mint(exp=1)),
        status=401,
        body={"exp": "token expired"},
        headers={"x-consumer-username": ABSENT, "x-credential-identifier": ABSENT},
    ),
)

CASES = (*ORDER, *REALM, *ANSWERS)
