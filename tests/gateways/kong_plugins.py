"""For what a plugin holds, and what those beside jwt make of a request."""

from tests.gateways.cases import ABSENT, Case
from tests.gateways.kong_configs import (
    FORGED,
    JSON,
    NOBODY,
    TOKEN,
    Members,
    bearer,
    credential,
    file,
    forbidden,
    guest,
    jack,
    jwt,
    passes,
    plugin,
    refused,
    route,
    routed,
    service,
    without_token,
)
from tests.kit import Sent, mint

_SCOPES = "1. One jwt plugin per scope"
_WHOLE = "1. The most specific one wins as a whole"
_ENTRY = "1. Plugin entry"
_ACL = "6. Headers; the acl plugin"
_TERMINATION = "7. request-termination"

_ORDERS = Sent(path="/orders")
_SERVICE_ID = "0f9c1a4e-5a0a-4a35-9d35-02b0a0c2a4a1"
_ROUTE_ID = "1f9c1a4e-5a0a-4a35-9d35-02b0a0c2a4a2"


def _realm(name: str, source: str, config: Members, realm: str) -> Case:
    return refused(
        name,
        source,
        config,
        _ORDERS,
        "Unauthorized",
        challenge=f'Bearer realm="{realm}"',
    )


def _named(realm: str, **members: object) -> Members:
    return {**jwt(realm=realm), **members}


def _scoped(*plugins: Members, **of: list[Members]) -> Members:
    """Give a file of one route with plugins at its top, its service, its route."""
    nested = {"plugins": of.get("route", [])}
    return file(
        services=[
            service(
                route("/orders", id=_ROUTE_ID, **nested),
                id=_SERVICE_ID,
                plugins=of.get("service", []),
            )
        ],
        plugins=list(plugins),
    )


_BOTH: Members = {"service": "shop", "route": "orders"}

SCOPES = (
    _realm("a plugin for everything", _SCOPES, _scoped(_named("top")), "top"),
    _realm("a plugin in a service", _SCOPES, _scoped(service=[_named("s")]), "s"),
    _realm("a plugin in a route", _SCOPES, _scoped(route=[_named("r")]), "r"),
    _realm(
        "a plugin that names a service",
        _SCOPES,
        _scoped(_named("s", service="shop")),
        "s",
    ),
    _realm(
        "a plugin that names a service by its id",
        _SCOPES,
        _scoped(_named("s", service=_SERVICE_ID)),
        "s",
    ),
    _realm(
        "a plugin that names a route",
        _SCOPES,
        _scoped(_named("r", route="orders")),
        "r",
    ),
    _realm(
        "a plugin that names a route by its id",
        _SCOPES,
        _scoped(_named("r", route=_ROUTE_ID)),
        "r",
    ),
    _realm(
        "a plugin that names both", _SCOPES, _scoped(_named("both", **_BOTH)), "both"
    ),
    _realm(
        "a service before everything",
        _WHOLE,
        _scoped(_named("top"), service=[_named("s")]),
        "s",
    ),
    _realm(
        "a route before a service",
        _WHOLE,
        _scoped(_named("top"), service=[_named("s")], route=[_named("r")]),
        "r",
    ),
    _realm(
        "both before a route",
        _WHOLE,
        _scoped(_named("both", **_BOTH), service=[_named("s")], route=[_named("r")]),
        "both",
    ),
    without_token(
        "a plugin without a realm does not take that of another",
        _WHOLE,
        _scoped(_named("top"), route=[jwt()]),
        _ORDERS,
    ),
    without_token(
        "a plugin without names does not take those of another",
        _WHOLE,
        _scoped(jwt(cookie_names=["jwt"]), route=[jwt()]),
        Sent(path="/orders", headers=[("Cookie", f"jwt={TOKEN}")]),
    ),
    passes(
        "a plugin that verifies nothing does not take claims of another",
        _WHOLE,
        _scoped(jwt(claims_to_verify=["exp"]), route=[jwt()]),
        bearer(mint(exp=1), path="/orders"),
    ),
    passes(
        "a plugin that is not enabled does nothing",
        _ENTRY,
        file(
            services=[
                service(
                    route("/orders", plugins=[{**jwt(), "enabled": False}]),
                    route("/other", name="other", plugins=[jwt()]),
                )
            ],
            plugins=[],
        ),
        _ORDERS,
        seen=NOBODY,
    ),
    _realm(
        "a plugin that is not enabled hides no other",
        _ENTRY,
        _scoped(_named("top"), route=[_named("r", enabled=False)]),
        "top",
    ),
    _realm(
        "a plugin with its protocols and a name of its own",
        _ENTRY,
        _scoped(
            _named(
                "top",
                enabled=True,
                protocols=["grpc", "grpcs", "http", "https"],
                instance_name="front-door",
                tags=["auth"],
            )
        ),
        "top",
    ),
    without_token(
        "a plugin without a config", _ENTRY, _scoped({"name": "jwt"}), _ORDERS
    ),
    without_token(
        "plugins that keep nobody out do not matter",
        _ENTRY,
        _scoped(
            jwt(),
            plugin("cors", origins=["*"]),
            plugin("correlation-id", header_name="X-Request-ID"),
            plugin("prometheus"),
            plugin("file-log", path="/dev/stdout"),
        ),
        _ORDERS,
    ),
)

