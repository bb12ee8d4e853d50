"""Sections 2 and 8 of APISIX's page: routes, services, plugin configs, global rules."""

from collections.abc import Mapping

from tests.gateways.apisix_configs import (
    FAILED,
    GOOD,
    JACK,
    MISSING,
    NO_ROUTE,
    ROTTEN,
    Tree,
    barred,
    bearing,
    consumer,
    file,
    guarded,
    header,
    holder,
    passes,
    refused,
    route,
    safer,
    unrouted,
)
from tests.gateways.cases import ABSENT, Case
from tests.kit import Sent

_FILE = file(route("/exact"), route("/below/*"), route("/pre*"), route("/a/b/c"))


def _realm(name: str, **members: object) -> Mapping[str, Tree]:
    return {"jwt-auth": {"realm": name, **members}}


def _at(name: str, path: str, config: Tree, realm: str, method: str = "GET") -> Case:
    """Give a row that tells the route by its realm."""
    request = Sent(path=path, method=method)
    return refused(name, "2, route match", request, MISSING, config=config, realm=realm)


_PATHS = (
    passes("the very path", "2, exact uri", bearing(path="/exact"), config=_FILE),
    passes(
        "a path below a trailing star",
        "2, trailing *",
        bearing(path="/below/1/2"),
        config=_FILE,
    ),
    passes(
        "the slash before a trailing star",
        "2, trailing *",
        bearing(path="/below/"),
        config=_FILE,
    ),
    passes(
        "a longer word before a trailing star",
        "2, trailing *",
        bearing(path="/prefix/1"),
        config=_FILE,
    ),
    passes(
        "the bare word before a trailing star",
        "2, trailing *",
        bearing(path="/pre"),
        config=_FILE,
    ),
    *(
        refused(
            f"{path} without a token",
            "2, route match; 3",
            Sent(path=path),
            MISSING,
            config=_FILE,
        )
        for path in ("/exact", "/below/1", "/prefix", "/a/b/c")
    ),
    *(
        unrouted(f"no route for {what}", "2, 404", bearing(path=path), _FILE)
        for what, path in {
            "the root": "/",
            "an unknown path": "/else",
            "a path below an exact one": "/exact/1",
            "an exact path with a slash behind": "/exact/",
            "an exact path with letters behind": "/exactly",
            "an exact path in other capitals": "/EXACT",
            "the path above a star": "/below",
            "a prefix in other capitals": "/PREFIX",
            "a path above another": "/a/b",
            "a path with a parameter": "/exact;a=1",
        }.items()
    ),
    unrouted("no route, and no token", "2, 404", Sent(path="/else"), _FILE),
    unrouted(
        "no route, and a bad token", "2, 404", bearing("abc", path="/else"), _FILE
    ),
    barred(
        "the 404 is a line of JSON, said to be text",
        "2, 404; 3, Content-Type",
        Sent(path="/else"),
        config=_FILE,
        status=404,
        body='{"error_msg":"404 Route Not Found"}\n',
        headers={"content-type": "text/plain; charset=utf-8"},
    ),
    passes(
        "a query is no part of the path",
        "2, route match",
        bearing(path="/exact", query="a=/else"),
        config=_FILE,
    ),
)

_BLANK = file(route("/with a blank"))
_DECODED = (
    passes(
        "a path with a blank, which was sent as an escape",
        "2, percent-decoding",
        bearing(path="/with a blank"),
        config=_BLANK,
    ),
    refused(
        "a path with a blank, and no token",
        "2, percent-decoding; 3",
        Sent(path="/with a blank"),
        MISSING,
        config=_BLANK,
    ),
)

_RESOLVED = "it is resolved, where the app may read another path"
_PASSED_ON = "it is passed on as it is, and the app may read another path"
_AMBIGUOUS = tuple(
    Case(
        name=f"a path with {what}",
        source="2, normalised path",
        config=_FILE,
        request=bearing(path=path),
        status=400,
        body={"message": "The path is ambiguous"},
        **safer(why),
    )
    for what, path, why in (
        ("doubled slashes", "/below//1", _RESOLVED),
        ("doubled slashes at its beginning", "//exact", _RESOLVED),
        ("a dot segment", "/below/./1", _RESOLVED),
        ("dot segments that lead out", "/below/../exact", _RESOLVED),
        ("dot segments at its end", "/below/..", _RESOLVED),
        ("a backslash", "/below\\1", _PASSED_ON),
        ("an escape that is left", "/below/%2e%2e/exact", _PASSED_ON),
    )
)

