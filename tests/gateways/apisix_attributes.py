"""Section 1 of APISIX's page: every attribute, what it may be, and ``_meta``."""

from tests.gateways.apisix_configs import (
    FAILED,
    GOOD,
    MISSING,
    NO_ROUTE,
    ROTTEN,
    UNKNOWN,
    Tree,
    barred,
    bearing,
    consumer,
    credential,
    file,
    guarded,
    holding,
    passes,
    refused,
    route,
    safer,
    token,
    unrouted,
)
from tests.gateways.apisix_failures import EACH
from tests.gateways.cases import ABSENT, Case
from tests.kit import KEY, SECRET, Sent, public_pem

_PEM = public_pem("RS256")

# Blocks of credentials that the schema refuses: the entry is skipped, its key unknown.
_BLOCKS: dict[str, Tree] = {
    "no key": {"key": None},
    "an empty key": {"key": ""},
    "a key that is a number": {"key": 1},
    "no secret": {"secret": None},
    "an empty secret": {"secret": ""},
    "a secret that is a number": {"secret": 12345678},
    "an algorithm that nobody has": {"algorithm": "HS128"},
    "an algorithm in small letters": {"algorithm": "hs256"},
    "the algorithm none": {"algorithm": "none"},
    "an algorithm that is a list": {"algorithm": ["HS256"]},
    "RS256 and no public key": {"algorithm": "RS256"},
    "ES256 and no public key": {"algorithm": "ES256"},
    "EdDSA and no public key": {"algorithm": "EdDSA"},
    "RS256 and an empty public key": {"algorithm": "RS256", "public_key": ""},
    "an exp of 0": {"exp": 0},
    "an exp that is a text": {"exp": "60"},
    "an exp that is a fraction": {"exp": 1.5},
    "a base64_secret that is a text": {"base64_secret": "true"},
    "a grace below zero": {"lifetime_grace_period": -1},
    "a grace that is a fraction": {"lifetime_grace_period": 0.5},
    "a grace that is a text": {"lifetime_grace_period": "5"},
    "a grace that is true": {"lifetime_grace_period": True},
}
_NO_CREDENTIAL = tuple(
    refused(
        f"a credential with {what} is skipped",
        "1, rules; 8, invalid entries",
        bearing(),
        UNKNOWN,
        config=holding(**members),
    )
    for what, members in _BLOCKS.items()
)

_USABLE: dict[str, Tree] = {
    "an exp of 1": {"exp": 1},
    "an exp of a century": {"exp": 3_153_600_000},
    "a private_key, which is not known": {"private_key": "anything"},
    "a member that nobody knows": {"frobnicate": [1, 2]},
    "a public key that HS256 does not need": {"public_key": "anything"},
    "algorithm HS256 written out": {"algorithm": "HS256"},
    "base64_secret false": {"base64_secret": False},
    "an empty _meta": {"_meta": {}},
}
_CREDENTIALS = (
    *(
        passes(
            f"a credential with {what}",
            "1, consumer block",
            bearing(),
            config=holding(**members),
        )
        for what, members in _USABLE.items()
    ),
    passes(
        "a credential with a secret that RS256 does not need",
        "1, consumer block",
        bearing(token(algorithm="RS256")),
        config=holding(algorithm="RS256", public_key=_PEM),
    ),
    passes(
        "a key of one character",
        "1, key",
        bearing(token({"key": "k"})),
        config=holding(key="k"),
    ),
    passes(
        "a key that is no ASCII",
        "1, key",
        bearing(token({"key": "schlüssel"})),
        config=holding(key="schlüssel"),
    ),
    passes(
        "a key that looks like a URL",
        "1, key",
        bearing(token({"key": "https://issuer.example/a?b=c"})),
        config=holding(key="https://issuer.example/a?b=c"),
    ),
)

