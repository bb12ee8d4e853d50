"""Settings that are weak in one way, each beside those that are not."""

from collections.abc import Mapping
from typing import Any

from jwtgate import Answer, Consumer, Credential, Policy, Route
from jwtgate.denylists import MemoryDenylist
from jwtgate.settings import Settings
from jwtgate.stores import FixedStore, MemoryStore, in_thread
from jwtgate.stores.cached import CachedStore
from jwtgate.stores.chain import ChainStore
from tests.kit import NOW, jack, public_pem

SECRETS = (
    "8rQzV0nJkT5wYx2LbG7cHd4sMf9aPe1u",
    "uXe3Wq6oRt0yZi8pLk5jHg2fDs7aNb4v",
    "Vb9nMc4xLz7kJh2gFd5sPq8wEr1tYu6i",
)
"""Secrets that nobody guesses, at least before this file was published."""

JILL = Consumer(username="jill")

Pair = tuple[Settings, Settings]
"""Weak, and sound."""


def credential(number: int = 0, **fields: Any) -> Credential:
    """Make a credential that nothing is weak about."""
    material = {"secret": SECRETS[number]}
    if "public_key" in fields:
        material = {}
    return Credential(
        **{
            "consumer": jack(),
            "key": f"key-{number}",
            "retire_after": NOW + 86_400,
            **material,
            **fields,
        }
    )


def policy(**fields: Any) -> Policy:
    """Make a policy that nothing is weak about."""
    return Policy(**{"audience": ("shop",), "maximum_expiration": 3600, **fields})


def settings(*credentials: Credential, **fields: Any) -> Settings:
    """Make settings that nothing is weak about."""
    rows = credentials or (credential(),)
    consumers = {each.consumer.id: each.consumer for each in rows}.values()
    chosen = {"store": FixedStore(consumers, rows), "policy": policy(), **fields}
    return Settings(**chosen)


def by_policy(weak: Mapping[str, Any], sound: Mapping[str, Any] | None = None) -> Pair:
    """Pair two policies."""
    return (
        settings(policy=policy(**weak)),
        settings(policy=policy(**(sound or {}))),
    )


def by_rows(*weak: Credential, sound: tuple[Credential, ...] = ()) -> Pair:
    """Pair two lists of credentials."""
    return settings(*weak), settings(*sound)


def by_routes(weak: Mapping[str, Any], sound: Mapping[str, Any]) -> Pair:
    """Pair two public routes."""
    return (
        settings(routes=[Route(public=True, **weak)]),
        settings(routes=[Route(public=True, **sound)]),
    )


def by_store(weak: Any, sound: Any) -> Pair:
    """Pair two stores."""
    return settings(store=weak), settings(store=sound)


_GUEST = Consumer(username="guest")
_SHUT = Answer(status=503)
_SEVERAL = (credential(), credential(1, consumer=JILL))

POLICIES: Mapping[str, Pair] = {
    "JG201": (
        settings(policy=policy(claims_to_verify=(), maximum_expiration=None)),
        settings(),
    ),
    "JG202": (
        settings(policy=policy(required_claims=(), maximum_expiration=None)),
        settings(),
    ),
    "JG203": (
        settings(*_SEVERAL, policy=policy(key_claim="key")),
        settings(*_SEVERAL, policy=policy(key_claim="key", issuer=("jack",))),
    ),
    "JG204": by_policy(
        {"anonymous": _GUEST, "anonymous_for": "any"}, {"anonymous": _GUEST}
    ),
    "JG205": (
        settings(policy=Policy.kong()),
        settings(policy=Policy.kong(strict=True)),
    ),
    "JG206": by_policy({"mode": "report"}),
    "JG207": by_policy({"termination": _SHUT}),
    "JG208": by_policy({"leeway": 301}, {"leeway": 300}),
}

