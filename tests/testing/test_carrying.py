import pytest

from jwtgate import ConfigurationError, Policy
from jwtgate.testing import carried

EVERYWHERE = Policy(
    header_names=["Authorization", "X-Token"],
    query_names=["jwt"],
    cookie_names=["a", "b"],
)
SAME_SITE = ("Sec-Fetch-Site", "same-origin")


def test_a_token_goes_into_the_first_header() -> None:
    """Of the native policy there is one."""
    assert carried(Policy(), "t") == ((("Authorization", "Bearer t"),), "")


@pytest.mark.parametrize(
    ("policy", "headers", "query"),
    [
        (Policy(header_names=[], query_names=["jwt", "x"]), (), "jwt=t"),
        (
            Policy(header_names=[], cookie_names=["jwt"]),
            (("Cookie", "jwt=t"), SAME_SITE),
            "",
        ),
    ],
    ids=["query", "cookie"],
)
def test_a_token_goes_where_it_is_looked_for(
    policy: Policy, headers: object, query: str
) -> None:
    """A cookie is sent by a page of the same site."""
    assert carried(policy, "t") == (headers, query)


def test_several_tokens_go_to_several_places() -> None:
    """Of different kinds first."""
    sent = carried(EVERYWHERE, "1", "2", "3", "4", "5")
    assert sent.query == "jwt=2"
    assert sent.headers == (
        ("Authorization", "Bearer 1"),
        ("X-Token", "Bearer 4"),
        ("Cookie", "a=3; b=5"),
        SAME_SITE,
    )


def test_no_token_is_shown() -> None:
    """Tests that fail print what they hold."""
    sent = carried(EVERYWHERE, "sesame", "sesame", "sesame")
    names = ["Authorization", "Cookie", "Sec-Fetch-Site"]
    assert repr(sent) == f"Carried(headers={names}, query='***')"
    assert repr(carried(Policy())) == "Carried(headers=[], query='')"


def test_none_goes_nowhere() -> None:
    """That is a request without a token."""
    assert carried(EVERYWHERE) == ((), "")


def test_more_tokens_than_places_are_an_error() -> None:
    """One would be lost."""
    with pytest.raises(ConfigurationError, match=r"1 place\(s\), for 2 tokens"):
        carried(Policy(), "1", "2")
