"""``consumer-restriction`` of APISIX, which the reader of its files carries over."""

from collections.abc import Mapping

from tests.gateways.apisix_configs import (
    FAILED,
    GOOD,
    JACK,
    JILL,
    JILLS,
    MISSING,
    ROTTEN,
    UNKNOWN,
    Tree,
    barred,
    bearing,
    consumer,
    credential,
    file,
    passes,
    refused,
    route,
    token,
)
from tests.gateways.cases import ABSENT, Case
from tests.kit import Sent

_SOURCE = "8; consumer-restriction"
_JOE = (consumer("joe"), credential("joe", "c", key="joe-key", secret="j" * 40))
_JOES = token({"key": "joe-key"}, secret="j" * 40)
_NOBODY = consumer("anonymous")
_ALL = (*JACK, *JILL, *_JOE, _NOBODY)


def _restricted(consumers: tuple[Tree, ...] = _ALL, **block: object) -> Tree:
    return file(
        route(plugins={"jwt-auth": {}, "consumer-restriction": block}),
        consumers=consumers,
    )


_WHITE = _restricted(whitelist=["jack"])
_BLACK = _restricted(blacklist=["jack"])
_LISTS = (
    passes("who is on the whitelist", _SOURCE, config=_WHITE),
    barred("who is not on the whitelist", _SOURCE, bearing(JILLS), config=_WHITE),
    barred("who is on the blacklist", _SOURCE, config=_BLACK),
    passes(
        "who is not on the blacklist",
        _SOURCE,
        bearing(JILLS),
        config=_BLACK,
        who="jill",
    ),
    barred(
        "who is on both lists",
        _SOURCE,
        config=_restricted(blacklist=["jack"], whitelist=["jack"]),
    ),
    barred(
        "a whitelist in other capitals",
        _SOURCE,
        config=_restricted(whitelist=["Jack"]),
    ),
    barred(
        "a whitelist of the key", _SOURCE, config=_restricted(whitelist=["jack-key"])
    ),
    barred(
        "a refusal is a line of JSON, said to be text",
        _SOURCE,
        bearing(JILLS),
        config=_WHITE,
        body='{"message":"The consumer_name is forbidden."}\n',
        headers={"content-type": "text/plain; charset=utf-8"},
    ),
)

_ANSWERS = (
    barred(
        "another status of the restriction",
        _SOURCE,
        bearing(JILLS),
        config=_restricted(whitelist=["jack"], rejected_code=404),
        status=404,
    ),
    barred(
        "another text of the restriction",
        _SOURCE,
        bearing(JILLS),
        config=_restricted(whitelist=["jack"], rejected_msg="not for you"),
        body={"message": "not for you"},
    ),
    barred(
        "error_response of the restriction",
        "1, _meta.error_response",
        bearing(JILLS),
        config=_restricted(whitelist=["jack"], _meta={"error_response": {"code": 7}}),
        body={"code": 7},
    ),
    passes(
        "a disabled restriction",
        "1, _meta.disable",
        bearing(JILLS),
        config=_restricted(whitelist=["jack"], _meta={"disable": True}),
        who="jill",
    ),
    barred(
        "error_response of jwt-auth is not the restriction's",
        "1, _meta.error_response",
        bearing(JILLS),
        config=file(
            route(
                plugins={
                    "jwt-auth": {"_meta": {"error_response": "log in"}},
                    "consumer-restriction": {"whitelist": ["jack"]},
                }
            ),
            consumers=_ALL,
        ),
    ),
)

_ORDER = (
    refused(
        "no token, and a whitelist", "3; " + _SOURCE, Sent(), MISSING, config=_WHITE
    ),
    refused(
        "a bad token, and a blacklist",
        "3; " + _SOURCE,
        bearing(ROTTEN),
        FAILED,
        config=_BLACK,
    ),
    refused(
        "an unknown key, and a whitelist",
        "3; " + _SOURCE,
        bearing(token({"key": "who"})),
        UNKNOWN,
        config=_WHITE,
    ),
)