CARRIERS: Mapping[str, Pair] = {
    "JG221": by_policy({"query_names": ("jwt",)}),
    "JG222": by_policy(
        {"cookie_names": ("jwt",), "csrf": False}, {"cookie_names": ("jwt",)}
    ),
    "JG223": by_policy({"cookie_names": ("jwt",)}, {"cookie_names": ("__Host-jwt",)}),
    "JG224": by_policy(
        {"trusted_origins": ("http://app.example",)},
        {"trusted_origins": ("https://app.example",)},
    ),
    "JG225": by_policy(
        {"query_names": ("jwt",)}, {"query_names": ("jwt",), "hide_credentials": True}
    ),
}

_ISSUER: dict[str, Any] = {"consumer_claim": "sub"}
_FREE = policy(audience=())

TOKENS: Mapping[str, Pair] = {
    "JG241": by_policy({"audience": ()}),
    "JG242": (
        settings(credential(**_ISSUER), policy=_FREE),
        settings(credential(**_ISSUER, audience=("shop",)), policy=_FREE),
    ),
    "JG243": (
        settings(
            credential(token_lifetime=86_401), policy=policy(maximum_expiration=None)
        ),
        settings(
            credential(token_lifetime=86_400), policy=policy(maximum_expiration=None)
        ),
    ),
    "JG244": by_rows(
        credential(), credential(1, algorithm="ES256", public_key=public_pem("ES256"))
    ),
}

_ES256: dict[str, Any] = {"algorithm": "ES256", "public_key": public_pem("ES256")}
_ED: dict[str, Any] = {"algorithm": "EdDSA", "public_key": public_pem("EdDSA")}

KEYS: Mapping[str, Pair] = {
    "JG301": by_rows(
        credential(secret="Your-256-bit-secret", allow_weak_secret=True),
        sound=(credential(),),
    ),
    "JG302": by_rows(credential(secret="this-is-the-secret-key-of-our-company")),
    "JG303": by_rows(credential(algorithm="HS512", allow_weak_secret=True)),
    "JG304": by_rows(
        credential(allow_weak_secret=True),
        sound=(credential(algorithm="HS512", allow_weak_secret=True),),
    ),
    "JG305": by_rows(
        credential(),
        credential(0, key="other", consumer=JILL),
        sound=(credential(), credential(0, key="other")),
    ),
    "JG306": by_rows(
        credential(**_ES256),
        credential(1, consumer=JILL, **_ES256),
        sound=(credential(**_ES256), credential(1, consumer=JILL, **_ED)),
    ),
    "JG307": by_rows(
        credential(key="one"),
        credential(1, key="one", kid="2", **_ES256),
        sound=(credential(**_ES256), credential(1, key="key-0", kid="2", **_ED)),
    ),
    "JG308": by_rows(
        credential(algorithm="RS256", public_key=public_pem("RS256")),
        sound=(credential(**_ES256),),
    ),
}

LIVES: Mapping[str, Pair] = {
    "JG321": by_rows(credential(retire_after=None)),
    "JG322": by_rows(credential(retire_after=NOW - 1)),
    "JG323": by_rows(
        credential(consumer=Consumer(username="gone", enabled=False)),
        sound=(credential(consumer=jack(enabled=False), enabled=False),),
    ),
    "JG324": (
        settings(policy=policy(maximum_expiration=86_401)),
        settings(policy=policy(maximum_expiration=86_401), denylist=MemoryDenylist()),
    ),
}

ROUTES: Mapping[str, Pair] = {
    "JG401": by_routes({"path": "/*"}, {"path": "/health"}),
    "JG402": by_routes({"path": "/assets/*"}, {"path": "/assets"}),
    "JG403": by_routes({"path": "/x", "hosts": ("a.example",)}, {"path": "/x"}),
}


class Unlisted:
    """A store that finds, and tells no more."""

    blocking = False
    find = staticmethod(MemoryStore().find)


STORES: Mapping[str, Pair] = {
    "JG501": by_store(
        CachedStore(MemoryStore(), ttl=301), CachedStore(MemoryStore(), ttl=300)
    ),
    "JG502": by_store(
        CachedStore(MemoryStore(), stale_if_error=1), CachedStore(MemoryStore())
    ),
    "JG503": by_store(
        ChainStore(Unlisted(), MemoryStore()),
        ChainStore(in_thread(MemoryStore()), MemoryStore()),
    ),
}
