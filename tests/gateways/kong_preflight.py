"""OPTIONS: checked as any other request, or not at all."""

from tests.gateways.cases import ABSENT
from tests.gateways.kong_configs import (
    DEFAULT,
    FORGED,
    GUEST,
    JACK_ID,
    NOBODY,
    TOKEN,
    bearer,
    forbidden,
    guarded,
    guest,
    jack,
    jwt,
    passes,
    plugin,
    refused,
    route,
    routed,
    unrouted,
    without_token,
)
from tests.kit import Header, Sent

_FLOW = "4. Request flow, 1: OPTIONS"
_PLUGIN = "1. Plugin config: run_on_preflight"
_LATER = "1. Plugin config: jwt runs before acl and the like"

_CORS: tuple[Header, ...] = (
    ("Origin", "https://shop.example"),
    ("Access-Control-Request-Method", "POST"),
)
_OFF = guarded(run_on_preflight=False)
_OFF_ANONYMOUS = guarded(jack(), guest(), run_on_preflight=False, anonymous="guest")
_OFF_ROUTE = routed(
    route("/orders", methods=["GET", "OPTIONS"]),
    route("/login", name="login", plugins=[jwt(run_on_preflight=False)]),
    route("/only-get", name="only-get", methods=["GET"]),
)


def options(**fields: object) -> Sent:
    """Send OPTIONS."""
    return Sent(method="OPTIONS", **fields)  # type: ignore[arg-type]


def _with(*plugins: dict[str, object]) -> dict[str, object]:
    return routed(
        route("/orders", plugins=[jwt(run_on_preflight=False), *plugins]), plugins=[]
    )


_TERMINATED = _with(plugin("request-termination", status_code=410, message="Gone"))

CASES = (
    without_token("OPTIONS is checked by default", _PLUGIN, DEFAULT, options()),
    without_token(
        "a CORS preflight is checked by default",
        _PLUGIN,
        DEFAULT,
        options(headers=_CORS),
    ),
    refused(
        "a wrong signature on OPTIONS is refused by default",
        _PLUGIN,
        DEFAULT,
        bearer(FORGED, method="OPTIONS"),
        "Invalid signature",
    ),
    passes(
        "OPTIONS with a token is authenticated by default",
        _PLUGIN,
        DEFAULT,
        bearer(method="OPTIONS"),
        seen={"x-consumer-id": JACK_ID},
    ),
    without_token(
        "run_on_preflight true says the same",
        _PLUGIN,
        guarded(run_on_preflight=True),
        options(),
    ),
    passes(
        "a CORS preflight is skipped",
        _FLOW,
        _OFF,
        options(headers=_CORS),
        seen=NOBODY,
    ),
    passes(
        "any OPTIONS is skipped: no test for CORS", _FLOW, _OFF, options(), seen=NOBODY
    ),
    passes(
        "an unreadable token on OPTIONS is skipped",
        _FLOW,
        _OFF,
        bearer("garbled", method="OPTIONS"),
        seen=NOBODY,
    ),
    passes(
        "differing tokens on OPTIONS are skipped",
        _FLOW,
        _OFF,
        options(query="jwt=a&jwt=b"),
        seen=NOBODY,
    ),
    passes(
        "a good token on OPTIONS gives no identity once it is skipped",
        _FLOW,
        _OFF,
        bearer(method="OPTIONS"),
        seen=NOBODY,
    ),
    *(
        without_token(
            f"{method} is checked with OPTIONS skipped",
            _FLOW,
            _OFF,
            Sent(method=method),
        )
        for method in ("GET", "POST", "PUT", "DELETE", "PATCH", "TRACE")
    ),
    without_token(
        "a GET that looks like a preflight is checked",
        _FLOW,
        _OFF,
        Sent(headers=_CORS),
    ),
    without_token(
        "a method override makes no OPTIONS",
        _FLOW,
        _OFF,
        Sent(headers=[("X-HTTP-Method-Override", "OPTIONS")]),
    ),
    passes(
        "a token is checked as ever with OPTIONS skipped",
        _FLOW,
        _OFF,
        bearer(TOKEN, *_CORS),
    ),
    passes(
        "OPTIONS is skipped before anonymous",
        _FLOW,
        _OFF_ANONYMOUS,
        options(),
        seen={**NOBODY, "x-anonymous-consumer": ABSENT},
    ),
    passes(
        "OPTIONS is anonymous where it is not skipped",
        _FLOW,
        guarded(jack(), guest(), anonymous="guest"),
        options(),
        seen=GUEST,
    ),
    passes(
        "OPTIONS is skipped on one route",
        "1. One jwt plugin per scope",
        _OFF_ROUTE,
        options(path="/login"),
        seen=NOBODY,
    ),
    without_token(
        "OPTIONS is checked on the other route",
        "1. One jwt plugin per scope",
        _OFF_ROUTE,
        options(path="/orders"),
    ),
    unrouted(
        "OPTIONS of a path without a route",
        "4. Request flow",
        _OFF_ROUTE,
        options(path="/other"),
    ),
    unrouted(
        "OPTIONS of a route for GET",
        "4. Request flow",
        _OFF_ROUTE,
        options(path="/only-get"),
    ),
    forbidden(
        "acl finds nobody on an OPTIONS that is skipped",
        _LATER,
        _with(plugin("acl", allow=["staff"])),
        options(path="/orders"),
        "Unauthorized",
        status=401,
    ),
    forbidden(
        "termination ends an OPTIONS that is skipped",
        _LATER,
        _TERMINATED,
        options(path="/orders"),
        "Gone",
        status=410,
    ),
    forbidden(
        "termination ends an OPTIONS with a token",
        _LATER,
        _TERMINATED,
        bearer(method="OPTIONS", path="/orders"),
        "Gone",
        status=410,
    ),
)
