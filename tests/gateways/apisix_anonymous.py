"""Section 6 of APISIX's page: who stands in where a token fails."""

from tests.gateways.apisix_configs import (
    FAILED,
    GOOD,
    JACK,
    MISSING,
    ROTTEN,
    UNAUTHORIZED,
    Tree,
    bearing,
    consumer,
    cookie,
    file,
    guarded,
    header,
    holder,
    passes,
    query,
    refused,
    route,
    safer,
    token,
)
from tests.gateways.cases import ABSENT, Case
from tests.kit import NOW, Sent, mint

_NOBODY = consumer("anonymous", labels={"custom_id": "of-nobody"})


def _open(*more: Tree, **plugin: object) -> Tree:
    return guarded((*JACK, _NOBODY, *more), anonymous_consumer="anonymous", **plugin)


_OPEN = _open()
_HIDING = _open(hide_credentials=True)

_FAULTS = {
    "no token": Sent(),
    "an empty header": header(""),
    "a word for a token": bearing("abc"),
    "Basic": header("Basic eA=="),
    "an empty query": query("jwt="),
    "a query of the bare name": query("jwt"),
    "a repeated query": query(f"jwt={GOOD}&jwt={GOOD}"),
    "an empty cookie": cookie("jwt="),
    "no key claim": bearing(token({"key": None})),
    "a payload that is an array": bearing(mint([])),
    "an unknown key": bearing(token({"key": "who"})),
    "a key that is a number": bearing(token({"key": 1})),
    "another algorithm": bearing(token(header={"alg": "HS512"})),
    "alg none": bearing(token(header={"alg": "none"})),
    "a wrong signature": bearing(ROTTEN),
    "no signature": bearing(f"{GOOD.rpartition('.')[0]}."),
    "an expired token": bearing(token({"exp": int(NOW) - 1})),
    "a token of tomorrow": bearing(token({"nbf": int(NOW) + 86_400})),
    "an exp that is no number": bearing(token({"exp": "never"})),
    "a payload that is a number": bearing(mint(1)),
    "a crit header": bearing(token(header={"alg": "HS256", "crit": ["exp"]})),
    "two lines of tokens": Sent(
        headers=(("Authorization", GOOD), ("Authorization", GOOD))
    ),
}
_STANDS_IN = tuple(
    passes(
        f"the anonymous consumer for {what}",
        "2.5; 6, any failure",
        request,
        config=_OPEN,
        who="anonymous",
    )
    for what, request in _FAULTS.items()
)

_LISTED = _open(claims_to_verify=["exp"])

_IDENTITY = (
    passes(
        "who has a good token is no stand-in",
        "6",
        config=_OPEN,
        seen={"x-credential-identifier": "cred-jack-jwt-auth"},
    ),
    passes(
        "the anonymous consumer's custom_id is not exposed",
        "6",
        Sent(),
        config=_OPEN,
        who="anonymous",
        seen={"x-consumer-custom-id": ABSENT},
    ),
    passes(
        "no word of being anonymous, as Kong has it",
        "6",
        Sent(),
        config=_OPEN,
        who="anonymous",
        seen={"x-anonymous-consumer": ABSENT},
    ),
    passes(
        "no identifier of the credential that failed",
        "6",
        bearing(ROTTEN),
        config=_OPEN,
        who="anonymous",
        seen={"x-credential-identifier": ABSENT},
    ),
    passes(
        "the anonymous consumer takes no challenge along",
        "6",
        bearing(ROTTEN),
        config=_OPEN,
        who="anonymous",
        headers={"www-authenticate": ABSENT},
    ),
    *(
        passes(
            f"{name} of the client beside an anonymous request",
            "6; 7, overwritten or removed",
            Sent(headers=((name, "admin"),)),
            config=_OPEN,
            who="anonymous",
            seen={
                "x-consumer-custom-id": ABSENT,
                "x-credential-identifier": ABSENT,
                "x_consumer_username": ABSENT,
                "x_consumer_custom_id": ABSENT,
            },
        )
        for name in (
            "X-Consumer-Username",
            "X_Consumer_Username",
            "X-Consumer-Custom-ID",
            "X_Consumer_Custom_ID",
            "X-Credential-Identifier",
        )
    ),
    passes(
        "X-Anonymous-Consumer of the client beside an anonymous request",
        "6",
        Sent(headers=(("X-Anonymous-Consumer", "false"),)),
        config=_OPEN,
        who="anonymous",
        seen={"x-anonymous-consumer": ABSENT},
        **safer("it is passed on, though apps behind Kong trust it"),
    ),
    passes(
        "an anonymous consumer that has a credential",
        "6, any consumer",
        Sent(),
        config=guarded(JACK, anonymous_consumer="jack"),
        seen={"x-credential-identifier": ABSENT},
    ),
    passes(
        "an anonymous consumer that has a block of its own",
        "6, any consumer",
        bearing("abc"),
        config=guarded((holder(),), anonymous_consumer="jack"),
    ),
)

