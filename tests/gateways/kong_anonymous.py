"""The anonymous consumer: for whom it stands in, and what closes its door."""

from collections.abc import Mapping

from tests.gateways.cases import ABSENT, Case
from tests.gateways.kong_configs import (
    FORGED,
    GUEST,
    GUEST_ID,
    JACK_ID,
    JSON,
    OTHER_TOKEN,
    TOKEN,
    Members,
    bearer,
    cookie,
    credential,
    file,
    forbidden,
    guarded,
    guest,
    jack,
    jwt,
    passes,
    plugin,
    query,
    refused,
    route,
    routed,
    without_token,
)
from tests.gateways.kong_tokens import with_alg, written
from tests.kit import NOW, Sent, mint

_FLOW = "4. Request flow, 2: anonymous"
_ALIKE = "7. anonymous: all are alike"
_NAMES = "7. anonymous: looked up by id, then by username"
_CLOSED = "7. anonymous: to forbid that"
_MISSING = "5. Failures: anonymous consumer missing"
_SERVER_ERRORS = "5. Failures: server errors that a client can cause"

_NOW = int(NOW)

_STRICT: Members = {
    "claims_to_verify": ["exp", "nbf"],
    "maximum_expiration": 600,
    "cookie_names": ["jwt"],
    "anonymous": "guest",
}
_CONFIG = guarded(
    jack(
        credential(),
        credential(key="es-key", algorithm="ES256", secret=None),
    ),
    guest(),
    **_STRICT,
)


def _anonymous(
    source: str, rows: Mapping[str, Sent], why: str = ""
) -> tuple[Case, ...]:
    return tuple(
        passes(
            f"anonymous for {name}",
            source,
            _CONFIG,
            request,
            seen=GUEST,
            why=why,
            headers={"www-authenticate": ABSENT},
        )
        for name, request in rows.items()
    )


FAILURES = (
    *_anonymous(
        _ALIKE,
        {
            "no token": Sent(),
            "another scheme": Sent(headers=[("Authorization", "Basic amFjazpk")]),
            "differing tokens": bearer(query=f"jwt={OTHER_TOKEN}"),
            "differing cookies and headers": bearer(
                TOKEN, ("Cookie", f"jwt={OTHER_TOKEN}")
            ),
            "a valueless parameter": query("jwt"),
            "an unreadable token": bearer("garbled"),
            "an unreadable cookie": cookie("jwt=garbled"),
            "a bad alg": bearer(with_alg("none")),
            "a payload that is false": bearer(written(payload=b"false")),
            "a bad signature segment": bearer(f"{TOKEN}!"),
            "no key claim": bearer(mint(iss=None)),
            "an empty key claim": bearer(mint(iss="")),
            "an unknown key": bearer(mint(iss="unknown")),
            "another alg": bearer(mint(algorithm="HS512")),
            "a credential without a key": bearer(mint(iss="es-key", algorithm="ES256")),
            "a wrong signature": bearer(FORGED),
            "an expired token": bearer(mint(exp=_NOW, nbf=1)),
            "a token that is too early": bearer(mint(nbf=_NOW + 1)),
            "a token over the limit": bearer(mint(exp=_NOW + 601, nbf=1)),
            "a missing claim": bearer(mint(exp=None)),
        },
    ),
    *_anonymous(
        _SERVER_ERRORS,
        {
            "a key claim that is a number": bearer(mint(b'{"iss":1}')),
            "a payload that is null": bearer(written(payload=b"null")),
            "a header that is a number": bearer(written(header=b"1")),
            "an ES256 signature of the wrong length": bearer(
                mint(iss="es-key", algorithm="ES256")[:-4]
            ),
        },
        why="Kong answers 500, and none of these falls back to anonymous",
    ),
    passes(
        "a good token is not anonymous",
        _FLOW,
        _CONFIG,
        bearer(mint(nbf=1)),
        seen={"x-consumer-id": JACK_ID, "x-anonymous-consumer": ABSENT},
    ),
    passes(
        "HEAD is anonymous, too",
        _FLOW,
        _CONFIG,
        Sent(method="HEAD"),
        seen=GUEST,
    ),
)

NAMES = (
    passes(
        "the anonymous consumer by id",
        _NAMES,
        guarded(jack(), guest(), anonymous=GUEST_ID),
        Sent(),
        seen=GUEST,
    ),
    passes(
        "the anonymous consumer by an id that is derived",
        _NAMES,
        guarded(jack(), anonymous=JACK_ID),
        Sent(),
        seen={
            "x-consumer-username": "jack",
            "x-consumer-custom-id": "495aec6a",
            "x-credential-identifier": ABSENT,
            "x-anonymous-consumer": "true",
        },
    ),
    passes(
        "the custom_id of the anonymous consumer is told",
        "6. Headers for the app behind",
        guarded(guest(custom_id="0"), anonymous="guest"),
        Sent(),
        seen={**GUEST, "x-consumer-custom-id": "0"},
    ),
    passes(
        "an anonymous consumer without a username",
        "6. Headers for the app behind",
        guarded({"id": GUEST_ID, "custom_id": "0"}, anonymous=GUEST_ID),
        Sent(),
        seen={
            **GUEST,
            "x-consumer-custom-id": "0",
            "x-consumer-username": ABSENT,
        },
    ),
)


