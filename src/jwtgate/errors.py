"""The tree of errors.

::

    JWTGateError
    ├── ConfigurationError      what the programmer wrote cannot work; at startup
    │   └── InvalidKey          key material that does not fit its algorithm
    ├── StoreError              what a store was asked to do cannot be done
    │   ├── Conflict            a name, or a (key, kid), that is taken
    │   ├── NotFound            no such consumer or credential
    │   └── SecretUnavailable   what a reference or an envelope holds cannot be had
    └── Rejection               a request is refused; carries a Reason
        ├── TokenMissing        no token came
        ├── TokenConflict       several tokens came
        ├── AmbiguousPath       a path that could be read as another
        ├── UnknownRoute        a path of no route, where only routes are answered
        ├── CrossSite           a cookie token came from another site
        ├── MalformedToken      not a JWT that this library reads
        ├── KeyRejected         the signature was not shown to hold
        ├── ClaimRejected       the signature holds, a claim refuses
        ├── Revoked             the claims hold, and the token is denied
        ├── Barred              it is known who calls, and that may not be
        ├── ScopeMissing        the token does not grant what the view demands
        └── Unavailable         our side failed; never counts as a bad token

Texts are constants: no token, secret or text of a sender is ever part of an error.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from jwtgate.reason import Reason

if TYPE_CHECKING:
    from jwtgate.answer import Answer
    from jwtgate.credential import Credential
    from jwtgate.outcome import Anonymous, Authenticated

__all__ = [
    "AmbiguousPath",
    "Barred",
    "ClaimRejected",
    "ConfigurationError",
    "Conflict",
    "CrossSite",
    "InvalidKey",
    "JWTGateError",
    "KeyRejected",
    "MalformedToken",
    "NotFound",
    "Rejection",
    "Revoked",
    "ScopeMissing",
    "SecretUnavailable",
    "StoreError",
    "TokenConflict",
    "TokenMissing",
    "Unavailable",
    "UnknownRoute",
]


class JWTGateError(Exception):
    """The root of all errors of jwtgate."""


class ConfigurationError(JWTGateError):
    """What the programmer configured cannot work; raised when it is built.

    Attributes:
        problems: Every problem found, one sentence each, with the mend.
    """

    def __init__(self, *problems: str) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class InvalidKey(ConfigurationError):
    """Key material that does not fit its algorithm; never shows the material."""


class StoreError(JWTGateError):
    """What a store was asked to do cannot be done."""


class Conflict(StoreError):
    """A username, custom_id or (key, kid) is taken, or a key is another consumer's."""


class NotFound(StoreError):
    """No such consumer or credential."""


class SecretUnavailable(StoreError):
    """A secret manager does not answer, or an envelope cannot be opened.

    Says which and why, never what was found.
    """


class Rejection(JWTGateError):
    """A request is refused.

    Attributes:
        reason: The row of the table of reasons: slug, status, public text.
        claim: The name of the claim it is about, as configured; never a value.
        caller: Who calls, as an outcome; or the credential that the signature holds
            under; where that was known before.
    """

    def __init__(self, reason: Reason, *, claim: str | None = None) -> None:
        super().__init__(reason.code)
        self.reason = reason
        self.claim = claim
        self.caller: Authenticated | Anonymous | Credential | None = None


class TokenMissing(Rejection):
    """No carrier held a token."""

    def __init__(self) -> None:
        super().__init__(Reason.TOKEN_MISSING)


class TokenConflict(Rejection):
    """Tokens that differ, or a token's header that came more than once."""


class AmbiguousPath(Rejection):
    """A path that a proxy, the gate and the app may read as different ones."""

    def __init__(self) -> None:
        super().__init__(Reason.PATH_AMBIGUOUS)


class UnknownRoute(Rejection):
    """A path that no route names, where routes alone are answered."""

    def __init__(self) -> None:
        super().__init__(Reason.ROUTE_UNKNOWN)


class CrossSite(Rejection):
    """A token that came by cookie alone, in a request another site may have made."""

    def __init__(self) -> None:
        super().__init__(Reason.CROSS_SITE)


class MalformedToken(Rejection):
    """Not a compact JWS holding a JWT, or one that asks for what is not supported."""


class KeyRejected(Rejection):
    """No credential, or none whose key, algorithm and signature fit."""


class ClaimRejected(Rejection):
    """The signature holds, and a claim refuses.

    Attributes:
        failures: Every claim that refuses, with its reason, the first one first.
    """

    def __init__(self, failures: Sequence[tuple[str, Reason]]) -> None:
        claim, reason = failures[0]
        super().__init__(reason, claim=claim)
        self.failures = tuple(failures)


class Revoked(Rejection):
    """Signature and claims hold, and a denylist has the token."""

    def __init__(self) -> None:
        super().__init__(Reason.TOKEN_REVOKED)


class Barred(Rejection):
    """It is known who calls; access, a quota or a termination refuses.

    Attributes:
        answer: What the client is told; None is the usual.
        headers: Headers of the response: the figures of a quota.
    """

    def __init__(
        self,
        reason: Reason,
        *,
        answer: "Answer | None" = None,
        headers: Sequence[tuple[str, str]] = (),
    ) -> None:
        super().__init__(reason)
        self.answer = answer
        self.headers = tuple(headers)


class ScopeMissing(Rejection):
    """The token is good, and does not grant every scope that a view demands.

    Attributes:
        scopes: Those that the view demands (RFC 6750 section 3: ``scope``).
    """

    def __init__(self, scopes: Sequence[str]) -> None:
        super().__init__(Reason.SCOPE_MISSING)
        self.scopes = tuple(scopes)


class Unavailable(Rejection):
    """Our side failed: a store, a row of it, or ourselves."""