_ORDER = file(
    route("/o/*", _realm("short")),
    route("/o/p/*", _realm("long")),
    route("/o/p/q", _realm("exact")),
    route("/o/p/q", _realm("important"), methods=["POST"], priority=10),
    route("/o/p/q", _realm("unimportant"), priority=-1, methods=["POST", "PUT"]),
)
_PRECEDENCE = (
    _at("a short prefix", "/o/1", _ORDER, "short"),
    _at("the longer of two prefixes", "/o/p/1", _ORDER, "long"),
    _at("an exact path before prefixes", "/o/p/q", _ORDER, "exact"),
    _at("the higher of two priorities", "/o/p/q", _ORDER, "important", method="POST"),
    _at(
        "the default priority before one below zero",
        "/o/p/q",
        _ORDER,
        "exact",
        method="PUT",
    ),
)

_METHODS = file(
    route("/m", _realm("reads"), methods=["GET", "HEAD"]),
    route("/m", _realm("writes"), methods=["POST", "PUT"]),
    route("/get", methods=["GET"]),
)
_BY_METHOD = (
    _at("the route of a method", "/m", _METHODS, "reads"),
    _at("the route of another method", "/m", _METHODS, "writes", method="PUT"),
    unrouted(
        "a method that no route names",
        "2, 404",
        bearing(path="/m", method="DELETE"),
        _METHODS,
    ),
    unrouted(
        "OPTIONS, which no route names",
        "2, 404; 4, OPTIONS",
        Sent(path="/m", method="OPTIONS"),
        _METHODS,
    ),
)

_HOSTS = file(
    route("/*", _realm("any")),
    route("/*", _realm("api"), host="api.example"),
    route("/*", _realm("wild"), hosts=["*.example"]),
    route("/*", _realm("deep"), hosts=["*.deep.example"]),
    route("/long/path", _realm("any, long")),
    route("/orders", _realm("several"), hosts=["one.test", "two.test"]),
)


def _of_host(name: str, host: str, realm: str, path: str = "/x") -> Case:
    return refused(
        name,
        "2, route match by host",
        header(host, "Host", path=path),
        MISSING,
        config=_HOSTS,
        realm=realm,
    )


_ONE_HOST = file(route("/*", host="api.example"))
_BY_HOST = (
    _of_host("the route of a host", "api.example", "api"),
    _of_host("the route of a host in capitals", "API.Example", "api"),
    _of_host("the route of a host with a port", "api.example:9080", "api"),
    _of_host("the route of a wildcard", "other.example", "wild"),
    _of_host("the longer of two wildcards", "a.deep.example", "deep"),
    _of_host("a wildcard for two labels", "a.b.example", "wild"),
    _of_host("a host that no route names", "else.test", "any"),
    _of_host("the bare domain of a wildcard", "example", "any"),
    _of_host("a host before a closer path", "api.example", "api", path="/long/path"),
    _of_host("a closer path of any host", "else.test", "any, long", path="/long/path"),
    _of_host("the first of several hosts", "one.test", "several", path="/orders"),
    _of_host("the second of several hosts", "two.test", "several", path="/orders"),
    unrouted(
        "another host than the one of the route",
        "2, 404",
        bearing(GOOD, ("Host", "else.test")),
        _ONE_HOST,
    ),
    passes(
        "the host of the route, with a token",
        "2, route match by host",
        bearing(GOOD, ("Host", "api.example")),
        config=_ONE_HOST,
    ),
)

_URIS = file(
    route(None, uris=["/first", "/second/*"]),
    route("/off", status=0),
    route("/on", status=1),
)
_ENTRIES = (
    passes("the first of several uris", "2", bearing(path="/first"), config=_URIS),
    passes("the second of several uris", "2", bearing(path="/second/1"), config=_URIS),
    refused(
        "the second of several uris without a token",
        "2; 3",
        Sent(path="/second/1"),
        MISSING,
        config=_URIS,
    ),
    unrouted("a route that is switched off", "2, 404", bearing(path="/off"), _URIS),
    passes("a route that is switched on", "2", bearing(path="/on"), config=_URIS),
    unrouted(
        "an invalid route above one without the plugin",
        "8, an invalid route answers 404",
        Sent(path="/x"),
        file(route("/x", {"jwt-auth": {"realm": ""}}), route("/y")),
    ),
    barred(
        "an invalid route does not leave its requests to an open one",
        "8, an invalid route answers 404",
        Sent(path="/x"),
        config=file(
            route("/x", {"jwt-auth": {"realm": ""}}), route("/*", {}), route("/y")
        ),
        status=404,
        body=NO_ROUTE,
        **safer("the next route that matches serves them, an open one here"),
    ),
)