_READS = [{"user": "jack", "methods": ["GET", "HEAD"]}]
_BY_METHOD = _restricted(allowed_by_methods=_READS)
_METHODS = (
    passes("a method that is allowed", _SOURCE, config=_BY_METHOD),
    barred(
        "a method that is not allowed",
        _SOURCE,
        bearing(method="DELETE"),
        config=_BY_METHOD,
    ),
    passes(
        "any method of who is not named",
        _SOURCE,
        bearing(JILLS, method="DELETE"),
        config=_BY_METHOD,
        who="jill",
    ),
    passes(
        "any method of who is on the whitelist besides",
        _SOURCE,
        bearing(method="DELETE"),
        config=_restricted(whitelist=["jack"], allowed_by_methods=_READS),
    ),
    barred(
        "an allowed method of who is on the blacklist besides",
        _SOURCE,
        config=_restricted(blacklist=["jack"], allowed_by_methods=_READS),
    ),
)

_GROUPS = {
    "consumer_groups": [{"id": "staff", "plugins": {}}, {"id": "guests", "plugins": {}}]
}
_GROUPED = (
    consumer(group_id="staff"),
    credential(),
    consumer("jill", group_id="guests"),
    JILL[1],
    *_JOE,
)


def _by_group(**block: object) -> Tree:
    return _restricted(_GROUPED, type="consumer_group_id", **block) | _GROUPS


_FORBIDDEN = {"message": "The consumer_group_id is forbidden."}
_NO_GROUP = {
    "message": "The request is rejected, please check the consumer_group_id for this "
    "request"
}
_BY_GROUP = (
    passes(
        "a member of a whitelisted group",
        _SOURCE,
        config=_by_group(whitelist=["staff"]),
    ),
    barred(
        "a member of another group than the whitelisted",
        _SOURCE,
        bearing(JILLS),
        config=_by_group(whitelist=["staff"]),
        body=_FORBIDDEN,
    ),
    barred(
        "a member of a blacklisted group",
        _SOURCE,
        bearing(JILLS),
        config=_by_group(blacklist=["guests"]),
        body=_FORBIDDEN,
    ),
    passes(
        "a member of another group than the blacklisted",
        _SOURCE,
        config=_by_group(blacklist=["guests"]),
    ),
    Case(
        name="a member of no group, and a whitelist of groups",
        source=_SOURCE,
        config=_by_group(whitelist=["staff"]),
        request=bearing(_JOES),
        status=401,
        body=_NO_GROUP,
    ),
    Case(
        name="a member of no group, and a blacklist of groups",
        source=_SOURCE,
        config=_by_group(blacklist=["guests"]),
        request=bearing(_JOES),
        status=401,
        body=_NO_GROUP,
    ),
)


def _at(
    kind: str, plugins: Mapping[str, object] | None = None, **block: object
) -> Tree:
    return file(
        route(
            "/*",
            {
                **({"jwt-auth": {}} if plugins is None else plugins),
                "consumer-restriction": {"type": kind, **block},
            },
            id="r1",
            service_id="s1",
        ),
        route("/other"),
        services=[{"id": "s1", "plugins": {}}],
    )


_PLACES = (
    passes(
        "a route on the whitelist of routes",
        _SOURCE,
        config=_at("route_id", whitelist=["r1"]),
    ),
    barred(
        "a route that is not on the whitelist of routes",
        _SOURCE,
        config=_at("route_id", whitelist=["r2"]),
        body={"message": "The route_id is forbidden."},
    ),
    barred(
        "a service on the blacklist of services",
        _SOURCE,
        config=_at("service_id", blacklist=["s1"]),
        body={"message": "The service_id is forbidden."},
    ),
    passes(
        "a service that is not on the blacklist of services",
        _SOURCE,
        config=_at("service_id", blacklist=["s2"]),
    ),
)

