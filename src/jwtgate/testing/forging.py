"""Tokens of one credential, as they should be or as they should not."""

import json
import math
import uuid
from collections.abc import Mapping
from typing import Any, final

from jwtgate.consumer import Consumer
from jwtgate.credential import Credential
from jwtgate.gate import Gate
from jwtgate.jose import base64url
from jwtgate.policy import Policy
from jwtgate.testing.clocks import now_of
from jwtgate.testing.finding import holder_of
from jwtgate.testing.keypairs import known_private_key
from jwtgate.testing.signing import Sign, signer, stranger

__all__ = ["Forge", "Part", "segment"]

Part = Mapping[str, object] | bytes
"""A JOSE header or a payload: members, or octets that are taken as they are."""


@final
class Forge:
    """Makes tokens of one credential by a gate's clock.

    Args:
        gate: The gate that they are for.
        whose: A credential; a consumer, or its id or username; or a credential's key.
        private_key: The PEM that belongs to its public key, unless it has a secret or
            the kit's own key pair.
        policy: What a good token satisfies; that of the place where the credential was
            found if left out.

    Attributes:
        credential: Whose tokens they are.
        policy: What a good one satisfies.
        sign: Signs as the credential's holder.

    Raises:
        ConfigurationError: There is no such credential.
        InvalidKey: No private key where one is needed, or one that does not fit.
    """

    def __init__(
        self,
        gate: Gate,
        whose: Consumer | Credential | str,
        *,
        private_key: str | bytes | None = None,
        policy: Policy | None = None,
    ) -> None:
        holder = holder_of(gate, whose)
        self._gate = gate
        self.credential = holder.credential
        self.policy = policy or holder.policy
        key = private_key or known_private_key(self.credential)
        self.sign = signer(self.credential, key)

    @property
    def now(self) -> float:
        """What the gate's clock tells, in seconds since the epoch."""
        return now_of(self._gate)

    @property
    def grace(self) -> float:
        """Seconds of leeway that the gate grants this credential for exp and nbf."""
        own = self.credential.lifetime_grace_period
        return self.policy.leeway if own is None else own

    @property
    def stranger(self) -> Sign:
        """What signs by the same algorithm, with a key that is nobody's."""
        return stranger(self.credential.algorithm)

    def header(self, **members: object) -> dict[str, Any]:
        """Make the JOSE header of a good token, less the members that are changed."""
        header: dict[str, Any] = {"alg": self.credential.algorithm}
        header["typ"] = _common(self.policy.types, self.credential.types) or "JWT"
        if self.credential.kid is not None:
            header["kid"] = self.credential.kid
        if "payload" not in self.policy.key_claim_in:
            header[self.policy.key_claim] = self.credential.key
        return {**header, **members}

    def claims(self, **members: object) -> dict[str, Any]:
        """Make the claims of a good token, with some more or in their place."""
        policy, credential, now = self.policy, self.credential, math.floor(self.now)
        lifetime = credential.token_lifetime
        if policy.maximum_expiration is not None:
            lifetime = min(lifetime, math.floor(policy.maximum_expiration))
        consumer = credential.consumer
        name = consumer.username or consumer.id
        known = {"sub": name, "iat": now, "nbf": now, "jti": uuid.uuid4().hex}
        claims: dict[str, Any] = {
            claim: known.get(claim, "test") for claim in policy.required_claims
        }
        if policy.issuer:
            claims["iss"] = policy.issuer[0]
        if audience := _audience(policy, credential):
            claims["aud"] = audience
        if credential.consumer_claim is not None:
            claims[credential.consumer_claim] = name
        if "payload" in policy.key_claim_in:
            claims[policy.key_claim] = credential.key
        return {**claims, "exp": now + lifetime, **members}

    def naming(self, key: object) -> tuple[dict[str, Any], dict[str, Any]]:
        """Make header and claims that name another key, in the place for that."""
        name, header, claims = self.policy.key_claim, self.header(), self.claims()
        (claims if "payload" in self.policy.key_claim_in else header)[name] = key
        return header, claims

    def seal(
        self,
        header: Part | None = None,
        claims: Part | None = None,
        sign: Sign | None = None,
    ) -> str:
        """Write a token of these parts, good ones where left out, and sign it.

        Args:
            header: The JOSE header.
            claims: The payload.
            sign: Who signs; the credential's holder if left out.
        """
        parts = (
            self.header() if header is None else header,
            self.claims() if claims is None else claims,
        )
        signing_input = b".".join(map(segment, parts))
        signature = (sign or self.sign)(signing_input)
        return (signing_input + b"." + segment(signature)).decode()


def segment(part: Part) -> bytes:
    """Write one segment of a token: octets as they are, members as JSON."""
    return base64url.encode(
        part if isinstance(part, bytes) else json.dumps(part).encode()
    )


def _common(first: Any, second: Any) -> str | None:
    both = [name for name in first if not second or name in second]
    return next(iter(both or first or second), None)


def _audience(policy: Policy, credential: Credential) -> str | list[str]:
    named = dict.fromkeys((*policy.audience[:1], *credential.audience[:1]))
    return next(iter(named)) if len(named) == 1 else list(named)