# Blocks of routes that the schema refuses: the route is skipped, so there is none.
_PLUGINS: dict[str, Tree] = {
    "a header that is a number": {"header": 1},
    "a header that is a list": {"header": ["a", "b"]},
    "a query that is a list": {"query": ["jwt"]},
    "a cookie that is true": {"cookie": True},
    "hide_credentials that is a text": {"hide_credentials": "true"},
    "hide_credentials that is 1": {"hide_credentials": 1},
    "an empty key_claim_name": {"key_claim_name": ""},
    "a key_claim_name that is a list": {"key_claim_name": ["iss"]},
    "store_in_ctx that is a text": {"store_in_ctx": "yes"},
    "an empty realm": {"realm": ""},
    "a realm of 129 characters": {"realm": "r" * 129},
    "a realm with a quote": {"realm": 'a"b'},
    "a realm with a backslash": {"realm": "a\\b"},
    "a realm with a line end": {"realm": "a\r\nb"},
    "a realm that is no ASCII": {"realm": "café"},
    "an empty anonymous_consumer": {"anonymous_consumer": ""},
    "an anonymous_consumer that is true": {"anonymous_consumer": True},
    "claims_to_verify with iat": {"claims_to_verify": ["iat"]},
    "claims_to_verify that repeats exp": {"claims_to_verify": ["exp", "exp"]},
    "claims_to_verify that is a text": {"claims_to_verify": "exp"},
}
_OTHER_ROUTE = route("/other")
_NO_ROUTE = tuple(
    unrouted(
        f"a route whose plugin has {what} is skipped",
        "1, rules; 8, an invalid route answers 404",
        bearing(path="/bad"),
        file(route("/bad", {"jwt-auth": members}), _OTHER_ROUTE),
    )
    for what, members in _PLUGINS.items()
)

_ROUTES = (
    passes(
        "a skipped route leaves the others",
        "8, skipped one by one",
        bearing(path="/other"),
        config=file(route("/bad", {"jwt-auth": {"realm": ""}}), _OTHER_ROUTE),
    ),
    refused(
        "a skipped route leaves the others guarded",
        "8, skipped one by one",
        Sent(path="/other"),
        MISSING,
        config=file(route("/bad", {"jwt-auth": {"realm": ""}}), _OTHER_ROUTE),
    ),
    refused(
        "a realm of one character",
        "1, realm",
        Sent(),
        MISSING,
        config=guarded(realm="r"),
        realm="r",
    ),
    refused(
        "a realm of 128 characters",
        "1, realm",
        Sent(),
        MISSING,
        config=guarded(realm="r" * 128),
        realm="r" * 128,
    ),
    refused(
        "a realm with a comma, a sign and blanks",
        "1, realm",
        Sent(),
        MISSING,
        config=guarded(realm="a, b=c ~!"),
        realm="a, b=c ~!",
    ),
    refused(
        "a member of the route's block that nobody knows",
        "1, unknown members",
        Sent(),
        MISSING,
        config=guarded(frobnicate=True),
    ),
    passes(
        "every default written out",
        "1, defaults",
        config=guarded(
            header="authorization",
            query="jwt",
            cookie="jwt",
            hide_credentials=False,
            key_claim_name="key",
            store_in_ctx=False,
            realm="jwt",
        ),
        seen={"authorization": f"Bearer {GOOD}"},
    ),
    passes(
        "store_in_ctx changes nothing for the client",
        "1, store_in_ctx",
        config=guarded(store_in_ctx=True),
    ),
    refused(
        "store_in_ctx lets no bad token through",
        "1, store_in_ctx",
        bearing(ROTTEN),
        FAILED,
        config=guarded(store_in_ctx=True),
    ),
)


def _told(response: object) -> Tree:
    return guarded(_meta={"error_response": response})


