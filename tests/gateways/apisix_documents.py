"""The configurations and requests of APISIX's own page on ``jwt-auth``, as files.

The tokens and keys are those that are printed there; calls of the Admin API became the
entries they make.
"""

from tests.gateways.apisix_configs import (
    FAILED,
    INVALID,
    MISSING,
    UNKNOWN,
    Tree,
    block,
    header,
    passes,
    refused,
    unrouted,
)
from tests.gateways.cases import ABSENT, Case
from tests.kit import Sent

SECRET = "jack-hs256-secret-that-is-very-long"
"""Of jack, in the document."""

TOKEN = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"
    ".eyJrZXkiOiJqYWNrLWtleSIsIm5iZiI6MTcyOTEzMjI3MX0"
    ".UEPXy5jpid624T1XpfjM0PLY73LZPjV3Qt8yZ92kVuU"
)
"""Of jack, printed there: his key and an nbf of October 2024."""

_EXPIRED = (
    "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9"
    ".eyJleHAiOjE3MjY2NDk2NDAsImtleSI6ImphY2sta2V5In0"
    ".kdhumNWrZFxjUvYzWLt4lFr546PNsr9TXuf0Az5opoM"
)
_SPOILT = (
    "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9"
    ".eyJleHAiOjE3MjY2NDk2NDAsImtleSI6ImphY2sta2V5In0"
    ".kdhumNWrZFxjU_random_random"
)
_OF_THE_URL = (
    "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9"
    ".eyJrZXkiOiJ1c2VyLWtleSIsImV4cCI6MTY5NTEyOTA0NH0"
    ".EiktFX7di_tBbspbjmqDKoWAD9JG39Wo_CAQ1LZ9voQ"
)
_RS256 = (
    "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9"
    ".eyJrZXkiOiJqYWNrLWtleSIsIm5iZiI6MTcyOTEzMjI3MX0"
    ".K-I13em84kAcyH1jfIJl7ls_4jlwg1GzEzo5_xrDu-3wt3Xa3irS6naUsWpxX-a-hmcZZxRa9zqunq"
    "QjUP4kvn5e3xg2f_KyCR-_ZbwqYEPk3bXeFV1l4iypv6z5L7W1Niharun-dpMU03b1Tz64vhFx6Uwx"
    "NL5UIZ7bunDAo_BXZ7Xe8rFhNHvIHyBFsDEXIBgx8lNYMq8QJk3iKxZhZZ5Om7lgYjOOKRgew4WkhB"
    "AY0v1AkO77nTlvSK0OEeeiwhkROyntggyx-S-U222ykMQ6mBLxkP4Cq5qHwXD8AUcLk5mhEij-3Qhb"
    "oYnt7yhKeZ3wDSpcjDvvL2aasC25ng"
)
_PUBLIC_KEY = (
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAoTxe7ZPycrEP0SK4OBA2\n"
    "0OUQsDN9gSFSHVvx/t++nZNrFxzZnV6q6/TRsihNXUIgwaOu5icFlIcxPL9Mf9UJ\n"
    "a5/XCQExp1TxpuSmjkhIFAJ/x5zXrC8SGTztP3SjkhYnQO9PKVXI6ljwgakVCfpl\n"
    "umuTYqI+ev7e45NdK8gJoJxPp8bPMdf8/nHfLXZuqhO/btrDg1x+j7frDNrEw+6B\n"
    "CK2SsuypmYN+LwHfaH4Of7MQFk3LNIxyBz0mdbsKJBzp360rbWnQeauWtDymZxLT\n"
    "ATRNBVyl3nCNsURRTkc7eyknLaDt2N5xTIoUGHTUFYSdE68QWmukYMVGcEHEEPkp\n"
    "aQIDAQAB\n-----END PUBLIC KEY-----"
)


def _file(
    *,
    uri: str,
    plugin: Tree | None = None,
    labels: Tree | None = None,
    **fields: object,
) -> Tree:
    owner: Tree = {"username": "jack"}
    if labels is not None:
        owner["labels"] = labels
    return {
        "consumers": [
            owner,
            {
                "id": "jack/credentials/cred-jack-jwt-auth",
                "plugins": {"jwt-auth": block(**{"secret": SECRET, **fields})},
            },
        ],
        "routes": [
            {
                "id": "jwt-route",
                "uri": uri,
                "plugins": {"jwt-auth": plugin or {}},
                "upstream": {"type": "roundrobin", "nodes": {"httpbin.org:80": 1}},
            }
        ],
    }


_FIRST = _file(uri="/headers")
_CARRIERS = _file(
    uri="/get",
    plugin={
        "header": "jwt-auth-header",
        "query": "jwt-query",
        "cookie": "jwt-cookie",
    },
)
_ASYMMETRIC = _file(
    uri="/headers", algorithm="RS256", secret=None, public_key=_PUBLIC_KEY
)
_LABELLED = _file(uri="/anything", labels={"custom_id": "495aec6a"})