_WHITE_BLOCK = {"consumer-restriction": {"whitelist": ["jack"]}}
_OWN = (
    *JACK,
    consumer("jill", plugins={"consumer-restriction": {"blacklist": ["jill"]}}),
    JILL[1],
)
_MERGED = (
    barred(
        "the restriction of the service",
        "2, merge; " + _SOURCE,
        bearing(JILLS),
        config=file(
            route(service_id="s1"),
            consumers=_ALL,
            services=[{"id": "s1", "plugins": _WHITE_BLOCK}],
        ),
    ),
    barred(
        "the restriction of a global rule",
        "2, global rules; " + _SOURCE,
        bearing(JILLS),
        config=file(
            route(),
            consumers=_ALL,
            global_rules=[{"id": "1", "plugins": {"jwt-auth": {}, **_WHITE_BLOCK}}],
        ),
    ),
    barred(
        "a consumer's own restriction",
        "2.6, consumer plugins; " + _SOURCE,
        bearing(JILLS),
        config=file(route(), consumers=_OWN),
    ),
    passes(
        "a consumer's own restriction is not another's",
        "2.6, consumer plugins; " + _SOURCE,
        config=file(route(), consumers=_OWN),
    ),
    passes(
        "a consumer's own restriction replaces the route's",
        "2.6, consumer plugins merged over the route's",
        bearing(JILLS),
        config=file(
            route(plugins={"jwt-auth": {}, **_WHITE_BLOCK}),
            consumers=(
                *JACK,
                consumer(
                    "jill", plugins={"consumer-restriction": {"whitelist": ["jill"]}}
                ),
                JILL[1],
            ),
        ),
        who="jill",
    ),
)


def _anonymous(**block: object) -> Tree:
    return file(
        route(
            plugins={
                "jwt-auth": {"anonymous_consumer": "anonymous"},
                "consumer-restriction": block,
            }
        ),
        consumers=_ALL,
    )


_STAND_INS = (
    barred(
        "an anonymous consumer that is on the blacklist",
        "6; " + _SOURCE,
        Sent(),
        config=_anonymous(blacklist=["anonymous"]),
    ),
    barred(
        "an anonymous consumer that is not on the whitelist",
        "6; " + _SOURCE,
        bearing(ROTTEN),
        config=_anonymous(whitelist=["jack"]),
    ),
    passes(
        "an anonymous consumer that is on the whitelist",
        "6; " + _SOURCE,
        Sent(),
        config=_anonymous(whitelist=["anonymous"]),
        who="anonymous",
    ),
    passes(
        "a good token where the anonymous consumer is on the blacklist",
        "6; " + _SOURCE,
        bearing(GOOD),
        config=_anonymous(blacklist=["anonymous"]),
    ),
    barred(
        "a token whose owner the anonymous consumer may not replace",
        "6; " + _SOURCE,
        bearing(JILLS),
        config=_anonymous(blacklist=["jill"]),
    ),
)

_PUBLIC = file(route("/open", _WHITE_BLOCK), route("/shut"))
_UNAUTHENTICATED = (
    Case(
        name="a restriction on a route without jwt-auth",
        source=_SOURCE,
        config=_PUBLIC,
        request=Sent(path="/open"),
        status=401,
        body={
            "message": "The request is rejected, please check the consumer_name for "
            "this request"
        },
    ),
    Case(
        name="a restriction on a route without jwt-auth, and a token",
        source=_SOURCE,
        config=_PUBLIC,
        request=bearing(path="/open"),
        status=401,
        body={
            "message": "The request is rejected, please check the consumer_name for "
            "this request"
        },
        headers={"retry-after": ABSENT},
    ),
)

CASES: tuple[Case, ...] = (
    *_LISTS,
    *_ANSWERS,
    *_ORDER,
    *_METHODS,
    *_BY_GROUP,
    *_PLACES,
    *_MERGED,
    *_STAND_INS,
    *_UNAUTHENTICATED,
)
