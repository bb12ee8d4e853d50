import functools
import json
import logging
import re
from collections.abc import Callable
from dataclasses import FrozenInstanceError, fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate import (
    Anonymous,
    Authenticated,
    ConfigurationError,
    Consumer,
    Exempt,
    Reason,
    requirement,
)
from jwtgate._log import Problems
from jwtgate.consumer import named_by_claim
from jwtgate.errors import Rejection, TokenMissing
from jwtgate.extraction.bearer import challenge
from jwtgate.jose import Claims
from jwtgate.jose.claims import parse_claims
from jwtgate.requirement import Demands, Requirement
from tests.kit import credential, jack

STAFF = jack(groups=["staff", "ops"])
CLAIMED = named_by_claim("issuer-key", "jack", STAFF)
"""Whom a claim of some issuer's token calls jack, too."""
FORBIDDEN = Reason.CONSUMER_FORBIDDEN


@pytest.fixture(autouse=True)
def _new_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin a minute of the log with each test."""
    monkeypatch.setattr(requirement, "_PROBLEMS", Problems())


def caller(consumer: Consumer = STAFF, **claims: Any) -> Authenticated:
    """Make the outcome of a token with these claims."""
    read = parse_claims(json.dumps(claims).encode())
    return Authenticated(consumer, credential().view, read, read, (), (), None)


def guest(refusal: Reason = Reason.TOKEN_MISSING, **fields_: Any) -> Anonymous:
    """Make the outcome where the anonymous consumer stands in."""
    consumer = Consumer(username="guest", **fields_)
    return Anonymous(consumer, refusal, (), (), None)


def unmet(found: Authenticated | Anonymous | Exempt, **demands: Any) -> Reason | None:
    """Tell the reason that an outcome is not what is demanded."""
    refusal = Requirement(**demands).unmet(found)
    return None if refusal is None else refusal.reason


# A caller


def test_nothing_demanded_is_a_caller() -> None:
    """Whoever it is."""
    assert unmet(caller()) is None
    assert unmet(guest()) is None


@pytest.mark.parametrize(
    ("consumer", "names", "is_met"),
    [
        (STAFF, ["jack"], True),
        (STAFF, [STAFF.id], True),
        (STAFF, ["jill", "jack"], True),
        (STAFF, ["jill"], False),
        (STAFF, ["Jack"], False),
        (STAFF, ["495aec6a"], False),
        (CLAIMED, ["jack"], False),
        (CLAIMED, [STAFF.id], False),
        (CLAIMED, [CLAIMED.id], True),
    ],
    ids=[
        "username",
        "id",
        "one of two",
        "another",
        "another case",
        "custom_id",
        "named by a claim",
        "named by a claim, a namesake's id",
        "named by a claim, its id",
    ],
)
def test_a_view_may_be_for_some_consumers(
    consumer: Consumer, names: list[str], *, is_met: bool
) -> None:
    """By id or username; a name that an issuer chose means nobody."""
    refused = unmet(caller(consumer), consumers=names)
    assert refused is (None if is_met else FORBIDDEN)


@pytest.mark.parametrize(
    ("groups", "is_met"),
    [(["staff"], True), (["x", "ops"], True), (["x"], False), (["Staff"], False)],
    ids=["one", "one of two", "none", "another case"],
)
def test_a_view_may_be_for_some_groups(groups: list[str], *, is_met: bool) -> None:
    """The consumer is in one of them."""
    assert unmet(caller(), groups=groups) is (None if is_met else FORBIDDEN)


def test_a_consumer_without_groups_is_in_none() -> None:
    """Whatever is demanded."""
    assert unmet(caller(jack()), groups=["staff"]) is FORBIDDEN


@pytest.mark.parametrize(
    ("claims", "is_met"),
    [
        ({"scope": "read write"}, True),
        ({"scope": ["write", "read", "more"]}, True),
        ({"scp": "read write"}, True),
        ({"scope": "read"}, False),
        ({"scope": "readwrite"}, False),
        ({"scope": "read,write"}, False),
        ({"scope": "READ WRITE"}, False),
        ({"scope": ["read write"]}, False),
        ({"scope": "", "scp": "read write"}, False),
        ({}, False),
    ],
    ids=repr,
)
def test_a_view_may_need_scopes(claims: dict[str, Any], *, is_met: bool) -> None:
    """The token grants all of them."""
    refused = unmet(caller(**claims), scopes=["read", "write"])
    assert refused is (None if is_met else Reason.SCOPE_MISSING)


def test_who_lacks_a_scope_is_told_all_that_are_needed() -> None:
    """RFC 6750 3: the scope necessary for the resource."""
    refusal = Requirement(scopes=["read", "write"]).unmet(caller(scope="read"))
    assert vars(refusal)["scopes"] == ("read", "write")


@pytest.mark.parametrize(
    "demands",
    [
        {"consumers": ["jack"], "groups": ["x"]},
        {"consumers": ["jill"], "groups": ["staff"]},
        {"groups": ["staff"], "scopes": ["write"]},
        {"groups": ["staff"], "when": lambda _: False},
        {"scopes": ["read"], "when": lambda _: False},
    ],
    ids="+".join,
)
def test_all_that_is_demanded_has_to_hold(demands: dict[str, Any]) -> None:
    """One thing that does not hold is enough."""
    assert unmet(caller(scope="read"), **demands) is not None


def test_who_may_not_call_is_not_told_of_scopes() -> None:
    """Another token of the same consumer would not do."""
    assert unmet(caller(), groups=["x"], scopes=["read"]) is FORBIDDEN


def never(claims: Claims) -> bool:
    """Fail, since nobody may ask."""
    raise AssertionError(claims)


@pytest.mark.parametrize("demands", [{"groups": ["x"]}, {"scopes": ["x"]}], ids=str)
def test_the_predicate_is_asked_last(
    demands: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    """It is not called for who is refused before."""
    assert unmet(caller(), when=never, **demands) is not None
    assert caplog.records == []


# The predicate


class Asks:
    """A predicate that is an object."""

    def __call__(self, claims: Claims) -> bool:
        """Look at a claim."""
        return claims.get("level") == 3


def is_at(claims: Claims, level: int) -> bool:
    """Look at a claim."""
    return claims.get("level") == level


@pytest.mark.parametrize(
    "when",
    [Asks(), lambda claims: is_at(claims, 3), functools.partial(is_at, level=3)],
    ids=["object", "lambda", "partial"],
)
def test_a_view_may_ask_the_claims(when: Callable[[Claims], bool]) -> None:
    """Whatever is called with them."""
    assert unmet(caller(level=3), when=when) is None
    assert unmet(caller(level=2), when=when) is FORBIDDEN


@pytest.mark.parametrize("held", [1, "yes", None, [True], object()], ids=repr)
def test_a_predicate_that_returns_no_bool_refuses(
    held: object, caplog: pytest.LogCaptureFixture
) -> None:
    """A mistake must not open a view; the log tells of it."""
    assert unmet(caller(), when=lambda _: held) is FORBIDDEN
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def raising(error: BaseException) -> Callable[[Claims], bool]:
    """Make a predicate that raises."""

    def when(_: Claims) -> bool:
        raise error

    return when


@pytest.mark.parametrize(
    "error",
    [KeyError("level"), StopIteration(), RecursionError(), Rejection(FORBIDDEN)],
    ids=lambda error: type(error).__name__,
)
def test_a_predicate_that_raises_refuses(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    """A claim that a token happens to lack is no 500; the log tells of it."""
    assert unmet(caller(), when=raising(error)) is FORBIDDEN
    assert type(error).__name__ in caplog.text


def test_the_end_of_the_process_passes_a_predicate() -> None:
    """Only errors are caught."""
    with pytest.raises(KeyboardInterrupt):
        unmet(caller(), when=raising(KeyboardInterrupt()))


def test_log_injection_by_a_claim_that_a_predicate_trips_over(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """No text of a sender is in a log, let alone with a line end of its own."""
    forged = "x\nERROR root: all is well"
    unmet(caller(level=forged), when=lambda claims: bool(int(claims["level"])))
    unmet(caller(level=forged), when=lambda claims: {}[claims["level"]])
    written = caplog.text + repr([vars(record) for record in caplog.records])
    assert "all is well" not in written


def test_a_failing_predicate_is_an_error_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """An operator has to mend it."""
    unmet(caller(), when=raising(KeyError("level")))
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


@pytest.mark.parametrize(
    "when", [raising(KeyError("level")), lambda _: 1], ids=["raises", "no-bool"]
)
def test_log_flood_a_failing_predicate_is_told_of_once_a_minute(
    when: Callable[[Claims], Any], caplog: pytest.LogCaptureFixture
) -> None:
    """A caller whose token trips it may come as often as it likes."""
    for _ in range(9):
        unmet(caller(), when=when)
    assert len(caplog.records) == 1


def test_a_predicate_cannot_change_the_claims() -> None:
    """They are read-only, and the view sees them after it."""

    def when(claims: Any) -> bool:
        claims["admin"] = True
        return True

    assert unmet(caller(), when=when) is FORBIDDEN


@given(
    claims=st.dictionaries(st.text(), st.none() | st.integers() | st.text()),
    held=st.none() | st.booleans() | st.integers() | st.text(),
)
def test_only_true_opens_a_view(claims: dict[str, Any], held: object) -> None:
    """Whatever the claims are, and whatever the predicate makes of them."""
    refused = unmet(caller(**claims), when=lambda _: held)
    assert refused is (None if held is True else FORBIDDEN)


# The anonymous consumer


@pytest.mark.parametrize(
    "demands", [{"consumers": ["guest"]}, {"groups": ["visitors"]}, {}], ids=str
)
def test_the_anonymous_consumer_may_be_who_is_demanded(
    demands: dict[str, Any],
) -> None:
    """Its name and groups are the operator's."""
    assert unmet(guest(groups=["visitors"]), **demands) is None


