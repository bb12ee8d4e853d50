"""Sections 6 and 7 of APISIX's page: ``limit-count``, as the first request sees it.

Each row has a gate of its own, since what is counted stays counted.
"""

from collections.abc import Mapping
from typing import Any

from tests.gateways.apisix_configs import (
    FAILED,
    JACK,
    JILL,
    JILLS,
    MISSING,
    ROTTEN,
    UNAUTHORIZED,
    Tree,
    barred,
    bearing,
    consumer,
    credential,
    file,
    guarded,
    limit,
    passes,
    refused,
    route,
)
from tests.gateways.cases import ABSENT, Case
from tests.kit import Sent

_NO_FIGURES = {
    "x-ratelimit-limit": ABSENT,
    "x-ratelimit-remaining": ABSENT,
    "x-ratelimit-reset": ABSENT,
}


def _figures(count: int, window: int = 30) -> Mapping[str, str]:
    return {
        "x-ratelimit-limit": str(count),
        "x-ratelimit-remaining": str(count - 1),
        "x-ratelimit-reset": str(window),
    }


def limited(**block: Any) -> Tree:
    """Give a consumer whose requests are limited, and its credential."""
    return guarded((consumer(plugins={"limit-count": limit(**block)}), credential()))


def routed(**block: Any) -> Tree:
    """Give a route whose requests are limited."""
    return file(
        route(plugins={"jwt-auth": {}, "limit-count": limit(**block)}),
        consumers=(*JACK, *JILL),
    )


_ON_BOTH = file(
    route(plugins={"jwt-auth": {}, "limit-count": limit(100)}),
    consumers=(consumer(plugins={"limit-count": limit(7)}), credential(), *JILL),
)
ANONYMOUS = guarded(
    (
        consumer(plugins={"limit-count": limit(3)}),
        credential(),
        consumer("anonymous", plugins={"limit-count": limit(1)}),
    ),
    anonymous_consumer="anonymous",
)
"""The documents' example: three for jack, one for who is nobody."""

_FILE = (
    passes(
        "what is left to a consumer",
        "7, limit-count",
        config=limited(),
        headers=_figures(3),
    ),
    passes(
        "what is left of another window",
        "7, limit-count",
        config=limited(count=1000, time_window=3600),
        headers=_figures(1000, 3600),
    ),
    passes(
        "no word of what is left where it is not shown",
        "7, show_limit_quota_header",
        config=limited(show_limit_quota_header=False),
        headers=_NO_FIGURES,
    ),
    passes("no word of what is left where there is no limit", "7", headers=_NO_FIGURES),
    passes(
        "what is left on a route",
        "7, limit-count",
        config=routed(),
        headers=_figures(3),
    ),
    passes(
        "the consumer's block before the route's",
        "7, consumer blocks win",
        config=_ON_BOTH,
        headers=_figures(7),
    ),
    passes(
        "the route's block for who has none",
        "7, consumer blocks win",
        bearing(JILLS),
        config=_ON_BOTH,
        who="jill",
        headers=_figures(100),
    ),
    passes(
        "a disabled block",
        "1, _meta.disable",
        config=limited(_meta={"disable": True}),
        headers=_NO_FIGURES,
    ),
    passes(
        "a disabled block of the consumer switches the route's off",
        "2, replaces as a whole; 7, consumer blocks win",
        config=file(
            route(plugins={"jwt-auth": {}, "limit-count": limit(100)}),
            consumers=(
                consumer(plugins={"limit-count": limit(_meta={"disable": True})}),
                credential(),
            ),
        ),
        headers=_NO_FIGURES,
    ),
    passes(
        "the group's block for its members",
        "2.6, consumer plugins",
        config=guarded((consumer(group_id="staff"), credential()))
        | {"consumer_groups": [{"id": "staff", "plugins": {"limit-count": limit(9)}}]},
        headers=_figures(9),
    ),
    passes(
        "the consumer's block before its group's",
        "2.6, consumer plugins",
        config=guarded(
            (
                consumer(group_id="staff", plugins={"limit-count": limit(5)}),
                credential(),
            )
        )
        | {"consumer_groups": [{"id": "staff", "plugins": {"limit-count": limit(9)}}]},
        headers=_figures(5),
    ),
    passes(
        "the service's block",
        "2, service; 7",
        config=file(
            route(service_id="s1"),
            services=[{"id": "s1", "plugins": {"limit-count": limit(8)}}],
        ),
        headers=_figures(8),
    ),
    passes(
        "the block of a route without jwt-auth",
        "7, limit-count",
        Sent(path="/open"),
        config=file(route("/open", {"limit-count": limit(6)}), route("/shut")),
        who=ABSENT,
        headers=_figures(6),
    ),
    passes(
        "the anonymous consumer's own block",
        "6, its own limit-count applies",
        Sent(),
        config=ANONYMOUS,
        who="anonymous",
        headers=_figures(1),
    ),
    passes(
        "a consumer's block beside the anonymous one's",
        "6, its own limit-count applies",
        config=ANONYMOUS,
        headers=_figures(3),
    ),
    refused(
        "a refused login tells nothing of a limit",
        "7, refused logins are not counted",
        bearing(ROTTEN),
        FAILED,
        config=routed(),
        headers=_NO_FIGURES,
    ),
    refused(
        "a missing token tells nothing of a limit",
        "7, refused logins are not counted",
        Sent(),
        MISSING,
        config=routed(),
        headers=_NO_FIGURES,
    ),
    refused(
        "an unknown anonymous consumer is not limited",
        "6; 7",
        Sent(),
        UNAUTHORIZED,
        config=file(
            route(
                plugins={
                    "jwt-auth": {"anonymous_consumer": "nobody"},
                    "limit-count": limit(),
                }
            )
        ),
        headers=_NO_FIGURES,
    ),
    barred(
        "who may not pass is told nothing of a limit",
        "7",
        bearing(JILLS),
        config=file(
            route(
                plugins={
                    "jwt-auth": {},
                    "limit-count": limit(),
                    "consumer-restriction": {"whitelist": ["jack"]},
                }
            ),
            consumers=(*JACK, *JILL),
        ),
        headers=_NO_FIGURES,
    ),
)

CASES: tuple[Case, ...] = _FILE
