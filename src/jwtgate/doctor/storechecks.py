"""What is weak about the stores of a gate."""

from collections.abc import Iterator

from jwtgate.doctor.finding import Finding, Rule
from jwtgate.doctor.listing import stores_of
from jwtgate.doctor.subject import Subject
from jwtgate.stores.cached import AsyncCachedStore, CachedStore, Limits

__all__ = ["MAX_TTL", "RULES", "check_stores"]

MAX_TTL = 300.0
"""Seconds that a credential which was taken away should work at most."""

TTL = Rule(
    "JG501",
    "warning",
    "a cache serves credentials for more than five minutes",
    "One that was deleted or changed works on for as long, where no listener tells of "
    "it.",
    "Set ttl to 60, and give the cache a listener.",
)
STALE = Rule(
    "JG502",
    "warning",
    "a cache serves stale credentials while the store fails",
    "Who makes the store fail keeps a credential alive that was taken away.",
    "Leave stale_if_error at 0, or as small as the outages that are to be bridged.",
)
UNSEEN = Rule(
    "JG503",
    "info",
    "the credentials of a store cannot be listed",
    "Their secrets, keys and lifetimes were not looked at.",
    "Give the doctor the store behind a cache, or a synchronous one of its data; a "
    "DjangoStore and a JWKSStore have no list.",
)

RULES = (TTL, STALE, UNSEEN)


def check_stores(subject: Subject) -> Iterator[Finding]:
    """Look at the stores, and those that they are made of."""
    path = subject.place("store")
    for store in stores_of(subject.settings):
        name = type(store).__name__
        if isinstance(store, CachedStore | AsyncCachedStore):
            limits: Limits = vars(store)["_limits"]
            if limits.ttl > MAX_TTL:
                what = f"the {name} serves credentials for {limits.ttl:g} seconds"
                yield TTL.at(f"{path}.ttl", what)
            if limits.stale_if_error > 0:
                seconds = f"{limits.stale_if_error:g} seconds longer"
                what = f"the {name} serves stale credentials {seconds}"
                yield STALE.at(f"{path}.stale_if_error", what)
    for store in subject.unseen:
        name = type(store).__name__
        yield UNSEEN.at(path, f"the credentials of a {name} cannot be listed")
