from typing import Any

import pytest

from jwtgate import Gate, Policy
from jwtgate.denylists import MemoryDenylist, Subject
from tests.explain.kit import explained, slips
from tests.kit import NOW, ListStore, clock, credential, jack, mint

LAB = Policy.kong(claims_to_verify=["exp"], maximum_expiration=600)


def test_the_lab_s_token_is_explained_in_one_line() -> None:
    """It expired at once, because exp was set to now, and the line says so."""
    token = mint({"exp": 1733279271, "iss": "jwttoken"}, secret="!Qwaszxerdfcv")
    row = credential(key="jwttoken", secret="!Qwaszxerdfcv", allow_weak_secret=True)
    found = explained(token, row, policy=LAB, at=1733279274)
    assert found.summary == (
        "The token expired 3 s ago and has no iat: if it was just made, it expired the "
        "moment it was issued, as exp was set to now. Set exp to the time of issue and "
        "a lifetime, such as now + 600."
    )
    assert found.summary == str(found).split("\n")[1]
    assert "!Qwaszxerdfcv" not in str(found)


@pytest.mark.parametrize(
    ("claims", "saw"),
    [
        ({"exp": NOW}, "exp is this very second"),
        ({"exp": NOW - 9, "iat": NOW - 9}, "exp was set to now."),
        ({"exp": NOW - 9000, "iat": NOW - 9000}, "exp was set to now."),
        ({"exp": NOW - 9, "nbf": NOW - 9}, "exp was set to now."),
        ({"exp": NOW - 9, "iat": NOW}, "exp was set to a time before that."),
        ({"exp": NOW - 299}, "expired 4 min ago and has no iat"),
    ],
    ids=["now", "iat", "long ago", "nbf", "before iat", "without iat"],
)
def test_a_token_that_never_lived_is_named(claims: dict[str, Any], saw: str) -> None:
    """Its exp is no later than the time at which it was made."""
    found = explained(mint(claims))
    assert slips(found) == ["exp_at_issue"]
    assert saw in found.slips[0].saw


@pytest.mark.parametrize(
    "claims",
    [{"exp": NOW - 9, "iat": NOW - 609}, {"exp": NOW - 301}, {"exp": NOW + 9}],
    ids=["lived", "long ago", "lives"],
)
def test_a_token_that_lived_is_not_it(claims: dict[str, Any]) -> None:
    """It ran out, as tokens do."""
    assert slips(explained(mint(claims))) == []


@pytest.mark.parametrize(
    ("claims", "names"),
    [
        ({"exp": (NOW + 600) * 1000}, "exp"),
        ({"exp": int(NOW) * 1000, "iat": int(NOW) * 1000}, "exp and iat"),
        ({"nbf": NOW * 1000}, "nbf"),
    ],
    ids=["exp", "exp and iat", "nbf"],
)
def test_milliseconds_are_named(claims: dict[str, Any], names: str) -> None:
    """Also where the gate lets such a token pass: it lives for ever."""
    found = explained(mint(claims))
    assert slips(found) == ["milliseconds"]
    assert found.summary.startswith(f"{names} is in milliseconds.")


def test_a_number_of_thousands_of_digits_is_no_time_in_milliseconds() -> None:
    """Nor does it raise."""
    assert slips(explained(mint(exp=10**400))) == []


def test_a_lifetime_in_place_of_a_time_is_named() -> None:
    """exp: 3600 was in 1970."""
    assert slips(explained(mint(exp=3600))) == ["exp_is_a_lifetime"]


def test_a_time_in_quotes_is_named() -> None:
    """It is a text to JSON."""
    assert slips(explained(mint(exp=str(int(NOW))))) == ["time_as_text"]


def test_a_text_that_is_no_number_is_not() -> None:
    """The step says what is there."""
    assert slips(explained(mint(exp="tomorrow"))) == []


def test_clocks_that_differ_are_named() -> None:
    """A few seconds are the clock's fault."""
    found = explained(mint(nbf=NOW + 3, iat=NOW + 3))
    assert slips(found) == ["clock_skew"]
    assert "3 s from now" in found.summary
    assert "leeway of 4 seconds" in found.summary


def test_a_clock_ahead_is_named_where_a_denylist_asks_for_iat() -> None:
    """Who may choose it, could else issue today what is younger than any entry."""
    denylist = MemoryDenylist(by=["consumer"])
    denylist.deny(Subject.consumer(jack()), issued_before=NOW - 60)
    gate = Gate(ListStore(credential()), denylist=denylist, clock=clock)
    found = explained(mint(iat=NOW + 3), gate=gate)
    assert (found.claim, slips(found)) == ("iat", ["clock_skew"])
    assert slips(explained(mint(iat="then"), gate=gate)) == []


def test_an_hour_is_not_a_clock_s_fault() -> None:
    """Somebody meant it, or took another zone."""
    assert slips(explained(mint(nbf=NOW + 3600))) == []


def test_the_slip_that_accounts_for_the_reason_comes_first() -> None:
    """What the gate would refuse next, comes next."""
    token = mint(exp=NOW - 1, iat=NOW - 1, aud="https://shop.example/")
    policy = Policy(audience=["https://shop.example"])
    assert slips(explained(token, policy=policy)) == ["exp_at_issue", "aud_nearly"]
