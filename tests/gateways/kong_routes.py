"""Which route a request comes to, and whether its policy is that route's."""

from collections.abc import Sequence

from tests.gateways.cases import Case
from tests.gateways.kong_configs import (
    DEFAULT,
    FORGED,
    NOBODY,
    Members,
    bearer,
    file,
    guest,
    jack,
    jwt,
    passes,
    refused,
    route,
    routed,
    service,
    unrouted,
    without_token,
)
from tests.kit import Sent

_ROUTES = "3. Declarative file: routes"
_CLOSEST = "3. Declarative file: the closest route"
_PATHS = "3. Declarative file: paths"
_PARSER = "11. In process: paths as the app sees them"

_OPEN: Members = {"anonymous": "guest"}
_CLOSED: Members = {}


def _get(path: str, host: str | None = None, method: str = "GET") -> Sent:
    headers = [] if host is None else [("Host", host)]
    return Sent(method=method, path=path, headers=headers)


def _file(*routes: Members) -> Members:
    return file(jack(), guest(), services=[service(*routes)], plugins=[])


def _route(name: str, config: Members, *paths: str, **members: object) -> Members:
    return route(*paths, name=name, plugins=[jwt(**config)], **members)


def _comes_to_open(name: str, source: str, config: Members, request: Sent) -> Case:
    seen = {"x-consumer-username": "guest", "x-anonymous-consumer": "true"}
    return passes(name, source, config, request, seen=seen)


def _contest(
    name: str, winner: Members, loser: Members, request: Sent
) -> tuple[Case, ...]:
    """Have one of two routes win, first the one that is open, then the other.

    Both orders in the file are used, so that the order cannot be what decides.
    """

    def plugged(members: Members, config: Members) -> Members:
        return {**members, "plugins": [jwt(**config)]}

    return (
        _comes_to_open(
            f"{name}, to an open route",
            _CLOSEST,
            _file(plugged(loser, _CLOSED), plugged(winner, _OPEN)),
            request,
        ),
        without_token(
            f"{name}, to a closed route",
            _CLOSEST,
            _file(plugged(winner, _CLOSED), plugged(loser, _OPEN)),
            request,
        ),
    )


def _first(*paths: str, **members: object) -> Members:
    return route(*paths, name="first", **members)


def _second(*paths: str, **members: object) -> Members:
    return route(*paths, name="second", **members)


_SHOP = "shop.example"

CONTESTS: Sequence[Case] = (
    *_contest(
        "the longer prefix wins",
        _first("/orders/new"),
        _second("/orders"),
        _get("/orders/new/1"),
    ),
    *_contest("any path beats the root", _first("/o"), _second("/"), _get("/orders")),
    *_contest(
        "path and method beat a longer path",
        _first("/orders", methods=["GET"]),
        _second("/orders/new"),
        _get("/orders/new"),
    ),
    *_contest(
        "path and host beat a longer path",
        _first("/", hosts=[_SHOP]),
        _second("/orders/new"),
        _get("/orders/new", _SHOP),
    ),
    *_contest(
        "three criteria beat two",
        _first("/", methods=["GET"], hosts=[_SHOP]),
        _second("/orders", hosts=[_SHOP]),
        _get("/orders", _SHOP),
    ),
    *_contest(
        "a plain host beats a wildcard",
        _first("/orders", hosts=[_SHOP]),
        _second("/orders", hosts=["*.example"]),
        _get("/orders", _SHOP),
    ),
    *_contest(
        "a plain host beats a wildcard with a longer path",
        _first("/", hosts=[_SHOP]),
        _second("/orders", hosts=["*.example"]),
        _get("/orders", _SHOP),
    ),
    *_contest(
        "of two wildcards the longer path wins",
        _first("/orders", hosts=["*.example"]),
        _second("/", hosts=["*.example"]),
        _get("/orders", _SHOP),
    ),
    *_contest(
        "a plain host alone beats a path alone",
        _first(hosts=[_SHOP]),
        _second("/orders"),
        _get("/orders", _SHOP),
    ),
    *_contest(
        "a route of two paths is as close as the path that matches",
        _first("/other", "/orders/new"),
        _second("/orders"),
        _get("/orders/new"),
    ),
    *_contest(
        "a method of its own keeps routes apart",
        _first("/orders", methods=["POST"]),
        _second("/orders", methods=["GET"]),
        _get("/orders", method="POST"),
    ),
)