_GROUPS = [{"group": "staff"}, {"group": "night shift"}]


def _acl(*consumers: Members, **config: object) -> Members:
    return file(*consumers, plugins=[jwt(), plugin("acl", **config)])


_TOLD = {"x-consumer-username": "jack", "x-consumer-groups": "staff, night shift"}
_UNTOLD = {"x-consumer-username": "jack", "x-consumer-groups": ABSENT}
_STAFF = jack(acls=_GROUPS)
_MIXED = file(
    _STAFF,
    services=[
        service(
            route("/orders", plugins=[plugin("acl", allow=["board"])]),
            route("/public", name="public"),
        )
    ],
    plugins=[jwt(), plugin("acl", allow=["staff"])],
)
_ALONE = file(
    services=[
        service(
            route("/orders", plugins=[plugin("acl", allow=["staff"])]),
            route("/mine", name="mine", plugins=[jwt()]),
        )
    ],
    plugins=[],
)

ACL = (
    passes(
        "a group that is allowed",
        _ACL,
        _acl(_STAFF, allow=["staff"]),
        bearer(),
        seen=_TOLD,
    ),
    passes(
        "any of the groups that are allowed",
        _ACL,
        _acl(_STAFF, allow=["board", "night shift"]),
        bearer(),
        seen=_TOLD,
    ),
    forbidden(
        "no group that is allowed", _ACL, _acl(_STAFF, allow=["board"]), bearer()
    ),
    forbidden("a group in another case", _ACL, _acl(_STAFF, allow=["Staff"]), bearer()),
    forbidden(
        "a consumer of no group where some are allowed",
        _ACL,
        _acl(jack(), allow=["staff"]),
        bearer(),
    ),
    forbidden(
        "the name of a consumer is no group",
        _ACL,
        _acl(jack(), allow=["jack"]),
        bearer(),
    ),
    forbidden("a group that is denied", _ACL, _acl(_STAFF, deny=["staff"]), bearer()),
    forbidden(
        "one denied group among others",
        _ACL,
        _acl(_STAFF, deny=["x", "night shift"]),
        bearer(),
    ),
    passes(
        "no group that is denied",
        _ACL,
        _acl(_STAFF, deny=["board"]),
        bearer(),
        seen=_TOLD,
    ),
    passes(
        "a consumer of no group where some are denied",
        _ACL,
        _acl(jack(), deny=["staff"]),
        bearer(),
        seen={"x-consumer-username": "jack"},
    ),
    passes(
        "groups that are hidden from the app",
        _ACL,
        _acl(_STAFF, allow=["staff"], hide_groups_header=True),
        bearer(),
        seen=_UNTOLD,
    ),
    passes(
        "groups without acl are not told",
        _ACL,
        file(_STAFF),
        bearer(),
        seen=_UNTOLD,
    ),
    passes(
        "forged groups are replaced",
        _ACL,
        _acl(_STAFF, allow=["staff"]),
        bearer(TOKEN, ("X-Consumer-Groups", "board")),
        seen=_TOLD,
    ),
    passes(
        "forged groups where they are hidden",
        _ACL,
        _acl(_STAFF, allow=["staff"], hide_groups_header=True),
        bearer(TOKEN, ("X-Consumer-Groups", "board")),
        seen=_UNTOLD,
        why="Kong leaves them as the client sent them",
    ),
    forbidden(
        "forged groups allow nothing",
        _ACL,
        _acl(_STAFF, allow=["board"]),
        bearer(TOKEN, ("X-Consumer-Groups", "board")),
    ),
    forbidden(
        "groups in a token allow nothing",
        _ACL,
        _acl(_STAFF, allow=["board"]),
        bearer(mint(groups=["board"], scope="board")),
    ),
    passes(
        "groups at the top of a file",
        _ACL,
        file(
            jack(),
            acls=[{"consumer": "jack", "group": "staff"}],
            plugins=[jwt(), plugin("acl", allow=["staff"])],
        ),
        bearer(),
        seen={"x-consumer-groups": "staff"},
    ),
    passes(
        "the former name of allow",
        _ACL,
        _acl(_STAFF, whitelist=["staff"]),
        bearer(),
        seen=_TOLD,
    ),
    forbidden(
        "the former name of deny", _ACL, _acl(_STAFF, blacklist=["staff"]), bearer()
    ),
    without_token("no token where acl holds", _ACL, _MIXED, Sent(path="/public")),
    passes(
        "acl for everything on a route without its own",
        _SCOPES,
        _MIXED,
        bearer(path="/public"),
        seen=_TOLD,
    ),
    forbidden(
        "acl of a route before that for everything",
        _WHOLE,
        _MIXED,
        bearer(path="/orders"),
    ),
    forbidden(
        "acl on a route without jwt knows nobody",
        _ACL,
        _ALONE,
        _ORDERS,
        "Unauthorized",
        status=401,
    ),
    forbidden(
        "acl on a route without jwt looks at no token",
        _ACL,
        _ALONE,
        bearer(path="/orders"),
        "Unauthorized",
        status=401,
    ),
)


