from typing import Any

import pytest

from jwtgate import Policy, RequestView
from jwtgate.errors import MalformedToken, TokenConflict, TokenMissing
from jwtgate.jose import VerifiedToken, parse_compact
from jwtgate.rules import make_checks, make_collector
from tests.kit import NOW, mint

EVERYWHERE: dict[str, Any] = {"query_names": ("jwt",), "cookie_names": ("jwt",)}


def request(
    header: bytes | None = None, query: bytes = b"", cookie: bytes | None = None
) -> RequestView:
    """Make a request with what is given."""
    lines = ((b"Authorization", header), (b"Cookie", cookie))
    return RequestView(
        "GET",
        query=query,
        headers=[(name, value) for name, value in lines if value is not None],
    )


@pytest.mark.parametrize(
    ("sent", "carrier"),
    [
        (request(header=b"Bearer t"), "header"),
        (request(query=b"jwt=t"), "query"),
        (request(cookie=b"jwt=t"), "cookie"),
    ],
    ids=["header", "query", "cookie"],
)
def test_every_carrier_that_is_named_is_looked_into(
    sent: RequestView, carrier: str
) -> None:
    """By the names of the policy."""
    found = make_collector(Policy(**EVERYWHERE)).collect(sent)
    assert (found.value, set(found.carriers)) == (b"t", {carrier})


@pytest.mark.parametrize(
    ("sent", "policy"),
    [
        (request(header=b"Bearer t"), Policy(**EVERYWHERE, header_names=())),
        (request(query=b"jwt=t"), Policy(cookie_names=("jwt",))),
        (request(cookie=b"jwt=t"), Policy(query_names=("jwt",))),
    ],
    ids=["header", "query", "cookie"],
)
def test_a_carrier_without_names_is_switched_off(
    sent: RequestView, policy: Policy
) -> None:
    """Nothing is looked for there."""
    with pytest.raises(TokenMissing):
        make_collector(policy).collect(sent)


def test_smuggling_the_carriers_are_compared() -> None:
    """A proxy may have read the other token."""
    sent = request(header=b"Bearer a", query=b"jwt=b")
    with pytest.raises(TokenConflict):
        make_collector(Policy(**EVERYWHERE)).collect(sent)


@pytest.mark.parametrize(
    ("sent", "value"),
    [
        (request(b"Bearer a", b"jwt=b", b"jwt=c"), b"a"),
        (request(None, b"jwt=b", b"jwt=c"), b"b"),
        (request(None, b"", b"jwt=c"), b"c"),
    ],
    ids=["header", "query", "cookie"],
)
def test_where_the_first_wins_the_order_is_header_query_cookie(
    sent: RequestView, value: bytes
) -> None:
    """As in APISIX."""
    policy = Policy(multiple_tokens="first", **EVERYWHERE)
    assert make_collector(policy).collect(sent).value == value


def test_the_dialect_says_how_a_header_is_read() -> None:
    """APISIX takes a bare token."""
    found = make_collector(Policy.apisix()).collect(request(header=b"t"))
    assert found.value == b"t"


def test_the_dialect_says_whether_an_empty_value_is_a_token() -> None:
    """To APISIX it is, and hides what comes after."""
    found = make_collector(Policy.apisix()).collect(request(b"", b"jwt=b"))
    assert found.value == b""


@pytest.mark.parametrize("policy", [Policy.kong(), Policy.apisix()], ids=["kong", "ax"])
def test_the_dialect_says_whether_a_bare_name_is_a_token(policy: Policy) -> None:
    """To the gateways it is, an unusable one."""
    with pytest.raises(MalformedToken):
        make_collector(policy).collect(request(query=b"jwt"))


def test_the_dialect_says_whether_a_parameter_may_repeat() -> None:
    """To APISIX it may not."""
    with pytest.raises(TokenConflict):
        make_collector(Policy.apisix()).collect(request(query=b"jwt=a&jwt=a"))


def test_the_dialect_says_whether_cookies_match_in_any_case() -> None:
    """To Kong they do."""
    policy = Policy.kong(cookie_names=("jwt",))
    assert make_collector(policy).collect(request(cookie=b"JWT=t")).value == b"t"


def failing(policy: Policy, **claims: Any) -> list[str]:
    """Give the claims that a policy refuses, in order."""
    token = parse_compact(mint(**claims).encode())
    verified = VerifiedToken(token.header, token.claims)
    found = [check(verified, NOW, 0) for check in make_checks(policy)]
    return [failure[0] for failure in found if failure]


@pytest.mark.parametrize(
    ("settings", "claims", "names"),
    [
        ({}, {"exp": NOW}, ["exp"]),
        ({}, {"nbf": NOW + 1}, ["nbf"]),
        ({}, {"nbf": NOW}, []),
        ({}, {"exp": None}, ["exp"]),
        ({"required_claims": ("exp", "jti")}, {}, ["jti"]),
        ({"maximum_expiration": 60}, {"exp": NOW + 61}, ["exp"]),
        ({"issuer": ("one",)}, {}, ["iss"]),
        ({"audience": ("api",)}, {}, ["aud"]),
        ({"types": ("at+jwt",)}, {}, ["typ"]),
        ({"claims_to_verify": ("exp",)}, {"nbf": NOW + 1}, []),
        ({"claims_to_verify": ("nbf",)}, {"exp": NOW - 1}, []),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_policy_chooses_its_checks(
    settings: dict[str, Any], claims: dict[str, Any], names: list[str]
) -> None:
    """Those it asks for, and no others."""
    assert failing(Policy(**settings), **claims) == names


def test_the_checks_have_one_order() -> None:
    """The first that fails gives the reason."""
    policy = Policy(
        required_claims=("exp", "jti"),
        maximum_expiration=60,
        issuer=("one",),
        audience=("api",),
        types=("at+jwt",),
    )
    names = ["jti", "nbf", "exp", "iss", "aud", "typ"]
    assert failing(policy, nbf=NOW + 1) == names


def test_a_policy_may_ask_for_nothing() -> None:
    """As Kong's default does."""
    assert make_checks(Policy.kong()) == ()


def test_the_dialect_says_whether_nbf_itself_is_too_early() -> None:
    """To APISIX it is."""
    assert failing(Policy.apisix(), nbf=NOW) == ["nbf"]


@pytest.mark.parametrize(
    ("required", "expected"),
    [
        (("exp",), ["exp"]),
        (("sub", "exp"), ["sub", "exp"]),
        (("exp", "sub"), ["exp", "sub"]),
        (("sub",), ["sub"]),
    ],
    ids=str,
)
def test_what_lacks_is_told_in_the_order_of_the_policy(
    required: tuple[str, ...], expected: list[str]
) -> None:
    """And before what a value says."""
    token = parse_compact(mint(b"{}").encode())
    read = VerifiedToken(token.header, token.claims)
    chosen = make_checks(Policy(required_claims=required))
    failures = [failure for check in chosen if (failure := check(read, NOW, 0))]
    assert [name for name, _ in failures] == expected