_ORDERS = routed(route("/orders"))
_SLASH = routed(route("/orders/"))
_ROOT = routed(route("/"))
_GETS = routed(route("/orders", methods=["GET", "PUT"]))
_HOSTED = routed(route(hosts=[_SHOP, "*.shop.example"]))
_SEVERAL = routed(route("/orders", "/bills"))
_DOTTED = routed(route("/v1.0"))

MATCHES = (
    without_token("a path itself", _PATHS, _ORDERS, _get("/orders")),
    without_token("a path and more", _PATHS, _ORDERS, _get("/orders/1")),
    without_token(
        "a prefix is compared letter by letter", _PATHS, _ORDERS, _get("/ordersandmore")
    ),
    unrouted("a shorter path", _PATHS, _ORDERS, _get("/order")),
    unrouted("the root of a file without one", _PATHS, _ORDERS, _get("/")),
    unrouted("a path in the middle of another", _PATHS, _ORDERS, _get("/my/orders")),
    unrouted("a path in another case", _PATHS, _ORDERS, _get("/Orders")),
    without_token("a path behind a slash", _PATHS, _SLASH, _get("/orders/1")),
    unrouted(
        "a path with a slash is not the one without", _PATHS, _SLASH, _get("/orders")
    ),
    without_token("the root matches all", _PATHS, _ROOT, _get("/any/thing")),
    without_token("the first of two paths", _PATHS, _SEVERAL, _get("/orders")),
    without_token("the second of two paths", _PATHS, _SEVERAL, _get("/bills/1")),
    unrouted("a path that is none of two", _PATHS, _SEVERAL, _get("/carts")),
    without_token("a dot in a path is a dot", _PATHS, _DOTTED, _get("/v1.0/x")),
    unrouted("a dot in a path is nothing else", _PATHS, _DOTTED, _get("/v1x0/x")),
    without_token("a method of a route", _ROUTES, _GETS, _get("/orders", method="PUT")),
    unrouted("a method of no route", _ROUTES, _GETS, _get("/orders", method="DELETE")),
    without_token("a host of a route", _ROUTES, _HOSTED, _get("/", _SHOP)),
    without_token("a host with a port", _ROUTES, _HOSTED, _get("/", f"{_SHOP}:8000")),
    without_token("a host in capitals", _ROUTES, _HOSTED, _get("/", _SHOP.upper())),
    without_token(
        "a host below a wildcard", _ROUTES, _HOSTED, _get("/", f"eu.{_SHOP}")
    ),
    without_token(
        "a host far below a wildcard", _ROUTES, _HOSTED, _get("/", f"a.b.{_SHOP}")
    ),
    unrouted("a host of no route", _ROUTES, _HOSTED, _get("/", "other.example")),
    unrouted(
        "a host that ends alike is another", _ROUTES, _HOSTED, _get("/", f"x{_SHOP}")
    ),
    unrouted(
        "a wildcard is not the host itself",
        _ROUTES,
        routed(route(hosts=["*.shop.example"])),
        _get("/", _SHOP),
    ),
    passes("a good token on a route", _ROUTES, _ORDERS, bearer(path="/orders/1")),
    refused(
        "a wrong signature on a route",
        _ROUTES,
        _ORDERS,
        bearer(FORGED, path="/orders/1"),
        "Invalid signature",
    ),
    without_token(
        "without routes the plugin guards everything",
        "3. Declarative file: without routes",
        DEFAULT,
        _get("/any/thing"),
    ),
)

_UNGUARDED = file(
    services=[
        service(
            route("/orders", plugins=[jwt()]),
            route("/public", name="public"),
            route("/orders/public", name="below"),
        )
    ],
    plugins=[],
)

OPEN = (
    passes(
        "a route without the plugin needs no token",
        _ROUTES,
        _UNGUARDED,
        _get("/public"),
        seen=NOBODY,
    ),
    passes(
        "a route without the plugin looks at no token",
        _ROUTES,
        _UNGUARDED,
        bearer("garbled", path="/public"),
        seen={**NOBODY, "authorization": "Bearer garbled"},
    ),
    passes(
        "a route without the plugin below one with it",
        _CLOSEST,
        _UNGUARDED,
        _get("/orders/public"),
        seen=NOBODY,
    ),
    without_token(
        "a route with the plugin beside one without",
        _ROUTES,
        _UNGUARDED,
        _get("/orders"),
    ),
    unrouted(
        "an open route in another case is no route",
        _PATHS,
        _UNGUARDED,
        _get("/PUBLIC"),
    ),
)

