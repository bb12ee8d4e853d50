"""Whether a token was revoked: what is asked, and what the answer means."""

from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from functools import cached_property
from inspect import iscoroutinefunction
from typing import Literal, TypeAlias, final

from jwtgate.credential import Credential
from jwtgate.denylist import (
    AnyDenylist,
    AsyncDenylist,
    Denials,
    Denylist,
    Subject,
    check_by,
)
from jwtgate.errors import ClaimRejected, ConfigurationError, Rejection, Revoked
from jwtgate.jose import UnverifiedToken
from jwtgate.jose.claims import is_numeric_date
from jwtgate.outcome import Authenticated
from jwtgate.reason import Reason

__all__ = ["Revocation", "judge"]

_NO_LOOK_UP = (
    "a denylist needs a method look_up(subjects), or 'async def alook_up(subjects)', "
    "and an attribute by"
)
_WOULD_BLOCK = (
    "this denylist is synchronous only, which would block the event loop; give it a "
    "method 'async def alook_up(subjects)', or say 'blocking = False' if look_up() "
    "never waits"
)
_LookUp: TypeAlias = Callable[[Sequence[str]], Denials]
_ALookUp: TypeAlias = Callable[[Sequence[str]], Awaitable[Denials]]


@final
class Revocation:
    """A denylist, made ready for the tokens of a gate.

    Args:
        denylist: What is asked.

    Raises:
        ConfigurationError: Something that is no denylist.
    """

    def __init__(self, denylist: AnyDenylist) -> None:
        if not isinstance(denylist, Denylist | AsyncDenylist):
            raise ConfigurationError(_NO_LOOK_UP)
        self._denylist = denylist
        self._by = check_by(denylist.by)

    @cached_property
    def look_up(self) -> _LookUp:
        """How synchronous code asks; raises ConfigurationError if it cannot."""
        denylist = self._denylist
        if not isinstance(denylist, Denylist) or iscoroutinefunction(denylist.look_up):
            raise ConfigurationError(
                "this denylist has no method look_up(subjects), which synchronous "
                "code needs"
            )
        return denylist.look_up

    @cached_property
    def alook_up(self) -> _ALookUp:
        """How asynchronous code asks; raises ConfigurationError if it cannot."""
        denylist = self._denylist
        if isinstance(denylist, AsyncDenylist):
            if not iscoroutinefunction(denylist.alook_up):
                raise ConfigurationError("alook_up must be declared with 'async def'")
            return denylist.alook_up
        if getattr(denylist, "blocking", True) is not False:
            raise ConfigurationError(_WOULD_BLOCK)
        direct = self.look_up

        async def alook_up(subjects: Sequence[str]) -> Denials:
            return direct(subjects)

        return alook_up

    def require(self, kind: Literal["sync", "async"]) -> None:
        """Settle how the denylist is asked; raises ConfigurationError."""
        if kind == "sync":
            self.look_up  # noqa: B018 - settled by asking for it
        else:
            self.alook_up  # noqa: B018 - same

    def subjects(
        self, caller: Authenticated, credential: Credential, token: UnverifiedToken
    ) -> list[str]:
        """Give the texts of what a token may be denied by.

        Args:
            caller: What would be the outcome.
            credential: What the token was verified with.
            token: The token; its signature and claims hold.

        Raises:
            ClaimRejected: It has no ``jti`` that is a text, and needs one.
        """
        found = self._subjects(caller, credential, token)
        return list(dict.fromkeys(subject.text for subject in found))

    def _subjects(
        self, caller: Authenticated, credential: Credential, token: UnverifiedToken
    ) -> Iterator[Subject]:
        if "jti" in self._by:
            yield Subject.jti(caller.credential.key, _jti(caller))
        if "token" in self._by:
            yield Subject.token(token.signing_input)
        if "consumer" in self._by:
            yield Subject.consumer(caller.consumer)
            yield Subject.consumer(credential.consumer)
        if "everyone" in self._by:
            yield Subject.everyone()


def judge(
    denials: Denials,
    subjects: Collection[str],
    caller: Authenticated,
    *,
    latest: float,
) -> None:
    """See that no answer of a denylist denies a token.

    Args:
        denials: The answer.
        subjects: What was asked.
        caller: What would be the outcome.
        latest: When it may have been issued at the latest, in seconds since the epoch.

    Raises:
        Revoked: One does.
        ClaimRejected: It cannot be told, for want of ``iat``.
        TypeError: The answer is none: it has what was not asked.
    """
    for subject, issued_before in denials.items():
        if subject not in subjects:
            raise TypeError("a denylist answered what it was not asked")
        try:
            _judge(issued_before, caller.claims.get("iat"), latest)
        except Rejection as rejection:
            rejection.caller = caller
            raise


def _jti(caller: Authenticated) -> str:
    jti = caller.claims.get("jti")
    if isinstance(jti, str):
        return jti
    is_there = "jti" in caller.claims
    why = Reason.CLAIM_INVALID if is_there else Reason.CLAIM_MISSING
    rejection = ClaimRejected([("jti", why)])
    rejection.caller = caller
    raise rejection


def _judge(issued_before: float | None, iat: object, latest: float) -> None:
    if issued_before is None:
        raise Revoked
    if iat is None:
        raise ClaimRejected([("iat", Reason.CLAIM_MISSING)])
    # Who may choose it, could else issue today what is younger than any entry.
    if not is_numeric_date(iat) or iat > latest:
        raise ClaimRejected([("iat", Reason.CLAIM_INVALID)])
    if iat < issued_before:
        raise Revoked