_OPEN = file(route("/open", {}), route("/shut"))
_PUBLIC = (
    passes(
        "a route without the plugin",
        "7, routes without an auth plugin",
        Sent(path="/open"),
        config=_OPEN,
        who=ABSENT,
    ),
    passes(
        "a route without the plugin looks at no token",
        "7, routes without an auth plugin",
        bearing(path="/open"),
        config=_OPEN,
        who=ABSENT,
    ),
    passes(
        "a route without the plugin refuses no bad token",
        "7, routes without an auth plugin",
        bearing("abc", path="/open"),
        config=_OPEN,
        who=ABSENT,
        seen={"authorization": "Bearer abc"},
    ),
    refused(
        "a guarded route beside one without the plugin",
        "2; 3",
        Sent(path="/shut"),
        MISSING,
        config=_OPEN,
    ),
)

_HEADS = (
    Case(
        name="HEAD, where a route is for GET alone",
        source="2, 404",
        config=_METHODS,
        request=Sent(path="/get", method="HEAD"),
        status=404,
        body="",
    ),
    Case(
        name="HEAD of what is guarded for GET, beside an open route",
        source="2, route match",
        config=file(route("/get", methods=["GET"]), route("/*", {})),
        request=Sent(path="/get", method="HEAD"),
        status=401,
        body="",
        **safer("the open route is taken, though apps answer HEAD as GET"),
    ),
)


def _service(plugins: Mapping[str, object], **members: object) -> Tree:
    return {"id": "s1", "plugins": dict(plugins), **members}


def _plugin_config(plugins: Mapping[str, object]) -> Tree:
    return {"id": "p1", "plugins": dict(plugins)}


_STORY: Mapping[str, object] = {"jwt-auth": {"realm": "service", "header": "x-token"}}


def _merged(own: Mapping[str, object], **members: object) -> Tree:
    return file(
        route("/*", own, **members), route("/else"), services=[_service(_STORY)]
    )


_CONFIGURED = file(
    route("/*", {}, service_id="s1", plugin_config_id="p1"),
    services=[_service(_STORY)],
    plugin_configs=[_plugin_config(_realm("plugin config"))],
)
_ALL_THREE = file(
    route("/*", _realm("route"), service_id="s1", plugin_config_id="p1"),
    services=[_service(_STORY)],
    plugin_configs=[_plugin_config(_realm("plugin config"))],
)
_SERVED = _merged({}, service_id="s1")
_MERGED = (
    _at("the plugin of the service", "/", _SERVED, "service"),
    passes(
        "the header of the service's plugin",
        "2, service",
        header(GOOD, "X-Token"),
        config=_SERVED,
    ),
    refused(
        "another header than that of the service's plugin",
        "2, service",
        bearing(),
        MISSING,
        config=_SERVED,
        realm="service",
    ),
    _at(
        "the route's block before the service's",
        "/",
        _merged(_realm("route"), service_id="s1"),
        "route",
    ),
    passes(
        "a block replaces the one below as a whole",
        "2, replaces as a whole",
        bearing(),
        config=_merged(_realm("route"), service_id="s1"),
    ),
    refused(
        "nothing of a replaced block is left",
        "2, replaces as a whole",
        header(GOOD, "X-Token"),
        MISSING,
        config=_merged(_realm("route"), service_id="s1"),
        realm="route",
    ),
    _at(
        "an empty block of the route has the defaults",
        "/",
        _merged({"jwt-auth": {}}, service_id="s1"),
        "jwt",
    ),
    passes(
        "a disabled block of the route replaces the service's",
        "2, replaces as a whole; 1, _meta.disable",
        Sent(),
        config=_merged({"jwt-auth": {"_meta": {"disable": True}}}, service_id="s1"),
        who=ABSENT,
    ),
    _at(
        "another plugin of the route leaves the service's",
        "/",
        _merged({"cors": {}}, service_id="s1"),
        "service",
    ),
    _at("the plugin config before the service", "/", _CONFIGURED, "plugin config"),
    _at("the route before plugin config and service", "/", _ALL_THREE, "route"),
    refused(
        "nothing of the service is left under a plugin config",
        "2, replaces as a whole",
        header(GOOD, "X-Token"),
        MISSING,
        config=_CONFIGURED,
        realm="plugin config",
    ),
    _at(
        "the plugin config alone",
        "/",
        file(
            route("/*", {}, plugin_config_id="p1"),
            plugin_configs=[_plugin_config(_realm("plugin config"))],
        ),
        "plugin config",
    ),
    passes(
        "a service that is not referred to guards nothing",
        "2, service",
        Sent(path="/free"),
        config=file(route("/free", {}), route("/x"), services=[_service(_STORY)]),
        who=ABSENT,
    ),
    unrouted(
        "the hosts of the service",
        "2, service",
        bearing(GOOD, ("Host", "else.test")),
        file(
            route("/*", {}, service_id="s1"),
            services=[_service(_realm("s"), hosts=["api.example"])],
        ),
    ),
    unrouted(
        "a service that the file lacks skips the route",
        "8, skipped one by one",
        bearing(path="/x"),
        file(route("/x", {}, service_id="nowhere"), route("/y")),
    ),
    unrouted(
        "a plugin config that the file lacks skips the route",
        "8, skipped one by one",
        bearing(path="/x"),
        file(route("/x", {}, plugin_config_id="nowhere"), route("/y")),
    ),
)


