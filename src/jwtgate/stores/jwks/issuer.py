"""What tokens of one issuer must be, and whose they are."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from secrets import token_bytes
from typing import Any, Final, final

from jwtgate.candidates import MAX_LIVE_CREDENTIALS
from jwtgate.consumer import Consumer
from jwtgate.credential import Credential
from jwtgate.errors import ConfigurationError
from jwtgate.jose import ALGORITHMS
from jwtgate.keytext import MAX_KEY_OCTETS, is_key_text
from jwtgate.values import as_texts

__all__ = ["ASYMMETRIC", "Issuer"]

ASYMMETRIC: Final = tuple(name for name, row in ALGORITHMS.items() if not row.symmetric)
"""The ten algorithms whose keys may be published."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """What the keys of one issuer are made credentials with.

    Attributes:
        name: The ``iss`` of its tokens.
        audience: Of which a token must name one.
        types: Of which a token's ``typ`` must be one; empty demands none.
        consumer_claim: The claim that names the consumer; None: all are ``consumer``.
        algorithms: Those that keys may be for; None allows all ten.
        consumer: Gives groups, tags and quota; one named as the issuer if left out.
        lifetime_grace_period: Seconds of leeway; None leaves it to the policy.

    Raises:
        ConfigurationError: A field that cannot work.
    """

    name: str
    audience: Sequence[str]
    types: Sequence[str] = ()
    consumer_claim: str | None = "sub"
    algorithms: Collection[str] | None = None
    consumer: Consumer | None = None
    lifetime_grace_period: float | None = None

    def __post_init__(self) -> None:
        """Check every field."""
        if not is_key_text(self.name):
            raise ConfigurationError(
                f"issuer must be a printable text of 1 to {MAX_KEY_OCTETS} octets"
            )
        audience = as_texts("audience", self.audience)
        if not audience:
            raise ConfigurationError(
                "audience must name this service as its tokens do; without one, a "
                "token that the issuer gave to any other service would pass here"
            )
        object.__setattr__(self, "audience", audience)
        if self.algorithms is not None:
            object.__setattr__(self, "algorithms", _checked(self.algorithms))
        # Thrown away: what is wrong is told now, not when there are keys.
        self.credential(secret=token_bytes(32))

    def credential(self, **key: Any) -> Credential:
        """Make a credential of this issuer.

        Args:
            key: The fields of the key: algorithm, public_key, kid.

        Raises:
            InvalidKey: The key does not fit its algorithm, or is weak.
        """
        consumer = self.consumer
        if consumer is None:
            consumer = Consumer(username=self.name)
        return Credential(
            consumer=consumer,
            key=self.name,
            consumer_claim=self.consumer_claim,
            audience=self.audience,
            types=self.types,
            lifetime_grace_period=self.lifetime_grace_period,
            **key,
        )

    def allows(self, algorithm: str) -> bool:
        """Whether a key may be for this algorithm."""
        return algorithm in (ASYMMETRIC if self.algorithms is None else self.algorithms)

    @property
    def rsa_algorithms(self) -> tuple[str, ...]:
        """What an RSA key is for that does not say: RS256, unless others were given."""
        if self.algorithms is None:
            return ("RS256",)
        return _of_rsa(self.algorithms)


def _of_rsa(algorithms: Collection[str]) -> tuple[str, ...]:
    return tuple(each for each in algorithms if ALGORITHMS[each].family == "rsa")


def _checked(given: Collection[str]) -> tuple[str, ...]:
    algorithms = as_texts("algorithms", given)
    if not algorithms or not set(algorithms) <= set(ASYMMETRIC):
        raise ConfigurationError(
            f"algorithms must be some of {', '.join(ASYMMETRIC)}, or None; a secret "
            "is never published"
        )
    if len(_of_rsa(algorithms)) > MAX_LIVE_CREDENTIALS:
        raise ConfigurationError(
            f"algorithms may name {MAX_LIVE_CREDENTIALS} of RSA at most: a key that "
            "does not say its algorithm is tried with each"
        )
    return algorithms
