from typing import Any

import pytest
from starlette.authentication import UnauthenticatedUser

from jwtgate import (
    Anonymous,
    Authenticated,
    Consumer,
    Exempt,
    Policy,
    RequestView,
    authenticate,
)
from jwtgate.starlette.caller import Caller, identity_of, name_caller
from tests.kit import credential, jack, make_gate, mint

GUEST = Policy(anonymous=Consumer(username="guest"))


def seen(policy: Policy | None = None, consumer: Any = None, **claims: Any) -> Any:
    """Decide on a request with a token of these claims, or without one."""
    gate = make_gate(credential(consumer=consumer or jack()), policy=policy)
    token = None if policy is GUEST else mint(**claims)
    lines = [(b"authorization", f"Bearer {token}".encode())] if token else []
    return authenticate(gate, RequestView("GET", headers=lines))


def test_who_calls_with_a_token_is_authenticated() -> None:
    """Its user is the consumer."""
    caller = Caller(seen())
    assert caller.is_authenticated
    assert caller.consumer == jack()


def test_the_anonymous_consumer_is_not_authenticated() -> None:
    """Nobody showed a token, though there is a user."""
    caller = Caller(seen(GUEST))
    assert isinstance(caller.outcome, Anonymous)
    assert not caller.is_authenticated
    assert caller.display_name == "guest"


def test_the_identity_is_the_id() -> None:
    """It is unique, which a name that a claim gives is not."""
    assert Caller(seen()).identity == jack().id


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ({"username": "jack", "custom_id": "7"}, "jack"),
        ({"custom_id": "7"}, "7"),
    ],
    ids=["username", "custom_id"],
)
def test_a_caller_has_a_name_to_display(names: Any, shown: str) -> None:
    """The username, or else the id in the app's own system."""
    assert Caller(seen(consumer=Consumer(**names))).display_name == shown


def test_all_of_the_outcome_is_there() -> None:
    """Claims and credential are read from it."""
    outcome = Caller(seen(sub="order-service")).outcome
    assert isinstance(outcome, Authenticated)
    assert outcome.subject == "order-service"


@pytest.mark.parametrize("scope", ["b a", ["b", "a"]], ids=["text", "list"])
def test_scopes_are_those_of_the_token(scope: Any) -> None:
    """With ``authenticated`` before them, as Starlette's own examples have it."""
    credentials, _ = identity_of(seen(scope=scope))
    assert credentials.scopes == ["authenticated", "a", "b"]


def test_the_anonymous_consumer_has_no_scopes() -> None:
    """Not even ``authenticated``."""
    credentials, user = identity_of(seen(GUEST))
    assert credentials.scopes == []
    assert isinstance(user, Caller)


def test_what_passes_without_identity_is_nobody() -> None:
    """Starlette's own user stands there."""
    credentials, user = identity_of(Exempt("public", None, make_gate()))
    assert credentials.scopes == []
    assert isinstance(user, UnauthenticatedUser)


def test_who_calls_is_where_starlette_looks() -> None:
    """``request.user`` and ``request.auth`` read the scope."""
    scope: dict[str, Any] = {}
    name_caller(scope, seen())
    assert scope["user"].display_name == "jack"
    assert scope["auth"].scopes == ["authenticated"]
