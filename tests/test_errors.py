import pytest

from jwtgate import Answer, Reason, errors
from jwtgate.errors import (
    AmbiguousPath,
    Barred,
    ClaimRejected,
    ConfigurationError,
    Conflict,
    CrossSite,
    InvalidKey,
    JWTGateError,
    KeyRejected,
    MalformedToken,
    NotFound,
    Rejection,
    ScopeMissing,
    StoreError,
    TokenConflict,
    TokenMissing,
    Unavailable,
    UnknownRoute,
)


@pytest.mark.parametrize("name", errors.__all__)
def test_every_error_has_the_one_root(name: str) -> None:
    """``except JWTGateError`` catches them all."""
    assert issubclass(getattr(errors, name), JWTGateError)


@pytest.mark.parametrize(
    ("error", "parent"),
    [
        (InvalidKey, ConfigurationError),
        (Conflict, StoreError),
        (NotFound, StoreError),
        (TokenMissing, Rejection),
        (TokenConflict, Rejection),
        (AmbiguousPath, Rejection),
        (UnknownRoute, Rejection),
        (CrossSite, Rejection),
        (MalformedToken, Rejection),
        (KeyRejected, Rejection),
        (ClaimRejected, Rejection),
        (Barred, Rejection),
        (ScopeMissing, Rejection),
        (Unavailable, Rejection),
    ],
)
def test_the_tree_is_as_drawn(
    error: type[JWTGateError], parent: type[JWTGateError]
) -> None:
    """The module's docstring draws it."""
    assert error.__base__ is parent


def test_a_configuration_error_keeps_every_problem() -> None:
    """Problems are reported together, and can be read one by one."""
    error = ConfigurationError("one", "two")
    assert (error.problems, str(error)) == (("one", "two"), "one; two")


def test_a_rejection_says_its_slug_alone() -> None:
    """No text of a sender is ever part of an error."""
    error = MalformedToken(Reason.KEY_CLAIM_MISSING, claim="iss")
    assert (str(error), error.claim) == ("key_claim_missing", "iss")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (TokenMissing(), Reason.TOKEN_MISSING),
        (CrossSite(), Reason.CROSS_SITE),
        (AmbiguousPath(), Reason.PATH_AMBIGUOUS),
        (UnknownRoute(), Reason.ROUTE_UNKNOWN),
    ],
    ids=lambda each: type(each).__name__,
)
def test_some_rejections_have_one_reason(error: Rejection, reason: Reason) -> None:
    """They need no argument."""
    assert (error.reason, error.claim) == (reason, None)


def test_the_first_failing_claim_is_the_reason() -> None:
    """The others are kept beside it."""
    failures = [("exp", Reason.TOKEN_EXPIRED), ("nbf", Reason.CLAIM_INVALID)]
    error = ClaimRejected(failures)
    assert (error.claim, error.reason) == failures[0]
    assert error.failures == tuple(failures)


def test_who_is_barred_may_be_told_something_else() -> None:
    """The answer and the figures of a quota go along."""
    answer = Answer(status=503)
    error = Barred(Reason.QUOTA_EXCEEDED, answer=answer, headers=[("Age", "0")])
    assert (error.answer, error.headers) == (answer, (("Age", "0"),))


def test_who_is_barred_is_told_the_usual_unless_said_otherwise() -> None:
    """No answer, no headers, no claim."""
    error = Barred(Reason.TERMINATED)
    assert (error.answer, error.headers, error.claim) == (None, (), None)


def test_who_lacks_a_scope_is_told_which_are_needed() -> None:
    """All of them, in order, and of no claim."""
    error = ScopeMissing(["read", "write"])
    assert (error.reason, error.scopes, error.claim) == (
        Reason.SCOPE_MISSING,
        ("read", "write"),
        None,
    )
