"""The configurations and requests that Kong's documents print, as files."""

from tests.gateways.cases import ABSENT, Case
from tests.gateways.kong_configs import (
    GUEST,
    Members,
    bearer,
    cookie,
    derived_id,
    guest,
    jwt,
    passes,
    query,
    refused,
    without_token,
)
from tests.kit import NOW, Sent, mint, public_pem

_NOW = int(NOW)

_HOW_TO = "Authenticate Consumers with the JWT plugin"
_LAB = "JWT Authentication: lab with FastAPI"
_OVERVIEW = "The JWT plugin: overview"

JSMITH_KEY = "YJdmaDvVTJxtcWRCvkMikc8oELgAVNcz"
JSMITH_SECRET = "C50k0bcahDhLNhLKSUBSR1OMiFGzNZ7X"
PRINTED = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"
    ".eyJpc3MiOiJZSmRtYUR2VlRKeHRjV1JDdmtNaWtjOG9FTGdBVk5jeiJ9"
    ".xG-DrlD4vcYBqhuhK_jrwFIALvVvU-qTOiNyIfUhn_Y"
)
"""The token that the how-to prints."""

JSMITH: Members = {
    "username": "jsmith",
    "jwt_secrets": [{"algorithm": "HS256", "key": JSMITH_KEY, "secret": JSMITH_SECRET}],
}
EXAMPLE: Members = {
    "_format_version": "3.0",
    "services": [
        {
            "name": "example-service",
            "url": "http://httpbin.konghq.com/anything",
            "routes": [{"name": "example-route", "paths": ["/anything"]}],
        }
    ],
    "consumers": [JSMITH],
    "plugins": [
        jwt(header_names=["authorization"], key_claim_name="iss"),
    ],
}
"""What the how-to sets up."""

_SMITH = {
    "x-consumer-id": derived_id("jsmith"),
    "x-consumer-custom-id": ABSENT,
    "x-consumer-username": "jsmith",
    "x-credential-identifier": JSMITH_KEY,
    "x-anonymous-consumer": ABSENT,
}


def _anything(token: str) -> Sent:
    return bearer(token, ("Content-Type", "application/json"), path="/anything")


HOW_TO = (
    without_token("how-to: without a token", _HOW_TO, EXAMPLE, Sent(path="/anything")),
    passes(
        "how-to: the token that is printed",
        _HOW_TO,
        EXAMPLE,
        _anything(PRINTED),
        seen=_SMITH,
    ),
    passes(
        "how-to: a token made as it says",
        _HOW_TO,
        EXAMPLE,
        _anything(
            mint(
                {"iss": JSMITH_KEY, "exp": None},
                secret=JSMITH_SECRET,
                header={"typ": "JWT", "alg": "HS256"},
            )
        ),
        seen=_SMITH,
    ),
    refused(
        "how-to: the printed token, changed",
        _HOW_TO,
        EXAMPLE,
        _anything(PRINTED.replace(".xG-", ".xH-")),
        "Invalid signature",
    ),
    passes(
        "how-to: the plugin says what is the default anyway",
        _HOW_TO,
        {**EXAMPLE, "plugins": [{"name": "jwt"}]},
        _anything(PRINTED),
        seen=_SMITH,
    ),
)

LAB: Members = {
    "_format_version": "3.0",
    "services": [
        {
            "name": "fastapi",
            "url": "http://host.docker.internal:5000",
            "routes": [{"name": "fastapi", "paths": ["/kong"]}],
        }
    ],
    "consumers": [
        {
            "username": "lab",
            "jwt_secrets": [
                {"key": "jwttoken", "secret": "!Qwaszxerdfcv", "algorithm": "HS256"}
            ],
        }
    ],
    "plugins": [
        {
            **jwt(
                claims_to_verify=["exp"], key_claim_name="iss", maximum_expiration=600
            ),
            "instance_name": "jwt-authentication",
        }
    ],
}
"""What the lab sets up."""


def lab_token(exp: int | None, **more: object) -> str:
    """Make a token as the lab does."""
    return mint({"iss": "jwttoken", "exp": exp, **more}, secret="!Qwaszxerdfcv")


def _healthy(token: str) -> Sent:
    return bearer(token, path="/kong/healthy")


