"""What a response says of a quota; each row has a gate of its own, since it counts."""

from collections.abc import Mapping

from tests.gateways.cases import ABSENT, Case
from tests.gateways.kong_configs import (
    GUEST_ID,
    TOKEN,
    Members,
    bearer,
    file,
    guest,
    jack,
    jwt,
    passes,
    plugin,
    route,
    routed,
    service,
)
from tests.kit import Sent

_FIGURES = "rate-limiting: headers"
_SCOPES = "rate-limiting: the most specific plugin"
_ORDER = "rate-limiting: priority 910, behind jwt and acl"

NO_FIGURES: Mapping[str, str | None] = {
    "x-ratelimit-limit-minute": ABSENT,
    "x-ratelimit-remaining-minute": ABSENT,
    "ratelimit-limit": ABSENT,
    "ratelimit-remaining": ABSENT,
    "ratelimit-reset": ABSENT,
    "retry-after": ABSENT,
}
"""Of a response that nothing was counted for."""


def limit(**config: object) -> Members:
    """Give a plugin that limits, counting in this process."""
    return plugin("rate-limiting", **{"policy": "local", **config})


def limited(*consumers: Members, **config: object) -> Members:
    """Give a file that limits everything."""
    return file(*consumers, plugins=[jwt(), limit(**config)])


def figures(amount: int, remaining: int, period: str = "Minute") -> dict[str, str]:
    """Give the headers of a quota of one period."""
    reset = {"Second": 1, "Minute": 60, "Hour": 3_600, "Day": 57_600}[period]
    return {
        f"x-ratelimit-limit-{period.lower()}": str(amount),
        f"x-ratelimit-remaining-{period.lower()}": str(remaining),
        "ratelimit-limit": str(amount),
        "ratelimit-remaining": str(remaining),
        "ratelimit-reset": str(reset),
    }


def _tells(
    name: str,
    source: str,
    config: Members,
    headers: Mapping[str, str | None],
    sent: Sent | None = None,
    seen: Mapping[str, str | None] | None = None,
) -> Case:
    return passes(
        name, source, config, sent or bearer(), seen=seen or {}, headers=headers
    )


_MANY = limited(second=2, minute=10, hour=100, day=1000)
_ON_A_ROUTE = routed(
    route("/orders", plugins=[limit(minute=7)]),
    route("/free", name="free"),
)
_ON_ALL_LEVELS = file(
    jack(plugins=[limit(minute=3)]),
    services=[
        service(
            route("/orders", plugins=[limit(minute=7)]),
            plugins=[limit(minute=9)],
        )
    ],
    plugins=[jwt(), limit(minute=11)],
)
_ON_SERVICE = file(
    services=[service(route("/orders"), plugins=[limit(minute=9)])],
    plugins=[jwt(), limit(minute=11)],
)
_OF_ROUTE_AND_CONSUMER = routed(
    route("/orders"),
    consumers=[jack(plugins=[limit(minute=3)])],
    plugins=[jwt(), {**limit(minute=2), "route": "orders", "consumer": "jack"}],
)
_ANONYMOUS = file(
    jack(),
    guest(plugins=[limit(minute=2)]),
    plugins=[jwt(anonymous="guest"), limit(minute=20)],
)
_PUBLIC = file(
    services=[
        service(
            route("/public", plugins=[limit(minute=4)]),
            route("/orders", name="mine", plugins=[jwt()]),
        )
    ],
    plugins=[],
)