LIMITED = {
    "consumers": [
        {
            "username": "jack",
            "plugins": {
                "limit-count": {"count": 3, "time_window": 30, "rejected_code": 429}
            },
        },
        _FIRST["consumers"][1],
        {
            "username": "anonymous",
            "plugins": {
                "limit-count": {"count": 1, "time_window": 30, "rejected_code": 429}
            },
        },
    ],
    "routes": [
        {
            "id": "jwt-auth-route",
            "uri": "/anything",
            "plugins": {"jwt-auth": {"anonymous_consumer": "anonymous"}},
            "upstream": {"type": "roundrobin", "nodes": {"httpbin.org:80": 1}},
        }
    ],
}
"""The example of limits, with the document's consumers."""

OF_THE_ENVIRONMENT = _file(uri="/get", secret="$env://JACK_JWT_SECRET")
"""The example of a secret in a variable."""

OF_VAULT = {
    **_file(
        uri="/get", key="jwt-vault-key", secret="$secret://vault/jwt/jack/jwt-secret"
    ),
    "secrets": [
        {
            "id": "vault/jwt",
            "uri": "https://127.0.0.1:8200",
            "prefix": "kv/apisix",
            "token": "root",
        }
    ],
}
"""The example of a secret in Vault."""

_AUTHENTICATION = (
    passes(
        "the document's first example",
        "document, Use JWT",
        header(TOKEN, path="/headers"),
        config=_FIRST,
        seen={
            "authorization": TOKEN,
            "x-consumer-username": "jack",
            "x-credential-identifier": "cred-jack-jwt-auth",
            "x-consumer-custom-id": ABSENT,
        },
    ),
    refused(
        "the document's first example with its invalid token",
        "document, Use JWT",
        header(_SPOILT, path="/headers"),
        FAILED,
        config=_FIRST,
    ),
    refused(
        "the document's first example with the token of its output, which expired",
        "document, Use JWT",
        header(_EXPIRED, path="/headers"),
        FAILED,
        config=_FIRST,
    ),
    refused(
        "the document's first example without a token",
        "document, Use JWT",
        Sent(path="/headers"),
        MISSING,
        config=_FIRST,
    ),
    refused(
        "the document's first example with the name of the shell's variable",
        "document, Use JWT",
        header("${jwt_token}", path="/headers"),
        INVALID,
        config=_FIRST,
    ),
    unrouted(
        "the document's first example on another path",
        "document, Use JWT",
        header(TOKEN, path="/get"),
        _FIRST,
    ),
)

_WHERE = (
    passes(
        "the document's token in a header",
        "document, Carry JWT",
        header(TOKEN, "jwt-auth-header", path="/get"),
        config=_CARRIERS,
        seen={"jwt-auth-header": TOKEN},
    ),
    passes(
        "the document's token in a query",
        "document, Carry JWT",
        Sent(path="/get", query=f"jwt-query={TOKEN}"),
        config=_CARRIERS,
    ),
    passes(
        "the document's token in a cookie",
        "document, Carry JWT",
        header(f"jwt-cookie={TOKEN}", "Cookie", path="/get"),
        config=_CARRIERS,
        seen={"cookie": f"jwt-cookie={TOKEN}"},
    ),
    refused(
        "the document's token in the query of its output",
        "document, Carry JWT",
        Sent(path="/get", query=f"jwt-query={_OF_THE_URL}"),
        UNKNOWN,
        config=_CARRIERS,
    ),
    refused(
        "the document's token in Authorization, where another header is named",
        "document, Carry JWT",
        header(TOKEN, path="/get"),
        MISSING,
        config=_CARRIERS,
    ),
)

_MORE = (
    passes(
        "the document's RS256",
        "document, Sign JWT with RS256",
        header(_RS256, path="/headers"),
        config=_ASYMMETRIC,
        seen={"x-credential-identifier": "cred-jack-jwt-auth"},
    ),
    refused(
        "the document's HS256 token under its RS256 key",
        "document, Sign JWT with RS256",
        header(TOKEN, path="/headers"),
        FAILED,
        config=_ASYMMETRIC,
    ),
    refused(
        "the document's RS256 token under its HS256 secret",
        "document, Sign JWT with RS256",
        header(_RS256, path="/headers"),
        FAILED,
        config=_FIRST,
    ),
    passes(
        "the document's custom id",
        "document, Add Consumer Custom ID",
        header(TOKEN, path="/anything"),
        config=_LABELLED,
        seen={
            "x-consumer-username": "jack",
            "x-consumer-custom-id": "495aec6a",
            "x-credential-identifier": "cred-jack-jwt-auth",
        },
    ),
    unrouted(
        "the document's request to a path that its route is not for",
        "document, Add Consumer Custom ID",
        header(TOKEN, path="/headers"),
        _LABELLED,
    ),
    refused(
        "the document's variable that is not set",
        "document, Manage Secrets; 9",
        header(TOKEN, path="/get"),
        UNKNOWN,
        config=OF_THE_ENVIRONMENT,
    ),
    passes(
        "the document's secret with an algorithm of its table",
        "document, Attributes",
        header(TOKEN, path="/headers"),
        config=_file(uri="/headers", algorithm="HS256", exp=86400, base64_secret=False),
    ),
)

CASES: tuple[Case, ...] = (*_AUTHENTICATION, *_WHERE, *_MORE)
