"""Tokens for tests: good ones, and ones with one flaw each."""

from collections.abc import Mapping
from typing import Any

from jwtgate.consumer import Consumer
from jwtgate.credential import Credential
from jwtgate.errors import ConfigurationError
from jwtgate.gate import Gate
from jwtgate.policy import Policy
from jwtgate.testing.flaws import FLAWS, Flaw
from jwtgate.testing.forging import Forge

__all__ = ["mint", "token_of"]


def mint(
    gate: Gate,
    whose: Consumer | Credential | str,
    flaw: Flaw | None = None,
    *,
    claims: Mapping[str, object] | None = None,
    header: Mapping[str, object] | None = None,
    private_key: str | bytes | None = None,
    policy: Policy | None = None,
) -> str:
    """Make a token that a gate takes, or that it refuses for one flaw.

    A good one satisfies the gate's policy by the gate's clock: it has the audience, the
    issuer and the type that are demanded, and every required claim.

    Args:
        gate: The gate; its store is asked for the credential.
        whose: A consumer, or its id or username; a credential, or its key.
        flaw: What is wrong with it; nothing if left out.
        claims: More claims, or others than usual: ``{"scope": "orders:read"}``.
        header: The same for the JOSE header.
        private_key: For a credential with a public key: the PEM that belongs to it.
            Not needed within :func:`jwtgate.testing.with_keypair`.
        policy: That of a route, if the token is for one with a policy of its own.

    Returns:
        The compact JWS.

    Raises:
        ConfigurationError: No such credential or flaw.
        InvalidKey: No private key where one is needed, or one that does not fit.
    """
    forge = Forge(gate, whose, private_key=private_key, policy=policy)
    return token_of(forge, flaw, claims=claims, header=header)


def token_of(
    forge: Forge,
    flaw: Flaw | None = None,
    *,
    claims: Mapping[str, object] | None = None,
    header: Mapping[str, object] | None = None,
) -> str:
    """Make a token of a forge; see :func:`mint`."""
    head: dict[str, Any] = {**forge.header(), **(header or {})}
    body: dict[str, Any] = {**forge.claims(), **(claims or {})}
    if flaw is None:
        return forge.seal(head, body)
    if flaw not in FLAWS:
        raise ConfigurationError(f"flaw must be one of: {', '.join(FLAWS)}")
    return FLAWS[flaw](forge, head, body)
