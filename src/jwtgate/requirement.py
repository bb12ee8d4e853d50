"""What one view demands of its caller, in the same words for every framework."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypedDict, assert_never, final

from jwtgate._log import Problems, raised
from jwtgate.consumer import Consumer, is_named
from jwtgate.errors import (
    Barred,
    ConfigurationError,
    Rejection,
    ScopeMissing,
    TokenMissing,
)
from jwtgate.jose import Claims
from jwtgate.outcome import Anonymous, Authenticated, Exempt
from jwtgate.reason import Reason
from jwtgate.record import Record
from jwtgate.values import as_texts, is_awaited, is_switch

__all__ = ["Demands", "Requirement"]

# Of the predicates of all views: a caller that trips one may do so with each request.
_PROBLEMS = Problems()

# RFC 6749 3.3, scope-token; compiled when the first one is demanded.
_SCOPE = r"[!#-\[\]-~]+"


class Demands(TypedDict, total=False):
    """The fields of a :class:`Requirement`, as decorators take them."""

    consumers: Sequence[str] | None
    groups: Sequence[str] | None
    scopes: Sequence[str] | None
    when: Callable[[Claims], bool] | None
    optional: bool
    authenticated: bool


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Requirement(Record):
    """What one view demands of its caller beyond what the gate does.

    All that is given has to hold.

    Attributes:
        consumers: One of these calls, by id or username. One whom a claim names is
            not meant by its username, which its issuer chose.
        groups: The consumer is in one of these.
        scopes: The token grants all of these (RFC 6749 section 3.3).
        when: Holds for the claims of the token. What it raises, or returns besides
            True and False, refuses, and is logged, once a minute.
        optional: A request without a token passes, without identity.
        authenticated: A token has to be verified: the anonymous consumer will not do,
            and a refusal does not pass in report mode.
        preflights: A preflight that the policy exempts passes. For guards in front of
            a framework that may answer it itself; a view would run without a caller.

    Raises:
        ConfigurationError: A list that is empty, which nobody could satisfy, a scope
            that cannot be one, a predicate that would have to be awaited.
    """

    consumers: Sequence[str] | None = None
    groups: Sequence[str] | None = None
    scopes: Sequence[str] | None = None
    when: Callable[[Claims], bool] | None = None
    optional: bool = False
    authenticated: bool = False
    preflights: bool = False

    def __post_init__(self) -> None:
        """Make tuples of the sequences, then check everything."""
        for name in ("consumers", "groups", "scopes"):
            if (values := getattr(self, name)) is not None:
                object.__setattr__(self, name, as_texts(name, values))
        if problems := tuple(_problems(self)):
            raise ConfigurationError(*problems)

    def passes(self, refusal: Rejection) -> bool:
        """Whether a request passes without identity that would be refused so."""
        return self.optional and refusal.reason is Reason.TOKEN_MISSING

    def unmet(self, found: Authenticated | Anonymous | Exempt) -> Rejection | None:
        """Tell why an outcome is not what is demanded; None if it is."""
        match found:
            case Authenticated():
                asks = self.consumers or self.groups or self.scopes or self.when
                return self._unmet_by(found) if asks else None
            case Anonymous():
                # A token could be better than none, or than the one that came.
                is_met = self._admits(found.consumer) and not (
                    self.scopes or self.when or self.authenticated
                )
                return None if is_met else Rejection(found.refusal)
            case Exempt():
                is_met = (
                    self.optional
                    or found.why == "report"
                    or (found.why == "preflight" and self.preflights)
                )
                return None if is_met else TokenMissing()
            case _:
                assert_never(found)

    def _unmet_by(self, caller: Authenticated) -> Rejection | None:
        if not self._admits(caller.consumer):
            return Barred(Reason.CONSUMER_FORBIDDEN)
        if self.scopes and not caller.scopes.issuperset(self.scopes):
            return ScopeMissing(self.scopes)
        if self.when is not None and not _holds(self.when, caller.claims):
            return Barred(Reason.CONSUMER_FORBIDDEN)
        return None

    def _admits(self, consumer: Consumer) -> bool:
        if self.consumers and not any(is_named(consumer, n) for n in self.consumers):
            return False
        return not self.groups or not set(self.groups).isdisjoint(consumer.groups)


def _holds(when: Callable[[Claims], bool], claims: Claims) -> bool:
    # A claim that a token happens to lack must not become a 500.
    try:
        held: object = when(claims)
    except Exception as error:  # noqa: BLE001 - a predicate may raise anything
        _PROBLEMS.log(raised("the predicate of a view failed", error))
        return False
    if not is_switch(held):
        _PROBLEMS.log("the predicate of a view must return True or False")
    return held is True


def _problems(requirement: Requirement) -> list[str]:
    problems = [
        f"{name} is empty, which nobody could satisfy; leave it out"
        for name in ("consumers", "groups", "scopes")
        if getattr(requirement, name) == ()
    ]
    problems += [
        f"scopes has {scope!r}; expected one scope each, without blanks or quotes"
        for scope in requirement.scopes or ()
        if not re.fullmatch(_SCOPE, scope)
    ]
    when: object = requirement.when
    if when is not None and (not callable(when) or is_awaited(when)):
        problems.append("when must be a function of the claims, and not asynchronous")
    problems += [
        f"{name} must be True or False"
        for name in ("optional", "authenticated", "preflights")
        if not is_switch(getattr(requirement, name))
    ]
    return problems