_ERROR_RESPONSE = (
    *(
        Case(
            name=f"error_response in place of {message!r}",
            source="1, _meta.error_response",
            config=_told({"message": "no"}),
            request=request,
            status=401,
            body={"message": "no"},
            headers={"www-authenticate": 'Bearer realm="jwt"'},
        )
        for message, request in EACH.items()
    ),
    Case(
        name="error_response in place of the unknown anonymous consumer's",
        source="1, _meta.error_response",
        config=guarded(
            _meta={"error_response": {"message": "no"}}, anonymous_consumer="nobody"
        ),
        request=Sent(),
        status=401,
        body={"message": "no"},
        headers={"www-authenticate": 'Bearer realm="jwt"'},
    ),
    Case(
        name="error_response that is a text",
        source="1, _meta.error_response",
        config=_told("Log in first."),
        request=Sent(),
        status=401,
        body="Log in first.",
        headers={"www-authenticate": 'Bearer realm="jwt"'},
    ),
    Case(
        name="error_response that is an object of several members",
        source="1, _meta.error_response",
        config=_told({"code": 40101, "errors": [{"reason": "token"}], "ok": False}),
        request=bearing(ROTTEN),
        status=401,
        body={"code": 40101, "errors": [{"reason": "token"}], "ok": False},
    ),
    passes(
        "error_response beside a good token",
        "1, _meta.error_response",
        config=_told({"message": "no"}),
    ),
    barred(
        "error_response is not for a path without a route",
        "1, _meta.error_response; 2",
        Sent(path="/else"),
        config=file(
            route("/a", {"jwt-auth": {"_meta": {"error_response": {"message": "no"}}}})
        ),
        status=404,
        body=NO_ROUTE,
    ),
    unrouted(
        "an error_response that is a number skips the route",
        "1, _meta.error_response; 8",
        bearing(path="/bad"),
        file(
            route("/bad", {"jwt-auth": {"_meta": {"error_response": 401}}}),
            _OTHER_ROUTE,
        ),
    ),
)

_DISABLED = {"jwt-auth": {"_meta": {"disable": True}}}
_ENABLED = {"jwt-auth": {"_meta": {"disable": False}}}
_META = (
    passes(
        "a disabled plugin demands nothing",
        "1, _meta.disable",
        Sent(path="/off"),
        config=file(route("/off", _DISABLED), _OTHER_ROUTE),
        who=ABSENT,
    ),
    passes(
        "a disabled plugin tells no identity",
        "1, _meta.disable",
        bearing(path="/off"),
        config=file(route("/off", _DISABLED), _OTHER_ROUTE),
        who=ABSENT,
    ),
    refused(
        "a plugin with disable false",
        "1, _meta.disable",
        Sent(),
        MISSING,
        config=file(route(plugins=_ENABLED)),
    ),
    refused(
        "a plugin with a priority of its own",
        "1, _meta.priority",
        Sent(),
        MISSING,
        config=guarded(_meta={"priority": 1}),
    ),
    passes(
        "an algorithm-less credential is of HS256",
        "1, algorithm",
        bearing(token(algorithm="HS256")),
        config=guarded(
            (
                consumer(),
                {
                    "id": "jack/credentials/c",
                    "plugins": {"jwt-auth": {"key": KEY, "secret": SECRET}},
                },
            )
        ),
    ),
    refused(
        "an algorithm-less credential is of no other",
        "1, algorithm",
        bearing(token(algorithm="HS384")),
        FAILED,
        config=guarded((consumer(), credential())),
    ),
    unrouted(
        "a disable that is a text skips the route",
        "1, _meta.disable; 8",
        bearing(path="/bad"),
        file(route("/bad", {"jwt-auth": {"_meta": {"disable": "true"}}}), _OTHER_ROUTE),
    ),
    refused(
        "a member of a group that the file lacks is nobody",
        "7, unknown group_id",
        bearing(),
        UNKNOWN,
        config=guarded((consumer(group_id="nowhere"), credential())),
        **safer("503, which tells that the key is known"),
    ),
)

CASES: tuple[Case, ...] = (
    *_NO_CREDENTIAL,
    *_CREDENTIALS,
    *_NO_ROUTE,
    *_ROUTES,
    *_ERROR_RESPONSE,
    *_META,
)
