"""From a request to its one token, whatever carries it."""

from jwtgate.extraction.collect import NOTHING_HIDDEN, Collector, FoundToken, Hiding
from jwtgate.extraction.request import Headers, RequestView
from jwtgate.extraction.sources import (
    Carrier,
    CookieSource,
    HeaderSource,
    QuerySource,
    Source,
)

__all__ = [
    "NOTHING_HIDDEN",
    "Carrier",
    "Collector",
    "CookieSource",
    "FoundToken",
    "HeaderSource",
    "Headers",
    "Hiding",
    "QuerySource",
    "RequestView",
    "Source",
]
