"""Where the keys of an issuer come from."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias, final

from jwtgate.errors import StoreError
from jwtgate.jose.strictjson import parse_object
from jwtgate.stores.jwks.leash import Leash

__all__ = ["AtURL", "Discovered", "Fetched", "Get", "InFile", "Source"]


@final
@dataclass(frozen=True, slots=True)
class Fetched:
    """A document.

    Attributes:
        octets: All of it.
        max_age: Seconds for which it is good, if whoever gave it said so (RFC 9111
            section 5.2.2.1).
    """

    octets: bytes
    max_age: float | None = None


Get: TypeAlias = Callable[[str, Leash], Fetched]
"""Fetches what is at a URL; raises StoreError."""


class Source(Protocol):
    """Where a JWK Set comes from."""

    def fetch(self, leash: Leash) -> Fetched:
        """Get the JWK Set as it is now.

        Raises:
            StoreError: It cannot be had.
        """
        ...


@final
@dataclass(frozen=True, slots=True)
class AtURL:
    """A JWK Set at a URL."""

    url: str
    get: Get

    def fetch(self, leash: Leash) -> Fetched:
        """Get the JWK Set as it is now."""
        return self.get(self.url, leash)


@final
@dataclass(frozen=True, slots=True)
class Discovered:
    """A JWK Set at the URL that its issuer tells.

    The URL is asked for each time, so that an issuer may move its keys.

    Source: OpenID Connect Discovery 1.0 sections 3, 4.1 and 4.3.
    """

    issuer: str
    get: Get

    @property
    def url(self) -> str:
        """Where the issuer tells about itself."""
        return self.issuer.removesuffix("/") + "/.well-known/openid-configuration"

    def fetch(self, leash: Leash) -> Fetched:
        """Ask the issuer where, then get the JWK Set as it is now."""
        try:
            told = parse_object(self.get(self.url, leash).octets)
        except ValueError:
            raise StoreError("what the issuer tells is not strict JSON") from None
        # 4.3: exactly; else any page that an attacker may write could stand in for it.
        if told.get("issuer") != self.issuer:
            raise StoreError("what the issuer tells is about another issuer")
        url = told.get("jwks_uri")
        if not isinstance(url, str):
            raise StoreError("what the issuer tells has no jwks_uri")
        return self.get(url, leash)


@final
@dataclass(frozen=True, slots=True)
class InFile:
    """A JWK Set in a file of this machine."""

    path: Path
    max_octets: int

    def fetch(self, leash: Leash) -> Fetched:  # noqa: ARG002 - a file answers
        """Read the JWK Set as it is now."""
        try:
            # What is no file, as a pipe, could wait for ever.
            if not self.path.is_file():
                raise StoreError("there is no such file")
            with self.path.open("rb") as file:
                octets = file.read(self.max_octets + 1)
        except OSError as error:
            raise StoreError(f"the file cannot be read: {error.strerror}") from None
        if len(octets) > self.max_octets:
            raise StoreError(f"the document has more than {self.max_octets} octets")
        return Fetched(octets)