def _nobody(name: str, source: str, config: Members, wanted: str, sent: Sent) -> Case:
    text = f"anonymous consumer {wanted} is configured but doesn't exist"
    return Case(
        name=name,
        source=source,
        config=config,
        request=sent,
        status=500,
        body={"message": text},
        headers={"www-authenticate": ABSENT, "content-type": JSON},
    )


_GONE = guarded(anonymous="nobody")

MISSING = (
    _nobody("no anonymous consumer, no token", _MISSING, _GONE, "nobody", Sent()),
    _nobody(
        "no anonymous consumer, a wrong signature",
        _MISSING,
        _GONE,
        "nobody",
        bearer(FORGED),
    ),
    _nobody(
        "the anonymous consumer is not found by custom_id",
        _NAMES,
        guarded(jack(), guest(custom_id="stranger"), anonymous="stranger"),
        "stranger",
        Sent(),
    ),
    _nobody(
        "the anonymous consumer in another case",
        _NAMES,
        guarded(jack(), guest(), anonymous="GUEST"),
        "GUEST",
        Sent(),
    ),
    passes(
        "a good token does not need the missing anonymous consumer",
        _MISSING,
        _GONE,
        bearer(),
    ),
)

_TERMINATED = plugin("request-termination", status_code=401, message="No guests")


def _closed(*guests: Members, **members: object) -> Members:
    return file(jack(), *guests, plugins=[jwt(anonymous="guest")], **members)


_CLOSED_NESTED = _closed(guest(plugins=[_TERMINATED]))
_CLOSED_FLAT = file(
    jack(),
    guest(),
    plugins=[jwt(anonymous="guest"), {**_TERMINATED, "consumer": "guest"}],
)
_STAFF = {"group": "staff"}
_FOR_STAFF = [jwt(anonymous="guest"), plugin("acl", allow=["staff"])]
_BY_GROUP = file(
    jack(acls=[_STAFF]), guest(acls=[{"group": "guests"}]), plugins=_FOR_STAFF
)
_BY_NO_GROUP = file(jack(acls=[_STAFF]), guest(), plugins=_FOR_STAFF)

DOORS = (
    forbidden(
        "termination on the anonymous consumer closes the door",
        _CLOSED,
        _CLOSED_NESTED,
        Sent(),
        "No guests",
        status=401,
    ),
    forbidden(
        "termination on the anonymous consumer, for a bad token",
        _CLOSED,
        _CLOSED_NESTED,
        bearer(FORGED),
        "No guests",
        status=401,
    ),
    passes(
        "termination on the anonymous consumer lets others pass",
        _CLOSED,
        _CLOSED_NESTED,
        bearer(),
    ),
    forbidden(
        "termination that names the anonymous consumer",
        _CLOSED,
        _CLOSED_FLAT,
        Sent(),
        "No guests",
        status=401,
    ),
    passes(
        "termination that names the anonymous consumer lets others pass",
        _CLOSED,
        _CLOSED_FLAT,
        bearer(),
    ),
    forbidden(
        "acl refuses an anonymous consumer of another group",
        _CLOSED,
        _BY_GROUP,
        Sent(),
    ),
    forbidden(
        "acl refuses an anonymous consumer of no group",
        "7. anonymous: to forbid that; Kong/kong#5452",
        _BY_NO_GROUP,
        Sent(),
        "Unauthorized",
        status=401,
    ),
    passes(
        "acl lets an anonymous consumer of the group pass",
        _CLOSED,
        file(jack(), guest(acls=[_STAFF]), plugins=_FOR_STAFF),
        Sent(),
        seen={**GUEST, "x-consumer-groups": "staff"},
    ),
    passes("acl lets members of the group pass", _CLOSED, _BY_GROUP, bearer()),
)

_PARTLY = routed(
    route("/shop", plugins=[jwt(anonymous="guest")]),
    route("/orders", name="mine"),
    consumers=[jack(), guest()],
)

PLACES = (
    passes(
        "anonymous on one route",
        "3. One jwt plugin per scope",
        _PARTLY,
        Sent(path="/shop"),
        seen=GUEST,
    ),
    without_token(
        "no anonymous on the other route",
        "3. One jwt plugin per scope",
        _PARTLY,
        Sent(path="/orders"),
    ),
    refused(
        "a wrong signature on the route without anonymous",
        "3. One jwt plugin per scope",
        _PARTLY,
        bearer(FORGED, path="/orders"),
        "Invalid signature",
    ),
)

CASES = (*FAILURES, *NAMES, *MISSING, *DOORS, *PLACES)