def _ended(name: str, status: int, answer: object, /, **config: object) -> Case:
    return Case(
        name=name,
        source=_TERMINATION,
        config=routed(
            route("/orders", plugins=[plugin("request-termination", **config)])
        ),
        request=bearer(path="/orders"),
        status=status,
        body=answer,
        headers={"www-authenticate": ABSENT},
    )


_CLOSED = plugin("request-termination", status_code=403, message="Closed")
_JACK_OUT = plugin("request-termination", status_code=418, message="Not you")
_FOR_JACK = file(
    jack(plugins=[_JACK_OUT]),
    {
        "username": "jill",
        "jwt_secrets": [credential(key="jill-key")],
    },
    services=[
        service(
            route("/orders", plugins=[_CLOSED]),
            route("/shop", name="shop"),
        )
    ],
)

TERMINATION = (
    _ended(
        "the text of an end",
        403,
        {"message": "Gone fishing"},
        status_code=403,
        message="Gone fishing",
    ),
    _ended(
        "an end with a body",
        403,
        "<p>No</p>",
        status_code=403,
        body="<p>No</p>",
        content_type="text/html",
    ),
    _ended(
        "an end with 200",
        200,
        "ok",
        status_code=200,
        body="ok",
        content_type="text/plain",
    ),
    _ended("the usual text of 401", 401, {"message": "Unauthorized"}, status_code=401),
    _ended("the usual text of 404", 404, {"message": "Not found"}, status_code=404),
    _ended(
        "the usual text of 405", 405, {"message": "Method not allowed"}, status_code=405
    ),
    _ended("a status without a usual text", 403, "", status_code=403),
    _ended("a status without content", 204, "", status_code=204),
    Case(
        name="the type of a body that ends a request",
        source=_TERMINATION,
        config=routed(
            route(
                "/orders",
                plugins=[
                    plugin(
                        "request-termination",
                        status_code=403,
                        body="<p>No</p>",
                        content_type="text/html",
                    )
                ],
            )
        ),
        request=bearer(path="/orders"),
        status=403,
        body="<p>No</p>",
        headers={"content-type": "text/html"},
    ),
    Case(
        name="the type of a text that ends a request",
        source=_TERMINATION,
        config=routed(route("/orders", plugins=[_CLOSED])),
        request=bearer(path="/orders"),
        status=403,
        body={"message": "Closed"},
        headers={"content-type": JSON},
    ),
    without_token(
        "jwt runs before the end",
        "1. Plugin config: priority 1450",
        routed(route("/orders", plugins=[_CLOSED])),
        _ORDERS,
    ),
    refused(
        "a wrong signature before the end",
        "1. Plugin config: priority 1450",
        routed(route("/orders", plugins=[_CLOSED])),
        bearer(FORGED, path="/orders"),
        "Invalid signature",
    ),
    forbidden(
        "acl runs before the end",
        "1. Plugin config: priority 950",
        routed(route("/orders", plugins=[_CLOSED, plugin("acl", allow=["staff"])])),
        bearer(path="/orders"),
    ),
    forbidden(
        "the end of a route without jwt",
        _TERMINATION,
        file(
            services=[
                service(
                    route("/orders", plugins=[_CLOSED]),
                    route("/mine", name="mine", plugins=[jwt()]),
                )
            ],
            plugins=[],
        ),
        _ORDERS,
        "Closed",
    ),
    forbidden(
        "the end for one consumer",
        _TERMINATION,
        _FOR_JACK,
        bearer(path="/shop"),
        "Not you",
        status=418,
    ),
    forbidden(
        "the end for one consumer before that of a route",
        _WHOLE,
        _FOR_JACK,
        bearer(path="/orders"),
        "Not you",
        status=418,
    ),
    forbidden(
        "the end of a route for another consumer",
        _WHOLE,
        _FOR_JACK,
        bearer(mint(iss="jill-key"), path="/orders"),
        "Closed",
    ),
    passes(
        "no end for another consumer",
        _TERMINATION,
        _FOR_JACK,
        bearer(mint(iss="jill-key"), path="/shop"),
        seen={"x-consumer-username": "jill"},
    ),
    passes(
        "an end that is not enabled",
        _ENTRY,
        routed(route("/orders", plugins=[{**_CLOSED, "enabled": False}])),
        bearer(path="/orders"),
    ),
    passes(
        "an end for the anonymous consumer alone, for jack",
        "7. anonymous: to forbid that",
        file(
            jack(),
            guest(),
            plugins=[jwt(anonymous="guest"), {**_CLOSED, "consumer": "guest"}],
        ),
        bearer(),
    ),
)

CASES = (*SCOPES, *ACL, *TERMINATION)