def _rule(plugins: Mapping[str, object]) -> list[Tree]:
    return [{"id": "1", "plugins": dict(plugins)}]


_GLOBAL = file(
    route("/open", {}),
    route("/own", _realm("global")),
    global_rules=_rule(_realm("global")),
)
_GLOBAL_ANONYMOUS = file(
    route("/open", {}),
    consumers=(*JACK, consumer("anonymous")),
    global_rules=_rule({"jwt-auth": {"anonymous_consumer": "anonymous"}}),
)
_RULED = (
    refused(
        "a global rule guards a route without the plugin",
        "2, global rules",
        Sent(path="/open"),
        MISSING,
        config=_GLOBAL,
        realm="global",
    ),
    passes(
        "a token for a global rule",
        "2, global rules",
        bearing(path="/open"),
        config=_GLOBAL,
    ),
    passes(
        "a token for a global rule and the same on the route",
        "2, global rules",
        bearing(path="/own"),
        config=_GLOBAL,
    ),
    refused(
        "a global rule runs where there is no route",
        "2, global rules run even then",
        Sent(path="/else"),
        MISSING,
        config=_GLOBAL,
        realm="global",
    ),
    refused(
        "a bad token for a global rule where there is no route",
        "2, global rules run even then",
        bearing(ROTTEN, path="/else"),
        FAILED,
        config=_GLOBAL,
        realm="global",
    ),
    unrouted(
        "a good token for a global rule where there is no route",
        "2, global rules run even then",
        bearing(path="/else"),
        _GLOBAL,
    ),
    passes(
        "the anonymous consumer of a global rule",
        "2, global rules; 6",
        Sent(path="/open"),
        config=_GLOBAL_ANONYMOUS,
        who="anonymous",
    ),
    unrouted(
        "the anonymous consumer of a global rule where there is no route",
        "2, global rules; 6",
        Sent(path="/else"),
        _GLOBAL_ANONYMOUS,
    ),
)

_ALONE = {"consumers": list(JACK)}
_ALONE_RULED = {"consumers": [holder()], "global_rules": _rule(_realm("alone"))}
_WITHOUT = (
    refused(
        "a file without routes guards everything",
        "2",
        Sent(path="/whatever"),
        MISSING,
        config=_ALONE,
    ),
    passes(
        "a token for a file without routes",
        "2",
        bearing(path="/whatever"),
        config=_ALONE,
    ),
    passes("the root in a file without routes", "2", bearing(path="/"), config=_ALONE),
    refused(
        "a global rule in a file without routes",
        "2, global rules",
        Sent(path="/whatever"),
        MISSING,
        config=_ALONE_RULED,
        realm="alone",
    ),
    passes(
        "a token for a global rule in a file without routes",
        "2, global rules",
        bearing(path="/whatever"),
        config=_ALONE_RULED,
    ),
    passes("the root of a route for all paths", "2, trailing *", config=guarded()),
)

CASES: tuple[Case, ...] = (
    *_PATHS,
    *_DECODED,
    *_AMBIGUOUS,
    *_PRECEDENCE,
    *_BY_METHOD,
    *_BY_HOST,
    *_ENTRIES,
    *_PUBLIC,
    *_HEADS,
    *_MERGED,
    *_RULED,
    *_WITHOUT,
)