LAB_ROWS = (
    passes(
        "lab: a token of the script, of 600 seconds",
        _LAB,
        LAB,
        _healthy(lab_token(_NOW + 600, iat=_NOW)),
        seen={"x-consumer-username": "lab", "x-credential-identifier": "jwttoken"},
    ),
    refused(
        "lab: the token made by hand is expired by now",
        _LAB,
        LAB,
        _healthy(lab_token(1_733_279_271)),
        {"exp": "token expired"},
    ),
    refused(
        "lab: a token of the script, of 601 seconds",
        _LAB,
        LAB,
        _healthy(lab_token(_NOW + 601, iat=_NOW)),
        {"exp": "exceeds maximum allowed expiration"},
    ),
    refused(
        "lab: the token changed to anything else",
        _LAB,
        LAB,
        _healthy("anything-else"),
        "Bad token; invalid JSON",
    ),
    refused(
        "lab: the masked token as it is printed",
        _LAB,
        LAB,
        _healthy("eyJhbGci*****************************"),
        "Bad token; invalid JSON",
    ),
    refused(
        "lab: a token without exp",
        _LAB,
        LAB,
        _healthy(lab_token(None)),
        {"exp": "must be a number"},
    ),
    without_token("lab: without a token", _LAB, LAB, Sent(path="/kong/healthy")),
)


def overview(*plugins: Members, **secret: object) -> Members:
    """Give a file with the overview's consumer, and a credential of this kind."""
    return {
        "_format_version": "3.0",
        "consumers": [
            {
                "username": "consumer",
                "custom_id": "42",
                "jwt_secrets": [{"key": "overview-key", **secret}],
            },
            guest(),
        ],
        "plugins": list(plugins),
    }


def _mine(**more: object) -> str:
    return mint({"iss": "overview-key", **more}, secret="blob data")


_BLOB: Members = {"secret": "YmxvYiBkYXRh"}
_BASE64 = overview(jwt(secret_is_base64=True, cookie_names=["jwt"]), **_BLOB)
_TIMES = overview(jwt(secret_is_base64=True, claims_to_verify=["exp", "nbf"]), **_BLOB)
_ANONYMOUS = overview(jwt(secret_is_base64=True, anonymous="guest"), **_BLOB)
_RSA = overview(jwt(), algorithm="RS256", rsa_public_key=public_pem("RS256"))
_CALLER = {
    "x-consumer-id": derived_id("consumer"),
    "x-consumer-custom-id": "42",
    "x-consumer-username": "consumer",
    "x-credential-identifier": "overview-key",
    "x-anonymous-consumer": ABSENT,
}


def _carried(name: str, request: Sent) -> Case:
    return passes(f"overview: {name}", _OVERVIEW, _BASE64, request, seen=_CALLER)


OVERVIEW = (
    _carried("a token in the query", query(f"jwt={_mine()}")),
    _carried("a token in a cookie", cookie(f"jwt={_mine()}")),
    _carried("a token in a header", bearer(_mine())),
    refused(
        "overview: a token signed with another secret is discarded",
        _OVERVIEW,
        _BASE64,
        bearer(mint(iss="overview-key")),
        "Invalid signature",
    ),
    refused(
        "overview: tokens that differ, even if they are valid",
        _OVERVIEW,
        _BASE64,
        bearer(_mine(), query=f"jwt={_mine(jti='2')}"),
        "Multiple tokens provided",
    ),
    refused(
        "overview: a token signed with the encoded secret",
        _OVERVIEW,
        _BASE64,
        bearer(mint(iss="overview-key", secret="YmxvYiBkYXRh")),
        "Invalid signature",
    ),
    refused(
        "overview: on or after the expiration time",
        _OVERVIEW,
        _TIMES,
        bearer(_mine(exp=_NOW, nbf=_NOW)),
        {"exp": "token expired"},
    ),
    refused(
        "overview: before the time",
        _OVERVIEW,
        _TIMES,
        bearer(_mine(exp=_NOW + 9, nbf=_NOW + 1)),
        {"nbf": "token not valid yet"},
    ),
    passes(
        "overview: within the times",
        _OVERVIEW,
        _TIMES,
        bearer(_mine(exp=_NOW + 1, nbf=_NOW)),
        seen=_CALLER,
    ),
    passes(
        "overview: an RS256 token",
        _OVERVIEW,
        _RSA,
        bearer(mint(iss="overview-key", algorithm="RS256")),
        seen=_CALLER,
    ),
    passes(
        "overview: the anonymous consumer where authentication failed",
        _OVERVIEW,
        _ANONYMOUS,
        bearer("garbled"),
        seen=GUEST,
    ),
)

CASES = (*HOW_TO, *LAB_ROWS, *OVERVIEW)