@pytest.mark.parametrize(
    "demands",
    [
        {"consumers": ["jack"]},
        {"groups": ["staff"]},
        {"scopes": ["read"]},
        {"when": lambda _: True},
        {"authenticated": True},
        {"authenticated": True, "groups": ["visitors"]},
    ],
    ids="+".join,
)
@pytest.mark.parametrize(
    "refusal",
    [Reason.TOKEN_MISSING, Reason.TOKEN_EXPIRED, Reason.CROSS_SITE],
    ids=lambda reason: reason.code,
)
def test_a_view_that_needs_a_token_tells_the_anonymous_consumer_why_it_is_one(
    refusal: Reason, demands: dict[str, Any]
) -> None:
    """Its token has expired, for one; another would be better."""
    assert unmet(guest(refusal, groups=["visitors"]), **demands) is refusal


def test_the_predicate_is_not_asked_for_the_anonymous_consumer(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """There are no claims."""
    assert unmet(guest(), when=never) is Reason.TOKEN_MISSING
    assert caplog.records == []


# What passed without identity


@pytest.mark.parametrize("why", ["public", "preflight", "optional"])
def test_a_view_that_demands_a_caller_refuses_who_is_none(why: Any) -> None:
    """Though a route, or the policy, lets it pass."""
    refusal = Requirement().unmet(Exempt(why, None, None))
    assert isinstance(refusal, TokenMissing)


@pytest.mark.parametrize("demands", [{}, {"groups": ["staff"]}], ids=str)
def test_report_mode_lets_pass_what_a_view_would_refuse(
    demands: dict[str, Any],
) -> None:
    """It was refused before, and told."""
    assert unmet(Exempt("report", None, None), **demands) is None


@pytest.mark.parametrize("why", ["public", "preflight", "report", "optional"])
def test_a_view_may_do_without_a_caller(why: Any) -> None:
    """Then nobody need be known."""
    exempt = Exempt(why, None, None)
    assert unmet(exempt, optional=True, scopes=["read"]) is None


@pytest.mark.parametrize("why", ["public", "preflight", "report", "optional"])
@pytest.mark.parametrize(
    "demands", [{}, {"groups": ["staff"], "authenticated": True}], ids=str
)
def test_a_guard_may_let_pass_a_preflight_alone(
    demands: dict[str, Any], why: Any
) -> None:
    """Which a framework may answer by itself."""
    refused = unmet(Exempt(why, None, None), preflights=True, **demands)
    assert (refused is None) is (why in ("preflight", "report"))


def test_an_optional_caller_is_held_to_the_rest() -> None:
    """Who is known has to be the right one."""
    assert unmet(caller(), optional=True, groups=["x"]) is FORBIDDEN


@pytest.mark.parametrize("reason", Reason, ids=lambda reason: reason.code)
def test_only_a_missing_token_is_optional(reason: Reason) -> None:
    """A bad one is never taken for none."""
    passes = Requirement(optional=True).passes(Rejection(reason))
    assert passes is (reason is Reason.TOKEN_MISSING)


def test_a_token_is_not_optional_unless_said() -> None:
    """The default demands one."""
    assert not Requirement().passes(TokenMissing())


# Making one


@pytest.mark.parametrize("name", ["consumers", "groups", "scopes"])
def test_an_empty_list_is_an_error(name: str) -> None:
    """It would open a view to all, or shut it to all; nobody can tell which."""
    empty: Any = {name: []}
    with pytest.raises(ConfigurationError, match=f"{name} is empty"):
        Requirement(**empty)


@pytest.mark.parametrize("name", ["consumers", "groups", "scopes"])
@pytest.mark.parametrize("values", ["read write", b"read", 5, [5], [""], [None]])
def test_a_list_is_one_of_texts(values: Any, name: str) -> None:
    """One text would be read as its letters."""
    with pytest.raises(ConfigurationError, match=name):
        Requirement(**{name: values})


@pytest.mark.parametrize(
    "scope", ["a b", 'a"', "a\\", "a\n", "a\r\nSet-Cookie: b", "\x7f", "\u00e9", " "]
)
def test_what_no_token_can_grant_is_no_scope(scope: str) -> None:
    """RFC 6749 3.3; and no header is split by one."""
    with pytest.raises(ConfigurationError, match="one scope each"):
        Requirement(scopes=["read", scope])


@pytest.mark.parametrize("scope", ["read", "a:b/c.d", "https://a/b#c", "!'()*+,-~[]"])
def test_what_a_token_can_grant_is_a_scope(scope: str) -> None:
    """RFC 6749 3.3, scope-token."""
    assert unmet(caller(scope=f"x {scope}"), scopes=[scope]) is None


@given(st.lists(st.text(min_size=1), min_size=1))
def test_no_scope_that_is_accepted_breaks_a_challenge(scopes: list[str]) -> None:
    """It is one quoted string, as it is written."""
    try:
        accepted = Requirement(scopes=scopes).scopes or ()
    except ConfigurationError:
        return
    written = challenge(None, scope=" ".join(accepted))
    assert re.fullmatch(r'Bearer scope="[!#-\[\]-~ ]+"', written)


async def waits(claims: Claims) -> bool:
    """Look at the claims, asynchronously."""
    return bool(claims)


class Waits:
    """A predicate that is an object, and asynchronous."""

    async def __call__(self, claims: Claims) -> bool:
        """Look at the claims."""
        return bool(claims)


@pytest.mark.parametrize(
    "when",
    [
        "admin",
        True,
        waits,
        functools.partial(waits),
        Waits().__call__,
        Waits(),
        functools.partial(Waits()),
    ],
    ids=[
        "text",
        "bool",
        "function",
        "partial",
        "method",
        "object",
        "partial of an object",
    ],
)
def test_a_predicate_that_cannot_be_asked_is_an_error(when: Any) -> None:
    """Nothing waits for it, and what it returns would count as true elsewhere."""
    with pytest.raises(ConfigurationError, match="when must be a function"):
        Requirement(when=when)


@pytest.mark.parametrize("name", ["optional", "authenticated", "preflights"])
@pytest.mark.parametrize("value", ["no", 1, None], ids=repr)
def test_a_switch_is_true_or_false(value: Any, name: str) -> None:
    """What only counts as one may be a mistake."""
    with pytest.raises(ConfigurationError, match=name):
        Requirement(**{name: value})


def test_all_problems_are_told_at_once() -> None:
    """One error, one sentence each."""
    wrong: Any = {"groups": [], "scopes": ["a b"], "when": 5, "optional": "no"}
    with pytest.raises(ConfigurationError) as raised:
        Requirement(**wrong)
    assert len(raised.value.problems) == 4


def test_what_is_demanded_cannot_change_later() -> None:
    """A list that was given is copied, and a field cannot be set."""
    groups = ["staff"]
    requirement: Any = Requirement(groups=groups)
    groups.append("all")
    assert requirement.groups == ("staff",)
    with pytest.raises(FrozenInstanceError):
        requirement.groups = ("all",)


def test_a_generator_of_names_is_read_once() -> None:
    """The second request sees what the first saw."""
    requirement = Requirement(groups=(each for each in ["staff"]))  # type: ignore[arg-type]
    assert [requirement.unmet(caller()) for _ in range(2)] == [None, None]


def test_equal_demands_are_equal() -> None:
    """By what they say."""
    assert Requirement(groups=["a"]) == Requirement(groups=("a",))


def test_decorators_take_every_field_of_a_view() -> None:
    """The typed keywords are the fields, but for the one that is a guard's."""
    names = [field.name for field in fields(Requirement)]
    assert [*Demands.__annotations__, "preflights"] == names


# Properties

LISTS = st.none() | st.lists(
    st.sampled_from(["jack", "staff", "ops", "guest", "read", "x"]), min_size=1
)
DEMANDS = st.fixed_dictionaries(
    {},
    optional={
        "consumers": LISTS,
        "groups": LISTS,
        "scopes": LISTS,
        "when": st.sampled_from([None, lambda _: True, lambda _: False]),
        "authenticated": st.booleans(),
    },
)
FOUND: list[Authenticated | Anonymous | Exempt] = [
    caller(),
    caller(scope="read staff"),
    caller(CLAIMED, scope="read"),
    guest(groups=["staff"]),
    guest(Reason.TOKEN_EXPIRED),
    Exempt("public", None, None),
    Exempt("report", None, None),
]


@given(found=st.sampled_from(FOUND), demands=DEMANDS, more=DEMANDS)
def test_one_more_demand_never_admits_more(
    found: Authenticated | Anonymous | Exempt,
    demands: dict[str, Any],
    more: dict[str, Any],
) -> None:
    """What is refused stays refused."""
    added = {name: value for name, value in more.items() if name not in demands}
    if unmet(found, **demands) is not None:
        assert unmet(found, **{**demands, **added}) is not None
