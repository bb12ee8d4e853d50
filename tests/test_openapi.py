from collections.abc import Mapping

import pytest

from jwtgate import Policy
from jwtgate.openapi import security_schemes

BEARER = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


def key(place: str, name: str) -> dict[str, str]:
    """Give the scheme of a parameter."""
    return {"type": "apiKey", "in": place, "name": name}


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        pytest.param(None, {"Gate": BEARER}, id="no policy"),
        pytest.param(Policy(), {"Gate": BEARER}, id="default"),
        pytest.param(
            Policy(query_names=("jwt",), cookie_names=("a~b",)),
            {
                "Gate": BEARER,
                "Gate-query-jwt": key("query", "jwt"),
                "Gate-cookie-a_b": key("cookie", "a~b"),
            },
            id="every place",
        ),
        pytest.param(
            Policy(header_names=("X-Token", "Authorization")),
            {"Gate": key("header", "X-Token"), "Gate-bearer": BEARER},
            id="own header",
        ),
        pytest.param(
            Policy(header_names=(), cookie_names=("session",)),
            {"Gate": key("cookie", "session")},
            id="cookie alone",
        ),
    ],
)
def test_schemes(
    policy: Policy | None, expected: Mapping[str, Mapping[str, str]]
) -> None:
    """Each carrier of the policy is a way to send a token."""
    assert security_schemes(policy, "Gate") == expected
