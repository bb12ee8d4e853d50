"""From a request to its one token, whatever carries it."""

from jwtgate.extraction.collect import Collector, FoundToken, Hiding
from jwtgate.extraction.request import Headers, RequestView
from jwtgate.extraction.sources import (
    Carrier,
    CookieSource,
    HeaderSource,
    QuerySource,
    Source,
)

__all__ = [
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
