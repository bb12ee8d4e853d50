"""What a list of revoked tokens is, and what it can name."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import (
    Literal,
    Protocol,
    Self,
    TypeAlias,
    final,
    get_args,
    runtime_checkable,
)

from jwtgate.consumer import Consumer
from jwtgate.errors import ConfigurationError
from jwtgate.jose import base64url
from jwtgate.record import Record

__all__ = [
    "KINDS",
    "AnyDenylist",
    "AsyncDenylist",
    "Denials",
    "Denylist",
    "Kind",
    "Subject",
    "check_by",
]

Kind: TypeAlias = Literal["jti", "token", "consumer", "everyone"]
"""What tokens can be revoked by."""

KINDS: frozenset[Kind] = frozenset(get_args(Kind))
"""All of them."""

Denials: TypeAlias = Mapping[str, float | None]
"""The texts of the subjects that are denied, each with the time before which a token
must have been issued to be so (seconds since the epoch), or None: whenever it was."""


@final
@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Subject(Record):
    """Whose tokens, or which one, is denied.

    Attributes:
        text: ASCII, at most 80 characters: a kind, and a hash of what it names. No
            token can be made of it, and two kinds never meet.
    """

    text: str

    @property
    def kind(self) -> str:
        """Tell which kind of subject it is."""
        return self.text.partition(":")[0]

    @classmethod
    def jti(cls, key: str, jti: str) -> Self:
        """Name a token by its ``jti``.

        Args:
            key: The key of the credential that it was signed with: what one issuer
                calls a token, another one may, too.
            jti: The claim's value.

        Source: RFC 7519 section 4.1.7.
        """
        # No key has a NUL.
        return cls(f"jti:{_hash(_octets(key) + bytes(1) + _octets(jti))}")

    @classmethod
    def token(cls, token: str | bytes) -> Self:
        """Name a token by what its signature covers.

        Not by the signature: an ECDSA one has a second form that is as good.

        Args:
            token: The compact JWS, or its first two segments.

        Raises:
            ConfigurationError: Something else, such as a whole header.
        """
        octets = _octets(token) if isinstance(token, str) else token
        signed = octets.split(b".", 2)[:2]
        if len(signed) < 2 or not all(map(_is_segment, signed)):
            raise ConfigurationError("expected a compact JWS: three segments, two dots")
        return cls(f"token:{_hash(b'.'.join(signed))}")

    @classmethod
    def consumer(cls, consumer: Consumer | str) -> Self:
        """Name all tokens of a consumer.

        Args:
            consumer: The consumer, or its id, which the outcome tells of one whom a
                claim names. Where a claim names consumers, the credential's own stands
                for all of them.
        """
        name = consumer.id if isinstance(consumer, Consumer) else consumer
        return cls(f"consumer:{_hash(_octets(name))}")

    @classmethod
    def everyone(cls) -> Self:
        """Name all tokens of a gate; to be denied by when they were issued."""
        return cls("everyone")


@runtime_checkable
class Denylist(Protocol):
    """A list of revoked tokens for synchronous code.

    A class may have ``look_up`` and ``alook_up``. One whose ``look_up`` never waits
    may say ``blocking = False``; then asynchronous code calls it directly.
    """

    @property
    def by(self) -> Collection[str]:
        """What tokens are revoked by; with ``jti``, every token must have one."""
        ...

    def look_up(self, subjects: Sequence[str]) -> Denials:
        """Find which of a token's subjects are denied now.

        Args:
            subjects: The texts of one to five subjects.

        Raises:
            Exception: Whatever a failing look-up raises becomes a 503.
        """
        ...


@runtime_checkable
class AsyncDenylist(Protocol):
    """The same for asynchronous code; see :class:`Denylist`."""

    @property
    def by(self) -> Collection[str]:
        """What tokens are revoked by; with ``jti``, every token must have one."""
        ...

    async def alook_up(self, subjects: Sequence[str]) -> Denials:
        """Find which of a token's subjects are denied now."""
        ...


AnyDenylist: TypeAlias = Denylist | AsyncDenylist


def check_by(by: Collection[str]) -> frozenset[Kind]:
    """See that these are kinds of subjects, and at least one.

    Raises:
        ConfigurationError: Something else.
    """
    known = frozenset(kind for kind in KINDS if not isinstance(by, str) and kind in by)
    if not by or len(known) != len(set(by)):
        raise ConfigurationError(
            "by must be several of: jti, token, consumer, everyone"
        )
    return known


def _is_segment(segment: bytes) -> bool:
    try:
        return bool(base64url.decode(segment))
    except ValueError:
        return False


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _hash(octets: bytes) -> str:
    return sha256(octets).hexdigest()