_APART = file(
    services=[service(name="shop"), service(name="stock", enabled=False)],
    routes=[
        route("/orders", service="shop"),
        route("/stock", name="stock", service="stock"),
        route("/alone", name="alone"),
    ],
)
_NESTED_DISABLED = file(
    services=[
        service(route("/orders")),
        service(route("/stock", name="stock"), name="stock", enabled=False),
    ]
)

PLACES = (
    without_token(
        "a route at the top that refers to a service",
        _ROUTES,
        _APART,
        _get("/orders"),
    ),
    without_token("a route without a service", _ROUTES, _APART, _get("/alone")),
    unrouted(
        "a route of a service that is not enabled", _ROUTES, _APART, _get("/stock")
    ),
    unrouted(
        "a route in a service that is not enabled",
        _ROUTES,
        _NESTED_DISABLED,
        _get("/stock"),
    ),
    without_token(
        "what is said of the way to the service does not matter",
        _ROUTES,
        routed(
            route(
                "/orders",
                strip_path=False,
                preserve_host=True,
                path_handling="v0",
                protocols=["http", "https"],
            )
        ),
        _get("/orders"),
    ),
)


def _ambiguous(name: str, path: str, why: str) -> Case:
    return Case(
        name=name,
        source=_PARSER,
        config=_UNGUARDED,
        request=_get(path),
        status=400,
        body={"message": "The path is ambiguous"},
        verdict="safer",
        why=why,
    )


AMBIGUOUS = (
    _ambiguous(
        "a doubled slash",
        "/public//orders",
        "Kong merges slashes before it looks for a route; the app may not",
    ),
    _ambiguous(
        "a segment of two dots",
        "/public/../orders",
        "Kong resolves it before it looks for a route; the app may not",
    ),
    _ambiguous(
        "a segment of one dot",
        "/public/./orders",
        "Kong resolves it before it looks for a route; the app may not",
    ),
    _ambiguous(
        "a backslash",
        "/public/..\\orders",
        "Kong takes it for a character; some apps take it for a slash",
    ),
    _ambiguous(
        "an escape that is left in a path",
        "/public/%2e%2e/orders",
        "Kong has decoded once; some apps decode again",
    ),
)

_BESIDE = file(
    services=[
        service(
            route("/orders", plugins=[jwt()]),
            route("/", name="open"),
        )
    ],
    plugins=[],
)

FOLDED = (
    without_token(
        "a guarded path in another case, beside an open root",
        _PARSER,
        _BESIDE,
        _get("/ORDERS"),
        why="Kong takes the open route, and some apps ignore case",
    ),
    passes(
        "any other path beside a guarded one",
        _CLOSEST,
        _BESIDE,
        _get("/order"),
        seen=NOBODY,
    ),
)

_READS = file(
    services=[
        service(
            route("/orders", name="reads", methods=["GET"], plugins=[jwt()]),
            route("/public", name="open reads", methods=["GET"]),
            route("/", name="open"),
        )
    ],
    plugins=[],
)
_READS_ALONE = file(
    services=[service(route("/orders", methods=["GET"], plugins=[jwt()]))], plugins=[]
)


def _bodiless(
    name: str, config: Members, path: str, status: int, *, why: str = ""
) -> Case:
    return Case(
        name=name,
        source=_ROUTES,
        config=config,
        request=_get(path, method="HEAD"),
        status=status,
        body="",
        verdict="safer" if why else "exact",
        why=why,
    )


HEADS = (
    _bodiless("HEAD, where a route is for GET alone", _READS_ALONE, "/orders", 404),
    _bodiless(
        "HEAD of what is guarded for GET, beside an open root",
        _READS,
        "/orders",
        401,
        why="Kong takes the open route, though apps answer HEAD as GET",
    ),
    passes(
        "HEAD of what is open for GET, beside an open root",
        _ROUTES,
        _READS,
        _get("/public", method="HEAD"),
        seen=NOBODY,
    ),
)

CASES = (*CONTESTS, *MATCHES, *OPEN, *PLACES, *AMBIGUOUS, *FOLDED, *HEADS)