_TOKENS = (
    passes(
        "a rejected token reaches the app",
        "6",
        bearing(ROTTEN),
        config=_OPEN,
        who="anonymous",
        seen={"authorization": f"Bearer {ROTTEN}"},
    ),
    passes(
        "a rejected token does not reach the app where it is hidden",
        "4; 6, hide_credentials",
        bearing(ROTTEN),
        config=_HIDING,
        who="anonymous",
        seen={"authorization": ABSENT},
    ),
    passes(
        "a rejected cookie does not reach the app where it is hidden",
        "4; 6, hide_credentials",
        cookie(f"a=1; jwt={ROTTEN}"),
        config=_HIDING,
        who="anonymous",
        seen={"cookie": "a=1"},
    ),
    passes(
        "a listed claim that is absent makes anonymous",
        "5; 6",
        bearing(token({"exp": None})),
        config=_LISTED,
        who="anonymous",
    ),
    passes(
        "OPTIONS without a token is anonymous",
        "4, OPTIONS; 6",
        Sent(method="OPTIONS"),
        config=_OPEN,
        who="anonymous",
    ),
)

_UNKNOWN = (
    refused(
        "an anonymous consumer named by its custom_id",
        "6, found by username",
        Sent(),
        UNAUTHORIZED,
        config=guarded((*JACK, _NOBODY), anonymous_consumer="of-nobody"),
    ),
    refused(
        "an anonymous consumer named in other capitals",
        "6, found by username",
        Sent(),
        UNAUTHORIZED,
        config=guarded((*JACK, _NOBODY), anonymous_consumer="Anonymous"),
    ),
    refused(
        "an anonymous consumer named by its credential's id",
        "6, found by username",
        Sent(),
        UNAUTHORIZED,
        config=guarded(JACK, anonymous_consumer="cred-jack-jwt-auth"),
    ),
    refused(
        "an anonymous consumer whose entry was skipped",
        "6; 8",
        Sent(),
        UNAUTHORIZED,
        config=guarded(
            (*JACK, consumer("anonymous", plugins=[])), anonymous_consumer="anonymous"
        ),
    ),
    refused(
        "an anonymous consumer that is unknown, under a realm",
        "3; 6",
        bearing(ROTTEN),
        UNAUTHORIZED,
        config=guarded(anonymous_consumer="nobody", realm="orders"),
        realm="orders",
    ),
)

_TWO_ROUTES = file(
    route("/open", {"jwt-auth": {"anonymous_consumer": "anonymous"}}),
    route("/shut"),
    consumers=(*JACK, _NOBODY),
)
_BY_ROUTE = (
    passes(
        "anonymous on the route that has it",
        "2; 6",
        Sent(path="/open"),
        config=_TWO_ROUTES,
        who="anonymous",
    ),
    refused(
        "no anonymous consumer on another route",
        "2; 6",
        Sent(path="/shut"),
        MISSING,
        config=_TWO_ROUTES,
    ),
    refused(
        "no anonymous consumer for a bad token by default",
        "1, anonymous_consumer",
        bearing(ROTTEN),
        FAILED,
        config=guarded((*JACK, _NOBODY)),
    ),
)

CASES: tuple[Case, ...] = (
    *_STANDS_IN,
    *_IDENTITY,
    *_TOKENS,
    *_UNKNOWN,
    *_BY_ROUTE,
)