PASSES = (
    _tells("so many a second", _FIGURES, limited(second=5), figures(5, 4, "Second")),
    _tells("so many a minute", _FIGURES, limited(minute=5), figures(5, 4)),
    _tells("so many an hour", _FIGURES, limited(hour=5), figures(5, 4, "Hour")),
    _tells("so many a day", _FIGURES, limited(day=5), figures(5, 4, "Day")),
    _tells("one a minute", _FIGURES, limited(minute=1), figures(1, 0)),
    _tells(
        "several periods, each with its figures",
        _FIGURES,
        _MANY,
        {
            "x-ratelimit-limit-second": "2",
            "x-ratelimit-remaining-second": "1",
            "x-ratelimit-limit-minute": "10",
            "x-ratelimit-remaining-minute": "9",
            "x-ratelimit-limit-hour": "100",
            "x-ratelimit-remaining-hour": "99",
            "x-ratelimit-limit-day": "1000",
            "x-ratelimit-remaining-day": "999",
        },
    ),
    _tells(
        "several periods, and what has least left",
        _FIGURES,
        _MANY,
        {"ratelimit-limit": "2", "ratelimit-remaining": "1", "ratelimit-reset": "1"},
    ),
    _tells(
        "of periods with as much left the longest is told",
        _FIGURES,
        limited(minute=5, hour=5),
        {"ratelimit-remaining": "4", "ratelimit-reset": "3600"},
    ),
    _tells(
        "a limit that tells nothing",
        _FIGURES,
        limited(minute=5, hide_client_headers=True),
        NO_FIGURES,
    ),
    _tells(
        "no Retry-After while there is room",
        _FIGURES,
        limited(minute=1),
        {"retry-after": ABSENT},
    ),
    _tells(
        "a limit by consumer",
        _FIGURES,
        limited(minute=5, limit_by="consumer"),
        figures(5, 4),
    ),
    _tells(
        "a limit by credential",
        _FIGURES,
        limited(minute=5, limit_by="credential"),
        figures(5, 4),
    ),
    _tells("a limit by ip", _FIGURES, limited(minute=5, limit_by="ip"), figures(5, 4)),
    _tells(
        "a limit by header",
        _FIGURES,
        limited(minute=5, limit_by="header", header_name="X-Tenant"),
        figures(5, 4),
        bearer(TOKEN, ("X-Tenant", "a")),
    ),
    _tells(
        "a limit by a header that is not there",
        _FIGURES,
        limited(minute=5, limit_by="header", header_name="X-Tenant"),
        figures(5, 4),
    ),
    _tells(
        "a limit by service",
        _FIGURES,
        routed(route("/orders"), plugins=[jwt(), limit(minute=5, limit_by="service")]),
        figures(5, 4),
        bearer(path="/orders"),
    ),
    _tells(
        "a limit that holds when its storage is down",
        _FIGURES,
        limited(minute=5, fault_tolerant=False),
        figures(5, 4),
    ),
    _tells(
        "a limit on a route",
        _SCOPES,
        _ON_A_ROUTE,
        figures(7, 6),
        bearer(path="/orders"),
    ),
    _tells(
        "no limit on the other route",
        _SCOPES,
        _ON_A_ROUTE,
        NO_FIGURES,
        bearer(path="/free"),
    ),
    _tells(
        "the limit of a consumer before all others",
        _SCOPES,
        _ON_ALL_LEVELS,
        figures(3, 2),
        bearer(path="/orders"),
    ),
    _tells(
        "the limit of a service before that for everything",
        _SCOPES,
        _ON_SERVICE,
        figures(9, 8),
        bearer(path="/orders"),
    ),
    _tells(
        "the limit of a consumer on a route before that of the consumer",
        _SCOPES,
        _OF_ROUTE_AND_CONSUMER,
        figures(2, 1),
        bearer(path="/orders"),
    ),
    _tells(
        "the limit of the anonymous consumer",
        _SCOPES,
        _ANONYMOUS,
        figures(2, 1),
        Sent(),
        {"x-consumer-id": GUEST_ID},
    ),
    _tells(
        "the limit for everything beside that of the anonymous consumer",
        _SCOPES,
        _ANONYMOUS,
        figures(20, 19),
    ),
    _tells(
        "a limit on a route without jwt",
        _SCOPES,
        _PUBLIC,
        figures(4, 3),
        Sent(path="/public"),
    ),
    _tells(
        "a limit on an OPTIONS that is skipped",
        "4. Request flow, 1: OPTIONS",
        file(plugins=[jwt(run_on_preflight=False), limit(minute=4)]),
        figures(4, 3),
        Sent(method="OPTIONS"),
    ),
    _tells(
        "a limit that is not enabled",
        "1. Plugin entry",
        file(plugins=[jwt(), {**limit(minute=5), "enabled": False}]),
        NO_FIGURES,
    ),
)


def _counts_nothing(name: str, config: Members, sent: Sent, status: int) -> Case:
    text = {401: "Unauthorized", 403: "You cannot consume this service"}[status]
    return Case(
        name=name,
        source=_ORDER,
        config=config,
        request=sent,
        status=status,
        body={"message": text},
        headers=NO_FIGURES,
    )


REFUSALS = (
    _counts_nothing("no figures without a token", limited(minute=5), Sent(), 401),
    _counts_nothing(
        "no figures for who may not",
        file(plugins=[jwt(), plugin("acl", allow=["staff"]), limit(minute=5)]),
        bearer(),
        403,
    ),
    Case(
        name="figures where a request is ended",
        source="rate-limiting: priority 910, before request-termination",
        config=file(
            plugins=[
                jwt(),
                limit(minute=5),
                plugin("request-termination", status_code=403, message="Closed"),
            ]
        ),
        request=bearer(),
        status=403,
        body={"message": "Closed"},
        headers=figures(5, 4),
    ),
)

CASES = (*PASSES, *REFUSALS)
