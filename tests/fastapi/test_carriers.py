import asyncio
from inspect import Parameter
from typing import Any, get_args

import pytest
from fastapi.security import SecurityScopes

from jwtgate import Policy
from jwtgate.fastapi.carriers import carriers_of, signature_with

BEARER = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


def key(place: str, name: str) -> dict[str, str]:
    """Make what OpenAPI calls an API key."""
    return {"type": "apiKey", "in": place, "name": name}


def schemes(policy: Policy | None) -> dict[str, dict[str, Any]]:
    """Give the schemes of a policy as OpenAPI has them."""
    return {
        each.scheme_name: each.model.model_dump(
            by_alias=True, exclude_none=True, mode="json"
        )
        for each in carriers_of(policy, "JWTAuth")
    }


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        pytest.param(None, {"JWTAuth": BEARER}, id="no policy"),
        pytest.param(Policy(), {"JWTAuth": BEARER}, id="default"),
        pytest.param(
            Policy(header_names=("authorization",)), {"JWTAuth": BEARER}, id="lower"
        ),
        pytest.param(
            Policy(header_names=("X-Token", "Authorization")),
            {"JWTAuth": key("header", "X-Token"), "JWTAuth-bearer": BEARER},
            id="two headers",
        ),
        pytest.param(
            Policy(query_names=("jwt",), cookie_names=("session",)),
            {
                "JWTAuth": BEARER,
                "JWTAuth-query-jwt": key("query", "jwt"),
                "JWTAuth-cookie-session": key("cookie", "session"),
            },
            id="every kind",
        ),
        pytest.param(
            Policy(header_names=(), cookie_names=("session",)),
            {"JWTAuth": key("cookie", "session")},
            id="cookie alone",
        ),
    ],
)
def test_every_carrier_is_a_scheme(policy: Policy, expected: Any) -> None:
    """The first has the name that was asked for."""
    assert schemes(policy) == expected


def test_a_name_is_one_that_openapi_may_have() -> None:
    """Whatever a cookie is called."""
    names = list(schemes(Policy(cookie_names=("__Host-a~b",))))
    assert names == ["JWTAuth", "JWTAuth-cookie-__Host-a_b"]


def test_a_carrier_does_nothing_in_a_request() -> None:
    """It is a dependency so that OpenAPI lists it."""
    [carrier] = carriers_of(None, "JWTAuth")
    asyncio.run(carrier())


async def call(_self: object, scopes: SecurityScopes, **_carriers: None) -> None:
    """Stand for the call of a dependency."""


def test_carriers_are_parameters() -> None:
    """Beside those of the method, without what it takes them by."""
    carriers = carriers_of(Policy(query_names=("jwt",)), "JWTAuth")
    parameters = signature_with(call, carriers).parameters
    assert list(parameters) == ["scopes", "carrier_0", "carrier_1"]
    assert parameters["carrier_1"].kind is Parameter.KEYWORD_ONLY
    _, depends = get_args(parameters["carrier_1"].annotation)
    assert depends.dependency is carriers[1]
