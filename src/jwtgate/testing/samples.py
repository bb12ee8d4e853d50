"""The consumers and credentials that contracts put into a store."""

from dataclasses import fields
from functools import cache
from typing import Any

from jwtgate.consumer import Consumer
from jwtgate.credential import Credential
from jwtgate.issue import generate_keypair
from jwtgate.jose import ALGORITHMS
from jwtgate.stores.fields import ConsumerFields, CredentialFields

__all__ = [
    "FULL_CONSUMER",
    "FULL_CREDENTIAL",
    "KEY",
    "LATER",
    "LONG_AGO",
    "NEW_SECRET",
    "SECRET",
    "consumer_fields",
    "credential_fields",
    "differences",
    "material",
    "sample",
]

KEY = "jack-key"
SECRET = "a-secret-of-the-contract-long-enough-for-HS512-which-wants-64-octets"  # noqa: S105 - it is published
NEW_SECRET = SECRET[::-1]

LONG_AGO = 1_000_000_000.0  # in 2001
LATER = 4_102_444_800.25  # in 2100, and a quarter of a second

FULL_CONSUMER: ConsumerFields = {
    "username": "jos\u00e9 \U0001f511",
    "custom_id": "495aec6a",
    "id": "f7f0d6b2-17",
    "groups": ("staff", "b\u00e4cker", "a group"),
    "tags": ("blue", "100%"),
    "quota": "3/30s, 1000/h",
    "enabled": False,
}
FULL_CREDENTIAL: CredentialFields = {
    "key": "k\u00e9y \U0001f511",
    "algorithm": "HS384",
    "secret": "c2VjcmV0" * 8,
    "secret_is_base64": True,
    "kid": "2027-\u00e9",
    "id": "credential-17",
    "tags": ("blue", "100%"),
    "token_lifetime": 60,
    "lifetime_grace_period": 0.25,
    "not_before": 1_700_000_000.5,
    "retire_after": 1_900_000_000.123456,
    "enabled": False,
    "consumer_claim": "sub",
    "allow_weak_secret": True,
    "audience": ("https://api.example", "urn:other"),
    "types": ("at+jwt",),
}


def sample(username: str = "jack", **given: Any) -> Credential:
    """Make a credential of a consumer, an HS256 one unless asked otherwise."""
    owner = Consumer(username=username)
    return Credential(**{"consumer": owner, "key": KEY, "secret": SECRET, **given})


def material(algorithm: str) -> CredentialFields:
    """Give the fields that a credential of an algorithm needs."""
    if ALGORITHMS[algorithm].symmetric:
        return {"algorithm": algorithm, "secret": SECRET}
    # One pair of RSA will do for the six algorithms: making it takes long.
    same = "RS256" if algorithm[0] in "RP" else algorithm
    return {"algorithm": algorithm, "secret": None, "public_key": _public_key(same)}


@cache
def _public_key(algorithm: str) -> str:
    return generate_keypair(algorithm).public_key


def consumer_fields(consumer: Consumer) -> ConsumerFields:
    """Give the fields to create a consumer of, but for those that need not be said."""
    return _said(consumer, ConsumerFields.__optional_keys__)  # type: ignore[return-value]


def credential_fields(credential: Credential) -> CredentialFields:
    """Give the fields to create a credential of, its secret in the clear."""
    said = _said(credential, CredentialFields.__optional_keys__)
    if credential.secret is not None:
        said["secret"] = credential.reveal_secret()
    return said  # type: ignore[return-value]


def _said(value: Consumer | Credential, names: frozenset[str]) -> dict[str, Any]:
    return {
        each.name: getattr(value, each.name)
        for each in fields(value)
        if each.name in names and getattr(value, each.name) != each.default
    }


def differences(found: object, put: Credential) -> str:
    """Tell which fields of a credential that was found are not those that were put.

    Its own id, if it was put without one, is the store's choice; a JWK may come back as
    its JSON, and octets as a text: what counts is the key that comes of them.
    """
    if type(found) is not Credential:
        return f"all of them: it gave a {type(found).__name__}"
    wrong = [name for name in _names(put) if getattr(found, name) != getattr(put, name)]
    if found.reveal_secret() != put.reveal_secret():
        wrong.append("secret")
    if found.verification_key != put.verification_key:
        wrong.append("verification_key")
    return ", ".join(wrong)


def _names(put: Credential) -> list[str]:
    material = {"secret", "public_key"} | ({"id"} if put.id is None else set())
    return [
        each.name for each in fields(put) if each.init and each.name not in material
    ]
