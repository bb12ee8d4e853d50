"""Credentials: what proves who calls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, final

from jwtgate.consumer import Consumer
from jwtgate.credentialproblems import TOKEN_LIFETIME, credential_problems
from jwtgate.errors import ConfigurationError, InvalidKey
from jwtgate.jose import ALGORITHMS, VerificationKey
from jwtgate.masked import Secret
from jwtgate.material import hmac_key, public_key
from jwtgate.record import Record
from jwtgate.values import as_texts

__all__ = ["Credential", "CredentialView", "UnusableCredential"]


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class CredentialView(Record):
    """What an app may see of a credential: no key material is reachable from it.

    Attributes:
        id: The credential's id, if it has one.
        key: The value of the key claim that names it.
        algorithm: The JWA name it is bound to.
        kid: The key id, if it has one.
        tags: Its tags.
    """

    id: str | None
    key: str
    algorithm: str
    kid: str | None
    tags: tuple[str, ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class UnusableCredential(Record):
    """A row of a store that cannot be made a credential.

    A store returns it in place of the credential. If no other candidate verifies a
    token, the answer is 503, never 401: clients throw good tokens away on a 401.

    Attributes:
        key: The key it would have.
        why: For the log; never the material.
        algorithm: The one it would be bound to, if that is known.
        refuses: Answer 401 all the same: what it was made of is no key and never was,
            as in a gateway's file.
    """

    key: str
    why: str
    algorithm: str | None = None
    refuses: bool = False


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Credential(Record):
    """One key, bound to one consumer and one algorithm.

    Attributes:
        consumer: Whose it is.
        key: The value of the key claim that names it; printable, 1 to 512 octets.
        algorithm: One of the 13 JWA names; a token must name exactly this one.
        secret: For HS256, HS384 and HS512. At least as long as the hash (32, 48, 64
            octets) unless ``allow_weak_secret``. Kept as a masked :class:`Secret`.
        public_key: For the others: a PEM, base64 of a PEM, a certificate, or a JWK as
            text or mapping.
        secret_is_base64: The secret is base64, in the standard or the url-safe
            alphabet, not mixed, padding optional; the HMAC is keyed with its octets.
        kid: The key id; a token's ``kid`` picks the credential with the equal one,
            else those without.
        id: An id of your own; none if left out.
        tags: For finding credentials again in a store.
        token_lifetime: Seconds that tokens issued with it live.
        lifetime_grace_period: Seconds of leeway for exp and nbf; None leaves it to
            the policy.
        not_before: Seconds since the epoch from when it may be used.
        retire_after: Seconds since the epoch from when it may not be used any more.
        enabled: False makes tokens signed with it fail.
        consumer_claim: The claim that names the consumer, for an issuer with many
            users; ``consumer`` then gives groups and tags. The issuer chooses the
            username, a store's ``admin`` too: tell callers apart by their id, which
            comes of issuer and name, or by groups.
        audience: Tokens must name one of these as ``aud``; empty demands none. Beside
            what the policy demands, for an issuer whose tokens are not all for us.
        types: Tokens must have one of these as ``typ``; empty demands none.
        allow_weak_secret: Take a secret shorter than RFC 7518 section 3.2 demands.
        verification_key: The typed key; made here, shared between equal credentials.
        unconditional: It and its consumer are enabled, and it has no ``not_before``,
            ``retire_after``, ``lifetime_grace_period``, ``audience`` or ``types``, as
            most have none: once found it can be used, and a token has to meet the
            policy alone.

    Raises:
        InvalidKey: The material does not fit the algorithm.
        ConfigurationError: Any other field that cannot work.

    Source: Kong ``jwt_secrets``; APISIX ``jwt-auth``; RFC 7518 sections 3.2 to 3.5;
    RFC 8725 sections 3.9 and 3.11.
    """

    consumer: Consumer
    key: str
    algorithm: str = "HS256"
    secret: str | bytes | Secret | None = field(default=None, repr=False, compare=False)
    public_key: str | bytes | Mapping[str, Any] | None = field(
        default=None, repr=False, hash=False
    )
    secret_is_base64: bool = False
    kid: str | None = None
    id: str | None = None
    tags: Sequence[str] = ()
    token_lifetime: int = TOKEN_LIFETIME
    lifetime_grace_period: float | None = None
    not_before: float | None = None
    retire_after: float | None = None
    enabled: bool = True
    consumer_claim: str | None = None
    audience: Sequence[str] = ()
    types: Sequence[str] = ()
    allow_weak_secret: bool = False
    verification_key: VerificationKey = field(init=False, repr=False, compare=False)
    unconditional: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Check every field, make the key."""
        if problems := credential_problems(self):
            raise ConfigurationError(*problems)
        set_field = object.__setattr__
        if not (self.tags == self.audience == self.types == ()):
            for name in ("tags", "audience", "types"):
                set_field(self, name, as_texts(name, getattr(self, name)))
        if self.secret is not None:
            set_field(self, "secret", Secret(self.secret))
        try:
            set_field(self, "verification_key", _verification_key(self))
        except InvalidKey as error:
            raise InvalidKey(f"credential {self.id or self.key!r}: {error}") from None
        set_field(
            self,
            "unconditional",
            self.enabled
            and self.consumer.enabled
            and self.not_before is None
            and self.retire_after is None
            and self.lifetime_grace_period is None
            and not (self.audience or self.types),
        )

    @property
    def view(self) -> CredentialView:
        """What an app may see of it, made when asked: of many few are in use."""
        return CredentialView(
            id=self.id,
            key=self.key,
            algorithm=self.algorithm,
            kid=self.kid,
            tags=tuple(self.tags),
        )

    def reveal_secret(self) -> bytes | None:
        """Give the secret's octets, as they were given or made; None if there is none.

        The one way to read it: ``repr``, logs and pickles of a credential have none.
        """
        return self.secret.reveal() if isinstance(self.secret, Secret) else None


def _verification_key(credential: Credential) -> VerificationKey:
    if ALGORITHMS[credential.algorithm].symmetric:
        if credential.public_key is not None:
            raise InvalidKey(f"{credential.algorithm} takes a secret, not a public_key")
        return hmac_key(
            credential.algorithm,
            credential.secret,
            is_base64=credential.secret_is_base64,
            allow_weak=credential.allow_weak_secret,
        )
    if credential.secret is not None:
        raise InvalidKey(f"{credential.algorithm} takes a public_key, not a secret")
    return public_key(credential.algorithm, credential.public_key)
